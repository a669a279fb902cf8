//! What was noticed about the inputs that is no reason to reject a row, and the control totals.
//!
//! Owns the counting. Must not decide what follows from an observation.

use std::collections::BTreeMap;

use super::schema::{Column, Table};
use crate::messages::{Observation, RejectReason};

/// A row that was not kept, or a cell of a kept row that is to be corrected.
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
    /// The letter of that cell's column, as a spreadsheet shows it; empty where no cell is at fault.
    pub letter: String,
    /// The ID cell of the row as written.
    pub id_text: String,
    /// The name cell of the row as written.
    pub name: String,
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

    /// Adds what another part of the file held.
    pub(crate) fn add(&mut self, other: &Control) {
        self.rows += other.rows;
        self.kept += other.kept;
        self.rejected += other.rejected;
        self.fen += other.fen;
        self.fen_kept += other.fen_kept;
        self.fen_rejected += other.fen_rejected;
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

impl Noticed {
    const EXAMPLES: usize = 5;

    pub(crate) fn note(&mut self, row: u32) {
        self.merge(1, &[row]);
    }

    /// Adds what another part noticed. The smallest row numbers are kept, so that the order in which parts
    /// are added never shows.
    fn merge(&mut self, count: u64, rows: &[u32]) {
        self.count += count;
        for &row in rows {
            let at = self.rows.partition_point(|&other| other <= row);
            if at < Noticed::EXAMPLES {
                self.rows.insert(at, row);
                self.rows.truncate(Noticed::EXAMPLES);
            }
        }
    }
}

/// What was noticed in one file, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileNotes {
    noticed: BTreeMap<Observation, Noticed>,
    /// How many rows state the sum of the file, and what they state, as far as it can be read.
    totals: u64,
    stated: Option<i128>,
    /// How many words of each column are told apart.
    words: BTreeMap<Column, usize>,
    /// The cells of kept rows that could not be read as what their column means, all of them.
    pub(crate) corrections: Vec<Reject>,
}

impl FileNotes {
    /// How many words of a column are told apart; of the others only their number is known.
    pub(crate) const WORDS: usize = 200;

    /// Notes one occurrence.
    pub(crate) fn note(&mut self, observation: Observation, row: u32) {
        self.noticed.entry(observation).or_default().note(row);
    }

    /// Says where the cells to be corrected stand, and brings them into the order of rows.
    pub(crate) fn place_corrections(&mut self, file: &str, sheet: &str) {
        for cell in &mut self.corrections {
            cell.file = file.to_string();
            cell.sheet = sheet.to_string();
        }
        // Letters of columns: Z stands before AA.
        self.corrections.sort_by(|a, b| {
            let place = |cell: &Reject| (cell.row, cell.letter.len());
            place(a).cmp(&place(b)).then_with(|| a.letter.cmp(&b.letter))
        });
    }

    /// Remembers what a row states as the sum of the file.
    pub(crate) fn state_total(&mut self, fen: Option<i128>) {
        self.totals += 1;
        self.stated = fen.or(self.stated);
    }

    /// Holds the sum that the file states, if it states one only, against the money that was read.
    pub(crate) fn compare_total(&mut self, control: &Control) {
        let row = self.noticed.get(&Observation::TotalRow).and_then(|noticed| noticed.rows.first().copied());
        if let (1, Some(stated), Some(row)) = (self.totals, self.stated, row)
            && stated != control.fen
        {
            self.note(Observation::FooterTotalMismatch { stated, read: control.fen }, row);
        }
    }

    /// Adds what was noticed in a later part of the file, whose rows were counted from `row_base`.
    pub(crate) fn merge(&mut self, other: FileNotes, row_base: u32) {
        for (observation, more) in other.noticed {
            let rows = more.rows.iter().map(|row| row.saturating_add(row_base)).collect();
            let more = Noticed { count: more.count, rows };
            match observation {
                Observation::Word(column, word) => self.insert_word(column, word, &more),
                other => self.insert(other, &more),
            }
        }
        self.totals += other.totals;
        self.stated = other.stated.or(self.stated);
        let moved = |cell: Reject| Reject { row: cell.row.saturating_add(row_base), ..cell };
        self.corrections.extend(other.corrections.into_iter().map(moved));
    }

    /// All of it, by kind.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&Observation, &Noticed)> {
        self.noticed.iter()
    }

    /// Adds a word of a coded column with its count.
    pub(crate) fn insert_word(&mut self, column: Column, word: String, noticed: &Noticed) {
        let observation = Observation::Word(column, word);
        let known = self.words.entry(column).or_default();
        if self.noticed.contains_key(&observation) {
            self.insert(observation, noticed);
        } else if *known < FileNotes::WORDS {
            *known += 1;
            self.insert(observation, noticed);
        } else {
            self.insert(Observation::MoreWords(column), noticed);
        }
    }

    /// Adds a kind with its count.
    pub(crate) fn insert(&mut self, observation: Observation, noticed: &Noticed) {
        self.noticed.entry(observation).or_default().merge(noticed.count, &noticed.rows);
    }
}

/// What was noticed, by file and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observations {
    noticed: BTreeMap<(String, Observation), Noticed>,
}

impl Observations {
    /// Notes one occurrence.
    pub fn note(&mut self, file: &str, observation: Observation, row: u32) {
        self.noticed.entry((file.to_string(), observation)).or_default().note(row);
    }

    /// Adds what was noticed in one file.
    pub(crate) fn add(&mut self, file: &str, notes: &FileNotes) {
        // Which words are worth telling, only a reader of the rules knows.
        let is_told = |observation: &Observation| {
            !matches!(observation, Observation::Word(..) | Observation::MoreWords(_))
        };
        for (observation, noticed) in notes.iter().filter(|(observation, _)| is_told(observation)) {
            let entry = self.noticed.entry((file.to_string(), observation.clone())).or_default();
            entry.merge(noticed.count, &noticed.rows);
        }
    }

    /// Adds a number of occurrences at once, with the first rows.
    pub(crate) fn add_many(&mut self, file: &str, observation: Observation, count: u64, rows: &[u32]) {
        if count > 0 {
            self.noticed.entry((file.to_string(), observation)).or_default().merge(count, rows);
        }
    }

    /// Adds what another part noticed.
    pub fn merge(&mut self, other: Observations) {
        for (key, more) in other.noticed {
            self.noticed.entry(key).or_default().merge(more.count, &more.rows);
        }
    }

    /// All of it, by file and kind.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Observation, &Noticed)> {
        self.noticed.iter().map(|((file, observation), noticed)| (file.as_str(), observation, noticed))
    }
}
