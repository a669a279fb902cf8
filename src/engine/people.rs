//! Which persons the checks of whole persons see, paid or not, and the visits to them.
//!
//! Owns the way to a person. Must not know what a check looks for.

use std::collections::{BTreeMap, BTreeSet};

use super::age::first_due;
use super::checks::{self, Asks, Glance, Layers, Person, Remark, Sees};
use super::look::Wanted;
use super::netting::NetLines;
use super::survey::shared_things;
use super::sweep::{KeyRange, Readings};
use super::{
    Bar, Engine, JUDGED, Judged, LineVerdict, RowsByTable, Scratch, can_run, census, compile, parameter_day,
    person_rows,
};
use crate::domain::{CitizenId, Month, MonthSpan, Name, PersonKey};
use crate::ingest::{
    Column, Observations, Payments, Roster, RowHead, StoredRow, Table, Tables, Window, unreadable,
};
use crate::messages::{self, Error, Text};
use crate::project::Project;
use crate::rulebook::{Check, ConflictCheck, EntitlementCheck, Rule, Rulebook, StandardCheck, UnpaidCheck};

/// Whom the checks have to see, and which registries they read.
#[derive(Clone, Debug)]
pub(super) struct Visits {
    /// The registries whose persons are seen, whether or not they are paid, each with the rules that ask.
    tables: BTreeMap<Table, Vec<usize>>,
    /// The registries of which rows are read.
    pub(super) read: Vec<Table>,
    /// The age below which a rule bars by age alone.
    pub(super) ages: Option<u32>,
    /// The lists that rules bar by.
    pub(super) listed: Vec<Table>,
    /// Whether everybody is seen, for no reason.
    pub(super) everybody: bool,
    /// Whether there is any check of whole persons.
    pub(super) any: bool,
    /// The sums of the layers of the basic pension.
    pub(super) layers: Layers,
    /// What to look for in all lines, to choose payees.
    pub(super) wanted: Wanted,
    /// The rules whose tables were given and know somebody, by position.
    pub(super) runnable: Vec<usize>,
    /// The age from which every payee is seen.
    old: Option<u32>,
    /// Every payee without a certification in so many months before the end of the period is seen.
    uncertified: Option<u32>,
}

impl Visits {
    pub(super) fn of(
        rulebook: &Rulebook,
        tables: &Tables,
        project: &Project,
        idle: &BTreeMap<usize, Text>,
    ) -> Visits {
        let (region, period) = (&project.region, project.period);
        let mut visits = Visits {
            tables: BTreeMap::new(),
            read: Vec::new(),
            ages: rulebook.rules.iter().filter_map(age_of).max(),
            listed: rulebook.rules.iter().filter_map(list_of).collect(),
            everybody: false,
            any: false,
            layers: Layers::of(rulebook, region, period),
            wanted: Wanted::default(),
            runnable: (0..rulebook.rules.len())
                .filter(|at| !idle.contains_key(at) && is_runnable(&rulebook.rules[*at], tables))
                .collect(),
            old: None,
            uncertified: None,
        };
        let (mut oddities, mut read) = (Vec::new(), BTreeSet::from(JUDGED));
        if visits.ages.is_some() {
            read.insert(Table::Participants);
        }
        let rules = rulebook.rules.iter().enumerate().filter(|(at, _)| !idle.contains_key(at));
        for (at, rule) in rules {
            let sees = checks::sees(&rule.check, rulebook, region, period);
            if sees != Sees::Nobody && visits.runnable.binary_search(&at).is_err() {
                continue;
            }
            if sees != Sees::Nobody || rule.check.bars() {
                read.extend(rule.check.registries());
                read.extend(checks::also_reads(&rule.check));
            }
            visits.any |= sees != Sees::Nobody;
            match sees {
                Sees::Nobody => {}
                Sees::PayeesWith(oddity) => oddities.push(oddity),
                Sees::Aged(years) => visits.old = Some(visits.old.unwrap_or(years).min(years)),
                Sees::Uncertified(months) => {
                    visits.uncertified = Some(visits.uncertified.unwrap_or(months).min(months));
                }
                Sees::PersonsOf(table) if tables.has(table) => {
                    visits.tables.entry(table).or_default().push(at);
                    oddities.extend(checks::compares(&rule.check));
                }
                Sees::PersonsOf(_) => {}
            }
        }
        read.remove(&Table::Payments);
        visits.wanted = Wanted::of(&oddities, shared_things(rulebook, &visits.runnable));
        visits.read = read.into_iter().collect();
        visits
    }
}

fn age_of(rule: &Rule) -> Option<u32> {
    match &rule.check {
        Check::Age(check) => Some(check.years),
        _ => None,
    }
}

