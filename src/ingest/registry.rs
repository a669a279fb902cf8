//! The rows of every table but the payments, typed cell by cell.
//!
//! Owns the typed row, and the months of which a row can speak at all. Must not interpret its words.

use std::sync::Arc;

use chrono::NaiveDate;

use super::aside::Aside;
use super::cells::{BadCell, RowView};
use super::chunk::RawChunk;
use super::heading::{Layout, UnreadColumn};
use super::quality::{Control, FileNotes, Reject};
use super::roster::has_private_use;
use super::schema::{CellType, Column, Table};
use super::vocabulary::RowLabel;
use super::words::WordTally;
use crate::domain::{CitizenId, Fen, IdDefect, IdReading, Month};
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
    pub file: Arc<str>,
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
    /// By column, ascending.
    pub(super) values: Vec<(Column, Value)>,
    /// The columns in which the row holds anything, of those that are not read and may decide.
    pub(super) unread: u32,
    /// Whether such a column may hold the words that the table lacks, and says something of this row.
    pub(super) has_unread_words: bool,
}

/// What rows state, by column.
pub(crate) trait Fields {
    /// A day, if one is stated.
    fn day_of(&self, column: Column) -> Option<NaiveDate>;
    /// Words; empty where none are stated.
    fn text_of(&self, column: Column) -> &str;
    /// Whether anything is stated.
    fn states(&self, column: Column) -> bool;
}

impl<F: Fields> Fields for &F {
    fn day_of(&self, column: Column) -> Option<NaiveDate> {
        (**self).day_of(column)
    }

    fn text_of(&self, column: Column) -> &str {
        (**self).text_of(column)
    }

    fn states(&self, column: Column) -> bool {
        (**self).states(column)
    }
}

impl Fields for RegistryRow {
    fn day_of(&self, column: Column) -> Option<NaiveDate> {
        self.date(column)
    }

    fn text_of(&self, column: Column) -> &str {
        self.text(column)
    }

    fn states(&self, column: Column) -> bool {
        self.value(column).is_some()
    }
}

impl RegistryRow {
    fn value(&self, column: Column) -> Option<&Value> {
        self.values.iter().find(|(other, _)| *other == column).map(|(_, value)| value)
    }

    /// `file#row`.
    pub fn place(&self) -> String {
        format!("{}#{}", self.file, self.row)
    }

    /// A day, if one is stated.
    pub fn date(&self, column: Column) -> Option<NaiveDate> {
        match self.value(column) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        }
    }

    /// A month, if one is stated.
    pub fn month(&self, column: Column) -> Option<Month> {
        match self.value(column) {
            Some(Value::Month(month)) => Some(*month),
            _ => None,
        }
    }

    /// An amount, if one is stated.
    pub fn amount(&self, column: Column) -> Option<Fen> {
        match self.value(column) {
            Some(Value::Amount(fen)) => Some(*fen),
            _ => None,
        }
    }

    /// Words; empty where none are stated.
    pub fn text(&self, column: Column) -> &str {
        match self.value(column) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// Whether the row says something in a column that was not read and may be the one whose empty cell means
    /// the plain case: what it is, nobody knows.
    pub fn has_unread_words(&self) -> bool {
        self.has_unread_words
    }

    /// All stated values, by column.
    pub fn values(&self) -> impl Iterator<Item = (Column, &Value)> {
        self.values.iter().map(|(column, value)| (*column, value))
    }
}

/// The months of which a row can speak at all, whatever a rule reads out of it: payments outside them need
/// not be held against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// The first month.
    pub(crate) from: Month,
    /// The first month that is outside again.
    pub(crate) until: Month,
    /// The latest month of an event: if it lies after the audit's day the event is no date, and the row may
    /// speak of any month.
    pub(crate) latest: Month,
}

impl Window {
    /// Any month.
    pub(crate) const WHOLE: Window =
        Window { from: Month(i32::MIN), until: Month::OPEN, latest: Month(i32::MIN) };
}

/// Whether a column says how long something lasts, and may lie in the future.
pub(crate) fn is_end(column: Column) -> bool {
    matches!(column, Column::TermTo | Column::UntilMonth | Column::ReleasedOn)
}

