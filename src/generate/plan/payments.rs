//! People whose payment lines need a second look: returned, reversed, split, repeated or late.
//!
//! Owns the payment kinds. What was returned, reversed or refused was not paid.

use super::deaths::{civil_row, damaged};
use super::{Batch, Maker, Spec, days_after, shift};
use crate::domain::MonthSpan;
use crate::generate::key::{POST_DEATH, REPEATED};
use crate::generate::lines::{ARREARS, Line, MONEY_BACK, NORMAL, REPAID, RETURNED, REVERSAL, Scope};
use crate::generate::people::Payee;

/// A payee who dies in the month of the event, with a row in a death list, paid for one month more.
fn paid_once_too_often(m: &mut Maker, spec: &Spec, out: &mut Batch) -> Payee {
    let payee = m.payee_until(spec.event.next());
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(row);
    payee
}

/// Puts lines behind the regular line of the month of the event or of a later one.
fn insert_after(lines: &mut Vec<Line>, at: usize, more: impl IntoIterator<Item = Line>) {
    let behind = (at + 1).min(lines.len());
    lines.splice(behind..behind, more);
}

fn position(lines: &[Line], month: crate::domain::Month) -> usize {
    lines.iter().position(|line| line.months.from == month).unwrap_or(0)
}

pub(super) fn returned_after_death(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = paid_once_too_often(m, spec, out);
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event.next());
    let returned = lines[at].later(3, 2, RETURNED);
    let returned = if m.rng.chance(1, 2) { returned.negative() } else { returned };
    insert_after(&mut lines, at, [returned]);
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

pub(super) fn reversed_after_death(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = paid_once_too_often(m, spec, out);
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event.next());
    let reversed = lines[at].later(5, 2, REVERSAL).negative();
    insert_after(&mut lines, at, [reversed]);
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

pub(super) fn refused_after_death(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = paid_once_too_often(m, spec, out);
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event.next());
    lines[at].status = m.rng.pick(&["失败", "退票", "未发"]);
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

/// A reversal of another amount than was paid: what it reverses, a person must find out.
pub(super) fn unmatched_reversal(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = paid_once_too_often(m, spec, out);
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event.next());
    let potential = lines[at].amount(Scope::All);
    let mut reversed = lines[at].later(5, 2, REVERSAL);
    reversed.parts = [Some(10_000), Some(0), Some(0)];
    reversed.total = 10_000;
    insert_after(&mut lines, at, [reversed.negative()]);
    payee.lines = Some(lines);
    out.lead(spec, payee, POST_DEATH, Some(potential));
}

