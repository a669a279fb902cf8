//! Judges payment lines against bars, and grants against other schemes' benefits.
//!
//! Owns who is hit by which rule. Must not add up money or make cases: that is `findings`. The result
//! depends on nothing but the tables, the rules and the project: no clock, no order of threads.

mod absent;
mod age;
mod bars;
mod census;
mod checks;
mod compile;
mod custody;
mod death;
mod funeral;
mod lines;
mod listed;
mod look;
mod matched;
mod matching;
mod money;
mod netting;
mod pension;
mod people;
mod register;
mod repeated;
mod several;
mod survey;
mod sweep;
mod together;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use rayon::prelude::*;

pub use bars::{Bar, Event, Evidence, Note, PersonRows, Tier, bar_table};
pub use checks::Remark;
pub use funeral::GrantVerdict;
pub use lines::{Hit, LineLead, LineVerdict, union_of_evidence};
pub use matched::Matched;
pub use matching::Match;
pub use money::{MoneyPart, MoneyRow};
pub use netting::{LineKind, SetAside};

use crate::domain::{CitizenId, Month, MonthSpan, Name, PersonKey};
use crate::ingest::{
    Column, LineBlock, Observations, OwnLines, Payments, RegistryRow, Renumbered, Roster, RowHead, RunSlice,
    StoredLine, Table, Tables, UNLISTED, unreadable,
};
use crate::messages::{Detail, Error, Observation, Text};
use crate::project::Project;
use crate::rulebook::{AbsentCheck, Check, ConflictCheck, EntitlementCheck, Rule, Rulebook, StandardCheck};
use absent::AbsenceJudge;
use bars::BarCompiler;
use funeral::GrantJudge;
use lines::LineJudge;
use look::{Look, Wanted};
use netting::{LineWords, NetLines};
use people::Visits;
use register::Register;
use survey::{Pairs, Sharing};
use sweep::{KeyRange, PersonTable, Readings, WindowTrust};

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
    /// The payment lines of which something is said; verdicts name lines by their position here.
    pub payments: Payments,
    /// Persons with a hit or a lead, by person.
    pub persons: Vec<PersonVerdict>,
    /// Grants with a claim or a lead, by person.
    pub grants: Vec<GrantVerdict>,
    /// The payees that carry a mark, by mark, ascending.
    pub marked: BTreeMap<String, Vec<PersonKey>>,
    /// What checks of whole persons tell, by person.
    pub remarks: Vec<Remark>,
    /// What rows with damaged numbers may say of whom.
    pub matched: Matched,
    /// How many payees have a usable ID number and a line in the period.
    pub payees: u64,
    /// The rules that did not run, with the reason; those that lack a registry are not among them.
    pub idle: BTreeMap<usize, Text>,
    /// What was noticed.
    pub noticed: Observations,
}

/// What `explain` shows of one person.
#[derive(Clone, Debug)]
pub struct PersonDetail {
    /// The person's payment lines, in order of file and row.
    pub payments: Payments,
    /// The lines that no rule looks at, and why.
    pub set_aside: BTreeMap<usize, SetAside>,
    /// The bars.
    pub bars: Vec<Bar>,
    /// What each rule made of each row.
    pub notes: Vec<Note>,
    /// The person's rows in every registry.
    pub rows: Vec<(Table, RegistryRow)>,
}

/// All that the judgement of a person needs.
pub struct Engine<'a> {
    tables: &'a Tables,
    rulebook: &'a Rulebook,
    period: MonthSpan,
    as_of: NaiveDate,
    region: &'a str,
    readings: Readings,
    noticed: Observations,
    /// By roster, whether a number of it that ends in zeros may be another's.
    may_be_cut: Vec<bool>,
    /// The rules that mark payees whom the participants' list does not know.
    absences: Vec<Absence>,
    /// The registries that bar payment under these rules, and how far the windows of their rows hold.
    bar_tables: Vec<(Table, WindowTrust)>,
    /// The forms of the names on payment lines without a usable number, where a rule asks.
    damaged_names: BTreeSet<String>,
    /// Whom the checks of whole persons have to see.
    visits: Visits,
    /// The rules that do not run on these tables, with the reason.
    idle: BTreeMap<usize, Text>,
    /// The months for which the rosters pay anybody.
    roster_months: BTreeSet<Month>,
    /// By roster, whether it lacks the column of additions.
    without_additions: Vec<bool>,
    /// How far back the records of stopping and resuming go.
    changes_from: Option<Month>,
}

