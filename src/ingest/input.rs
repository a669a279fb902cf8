//! What is known of an input before it is read: its file, its table and how to read it.
//!
//! Owns the description only; audit.toml is read by `project`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::encoding::EncodingChoice;
use super::schema::{Column, Table};
use super::vocabulary::Vocabulary;

/// The unit in which amounts are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AmountUnit {
    /// 元
    #[default]
    Yuan,
    /// 分
    Fen,
    /// 万元
    Wan,
}

impl AmountUnit {
    /// The power of ten that turns the unit into fen.
    pub fn decimals(self) -> u32 {
        match self {
            AmountUnit::Fen => 0,
            AmountUnit::Yuan => 2,
            AmountUnit::Wan => 6,
        }
    }
}

/// One `[[input]]`: a file pattern and how to read what it matches.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// The pattern as written, relative to the project.
    pub pattern: String,
    /// The encoding of text files.
    pub encoding: EncodingChoice,
    /// The sheet of a workbook; absent: the one whose headings fit.
    pub sheet: Option<String>,
    /// The number of the heading row, from 1; absent: it is looked for.
    pub header_row: Option<u32>,
    /// Headings that are not recognised by themselves.
    pub columns: BTreeMap<Column, Vec<String>>,
    /// Fixed values for columns that the file lacks.
    pub values: BTreeMap<Column, String>,
    /// What the codes of a column stand for in this file.
    pub codes: BTreeMap<Column, BTreeMap<String, String>>,
    /// The unit of amounts.
    pub units: AmountUnit,
    /// The words of offices.
    pub vocabulary: Arc<Vocabulary>,
}

/// One file that an input's pattern matched.
#[derive(Clone, Debug)]
pub struct InputFile {
    /// The table whose rows it holds.
    pub table: Table,
    /// Where it is.
    pub path: PathBuf,
    /// Its path relative to the project, with `/`: the name in every message and output.
    pub shown: String,
    /// How to read it.
    pub input: Input,
}
