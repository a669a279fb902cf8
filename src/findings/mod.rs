//! From verdicts to money: every fen is claimed at most once, claims become cases, everything short of a
//! claim becomes a lead, and what could not be checked is told.
//!
//! Owns sums. Must not look at a registry row again, nor know how anything is printed.

mod attribution;
mod cases;
mod coverage;
mod leads;
mod money_back;

use std::collections::{BTreeMap, BTreeSet};

pub use attribution::LineClaim;
pub use cases::Case;
pub use coverage::{CoverageRow, NotCheckable};
pub use leads::Lead;

use crate::domain::PersonKey;
use crate::engine::Judgement;
use crate::ingest::{Control, Observations, Reject, Table, Tables};
use crate::project::Project;
use crate::rulebook::Rulebook;

/// The whole result of an audit, in the order in which it is written.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The recovery ledger, by case number.
    pub cases: Vec<Case>,
    /// The claimed lines, by case and place.
    pub claims: Vec<LineClaim>,
    /// The leads.
    pub leads: Vec<Lead>,
    /// What was checked, by registry and rule.
    pub coverage: Vec<CoverageRow>,
    /// The rows that could not be checked.
    pub not_checkable: Vec<NotCheckable>,
    /// The rejected rows.
    pub rejects: Vec<Reject>,
    /// Rows and money in, by file.
    pub controls: Vec<Control>,
    /// What was noticed.
    pub noticed: Observations,
    /// The marks of payees, by person.
    pub marks: BTreeMap<PersonKey, BTreeSet<String>>,
    /// The figures of the summary.
    pub totals: Totals,
}

/// The figures of the summary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Distinct payees of the period: usable ID numbers, and distinct unusable cells.
    pub payees: u64,
    /// Payment lines that were kept.
    pub payment_lines: u64,
    /// Their money in fen.
    pub payment_fen: i128,
    /// Payees that carry a mark, by mark.
    pub marked: BTreeMap<String, u64>,
}

/// Turns verdicts into the result.
pub fn conclude(tables: &Tables, rulebook: &Rulebook, project: &Project, judgement: Judgement) -> Findings {
    let mut noticed = tables.noticed.clone();
    noticed.merge(judgement.noticed.clone());
    let (claims, line_leads) = attribution::attribute(&tables.payments, rulebook, &judgement);
    let mut cases = cases::build(tables, rulebook, project, &judgement, &claims);
    money_back::apply(tables, project, &judgement, &mut cases, &mut noticed);
    cases.sort_by(|a, b| a.case_id.cmp(&b.case_id));
    let claims = cases::number_claims(claims, &cases);
    let leads = leads::build(tables, rulebook, &judgement, line_leads);
    note_marks(tables, &judgement, &mut noticed);
    Findings {
        totals: totals(tables, project, &judgement),
        coverage: coverage::rows(tables, rulebook, &judgement),
        not_checkable: coverage::not_checkable(tables, rulebook, project),
        rejects: sorted(tables.rejects.clone()),
        controls: tables.controls.clone(),
        cases,
        claims,
        leads,
        noticed,
        marks: judgement.marks,
    }
}

fn sorted(mut rejects: Vec<Reject>) -> Vec<Reject> {
    rejects.sort();
    rejects
}

/// Notes each marked payee at the first of the person's lines.
fn note_marks(tables: &Tables, judgement: &Judgement, noticed: &mut Observations) {
    let payments = &tables.payments;
    let mut seen = BTreeSet::new();
    for (line, &key) in payments.key.iter().enumerate() {
        let key = PersonKey(key);
        if judgement.marks.contains_key(&key) && seen.insert(key) {
            let file = &payments.files[usize::from(payments.file[line])];
            noticed.note(file, crate::messages::Observation::AbsentFromParticipants, payments.row[line]);
        }
    }
}

fn totals(tables: &Tables, project: &Project, judgement: &Judgement) -> Totals {
    let payments = &tables.payments;
    let in_period = |line: &usize| !payments.months[*line].intersect(project.period).is_empty();
    let unusable = payments.unusable.iter().filter(|(line, _)| in_period(line));
    let cell = |(&line, (_, text)): (&usize, &(crate::domain::IdDefect, String))| {
        (text.clone(), payments.name(line).to_string())
    };
    let unusable: BTreeSet<(String, String)> = unusable.map(cell).collect();
    let of_payments = || tables.controls.iter().filter(|control| control.table == Table::Payments);
    let mut marked = BTreeMap::new();
    for mark in judgement.marks.values().flatten() {
        *marked.entry(mark.clone()).or_default() += 1;
    }
    Totals {
        payees: (judgement.payees.len() + unusable.len()) as u64,
        payment_lines: of_payments().map(|control| control.kept).sum(),
        payment_fen: of_payments().map(|control| control.fen_kept).sum(),
        marked,
    }
}
