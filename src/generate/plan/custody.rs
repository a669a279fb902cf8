//! People in a list of courts, prisons or supervision.
//!
//! Owns the custody kinds. A term served inside bars from the month after its start through the month of its
//! end.

use chrono::NaiveDate;

use super::{Batch, Maker, Spec, days_after, shift, year_of};
use crate::domain::Month;
use crate::generate::key::IN_CUSTODY;
use crate::generate::lines::Scope;
use crate::generate::people::Payee;
use crate::generate::registers::Custody;

const COURT: &str = "法院判决";
const PRISON: &str = "监狱在押名册";
const SUPERVISION: &str = "社区矫正机构";

/// A row about a payee, sentenced some weeks before a day.
fn row(m: &mut Maker, payee: &Payee, start: NaiveDate) -> Custody {
    let sentenced = days_after(start, -m.rng.between(20, 50));
    let judgment = m.judgment(year_of(sentenced));
    Custody {
        id: payee.id.text(),
        name: payee.name.clone(),
        sentenced: Some(sentenced),
        effective: Some(days_after(sentenced, 11)),
        judgment,
        ..Custody::default()
    }
}

/// A long term in prison that starts in a month.
fn prison_row(m: &mut Maker, payee: &Payee, month: Month) -> Custody {
    let start = m.day_in(month);
    Custody {
        term_from: Some(start),
        admitted: Some(start),
        term_to: Some(days_after(start, 729)),
        sentence: "有期徒刑二年",
        enforcement: "监狱",
        source: PRISON,
        ..row(m, payee, start)
    }
}

pub(super) fn prison(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let row = prison_row(m, &payee, spec.event);
    out.registers.custody.push(Custody { twice: true, ..row });
    let due = m.paid_from(&payee, spec.event.next(), Scope::All);
    out.claim(spec, payee, IN_CUSTODY, due);
}

/// A suspended sentence that was revoked: the second row bars, and only from its own start.
pub(super) fn revoked_suspension(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let suspended = m.day_in(shift(spec.event, -7));
    let first = Custody {
        status_from: Some(suspended),
        term_to: Some(days_after(suspended, 364)),
        sentence: "有期徒刑一年，缓刑一年",
        enforcement: "社区矫正",
        source: SUPERVISION,
        ..row(m, &payee, suspended)
    };
    let admitted = m.day_in(spec.event);
    let second = Custody {
        status_from: Some(admitted),
        admitted: Some(admitted),
        term_to: Some(days_after(admitted, 364)),
        sentence: "有期徒刑一年",
        enforcement: "监狱收监",
        source: PRISON,
        ..row(m, &payee, admitted)
    };
    out.registers.custody.extend([first, second]);
    let due = m.paid_from(&payee, spec.event.next(), Scope::All);
    out.claim(spec, payee, IN_CUSTODY, due);
}

/// A short term in the detention house, after which payment rightly goes on.
pub(super) fn detention_house(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee_of(spec);
    payee.last = m.period.last();
    let start = m.day_in(spec.event);
    let last_month = shift(spec.event, spec.months);
    let end = Some(m.day_in(last_month));
    let custody = Custody {
        detained: Some(start),
        term_from: Some(start),
        term_to: end,
        released: end,
        sentence: "拘役",
        enforcement: "看守所",
        source: COURT,
        ..row(m, &payee, days_after(start, 40))
    };
    out.registers.custody.push(custody);
    let due = m.paid_through(&payee, spec.event.next(), last_month);
    out.claim(spec, payee, IN_CUSTODY, due);
}

pub(super) fn suspended_in_sentence(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let start = m.day_in(spec.event);
    let custody = Custody {
        term_from: Some(start),
        term_to: Some(days_after(start, 1094)),
        sentence: m.rng.pick(&[
            "有期徒刑二年，缓刑三年",
            "拘役五个月，缓刑一年",
            "判处有期徒刑三年，宣告缓刑三年",
        ]),
        source: COURT,
        ..row(m, &payee, start)
    };
    out.registers.custody.push(custody);
    out.clean(spec, payee);
}

