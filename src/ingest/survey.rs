//! What the sheets of a file may be, by their headings alone.
//!
//! Owns the trying of every table on every sheet. Must not choose among them.

use super::heading::{self, Layout, Origin};
use super::input::InputFile;
use super::limits::Limits;
use super::schema::{Column, Table};
use super::source::{Source, check_width};
use crate::messages::{Error, Observation};

/// A sheet of a file, and the tables whose headings it has.
#[derive(Debug)]
pub struct Surveyed {
    /// The name of the sheet; `None` in a format without sheets.
    pub sheet: Option<String>,
    /// The tables that it could be.
    pub fits: Vec<Fit>,
    /// Why it is none, by the table that comes nearest.
    pub refusal: Option<Error>,
}

/// A table that a sheet could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The table.
    pub table: Table,
    /// The row of the heading.
    pub heading_row: u32,
    /// The columns that were found, with their headings.
    pub columns: Vec<(Column, String)>,
    /// The headings that stand for no column of the table.
    pub unused: Vec<String>,
}

/// Looks at a file; with the name of its format, its sheets.
///
/// # Errors
/// When the file cannot be read or is refused whatever it holds.
pub fn survey(file: &InputFile, limits: &Limits) -> Result<(&'static str, Vec<Surveyed>), Error> {
    let mut surveyed = Vec::new();
    let (format, has_sheets) = Source::previews(file, limits, &mut |sheet, preview| {
        let mut input = file.input.clone();
        input.sheet = Some(sheet.to_string());
        surveyed.push(try_tables(Some(sheet), &|table| {
            let layout = heading::find(table, &input, &file.shown, preview)?;
            check_width(&layout, &file.shown, limits)?;
            Ok(fit_of(table, &layout))
        }));
    })?;
    if !has_sheets {
        let columns_as = |table| columns_of(&InputFile { table, ..file.clone() }, limits);
        surveyed.push(try_tables(None, &columns_as));
    }
    Ok((format.name(), surveyed))
}

/// The columns that an input has, as it is read.
///
/// # Errors
/// When the file is refused.
pub fn columns_of(file: &InputFile, limits: &Limits) -> Result<Fit, Error> {
    let (_, form) = Source::open(file, limits)?;
    Ok(fit_of(file.table, &form.layout))
}

/// The columns that a table has in a layout.
fn fit_of(table: Table, layout: &Layout) -> Fit {
    let heading = |column: Column| match layout.origin(column) {
        Some(Origin::Cells(cells)) => {
            let names = cells.iter().map(|&(at, _)| layout.headings[at].as_str());
            Some((column, names.collect::<Vec<_>>().join("+")))
        }
        Some(Origin::Fixed(text)) => Some((column, format!("\"{text}\""))),
        None => None,
    };
    let unused = layout.noticed.iter().filter_map(|observation| match observation {
        Observation::HeadingUnused(heading) => Some(heading.clone()),
        _ => None,
    });
    Fit {
        table,
        heading_row: layout.heading_row,
        columns: table.columns().filter_map(heading).collect(),
        unused: unused.collect(),
    }
}

fn try_tables(sheet: Option<&str>, fit: &dyn Fn(Table) -> Result<Fit, Error>) -> Surveyed {
    let (mut fits, mut refusals) = (Vec::new(), Vec::new());
    for table in Table::ALL {
        match fit(table) {
            Ok(fit) => fits.push(fit),
            Err(why) => refusals.push(why),
        }
    }
    // The first table is the one that every project needs.
    let refusal = refusals.into_iter().next();
    Surveyed { sheet: sheet.map(str::to_string), fits, refusal }
}
