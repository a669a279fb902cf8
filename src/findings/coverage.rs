//! What was checked, and what could not be: unknown is not clean.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Case, Lead, LineClaim};
use crate::domain::{Fen, IdDefect, Month, MonthSpan};
use crate::engine::{Judgement, Remark, can_run};
use crate::ingest::{Column, Table, Tables};
use crate::messages::{self, Error, NotCheckableReason, Observation, Text};
use crate::project::Project;
use crate::rulebook::{Check, ConflictCheck, NumberForm, Parameter, Rulebook, StandardCheck};

/// One registry under one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageRow {
    /// The registry.
    pub registry: Table,
    /// The rule, by its position in the rulebook, behind which stand the rules that did not run.
    pub rule: usize,
    /// Rows of the registry.
    pub rows: u64,
    /// Rows with a usable ID number.
    pub usable: u64,
    /// Payees (or deceased) that were held against it.
    pub persons_checked: u64,
    /// Payees (or deceased) that could not be, because of their ID number or because the registry is missing.
    pub not_checkable: u64,
    /// Why something was not checked; empty where all was.
    pub reason: Option<Text>,
    /// The newest event in the registry.
    pub newest_date: Option<NaiveDate>,
    /// What the rule found, whichever of its registries it is told beside.
    pub found: Found,
    /// For how many months at the end of the period, as far as the audit's day, the registry names no event.
    pub months_behind: u64,
}

/// What a rule found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Claimed lines and grants that it establishes or supports; of a rule about numbers the rows of the
    /// registry that have one of those.
    pub hits: u64,
    /// Leads.
    pub leads: u64,
    /// Marks.
    pub marks: u64,
    /// Persons to whom something was due and who were not paid.
    pub unpaid: u64,
}

/// What each rule found, by its position in the rulebook.
pub(super) fn found(
    rules: usize,
    claims: &[LineClaim],
    cases: &[Case],
    leads: &[Lead],
    (marks, unpaid): (&[Remark], &[Remark]),
) -> Vec<Found> {
    let mut found = vec![Found::default(); rules];
    claims.iter().flat_map(|claim| &claim.rules).for_each(|&rule| found[rule].hits += 1);
    let grants = cases.iter().filter(|case| case.funeral != Fen::ZERO);
    grants.for_each(|case| found[case.primary_rule].hits += 1);
    leads.iter().for_each(|lead| found[lead.rule].leads += 1);
    marks.iter().for_each(|mark| found[mark.rule].marks += 1);
    unpaid.iter().for_each(|owed| found[owed.rule].unpaid += 1);
    found
}

/// For how many months before the end of the period, or before the audit's day, a registry names nothing.
fn months_behind(project: &Project, newest: Option<NaiveDate>) -> u64 {
    let end = project.period.last().min(Month::containing(project.as_of));
    let newest = newest.map(Month::containing);
    newest.map_or(0, |newest| u64::try_from(i64::from(end.0) - i64::from(newest.0)).unwrap_or(0))
}

/// A row that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotCheckable {
    /// The table.
    pub table: Table,
    /// The row, as `file#row`; empty where a whole registry is missing.
    pub place: String,
    /// The ID cell as written.
    pub id_text: String,
    /// The name as written.
    pub name: String,
    /// Why.
    pub reason: NotCheckableReason,
}

/// One row for each registry and rule.
pub(super) fn rows(
    tables: &Tables,
    rulebook: &Rulebook,
    project: &Project,
    judgement: &Judgement,
    damaged_payees: usize,
    found: &[Found],
) -> Result<Vec<CoverageRow>, Error> {
    let payees = (judgement.payees as usize, damaged_payees);
    let mut rows = Vec::new();
    for (at, rule) in rulebook.rules.iter().enumerate() {
        let is_of_grants =
            matches!(rule.check, Check::Exclusive(_) | Check::Standard(StandardCheck::Grant { .. }));
        let persons = if is_of_grants { deceased(tables)? } else { payees };
        if let Check::Conflict(ConflictCheck::Numbers(forms)) = &rule.check {
            rows.extend(numbers_rows(tables, project, at, forms));
            continue;
        }
        let unknown = unknown_standards(tables, rulebook, project, &rule.check)?;
        for registry in rule.check.registries() {
            let idle = judgement.idle.get(&at);
            let mut row = coverage_row(tables, (rulebook, at, idle), persons, registry, &unknown);
            row.found = found[at];
            row.months_behind = months_behind(project, row.newest_date);
            rows.push(row);
        }
    }
    for (at, (rule, why)) in rulebook.left_out.iter().enumerate() {
        let reason = messages::coverage_left_out(*why);
        let row = |registry| left_out_row(tables, registry, rulebook.rules.len() + at, reason.clone());
        rows.extend(rule.check.registries().into_iter().map(row));
    }
    rows.sort_by_key(|row| (row.registry, row.rule));
    Ok(rows)
}

