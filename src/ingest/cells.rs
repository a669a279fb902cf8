//! One cell of a chunk to one typed value, through the layout of the sheet.
//!
//! Owns the rules by which empty, unreadable and placeholder cells are told apart.

use chrono::NaiveDate;

use super::chunk::{CellKind, RawChunk};
use super::encoding::UNDECODABLE;
use super::heading::{Layout, Origin};
use super::input::AmountUnit;
use super::quality::{FileNotes, Reject};
use super::schema::Column;
use crate::domain::{
    CitizenId, DateReading, Fen, FenError, IdDefect, IdReading, IdRepairs, IdWarning, Month, parse_date,
};
use crate::messages::{Observation, RejectReason};

/// A row of a chunk, seen through its layout.
#[derive(Clone, Copy)]
pub(crate) struct RowView<'a> {
    pub(crate) chunk: &'a RawChunk,
    pub(crate) layout: &'a Layout,
    pub(crate) row: usize,
}

/// Where a cell could not be read: heading, text, reason.
pub(crate) struct BadCell {
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) reason: RejectReason,
}

impl BadCell {
    /// The rejected row.
    pub(crate) fn reject(self, file: &str, sheet: &str, row: u32) -> Reject {
        let (file, sheet) = (file.to_string(), sheet.to_string());
        Reject { file, sheet, row, column: self.column, value: self.value, reason: self.reason }
    }
}

