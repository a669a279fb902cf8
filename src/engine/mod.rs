//! Judges payment lines against bars, and grants against other schemes' benefits.
//!
//! Owns who is hit by which rule. Must not add up money or make cases: that is `findings`. The result
//! depends on nothing but the tables, the rules and the project: no clock, no order of threads.

mod absent;
mod bars;
mod compile;
mod custody;
mod death;
mod funeral;
mod lines;
mod netting;
mod pension;
mod register;
mod repeated;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rayon::prelude::*;

pub use bars::{Bar, Event, Note, PersonRows, Tier, bar_table};
pub use funeral::GrantVerdict;
pub use lines::{Hit, LineLead, LineVerdict};
pub use netting::{LineKind, SetAside};

use crate::domain::{CitizenId, MonthSpan, Name, PersonKey};
use crate::ingest::{Observations, Payments, RegistryRow, Table, Tables};
use crate::messages::Observation;
use crate::project::Project;
use crate::rulebook::{Check, ParameterStatus, Rule, Rulebook};
use absent::AbsenceJudge;
use bars::BarCompiler;
use funeral::GrantJudge;
use lines::LineJudge;
use netting::{LineWords, NetLines};
use register::Register;

/// What the rules say of one person's payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonVerdict {
    /// The person.
    pub id: CitizenId,
    /// The lines that a rule hits or points at.
    pub lines: Vec<LineVerdict>,
    /// Money-back lines (扣回、抵扣) paid up to the audit's day.
    pub money_back: Vec<usize>,
    /// Whether a net line was paid for the last month of the period.
    pub still_paid: bool,
}

/// What the rules say of everybody.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// Persons with a hit or a lead, by person.
    pub persons: Vec<PersonVerdict>,
    /// Grants with a claim or a lead, by person.
    pub grants: Vec<GrantVerdict>,
    /// The marks of payees, by person.
    pub marks: BTreeMap<PersonKey, BTreeSet<String>>,
    /// The payees with a usable ID number and a line in the period.
    pub payees: Vec<PersonKey>,
    /// What was noticed.
    pub noticed: Observations,
}

/// What `explain` shows of one person.
#[derive(Clone, Debug)]
pub struct PersonDetail<'a> {
    /// The person's lines, in order of file and row.
    pub lines: Vec<usize>,
    /// The lines that no rule looks at, and why.
    pub set_aside: BTreeMap<usize, SetAside>,
    /// The bars.
    pub bars: Vec<Bar>,
    /// What each rule made of each row.
    pub notes: Vec<Note>,
    /// The person's rows in every registry.
    pub rows: Vec<(Table, &'a RegistryRow)>,
}

/// All that the judgement of a person needs.
pub struct Engine<'a> {
    tables: &'a Tables,
    rulebook: &'a Rulebook,
    period: MonthSpan,
    as_of: NaiveDate,
    region: &'a str,
    registers: BTreeMap<Table, Register<'a>>,
    words: LineWords,
    noticed: Observations,
    /// Lines with a usable ID number, by person, then file and row.
    order: Vec<(u64, u32)>,
}

