//! The written files: one file per format behind one trait.
//!
//! Owns layout. Must not compute: every figure comes from the findings.

mod csv;
mod parquet;
mod table;
mod workbook;

use std::path::Path;

pub use table::{Cells, TableData, tables};

use crate::findings::Findings;
use crate::ingest::{InputHash, Payments};
use crate::messages::Error;
use crate::project::Project;
use crate::rulebook::Rulebook;

/// All that a report may show.
#[derive(Clone, Copy)]
pub struct Content<'a> {
    /// The project.
    pub project: &'a Project,
    /// The rules that ran.
    pub rulebook: &'a Rulebook,
    /// The inputs.
    pub inputs: &'a [InputHash],
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