/// The row of a rule that did not run at all.
fn left_out_row(tables: &Tables, registry: Table, rule: usize, reason: Text) -> CoverageRow {
    let (rows, usable) = tables.row_counts(registry);
    CoverageRow {
        registry,
        rule,
        rows,
        usable,
        persons_checked: 0,
        not_checkable: 0,
        reason: Some(reason),
        newest_date: newest(tables, registry),
        found: Found::default(),
        months_behind: 0,
    }
}

/// One row for each table that was given: a rule about numbers looks at every row, whoever's it is.
fn numbers_rows(tables: &Tables, project: &Project, rule: usize, forms: &[NumberForm]) -> Vec<CoverageRow> {
    let given = std::iter::once(Table::Payments).chain(tables.registry_tables());
    let row = |registry: Table| {
        let (rows, usable) = tables.row_counts(registry);
        let observations = forms.iter().map(|form| match form {
            NumberForm::Unusable(defect) => Observation::IdUnusable(*defect),
            NumberForm::Mended(kind) => Observation::IdRepaired(kind),
        });
        let hits = observations.map(|wanted| tables.noticed_count(registry, &wanted)).sum();
        let newest_date = newest(tables, registry);
        CoverageRow {
            registry,
            rule,
            rows,
            usable,
            persons_checked: rows,
            not_checkable: 0,
            reason: (rows == 0).then(messages::coverage_no_rows),
            newest_date,
            found: Found { hits, ..Found::default() },
            months_behind: months_behind(project, newest_date),
        }
    };
    given.map(row).collect()
}

fn coverage_row(
    tables: &Tables,
    (rulebook, rule, idle): (&Rulebook, usize, Option<&Text>),
    (checked, damaged): (usize, usize),
    registry: Table,
    unknown: &[&Parameter],
) -> CoverageRow {
    let definition = &rulebook.rules[rule];
    let (rows, usable) = tables.row_counts(registry);
    let runs = can_run(definition, tables) && idle.is_none();
    // A list of numbers of which none can be used was not a check of anybody; an empty one is a report of
    // nobody.
    let knows_somebody = usable > 0 || rows == 0;
    let is_missing = registry != Table::Payments && !tables.has(registry);
    let reason = if is_missing {
        Some(messages::coverage_registry_missing(registry))
    } else if let Some(reason) = idle {
        Some(reason.clone())
    } else if !runs {
        Some(messages::coverage_other_missing())
    } else if !unknown.is_empty() {
        let names: Vec<(&str, &str)> =
            unknown.iter().map(|parameter| (parameter.title.as_str(), parameter.id.as_str())).collect();
        Some(messages::coverage_standard_unknown(&names))
    } else if rows == 0 {
        Some(messages::coverage_no_rows())
    } else if damaged > 0 || usable < rows {
        Some(messages::coverage_ids_unusable(rows - usable, damaged as u64))
    } else {
        None
    };
    let was_checked = runs && knows_somebody && unknown.is_empty();
    CoverageRow {
        registry,
        rule,
        rows,
        usable,
        persons_checked: if was_checked { checked as u64 } else { 0 },
        not_checkable: if was_checked { damaged as u64 } else { (checked + damaged) as u64 },
        reason,
        newest_date: newest(tables, registry),
        found: Found::default(),
        months_behind: 0,
    }
}

/// The parameters without which a check cannot say what was due in some month of the period (of a grant, on
/// some day of death), or what is to be returned.
fn unknown_standards<'r>(
    tables: &Tables,
    rulebook: &'r Rulebook,
    project: &Project,
    check: &Check,
) -> Result<Vec<&'r Parameter>, Error> {
    let Check::Standard(check) = check else {
        let unknown = rulebook.unknown_parameter(check, &project.region, project.as_of);
        return Ok(unknown.into_iter().collect());
    };
    let mut months = project.period;
    if matches!(check, StandardCheck::Grant { .. }) {
        let rows = tables.rows(Table::FuneralGrants)?;
        let deaths = || rows.iter().filter_map(|row| row.date(Column::DeathDate)).map(Month::containing);
        if let (Some(first), Some(last)) = (deaths().min(), deaths().max()) {
            months = MonthSpan::through(first, last);
        }
    }
    Ok(rulebook.unknown_standards(check, &project.region, months))
}

