//! More than one amount in a list where one is due.

use super::super::load::CheckReader;
use crate::ingest::{CellType, Column, Table};
use crate::messages::Error;

/// Amounts of one person, or of one person and one word of a column, of which only the first is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedRowsCheck {
    /// The list.
    pub table: Table,
    /// Rows that differ here are different things.
    pub by: Option<Column>,
    /// So are rows that differ here; where nothing stands here, nobody can tell whether they are one thing.
    pub told_apart_by: Option<Column>,
    /// The amount.
    pub amount: Column,
    /// The day by which the first one is known.
    pub day: Column,
}

impl RepeatedRowsCheck {
    pub(in crate::rulebook) fn read(
        reader: &CheckReader<'_>,
        registry: &str,
        (by, told_apart_by): (Option<&str>, Option<&str>),
        (amount, day): (&str, &str),
    ) -> Result<RepeatedRowsCheck, Error> {
        let table = reader.registry(registry)?;
        let text =
            |name: Option<&str>| name.map(|name| reader.field_of(name, table, &[CellType::Text])).transpose();
        Ok(RepeatedRowsCheck {
            table,
            by: text(by)?,
            told_apart_by: text(told_apart_by)?,
            amount: reader.field_of(amount, table, &[CellType::Amount])?,
            day: reader.field_of(day, table, &[CellType::Date])?,
        })
    }
}
