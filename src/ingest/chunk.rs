//! A block of raw rows: the one shape into which every file format is read.
//!
//! Owns the cells of some thousand rows as text in one buffer. Must not know what a cell means.

/// How a format stored a cell. Text files store text only; spreadsheets and Parquet know numbers and days,
/// and an ID number that was stored as a number has lost its last digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellKind {
    Text,
    Number,
    /// The row has more cells than the heading: nobody knows which column this one belongs to.
    Shifted,
}

/// Rows of one sheet, each with the same number of cells.
#[derive(Debug, Default)]
pub(crate) struct RawChunk {
    width: usize,
    text: String,
    ends: Vec<usize>,
    kinds: Vec<CellKind>,
    rows: Vec<u32>,
}

impl RawChunk {
    /// How many rows a chunk holds at most.
    pub(crate) const ROWS: usize = 16_384;

    pub(crate) fn new(width: usize) -> RawChunk {
        RawChunk { width, ..RawChunk::default() }
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.kinds.clear();
        self.rows.clear();
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= RawChunk::ROWS
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Appends a row. `row` is its number in the file, from 1, as a person would count in a spreadsheet.
    pub(crate) fn push_row<'a>(&mut self, row: u32, cells: impl Iterator<Item = (&'a str, CellKind)>) {
        let before = self.ends.len();
        for (cell, kind) in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
            self.kinds.push(kind);
        }
        debug_assert_eq!(self.ends.len() - before, self.width);
        self.rows.push(row);
    }

    pub(crate) fn row_number(&self, row: usize) -> u32 {
        self.rows[row]
    }

    pub(crate) fn cell(&self, row: usize, slot: usize) -> &str {
        let at = row * self.width + slot;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }

    pub(crate) fn kind(&self, row: usize, slot: usize) -> CellKind {
        self.kinds[row * self.width + slot]
    }

    /// All cells of a row in one piece, for a quick look at whether anything stands there.
    pub(crate) fn row_text(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row * self.width - 1] };
        let end = if self.width == 0 { start } else { self.ends[(row + 1) * self.width - 1] };
        &self.text[start..end]
    }
}