impl<'a> Engine<'a> {
    /// Indexes the tables.
    ///
    /// # Panics
    /// With more than 2^32 payment lines.
    pub fn new(tables: &'a Tables, rulebook: &'a Rulebook, project: &'a Project) -> Engine<'a> {
        let mut noticed = Observations::default();
        let mut registers = BTreeMap::new();
        for table in Table::ALL.into_iter().filter(|&table| table != Table::Payments) {
            registers.insert(table, Register::new(tables, table, project.as_of, &mut noticed));
        }
        let payments = &tables.payments;
        assert!(u32::try_from(payments.len()).is_ok(), "more than 2^32 payment lines");
        let mut order: Vec<(u64, u32)> = payments
            .key
            .par_iter()
            .enumerate()
            .filter(|(_, key)| **key != 0)
            .map(|(at, &key)| (key, at as u32))
            .collect();
        order.par_sort_unstable();
        Engine {
            tables,
            rulebook,
            period: project.period,
            as_of: project.as_of,
            region: &project.region,
            registers,
            words: LineWords::new(payments, rulebook),
            noticed,
            order,
        }
    }

    /// Judges everybody.
    pub fn judge(&self) -> Judgement {
        let groups = self.groups();
        let judged: Vec<(PersonKey, bool, Option<PersonVerdict>, Observations)> =
            groups.par_iter().map(|group| self.judge_group(group)).collect();
        let mut judgement = Judgement { noticed: self.noticed.clone(), ..Judgement::default() };
        for (key, is_payee, verdict, noticed) in judged {
            if is_payee {
                judgement.payees.push(key);
            }
            judgement.persons.extend(verdict);
            judgement.noticed.merge(noticed);
        }
        self.judge_unusable_lines(&mut judgement);
        self.judge_absences(&mut judgement);
        self.judge_grants(&mut judgement);
        judgement
    }

    /// The lines of each person.
    fn groups(&self) -> Vec<&[(u64, u32)]> {
        self.order.chunk_by(|a, b| a.0 == b.0).collect()
    }

    fn payments(&self) -> &'a Payments {
        &self.tables.payments
    }

