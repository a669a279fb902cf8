//! Registry rows by person: sorted integers instead of a hash table, so that order never depends on hashing.
//!
//! Owns the index and the rule of which rows are known as of the audit's day.

use chrono::NaiveDate;

use crate::domain::{CitizenId, Month, PersonKey};
use crate::ingest::{Column, Fields, Observations, Registry, RegistryRow, Value, is_event};
use crate::messages::Observation;

/// The rows of one table, sorted by person.
pub(super) struct Register<'a> {
    rows: Vec<(PersonKey, &'a RegistryRow)>,
}

impl<'a> Register<'a> {
    /// Indexes the rows with usable ID numbers that are known as of a day.
    pub(super) fn new(table: &'a [RegistryRow], as_of: NaiveDate, noticed: &mut Observations) -> Self {
        let mut rows: Vec<(PersonKey, &RegistryRow)> = Vec::new();
        for row in table {
            if let Some(id) = note_row(row, as_of, noticed) {
                rows.push((id.key(), row));
            }
        }
        // Equal persons keep the order of file and row.
        rows.sort_by_key(|(key, _)| *key);
        Register { rows }
    }

    /// The rows of a person.
    pub(super) fn of(&self, key: PersonKey) -> impl Iterator<Item = &'a RegistryRow> + '_ {
        let start = self.rows.partition_point(|(other, _)| *other < key);
        self.rows[start..].iter().take_while(move |(other, _)| *other == key).map(|(_, row)| *row)
    }

    /// The persons, each once, ascending.
    pub(super) fn persons(&self) -> Vec<PersonKey> {
        let mut persons: Vec<PersonKey> = self.rows.iter().map(|(key, _)| *key).collect();
        persons.dedup();
        persons
    }
}

/// Whether a row is known as of the audit's day; one that was registered later is not.
pub(super) fn is_known(row: &impl Fields, as_of: NaiveDate) -> bool {
    row.day_of(Column::RegisteredOn).is_none_or(|day| day <= as_of)
}

/// Notes what is odd about a row's days. Whose row it is, if it counts.
fn note_row(row: &RegistryRow, as_of: NaiveDate, noticed: &mut Observations) -> Option<CitizenId> {
    if !is_known(row, as_of) {
        noticed.note(&row.file, Observation::RowNotYetKnown, row.row);
        return None;
    }
    let id = row.id.ok()?;
    note_impossible_dates(row, id, as_of, noticed);
    Some(id)
}

/// Notes what is odd about the days of a registry's rows, which are only read where a day may be odd.
pub(super) fn note_registry(
    registry: &Registry,
    as_of: NaiveDate,
    noticed: &mut Observations,
) -> std::io::Result<()> {
    let facts = registry.registry();
    let registered = facts.latest.iter().find(|(column, _)| *column == Column::RegisteredOn);
    let latest = facts.latest_event.max(registered.map(|(_, day)| *day));
    if latest.is_none_or(|latest| latest <= as_of) {
        noticed.add(&registry.facts().control.file, &facts.before_birth);
        return Ok(());
    }
    let mut note = |row: RegistryRow| {
        note_row(&row, as_of, noticed);
    };
    registry.usable_rows(&mut note)?;
    registry.unusable(&mut note)
}

/// Notes the stated days that are no event dates: after the audit's day, or before the person's birth. Ends
/// of terms may lie in the future.
fn note_impossible_dates(row: &RegistryRow, id: CitizenId, as_of: NaiveDate, noticed: &mut Observations) {
    for (column, value) in row.values() {
        let (is_after, is_before) = match value {
            Value::Date(day) => (*day > as_of, *day < id.birth_date()),
            Value::Month(month) => (
                // What begins later is known already; it bars nothing yet.
                false,
                *month < Month::containing(id.birth_date()),
            ),
            Value::Text(_) | Value::Amount(_) => continue,
        };
        if !is_event(column) {
            continue;
        }
        if is_after {
            noticed.note(&row.file, Observation::DateAfterAsOf(column), row.row);
        } else if is_before {
            noticed.note(&row.file, Observation::DateBeforeBirth(column), row.row);
        }
    }
}
