//! One sheet that is written from the top down: cells, their widths, and how it prints.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use rust_xlsxwriter::{IgnoreError, Worksheet, XlsxError};

use super::style::{Look, Style};
use crate::messages::{self, Lang, Word};

/// What stands in a cell. No cell is ever a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell<'c> {
    /// Text, also where it looks like a number.
    Text(Cow<'c, str>),
    /// Money in fen, shown as yuan.
    Money(i128),
    /// A count.
    Count(u64),
    /// Nothing.
    Empty,
}

impl<'c> Cell<'c> {
    /// Text that is there already, or made for the cell.
    pub(super) fn text(text: impl Into<Cow<'c, str>>) -> Cell<'c> {
        Cell::Text(text.into())
    }

    /// How many half-width columns the cell takes on one line. Digits get a fifth more: where the font is
    /// missing, another one may be wider, and a number that does not fit shows as ####.
    pub(super) fn width(&self) -> usize {
        match self {
            Cell::Text(text) => text_width(text),
            Cell::Money(fen) => money_width(*fen) * 6 / 5,
            Cell::Count(count) => count.to_string().len() * 8 / 5,
            Cell::Empty => 0,
        }
    }
}

/// The paper that a sheet prints on, by the number that spreadsheets give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paper {
    A3 = 8,
    A4 = 9,
}

/// The last row and column that a sheet can have.
const LAST_CELL: (u32, u16) = (1_048_575, 16_383);
/// The most UTF-16 units that a cell may hold.
const CELL_LIMIT: usize = 32_767;

/// Yuan as the number that a spreadsheet cell holds: the only place where money becomes a float. Up to
/// 9 × 10^15 fen the division gives the float nearest to the exact amount, which shows as these two decimals.
fn yuan(fen: i128) -> f64 {
    fen as f64 / 100.0
}

/// How many half-width columns a character takes: a Chinese one takes two.
fn char_width(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

/// How many half-width columns a text takes.
pub(super) fn text_width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char_width).sum() }
}

/// The width of an amount with separators and two decimals.
fn money_width(fen: i128) -> usize {
    let digits = (fen.unsigned_abs() / 100).to_string().len();
    digits + (digits - 1) / 3 + 3 + usize::from(fen < 0)
}

/// Whether a spreadsheet would take a text for a formula as soon as somebody edits its cell.
fn may_become_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}

/// A text that fits a cell; one that does not says so at its end.
fn fitted(text: &str, lang: Lang) -> Cow<'_, str> {
    // A UTF-8 text has at least as many bytes as UTF-16 units.
    if text.len() <= CELL_LIMIT || text.encode_utf16().count() <= CELL_LIMIT {
        return Cow::Borrowed(text);
    }
    let end = messages::CUT_OFF.in_lang(lang);
    let mut left = CELL_LIMIT - end.encode_utf16().count();
    let fits = |c: &char| left.checked_sub(c.len_utf16()).map(|rest| left = rest).is_some();
    let kept: String = text.chars().take_while(fits).collect();
    Cow::Owned(kept + end)
}

/// The pixels of a half-width character in the font of the cells (6.7), with a tenth more because programs
/// measure columns differently, and what a cell needs beside its text.
const PIXELS_PER_COLUMN: f64 = 7.4;
const PIXELS_BESIDE: f64 = 9.0;
/// Points per line of a cell, and of a cell with one line.
const LINE_HEIGHT: f64 = 13.5;
const ROW_HEIGHT: f64 = 16.0;

/// A sheet and the row that is written next.
pub(super) struct Page<'w> {
    sheet: &'w mut Worksheet,
    style: &'w Style,
    lang: Lang,
    row: u32,
    /// The widths of the columns in half-width characters.
    widths: Vec<usize>,
    /// How many lines the highest text of the current row takes.
    lines: usize,
}