/// The registries whose rows are held against payment lines.
const JUDGED: [Table; 4] = [Table::Deaths, Table::Certifications, Table::Custody, Table::OtherPensions];

/// How many ranges for each thread are judged before what they come to is put together.
const GROUP: usize = 16;

/// Registry rows of some persons, by table, sorted by person, then file and row.
type RowsByTable = BTreeMap<Table, Vec<(u64, RegistryRow)>>;

/// What a range of persons comes to.
#[derive(Default)]
struct RangeOutcome {
    payments: Payments,
    persons: Vec<PersonVerdict>,
    marked: Vec<(usize, PersonKey)>,
    remarks: Vec<Remark>,
    pairs: Pairs,
    payees: u64,
    noticed: Observations,
}

/// A rule that marks payees whom the participants' list does not know.
struct Absence {
    rule: usize,
    mark: String,
    judge: AbsenceJudge,
}

/// What the rules make of one person's lines.
struct Judged {
    net: NetLines,
    bars: Vec<Bar>,
    verdict: PersonVerdict,
}

/// What one thread reuses from range to range.
#[derive(Default)]
struct Scratch {
    table: PersonTable,
    look: Look,
    slices: Vec<RunSlice>,
    buffer: Vec<u8>,
    /// The lines of those who are looked at, and their order by person, file and row.
    payments: Payments,
    order: Vec<usize>,
}

