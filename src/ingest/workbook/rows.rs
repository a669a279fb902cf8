//! Cells as a workbook tells them, one after the other, to chunks of the rows that are read.
//!
//! Owns the projection, the filling of merged cells, what a formula without its value means, and the bounds
//! on a sheet. Must not interpret a cell beyond what the workbook states.

use std::sync::mpsc::SyncSender;

use super::cell::{Formula, StoredCell, address};
use super::problem::Problem;
use crate::domain::parse_date;
use crate::ingest::chunk::{CellKind, RawChunk};
use crate::ingest::heading::{Layout, Origin};
use crate::ingest::limits::Limits;
use crate::ingest::schema::{CellType, Column};
use crate::messages::{self, Error, Observation};

/// Builds chunks of a sheet and sends them on.
pub(super) struct Rows {
    shown: String,
    limits: Limits,
    heading_row: u32,
    is_1904: bool,
    /// By column of the sheet, the slot of the projection.
    slots: Vec<Option<usize>>,
    /// What each slot holds; nothing where no column is made of it.
    kinds: Vec<Option<CellType>>,
    headings: Vec<String>,
    /// The slots of columns that are not read: they make no row, and no formula there matters.
    is_unread: Vec<bool>,
    /// The row that is being read, from 1; 0 before the first.
    row: u32,
    /// Its cells by slot.
    cells: Vec<(String, CellKind)>,
    /// Whether the row has a cell of its own that is read.
    is_own: bool,
    /// By slot, the merge that may cover the rows that come.
    merges: Vec<Option<Merge>>,
    seen_cells: u64,
    chunk: RawChunk,
    sender: SyncSender<Result<RawChunk, Error>>,
}

/// What a formula without a value says in a column that is not read.
const UNKNOWN: &str = "?0";

/// A merge over several rows: its value and the last row that it covers.
struct Merge {
    last_row: u32,
    text: String,
    kind: CellKind,
}

impl Rows {
    pub(super) fn new(
        shown: &str,
        limits: &Limits,
        layout: &Layout,
        is_1904: bool,
        sender: SyncSender<Result<RawChunk, Error>>,
    ) -> Rows {
        let width = layout.projection.len();
        let mut slots = vec![None; layout.projection.last().map_or(0, |last| last + 1)];
        for (slot, &column) in layout.projection.iter().enumerate() {
            slots[column] = Some(slot);
        }
        let mut kinds = vec![None; width];
        for &column in Column::ALL {
            if let Some(Origin::Cells(cells)) = layout.origin(column) {
                cells.iter().for_each(|&(slot, _)| kinds[slot] = Some(column.cell_type()));
            }
        }
        let mut is_unread = vec![false; width];
        for column in &layout.unread {
            is_unread[column.slot] = true;
            kinds[column.slot] = Some(CellType::Text);
        }
        Rows {
            is_unread,
            shown: shown.to_string(),
            limits: *limits,
            heading_row: layout.heading_row,
            is_1904,
            slots,
            kinds,
            headings: layout.headings.clone(),
            row: 0,
            cells: vec![(String::new(), CellKind::Text); width],
            is_own: false,
            merges: (0..width).map(|_| None).collect(),
            seen_cells: 0,
            chunk: RawChunk::new(width),
            sender,
        }
    }

    /// Takes the next cell, in the order of rows.
    pub(super) fn take(&mut self, cell: StoredCell<'_>) -> Result<(), Problem> {
        check_bounds(&cell, &self.shown, &self.limits)?;
        let row = cell.row.saturating_add(1);
        if row != self.row {
            if row < self.row {
                return Err(Problem::damaged(format!("{} < {}", row, self.row)));
            }
            self.end_row()?;
            self.row = row;
        }
        self.seen_cells += 1;
        if self.seen_cells > self.limits.cells {
            return Err(Problem::Told(messages::too_many_cells(&self.shown, row, self.limits.cells)));
        }
        // A merge that begins in the heading or above it is one of titles.
        if row <= self.heading_row {
            return Ok(());
        }
        let Some(slot) = self.slots.get(cell.column as usize).copied().flatten() else {
            return Ok(());
        };
        let is_unread = self.is_unread[slot];
        match cell.formula {
            // Nobody knows what it says, and that is all that matters.
            Formula::Unvalued if is_unread => self.cells[slot].0.push_str(UNKNOWN),
            Formula::Foreign if is_unread => {}
            Formula::Unvalued => {
                let address = address(cell.row, cell.column);
                let why = messages::formula_without_value(&self.shown, &address, &self.headings[slot]);
                return Err(Problem::Told(why));
            }
            Formula::Foreign => self.chunk.note(Observation::FormulaForeign, row),
            Formula::Valued | Formula::None => {}
        }
        if cell.text.is_empty() {
            return Ok(());
        }
        let (text, kind) = &mut self.cells[slot];
        text.clear();
        text.push_str(&cell.text);
        *kind = cell.kind;
        self.day_of_1904(slot);
        self.is_own |= !is_unread;
        if cell.rows_below > 0 {
            let (text, kind) = self.cells[slot].clone();
            let last_row = row.saturating_add(cell.rows_below);
            self.merges[slot] = Some(Merge { last_row, text, kind });
        }
        Ok(())
    }