fn list_of(rule: &Rule) -> Option<Table> {
    match &rule.check {
        Check::Listed(check) => Some(check.table),
        _ => None,
    }
}

/// Whether the tables of a rule were given. A list of numbers of which none can be used knows nobody, which
/// says nothing of anybody; an empty one is a report of nobody.
fn is_runnable(rule: &Rule, tables: &Tables) -> bool {
    let knows_somebody = |table: &Table| {
        let (rows, usable) = tables.row_counts(*table);
        *table == Table::Payments || usable > 0 || rows == 0
    };
    can_run(rule, tables) && rule.check.registries().iter().all(knows_somebody)
}

/// The months of the period for which the rosters pay anybody: where one of them is missing altogether,
/// nobody was left out.
pub(super) fn roster_months(tables: &Tables, period: MonthSpan) -> BTreeSet<Month> {
    let classes = tables.rosters().iter().flat_map(Roster::classes);
    classes.flat_map(|facts| facts.class.months.intersect(period).months()).collect()
}

/// The first month of which a registry speaks. Rows whose dates contradict each other do not count.
pub(super) fn first_month(tables: &Tables, table: Table) -> Result<Option<Month>, Error> {
    let mut first: Option<Month> = None;
    let mut buffer = Vec::new();
    for registry in tables.registry(table) {
        let mut take = |head: RowHead| {
            let from = head.window.from;
            if from != Window::WHOLE.from {
                first = Some(first.map_or(from, |first| first.min(from)));
            }
        };
        let read = registry.heads(0, u64::MAX, &mut buffer, &mut take);
        read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
    }
    Ok(first)
}

/// The checks of whole persons that say nothing on these tables, with the reason: what they need is not
/// configured, a list or the rosters are evidently not those of all, or the rosters lack a column.
pub(super) fn idle_rules(
    rulebook: &Rulebook,
    tables: &Tables,
    project: &Project,
    readings: &Readings,
) -> Result<BTreeMap<usize, Text>, Error> {
    let mut idle = BTreeMap::new();
    // What a rule lacks altogether the coverage says by itself.
    let rules = rulebook.rules.iter().enumerate().filter(|(_, rule)| is_runnable(rule, tables));
    for (at, rule) in rules {
        let refined = rule.refines.as_deref().filter(|id| rulebook.rule(id).is_none());
        let reason = match &rule.check {
            _ if refined.is_some() => refined.map(messages::coverage_refines),
            Check::Conflict(ConflictCheck::Entitlement(EntitlementCheck::EnoughYears {
                scheme_start,
                ..
            })) => {
                let start = parameter_day(rulebook, &project.region, project.as_of, scheme_start);
                start.is_none().then(|| messages::coverage_not_configured(scheme_start))
            }
            Check::Conflict(ConflictCheck::Entitlement(EntitlementCheck::Uncertified {
                lacks_one_in,
                ..
            })) => census::list_of_some(tables, readings, Table::Certifications, *lacks_one_in)?,
            Check::Unpaid(UnpaidCheck::Entitled(check)) => {
                census::rosters_of_some(check, rulebook, tables, project, readings)?
            }
            Check::Standard(StandardCheck::Additions { .. })
                if census::rosters_without(tables, Column::Addition).into_iter().all(|lacks| lacks) =>
            {
                Some(messages::coverage_without_column(Column::Addition))
            }
            _ => None,
        };
        idle.extend(reason.map(|reason| (at, reason)));
    }
    Ok(idle)
}

/// The forms of the names on payment lines without a usable number, where a rule asks who was never paid.
pub(super) fn damaged_names(rulebook: &Rulebook, tables: &Tables) -> Result<BTreeSet<String>, Error> {
    let mut names = BTreeSet::new();
    if rulebook.rules.iter().any(|rule| matches!(rule.check, Check::Unpaid(UnpaidCheck::Entitled(_)))) {
        tables.unusable_lines(&mut |_, line| {
            names.insert(Name::comparison_form(line.name()));
        })?;
    }
    Ok(names)
}