impl<'a> Engine<'a> {
    /// Reads what the inputs say as a whole; lines and rows are read when they are judged.
    ///
    /// # Errors
    /// When what was stored cannot be read again.
    pub fn new(
        tables: &'a Tables,
        rulebook: &'a Rulebook,
        project: &'a Project,
    ) -> Result<Engine<'a>, Error> {
        let mut noticed = Observations::default();
        for table in tables.registry_tables() {
            for registry in tables.registry(table) {
                let file = &registry.facts().control.file;
                let noted = register::note_registry(registry, project.as_of, &mut noticed);
                noted.map_err(|why| unreadable(file, &why))?;
            }
        }
        words::note_unknown(tables, rulebook, &mut noticed);
        let readings = Readings::new(tables, rulebook, project.period, &mut noticed);
        let idle = people::idle_rules(rulebook, tables, project, &readings)?;
        let mut engine = Engine {
            tables,
            rulebook,
            period: project.period,
            as_of: project.as_of,
            region: &project.region,
            readings,
            noticed,
            may_be_cut: tables.rosters().iter().map(|roster| roster.facts().may_be_cut()).collect(),
            absences: Vec::new(),
            bar_tables: sweep::bar_tables(rulebook),
            damaged_names: people::damaged_names(rulebook, tables)?,
            visits: Visits::of(rulebook, tables, project, &idle),
            idle,
            roster_months: people::roster_months(tables, project.period),
            without_additions: census::rosters_without(tables, Column::Addition),
            changes_from: people::first_month(tables, Table::StatusChanges)?,
        };
        engine.absences = engine.absence_judges()?;
        Ok(engine)
    }

    /// Lets every check look at everybody whom any file knows, whatever the lines and rows show at once.
    /// It takes longer and changes nothing: the choice of whom to look at is held against it.
    pub fn looking_at_everybody(mut self) -> Engine<'a> {
        self.visits.everybody = true;
        self
    }

    /// Judges everybody.
    ///
    /// # Errors
    /// When what was stored cannot be read again.
    pub fn judge(&self) -> Result<Judgement, Error> {
        let mut judgement =
            Judgement { noticed: self.noticed.clone(), idle: self.idle.clone(), ..Judgement::default() };
        judgement.payments = Payments::of_files(self.file_names());
        let ranges = sweep::ranges(self.tables);
        let wanted = self.visits.wanted.in_part((0, self.parts()));
        let mut sharing = Sharing::of(&wanted);
        // What a group of ranges comes to is put together while the next group is judged, so that little
        // stands in memory twice.
        let unused: Mutex<Vec<Scratch>> = Mutex::default();
        let lent = || unused.lock().unwrap_or_else(PoisonError::into_inner);
        let judge = |&range: &KeyRange| {
            let mut scratch = lent().pop().unwrap_or_default();
            let outcome = self.judge_range(&wanted, &mut scratch, range);
            lent().push(scratch);
            outcome
        };
        let judge_group = |group: &[KeyRange]| -> Vec<Result<RangeOutcome, Error>> {
            group.par_iter().map(judge).collect()
        };
        let mut groups = ranges.chunks(GROUP * rayon::current_num_threads());
        let mut outcomes = groups.next().map(judge_group);
        let mut judged = 0;
        while let Some(group) = outcomes {
            judged += group.len();
            let next = groups.next();
            let add = || self.add_all((&mut judgement, &mut sharing), group, judged, ranges.len());
            let (added, following) = rayon::join(add, || next.map(judge_group));
            added?;
            outcomes = following;
        }
        judgement.payments.strings.close();
        self.note_unusable_lines(&mut judgement.noticed)?;
        self.share_rest(&mut sharing)?;
        self.judge_several(&sharing, &mut judgement.remarks)?;
        self.judge_grants(&mut judgement)?;
        self.forget_claimed_grants(&mut judgement);
        judgement.matched = self.judge_damaged(&mut judgement.noticed)?;
        Ok(judgement)
    }

    /// Adds what a group of ranges comes to, with which `judged` of all ranges are judged.
    fn add_all(
        &self,
        (judgement, sharing): (&mut Judgement, &mut Sharing),
        outcomes: Vec<Result<RangeOutcome, Error>>,
        judged: usize,
        all: usize,
    ) -> Result<(), Error> {
        let outcomes: Vec<RangeOutcome> = outcomes.into_iter().collect::<Result<_, Error>>()?;
        let lines: usize = outcomes.iter().map(|outcome| outcome.payments.len()).sum();
        // Growing step by step would copy everything several times; more than all lines are never needed.
        let expected = (judgement.payments.len() + lines) * all / judged.max(1);
        let most = self.tables.rosters().iter().map(Roster::usable_lines).sum::<u64>() as usize;
        judgement.payments.make_room(lines, (expected + expected / 64).min(most));
        for mut outcome in outcomes {
            sharing.add(std::mem::take(&mut outcome.pairs));
            self.add(judgement, outcome);
        }
        Ok(())
    }

    /// Adds what a range comes to.
    fn add(&self, judgement: &mut Judgement, outcome: RangeOutcome) {
        judgement.payees += outcome.payees;
        judgement.noticed.merge(outcome.noticed);
        for (judge, key) in outcome.marked {
            judgement.marked.entry(self.absences[judge].mark.clone()).or_default().push(key);
        }
        judgement.remarks.extend(outcome.remarks);
        let mut renumbered = Renumbered::default();
        let kept: Vec<usize> = (0..outcome.payments.len())
            .map(|line| judgement.payments.push_from(&outcome.payments, line, &mut renumbered))
            .collect();
        judgement.persons.extend(outcome.persons.into_iter().map(|person| person.renumbered(&kept)));
    }

    fn file_names(&self) -> Vec<String> {
        self.tables.rosters().iter().map(|roster| roster.facts().control.file.clone()).collect()
    }

    fn judge_range(
        &self,
        wanted: &Wanted,
        scratch: &mut Scratch,
        range: KeyRange,
    ) -> Result<RangeOutcome, Error> {
        self.sweep(scratch, range)?;
        self.look(wanted, scratch)?;
        let people = self.people_of(scratch, range)?;
        let mut outcome = RangeOutcome { pairs: scratch.look.take_pairs(), ..RangeOutcome::default() };
        let (mut chosen, mut absent) = (Vec::new(), Vec::new());
        for (key, place, [in_period, is_chosen, is_known]) in scratch.table.persons() {
            let is_chosen = is_chosen || self.visits.everybody || scratch.look.is_odd(wanted, place);
            outcome.payees += u64::from(in_period && !is_chosen);
            if is_chosen {
                chosen.push(key);
            }
            let may_be_marked = || self.absences.iter().any(|absence| absence.judge.marks(PersonKey(key)));
            if !is_known && (in_period || is_chosen) && may_be_marked() {
                absent.push(key);
            }
        }
        absent.sort_unstable();
        let wanted = sorted_union(chosen.clone(), &absent);
        self.read_lines_of(scratch, &wanted, &mut outcome.noticed)?;
        chosen.sort_unstable();
        let rows = self.rows_of(&sorted_union(chosen.clone(), &people))?;
        self.visit_unpaid(&people, &chosen, &rows, &mut outcome.remarks);
        let payments = &scratch.payments;
        let words = LineWords::new(payments, self.rulebook);
        let mut renumbered = Renumbered::default();
        outcome.payments.files.clone_from(&payments.files);
        for lines in scratch.order.chunk_by(|&a, &b| payments.key[a] == payments.key[b]) {
            let key = PersonKey(payments.key[lines[0]]);
            let in_period = lines.iter().any(|&line| self.is_in_period(payments, line));
            if absent.binary_search(&key.0).is_ok() && in_period {
                self.mark(key, payments, lines[0], &mut outcome);
            }
            if chosen.binary_search(&key.0).is_err() {
                continue;
            }
            outcome.payees += u64::from(in_period);
            let own = person_rows(&rows, key);
            let judged = self.judge_lines(key, payments, &words, lines, &own, &mut outcome.noticed);
            if let Some(judged) = judged {
                self.visit(payments, &judged, &rows, &mut outcome.remarks);
                if let Some(verdict) = judged.telling() {
                    outcome.keep(payments, verdict, &mut renumbered);
                }
            }
        }
        Ok(outcome)
    }

    /// See [`read_slices`].
    fn read_slices(&self, scratch: &mut Scratch, range: KeyRange) -> Result<usize, Error> {
        read_slices(self.tables, scratch, range)
    }

    /// Gathers what all runs and registries say of the persons of a range.
    fn sweep(&self, scratch: &mut Scratch, (from, until): KeyRange) -> Result<(), Error> {
        let most = self.read_slices(scratch, (from, until))?;
        scratch.gather(self.tables, &self.readings, most);
        let as_of = Month::containing(self.as_of);
        for &(table, trust) in &self.bar_tables {
            for registry in self.tables.registry(table) {
                let bar = &mut |head: RowHead| {
                    scratch.table.bar(&self.readings, as_of, head.key, trust.widen(head.window));
                };
                let read = registry.heads(from, until, &mut scratch.buffer, bar);
                read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
            }
        }
        for rule in &self.rulebook.rules {
            if let Check::Age(check) = &rule.check {
                scratch.table.choose_young(&self.readings, check.years);
            }
        }
        self.choose_for_checks(scratch, (from, until))?;
        if !self.absences.is_empty() {
            for registry in self.tables.registry(Table::Participants) {
                let know = &mut |head: RowHead| scratch.table.know(head.key);
                let read = registry.heads(from, until, &mut scratch.buffer, know);
                read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
            }
        }
        Ok(())
    }

    /// Looks at all lines of the range that was swept last, if anything is looked for.
    fn look(&self, wanted: &Wanted, scratch: &mut Scratch) -> Result<(), Error> {
        let Scratch { table, look, slices, buffer, .. } = scratch;
        look.reset(wanted, table);
        if !wanted.is_any() {
            return Ok(());
        }
        let mut next = 0;
        for (number, roster) in self.tables.rosters().iter().enumerate() {
            let lines = look::Lines {
                wanted,
                readings: &self.readings,
                layers: &self.visits.layers,
                period: self.period,
                roster: number,
            };
            for run in roster.runs() {
                let see = &mut |block: &LineBlock<'_>, own: &[OwnLines]| look.see(&lines, table, block, own);
                let read = roster.scan(run, &slices[next], buffer, see);
                read.map_err(|why| unreadable(&roster.facts().control.file, &why))?;
                next += 1;
            }
        }
        Ok(())
    }

    /// Reads the lines of some persons, given ascending.
    fn read_lines_of(
        &self,
        scratch: &mut Scratch,
        keys: &[u64],
        noticed: &mut Observations,
    ) -> Result<(), Error> {
        let Scratch { slices, buffer, payments, order, .. } = scratch;
        payments.clear();
        payments.files = self.file_names();
        let mut next = 0;
        let mut positions = Vec::new();
        for (number, roster) in self.tables.rosters().iter().enumerate() {
            let file = &roster.facts().control.file;
            for run in roster.runs() {
                let slice = &slices[next];
                next += 1;
                slice.positions(keys, &mut positions);
                let mut take = |key: u64, line: &StoredLine<'_>| {
                    if line.class == UNLISTED {
                        let [_, kind, status, ..] = &line.words;
                        let (mut kind_text, mut status_text) = (String::new(), String::new());
                        let (kind, status) = (kind.text(&mut kind_text), status.text(&mut status_text));
                        for observation in
                            sweep::observations(self.rulebook, self.period, line.months, kind, status)
                        {
                            noticed.note(file, observation, line.row);
                        }
                    }
                    payments.push(PersonKey(key), number as u32, line);
                };
                let read = roster.read_lines(run, slice, &positions, buffer, &mut take);
                read.map_err(|why| unreadable(file, &why))?;
            }
        }
        order.clear();
        order.extend(0..payments.len());
        order.sort_unstable_by_key(|&line| (payments.key[line], payments.position(line)));
        Ok(())
    }

    /// The rows of some persons, given ascending, in the registries that are held against payment lines.
    fn rows_of(&self, keys: &[u64]) -> Result<RowsByTable, Error> {
        let mut found = BTreeMap::new();
        for &table in &self.visits.read {
            let mut rows: Vec<(u64, RegistryRow)> = Vec::new();
            for registry in self.tables.registry(table) {
                let take = &mut |row: RegistryRow| {
                    if let (Ok(id), true) = (row.id, register::is_known(&row, self.as_of)) {
                        rows.push((id.key().0, row));
                    }
                };
                let read = registry.rows_of(keys, take);
                read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
            }
            // Files are read in order, and within a file equal persons stand in the order of runs and rows.
            rows.sort_by_key(|(key, _)| *key);
            found.insert(table, rows);
        }
        Ok(found)
    }

    fn is_in_period(&self, payments: &Payments, line: usize) -> bool {
        !payments.months[line].intersect(self.period).is_empty()
    }

    /// Marks a payee whom the participants' list does not know, at the first of the person's lines.
    fn mark(&self, key: PersonKey, payments: &Payments, line: usize, outcome: &mut RangeOutcome) {
        let mut marks: Vec<&str> = Vec::new();
        for (number, absence) in self.absences.iter().enumerate().filter(|(_, own)| own.judge.marks(key)) {
            outcome.remarks.extend(CitizenId::from_key(key).map(|id| Remark {
                rule: absence.rule,
                id,
                name: payments.name(line).to_string(),
                months: None,
                amount: None,
                money: Vec::new(),
                detail: Detail::AbsentFromParticipants,
                evidence: [payments.place(line)].into(),
            }));
            // Two rules may set one mark.
            if !marks.contains(&absence.mark.as_str()) {
                marks.push(&absence.mark);
                outcome.marked.push((number, key));
            }
        }
        if !marks.is_empty() {
            let (file, row) = (payments.file_name(line), payments.row[line]);
            outcome.noticed.note(file, Observation::AbsentFromParticipants, row);
        }
    }

    fn judge_person(
        &self,
        key: PersonKey,
        payments: &Payments,
        words: &LineWords,
        lines: &[usize],
        rows: &PersonRows<'_>,
        noticed: &mut Observations,
    ) -> Option<PersonVerdict> {
        self.judge_lines(key, payments, words, lines, rows, noticed)?.telling()
    }

    /// Makes bars of a person's rows.
    fn compiler<'n>(
        &'n self,
        id: CitizenId,
        noticed: &'n mut Observations,
        notes: Option<&'n mut Vec<Note>>,
    ) -> BarCompiler<'n> {
        BarCompiler {
            rulebook: self.rulebook,
            region: self.region,
            as_of: self.as_of,
            id,
            noticed,
            notes,
            bars: Vec::new(),
            is_first_form: true,
        }
    }

    fn judge_lines(
        &self,
        key: PersonKey,
        payments: &Payments,
        words: &LineWords,
        lines: &[usize],
        rows: &PersonRows<'_>,
        noticed: &mut Observations,
    ) -> Option<Judged> {
        let id = CitizenId::from_key(key)?;
        let net = netting::net(payments, words, lines, noticed);
        let compiler = self.compiler(id, noticed, None);
        let bars = if rows.can_bar(&self.visits.listed) || self.is_paid_young(id, payments, lines) {
            compile::compile(compiler, rows, &forms(payments, &net))
        } else {
            Vec::new()
        };
        let judge = LineJudge {
            payments,
            rulebook: self.rulebook,
            period: self.period,
            bars: &bars,
            net: &net,
            may_be_cut: &self.may_be_cut,
        };
        let verdicts = judge.judge();
        let counts = |line: &usize| payments.paid_on(*line).is_none_or(|day| day <= self.as_of);
        let last_month = self.period.last();
        let verdict = PersonVerdict {
            id,
            lines: verdicts,
            money_back: net.money_back.iter().copied().filter(counts).collect(),
            still_paid: net.paid.iter().any(|&(line, _)| payments.months[line].contains(last_month)),
        };
        Some(Judged { net, bars, verdict })
    }

    /// Lines without a usable ID number are judged by nobody; those outside the period are counted as such.
    fn note_unusable_lines(&self, noticed: &mut Observations) -> Result<(), Error> {
        self.tables.unusable_lines(&mut |file, line| {
            if line.months.intersect(self.period).is_empty() {
                noticed.note(file, Observation::OutsidePeriod, line.row);
            }
        })
    }

    fn absence_judges(&self) -> Result<Vec<Absence>, Error> {
        // A list without a single usable number knows nobody, which says nothing of any payee.
        if self.tables.row_counts(Table::Participants).1 == 0 {
            return Ok(Vec::new());
        }
        let participants = self.tables.registry(Table::Participants);
        let judge = |rule: usize, check: &AbsentCheck| {
            let start = self.parameter(&check.scheme_start);
            let judge = AbsenceJudge::new(participants, check, self.rulebook, start);
            let judge = judge.map_err(|why| unreadable(Table::Participants.name(), &why))?;
            Ok(Absence { rule, mark: check.mark.clone(), judge })
        };
        let rules = self.rulebook.rules.iter().enumerate();
        let checks = rules.filter_map(|(at, rule)| match &rule.check {
            Check::Absent(check) => Some(judge(at, check)),
            _ => None,
        });
        checks.collect()
    }

    fn judge_grants(&self, judgement: &mut Judgement) -> Result<(), Error> {
        if self.grant_judges().next().is_none() {
            return Ok(());
        }
        let (grants, benefits) =
            (self.tables.rows(Table::FuneralGrants)?, self.tables.rows(Table::OtherDeathBenefits)?);
        // What is odd about their days was noted with all other registries.
        let mut unheard = Observations::default();
        let grants = Register::new(&grants, self.as_of, &mut unheard);
        let benefits = Register::new(&benefits, self.as_of, &mut unheard);
        for judge in self.grant_judges() {
            let claimed: BTreeSet<PersonKey> = judgement
                .grants
                .iter()
                .filter(|verdict| verdict.outcome.is_ok())
                .map(|verdict| verdict.id.key())
                .collect();
            // A grant is claimed once: a rule of lower precedence only speaks where none before it claims.
            for key in grants.persons().into_iter().filter(|key| !claimed.contains(key)) {
                judgement.grants.extend(judge.judge(key, &grants, &benefits, &mut judgement.noticed));
            }
        }
        Ok(())
    }

    /// A grant that is claimed as a whole is no lead any more: what is odd about it would be counted twice.
    fn forget_claimed_grants(&self, judgement: &mut Judgement) {
        let is_claim = |verdict: &&GrantVerdict| {
            verdict.outcome.is_ok() && self.rulebook.rules[verdict.rule].establishes()
        };
        let claimed: BTreeSet<CitizenId> =
            judgement.grants.iter().filter(is_claim).map(|verdict| verdict.id).collect();
        let is_of_grant = |remark: &Remark| match &self.rulebook.rules[remark.rule].check {
            Check::Standard(StandardCheck::Grant { .. }) => true,
            Check::RepeatedRows(check) => check.table == Table::FuneralGrants,
            Check::Conflict(ConflictCheck::Entitlement(EntitlementCheck::GrantWhole { .. })) => true,
            _ => false,
        };
        judgement.remarks.retain(|remark| !(is_of_grant(remark) && claimed.contains(&remark.id)));
    }

    /// The rules that hold grants against the benefits of other schemes.
    fn grant_judges(&self) -> impl Iterator<Item = GrantJudge<'_>> {
        self.rulebook.rules.iter().enumerate().filter_map(|(rule, definition)| match &definition.check {
            Check::Exclusive(check) => Some(GrantJudge {
                rule,
                check,
                rulebook: self.rulebook,
                as_of: self.as_of,
                deaths_from: self.parameter(&check.deaths_from),
            }),
            _ => None,
        })
    }

    /// The day that a parameter names for the region, if anybody knows.
    fn parameter(&self, id: &str) -> Option<NaiveDate> {
        parameter_day(self.rulebook, self.region, self.as_of, id)
    }

    /// What stands behind the judgement of one person.
    ///
    /// # Errors
    /// When what was stored cannot be read again.
    pub fn detail(&self, id: CitizenId) -> Result<PersonDetail, Error> {
        let key = id.key();
        let mut scratch = Scratch::default();
        let mut noticed = Observations::default();
        self.sweep(&mut scratch, (key.0, key.0 + 1))?;
        self.read_lines_of(&mut scratch, &[key.0], &mut noticed)?;
        let all = &scratch.payments;
        let (mut payments, mut renumbered) = (Payments::of_files(all.files.clone()), Renumbered::default());
        let lines: Vec<usize> =
            scratch.order.iter().map(|&line| payments.push_from(all, line, &mut renumbered)).collect();
        let words = LineWords::new(&payments, self.rulebook);
        let net = netting::net(&payments, &words, &lines, &mut noticed);
        let mut notes = Vec::new();
        let compiler = self.compiler(id, &mut noticed, Some(&mut notes));
        let judged = self.rows_of(&[key.0])?;
        let rows = person_rows(&judged, key);
        let mut forms = forms(&payments, &net);
        if forms.is_empty() {
            // Nobody was paid: the rows are read under their own names.
            forms.extend(rows.forms());
        }
        let bars = compile::compile(compiler, &rows, &forms);
        let rows = self.all_rows_of(key)?;
        Ok(PersonDetail { payments, set_aside: net.set_aside.into_iter().collect(), bars, notes, rows })
    }

    fn all_rows_of(&self, key: PersonKey) -> Result<Vec<(Table, RegistryRow)>, Error> {
        let mut rows = Vec::new();
        for table in self.tables.registry_tables() {
            for registry in self.tables.registry(table) {
                let take = &mut |row: RegistryRow| {
                    if register::is_known(&row, self.as_of) {
                        rows.push((table, row));
                    }
                };
                let read = registry.rows_of(&[key.0], take);
                read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
            }
        }
        Ok(rows)
    }
}

