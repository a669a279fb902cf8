//! From verdicts to money: every fen is claimed at most once, claims become cases, everything short of a
//! claim becomes a lead, and what could not be checked is told.
//!
//! Owns sums. Must not look at a registry row again, nor know how anything is printed.

mod attribution;
mod cases;
mod coverage;
mod leads;
mod money_back;
mod once;
mod remarks;

use std::collections::{BTreeMap, BTreeSet};

pub use attribution::LineClaim;
pub use cases::Case;
pub use coverage::{CoverageRow, Found, NotCheckable};
pub use leads::Lead;
pub use once::potential_of;

use rayon::prelude::*;

use crate::domain::{CitizenId, PersonKey};
use crate::engine::{Judgement, Match, Remark};
use crate::ingest::{Control, Observations, Payments, Table, Tables};
use crate::messages::Error;
use crate::project::Project;
use crate::rulebook::Rulebook;

/// The whole result of an audit, in the order in which it is written.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The payment lines of which anything is said; claims name lines by their position here.
    pub payments: Payments,
    /// The recovery ledger, by case number.
    pub cases: Vec<Case>,
    /// The claimed lines, by case and place.
    pub claims: Vec<LineClaim>,
    /// The leads.
    pub leads: Vec<Lead>,
    /// Facts without an amount that somebody should look at (提示), by rule and person.
    pub marks: Vec<Remark>,
    /// What was due and was not paid (应发未发), by rule and person.
    pub unpaid: Vec<Remark>,
    /// Rows with damaged numbers, and whom they may be of.
    pub matches: Vec<Match>,
    /// What was checked, by registry and rule.
    pub coverage: Vec<CoverageRow>,
    /// The rows that could not be checked.
    pub not_checkable: Vec<NotCheckable>,
    /// Rows and money in, by file.
    pub controls: Vec<Control>,
    /// What was noticed.
    pub noticed: Observations,
    /// The payees that carry a mark, by mark, ascending.
    pub marked: BTreeMap<String, Vec<PersonKey>>,
    /// The figures of the summary.
    pub totals: Totals,
}

impl Findings {
    /// The leads that are in sums: those of rules on trial are listed and never counted.
    pub fn counted_leads<'f>(&'f self, rulebook: &'f Rulebook) -> impl Iterator<Item = &'f Lead> {
        self.leads.iter().filter(|lead| rulebook.counts(lead.rule))
    }

    /// What was not paid, as far as it is in sums.
    pub fn counted_unpaid<'f>(&'f self, rulebook: &'f Rulebook) -> impl Iterator<Item = &'f Remark> {
        self.unpaid.iter().filter(|owed| rulebook.counts(owed.rule))
    }
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
///
/// # Errors
/// When what was stored cannot be read again.
pub fn conclude(
    tables: &Tables,
    rulebook: &Rulebook,
    project: &Project,
    mut judgement: Judgement,
) -> Result<Findings, Error> {
    let mut noticed = tables.noticed.clone();
    noticed.merge(std::mem::take(&mut judgement.noticed));
    let persons = std::mem::take(&mut judgement.persons);
    let still_paid: BTreeSet<CitizenId> =
        persons.iter().filter(|person| person.still_paid).map(|person| person.id).collect();
    let returns = money_back::line_returns(&judgement.payments, &persons);
    // The verdicts are gone when the cases are built.
    let (claims, line_leads) = attribution::attribute(&judgement.payments, rulebook, persons);
    let mut cases = cases::build(rulebook, project, &judgement, &claims, &still_paid);
    money_back::apply(tables, project, &returns, &mut cases, &mut noticed)?;
    // Cases are large: sorting moves short keys, and each case once.
    cases.par_sort_by_cached_key(cases::sort_key);
    let claims = cases::number_claims(claims, &cases, &judgement.payments);
    let matched = std::mem::take(&mut judgement.matched.persons);
    let (_, matched_leads) = attribution::attribute(&judgement.matched.payments, rulebook, matched);
    let remarks::Sorted { leads: told, marks, unpaid } =
        remarks::sort(rulebook, std::mem::take(&mut judgement.remarks));
    let leads = leads::build(rulebook, &judgement, line_leads, matched_leads, told);
    let damaged = coverage::damaged_payees(tables, project.period)?;
    let found = coverage::found(rulebook.rules.len(), &claims, &cases, &leads, (&marks, &unpaid));
    // A report reads the rejected rows when it is too late to read an input anew.
    tables.check_rejects()?;
    Ok(Findings {
        totals: totals(tables, &judgement, damaged.values().filter(|payee| payee.in_period).count()),
        coverage: coverage::rows(tables, rulebook, project, &judgement, damaged.len(), &found)?,
        not_checkable: coverage::not_checkable(tables, rulebook, project, damaged)?,
        controls: tables.controls.clone(),
        cases,
        claims,
        leads,
        marks,
        unpaid,
        noticed,
        matches: judgement.matched.matches,
        marked: judgement.marked,
        payments: judgement.payments,
    })
}

fn totals(tables: &Tables, judgement: &Judgement, damaged: usize) -> Totals {
    let of_payments = || tables.controls.iter().filter(|control| control.table == Table::Payments);
    let count = |(mark, payees): (&String, &Vec<PersonKey>)| (mark.clone(), payees.len() as u64);
    Totals {
        payees: judgement.payees + damaged as u64,
        payment_lines: of_payments().map(|control| control.kept).sum(),
        payment_fen: of_payments().map(|control| control.fen_kept).sum(),
        marked: judgement.marked.iter().map(count).collect(),
    }
}
