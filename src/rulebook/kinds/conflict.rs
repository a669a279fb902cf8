//! Two things that the files say and that cannot both be true.

use serde::Deserialize;

use super::super::check::Offset;
use super::super::load::CheckReader;
use super::condition::{Condition, RawCondition};
use super::entitlement::{EntitlementCheck, RawCertified, RawEnoughYears, RawGrant, RawOldAge};
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
        /// Its first month, or the day on which it began.
        from: Column,
        /// From which month on, after a day.
        offset: Offset,
        /// Its last month or day, where it has one.
        until: Column,
        /// What the overlap means.
        meaning: OverlapMeaning,
    },
    /// Payment against what entitles to it.
    Entitlement(EntitlementCheck),
}

/// What a row that runs beside payment means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverlapMeaning {
    /// Something that does not go with payment; a row without a start says nothing.
    Beside,
    /// The same; a row without a start speaks of the whole period, as far as anybody knows.
    BesideEvenUndated,
    /// Somebody is held and not yet judged: payment is suspended.
    Held,
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
        #[serde(default)]
        even_undated: bool,
    },
    PaymentAndDetention {
        registry: String,
        #[serde(default, rename = "where")]
        conditions: Vec<RawCondition>,
        from: String,
        month: Offset,
        until: String,
    },
    PaymentAndAge(RawOldAge),
    PaymentAndCertification(RawCertified),
    PaymentAndYears(RawEnoughYears),
    GrantAndClaims(RawGrant),
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
            RawConflict::PaymentAndSpan { registry, conditions, from, until, even_undated } => {
                let meaning =
                    if *even_undated { OverlapMeaning::BesideEvenUndated } else { OverlapMeaning::Beside };
                overlap(reader, (registry, conditions), (from, Offset::Same, until), meaning)
            }
            RawConflict::PaymentAndDetention { registry, conditions, from, month, until } => {
                overlap(reader, (registry, conditions), (from, *month, until), OverlapMeaning::Held)
            }
            RawConflict::PaymentAndAge(raw) => raw.read(reader).map(ConflictCheck::Entitlement),
            RawConflict::PaymentAndCertification(raw) => raw.read(reader).map(ConflictCheck::Entitlement),
            RawConflict::PaymentAndYears(raw) => raw.read(reader).map(ConflictCheck::Entitlement),
            RawConflict::GrantAndClaims(raw) => raw.read(reader).map(ConflictCheck::Entitlement),
        }
    }
}

fn overlap(
    reader: &mut CheckReader<'_>,
    (registry, conditions): (&str, &[RawCondition]),
    (from, offset, until): (&str, Offset, &str),
    meaning: OverlapMeaning,
) -> Result<ConflictCheck, Error> {
    let table = reader.registry(registry)?;
    let conditions = conditions.iter().map(|raw| raw.read(reader, table)).collect::<Result<_, _>>()?;
    let kind = if meaning == OverlapMeaning::Held { CellType::Date } else { CellType::Month };
    let from = reader.field_of(from, table, &[kind])?;
    let until = reader.field_of(until, table, &[kind])?;
    Ok(ConflictCheck::Overlap { table, conditions, from, offset, until, meaning })
}

impl ConflictCheck {
    /// The list that is held against something.
    pub fn table(&self) -> Table {
        match self {
            ConflictCheck::BirthDate { table }
            | ConflictCheck::Sex { table }
            | ConflictCheck::Overlap { table, .. } => *table,
            ConflictCheck::Entitlement(check) => check.table(),
        }
    }
}