impl<'w> Page<'w> {
    /// Begins a sheet with its name, what stands below each printed page, its print setup and the widths of
    /// its columns in half-width characters.
    pub(super) fn begin(
        sheet: &'w mut Worksheet,
        style: &'w Style,
        lang: Lang,
        (name, footer): (&str, Word),
        (paper, widths): (Paper, &[usize]),
    ) -> Result<Page<'w>, XlsxError> {
        sheet.set_name(name)?;
        let pages = messages::workbook::FOOTER_PAGES.in_lang(lang);
        sheet
            .set_paper_size(paper as u8)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_margins(0.3, 0.3, 0.4, 0.5, 0.2, 0.25)
            .set_footer(format!("&C{}{pages}", footer.in_lang(lang)))
            .set_default_row_height(ROW_HEIGHT)
            .ignore_error_range(0, 0, LAST_CELL.0, LAST_CELL.1, IgnoreError::NumberStoredAsText)?;
        for (col, &width) in (0u16..).zip(widths) {
            let pixels = (width as f64 * PIXELS_PER_COLUMN + PIXELS_BESIDE).ceil();
            sheet.set_column_width_pixels(col, pixels as u32)?;
        }
        Ok(Page { sheet, style, lang, row: 0, widths: widths.to_vec(), lines: 1 })
    }

    /// The number of the row that is written next.
    pub(super) fn row(&self) -> u32 {
        self.row
    }

    /// The sheet, for what is set once for the whole of it.
    pub(super) fn sheet(&mut self) -> &mut Worksheet {
        self.sheet
    }

    /// The wording of a word in the language of the files.
    pub(super) fn word(&self, word: Word) -> &'static str {
        word.in_lang(self.lang)
    }

    /// Leaves a row empty.
    pub(super) fn gap(&mut self) {
        self.row += 1;
    }

    /// Writes one text that runs over the cells to its right.
    pub(super) fn line(&mut self, text: &str, look: Look, height: f64) -> Result<(), XlsxError> {
        self.sheet.set_row_height(self.row, height)?;
        let text = fitted(text, self.lang).into_owned();
        self.sheet.write_string_with_format(self.row, 0, text, self.style.of(look))?;
        self.row += 1;
        Ok(())
    }

    /// Writes a row of headings.
    pub(super) fn headings(&mut self, words: &[Word]) -> Result<(), XlsxError> {
        for (col, &word) in (0u16..).zip(words) {
            self.put(col, &Cell::text(self.word(word)), Look::Heading)?;
        }
        self.end_row()
    }

    /// Writes a row of cells.
    pub(super) fn cells<'c>(
        &mut self,
        cells: impl IntoIterator<Item = (Cell<'c>, Look)>,
    ) -> Result<(), XlsxError> {
        for (col, (cell, look)) in (0u16..).zip(cells) {
            self.put(col, &cell, look)?;
        }
        self.end_row()
    }

    /// Writes one cell of the current row.
    pub(super) fn put(&mut self, col: u16, cell: &Cell<'_>, look: Look) -> Result<(), XlsxError> {
        let format = self.style.of(look);
        match cell {
            Cell::Text(text) => {
                let text = fitted(text, self.lang);
                if matches!(look, Look::Text | Look::Heading) {
                    self.note_lines(col..=col, &text, look);
                }
                let format = if may_become_formula(&text) { self.style.quoted(look) } else { format };
                self.sheet.write_string_with_format(self.row, col, text, format)?;
            }
            Cell::Money(fen) => {
                self.sheet.write_number_with_format(self.row, col, yuan(*fen), format)?;
            }
            Cell::Count(count) => {
                self.sheet.write_number_with_format(self.row, col, *count as f64, format)?;
            }
            Cell::Empty => {
                self.sheet.write_blank(self.row, col, format)?;
            }
        }
        Ok(())
    }

    /// Writes a text over several columns. Not for sheets whose rows go to disk as they are written.
    pub(super) fn spread(
        &mut self,
        cols: RangeInclusive<u16>,
        text: &str,
        look: Look,
    ) -> Result<(), XlsxError> {
        let text = fitted(text, self.lang);
        let format = if may_become_formula(&text) { self.style.quoted(look) } else { self.style.of(look) };
        self.sheet.merge_range(self.row, *cols.start(), self.row, *cols.end(), &text, format)?;
        self.note_lines(cols, &text, look);
        Ok(())
    }

    /// Makes the row as high as its text, because not every program does so by itself, and goes to the next.
    pub(super) fn end_row(&mut self) -> Result<(), XlsxError> {
        let lines = std::mem::replace(&mut self.lines, 1);
        if lines > 1 {
            self.sheet.set_row_height(self.row, 4.0 + LINE_HEIGHT * lines.min(30) as f64)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Notes how many lines a text takes in the width of its columns.
    fn note_lines(&mut self, cols: RangeInclusive<u16>, text: &str, look: Look) {
        let room: usize = cols.filter_map(|col| self.widths.get(usize::from(col))).sum();
        // A line ends before it is full where a word or a bracket would be torn. Headings are known to fit.
        let spare = if look == Look::Heading { 0 } else { 2 };
        let lines = if text_width(text) <= room { 1 } else { lines_within(text, room.saturating_sub(spare)) };
        self.lines = self.lines.max(lines);
    }
}

/// How many lines a text takes in a room, wrapped before any character that no longer fits.
fn lines_within(text: &str, room: usize) -> usize {
    let (mut lines, mut used) = (1, 0);
    for c in text.chars() {
        let width = char_width(c);
        if used + width > room {
            (lines, used) = (lines + 1, 0);
        }
        used += width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_columns() {
        assert_eq!(text_width("张三(退回)"), 10);
        assert_eq!(text_width("530499195201010011"), 18);
        assert_eq!(money_width(123_456_789), "1,234,567.89".len());
        assert_eq!(money_width(-99_900), "-999.00".len());
        assert_eq!(money_width(5), "0.05".len());
    }

    #[test]
    fn text_wraps_where_it_no_longer_fits() {
        assert_eq!(lines_within("张三", 4), 1);
        assert_eq!(lines_within("张三", 3), 2);
        assert_eq!(lines_within("abc张三", 4), 2);
        assert_eq!(lines_within("", 4), 1);
    }

    #[test]
    fn a_text_that_no_cell_can_hold_is_cut_and_says_so() {
        let long = "证据𠀀".repeat(20_000);
        let cut = fitted(&long, Lang::Zh);
        assert!(cut.encode_utf16().count() <= CELL_LIMIT);
        assert!(cut.ends_with("见 csv 文件）"));
        assert_eq!(fitted("短", Lang::Zh), "短");
    }

    #[test]
    fn yuan_show_the_fen_they_were_made_of() {
        for fen in [0i128, 1, -5, 10, 123_456_789, 999_999_999_999_999, -999_999_999_999_999] {
            assert_eq!((yuan(fen) * 100.0).round() as i128, fen);
            let sign = if fen < 0 { "-" } else { "" };
            let absolute = fen.unsigned_abs();
            assert_eq!(
                format!("{:.2}", yuan(fen)),
                format!("{sign}{}.{:02}", absolute / 100, absolute % 100)
            );
        }
    }
}