/// The window of a row. Dates that contradict each other or the person's birth leave it whole, because such
/// a row is noticed when it is held against a payment.
pub(crate) fn window(table: Table, row: &RegistryRow) -> Window {
    let Ok(id) = row.id else { return Window::WHOLE };
    let (mut starts, mut ends, mut days) = (Vec::new(), Vec::new(), Vec::new());
    // A birth date is nothing that a rule dates by: it only tells persons apart.
    for (column, value) in row.values().filter(|(column, _)| *column != Column::BirthDate) {
        let month = match value {
            Value::Date(day) => Month::containing(*day),
            Value::Month(month) => *month,
            Value::Text(_) | Value::Amount(_) => continue,
        };
        if is_end(column) {
            ends.push(month)
        } else {
            starts.push(month)
        };
        if matches!(value, Value::Date(_)) && column != Column::TermTo {
            days.push(month);
        }
    }
    let (Some(&from), Some(&last_start)) = (starts.iter().min(), starts.iter().max()) else {
        return Window::WHOLE;
    };
    let is_before_birth = starts.iter().chain(&ends).any(|&month| month < Month::containing(id.birth_date()));
    let is_backwards = ends.iter().any(|&end| end <= last_start);
    let is_out_of_order = match (table, row.date(Column::DeathDate)) {
        (Table::Deaths, Some(died)) => {
            let bounds = [Column::RegisteredOn, Column::CrematedOn];
            bounds.iter().any(|&column| row.date(column).is_some_and(|bound| bound < died))
        }
        (Table::OtherPensions, _) => row.month(Column::FromMonth).is_none(),
        _ => false,
    };
    if is_before_birth || is_backwards || is_out_of_order {
        return Window::WHOLE;
    }
    let until = ends.iter().max().map_or(Month::OPEN, |end| end.next().next());
    Window { from, until, latest: days.into_iter().max().unwrap_or(Month(i32::MIN)) }
}

/// What a chunk of rows holds.
#[derive(Debug)]
pub(crate) struct RegistryChunk {
    pub(crate) rows: Vec<RegistryRow>,
    pub(crate) control: Control,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) noticed: FileNotes,
    /// The columns that are not read and hold words of the one that the table lacks.
    pub(crate) unread_words: u32,
}

/// Reads the rows of one chunk.
pub(super) struct RegistryReader<'a> {
    table: Table,
    as_of: NaiveDate,
    layout: &'a Layout,
    file: Arc<str>,
    sheet: &'a str,
    words: WordTally<'a>,
    chunk: RegistryChunk,
}

impl<'a> RegistryReader<'a> {
    pub(super) fn read(
        table: Table,
        file: &str,
        sheet: &'a str,
        layout: &'a Layout,
        as_of: NaiveDate,
        rows: &'a RawChunk,
    ) -> RegistryChunk {
        let chunk = RegistryChunk {
            rows: Vec::with_capacity(rows.len()),
            control: Control::new(table, file),
            rejects: Vec::new(),
            noticed: FileNotes::default(),
            unread_words: 0,
        };
        let words = WordTally::new(table, layout);
        let mut reader = RegistryReader { table, as_of, layout, file: file.into(), sheet, words, chunk };
        for &row in rows.blanks() {
            reader.chunk.noticed.note(Observation::BlankRow, row);
        }
        for row in 0..rows.len() {
            reader.push_row(&RowView { chunk: rows, layout, row });
        }
        let RegistryReader { mut chunk, words, .. } = reader;
        words.note(&mut chunk.noticed);
        chunk.noticed.place_corrections(file, sheet);
        chunk
    }

