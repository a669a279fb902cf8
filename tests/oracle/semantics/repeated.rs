//! Owns M-05: which components of a line were already paid by another line. Must not know other rules.

use pension_audit::domain::Name;

use super::payments::order_of;
use super::rows::{Kind, Line, OTHER, Paid, Person};

/// What is repeated on one line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Repeated {
    pub(super) established: [bool; 5],
    pub(super) lead: [bool; 5],
}

fn takes_part(line: &Line) -> bool {
    line.kind == Kind::Normal && line.span.len() == 1
}

/// What is repeated on the line at `at`, among all lines of the person that count.
pub(super) fn judge(person: &Person, lines: &[Line], at: usize) -> Repeated {
    let line = &lines[at];
    let mut repeated = Repeated::default();
    for (other_at, other) in lines.iter().enumerate() {
        let shares_month = !other.span.intersect(line.span).is_empty() && other_at != at;
        if shares_month && (other.span.len() > 1 || line.span.len() > 1) {
            person.seen.note("several months, never part of repeated");
        } else if shares_month && !(takes_part(line) && takes_part(other)) {
            person.seen.note("repeated, arrears are no part of it");
        } else if shares_month && order_of(other) < order_of(line) {
            compare(person, other, line, &mut repeated);
        }
    }
    for component in 0..5 {
        repeated.lead[component] &= !repeated.established[component];
    }
    repeated
}

/// Compares a line with one that was paid before it.
///
/// Reading: a line that may not have been paid, and a line that may be a double import, repeats nothing for
/// certain; where either is one of the two, the amount is a lead.
fn compare(person: &Person, first: &Line, later: &Line, repeated: &mut Repeated) {
    let both = |line: &Line, component: usize| line.amount[component] > 0;
    if first.total_only != later.total_only {
        for component in 0..5 {
            repeated.lead[component] |= both(later, component);
        }
        person.seen.note("repeated, total-only meets component line: lead");
        return;
    }
    let common: Vec<usize> = (0..5).filter(|&c| both(first, c) && both(later, c)).collect();
    if common.is_empty() {
        person.seen.note("repeated, disjoint components are lawful");
        return;
    }
    let same_name = Name(first.name.clone()).agrees(&Name(later.name.clone()));
    if !same_name {
        person.seen.note("repeated, names differ: lead");
    }
    let certain = same_name && !later.twin && later.paid == Paid::Yes && first.paid == Paid::Yes;
    for &component in &common {
        if certain {
            repeated.established[component] = true;
        } else {
            repeated.lead[component] = true;
        }
    }
    if certain {
        note_details(person, first, later, &common);
    }
}

fn note_details(person: &Person, first: &Line, later: &Line, common: &[usize]) {
    let seen = &person.seen;
    seen.note("repeated, later amount claimed");
    if common.iter().any(|&c| first.amount[c] != later.amount[c]) {
        seen.note("repeated, unequal amounts");
    }
    if (0..5).any(|c| later.amount[c] > 0 && !common.contains(&c)) {
        seen.note("repeated, only the common component");
    }
    if first.total_only && common == [OTHER] {
        seen.note("repeated, two lines with only a total");
    }
    match (first.paid_on, later.paid_on) {
        (Some(_), None) => seen.note("repeated, absent paid date last"),
        (one, two) if one != two => seen.note("repeated, order by paid date"),
        _ if first.total() != later.total() => seen.note("repeated, larger total first"),
        _ if first.amount != later.amount => seen.note("repeated, components decide the order"),
        _ => {}
    }
}
