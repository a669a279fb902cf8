//! What was checked, and what could not be: unknown is not clean.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::IdDefect;
use crate::engine::{Judgement, can_run};
use crate::ingest::{Column, RegistryRow, Table, Tables, Value};
use crate::messages::{NotCheckableReason, Text};
use crate::project::Project;
use crate::rulebook::{Check, Rulebook};

/// One registry under one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageRow {
    /// The registry.
    pub registry: Table,
    /// The rule, by its position in the rulebook.
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
pub(super) fn rows(tables: &Tables, rulebook: &Rulebook, judgement: &Judgement) -> Vec<CoverageRow> {
    let mut rows = Vec::new();
    for (at, rule) in rulebook.rules.iter().enumerate() {
        for registry in rule.check.registries() {
            rows.push(coverage_row(tables, rulebook, judgement, at, registry));
        }
    }
    rows.sort_by_key(|row| (row.registry, row.rule));
    rows
}

fn coverage_row(
    tables: &Tables,
    rulebook: &Rulebook,
    judgement: &Judgement,
    rule: usize,
    registry: Table,
) -> CoverageRow {
    let definition = &rulebook.rules[rule];
    let (rows, usable) = match registry {
        Table::Payments => (tables.payments.len(), tables.payments.len() - tables.payments.unusable.len()),
        _ => {
            let rows = tables.rows(registry);
            (rows.len(), rows.iter().filter(|row| row.id.is_ok()).count())
        }
    };
    let (checked, damaged) = match definition.check {
        Check::Exclusive(_) => deceased(tables),
        _ => (judgement.payees.len(), damaged_payees(tables)),
    };
    let runs = can_run(definition, tables);
    // A list of numbers of which none can be used was not a check of anybody; an empty one is a report of
    // nobody.
    let knows_somebody = usable > 0 || rows == 0;
    let is_missing = registry != Table::Payments && !tables.registries.contains_key(&registry);
    let reason = if is_missing {
        Some(crate::messages::coverage_registry_missing(registry))
    } else if !runs {
        Some(crate::messages::coverage_other_missing())
    } else if rows == 0 {
        Some(crate::messages::coverage_no_rows())
    } else if damaged > 0 || usable < rows {
        Some(crate::messages::coverage_ids_unusable((rows - usable) as u64, damaged as u64))
    } else {
        None
    };
    CoverageRow {
        registry,
        rule,
        rows: rows as u64,
        usable: usable as u64,
        persons_checked: if runs && knows_somebody { checked as u64 } else { 0 },
        not_checkable: if runs && knows_somebody { damaged as u64 } else { (checked + damaged) as u64 },
        reason,
        newest_date: newest(tables, registry),
    }
}

/// The deceased of the grants: with a usable ID number, and without.
fn deceased(tables: &Tables) -> (usize, usize) {
    let rows = tables.rows(Table::FuneralGrants);
    let usable: BTreeSet<_> = rows.iter().filter_map(|row| row.id.ok()).collect();
    let damaged: BTreeSet<_> =
        rows.iter().filter(|row| row.id.is_err()).map(|row| (&row.id_text, &row.name)).collect();
    (usable.len(), damaged.len())
}

/// Distinct payees whose ID number is unusable.
fn damaged_payees(tables: &Tables) -> usize {
    let payments = &tables.payments;
    let cells = payments.unusable.iter().map(|(&line, (_, text))| (text.as_str(), payments.name(line)));
    cells.collect::<BTreeSet<_>>().len()
}

/// The newest day of a registry's events.
fn newest(tables: &Tables, registry: Table) -> Option<NaiveDate> {
    if registry == Table::Payments {
        let payments = &tables.payments;
        let latest = payments.paid_day.iter().copied().filter(|&day| day != crate::ingest::NO_DAY).max()?;
        return NaiveDate::from_num_days_from_ce_opt(latest);
    }
    let is_event =
        |column: Column| !matches!(column, Column::TermTo | Column::UntilMonth | Column::BirthDate);
    let days = |row: &RegistryRow| -> Option<NaiveDate> {
        row.values()
            .filter(|(column, _)| is_event(*column))
            .filter_map(|(_, value)| match value {
                Value::Date(day) => Some(*day),
                Value::Month(month) => month.first_day(),
                Value::Text(_) | Value::Amount(_) => None,
            })
            .max()
    };
    tables.rows(registry).iter().filter_map(days).max()
}

/// The rows behind what was not checkable: each damaged payee once, each damaged registry row, and each
/// registry that a rule needs and the project lacks.
pub(super) fn not_checkable(tables: &Tables, rulebook: &Rulebook, project: &Project) -> Vec<NotCheckable> {
    let payments = &tables.payments;
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (&line, (defect, text)) in &payments.unusable {
        if seen.insert((text.clone(), payments.name(line).to_string())) {
            found.push(NotCheckable {
                table: Table::Payments,
                place: payments.place(line),
                id_text: text.clone(),
                name: payments.name(line).to_string(),
                reason: NotCheckableReason::IdUnusable(*defect),
            });
        }
    }
    for (&table, rows) in &tables.registries {
        for row in rows {
            let names_a_case = table == Table::Repayments && row.id == Err(IdDefect::Empty);
            if let (Err(defect), false) = (row.id, names_a_case) {
                found.push(NotCheckable {
                    table,
                    place: row.place(),
                    id_text: row.id_text.clone(),
                    name: row.name.clone(),
                    reason: NotCheckableReason::IdUnusable(defect),
                });
            }
        }
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
    found.sort();
    found
}