    fn push_row(&mut self, view: &RowView<'a>) {
        if let Some(aside) = Aside::of(view) {
            self.chunk.noticed.note(aside.observation(), view.number());
            if aside == Aside::Label(RowLabel::GrandTotal) && amount_decides(self.table) {
                let stated = view.amount(Column::Amount, &mut FileNotes::default()).ok().flatten();
                self.chunk.noticed.state_total(stated.map(|fen| i128::from(fen.0)));
            }
            return;
        }
        let fen = self.fen_of(view);
        let corrections = self.chunk.noticed.corrections.len();
        match self.read_row(view) {
            Ok(row) => {
                self.chunk.control.count(true, fen);
                self.chunk.rows.push(row);
            }
            Err(bad) => {
                self.chunk.control.count(false, fen);
                self.chunk.noticed.corrections.truncate(corrections);
                self.chunk.rejects.push(bad.reject(&self.file, self.sheet, view));
            }
        }
    }

    /// The money of a row, for the control totals: only grants and repayments are money that moved.
    fn fen_of(&self, view: &RowView<'_>) -> i128 {
        if !amount_decides(self.table) {
            return 0;
        }
        view.amount(Column::Amount, &mut FileNotes::default())
            .ok()
            .flatten()
            .map_or(0, |fen| i128::from(fen.0))
    }

    fn read_row(&mut self, view: &RowView<'a>) -> Result<RegistryRow, BadCell> {
        if let Some(bad) = view.unreadable() {
            return Err(bad);
        }
        let mut values = Vec::with_capacity(8);
        for column in self.table.columns() {
            if let Some(value) = self.read_value(view, column)? {
                values.push((column, value));
            }
        }
        values.sort_unstable_by_key(|(column, _)| *column);
        let has_id = self.layout.origin(Column::IdNumber).is_some();
        let id = match has_id.then(|| view.id(self.as_of, &mut self.chunk.noticed)) {
            Some(IdReading::Usable { id, .. }) => Ok(id),
            Some(IdReading::Unusable(defect)) => Err(defect),
            None => Err(IdDefect::Empty),
        };
        let name = view.text(Column::Name).to_string();
        if has_private_use(&name) {
            self.chunk.noticed.note(Observation::NamePrivateUse, view.number());
        }
        Ok(RegistryRow {
            file: self.file.clone(),
            row: view.number(),
            id,
            id_text: view.text(Column::IdNumber).to_string(),
            // Rows are packed next, and get their form when they are read again.
            name_form: String::new(),
            name,
            values,
            unread: self.read_unread(view),
            has_unread_words: false,
        })
    }

    /// Looks at the columns that are not read and may decide: in which of them the row holds anything.
    fn read_unread(&mut self, view: &RowView<'a>) -> u32 {
        let mut held = 0;
        for (number, column) in self.layout.unread.iter().enumerate() {
            let cell = view.chunk.cell(view.row, column.slot);
            if self.layout.vocabulary.is_nothing(cell) {
                continue;
            }
            held |= UnreadColumn::bit(number);
            if column.is_named || self.layout.vocabulary.holds_word_of(column.of, cell) {
                self.chunk.unread_words |= UnreadColumn::bit(number);
                let unread = Observation::ReasonUnread(column.of, column.heading.clone());
                self.chunk.noticed.note(unread, view.number());
            }
        }
        held
    }

    fn read_value(&mut self, view: &RowView<'a>, column: Column) -> Result<Option<Value>, BadCell> {
        Ok(match column.cell_type() {
            CellType::Id | CellType::Name => None,
            CellType::Text => {
                let text = self.words.read(column, view.text(column), view.number());
                (!text.is_empty()).then(|| Value::Text(text.into()))
            }
            CellType::Date => view.date(column, &mut self.chunk.noticed).map(Value::Date),
            CellType::Month => view.month(column, &mut self.chunk.noticed).map(Value::Month),
            CellType::Amount if column == Column::Amount && amount_decides(self.table) => {
                let missing = || BadCell {
                    column: view.heading(column),
                    slot: view.slot(column),
                    value: String::new(),
                    reason: RejectReason::AmountEmpty,
                };
                Some(Value::Amount(view.amount(column, &mut self.chunk.noticed)?.ok_or_else(missing)?))
            }
            CellType::Amount => match view.amount(column, &mut self.chunk.noticed) {
                Ok(amount) => amount.map(Value::Amount),
                Err(bad) => {
                    self.chunk.noticed.note(Observation::AmountUnreadable(column), view.number());
                    view.correct(bad, &mut self.chunk.noticed);
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