impl<'a> RowView<'a> {
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.chunk.row_number(self.row)
    }

    /// Whether nothing stands in any cell that is read.
    pub(crate) fn is_blank(&self) -> bool {
        let cells = self.chunk.row_cells(self.row).skip(self.layout.first_read);
        cells.into_iter().all(|cell| cell.chars().all(char::is_whitespace))
    }

    /// What makes the whole row unreadable: cells beyond the heading, or undecodable bytes.
    #[inline]
    pub(crate) fn unreadable(&self) -> Option<BadCell> {
        if self.chunk.is_shifted(self.row) {
            let row: String = self.chunk.row_cells(self.row).skip(self.layout.first_read).collect();
            let value = row.chars().take(60).collect();
            return Some(BadCell { column: String::new(), value, reason: RejectReason::TooManyCells });
        }
        if !self.chunk.has_undecodable() {
            return None;
        }
        let mut slots = self.layout.first_read..self.layout.projection.len();
        let slot = slots.find(|&at| self.chunk.cell(self.row, at).contains(UNDECODABLE));
        slot.map(|at| BadCell {
            column: self.layout.headings[at].clone(),
            value: self.chunk.cell(self.row, at).replace(UNDECODABLE, "\u{fffd}"),
            reason: RejectReason::Undecodable,
        })
    }

    /// The trimmed text of a column; empty where the column or the cell is.
    #[inline]
    pub(crate) fn text(&self, column: Column) -> &'a str {
        match self.layout.origin(column) {
            Some(Origin::Cells(cells)) => trimmed(self.chunk.cell(self.row, cells[0].0)),
            Some(Origin::Fixed(text)) => text.trim(),
            None => "",
        }
    }

    /// Whether the file stored a column's cell as a number.
    #[inline]
    pub(crate) fn is_number(&self, column: Column) -> bool {
        matches!(self.layout.origin(column), Some(Origin::Cells(cells))
            if self.chunk.kind(self.row, cells[0].0) == CellKind::Number)
    }

    /// The place in the projection of a column's first cell.
    pub(crate) fn slot(&self, column: Column) -> Option<usize> {
        match self.layout.origin(column) {
            Some(Origin::Cells(cells)) => Some(cells[0].0),
            _ => None,
        }
    }

    /// The heading under which a column stands in the file.
    pub(crate) fn heading(&self, column: Column) -> String {
        match self.layout.origin(column) {
            Some(Origin::Cells(cells)) => self.layout.headings[cells[0].0].clone(),
            _ => column.name().to_string(),
        }
    }

    /// Reads the ID cell and notes what was mended or is odd.
    pub(crate) fn id(&self, as_of: NaiveDate, noticed: &mut FileNotes) -> IdReading {
        let text = self.text(Column::IdNumber);
        let stored_as_number = self.is_number(Column::IdNumber);
        let reading = if stored_as_number && text.len() > 15 {
            IdReading::Unusable(IdDefect::StoredAsNumber)
        } else {
            CitizenId::read(text, as_of)
        };
        match reading {
            IdReading::Unusable(defect) => noticed.note(Observation::IdUnusable(defect), self.number()),
            IdReading::Usable { repairs, warning, .. } => {
                for (kind, code) in IdRepairs::KINDS {
                    if repairs.contains(kind) {
                        noticed.note(Observation::IdRepaired(code), self.number());
                    }
                }
                match warning {
                    Some(IdWarning::UnknownArea) => noticed.note(Observation::IdUnknownArea, self.number()),
                    Some(IdWarning::OrderZero) => noticed.note(Observation::IdOrderZero, self.number()),
                    None => {}
                }
            }
        }
        reading
    }

    /// Reads a date cell; what cannot be read or stands for "unknown" is noted and is no date.
    pub(crate) fn date(&self, column: Column, noticed: &mut FileNotes) -> Option<NaiveDate> {
        let reading = parse_date(self.text(column));
        self.note_date(column, reading, noticed);
        reading.day()
    }

    /// Notes a date cell that is written but is no date.
    pub(crate) fn note_date(&self, column: Column, reading: DateReading, noticed: &mut FileNotes) {
        match reading {
            DateReading::Unreadable => noticed.note(Observation::DateUnreadable(column), self.number()),
            DateReading::Placeholder => noticed.note(Observation::DatePlaceholder(column), self.number()),
            DateReading::Empty | DateReading::Day(_) => {}
        }
    }

    /// Reads a month cell that does not decide whether the row is kept.
    pub(crate) fn month(&self, column: Column, noticed: &mut FileNotes) -> Option<Month> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        if parse_date(text) == DateReading::Placeholder {
            noticed.note(Observation::DatePlaceholder(column), self.number());
            return None;
        }
        // The number 2023.1 is what a spreadsheet keeps of 2023.10.
        let is_ambiguous = self.is_number(column) && text.contains('.');
        let parsed = Month::parse(text).or_else(|| parse_date(text).day().map(Month::containing));
        let month = parsed.filter(|_| !is_ambiguous);
        if month.is_none() {
            noticed.note(Observation::MonthUnreadable(column), self.number());
        }
        month
    }

    /// Reads the amount of a column, adding up its headings. `Ok(None)` where every cell is empty. Where
    /// one heading is the sum of the others (基础养老金 beside 中央, 省级 …), it is not added to them.
    pub(crate) fn amount(&self, column: Column) -> Result<Option<Fen>, BadCell> {
        let cells = match self.layout.origin(column) {
            None => return Ok(None),
            Some(Origin::Fixed(text)) => {
                return self.parse_amount(text, AmountUnit::Yuan, || column.name().to_string());
            }
            Some(Origin::Cells(cells)) => cells,
        };
        let read = |&(at, unit): &(usize, AmountUnit)| {
            self.parse_amount(self.chunk.cell(self.row, at), unit, || self.layout.headings[at].clone())
        };
        if let [only] = cells.as_slice() {
            return read(only);
        }
        let amounts = cells.iter().map(read).collect::<Result<Vec<Option<Fen>>, BadCell>>()?;
        if amounts.iter().all(Option::is_none) {
            return Ok(None);
        }
        let sum: Fen = amounts.iter().flatten().copied().sum();
        let whole = self.layout.whole.get(&column).and_then(|&at| amounts[at]);
        match whole {
            Some(whole) if sum.checked_sub(whole) == Some(whole) => Ok(Some(whole)),
            _ => Ok(Some(sum)),
        }
    }

    #[inline]
    fn parse_amount(
        &self,
        text: &str,
        unit: AmountUnit,
        heading: impl Fn() -> String,
    ) -> Result<Option<Fen>, BadCell> {
        match Fen::parse_scaled(text, unit.decimals()) {
            Ok(fen) => Ok(Some(fen)),
            Err(FenError::Empty) => Ok(None),
            Err(why) => {
                Err(BadCell { column: heading(), value: text.trim().to_string(), reason: reason_of(why) })
            }
        }
    }
}

/// A cell without the blanks around it. Most cells have none, which their first and last byte tell.
#[inline]
pub(crate) fn trimmed(cell: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = cell.as_bytes();
    if is_plain(bytes.first()) && is_plain(bytes.last()) { cell } else { cell.trim() }
}

fn reason_of(error: FenError) -> RejectReason {
    match error {
        FenError::Empty => RejectReason::AmountEmpty,
        FenError::NotANumber => RejectReason::AmountUnreadable,
        FenError::TooPrecise => RejectReason::AmountTooPrecise,
        FenError::TooLarge => RejectReason::AmountTooLarge,
    }
}