    /// A bare number in a column of days or months counts from the workbook's own first day, which lies
    /// 1,462 days behind the one from which all others count.
    fn day_of_1904(&mut self, slot: usize) {
        const DAYS: u32 = 1_462;
        let (text, kind) = &mut self.cells[slot];
        let is_day = matches!(self.kinds[slot], Some(CellType::Date | CellType::Month));
        // What is no serial number by itself does not become one by adding to it.
        if !self.is_1904 || !is_day || *kind != CellKind::Number || text.len() != 5 {
            return;
        }
        if parse_date(text).day().is_some()
            && let Ok(number) = text.parse::<u32>()
            && let Some(day) = parse_date(&(number + DAYS).to_string()).day()
        {
            (*text, *kind) = (day.to_string(), CellKind::Text);
        }
    }

    /// Ends the row that is being read.
    fn end_row(&mut self) -> Result<(), Problem> {
        if self.row <= self.heading_row {
            return Ok(());
        }
        // A row without anything of its own is none, whatever is merged over it.
        if self.is_own {
            self.fill();
        }
        self.chunk.push_row(self.row, self.cells.iter().map(|(text, kind)| (text.as_str(), *kind)));
        self.cells.iter_mut().for_each(|(text, _)| text.clear());
        self.is_own = false;
        if self.chunk.is_full() { self.send() } else { Ok(()) }
    }

    /// Gives the row what is merged over it. Words, numbers of persons and days hold for every row that they
    /// cover; money stands once.
    fn fill(&mut self) {
        let (mut is_filled, mut is_money, mut differs) = (false, false, false);
        for (slot, merge) in self.merges.iter_mut().enumerate() {
            let Some(held) = merge else { continue };
            if held.last_row < self.row {
                *merge = None;
                continue;
            }
            let (text, kind) = &mut self.cells[slot];
            match self.kinds[slot] {
                None => {}
                Some(CellType::Amount) => is_money |= text.is_empty(),
                Some(_) if text.is_empty() => {
                    text.push_str(&held.text);
                    *kind = held.kind;
                    is_filled |= !self.is_unread[slot];
                }
                // What stands under the merge was written there and is not shown.
                Some(_) => differs |= *text != held.text && !self.is_unread[slot],
            }
        }
        for (is_so, observation) in [
            (is_filled, Observation::MergedCellFilled),
            (is_money, Observation::MergedAmount),
            (differs, Observation::MergedCellDiffers),
        ] {
            if is_so {
                self.chunk.note(observation, self.row);
            }
        }
    }

    fn send(&mut self) -> Result<(), Problem> {
        let chunk = std::mem::replace(&mut self.chunk, RawChunk::new(self.cells.len()));
        // Nobody listens any more where the file was refused for another reason.
        self.sender.send(Ok(chunk)).map_err(|_| Problem::Enough)
    }

    /// Sends what is left.
    pub(super) fn finish(&mut self) -> Result<(), Problem> {
        self.end_row()?;
        if self.chunk.len() > 0 { self.send() } else { Ok(()) }
    }
}

/// A spreadsheet holds no more than 32,767 characters in a cell.
const LONGEST_TEXT: usize = 4 * 32_767;

/// Refuses a cell that stands further away than any column of a list, or holds more than a cell can.
pub(super) fn check_bounds(cell: &StoredCell<'_>, shown: &str, limits: &Limits) -> Result<(), Problem> {
    if cell.text.len() > LONGEST_TEXT {
        // Cells may share one text: what is held of them is many times what the file unpacks to.
        let place = address(cell.row, cell.column);
        return Err(Problem::Damaged(format!("{place}: {} > {LONGEST_TEXT} bytes", cell.text.len())));
    }
    if cell.column < limits.columns || (cell.text.is_empty() && cell.formula != Formula::Unvalued) {
        return Ok(());
    }
    let (row, column) = (cell.row.saturating_add(1), cell.column.saturating_add(1));
    Err(Problem::Told(messages::sheet_too_large(shown, row, column, limits.columns)))
}