impl Scratch {
    /// Gathers in the table what all runs say of the persons of the range that was read.
    fn gather(&mut self, tables: &Tables, readings: &Readings, most: usize) {
        self.table.reset(most);
        let mut next = 0;
        for (roster, file) in tables.rosters().iter().enumerate() {
            for run in 0..file.runs().len() {
                let slice = &self.slices[next];
                let persons = &slice.persons;
                let (keys, profiles) = (&persons.keys[slice.inside()], &persons.profiles[slice.inside()]);
                self.table.add(readings, roster, run, keys, profiles);
                next += 1;
            }
        }
    }
}

/// Reads the persons of a range, run by run; how many persons of it a roster has at most.
fn read_slices(tables: &Tables, scratch: &mut Scratch, (from, until): KeyRange) -> Result<usize, Error> {
    let mut most = 0;
    let mut next = 0;
    for roster in tables.rosters() {
        let mut persons = 0;
        for run in roster.runs() {
            if scratch.slices.len() == next {
                scratch.slices.push(RunSlice::default());
            }
            let slice = &mut scratch.slices[next];
            let read = roster.read_persons(run, from, until, slice);
            read.map_err(|why| unreadable(&roster.facts().control.file, &why))?;
            persons += slice.inside().len();
            next += 1;
        }
        most = most.max(persons);
    }
    Ok(most)
}

