//! Workbooks, whatever their form: a sheet is chosen by its first rows and then read by a thread of its
//! own, which holds few rows at a time.
//!
//! Owns the choice of the sheet and the stream of chunks. Must not know how a form stores its cells.

mod biff;
mod cell;
mod ods;
mod package;
mod problem;
mod rows;
mod xls;
mod xlsb;
mod xlsx;

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;

pub(crate) use cell::number_text;

use cell::{Formula, StoredCell};
use problem::Problem;
use rows::Rows;

use super::chunk::RawChunk;
use super::format::Format;
use super::heading::{self, Layout, PREVIEW_ROWS, Preview};
use super::input::Input;
use super::limits::Limits;
use super::schema::Table;
use crate::messages::{self, Error, Observation};

/// A sheet that holds rows.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SheetInfo {
    name: String,
    is_hidden: bool,
}

/// Takes one cell after the other, by rows.
type Take<'a> = dyn FnMut(StoredCell<'_>) -> Result<(), Problem> + 'a;

/// Takes one cell after the other, with its sheet.
type TakeOf<'a> = dyn FnMut(usize, StoredCell<'_>) -> Result<(), Problem> + 'a;

/// An open workbook of any form.
trait Book: Send {
    /// The sheets that hold rows.
    fn sheets(&self) -> &[SheetInfo];

    /// Whether days are counted from the first day of 1904.
    fn is_1904(&self) -> bool;

    /// Tells the cells of a sheet. Whoever takes them may end it by [`Problem::Enough`].
    fn cells(&mut self, sheet: usize, with_merges: bool, take: &mut Take<'_>) -> Result<(), Problem>;

    /// Tells the cells of some sheets, given ascending, with the sheet of each. Whoever takes them may end a
    /// sheet by [`Problem::Enough`].
    fn cells_of(&mut self, sheets: &[usize], take: &mut TakeOf<'_>) -> Result<(), Problem> {
        for &sheet in sheets {
            match self.cells(sheet, false, &mut |cell| take(sheet, cell)) {
                Ok(()) | Err(Problem::Enough) => {}
                Err(why) => return Err(why),
            }
        }
        Ok(())
    }

    /// Whether the workbook has links to others of which no cell tells that it uses them.
    fn has_foreign_links(&self) -> bool {
        false
    }
}

/// The rows of the chosen sheet, read by a thread of their own.
pub(crate) struct Workbook {
    chunks: Receiver<Result<RawChunk, Error>>,
    reader: Option<JoinHandle<()>>,
}

/// What was found out about a workbook before its rows are read.
pub(super) struct Opened {
    pub(super) layout: Layout,
    /// The chosen sheet.
    pub(super) sheet: String,
    /// What is to be told of the workbook as a whole.
    pub(super) noticed: Vec<Observation>,
}

/// How many chunks wait for whoever parses them.
const WAITING_CHUNKS: usize = 2;

impl Workbook {
    /// Opens a workbook and finds the sheet and heading row that fit the table.
    pub(super) fn open(
        path: &Path,
        shown: &str,
        table: Table,
        input: &Input,
        format: Format,
        limits: &Limits,
    ) -> Result<(Workbook, Opened), Error> {
        let mut book = open_book(path, shown, input, format, limits).map_err(|why| why.told(shown))?;
        let (number, opened) = choose(book.as_mut(), shown, table, input, limits)?;
        let (sender, chunks) = sync_channel(WAITING_CHUNKS);
        let mut rows = Rows::new(shown, limits, &opened.layout, book.is_1904(), sender.clone());
        let shown = shown.to_string();
        let read = move || {
            let result = book.cells(number, true, &mut |cell| rows.take(cell)).and_then(|()| rows.finish());
            match result {
                // Whoever has had enough has the reason for it.
                Ok(()) | Err(Problem::Enough) => {}
                Err(why) => drop(sender.send(Err(why.told(&shown)))),
            }
        };
        let spawned = std::thread::Builder::new().name("workbook".to_string()).spawn(read);
        let reader = spawned.map_err(|why| messages::no_threads(&why))?;
        Ok((Workbook { chunks, reader: Some(reader) }, opened))
    }

