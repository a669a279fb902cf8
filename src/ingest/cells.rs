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
    CitizenId, DateReading, Fen, FenError, IdDefect, IdReading, IdRepairs, IdWarning, Month, WAN,
    is_formula_error, is_serial, parse_date,
};
use crate::messages::{self, Observation, RejectReason};

/// A row of a chunk, seen through its layout.
#[derive(Clone, Copy)]
pub(crate) struct RowView<'a> {
    pub(crate) chunk: &'a RawChunk,
    pub(crate) layout: &'a Layout,
    pub(crate) row: usize,
}

/// Where a cell could not be read: heading, place in the projection, text, reason.
pub(crate) struct BadCell {
    pub(crate) column: String,
    pub(crate) slot: Option<usize>,
    pub(crate) value: String,
    pub(crate) reason: RejectReason,
}

impl BadCell {
    /// The rejected row, with what tells a clerk where to look.
    pub(crate) fn reject(self, file: &str, sheet: &str, view: &RowView<'_>) -> Reject {
        let position = self.slot.map(|slot| view.layout.projection[slot]);
        // A row that is shifted has other things in these cells.
        let is_shifted = self.reason == RejectReason::TooManyCells;
        let text = |column| {
            if is_shifted { String::new() } else { view.text(column).replace(UNDECODABLE, "\u{fffd}") }
        };
        Reject {
            file: file.to_string(),
            sheet: sheet.to_string(),
            row: view.number(),
            column: self.column,
            value: self.value,
            reason: self.reason,
            letter: position.map(messages::column_letter).unwrap_or_default(),
            id_text: text(Column::IdNumber),
            name: text(Column::Name),
        }
    }
}

