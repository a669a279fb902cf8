//! Components of one benefit month that more than one normal line paid.
//!
//! Arrears and lines for several months take no part. The first line in the order of payment is due.

use std::collections::BTreeMap;

use super::netting::{LineKind, NetLines, payment_order};
use crate::domain::{Month, Name};
use crate::ingest::{Component, Payments, Words};
use crate::messages::LeadReason;
use crate::rulebook::Scope;

/// What is repeated on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repetition {
    pub(super) line: usize,
    /// The components that an earlier line under the same name had paid.
    pub(super) claimed: Scope,
    /// The components that may have been paid before, and why that is not certain.
    pub(super) doubtful: Option<(Scope, LeadReason)>,
    /// The lines that had paid before.
    pub(super) earlier: Vec<usize>,
}

/// Finds the repetitions among a person's net lines.
pub(super) fn find(payments: &Payments, net: &NetLines) -> Vec<Repetition> {
    let mut by_month: BTreeMap<Month, Vec<usize>> = BTreeMap::new();
    for &(line, kind) in &net.paid {
        if kind == LineKind::Normal && payments.months[line].len() == 1 {
            by_month.entry(payments.months[line].from).or_default().push(line);
        }
    }
    let mut found = Vec::new();
    for lines in by_month.values_mut().filter(|lines| lines.len() > 1) {
        lines.sort_by_key(|&line| payment_order(payments, line));
        for at in 1..lines.len() {
            found.extend(compare(payments, lines[at], &lines[..at]));
        }
    }
    found
}

fn compare(payments: &Payments, line: usize, earlier: &[usize]) -> Option<Repetition> {
    let own = paid_scope(payments, line);
    let form = Name::comparison_form(payments.name(line));
    let agrees = |other: usize| !form.is_empty() && Name::comparison_form(payments.name(other)) == form;
    let paid_by = |lines: &mut dyn Iterator<Item = usize>| {
        lines.fold(Scope::NONE, |scope, other| scope.union(paid_scope(payments, other)))
    };
    let is_same_form_of_line = |other: usize| payments.total_only[other] == payments.total_only[line];
    let comparable = |other: usize| agrees(other) && is_same_form_of_line(other);
    let certain = both(own, paid_by(&mut earlier.iter().copied().filter(|&other| comparable(other))));
    let is_twin = earlier.iter().any(|&other| is_identical(payments, line, other));
    let involved = |wanted: Scope| -> Vec<usize> {
        earlier
            .iter()
            .copied()
            .filter(|&other| !both(paid_scope(payments, other), wanted).is_empty())
            .collect()
    };
    if is_twin && !certain.is_empty() {
        let doubtful = Some((certain, LeadReason::DoubleImport));
        return Some(Repetition { line, claimed: Scope::NONE, doubtful, earlier: involved(certain) });
    }
    // Under another name, or where a total meets components, nobody can say what was paid twice.
    let total_meets_components = earlier.iter().any(|&other| !is_same_form_of_line(other));
    let (possible, reason) = if total_meets_components {
        (own, LeadReason::RepeatedTotalOnly)
    } else {
        (both(own, paid_by(&mut earlier.iter().copied())), LeadReason::RepeatedNamesDiffer)
    };
    let more = possible.minus(certain);
    if certain.is_empty() && more.is_empty() {
        return None;
    }
    let doubtful = (!more.is_empty()).then_some((more, reason));
    let earlier = if total_meets_components { earlier.to_vec() } else { involved(certain.union(more)) };
    Some(Repetition { line, claimed: certain, doubtful, earlier })
}

fn both(a: Scope, b: Scope) -> Scope {
    Scope(a.0 & b.0)
}

/// The components in which a line paid anything.
fn paid_scope(payments: &Payments, line: usize) -> Scope {
    let amounts = payments.amounts[line];
    Scope::of(Component::ALL.into_iter().filter(|&component| amounts[component as usize] > 0))
}

/// Whether two lines are equal in everything that a file says of them, so that one may be the other imported
/// again. Names are numbers of one table, so equal numbers are equal texts.
fn is_identical(payments: &Payments, a: usize, b: usize) -> bool {
    let facts = |line: usize| -> (Words, [i64; 5], i64, i32, bool) {
        (
            payments.words[line],
            payments.amounts[line],
            payments.total[line],
            payments.paid_day[line],
            payments.total_only[line],
        )
    };
    facts(a) == facts(b)
}
