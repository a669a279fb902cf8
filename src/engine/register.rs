//! Registry rows by person: sorted integers instead of a hash table, so that order never depends on hashing.
//!
//! Owns the index and the rule of which rows are known as of the audit's day.

use chrono::NaiveDate;

use crate::domain::{CitizenId, Month, PersonKey};
use crate::ingest::{Column, Observations, RegistryRow, Table, Tables, Value};
use crate::messages::Observation;

/// The rows of one table, sorted by person.
pub(super) struct Register<'a> {
    rows: Vec<(PersonKey, &'a RegistryRow)>,
}

impl<'a> Register<'a> {
    /// Indexes the rows with usable ID numbers that are known as of a day.
    pub(super) fn new(
        tables: &'a Tables,
        table: Table,
        as_of: NaiveDate,
        noticed: &mut Observations,
    ) -> Self {
        let mut rows: Vec<(PersonKey, &RegistryRow)> = Vec::new();
        for row in tables.rows(table) {
            if row.date(Column::RegisteredOn).is_some_and(|day| day > as_of) {
                noticed.note(&row.file, Observation::RowNotYetKnown, row.row);
            } else if let Ok(id) = row.id {
                note_impossible_dates(row, id, as_of, noticed);
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

    /// Whether a person has a row.
    pub(super) fn has(&self, key: PersonKey) -> bool {
        self.of(key).next().is_some()
    }

    /// The persons, each once, ascending.
    pub(super) fn persons(&self) -> Vec<PersonKey> {
        let mut persons: Vec<PersonKey> = self.rows.iter().map(|(key, _)| *key).collect();
        persons.dedup();
        persons
    }
}

/// Notes the stated days that are no event dates: after the audit's day, or before the person's birth. Ends
/// of terms may lie in the future.
fn note_impossible_dates(row: &RegistryRow, id: CitizenId, as_of: NaiveDate, noticed: &mut Observations) {
    for (column, value) in row.values() {
        let (is_after, is_before) = match value {
            Value::Date(day) => (*day > as_of, *day < id.birth_date()),
            Value::Month(month) => {
                (*month > Month::containing(as_of), *month < Month::containing(id.birth_date()))
            }
            Value::Text(_) | Value::Amount(_) => continue,
        };
        if matches!(column, Column::TermTo | Column::UntilMonth | Column::BirthDate | Column::PaidDate) {
            continue;
        }
        if is_after {
            noticed.note(&row.file, Observation::DateAfterAsOf(column), row.row);
        } else if is_before {
            noticed.note(&row.file, Observation::DateBeforeBirth(column), row.row);
        }
    }
}
