//! People to whom something was due and who were not paid (应发未发).

use serde::Deserialize;

use super::super::check::Offset;
use super::super::load::CheckReader;
use super::super::parameter::ParameterKind;
use super::condition::{Condition, RawCondition};
use crate::ingest::{CellType, Column, Table};
use crate::messages::Error;

/// Who should have been paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnpaidCheck {
    /// Participants old enough, with enough years of contributions, of whom the roster knows nothing.
    Entitled(EntitledCheck),
    /// Payees who were stopped although a row of a list says that nothing stopped their pension.
    Stopped(StoppedCheck),
    /// People who were recorded as dead and are alive.
    Revived(RevivedCheck),
}

/// Who of the participants is entitled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntitledCheck {
    /// The age from which the pension is drawn.
    pub age: u32,
    /// The years of contributions, of those who had so many before them when the scheme began.
    pub years: u32,
    /// The parameter that says when the scheme began: who had fewer years before him needs only those.
    pub scheme_start: String,
    /// The parameter that says from which month after the birthday the pension is paid.
    pub start: String,
    /// What must hold of a row.
    pub conditions: Vec<Condition>,
    /// Rosters that lack more than one of the entitled in so many are not the rosters of all: who stands on
    /// none of them may stand on one that was not given.
    pub lacks_one_in: u32,
}

/// Why a stop was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoppedWhy {
    /// The sentence or how it is served stops nothing.
    NotBarring,
    /// The person was held and then acquitted or not prosecuted.
    Acquitted,
}

/// Which rows show that a stop was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedCheck {
    /// The list.
    pub table: Table,
    /// What must hold of a row.
    pub conditions: Vec<Condition>,
    /// Of these at least one must hold.
    pub any: Vec<Condition>,
    /// The start: the first present of these.
    pub from: Vec<Column>,
    /// From which month on, after the start.
    pub offset: Offset,
    /// The end: the first present of these; a day ends with its month.
    pub until: Vec<Column>,
    /// Why the stop was none.
    pub why: StoppedWhy,
}

/// Which rows show that somebody who was recorded as dead is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevivedCheck {
    /// The dictionary of reasons, and its classes that take a death back.
    pub reasons: String,
    /// See `reasons`.
    pub classes: Vec<String>,
    /// The day of the death that was recorded: the first present of these.
    pub from: Vec<Column>,
    /// The age from which the pension is drawn.
    pub age: u32,
}

/// The check as it stands in a rule file.
#[derive(Deserialize)]
#[serde(tag = "who", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::rulebook) enum RawUnpaid {
    Entitled(RawEntitled),
    Stopped(RawStopped),
    Acquitted(RawStopped),
    Revived { registry: String, reasons: String, class: Vec<String>, from: Vec<String>, age: u32 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawEntitled {
    registry: String,
    age: u32,
    years: u32,
    scheme_start: String,
    start: String,
    #[serde(default, rename = "where")]
    conditions: Vec<RawCondition>,
    lacks_at_most_one_in: u32,
}

impl RawEntitled {
    fn read(&self, reader: &mut CheckReader<'_>) -> Result<EntitledCheck, Error> {
        let table = Table::Participants;
        reader.table(&self.registry, table)?;
        reader.word_parameter(&self.start, Offset::NAMES);
        reader.parameter(&self.scheme_start, ParameterKind::Date);
        Ok(EntitledCheck {
            age: self.age,
            years: self.years,
            scheme_start: self.scheme_start.clone(),
            start: self.start.clone(),
            conditions: self
                .conditions
                .iter()
                .map(|raw| raw.read(reader, table))
                .collect::<Result<_, _>>()?,
            lacks_one_in: self.lacks_at_most_one_in,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawStopped {
    registry: String,
    #[serde(default, rename = "where")]
    conditions: Vec<RawCondition>,
    #[serde(default)]
    any: Vec<RawCondition>,
    from: Vec<String>,
    month: Offset,
    until: Vec<String>,
}

impl RawStopped {
    fn read(&self, reader: &mut CheckReader<'_>, why: StoppedWhy) -> Result<StoppedCheck, Error> {
        let table = reader.registry(&self.registry)?;
        let mut read = |raw: &[RawCondition]| -> Result<Vec<Condition>, Error> {
            raw.iter().map(|condition| condition.read(reader, table)).collect()
        };
        let (conditions, any) = (read(&self.conditions)?, read(&self.any)?);
        let (from, until) = (days(reader, &self.from, table)?, days(reader, &self.until, table)?);
        Ok(StoppedCheck { table, conditions, any, from, offset: self.month, until, why })
    }
}

fn days(reader: &CheckReader<'_>, names: &[String], table: Table) -> Result<Vec<Column>, Error> {
    names.iter().map(|name| reader.field_of(name, table, &[CellType::Date])).collect()
}

impl RawUnpaid {
    pub(in crate::rulebook) fn read(&self, reader: &mut CheckReader<'_>) -> Result<UnpaidCheck, Error> {
        match self {
            RawUnpaid::Entitled(raw) => raw.read(reader).map(UnpaidCheck::Entitled),
            RawUnpaid::Stopped(raw) => raw.read(reader, StoppedWhy::NotBarring).map(UnpaidCheck::Stopped),
            RawUnpaid::Acquitted(raw) => raw.read(reader, StoppedWhy::Acquitted).map(UnpaidCheck::Stopped),
            RawUnpaid::Revived { registry, reasons, class, from, age } => {
                reader.table(registry, Table::Deaths)?;
                reader.classes(reasons, &class.iter().map(String::as_str).collect::<Vec<_>>());
                Ok(UnpaidCheck::Revived(RevivedCheck {
                    reasons: reasons.clone(),
                    classes: class.clone(),
                    from: days(reader, from, Table::Deaths)?,
                    age: *age,
                }))
            }
        }
    }
}

impl UnpaidCheck {
    /// The list without which it cannot run.
    pub fn table(&self) -> Table {
        match self {
            UnpaidCheck::Entitled(_) => Table::Participants,
            UnpaidCheck::Stopped(check) => check.table,
            UnpaidCheck::Revived(_) => Table::Deaths,
        }
    }
}
