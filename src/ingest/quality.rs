//! What was noticed about the inputs that is no reason to reject a row, and the control totals.
//!
//! Owns the counting. Must not decide what follows from an observation.

use std::collections::BTreeMap;

use super::schema::Table;
use crate::messages::{Observation, RejectReason};

/// A row that was not kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// The file.
    pub file: String,
    /// The sheet, where the input names one.
    pub sheet: String,
    /// The row in the file.
    pub row: u32,
    /// The heading of the cell that could not be read.
    pub column: String,
    /// The cell as written.
    pub value: String,
    /// Why.
    pub reason: RejectReason,
}

/// What one file held: rows and money in, kept and rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// The table.
    pub table: Table,
    /// The file.
    pub file: String,
    /// Rows that hold anything.
    pub rows: u64,
    /// Rows that were kept.
    pub kept: u64,
    /// Rows that were rejected.
    pub rejected: u64,
    /// The money of all rows whose amounts can be read, in fen.
    pub fen: i128,
    /// The money of the kept rows.
    pub fen_kept: i128,
    /// The money of the rejected rows whose amounts can be read.
    pub fen_rejected: i128,
}

impl Control {
    pub(crate) fn new(table: Table, file: &str) -> Control {
        Control {
            table,
            file: file.to_string(),
            rows: 0,
            kept: 0,
            rejected: 0,
            fen: 0,
            fen_kept: 0,
            fen_rejected: 0,
        }
    }

    /// Counts a row, on both sides of the balance.
    pub(crate) fn count(&mut self, kept: bool, fen: i128) {
        self.rows += 1;
        self.fen += fen;
        if kept {
            self.kept += 1;
            self.fen_kept += fen;
        } else {
            self.rejected += 1;
            self.fen_rejected += fen;
        }
    }
}

/// How often something was noticed in a file, and the first rows where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    /// How often.
    pub count: u64,
    /// The first rows.
    pub rows: Vec<u32>,
}

/// What was noticed, by file and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observations {
    noticed: BTreeMap<(String, Observation), Noticed>,
}

impl Observations {
    const EXAMPLES: usize = 5;

    /// Notes one occurrence.
    pub fn note(&mut self, file: &str, observation: Observation, row: u32) {
        let key = (file.to_string(), observation);
        let noticed = self.noticed.entry(key).or_default();
        noticed.count += 1;
        if noticed.rows.len() < Observations::EXAMPLES {
            noticed.rows.push(row);
        }
    }

    /// Adds what another part noticed.
    pub fn merge(&mut self, other: Observations) {
        for (key, more) in other.noticed {
            let noticed = self.noticed.entry(key).or_default();
            noticed.count += more.count;
            let room = Observations::EXAMPLES.saturating_sub(noticed.rows.len());
            noticed.rows.extend(more.rows.into_iter().take(room));
        }
    }

    /// These together with others.
    pub(crate) fn merged(mut self, other: Observations) -> Observations {
        self.merge(other);
        self
    }

    /// All of it, by file and kind.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Observation, &Noticed)> {
        self.noticed.iter().map(|((file, observation), noticed)| (file.as_str(), observation, noticed))
    }
}
