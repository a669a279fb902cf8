//! Owns what happens to payment lines before any rule: netting, lines not paid, twins. Must not apply a rule.

use std::cmp::Reverse;

use chrono::NaiveDate;
use pension_audit::domain::{Month, Name};

use super::rows::{Kind, Line, Paid, Person, read_line};
use crate::oracle::projects::{Project, Table, period};

/// The payment lines that count, and the money that lines of 扣回/抵扣 brought back.
pub(super) struct Settled {
    pub(super) lines: Vec<Line>,
    pub(super) set_off: i64,
}

/// The order of equal claims: paid date (absent last), larger total, components, account, file, row.
///
/// Reading: larger components first, because then less is claimed.
pub(super) type Order = (bool, Option<NaiveDate>, Reverse<i64>, Reverse<[i64; 5]>, String, (String, usize));

pub(super) fn order_of(line: &Line) -> Order {
    (
        line.paid_on.is_none(),
        line.paid_on,
        Reverse(line.total()),
        Reverse(line.amount),
        line.account.clone(),
        line.place.clone(),
    )
}

pub(super) fn settle(project: &Project, person: &Person) -> Settled {
    let mut lines = Vec::new();
    let mut undoing = Vec::new();
    let mut set_off = 0;
    for row in person.of(Table::Payments) {
        let Some(line) = read_line(row, project.place(row), &person.seen) else {
            continue;
        };
        match line.kind {
            Kind::MoneyBack => set_off += line.total().abs(),
            Kind::Reversal | Kind::Returned => undoing.push(line),
            // Reading: a line that was not paid leaves first, so that no reversal is spent on it. The status
            // of a reversal or returned line itself is not asked.
            Kind::Normal | Kind::Arrears if line.paid == Paid::No => person.seen.note("status, not paid"),
            Kind::Normal | Kind::Arrears => lines.push(line),
        }
    }
    // Reading: returned lines choose first; a reversal that then finds no line makes leads.
    undoing.sort_by_key(|line| (line.kind == Kind::Reversal, order_of(line)));
    let unmatched: Vec<Line> =
        undoing.into_iter().filter(|undo| !remove_partner(person, &mut lines, undo)).collect();
    for undo in &unmatched {
        if undo.kind == Kind::Returned {
            person.seen.note("netting, returned without partner");
            continue;
        }
        for line in &mut lines {
            line.reversed |= !line.span.intersect(undo.span).is_empty();
        }
    }
    mark_twins(person, &mut lines);
    lines.retain(|line| touches_period(person, line));
    for line in lines.iter().filter(|line| line.paid == Paid::Unclear) {
        if line.total() != 0 {
            person.seen.note("status, unknown word: lead");
        }
    }
    Settled { lines, set_off }
}

/// Removes the line that a reversal or returned line undoes; false if there is none.
fn remove_partner(person: &Person, lines: &mut Vec<Line>, undo: &Line) -> bool {
    let absolute = |line: &Line| line.amount.map(i64::abs);
    let equal: Vec<usize> = (0..lines.len())
        .filter(|&at| lines[at].span == undo.span && absolute(&lines[at]) == absolute(undo))
        .collect();
    let Some(&partner) = equal.iter().max_by_key(|&&at| order_of(&lines[at])) else {
        return false;
    };
    if equal.len() > 1 {
        person.seen.note("netting, of equals the latest paid");
    }
    person.seen.note(match undo.kind {
        Kind::Reversal => "netting, a reversal removes its line",
        _ => "netting, a returned line removes its line",
    });
    lines.remove(partner);
    true
}

/// Marks every line that equals an earlier one in everything.
fn mark_twins(person: &Person, lines: &mut [Line]) {
    for later in 0..lines.len() {
        for earlier in 0..lines.len() {
            let comes_first = order_of(&lines[earlier]) < order_of(&lines[later]);
            if comes_first && are_equal_in_everything(&lines[earlier], &lines[later]) {
                lines[later].twin = true;
                person.seen.note("repeated, suspected double import: lead");
            }
        }
    }
}

fn are_equal_in_everything(one: &Line, other: &Line) -> bool {
    Name::comparison_form(&one.name) == Name::comparison_form(&other.name)
        && one.span == other.span
        && one.amount == other.amount
        && one.total_only == other.total_only
        && one.stated_total == other.stated_total
        && one.paid_on == other.paid_on
        && one.kind_word == other.kind_word
        && one.status_word == other.status_word
        && one.batch == other.batch
        && one.account == other.account
}

fn touches_period(person: &Person, line: &Line) -> bool {
    let touches = !line.span.intersect(period()).is_empty();
    if !touches {
        person.seen.note("period, line outside");
    }
    touches
}

/// The months of a line that lie in the period.
pub(super) fn months_in_period(line: &Line) -> Vec<Month> {
    line.span.months().filter(|&month| period().contains(month)).collect()
}
