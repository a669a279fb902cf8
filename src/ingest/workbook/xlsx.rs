//! Workbooks in .xlsx and .xlsm form, cell by cell, read by calamine.
//!
//! Owns the translation of its cells. Must not hold more than one cell: texts that cells share are held by
//! the library.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxFormulaMetadata};

use super::cell::{Formula, StoredCell, day_text, number_text};
use super::package::Package;
use super::problem::Problem;
use super::{Book, SheetInfo, Take};
use crate::ingest::chunk::CellKind;
use crate::ingest::limits::Limits;

/// An open workbook.
pub(super) struct XlsxBook {
    book: Xlsx<BufReader<File>>,
    sheets: Vec<SheetInfo>,
    has_tall_merges: bool,
}

impl XlsxBook {
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<XlsxBook, Problem> {
        let survey = Package::open(path, limits)?.survey()?;
        let book: Xlsx<_> = Xlsx::new(BufReader::new(File::open(path)?))?;
        // Charts and dialogs are sheets too, but hold no rows.
        let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let sheets = sheets
            .map(|sheet| SheetInfo {
                name: sheet.name.clone(),
                is_hidden: sheet.visible != SheetVisible::Visible,
            })
            .collect();
        Ok(XlsxBook { book, sheets, has_tall_merges: survey.has_tall_merges })
    }

    /// The cells that cover rows below them, with how many.
    fn tall_merges(&mut self, sheet: &str) -> Result<HashMap<(u32, u32), u32>, Problem> {
        if !self.has_tall_merges {
            return Ok(HashMap::new());
        }
        let merges = self.book.merge_cells_by_sheet_name(sheet)?;
        let tall = merges.into_iter().filter(|merge| merge.end.0 > merge.start.0);
        Ok(tall.map(|merge| (merge.start, merge.end.0 - merge.start.0)).collect())
    }
}

impl Book for XlsxBook {
    fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    fn is_1904(&self) -> bool {
        self.book.has_1904_epoch()
    }

    fn cells(&mut self, sheet: usize, with_merges: bool, take: &mut Take<'_>) -> Result<(), Problem> {
        let name = self.sheets[sheet].name.clone();
        let merges = if with_merges { self.tall_merges(&name)? } else { HashMap::new() };
        let mut foreign = HashSet::new();
        let mut cells = self.book.worksheet_cells_reader(&name)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata()? {
            let formula = formula_of(cell.formula.as_ref(), &cell.value, &mut foreign);
            let (row, column) = cell.pos;
            let (text, kind) = match &cell.value {
                DataRef::Empty if formula == Formula::None => continue,
                DataRef::SharedString(text) => ((*text).into(), CellKind::Text),
                DataRef::String(text) => (text.into(), CellKind::Text),
                DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (text.into(), CellKind::Text),
                DataRef::Int(number) => (number.to_string().into(), CellKind::Number),
                DataRef::Float(number) => (number_text(*number).into(), CellKind::Number),
                DataRef::Bool(value) => (value.to_string().into(), CellKind::Text),
                DataRef::DateTime(moment) => (day_text(moment).into(), CellKind::Text),
                // An error is not nothing: #N/A in a column of money must not count as zero.
                DataRef::Error(error) => (error.to_string().into(), CellKind::Text),
                DataRef::Empty => ("".into(), CellKind::Text),
            };
            let rows_below = merges.get(&cell.pos).copied().unwrap_or(0);
            take(StoredCell { row, column, text, kind, formula, rows_below })?;
        }
        Ok(())
    }
}

/// Where a cell's value comes from. Cells that share a formula name it by its number.
fn formula_of(
    formula: Option<&XlsxFormulaMetadata>,
    value: &DataRef<'_>,
    foreign: &mut HashSet<usize>,
) -> Formula {
    let is_foreign = match formula {
        None => return Formula::None,
        Some(_) if *value == DataRef::Empty => return Formula::Unvalued,
        Some(XlsxFormulaMetadata::Normal { formula }) => names_other_book(formula),
        Some(XlsxFormulaMetadata::Shared { shared_index, formula, .. }) => {
            let is_foreign = names_other_book(formula);
            if is_foreign {
                foreign.insert(*shared_index);
            }
            is_foreign
        }
        Some(XlsxFormulaMetadata::SharedDerived { shared_index }) => foreign.contains(shared_index),
        Some(_) => false,
    };
    if is_foreign { Formula::Foreign } else { Formula::Valued }
}

/// Whether a formula refers to another workbook, which stands in it as a number in brackets: `[1]Sheet1!A1`.
/// A column of a table stands in brackets behind the table's name or inside other brackets.
fn names_other_book(formula: &str) -> bool {
    let (mut depth, mut before) = (0u32, ' ');
    for (at, c) in formula.char_indices() {
        match c {
            '[' => {
                let inner = formula[at + 1..].split(']').next().unwrap_or("");
                let is_number = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
                let is_of_table = depth > 0 || before.is_alphanumeric() || matches!(before, '_' | '.');
                if is_number && !is_of_table {
                    return true;
                }
                depth += 1;
            }
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = c;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_other_workbooks_are_seen() {
        for (formula, expected) in [
            ("[1]Sheet1!A1", true),
            ("VLOOKUP(A2,'[2]养老 2023'!$A:$C,3,0)", true),
            ("SUM(A1:A3)", false),
            ("名单[1]", false),
            ("SUM(名单[[#This Row],[1]])", false),
            ("\"[x]\"", false),
        ] {
            assert_eq!(names_other_book(formula), expected, "{formula}");
        }
    }
}