impl<'a> RowView<'a> {
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.chunk.row_number(self.row)
    }

    /// Notes that a cell of the row is to be corrected, whether the row is kept is decided later.
    pub(crate) fn correct(&self, bad: BadCell, noticed: &mut FileNotes) {
        noticed.corrections.push(bad.reject("", "", self));
    }

    /// The cell of a column as one that is to be corrected.
    fn bad(&self, column: Column, reason: RejectReason) -> BadCell {
        let value = self.text(column);
        let reason = if is_formula_error(value) && !matches!(reason, RejectReason::IdUnusable(_)) {
            RejectReason::FormulaError
        } else {
            reason
        };
        BadCell { column: self.heading(column), slot: self.slot(column), value: value.to_string(), reason }
    }

    /// The cells that are read.
    fn read_cells(&self) -> impl Iterator<Item = &'a str> {
        let (chunk, row) = (self.chunk, self.row);
        self.layout.read_slots.iter().map(move |&slot| chunk.cell(row, slot))
    }

    /// Whether nothing stands in any cell that is read.
    pub(crate) fn is_blank(&self) -> bool {
        self.read_cells().all(|cell| cell.chars().all(char::is_whitespace))
    }

    /// What makes the whole row unreadable: cells beyond the heading, or undecodable bytes.
    #[inline]
    pub(crate) fn unreadable(&self) -> Option<BadCell> {
        if self.chunk.is_shifted(self.row) {
            let row: String = self.read_cells().collect();
            let value = row.chars().take(60).collect();
            return Some(BadCell {
                column: String::new(),
                slot: None,
                value,
                reason: RejectReason::TooManyCells,
            });
        }
        if !self.chunk.has_undecodable() {
            return None;
        }
        let mut slots = self.layout.read_slots.iter().copied();
        let slot = slots.find(|&at| self.chunk.cell(self.row, at).contains(UNDECODABLE));
        slot.map(|at| BadCell {
            column: self.layout.headings[at].clone(),
            slot: Some(at),
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
            IdReading::Unusable(defect) => {
                noticed.note(Observation::IdUnusable(defect), self.number());
                // A repayment that names its case needs no number.
                if defect != IdDefect::Empty || self.text(Column::CaseId).is_empty() {
                    self.correct(self.bad(Column::IdNumber, RejectReason::IdUnusable(defect)), noticed);
                }
            }
            IdReading::Usable { id, repairs, warning } => {
                if is_cut(id, text) {
                    noticed.note(Observation::IdEndsInZeros, self.number());
                }
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
        let text = self.text(column);
        let reading = parse_date(text);
        self.note_date(column, text, reading, noticed);
        reading.day()
    }

    /// Notes a date cell that is written but is no date, or is the number of a day.
    pub(crate) fn note_date(
        &self,
        column: Column,
        text: &str,
        reading: DateReading,
        noticed: &mut FileNotes,
    ) {
        match reading {
            DateReading::Day(_) if is_serial(text) => {
                noticed.note(Observation::DateFromSerial(column), self.number());
            }
            DateReading::Unreadable => {
                noticed.note(Observation::DateUnreadable(column), self.number());
                self.correct(self.bad(column, RejectReason::DateUnreadable), noticed);
            }
            DateReading::Placeholder => {
                noticed.note(Observation::DatePlaceholder(column), self.number());
                self.correct(self.bad(column, RejectReason::DatePlaceholder), noticed);
            }
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
            self.correct(self.bad(column, RejectReason::DatePlaceholder), noticed);
            return None;
        }
        // The number 2023.1 is what a spreadsheet keeps of 2023.10.
        let is_ambiguous = self.is_number(column) && text.contains('.');
        let serial = Month::of_serial(text);
        let day = || parse_date(text).day().filter(|_| !is_serial(text));
        let parsed = Month::parse(text).or(serial).or_else(|| day().map(Month::containing));
        let month = parsed.filter(|_| !is_ambiguous);
        if serial.is_some() {
            noticed.note(Observation::MonthFromSerial(column), self.number());
        }
        if month.is_none() {
            noticed.note(Observation::MonthUnreadable(column), self.number());
            self.correct(self.bad(column, RejectReason::OtherMonthUnreadable), noticed);
        }
        month
    }

    /// Reads the amount of a column, adding up its headings. `Ok(None)` where every cell is empty. Where
    /// one heading is the sum of the others (基础养老金 beside 中央, 省级 …), it is not added to them.
    pub(crate) fn amount(&self, column: Column, noticed: &mut FileNotes) -> Result<Option<Fen>, BadCell> {
        let mut note =
            |observation: fn(Column) -> Observation| noticed.note(observation(column), self.number());
        let cells = match self.layout.origin(column) {
            None => return Ok(None),
            Some(Origin::Fixed(text)) => {
                let heading = || (column.name().to_string(), None);
                return self.parse_amount(text, AmountUnit::Yuan, heading, &mut note);
            }
            Some(Origin::Cells(cells)) => cells,
        };
        let mut read = |&(at, unit): &(usize, AmountUnit)| {
            let heading = || (self.layout.headings[at].clone(), Some(at));
            self.parse_amount(self.chunk.cell(self.row, at), unit, heading, &mut note)
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
        heading: impl Fn() -> (String, Option<usize>),
        note: &mut impl FnMut(fn(Column) -> Observation),
    ) -> Result<Option<Fen>, BadCell> {
        match Fen::parse_scaled(text, unit.decimals()) {
            Ok(fen) => {
                if names_wan(text) {
                    note(Observation::AmountInWan);
                }
                Ok(Some(fen))
            }
            Err(FenError::Empty) => Ok(None),
            Err(FenError::Dash) => {
                note(Observation::AmountDash);
                Ok(None)
            }
            Err(why) => {
                let (column, slot) = heading();
                let value = text.trim().to_string();
                let is_formula = is_formula_error(&value);
                let reason = if is_formula { RejectReason::FormulaError } else { reason_of(why) };
                Err(BadCell { column, slot, value, reason })
            }
        }
    }
}

/// Whether a cell of 18 characters may be what a spreadsheet left of a number, although it is one.
fn is_cut(id: CitizenId, text: &str) -> bool {
    id.ends_in_zeros() && text.ends_with("000")
}

/// Whether an amount is written in ten thousands, in its own cell.
fn names_wan(text: &str) -> bool {
    !text.is_ascii() && text.contains(WAN)
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
        FenError::Empty | FenError::Dash => RejectReason::AmountEmpty,
        FenError::NotANumber => RejectReason::AmountUnreadable,
        FenError::TooPrecise => RejectReason::AmountTooPrecise,
        FenError::TooLarge => RejectReason::AmountTooLarge,
    }
}
