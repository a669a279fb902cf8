//! The answer key: what an audit of the generated project has to find, person by person.
//!
//! Owns the columns. It is filled where a person is planted and never by a run of the engine.

use super::registers::{Cell, Row};

pub(super) const POST_DEATH: &str = "post_death";
pub(super) const IN_CUSTODY: &str = "in_custody";
pub(super) const DUAL_PENSION: &str = "dual_pension";
pub(super) const REPEATED: &str = "repeated_payment";
pub(super) const FUNERAL: &str = "funeral_exclusive";

/// What must become of a planted person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// A row of the ledger.
    Ledger,
    /// A lead, never in the ledger.
    Lead,
    /// Neither.
    Clean,
}

impl Expect {
    /// The word in the file.
    pub(super) fn word(self) -> &'static str {
        match self {
            Expect::Ledger => "ledger",
            Expect::Lead => "lead",
            Expect::Clean => "clean",
        }
    }
}

/// One planted person.
#[derive(Clone, Debug)]
pub(super) struct KeyRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) expect: Expect,
    pub(super) case_type: &'static str,
    pub(super) due: i64,
    /// `None`: not known.
    pub(super) potential: Option<i64>,
}

impl Row for KeyRow {
    const HEADINGS: &'static [&'static str] =
        &["id_number", "name", "kind", "expect", "case_type", "due_fen", "potential_fen"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.id).into(),
            (&self.name).into(),
            self.kind.into(),
            self.expect.word().into(),
            self.case_type.into(),
            Cell::Text(self.due.to_string()),
            self.potential.map_or(Cell::Empty, |fen| Cell::Text(fen.to_string())),
        ]
    }
}
