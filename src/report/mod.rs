//! The written files: one file per format behind one trait.
//!
//! Owns layout. Must not compute: every figure comes from the findings.

mod csv;
mod parquet;
mod table;
mod workbook;

use std::path::Path;

use rayon::prelude::*;
pub use table::{Cells, TableData, tables};

use crate::findings::Findings;
use crate::ingest::{Payments, Tables};
use crate::messages::{self, Error};
use crate::project::Project;
use crate::rulebook::Rulebook;

/// All that a report may show.
#[derive(Clone, Copy)]
pub struct Content<'a> {
    /// The project.
    pub project: &'a Project,
    /// The rules that ran.
    pub rulebook: &'a Rulebook,
    /// The inputs, and the rows of them that were rejected.
    pub tables: &'a Tables,
    /// The payment lines.
    pub payments: &'a Payments,
    /// The result.
    pub findings: &'a Findings,
}

/// A format that writes its files into a folder.
pub trait Report {
    /// Writes all files of the format.
    fn write(&self, content: &Content<'_>, folder: &Path) -> Result<(), Error>;
}

/// Why a table was not written.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Writes every table into a file of its own, side by side.
fn write_tables(
    content: &Content<'_>,
    folder: &Path,
    extension: &str,
    write: impl Fn(&TableData<'_>, &Path) -> Result<(), Failure> + Sync,
) -> Result<(), Error> {
    let written = tables(content).into_par_iter().map(|table| {
        let name = format!("{}.{extension}", table.name);
        write(&table, &folder.join(&name)).map_err(|why| match why.downcast::<Error>() {
            // The rows could not be read: the place where they were to be written is not to blame.
            Ok(unreadable) => *unreadable,
            Err(why) => messages::cannot_write(&name, &why),
        })
    });
    written.collect()
}

/// The formats that a run writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// The csv files.
    pub csv: bool,
    /// The parquet files.
    pub parquet: bool,
    /// The workbook.
    pub xlsx: bool,
}

impl Formats {
    /// Everything.
    pub const ALL: Formats = Formats { csv: true, parquet: true, xlsx: true };
    /// Only the csv files.
    pub const CSV_ONLY: Formats = Formats { csv: true, parquet: false, xlsx: false };

    /// The writers of the chosen formats, with the names of the formats.
    pub fn reports(self) -> Vec<(&'static str, Box<dyn Report>)> {
        let mut reports: Vec<(&'static str, Box<dyn Report>)> = Vec::new();
        if self.csv {
            reports.push(("csv", Box::new(csv::CsvFiles)));
        }
        if self.parquet {
            reports.push(("parquet", Box::new(parquet::ParquetFiles)));
        }
        if self.xlsx {
            reports.push(("xlsx", Box::new(workbook::Workbook)));
        }
        reports
    }
}

impl Default for Formats {
    fn default() -> Formats {
        Formats::ALL
    }
}
