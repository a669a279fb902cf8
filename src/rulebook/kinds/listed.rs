//! Payment while a row of a list says that nothing, or perhaps nothing, was due.

use serde::Deserialize;

use super::super::check::{Offset, Returns};
use super::super::load::CheckReader;
use super::condition::{Condition, RawCondition};
use crate::ingest::{CellType, Column, Table};
use crate::messages::Error;

/// How each row of a list that fits some conditions bars payment by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCheck {
    /// The list.
    pub table: Table,
    /// What must hold of a row.
    pub conditions: Vec<Condition>,
    /// The start: the first present of these, days or months.
    pub from: Vec<Column>,
    /// From which month on, after the start.
    pub offset: Offset,
    /// So many months later still.
    pub later: u32,
    /// The end: the first present of these. A day ends with its month, a month is the last one.
    pub until: Vec<Column>,
    /// What would be returnable.
    pub returns: Returns,
    /// Of a list of money: the amount and the day of payment. What was not paid yet, or came back, says
    /// nothing.
    pub money: Option<(Column, Column)>,
}

/// The check as it stands in a rule file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawListed {
    #[serde(default, rename = "where")]
    conditions: Vec<RawCondition>,
    #[serde(default)]
    later: u32,
    #[serde(default)]
    until: Vec<String>,
    money: Option<RawMoney>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMoney {
    amount: String,
    paid_on: String,
}

impl RawMoney {
    fn read(&self, reader: &CheckReader<'_>, table: Table) -> Result<(Column, Column), Error> {
        let amount = reader.field_of(&self.amount, table, &[CellType::Amount])?;
        Ok((amount, reader.field_of(&self.paid_on, table, &[CellType::Date])?))
    }
}

impl RawListed {
    pub(in crate::rulebook) fn read(
        &self,
        reader: &mut CheckReader<'_>,
        registry: &str,
        (from, offset): (&[String], Offset),
        returns: Returns,
    ) -> Result<ListedCheck, Error> {
        let table = reader.registry(registry)?;
        let conditions =
            self.conditions.iter().map(|raw| raw.read(reader, table)).collect::<Result<_, _>>()?;
        let spans = |names: &[String]| -> Result<Vec<Column>, Error> {
            names
                .iter()
                .map(|name| reader.field_of(name, table, &[CellType::Date, CellType::Month]))
                .collect()
        };
        let (from, until) = (spans(from)?, spans(&self.until)?);
        let money = self.money.as_ref().map(|raw| raw.read(reader, table)).transpose()?;
        Ok(ListedCheck { table, conditions, from, offset, later: self.later, until, returns, money })
    }
}