pub(super) fn parole_mid_term(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let (sentence, enforcement) = ("有期徒刑六年", "假释");
    outside_mid_term(m, spec, out, sentence, enforcement);
}

pub(super) fn medical_release_mid_term(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let enforcement = m.rng.pick(&["保外就医", "暂予监外执行"]);
    outside_mid_term(m, spec, out, "有期徒刑六年", enforcement);
}

/// In prison first, outside from a month on: before the period, or in it with payment from the next month.
fn outside_mid_term(m: &mut Maker, spec: &Spec, out: &mut Batch, sentence: &'static str, how: &'static str) {
    let mut payee = m.payee();
    let outside = if m.rng.chance(1, 2) { shift(m.period.from, -3) } else { spec.event };
    payee.first = payee.first.max(outside.next());
    let start = m.day_in(shift(outside, -30));
    let end = Some(days_after(start, 6 * 365));
    let inside = Custody {
        term_from: Some(start),
        admitted: Some(days_after(start, 120)),
        term_to: end,
        sentence,
        enforcement: "监狱",
        source: PRISON,
        ..row(m, &payee, days_after(start, 100))
    };
    let left = Some(m.day_in(outside));
    let outside = Custody {
        status_from: left,
        admitted: None,
        enforcement: how,
        source: SUPERVISION,
        ..inside.clone()
    };
    out.registers.custody.extend([inside, outside]);
    out.clean(spec, payee);
}

/// Detained and released on bail long before the term, whose month of start is the last that is paid.
pub(super) fn bail_before_term(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_until(spec.event);
    let detained = m.day_in(shift(spec.event, -8));
    let row = prison_row(m, &payee, spec.event);
    out.registers.custody.push(Custody { detained: Some(detained), ..row });
    out.clean(spec, payee);
}

pub(super) fn not_prosecuted(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let detained = m.day_in(spec.event);
    out.registers.custody.push(Custody {
        id: payee.id.text(),
        name: payee.name.clone(),
        detained: Some(detained),
        released: Some(days_after(detained, 75)),
        sentence: m.rng.pick(&["不起诉", "相对不起诉", "存疑不起诉决定"]),
        source: "检察院",
        ..Custody::default()
    });
    out.clean(spec, payee);
}

/// The term ended years ago, or in the month in which the person turned 60.
pub(super) fn over_before_drawing(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let starts_now = m.rng.chance(1, 2);
    let payee = if starts_now { m.starter(spec.event.next()) } else { m.payee() };
    let end = m.day_in(if starts_now { spec.event } else { shift(m.period.from, -40) });
    let row = prison_row(m, &payee, shift(Month::containing(end), -24));
    out.registers.custody.push(Custody { term_to: Some(end), released: Some(end), ..row });
    out.clean(spec, payee);
}

pub(super) fn released_then_resumed(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee();
    payee.first = spec.event.next();
    let end = m.day_in(spec.event);
    let row = prison_row(m, &payee, shift(spec.event, -20));
    out.registers.custody.push(Custody { term_to: Some(end), released: Some(end), ..row });
    out.clean(spec, payee);
}

/// A prison sentence of which nothing says that it is served inside.
pub(super) fn not_admitted(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let row = prison_row(m, &payee, spec.event);
    out.registers.custody.push(Custody { admitted: None, enforcement: "", source: COURT, ..row });
    let potential = m.paid_from(&payee, spec.event.next(), Scope::All);
    out.lead(spec, payee, IN_CUSTODY, Some(potential));
}

pub(super) fn detained_without_sentence(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let detained = m.day_in(spec.event);
    let released = m.day_in(shift(spec.event, spec.months));
    out.registers.custody.push(Custody {
        id: payee.id.text(),
        name: payee.name.clone(),
        detained: Some(detained),
        released: Some(released),
        enforcement: "刑事拘留",
        source: "公安羁押",
        ..Custody::default()
    });
    let potential = m.paid_through(&payee, spec.event.next(), shift(spec.event, spec.months));
    out.lead(spec, payee, IN_CUSTODY, Some(potential));
}