impl Judged {
    /// The verdict, where it says anything.
    fn telling(self) -> Option<PersonVerdict> {
        let verdict = self.verdict;
        (!verdict.lines.is_empty() || !verdict.money_back.is_empty()).then_some(verdict)
    }
}

impl PersonVerdict {
    /// The verdict with its lines under other numbers.
    fn renumbered(mut self, numbers: &[usize]) -> PersonVerdict {
        for verdict in &mut self.lines {
            verdict.line = numbers[verdict.line];
        }
        for line in &mut self.money_back {
            *line = numbers[*line];
        }
        self
    }
}

impl RangeOutcome {
    /// Keeps a verdict with the lines of which it speaks.
    fn keep(&mut self, payments: &Payments, verdict: PersonVerdict, renumbered: &mut Renumbered) {
        let mut numbers = BTreeMap::new();
        let spoken = verdict.lines.iter().map(|line| line.line).chain(verdict.money_back.iter().copied());
        for line in spoken {
            numbers.entry(line).or_insert_with(|| {
                let kept = self.payments.push_from(payments, line, renumbered);
                // Lines with a damaged number are kept under the one that they may have had.
                self.payments.key[kept] = verdict.id.key().0;
                kept
            });
        }
        let mut verdict = verdict;
        for line in &mut verdict.lines {
            line.line = numbers[&line.line];
        }
        for line in &mut verdict.money_back {
            *line = numbers[line];
        }
        self.persons.push(verdict);
    }
}

