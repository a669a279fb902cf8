//! Components of one benefit month that more than one normal line paid.
//!
//! Arrears and lines for several months take no part. The first line in the order of payment is due.

use std::collections::BTreeMap;

use super::netting::{LineKind, NetLines, payment_order};
use crate::domain::{Month, Name};
use crate::ingest::{Component, Payments};
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
    if !any_month_twice(payments, net) {
        return Vec::new();
    }
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
            found.extend(compare(payments, net, lines[at], &lines[..at]));
        }
    }
    found
}

/// Whether two normal lines stand for one month at all: nearly nobody has any.
fn any_month_twice(payments: &Payments, net: &NetLines) -> bool {
    let normal = net.paid.iter().filter(|(_, kind)| *kind == LineKind::Normal);
    let mut months: Vec<Month> = normal.map(|&(line, _)| payments.months[line].from).collect();
    months.sort_unstable();
    months.windows(2).any(|pair| pair[0] == pair[1])
}

fn compare(payments: &Payments, net: &NetLines, line: usize, earlier: &[usize]) -> Option<Repetition> {
    let own = paid_scope(payments, line);
    let form = Name::comparison_form(payments.name(line));
    let agrees = |other: usize| !form.is_empty() && Name::comparison_form(payments.name(other)) == form;
    let paid_by = |lines: &mut dyn Iterator<Item = usize>| {
        lines.fold(Scope::NONE, |scope, other| scope.union(paid_scope(payments, other)))
    };
    let is_same_form_of_line = |other: usize| payments.total_only[other] == payments.total_only[line];
    // A line that may not have been paid proves nothing against a later one.
    let is_certain = |other: usize| !net.doubtful.contains(&other);
    let comparable = |other: usize| agrees(other) && is_same_form_of_line(other) && is_certain(other);
    let certain = both(own, paid_by(&mut earlier.iter().copied().filter(|&other| comparable(other))));
    let involved = |wanted: Scope| -> Vec<usize> {
        earlier
            .iter()
            .copied()
            .filter(|&other| !both(paid_scope(payments, other), wanted).is_empty())
            .collect()
    };
    // Under another name, or where a total meets components, nobody can say what was paid twice.
    let total_meets_components = earlier.iter().any(|&other| !is_same_form_of_line(other));
    let (possible, reason) = if total_meets_components {
        (own, LeadReason::RepeatedTotalOnly)
    } else if earlier.iter().any(|&other| agrees(other) && !is_certain(other)) {
        (both(own, paid_by(&mut earlier.iter().copied())), LeadReason::PayStatusUndecided)
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

/// Whether a line equals an earlier one in everything that a file says of them: one row imported twice is not
/// two payments. Words are numbers of one table, so equal numbers are equal texts.
pub(super) fn is_twin(payments: &Payments, net: &NetLines, line: usize) -> bool {
    let is_same = |&(earlier, _): &(usize, LineKind)| {
        payments.months[earlier] == payments.months[line]
            && payments.amounts[earlier] == payments.amounts[line]
            && payments.total[earlier] == payments.total[line]
            && payments.total_only[earlier] == payments.total_only[line]
            && payments.paid_day[earlier] == payments.paid_day[line]
            && payments.words[earlier] == payments.words[line]
    };
    net.paid.iter().take_while(|(earlier, _)| *earlier != line).any(is_same)
}