impl Engine<'_> {
    /// Whether any line is for a month before an age by which a rule bars.
    pub(super) fn is_paid_young(&self, id: CitizenId, payments: &Payments, lines: &[usize]) -> bool {
        let Some(years) = self.visits.ages else { return false };
        let first = lines.iter().map(|&line| payments.months[line].from).min();
        let due = first_due(id, years);
        first.is_some_and(|first| due.is_none_or(|due| first < due))
    }

    /// Chooses the payees whom a check must see for what no registry says of them: their age, or that no
    /// certification is known.
    pub(super) fn choose_for_checks(
        &self,
        scratch: &mut Scratch,
        (from, until): KeyRange,
    ) -> Result<(), Error> {
        if let Some(years) = self.visits.old {
            scratch.table.choose_old(&self.readings, years);
        }
        let Some(months) = self.visits.uncertified else { return Ok(()) };
        let since = self.period.until.earlier(months);
        let as_of = Month::containing(self.as_of);
        for registry in self.tables.registry(Table::Certifications) {
            let mut take = |head: RowHead| {
                // What lies in the audit's month may lie after the audit's day: the rows decide.
                if (since..as_of).contains(&head.window.latest) {
                    scratch.table.certify(head.key);
                }
            };
            let read = registry.heads(from, until, &mut scratch.buffer, &mut take);
            read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
        }
        scratch.table.choose_uncertified();
        Ok(())
    }

    /// The persons of a range of whom a registry says what some check may speak of, ascending. Those who are
    /// paid are chosen.
    pub(super) fn people_of(
        &self,
        scratch: &mut Scratch,
        (from, until): KeyRange,
    ) -> Result<Vec<u64>, Error> {
        let mut people = Vec::new();
        let Scratch { table: payees, look, buffer, .. } = scratch;
        for (&table, rules) in &self.visits.tables {
            let checks: Vec<&Check> = rules.iter().map(|&rule| &self.rulebook.rules[rule].check).collect();
            let asks_rows = checks.iter().any(|check| checks::asks(check) == Asks::Rows);
            let asks_all = checks.iter().any(|check| checks::asks(check) == Asks::Persons);
            let glance = |key: u64, row: Option<&StoredRow<'_>>| {
                let place = payees.place_of(key);
                let glance = Glance {
                    rulebook: self.rulebook,
                    region: self.region,
                    period: self.period,
                    as_of: self.as_of,
                    is_payee: place.is_some(),
                    seen: place.and_then(|place| look.seen(place)),
                };
                self.visits.everybody || checks.iter().any(|check| checks::may_speak(check, &glance, row))
            };
            for registry in self.tables.registry(table) {
                let read = if asks_rows && !asks_all {
                    registry.stored_rows(from, until, &mut |row| {
                        people.extend(Some(row.id.key().0).filter(|&key| glance(key, Some(&row))));
                    })
                } else {
                    registry.heads(from, until, buffer, &mut |head| {
                        people.extend(Some(head.key).filter(|&key| glance(key, None)));
                    })
                };
                read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
            }
        }
        people.sort_unstable();
        people.dedup();
        for place in people.iter().filter_map(|&key| payees.place_of(key)).collect::<Vec<usize>>() {
            payees.choose(place);
        }
        Ok(people)
    }

    /// Lets the checks look at a person of whom the roster has lines.
    pub(super) fn visit(
        &self,
        payments: &Payments,
        judged: &Judged,
        rows: &RowsByTable,
        remarks: &mut Vec<Remark>,
    ) {
        let verdict = &judged.verdict;
        if self.visits.any {
            let lines = (&judged.net, judged.bars.as_slice(), verdict.lines.as_slice());
            checks::judge(&self.person(verdict.id, payments, lines, rows, false), remarks);
        }
    }

    /// Lets the checks look at the persons of whom the roster has no line.
    pub(super) fn visit_unpaid(
        &self,
        people: &[u64],
        chosen: &[u64],
        rows: &RowsByTable,
        remarks: &mut Vec<Remark>,
    ) {
        let (payments, net) = (Payments::default(), NetLines::default());
        for &key in people.iter().filter(|key| chosen.binary_search(key).is_err()) {
            let Some(id) = CitizenId::from_key(PersonKey(key)) else { continue };
            let own = person_rows(rows, PersonKey(key));
            let mut unheard = Observations::default();
            let compiler = self.compiler(id, &mut unheard, None);
            // Nobody was paid: the rows are read under their own names.
            let bars = compile::compile(compiler, &own, &own.forms().collect());
            let lines = (&net, bars.as_slice(), &[][..]);
            checks::judge(&self.person(id, &payments, lines, rows, true), remarks);
        }
    }

    fn person<'p>(
        &'p self,
        id: CitizenId,
        payments: &'p Payments,
        (net, bars, verdicts): (&'p NetLines, &'p [Bar], &'p [LineVerdict]),
        rows: &'p RowsByTable,
        is_unknown_to_roster: bool,
    ) -> Person<'p> {
        Person {
            id,
            payments,
            net,
            is_unknown_to_roster,
            bars,
            verdicts,
            verdict_of: verdicts.iter().enumerate().map(|(at, verdict)| (verdict.line, at)).collect(),
            rows,
            rulebook: self.rulebook,
            runnable: &self.visits.runnable,
            period: self.period,
            as_of: self.as_of,
            region: self.region,
            layers: &self.visits.layers,
            damaged_names: &self.damaged_names,
            roster_months: &self.roster_months,
            without_additions: &self.without_additions,
            changes_from: self.changes_from,
        }
    }
}
