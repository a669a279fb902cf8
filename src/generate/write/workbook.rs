//! Workbooks as offices send them: title rows above the headings, a serial number in front.
//!
//! Owns the layout of a sheet. Amounts are written as text, so that no float touches them.

use std::path::Path;

use chrono::Datelike;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::table::cell_text;
use super::{Spelling, prepare};
use crate::generate::registers::{Cell, Row};
use crate::messages::{self, Error};

/// One sheet of one workbook.
pub(in crate::generate) struct Sheet<'a> {
    /// The file, relative to the project.
    pub(in crate::generate) name: &'a str,
    /// The sheet's tab.
    pub(in crate::generate) tab: &'a str,
    /// The lines above the headings.
    pub(in crate::generate) titles: &'a [&'a str],
    /// How days are spelt; `None`: as real date cells.
    pub(in crate::generate) spelling: Option<Spelling>,
}

/// Writes a workbook of one sheet.
pub(in crate::generate) fn write_workbook<R: Row>(
    dir: &Path,
    sheet: &Sheet,
    rows: &[R],
) -> Result<(), Error> {
    let path = prepare(dir, sheet.name)?;
    let built = build(sheet, rows).and_then(|mut book| book.save(&path));
    built.map_err(|why| messages::cannot_write(sheet.name, &why))
}

fn build<R: Row>(layout: &Sheet, rows: &[R]) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2024, 8, 31)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let sheet = book.add_worksheet();
    sheet.set_name(layout.tab)?;
    let bold = Format::new().set_bold();
    let mut at: u32 = 0;
    for title in layout.titles {
        sheet.write_string_with_format(at, 0, *title, &bold)?;
        at += 1;
    }
    sheet.write_string_with_format(at, 0, "序号", &bold)?;
    for (column, heading) in (1u16..).zip(R::HEADINGS) {
        sheet.write_string_with_format(at, column, *heading, &bold)?;
        sheet.set_column_width(column, if heading.contains("号码") { 21 } else { 13 })?;
    }
    let day_format = Format::new().set_num_format("yyyy-mm-dd");
    for (number, row) in (1u32..).zip(rows) {
        at += 1;
        sheet.write_string(at, 0, number.to_string())?;
        for (column, cell) in (1u16..).zip(row.cells()) {
            write_cell(sheet, at, column, &cell, layout.spelling, &day_format)?;
        }
    }
    Ok(book)
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    spelling: Option<Spelling>,
    day_format: &Format,
) -> Result<(), XlsxError> {
    match (cell, spelling) {
        (Cell::Empty, _) => Ok(()),
        (Cell::Day(day), None) => {
            let year = u16::try_from(day.year()).unwrap_or_default();
            let date = ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8)?;
            sheet.write_datetime_with_format(row, column, &date, day_format).map(|_| ())
        }
        (other, spelling) => {
            let text = cell_text(other, spelling.unwrap_or(Spelling::Iso));
            sheet.write_string(row, column, text).map(|_| ())
        }
    }
}
