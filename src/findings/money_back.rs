//! What has already come back, and to which case it belongs.
//!
//! Repayments name a case or a person; deductions from a funeral grant belong to the overpayment after that
//! death; set-off lines belong to the person's only case. What belongs to no single case is never guessed:
//! it is marked.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rayon::prelude::*;

use super::cases::Case;
use crate::domain::{CitizenId, Fen};
use crate::engine::PersonVerdict;
use crate::ingest::{Column, Observations, Payments, RegistryRow, Table, Tables};
use crate::messages::{Error, MARK_OVER_RECOVERED, MARK_POSSIBLE_SETOFF, Observation};
use crate::project::Project;
use crate::rulebook::CaseType;

/// The money-back lines of all persons.
pub(super) fn line_returns(payments: &Payments, persons: &[PersonVerdict]) -> Vec<(CitizenId, Fen)> {
    let of_line = |id: CitizenId, line: usize| {
        let sum: i64 = payments.amounts[line].iter().sum();
        (id, Fen(sum.abs()))
    };
    let lines = persons.iter().flat_map(|person| person.money_back.iter().map(|&line| (person.id, line)));
    lines.map(|(id, line)| of_line(id, line)).collect()
}

/// Where the cases of a person stand, and the case of a number.
struct CaseIndex {
    persons: Vec<(CitizenId, usize)>,
    /// By the case number in small letters; empty where nobody asks.
    numbers: HashMap<String, usize>,
}

impl CaseIndex {
    fn of(cases: &[Case], by_number: bool) -> CaseIndex {
        let mut persons: Vec<(CitizenId, usize)> =
            cases.iter().enumerate().map(|(at, case)| (case.id, at)).collect();
        persons.par_sort_unstable();
        let mut numbers = HashMap::new();
        for (at, case) in cases.iter().enumerate().filter(|_| by_number) {
            // Two rules of an overlay may give a person two cases of one type: the first one has the number.
            numbers.entry(case.case_id.to_ascii_lowercase()).or_insert(at);
        }
        CaseIndex { persons, numbers }
    }

    /// The cases of a person, in the order in which they stand.
    fn of_person(&self, id: CitizenId) -> impl Iterator<Item = usize> + Clone + '_ {
        let start = self.persons.partition_point(|(other, _)| *other < id);
        self.persons[start..].iter().take_while(move |(other, _)| *other == id).map(|&(_, at)| at)
    }

    fn of_number(&self, stated: &str) -> Option<usize> {
        self.numbers.get(&stated.to_ascii_lowercase()).copied()
    }
}

/// Applies repayments, deductions and set-off lines to the cases.
pub(super) fn apply(
    tables: &Tables,
    project: &Project,
    returns: &[(CitizenId, Fen)],
    cases: &mut [Case],
    noticed: &mut Observations,
) -> Result<(), Error> {
    let repayments = tables.rows(Table::Repayments)?;
    let index = CaseIndex::of(cases, !repayments.is_empty());
    // Summed before they are spread, so that the order of rows never shows.
    let mut repaid: BTreeMap<Vec<usize>, Fen> = BTreeMap::new();
    for row in repayments {
        if let Some((candidates, amount)) = repayment(&row, project.as_of, &index, noticed) {
            let so_far = repaid.entry(candidates).or_default();
            *so_far = sum(*so_far, amount);
        }
    }
    for (candidates, amount) in repaid {
        pay_back(cases, &candidates, amount);
    }
    for row in tables.rows(Table::FuneralGrants)? {
        apply_deduction(&row, project.as_of, cases, &index);
    }
    for (id, amount) in returns {
        let own = index.of_person(*id);
        let of_payments: Vec<usize> =
            own.clone().filter(|&at| cases[at].case_type != CaseType::FuneralExclusive).collect();
        if of_payments.is_empty() {
            // It was set off against something, but no case of this audit is about payments.
            for at in own {
                cases[at].marks.insert(MARK_POSSIBLE_SETOFF.to_string());
            }
        }
        set_off(cases, &of_payments, *amount);
    }
    for case in cases.iter_mut().filter(|case| case.outstanding() < Fen::ZERO) {
        case.marks.insert(MARK_OVER_RECOVERED.to_string());
    }
    Ok(())
}

/// Sets money off against the only case; where there are several, each is marked instead.
fn set_off(cases: &mut [Case], candidates: &[usize], amount: Fen) {
    if let [only] = candidates {
        cases[*only].setoff = sum(cases[*only].setoff, amount);
        return;
    }
    for &at in candidates {
        cases[at].marks.insert(MARK_POSSIBLE_SETOFF.to_string());
    }
}

fn sum(a: Fen, b: Fen) -> Fen {
    [a, b].into_iter().sum()
}

/// A deduction from the grant of a dead person was made for what was overdrawn after the death.
fn apply_deduction(row: &RegistryRow, as_of: NaiveDate, cases: &mut [Case], index: &CaseIndex) {
    let (Ok(id), Some(deducted)) = (row.id, row.amount(Column::Deducted)) else {
        return;
    };
    if deducted == Fen::ZERO || row.date(Column::PaidDate).is_some_and(|day| day > as_of) {
        return;
    }
    let own = index.of_person(id);
    let after_death: Vec<usize> =
        own.clone().filter(|&at| cases[at].case_type == CaseType::PostDeath).collect();
    let of_payments: Vec<usize> =
        own.clone().filter(|&at| cases[at].case_type != CaseType::FuneralExclusive).collect();
    set_off(cases, if after_death.is_empty() { &of_payments } else { &after_death }, deducted);
}

/// The cases to which a repayment belongs, and its amount.
fn repayment(
    row: &RegistryRow,
    as_of: NaiveDate,
    index: &CaseIndex,
    noticed: &mut Observations,
) -> Option<(Vec<usize>, Fen)> {
    let amount = row.amount(Column::Amount)?;
    if row.date(Column::ReceivedOn).is_some_and(|day| day > as_of) {
        return None;
    }
    let named = index.of_number(row.text(Column::CaseId).trim());
    // The name is not asked, and a case number that is not known gives way to the person's number: money
    // that came back is never demanded again.
    let of_person = || row.id.map(|id| index.of_person(id).collect()).unwrap_or_default();
    let candidates = named.map_or_else(of_person, |at| vec![at]);
    if candidates.is_empty() {
        noticed.note(&row.file, Observation::RepaymentWithoutCase, row.row);
        return None;
    }
    Some((candidates, amount))
}

/// Spreads a repayment over a person's cases in order of precedence, each up to what is outstanding; what
/// is left stays with the first.
fn pay_back(cases: &mut [Case], candidates: &[usize], amount: Fen) {
    let mut left = amount;
    for &at in candidates {
        let part = cases[at].outstanding().max(Fen::ZERO).min(left.max(Fen::ZERO));
        cases[at].recovered = sum(cases[at].recovered, part);
        left = sum(left, Fen(-part.0));
    }
    cases[candidates[0]].recovered = sum(cases[candidates[0]].recovered, left);
}
