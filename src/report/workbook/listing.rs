//! A sheet that is one long table: a title, a heading row with filters, rows, and totals outside the filter.
//!
//! Rows go to disk as they are written, so that a sheet of a million rows takes no memory.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::page::{Cell, Page, Paper, text_width};
use super::style::{Look, Style};
use crate::domain::Fen;
use crate::messages::{self, Lang, Word, heading};

/// Below the limit of 1,048,576 rows, with room for titles and totals.
const ROWS_PER_SHEET: usize = 1_000_000;
/// The rows above the data: title, note, headings.
const HEADING_ROW: u32 = 2;

/// A column: what it is called, how it looks, and what it shows of an item.
pub(super) struct Column<'c, T> {
    pub(super) heading: Word,
    pub(super) look: Look,
    /// The greatest width; what is longer wraps.
    pub(super) greatest: usize,
    pub(super) cell: Box<dyn Fn(&'c T) -> Cell<'c> + 'c>,
}

impl<'c, T> Column<'c, T> {
    fn new(
        heading: Word,
        look: Look,
        greatest: usize,
        cell: impl Fn(&'c T) -> Cell<'c> + 'c,
    ) -> Column<'c, T> {
        Column { heading, look, greatest, cell: Box::new(cell) }
    }

    /// A number or code, as text.
    pub(super) fn code(heading: Word, cell: impl Fn(&'c T) -> Cell<'c> + 'c) -> Column<'c, T> {
        Column::new(heading, Look::Code, 60, cell)
    }

    /// Words.
    pub(super) fn text(
        heading: Word,
        greatest: usize,
        cell: impl Fn(&'c T) -> Cell<'c> + 'c,
    ) -> Column<'c, T> {
        Column::new(heading, Look::Text, greatest, cell)
    }

    /// A month, a day or a short word.
    pub(super) fn centre(heading: Word, cell: impl Fn(&'c T) -> Cell<'c> + 'c) -> Column<'c, T> {
        Column::new(heading, Look::Centre, 20, cell)
    }

    /// Money, which a line of totals adds up.
    pub(super) fn money(heading: Word, fen: impl Fn(&'c T) -> Option<Fen> + 'c) -> Column<'c, T> {
        let cell = move |item| fen(item).map_or(Cell::Empty, |fen| Cell::Money(i128::from(fen.0)));
        Column::new(heading, Look::Money, 30, cell)
    }

    /// A count.
    pub(super) fn count(heading: Word, count: impl Fn(&'c T) -> u64 + 'c) -> Column<'c, T> {
        Column::new(heading, Look::Count, 30, move |item| Cell::Count(count(item)))
    }
}

/// A long table and what stands around it.
pub(super) struct Listing<'c, T> {
    /// The name of the sheet; a second one is called 名(2).
    pub(super) name: Word,
    /// What stands below each printed page.
    pub(super) footer: Word,
    pub(super) title: String,
    pub(super) note: String,
    pub(super) paper: Paper,
    /// How many columns stay in sight when the sheet is scrolled sideways.
    pub(super) frozen: u16,
    /// The columns after the serial number.
    pub(super) columns: Vec<Column<'c, T>>,
    /// Columns whose totals are repeated in capital numerals, with the label of the line; none: no totals.
    pub(super) capitals: Vec<(Word, Word)>,
    pub(super) lang: Lang,
}

impl<'c, T> Listing<'c, T> {
    /// Writes all rows, on as many sheets as they need.
    pub(super) fn write(&self, book: &mut Workbook, style: &Style, rows: &[&'c T]) -> Result<(), XlsxError> {
        self.write_split(book, style, rows, ROWS_PER_SHEET)
    }

    pub(super) fn write_split(
        &self,
        book: &mut Workbook,
        style: &Style,
        rows: &[&'c T],
        limit: usize,
    ) -> Result<(), XlsxError> {
        let sheets = rows.len().div_ceil(limit).max(1);
        let (widths, sums) = self.measure(rows);
        for number in 0..sheets {
            let start = number * limit;
            let part = &rows[start..rows.len().min(start + limit)];
            let name = match number {
                0 => self.name.in_lang(self.lang).to_string(),
                _ => format!("{}({})", self.name.in_lang(self.lang), number + 1),
            };
            let sheet = book.add_worksheet_with_constant_memory()?;
            let mut page = Page::begin(sheet, style, self.lang, (&name, self.footer), (self.paper, &widths))?;
            self.write_rows(&mut page, part, start)?;
            if number + 1 == sheets && !self.capitals.is_empty() {
                self.write_totals(&mut page, &sums)?;
            }
        }
        Ok(())
    }

    /// The width of each column, with that of the serial number, and the total of each column of money.
    fn measure(&self, rows: &[&'c T]) -> (Vec<usize>, Vec<i128>) {
        let mut widths = vec![rows.len().to_string().len().max(4)];
        let mut sums = Vec::new();
        for column in &self.columns {
            let (mut widest, mut sum) = (0, 0i128);
            for &row in rows {
                let cell = (column.cell)(row);
                widest = widest.max(cell.width());
                if let Cell::Money(fen) = cell {
                    sum += fen;
                }
            }
            if column.look == Look::Money && !self.capitals.is_empty() {
                widest = widest.max(Cell::Money(sum).width() + 1);
            }
            widths.push(widest.min(column.greatest).max(heading_width(column.heading.in_lang(self.lang))));
            sums.push(sum);
        }
        (widths, sums)
    }

    fn write_rows(&self, page: &mut Page<'_>, rows: &[&'c T], start: usize) -> Result<(), XlsxError> {
        page.line(&self.title, Look::Title, 28.0)?;
        page.line(&self.note, Look::Note, 18.0)?;
        let headings: Vec<Word> = std::iter::once(heading::SERIAL)
            .chain(self.columns.iter().map(|column| column.heading))
            .collect();
        page.headings(&headings)?;
        for (at, &row) in rows.iter().enumerate() {
            page.put(0, &Cell::Count((start + at + 1) as u64), Look::Serial)?;
            for (col, column) in (1u16..).zip(&self.columns) {
                page.put(col, &(column.cell)(row), column.look)?;
            }
            page.end_row()?;
        }
        let (last_row, last_col) = (page.row() - 1, self.columns.len() as u16);
        let sheet = page.sheet();
        sheet.set_freeze_panes(HEADING_ROW + 1, self.frozen)?;
        sheet.set_repeat_rows(HEADING_ROW, HEADING_ROW)?;
        sheet.autofilter(HEADING_ROW, 0, last_row, last_col)?;
        Ok(())
    }

    /// The totals stand below an empty row, so that no filter and no sort ever takes them in.
    fn write_totals(&self, page: &mut Page<'_>, sums: &[i128]) -> Result<(), XlsxError> {
        page.gap();
        page.put(0, &Cell::text(page.word(messages::workbook::TOTAL)), Look::TotalLabel)?;
        for ((col, column), &sum) in (1u16..).zip(&self.columns).zip(sums) {
            match column.look {
                Look::Money => page.put(col, &Cell::Money(sum), Look::TotalMoney)?,
                _ => page.put(col, &Cell::Empty, Look::TotalLabel)?,
            }
        }
        page.end_row()?;
        for &(column, label) in &self.capitals {
            let at = self.columns.iter().position(|other| other.heading == column);
            let sum: Fen = at.and_then(|at| i64::try_from(sums[at]).ok()).map(Fen).into_iter().sum();
            page.line(&format!("{}：{}", page.word(label), sum.capital()), Look::Section, 20.0)?;
        }
        Ok(())
    }
}

/// The width at which a heading needs no more than two lines, beside the button of the filter. A short one
/// with a bracket stays on one line.
fn heading_width(text: &str) -> usize {
    let words = text.split_ascii_whitespace().filter(|word| word.is_ascii());
    let longest_word = words.map(str::len).max().unwrap_or(0);
    let width = text_width(text);
    if width <= 10 && text.contains('(') {
        return width;
    }
    width.div_ceil(2).next_multiple_of(2).max(longest_word) + 1
}
