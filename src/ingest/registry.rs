//! The rows of every table but the payments: few, and read whole.
//!
//! Owns the typed row. Must not interpret its words.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::cells::{BadCell, RowView};
use super::chunk::RawChunk;
use super::heading::Layout;
use super::payments::has_private_use;
use super::quality::{Control, Observations, Reject};
use super::schema::{CellType, Column, Table};
use crate::domain::{CitizenId, Fen, IdDefect, IdReading, Month, Name};
use crate::messages::{Observation, RejectReason};

/// One value of a registry row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Words as written.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// A month.
    Month(Month),
    /// Money.
    Amount(Fen),
}

/// A row of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryRow {
    /// The file.
    pub file: String,
    /// The row in the file.
    pub row: u32,
    /// The person, or why the ID number is unusable.
    pub id: Result<CitizenId, IdDefect>,
    /// The ID cell as written.
    pub id_text: String,
    /// The name as written.
    pub name: String,
    /// The comparison form of the name; empty never agrees.
    pub name_form: String,
    values: BTreeMap<Column, Value>,
}

impl RegistryRow {
    /// `file#row`.
    pub fn place(&self) -> String {
        format!("{}#{}", self.file, self.row)
    }

    /// A day, if one is stated.
    pub fn date(&self, column: Column) -> Option<NaiveDate> {
        match self.values.get(&column) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        }
    }

    /// A month, if one is stated.
    pub fn month(&self, column: Column) -> Option<Month> {
        match self.values.get(&column) {
            Some(Value::Month(month)) => Some(*month),
            _ => None,
        }
    }

    /// An amount, if one is stated.
    pub fn amount(&self, column: Column) -> Option<Fen> {
        match self.values.get(&column) {
            Some(Value::Amount(fen)) => Some(*fen),
            _ => None,
        }
    }

    /// Words; empty where none are stated.
    pub fn text(&self, column: Column) -> &str {
        match self.values.get(&column) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// All stated values, by column.
    pub fn values(&self) -> impl Iterator<Item = (Column, &Value)> {
        self.values.iter().map(|(column, value)| (*column, value))
    }
}

/// Builds the rows of one registry file.
pub(super) struct RegistryBuilder<'a> {
    table: Table,
    as_of: NaiveDate,
    layout: &'a Layout,
    file: String,
    sheet: String,
    pub(super) rows: Vec<RegistryRow>,
    pub(super) control: Control,
    pub(super) rejects: Vec<Reject>,
    pub(super) noticed: Observations,
}

impl<'a> RegistryBuilder<'a> {
    pub(super) fn new(table: Table, file: &str, sheet: &str, layout: &'a Layout, as_of: NaiveDate) -> Self {
        RegistryBuilder {
            table,
            as_of,
            layout,
            file: file.to_string(),
            sheet: sheet.to_string(),
            rows: Vec::new(),
            control: Control::new(table, file),
            rejects: Vec::new(),
            noticed: Observations::default(),
        }
    }

    pub(super) fn push_chunk(&mut self, chunk: &RawChunk) {
        for row in 0..chunk.len() {
            let view = RowView { chunk, layout: self.layout, row };
            if view.is_blank() {
                self.noticed.note(&self.file, Observation::BlankRow, view.number());
                continue;
            }
            let fen = self.fen_of(&view);
            match self.read_row(&view) {
                Ok(row) => {
                    self.control.count(true, fen);
                    self.rows.push(row);
                }
                Err(bad) => {
                    self.control.count(false, fen);
                    self.rejects.push(bad.reject(&self.file, &self.sheet, view.number()));
                }
            }
        }
    }

    /// The money of a row, for the control totals: only grants and repayments are money that moved.
    fn fen_of(&self, view: &RowView<'_>) -> i128 {
        if !amount_decides(self.table) {
            return 0;
        }
        view.amount(Column::Amount).ok().flatten().map_or(0, |fen| i128::from(fen.0))
    }

    fn read_row(&mut self, view: &RowView<'_>) -> Result<RegistryRow, BadCell> {
        if let Some(bad) = view.unreadable() {
            return Err(bad);
        }
        let mut values = BTreeMap::new();
        for column in self.table.columns() {
            if let Some(value) = self.read_value(view, column)? {
                values.insert(column, value);
            }
        }
        let has_id = self.layout.origin(Column::IdNumber).is_some();
        let id = match has_id.then(|| view.id(self.as_of, &self.file, &mut self.noticed)) {
            Some(IdReading::Usable { id, .. }) => Ok(id),
            Some(IdReading::Unusable(defect)) => Err(defect),
            None => Err(IdDefect::Empty),
        };
        let name = view.text(Column::Name).to_string();
        if has_private_use(&name) {
            self.noticed.note(&self.file, Observation::NamePrivateUse, view.number());
        }
        Ok(RegistryRow {
            file: self.file.clone(),
            row: view.number(),
            id,
            id_text: view.text(Column::IdNumber).to_string(),
            name_form: Name::comparison_form(&name),
            name,
            values,
        })
    }

    fn read_value(&mut self, view: &RowView<'_>, column: Column) -> Result<Option<Value>, BadCell> {
        Ok(match column.cell_type() {
            CellType::Id | CellType::Name => None,
            CellType::Text => {
                Some(view.text(column)).filter(|text| !text.is_empty()).map(|t| Value::Text(t.into()))
            }
            CellType::Date => view.date(column, &self.file, &mut self.noticed).map(Value::Date),
            CellType::Month => view.month(column, &self.file, &mut self.noticed).map(Value::Month),
            CellType::Amount if column == Column::Amount && amount_decides(self.table) => {
                let missing = || BadCell {
                    column: view.heading(column),
                    value: String::new(),
                    reason: RejectReason::AmountEmpty,
                };
                Some(Value::Amount(view.amount(column)?.ok_or_else(missing)?))
            }
            CellType::Amount => match view.amount(column) {
                Ok(amount) => amount.map(Value::Amount),
                Err(_) => {
                    self.noticed.note(&self.file, Observation::AmountUnreadable(column), view.number());
                    None
                }
            },
        })
    }
}

/// Whether a row of a table without a readable amount says nothing, and is rejected.
fn amount_decides(table: Table) -> bool {
    matches!(table, Table::FuneralGrants | Table::Repayments)
}
