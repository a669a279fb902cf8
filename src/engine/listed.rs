//! Rows of a list that each speak for themselves, as bars for payment lines under one form of the name.

use std::sync::Arc;

use chrono::NaiveDate;

use super::bars::{Bar, BarCompiler, Event, Tier, part, source_of};
use super::checks::holds;
use crate::domain::{Month, MonthSpan};
use crate::ingest::{CellType, Column, RegistryRow};
use crate::messages::{self, LeadReason};
use crate::rulebook::{ListedCheck, Offset};

pub(super) fn compile(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &ListedCheck,
    form: &str,
    rows: &[&RegistryRow],
) {
    let speaking = speaking(compiler, check, rows);
    for silent in rows.iter().filter(|row| !speaking.iter().any(|other| std::ptr::eq(*other, **row))) {
        compiler.note(rule, silent.place(), messages::note_not_listed);
    }
    let parted = part(&speaking, form);
    let agreeing = parted.agreeing.into_iter().map(|row| (row, Tier::Established));
    let others = parted.others.into_iter().map(|row| (row, Tier::Lead(LeadReason::NamesDiffer)));
    for (row, tier) in agreeing.chain(others) {
        if !check.conditions.iter().all(|condition| holds(compiler.rulebook, condition, row)) {
            compiler.note(rule, row.place(), messages::note_not_listed);
            continue;
        }
        let start = check.from.iter().find_map(|&column| moment(compiler, row, column));
        let end = check.until.iter().find_map(|&column| last_month(row, column));
        let until = end.map_or(Month::OPEN, Month::next);
        let from = start.as_ref().map(|&(month, _)| match check.offset {
            Offset::Same => month.later(check.later),
            Offset::Next => month.next().later(check.later),
        });
        let known = from.map(|from| MonthSpan::new(from, until));
        compiler.note(rule, row.place(), || messages::note_listed(known));
        let tier = if known.is_none() { Tier::Lead(LeadReason::ListedWithoutStart) } else { tier };
        compiler.bar(Bar {
            rule,
            span: known.unwrap_or_else(|| compiler.possible_until(until)),
            is_unknown: known.is_none(),
            scope: compiler.returned(&check.returns),
            tier,
            name_form: form.to_string(),
            evidence: Arc::new([row.place()]),
            event: Arc::new(Event {
                date: start.map(|(_, text)| text).unwrap_or_default(),
                source: source_of(row),
                document_no: row.text(Column::JudgmentNo).to_string(),
                day: start_day(compiler, check, row),
            }),
            release_unconfirmed: false,
            settled: Vec::new(),
        });
    }
}

/// The rows that say anything. Of a list of money those that pay something, as far as is known: none, if all
/// of it came back.
fn speaking<'r>(
    compiler: &BarCompiler<'_>,
    check: &ListedCheck,
    rows: &[&'r RegistryRow],
) -> Vec<&'r RegistryRow> {
    let Some((amount, paid_on)) = check.money else { return rows.to_vec() };
    let is_paid = |row: &RegistryRow| row.date(paid_on).is_none_or(|day| day <= compiler.as_of);
    let fen = |row: &RegistryRow| row.amount(amount).map_or(0, |fen| i128::from(fen.0));
    let paid: Vec<&RegistryRow> = rows.iter().copied().filter(|row| is_paid(row)).collect();
    if paid.iter().map(|row| fen(row)).sum::<i128>() <= 0 {
        return Vec::new();
    }
    paid.into_iter().filter(|row| fen(row) > 0).collect()
}

/// The month of an event that a field states, and the field as it is shown.
fn moment(compiler: &BarCompiler<'_>, row: &RegistryRow, column: Column) -> Option<(Month, String)> {
    if column.cell_type() == CellType::Month {
        return compiler.event_month(row, column).map(|month| (month, month.to_string()));
    }
    compiler.event_day(row, column).map(|day| (Month::containing(day), day.to_string()))
}

fn start_day(compiler: &BarCompiler<'_>, check: &ListedCheck, row: &RegistryRow) -> Option<NaiveDate> {
    check.from.iter().find_map(|&column| match column.cell_type() {
        CellType::Month => compiler.event_month(row, column).and_then(Month::first_day),
        _ => compiler.event_day(row, column),
    })
}

/// The last month of a row; ends may lie in the future.
fn last_month(row: &RegistryRow, column: Column) -> Option<Month> {
    row.month(column).or_else(|| row.date(column).map(Month::containing))
}