    fn person_rows(&self, key: PersonKey) -> PersonRows<'a> {
        let rows = |table: Table| self.registers[&table].of(key).collect();
        PersonRows {
            deaths: rows(Table::Deaths),
            certifications: rows(Table::Certifications),
            custody: rows(Table::Custody),
            other_pensions: rows(Table::OtherPensions),
        }
    }

    fn judge_group(&self, group: &[(u64, u32)]) -> (PersonKey, bool, Option<PersonVerdict>, Observations) {
        let key = PersonKey(group[0].0);
        let lines: Vec<usize> = group.iter().map(|&(_, line)| line as usize).collect();
        let payments = self.payments();
        let in_period = |line: usize| !payments.months[line].intersect(self.period).is_empty();
        let is_payee = lines.iter().any(|&line| in_period(line));
        let mut noticed = Observations::default();
        let Some(id) = CitizenId::from_key(key) else {
            return (key, false, None, noticed);
        };
        let net = netting::net(payments, &self.words, &lines, &mut noticed);
        let compiler = BarCompiler {
            rulebook: self.rulebook,
            as_of: self.as_of,
            id,
            noticed: &mut noticed,
            notes: None,
            bars: Vec::new(),
            is_first_form: true,
        };
        let rows = self.person_rows(key);
        let bars =
            if rows.can_bar() { compile::compile(compiler, &rows, &self.forms(&net)) } else { Vec::new() };
        let judge =
            LineJudge { payments, rulebook: self.rulebook, period: self.period, bars: &bars, net: &net };
        let verdicts = judge.judge(&mut noticed);
        let counts = |line: &usize| payments.paid_on(*line).is_none_or(|day| day <= self.as_of);
        let last_month = self.period.last();
        let verdict = PersonVerdict {
            id,
            lines: verdicts,
            money_back: net.money_back.iter().copied().filter(counts).collect(),
            still_paid: net.paid.iter().any(|&(line, _)| payments.months[line].contains(last_month)),
        };
        let says_something = !verdict.lines.is_empty() || !verdict.money_back.is_empty();
        (key, is_payee, says_something.then_some(verdict), noticed)
    }

    /// The forms of the name on a person's net lines.
    fn forms(&self, net: &NetLines) -> BTreeSet<String> {
        net.paid.iter().map(|&(line, _)| Name::comparison_form(self.payments().name(line))).collect()
    }

    /// Lines without a usable ID number are judged by nobody; those outside the period are counted as such.
    fn judge_unusable_lines(&self, judgement: &mut Judgement) {
        let payments = self.payments();
        for &line in payments.unusable.keys() {
            if payments.months[line].intersect(self.period).is_empty() {
                let file = &payments.files[usize::from(payments.file[line])];
                judgement.noticed.note(file, Observation::OutsidePeriod, payments.row[line]);
            }
        }
    }

    fn judge_absences(&self, judgement: &mut Judgement) {
        // A list without a single usable number knows nobody, which says nothing of any payee.
        if self.tables.rows(Table::Participants).iter().all(|row| row.id.is_err()) {
            return;
        }
        for rule in &self.rulebook.rules {
            let Check::Absent(check) = &rule.check else {
                continue;
            };
            let judge = self.absence_judge(check);
            let absent = judgement.payees.iter().filter(|key| judge.is_absent(**key));
            for key in absent.copied().collect::<Vec<_>>() {
                judgement.marks.entry(key).or_default().insert(check.mark.clone());
            }
        }
    }

    fn absence_judge<'s>(&'s self, check: &crate::rulebook::AbsentCheck) -> AbsenceJudge<'s> {
        let start = self.parameter(&check.scheme_start);
        let rows = self.tables.rows(Table::Participants);
        AbsenceJudge::new(&self.registers[&Table::Participants], rows, check, self.rulebook, start)
    }

    fn judge_grants(&self, judgement: &mut Judgement) {
        let grants = &self.registers[&Table::FuneralGrants];
        let benefits = &self.registers[&Table::OtherDeathBenefits];
        for (at, rule) in self.rulebook.rules.iter().enumerate() {
            let Check::Exclusive(check) = &rule.check else {
                continue;
            };
            let judge = GrantJudge {
                rule: at,
                check,
                rulebook: self.rulebook,
                as_of: self.as_of,
                deaths_from: self.parameter(&check.deaths_from),
            };
            for key in grants.persons() {
                // A grant is claimed once: a rule of lower precedence only speaks where none before it
                // claims.
                let is_claimed = |verdict: &GrantVerdict| verdict.id.key() == key && verdict.outcome.is_ok();
                if !judgement.grants.iter().any(is_claimed) {
                    judgement.grants.extend(judge.judge(key, grants, benefits, &mut judgement.noticed));
                }
            }
        }
    }

    /// The day that a parameter names for the region, if anybody knows.
    fn parameter(&self, id: &str) -> Option<NaiveDate> {
        let value = self.rulebook.parameters.get(id)?.value_on(self.region, self.as_of)?;
        value.date.filter(|_| value.status != ParameterStatus::Unknown)
    }

    /// What stands behind the judgement of one person.
    pub fn detail(&self, id: CitizenId) -> PersonDetail<'a> {
        let key = id.key();
        let start = self.order.partition_point(|&(other, _)| other < key.0);
        let lines: Vec<usize> = self.order[start..]
            .iter()
            .take_while(|&&(other, _)| other == key.0)
            .map(|&(_, line)| line as usize)
            .collect();
        let mut noticed = Observations::default();
        let net = netting::net(self.payments(), &self.words, &lines, &mut noticed);
        let mut notes = Vec::new();
        let compiler = BarCompiler {
            rulebook: self.rulebook,
            as_of: self.as_of,
            id,
            noticed: &mut noticed,
            notes: Some(&mut notes),
            bars: Vec::new(),
            is_first_form: true,
        };
        let rows = self.person_rows(key);
        let mut forms = self.forms(&net);
        if forms.is_empty() {
            // Nobody was paid: the rows are read under their own names.
            forms.extend(rows.forms());
        }
        let bars = compile::compile(compiler, &rows, &forms);
        let rows = self
            .registers
            .iter()
            .flat_map(|(&table, register)| register.of(key).map(move |row| (table, row)));
        let rows = rows.collect();
        PersonDetail { lines, set_aside: net.set_aside.into_iter().collect(), bars, notes, rows }
    }
}

/// Whether a rule can run on these tables: every registry that it needs was given.
pub fn can_run(rule: &Rule, tables: &Tables) -> bool {
    let given = |table: &Table| *table == Table::Payments || tables.registries.contains_key(table);
    rule.check.registries().iter().all(given)
}
