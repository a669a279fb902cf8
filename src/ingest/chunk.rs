//! A block of raw rows: the one shape into which every file format is read.
//!
//! Owns the cells of some thousand rows as pieces of one text. Must not know what a cell means.

use super::encoding::UNDECODABLE;
use super::quality::FileNotes;
use crate::messages::Observation;

/// How a format stored a cell. Text files store text only; spreadsheets and Parquet know numbers and days,
/// and an ID number that was stored as a number has lost its last digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellKind {
    Text,
    Number,
}

/// Rows of one sheet, each with the same number of cells.
#[derive(Debug, Default)]
pub(crate) struct RawChunk {
    width: usize,
    text: String,
    /// Start and end of every cell in the text, row by row.
    cells: Vec<(u32, u32)>,
    /// The kinds of the cells; empty where all are text.
    kinds: Vec<CellKind>,
    /// The rows that have more cells than the heading, ascending: nobody knows which column a cell of them
    /// belongs to.
    shifted: Vec<u32>,
    rows: Vec<u32>,
    /// The numbers of rows without anything, which have no cells.
    blanks: Vec<u32>,
    has_undecodable: bool,
    /// What the format itself had to notice.
    notes: FileNotes,
}

impl RawChunk {
    /// How many rows a chunk of a spreadsheet or Parquet file holds at most.
    pub(crate) const ROWS: usize = 16_384;

    /// How many bytes of cells a chunk of a spreadsheet holds at most, but for its last row.
    const TEXT: usize = 64 << 20;

    pub(crate) fn new(width: usize) -> RawChunk {
        RawChunk { width, ..RawChunk::default() }
    }

    /// A chunk of about this many rows, whose cells are pushed as pieces of a text that is set afterwards.
    pub(crate) fn with_capacity(width: usize, rows: usize) -> RawChunk {
        RawChunk {
            width,
            cells: Vec::with_capacity(rows * width),
            rows: Vec::with_capacity(rows),
            ..RawChunk::default()
        }
    }

    /// Sets the text of which the pushed pieces are pieces.
    pub(crate) fn set_text(&mut self, text: String) {
        let mut mark = [0; 4];
        let mark = UNDECODABLE.encode_utf8(&mut mark).as_bytes();
        self.has_undecodable = memchr::memmem::find(text.as_bytes(), mark).is_some();
        self.text = text;
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= RawChunk::ROWS || self.text.len() >= RawChunk::TEXT
    }

    /// How many bytes all cells have.
    pub(crate) fn size(&self) -> usize {
        self.text.len()
    }

    /// Notes a row without anything.
    pub(crate) fn push_blank(&mut self, row: u32) {
        self.blanks.push(row);
    }

    /// Notes what a format noticed in a row before its cells are read.
    pub(crate) fn note(&mut self, observation: Observation, row: u32) {
        self.notes.note(observation, row);
    }

    /// What the format noticed.
    pub(crate) fn notes(&self) -> &FileNotes {
        &self.notes
    }

    /// The numbers of the rows without anything.
    pub(crate) fn blanks(&self) -> &[u32] {
        &self.blanks
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Appends a cell as a piece of the chunk's text.
    #[inline]
    pub(crate) fn push_piece(&mut self, start: usize, end: usize) {
        debug_assert!(start <= end);
        self.cells.push((start as u32, end as u32));
    }

    /// Appends a cell that is no piece of the text yet.
    ///
    /// # Panics
    /// When the cells of a chunk do not fit 4 GiB.
    pub(crate) fn push_text(&mut self, cell: &str) {
        let start = self.text.len();
        assert!(u32::try_from(start + cell.len()).is_ok(), "the cells of a chunk do not fit 4 GiB");
        self.text.push_str(cell);
        self.has_undecodable |= !cell.is_ascii() && cell.contains(UNDECODABLE);
        self.push_piece(start, start + cell.len());
    }

    /// Closes a row whose cells were pushed. `row` is its number in the file, from 1, as a person would count
    /// in a spreadsheet. Cells that the row lacks are empty.
    #[inline]
    pub(crate) fn end_row(&mut self, row: u32, is_shifted: bool) {
        if is_shifted {
            self.shifted.push(self.rows.len() as u32);
        }
        self.rows.push(row);
        let end = self.text.len() as u32;
        self.cells.resize(self.rows.len() * self.width, (end, end));
    }

    /// Appends a cell with its kind.
    pub(crate) fn push_cell(&mut self, cell: &str, kind: CellKind) {
        self.push_text(cell);
        self.kinds.push(kind);
    }

    /// Appends a row of cells with their kinds.
    pub(crate) fn push_row<'a>(&mut self, row: u32, cells: impl Iterator<Item = (&'a str, CellKind)>) {
        cells.for_each(|(cell, kind)| self.push_cell(cell, kind));
        self.end_row(row, false);
    }

    #[inline]
    pub(crate) fn row_number(&self, row: usize) -> u32 {
        self.rows[row]
    }

    #[inline]
    pub(crate) fn cell(&self, row: usize, slot: usize) -> &str {
        let (start, end) = self.cells[row * self.width + slot];
        &self.text[start as usize..end as usize]
    }

    #[inline]
    pub(crate) fn kind(&self, row: usize, slot: usize) -> CellKind {
        self.kinds.get(row * self.width + slot).copied().unwrap_or(CellKind::Text)
    }

    pub(crate) fn is_shifted(&self, row: usize) -> bool {
        self.shifted.binary_search(&(row as u32)).is_ok()
    }

    /// Whether any row may hold bytes that could not be decoded.
    pub(crate) fn has_undecodable(&self) -> bool {
        self.has_undecodable
    }

    /// The cells of a row.
    #[cfg(test)]
    pub(crate) fn row_cells(&self, row: usize) -> impl Iterator<Item = &str> {
        (0..self.width).map(move |slot| self.cell(row, slot))
    }
}
