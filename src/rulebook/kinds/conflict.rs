//! Two things that the files say and that cannot both be true.

use serde::Deserialize;

use super::super::load::CheckReader;
use super::condition::{Condition, RawCondition};
use crate::ingest::{CellType, Column, Table};
use crate::messages::Error;

/// What contradicts what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConflictCheck {
    /// The birth date in a list is not that of the ID number.
    BirthDate {
        /// The list.
        table: Table,
    },
    /// The sex in a list is not that of the ID number.
    Sex {
        /// The list.
        table: Table,
    },
    /// A row of a list says that something else ran in months for which the pension was paid.
    Overlap {
        /// The list.
        table: Table,
        /// What must hold of a row.
        conditions: Vec<Condition>,
        /// Its first month.
        from: Column,
        /// Its last month, where it has one.
        until: Column,
    },
}

/// The check as it stands in a rule file.
#[derive(Deserialize)]
#[serde(tag = "between", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::rulebook) enum RawConflict {
    BirthDateAndId {
        registry: String,
    },
    SexAndId {
        registry: String,
    },
    PaymentAndSpan {
        registry: String,
        #[serde(default, rename = "where")]
        conditions: Vec<RawCondition>,
        from: String,
        until: String,
    },
}

impl RawConflict {
    pub(in crate::rulebook) fn read(&self, reader: &mut CheckReader<'_>) -> Result<ConflictCheck, Error> {
        match self {
            RawConflict::BirthDateAndId { registry } => {
                let table = reader.registry(registry)?;
                reader.field_of(Column::BirthDate.name(), table, &[CellType::Date])?;
                Ok(ConflictCheck::BirthDate { table })
            }
            RawConflict::SexAndId { registry } => {
                let table = reader.registry(registry)?;
                reader.field_of(Column::Sex.name(), table, &[CellType::Text])?;
                Ok(ConflictCheck::Sex { table })
            }
            RawConflict::PaymentAndSpan { registry, conditions, from, until } => {
                let table = reader.registry(registry)?;
                let conditions =
                    conditions.iter().map(|raw| raw.read(reader, table)).collect::<Result<_, _>>()?;
                let from = reader.field_of(from, table, &[CellType::Month])?;
                let until = reader.field_of(until, table, &[CellType::Month])?;
                Ok(ConflictCheck::Overlap { table, conditions, from, until })
            }
        }
    }
}

impl ConflictCheck {
    /// The list that is held against something.
    pub fn table(&self) -> Table {
        match self {
            ConflictCheck::BirthDate { table }
            | ConflictCheck::Sex { table }
            | ConflictCheck::Overlap { table, .. } => *table,
        }
    }
}