    /// Shows the first rows of every sheet that holds any and is not hidden, with its name.
    pub(super) fn previews(
        path: &Path,
        shown: &str,
        input: &Input,
        format: Format,
        limits: &Limits,
        visit: &mut dyn FnMut(&str, &Preview),
    ) -> Result<(), Error> {
        let mut book = open_book(path, shown, input, format, limits).map_err(|why| why.told(shown))?;
        check_sheets(book.sheets().len(), shown)?;
        let sheets = book.sheets().to_vec();
        let visible: Vec<usize> = (0..sheets.len()).filter(|&number| !sheets[number].is_hidden).collect();
        let visit = &mut |number: usize, preview: &Preview| visit(&sheets[number].name, preview);
        previews(book.as_mut(), &visible, shown, limits, visit)
    }

    /// The next rows; `None` when nothing is left.
    pub(super) fn next_chunk(&mut self) -> Result<Option<RawChunk>, Error> {
        if let Ok(chunk) = self.chunks.recv() {
            return chunk.map(Some);
        }
        // Nothing can come any more: the reader is at its end, or it was ended by a bug.
        match self.reader.take().map(JoinHandle::join) {
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            Some(Ok(())) | None => Ok(None),
        }
    }
}

fn open_book(
    path: &Path,
    shown: &str,
    input: &Input,
    format: Format,
    limits: &Limits,
) -> Result<Box<dyn Book>, Problem> {
    Ok(match format {
        Format::Xlsb => Box::new(xlsb::XlsbBook::open(path, limits)?),
        Format::Ods => Box::new(ods::OdsBook::open(path, limits)?),
        Format::Xls => Box::new(xls::XlsBook::open(path, shown, limits, input.encoding)?),
        _ => Box::new(xlsx::XlsxBook::open(path, limits)?),
    })
}

/// Chooses the sheet that audit.toml names, or else the only one whose headings fit. A hidden sheet is
/// chosen by its headings only where no visible one fits, and that is told; so is every sheet that is not
/// read.
fn choose(
    book: &mut dyn Book,
    shown: &str,
    table: Table,
    input: &Input,
    limits: &Limits,
) -> Result<(usize, Opened), Error> {
    let sheets = book.sheets().to_vec();
    let is_candidate = |sheet: &SheetInfo| input.sheet.as_ref().is_none_or(|wanted| sheet.name == *wanted);
    let names = |numbers: &[usize]| -> Vec<String> {
        numbers.iter().map(|&number| sheets[number].name.clone()).collect()
    };
    if let Some(wanted) = &input.sheet
        && !sheets.iter().any(is_candidate)
    {
        return Err(messages::no_such_sheet(shown, wanted, &names(&(0..sheets.len()).collect::<Vec<_>>())));
    }
    let candidates: Vec<usize> = (0..sheets.len()).filter(|&number| is_candidate(&sheets[number])).collect();
    check_sheets(candidates.len(), shown)?;
    let (mut fitting, mut first_refusal, mut noticed) = (Vec::new(), None, Vec::new());
    previews(book, &candidates, shown, limits, &mut |number, preview| {
        noticed.push((number, Observation::SheetUnread(sheets[number].name.clone())));
        match heading::find(table, input, shown, preview) {
            Ok(layout) => fitting.push((number, layout)),
            Err(refusal) => drop(first_refusal.get_or_insert(refusal)),
        }
    })?;
    let is_hidden = |&(number, _): &(usize, Layout)| sheets[number].is_hidden;
    if input.sheet.is_none() && !fitting.iter().all(is_hidden) {
        fitting.retain(|sheet| !is_hidden(sheet));
    }
    if fitting.len() > 1 {
        let numbers: Vec<usize> = fitting.iter().map(|(number, _)| *number).collect();
        return Err(messages::several_sheets(shown, &names(&numbers)));
    }
    let Some((number, layout)) = fitting.pop() else {
        let without_rows = || heading::find(table, input, shown, &Vec::new()).err();
        let refusal = first_refusal.or_else(without_rows);
        return Err(refusal.unwrap_or_else(|| messages::empty_file(shown)));
    };
    let sheet = sheets[number].name.clone();
    noticed.retain(|(other, _)| *other != number);
    let mut noticed: Vec<Observation> = noticed.into_iter().map(|(_, observation)| observation).collect();
    if sheets[number].is_hidden && input.sheet.is_none() {
        noticed.push(Observation::SheetHidden(sheet.clone()));
    }
    noticed.extend(book.has_foreign_links().then_some(Observation::LinksForeign));
    Ok((number, Opened { layout, sheet, noticed }))
}

/// How many bytes of text are looked at for the heading: cells may share one long text.
const PREVIEW_TEXT: usize = 16 << 20;

/// How many sheets are looked at for the one whose headings fit.
const MOST_SHEETS: usize = 1_000;

/// Refuses to look at so many sheets: some forms must be read from their begin for each of them.
fn check_sheets(count: usize, shown: &str) -> Result<(), Error> {
    if count > MOST_SHEETS { Err(messages::too_many_sheets(shown, count, MOST_SHEETS)) } else { Ok(()) }
}

/// The first rows of a sheet that hold anything, while its cells are told.
#[derive(Default)]
struct Begun {
    rows: Preview,
    bytes: usize,
}

impl Begun {
    fn take(&mut self, cell: StoredCell<'_>) -> Result<(), Problem> {
        if cell.text.is_empty() && cell.formula != Formula::Unvalued {
            return Ok(());
        }
        let (number, column) = (cell.row.saturating_add(1), cell.column as usize);
        if self.rows.last().is_none_or(|(last, _)| *last != number) {
            if self.rows.len() == PREVIEW_ROWS {
                return Err(Problem::Enough);
            }
            self.rows.push((number, Vec::new()));
        }
        if let Some((_, cells)) = self.rows.last_mut() {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            self.bytes += cell.text.len();
            cells[column] = cell.text.into_owned();
        }
        // A row is looked at as far as it was told.
        if self.bytes > PREVIEW_TEXT { Err(Problem::Enough) } else { Ok(()) }
    }
}

/// Shows the first rows of those of some sheets that hold any, one sheet at a time.
fn previews(
    book: &mut dyn Book,
    sheets: &[usize],
    shown: &str,
    limits: &Limits,
    visit: &mut dyn FnMut(usize, &Preview),
) -> Result<(), Error> {
    let mut current: Option<(usize, Begun)> = None;
    let mut end = |ended: Option<(usize, Begun)>| {
        if let Some((sheet, begun)) = ended.filter(|(_, begun)| !begun.rows.is_empty()) {
            visit(sheet, &begun.rows);
        }
    };
    let result = book.cells_of(sheets, &mut |sheet, cell| {
        rows::check_bounds(&cell, shown, limits)?;
        if current.as_ref().is_none_or(|(last, _)| *last != sheet) {
            end(current.take());
        }
        current.get_or_insert_with(|| (sheet, Begun::default())).1.take(cell)
    });
    result.map_err(|why| why.told(shown))?;
    end(current);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::chunk::CellKind;

    /// A sheet whose every cell holds a text of so many bytes.
    struct Wide(usize);

    impl Book for Wide {
        fn sheets(&self) -> &[SheetInfo] {
            &[]
        }

        fn is_1904(&self) -> bool {
            false
        }

        fn cells(&mut self, _sheet: usize, _with_merges: bool, take: &mut Take<'_>) -> Result<(), Problem> {
            let text = "a".repeat(self.0);
            for (row, column) in (0..60).flat_map(|row| (0..500).map(move |column| (row, column))) {
                let (text, kind, formula) = (text.as_str().into(), CellKind::Text, Formula::None);
                take(StoredCell { row, column, text, kind, formula, rows_below: 0 })?;
            }
            Ok(())
        }
    }

    #[test]
    fn a_preview_holds_few_rows_and_little_text() {
        let preview = |bytes| {
            let mut shown = Vec::new();
            let visit = &mut |_: usize, preview: &Preview| shown.clone_from(preview);
            previews(&mut Wide(bytes), &[0], "a.xlsx", &Limits::default(), visit).unwrap();
            shown
        };
        assert_eq!(preview(10).len(), PREVIEW_ROWS);
        let long = preview(100_000);
        let held: usize = long.iter().flat_map(|(_, cells)| cells).map(String::len).sum();
        assert!(!long.is_empty() && held <= 2 * PREVIEW_TEXT, "{held}");
    }
}