/// The day that a parameter names for a region, if anybody knows.
fn parameter_day(rulebook: &Rulebook, region: &str, as_of: NaiveDate, id: &str) -> Option<NaiveDate> {
    rulebook.value(id, region, as_of)?.date()
}

/// The forms of the name on a person's net lines.
fn forms(payments: &Payments, net: &NetLines) -> BTreeSet<String> {
    let mut names: Vec<u32> = net.paid.iter().map(|&(line, _)| payments.words[line].name).collect();
    names.dedup();
    names.into_iter().map(|name| Name::comparison_form(payments.strings.text(name))).collect()
}

fn person_rows(rows: &RowsByTable, key: PersonKey) -> PersonRows<'_> {
    let of = |table: Table| -> Vec<&RegistryRow> {
        let rows = rows.get(&table).map_or(&[][..], Vec::as_slice);
        let start = rows.partition_point(|(other, _)| *other < key.0);
        rows[start..].iter().take_while(|(other, _)| *other == key.0).map(|(_, row)| row).collect()
    };
    PersonRows {
        others: rows.keys().filter(|&&table| !JUDGED.contains(&table)).map(|&t| (t, of(t))).collect(),
        deaths: of(Table::Deaths),
        certifications: of(Table::Certifications),
        custody: of(Table::Custody),
        other_pensions: of(Table::OtherPensions),
    }
}

fn sorted_union(mut keys: Vec<u64>, others: &[u64]) -> Vec<u64> {
    keys.extend_from_slice(others);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Whether a rule can run on these tables: every registry that it needs was given.
pub fn can_run(rule: &Rule, tables: &Tables) -> bool {
    rule.check.registries().iter().all(|&table| table == Table::Payments || tables.has(table))
}