/// The deceased of the grants: with a usable ID number, and without.
fn deceased(tables: &Tables) -> Result<(usize, usize), Error> {
    let rows = tables.rows(Table::FuneralGrants)?;
    let usable: BTreeSet<_> = rows.iter().filter_map(|row| row.id.ok()).collect();
    let damaged: BTreeSet<_> =
        rows.iter().filter(|row| row.id.is_err()).map(|row| (&row.id_text, &row.name)).collect();
    Ok((usable.len(), damaged.len()))
}

/// The newest day of a registry's events.
fn newest(tables: &Tables, registry: Table) -> Option<NaiveDate> {
    if registry == Table::Payments {
        return tables.newest_paid();
    }
    let is_event =
        |column: Column| !matches!(column, Column::TermTo | Column::UntilMonth | Column::BirthDate);
    tables.latest_days(registry).filter(|(column, _)| is_event(*column)).map(|(_, day)| day).max()
}

/// A payee whose ID number is unusable, at the first of the payee's lines.
pub(super) struct DamagedPayee {
    place: String,
    defect: IdDefect,
    /// Whether any of the payee's lines lies in the period.
    pub(super) in_period: bool,
}

/// The payees whose ID number is unusable, told apart by the cell and the name as written.
pub(super) fn damaged_payees(
    tables: &Tables,
    period: MonthSpan,
) -> Result<BTreeMap<(String, String), DamagedPayee>, Error> {
    let mut payees: BTreeMap<(String, String), DamagedPayee> = BTreeMap::new();
    tables.unusable_lines(&mut |file, line| {
        let in_period = !line.months.intersect(period).is_empty();
        let payee = payees.entry((line.id_text.clone(), line.name().to_string())).or_insert_with(|| {
            DamagedPayee { place: format!("{file}#{}", line.row), defect: line.defect, in_period }
        });
        payee.in_period |= in_period;
    })?;
    Ok(payees)
}

/// The rows behind what was not checkable: each damaged payee once, each damaged registry row, and each
/// registry that a rule needs and the project lacks.
pub(super) fn not_checkable(
    tables: &Tables,
    rulebook: &Rulebook,
    project: &Project,
    payees: BTreeMap<(String, String), DamagedPayee>,
) -> Result<Vec<NotCheckable>, Error> {
    let of_payee = |((id_text, name), payee): ((String, String), DamagedPayee)| NotCheckable {
        table: Table::Payments,
        place: payee.place,
        id_text,
        name,
        reason: NotCheckableReason::IdUnusable(payee.defect),
    };
    let mut found: Vec<NotCheckable> = payees.into_iter().map(of_payee).collect();
    for table in Table::ALL.into_iter().filter(|&table| table != Table::Payments) {
        tables.unusable_rows(table, &mut |row| {
            let names_a_case = table == Table::Repayments && row.id == Err(IdDefect::Empty);
            if let (Err(defect), false) = (row.id, names_a_case) {
                found.push(NotCheckable {
                    table,
                    place: row.place(),
                    id_text: row.id_text,
                    name: row.name,
                    reason: NotCheckableReason::IdUnusable(defect),
                });
            }
        })?;
    }
    let needed: BTreeSet<Table> = rulebook.rules.iter().flat_map(|rule| rule.check.registries()).collect();
    for table in needed.into_iter().filter(|&table| !project.has(table)) {
        found.push(NotCheckable {
            table,
            place: String::new(),
            id_text: String::new(),
            name: String::new(),
            reason: NotCheckableReason::RegistryMissing,
        });
    }
    for rule in &rulebook.rules {
        let table = rule.check.registries().first().copied().unwrap_or(Table::Payments);
        for parameter in unknown_standards(tables, rulebook, project, &rule.check)? {
            found.push(NotCheckable {
                table,
                place: String::new(),
                id_text: String::new(),
                name: String::new(),
                reason: NotCheckableReason::StandardUnknown(parameter.title.clone(), parameter.id.clone()),
            });
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}