/// Arrears of an increase, paid after the death for months of the lifetime.
pub(super) fn arrears_before_death(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = paid_once_too_often(m, spec, out);
    payee.last = spec.event;
    let mut lines = m.lines(&payee);
    let months = MonthSpan::through(shift(spec.event, -1), spec.event);
    let arrears = Line::of_parts(months, shift(spec.event, 2), [Some(1000), None, None]);
    lines.push(Line { kind: ARREARS, batch: (arrears.batch.0, 4), ..arrears });
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

/// One line of arrears for five months, three of which lie after the death: three fifths of 25 yuan.
pub(super) fn arrears_across_death(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = paid_once_too_often(m, spec, out);
    payee.last = spec.event;
    let mut lines = m.lines(&payee);
    let months = MonthSpan::through(shift(spec.event, -1), shift(spec.event, 3));
    let arrears = Line::of_parts(months, shift(spec.event, 3), [Some(2500), None, None]);
    lines.push(Line { kind: ARREARS, batch: (arrears.batch.0, 4), ..arrears });
    payee.lines = Some(lines);
    out.lead(spec, payee, POST_DEATH, Some(1500));
}

/// Dies in the last month of the period; the line after it belongs to another audit.
pub(super) fn outside_period(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let event = m.period.last();
    let mut payee = paid_once_too_often(m, &Spec { event, ..*spec }, out);
    payee.lines = Some(m.lines(&payee));
    out.clean(spec, payee);
}

pub(super) fn refused_then_repaid(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event);
    let repaid = lines[at].later(10, 2, REPAID);
    lines[at].status = m.rng.pick(&["失败", "退票"]);
    insert_after(&mut lines, at, [repaid]);
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

pub(super) fn returned_then_repaid(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event);
    let more = [lines[at].later(3, 2, RETURNED), lines[at].later(10, 3, REPAID)];
    insert_after(&mut lines, at, more);
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

pub(super) fn reversed_then_repaid(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event);
    let more = [lines[at].later(5, 2, REVERSAL).negative(), lines[at].later(12, 3, REPAID)];
    insert_after(&mut lines, at, more);
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

/// Every month in two lines that have no component in common.
pub(super) fn basic_and_account_apart(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let mut lines = Vec::new();
    for line in m.lines(&payee) {
        let [basic, addition, account] = line.parts;
        let month = line.months.from;
        lines.push(Line::of_parts(line.months, month, [basic, addition, None]));
        let own = Line::of_parts(line.months, month, [None, None, account]);
        lines.push(Line { batch: (month, 2), ..own });
    }
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

/// Three months were paid at the old rate; the difference follows in one line.
pub(super) fn arrears_of_increase(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    const STEP: i64 = 500;
    let mut payee = m.payee();
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event);
    for line in lines.iter_mut().skip(at).take(3) {
        line.parts[0] = line.parts[0].map(|basic| basic - STEP);
        line.total -= STEP;
    }
    let months = MonthSpan::through(spec.event, shift(spec.event, 2));
    let arrears = Line::of_parts(months, shift(spec.event, 3), [Some(3 * STEP), None, None]);
    let behind = at + 2;
    insert_after(&mut lines, behind, [Line { kind: ARREARS, batch: (arrears.batch.0, 4), ..arrears }]);
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

pub(super) fn money_back(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event);
    let back = Line::of_parts(lines[at].months, spec.event, [Some(-3000), None, None]);
    insert_after(&mut lines, at, [Line { kind: MONEY_BACK, batch: (spec.event, 5), ..back }]);
    payee.lines = Some(lines);
    out.clean(spec, payee);
}

/// Paid twice in one month by two batches.
pub(super) fn repeated(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event);
    let again = lines[at].later(8, 2, NORMAL);
    let due = again.amount(Scope::All);
    insert_after(&mut lines, at, [again]);
    payee.lines = Some(lines);
    out.claim(spec, payee, REPEATED, due);
}

/// The very same line twice: perhaps only the file holds it twice.
pub(super) fn double_import(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event);
    let again = lines[at].clone();
    let potential = again.amount(Scope::All);
    insert_after(&mut lines, at, [again]);
    payee.lines = Some(lines);
    out.lead(spec, payee, REPEATED, Some(potential));
}

pub(super) fn twice_two_names(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event);
    let mut again = lines[at].later(8, 2, NORMAL);
    again.name = Some(m.names.other_than(&payee.name, &mut m.rng));
    let potential = again.amount(Scope::All);
    insert_after(&mut lines, at, [again]);
    payee.lines = Some(lines);
    out.lead(spec, payee, REPEATED, Some(potential));
}

pub(super) fn total_meets_components(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let mut lines = m.lines(&payee);
    let at = position(&lines, spec.event);
    let again = lines[at].later(8, 2, NORMAL).total_only();
    let potential = again.amount(Scope::All);
    insert_after(&mut lines, at, [again]);
    payee.lines = Some(lines);
    out.lead(spec, payee, REPEATED, Some(potential));
}

/// The payment files know a number that a spreadsheet has damaged; half of them stand in a death list.
pub(super) fn id_damaged(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    let has_died = m.rng.chance(1, 2);
    if has_died {
        let died = m.day_in(spec.event);
        let row = civil_row(m, &payee, died);
        out.registers.deaths.push(row);
    }
    payee.id_text = damaged(payee.id, m.rng.chance(1, 3));
    if has_died {
        // Fifteen digits and the name point at the dead.
        let potential = m.paid_from(&payee, spec.event.next(), Scope::All);
        out.lead(spec, payee, POST_DEATH, Some(potential));
    } else {
        out.clean(spec, payee);
    }
}

/// Already 60 when the scheme began: nothing was to be contributed, so the list has no row.
pub(super) fn already_60_at_start(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let latest = chrono::NaiveDate::from_ymd_opt(1949, 12, 31).unwrap_or_default();
    let birth = days_after(latest, -m.rng.between(0, 7000));
    let mut payee = m.payee_born(birth);
    payee.listed = false;
    out.clean(spec, payee);
}
