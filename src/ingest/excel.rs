//! Workbooks in .xlsx form, read cell by cell so that a stray cell far away cannot ask for gigabytes.
//!
//! Owns the turning of stored cells into text. Must not interpret a cell beyond what the workbook itself
//! states (text, number, day).

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Cell, DataRef, ExcelDateTime, Reader, Sheet, SheetType, Xlsx};

use super::chunk::{CellKind, RawChunk};
use super::heading::{self, Layout, PREVIEW_ROWS, Preview};
use super::input::Input;
use super::schema::Table;
use crate::messages::{self, Error};

/// A sheet larger than this holds a stray cell, not people. Excel itself ends at 1,048,576 rows.
const MAX_COLUMNS: u32 = 1_000;

type StoredCell = (String, CellKind);

/// The cells of one sheet, row by row.
pub(crate) struct Excel {
    rows: std::vec::IntoIter<(u32, Vec<StoredCell>)>,
}

impl Excel {
    /// Opens a workbook and finds the sheet and heading row that fit the table.
    pub(crate) fn open(
        path: &Path,
        shown: &str,
        table: Table,
        input: &Input,
    ) -> Result<(Excel, Layout, String), Error> {
        let file = File::open(path).map_err(|why| messages::cannot_read(shown, &why))?;
        let mut book: Xlsx<_> =
            Xlsx::new(BufReader::new(file)).map_err(|why| messages::corrupt_file(shown, &why.to_string()))?;
        // Charts and dialogs are sheets too, but hold no rows.
        let is_rows = |sheet: &&Sheet| sheet.typ == SheetType::WorkSheet;
        let names: Vec<String> =
            book.sheets_metadata().iter().filter(is_rows).map(|sheet| sheet.name.clone()).collect();
        let candidates = match &input.sheet {
            Some(wanted) if names.contains(wanted) => vec![wanted.clone()],
            Some(wanted) => return Err(messages::no_such_sheet(shown, wanted, &names)),
            None => names.clone(),
        };
        let mut fitting = Vec::new();
        let mut first_refusal = None;
        for name in &candidates {
            let rows = read_sheet(&mut book, name, shown)?;
            match heading::find(table, input, shown, &preview(&rows)) {
                Ok(layout) => fitting.push((name.clone(), rows, layout)),
                Err(refusal) => first_refusal = first_refusal.or(Some(refusal)),
            }
        }
        match fitting.len() {
            1 => {
                let (name, mut rows, layout) = fitting.remove(0);
                rows.retain(|(row, _)| *row > layout.heading_row);
                Ok((Excel { rows: rows.into_iter() }, layout, name))
            }
            0 => Err(first_refusal.unwrap_or_else(|| messages::empty_file(shown))),
            _ => {
                let names: Vec<String> = fitting.into_iter().map(|(name, ..)| name).collect();
                Err(messages::several_sheets(shown, &names))
            }
        }
    }

    /// The next rows; `None` when nothing is left.
    pub(crate) fn next_chunk(&mut self, projection: &[usize]) -> Option<RawChunk> {
        let mut chunk = RawChunk::new(projection.len());
        while !chunk.is_full() {
            let Some((row, cells)) = self.rows.next() else {
                break;
            };
            let projected = projection.iter().map(|&at| match cells.get(at) {
                Some((text, kind)) => (text.as_str(), *kind),
                None => ("", CellKind::Text),
            });
            chunk.push_row(row, projected);
        }
        (chunk.len() > 0).then_some(chunk)
    }
}

fn preview(rows: &[(u32, Vec<StoredCell>)]) -> Preview {
    let first = rows.iter().take(PREVIEW_ROWS);
    first.map(|(row, cells)| (*row, cells.iter().map(|(text, _)| text.clone()).collect())).collect()
}

/// Reads the rows of a sheet that hold anything.
fn read_sheet(
    book: &mut Xlsx<BufReader<File>>,
    name: &str,
    shown: &str,
) -> Result<Vec<(u32, Vec<StoredCell>)>, Error> {
    let corrupt = |why: calamine::XlsxError| messages::corrupt_file(shown, &why.to_string());
    let mut cells = book.worksheet_cells_reader(name).map_err(corrupt)?;
    let mut rows: Vec<(u32, Vec<StoredCell>)> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(corrupt)? {
        let (row, column) = cell.get_position();
        let stored = stored_cell(&cell);
        if stored.0.is_empty() {
            continue;
        }
        if column >= MAX_COLUMNS {
            return Err(messages::sheet_too_large(shown, row + 1, column + 1));
        }
        let number = row + 1;
        if rows.last().is_none_or(|(last, _)| *last != number) {
            rows.push((number, Vec::new()));
        }
        if let Some((_, line)) = rows.last_mut() {
            if line.len() <= column as usize {
                line.resize(column as usize + 1, (String::new(), CellKind::Text));
            }
            line[column as usize] = stored;
        }
    }
    Ok(rows)
}

fn stored_cell(cell: &Cell<DataRef<'_>>) -> StoredCell {
    match cell.get_value() {
        DataRef::Empty => (String::new(), CellKind::Text),
        // An error is not nothing: #N/A in a column of money must not count as zero.
        DataRef::Error(error) => (error.to_string(), CellKind::Text),
        DataRef::String(text) => (text.clone(), CellKind::Text),
        DataRef::SharedString(text) => ((*text).to_string(), CellKind::Text),
        DataRef::Int(number) => (number.to_string(), CellKind::Number),
        DataRef::Float(number) => (number_text(*number), CellKind::Number),
        DataRef::Bool(value) => (value.to_string(), CellKind::Text),
        DataRef::DateTime(moment) => (day_text(moment), CellKind::Text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (text.clone(), CellKind::Text),
    }
}

/// A stored number as a spreadsheet shows it: at most 15 significant digits, so that the tail of a sum such
/// as 150.10000000000002 is not taken for money.
pub(crate) fn number_text(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    if number == number.trunc() && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let shown = format!("{number:.14e}");
    let rounded: f64 = shown.parse().unwrap_or(number);
    format!("{rounded}")
}

fn day_text(moment: &ExcelDateTime) -> String {
    match moment.as_datetime() {
        Some(day) => day.format("%Y-%m-%d").to_string(),
        None => number_text(moment.as_f64()),
    }
}
