//! People in a death list, rightly, wrongly or too late.
//!
//! Owns the death kinds. The month of death is due; nothing after it is.

use chrono::NaiveDate;

use super::{Batch, Maker, Spec, days_after, shift};
use crate::domain::{CitizenId, Fen, Month};
use crate::generate::key::POST_DEATH;
use crate::generate::lines::{REPAID, REVERSAL, Scope};
use crate::generate::people::Payee;
use crate::generate::registers::{Certification, Custody, Death, Grant, Pension, Repayment};

const CIVIL: &str = "民政火化";
const HEALTH: &str = "卫健死因登记";
const POLICE: &str = "公安户籍";
const VILLAGE: &str = "村报告";

/// The row of the civil affairs office about a payee who died on a day.
pub(in crate::generate) fn civil_row(m: &mut Maker, payee: &Payee, died: NaiveDate) -> Death {
    let cremated = days_after(died, m.rng.between(1, 4));
    Death {
        id: payee.id.text(),
        name: payee.name.clone(),
        died: Some(died),
        cremated: Some(cremated),
        registered: Some(days_after(cremated, m.rng.between(0, 20))),
        source: if m.rng.chance(1, 4) { HEALTH } else { CIVIL },
        ..Death::default()
    }
}

/// The row of the police about a payee who died on a day.
pub(in crate::generate) fn police_row(m: &mut Maker, payee: &Payee, died: NaiveDate) -> Death {
    Death {
        id: payee.id.text(),
        name: payee.name.clone(),
        died: Some(died),
        registered: Some(days_after(died, m.rng.between(3, 28))),
        reason: "死亡",
        source: POLICE,
        ..Death::default()
    }
}

/// A police row that names no death date.
fn cancelled(m: &mut Maker, payee: &Payee, month: Month, reason: &'static str) -> Death {
    let registered = Some(m.day_in(month));
    let (id, name) = (payee.id.text(), payee.name.clone());
    Death { id, name, registered, reason, source: POLICE, ..Death::default() }
}

fn due(m: &Maker, payee: &Payee, spec: &Spec) -> i64 {
    m.paid_from(payee, spec.event.next(), Scope::All)
}

pub(super) fn civil(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(row);
    let due = due(m, &payee, spec);
    out.claim(spec, payee, POST_DEATH, due);
}

pub(super) fn police(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let died = m.day_in(spec.event);
    let row = police_row(m, &payee, died);
    out.registers.deaths.push(row);
    let due = due(m, &payee, spec);
    out.claim(spec, payee, POST_DEATH, due);
}

/// The payment files still know the person by the number of the 15-digit generation.
pub(super) fn fifteen_digits(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee_of(spec);
    let text = payee.id.text();
    payee.id_text = format!("{}{}", &text[..6], &text[8..17]);
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(row);
    let due = due(m, &payee, spec);
    out.claim(spec, payee, POST_DEATH, due);
}

/// The death list writes the check character as a lower-case x.
pub(super) fn lower_x(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee_of(spec);
    while !payee.id_text.ends_with('X') {
        payee = m.payee_of(spec);
    }
    let died = m.day_in(spec.event);
    let row = police_row(m, &payee, died);
    out.registers.deaths.push(Death { id: row.id.to_lowercase(), ..row });
    let due = due(m, &payee, spec);
    out.claim(spec, payee, POST_DEATH, due);
}

/// The two lists write another dot between the parts of the name.
pub(super) fn other_separator(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee_of(spec);
    payee.name = m.names.dotted(&mut m.rng);
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(Death { name: payee.name.replace('·', "•"), ..row });
    let due = due(m, &payee, spec);
    out.claim(spec, payee, POST_DEATH, due);
}

/// The month after the death was paid, reversed and paid again: one payment remains.
pub(super) fn reversed_and_repaid(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee_of(spec);
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(row);
    let due = due(m, &payee, spec);
    let mut lines = m.lines(&payee);
    if let Some(at) = lines.iter().position(|line| line.months.from == spec.event.next()) {
        let (reversed, repaid) = (lines[at].later(4, 2, REVERSAL).negative(), lines[at].later(9, 3, REPAID));
        lines.splice(at + 1..at + 1, [reversed, repaid]);
    }
    payee.lines = Some(lines);
    out.claim(spec, payee, POST_DEATH, due);
}

/// Two lists name days in different months: established is what both support.
pub(super) fn two_dates(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let earlier = m.day_in(shift(spec.event, -1));
    let later = m.day_in(spec.event);
    let rows = [civil_row(m, &payee, earlier), police_row(m, &payee, later)];
    out.registers.deaths.extend(rows);
    let due = due(m, &payee, spec);
    let more = m.paid_through(&payee, spec.event, spec.event);
    out.claim_and_lead(spec, payee, POST_DEATH, due, more);
}

/// The police know no death date, only the day on which the registration was cancelled.
pub(super) fn registered_only(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let row = cancelled(m, &payee, spec.event, "死亡");
    out.registers.deaths.push(row);
    let due = due(m, &payee, spec);
    out.claim(spec, payee, POST_DEATH, due);
}

/// The same row stands in two monthly batches of the police.
pub(super) fn in_two_batches(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let died = m.day_in(spec.event);
    let row = police_row(m, &payee, died);
    out.registers.deaths.push(Death { twice: true, ..row });
    let due = due(m, &payee, spec);
    out.claim(spec, payee, POST_DEATH, due);
}

/// Part of it was kept back from the funeral grant, part of it was repaid.
pub(super) fn partly_set_off(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(row);
    let due = due(m, &payee, spec);
    let birth = m.any_birth();
    let (heir, heir_name) = m.outsider(birth);
    let paid = m.day_in(shift(payee.last, 1));
    out.registers.grants.push(Grant {
        id: payee.id.text(),
        name: payee.name.clone(),
        amount: Fen(12 * m.rates.basic.0),
        paid,
        died: Some(died),
        deducted: Some(Fen(20_000)),
        payee_name: heir_name.clone(),
        payee_id: heir.text(),
        relation: "子女",
    });
    out.registers.repayments.push(Repayment {
        id: payee.id.text(),
        name: payee.name.clone(),
        payer: heir_name,
        amount: Fen(10_000),
        received: days_after(paid, 20),
        voucher: format!("虚收{:06}", m.rng.between(1, 999_999)),
    });
    out.claim(spec, payee, POST_DEATH, due);
}

pub(super) fn same_name_other_person(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let birth = if m.rng.chance(1, 2) { payee.id.birth_date() } else { m.any_birth() };
    let other = m.ids.other(birth, &mut m.rng);
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(Death { id: other.text(), ..row });
    out.clean(spec, payee);
}

pub(super) fn same_id_other_name(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    let name = m.names.other_than(&payee.name, &mut m.rng);
    out.registers.deaths.push(Death { name, ..row });
    let potential = due(m, &payee, spec);
    out.lead(spec, payee, POST_DEATH, Some(potential));
}

pub(super) fn double_household(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let reason = m.rng.pick(&["重户", "双户口注销", "虚假户口"]);
    still_paid(m, spec, out, reason);
}

pub(super) fn moved_out(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    still_paid(m, spec, out, "迁出");
}

fn still_paid(m: &mut Maker, spec: &Spec, out: &mut Batch, reason: &'static str) {
    let payee = m.payee();
    let row = cancelled(m, &payee, spec.event, reason);
    out.registers.deaths.push(row);
    out.clean(spec, payee);
}

/// Who has gone abroad for good may have lost the entitlement: a person must look.
pub(super) fn went_abroad(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let row = cancelled(m, &payee, spec.event, "出国定居");
    out.registers.deaths.push(row);
    let potential = due(m, &payee, spec);
    out.lead(spec, payee, POST_DEATH, Some(potential));
}

/// Dies in the month of the last payment, as thousands do.
pub(super) fn in_last_paid_month(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let (payee, _) = stopped(m, spec.event, out);
    out.clean(spec, payee);
}

/// A payee who dies in a month and is paid nothing after it, with a row in one list or in both; and the day.
pub(in crate::generate) fn stopped(m: &mut Maker, month: Month, out: &mut Batch) -> (Payee, NaiveDate) {
    let payee = m.payee_until(month);
    let died = m.day_in(month);
    let lists = m.rng.below(4);
    if lists != 0 {
        let row = civil_row(m, &payee, died);
        out.registers.deaths.push(row);
    }
    if lists < 2 {
        let row = police_row(m, &payee, died);
        let day_is_blank = m.rng.chance(1, 3);
        out.registers.deaths.push(Death { died: row.died.filter(|_| !day_is_blank), ..row });
    }
    (payee, died)
}

pub(super) fn village_report_only(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    let twice = m.rng.chance(1, 4);
    out.registers.deaths.push(Death { source: VILLAGE, cremated: None, twice, ..row });
    let potential = due(m, &payee, spec);
    out.lead(spec, payee, POST_DEATH, Some(potential));
}

pub(super) fn certified_after(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(row);
    let day = m.day_in(shift(spec.event, 2));
    let method = "人脸识别";
    let (id, name) = (payee.id.text(), payee.name.clone());
    out.registers.certifications.push(Certification { id, name, day, method });
    let potential = due(m, &payee, spec);
    out.lead(spec, payee, POST_DEATH, Some(potential));
}

pub(super) fn custody_after(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(row);
    let from = m.day_in(shift(spec.event, 2));
    out.registers.custody.push(Custody {
        id: payee.id.text(),
        name: payee.name.clone(),
        status_from: Some(from),
        sentenced: Some(days_after(from, -15)),
        term_to: Some(days_after(from, 729)),
        sentence: "有期徒刑一年，缓刑二年",
        enforcement: "社区矫正",
        source: "社区矫正机构",
        ..Custody::default()
    });
    let potential = due(m, &payee, spec);
    out.lead(spec, payee, POST_DEATH, Some(potential));
}

/// The other pension begins after the last resident payment, so that it bars nothing, but the dead draw none.
pub(super) fn pension_after(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee_of(spec);
    payee.last = shift(spec.event, 2);
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    out.registers.deaths.push(row);
    out.registers.pensions.push(Pension {
        id: payee.id.text(),
        name: payee.name.clone(),
        scheme: "企业职工基本养老保险",
        benefit: "基本养老金",
        from: Some(shift(spec.event, 3)),
        monthly: Some(Fen(183_520)),
        status: "正常",
        ..Pension::default()
    });
    let potential = due(m, &payee, spec);
    out.lead(spec, payee, POST_DEATH, Some(potential));
}

pub(super) fn revoked(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    let reason = m.rng.pick(&["撤销死亡", "恢复户口"]);
    let restored = cancelled(m, &payee, shift(spec.event, 2), reason);
    out.registers.deaths.extend([row, restored]);
    out.clean(spec, payee);
}

pub(super) fn placeholder(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let row = cancelled(m, &payee, spec.event, "死亡");
    out.registers.deaths.push(Death { no_day: "19000101", registered: None, ..row });
    out.lead(spec, payee, POST_DEATH, None);
}

pub(super) fn placeholder_stopped(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_until(spec.event);
    let row = cancelled(m, &payee, spec.event, "死亡");
    out.registers.deaths.push(Death { no_day: "1900-01-01", ..row });
    out.clean(spec, payee);
}

/// The last payment lies between the two days that two lists name.
pub(super) fn sources_disagree(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_until(spec.event.next());
    let earlier = m.day_in(shift(spec.event, -1));
    let later = m.day_in(spec.event.next());
    let rows = [civil_row(m, &payee, earlier), police_row(m, &payee, later)];
    out.registers.deaths.extend(rows);
    let potential = m.paid_through(&payee, spec.event, spec.event.next());
    out.lead(spec, payee, POST_DEATH, Some(potential));
}

pub(super) fn registered_after_as_of(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    let registered = Some(days_after(m.as_of, m.rng.between(5, 40)));
    out.registers.deaths.push(Death { registered, ..row });
    out.clean(spec, payee);
}

pub(super) fn stopped_in_two_batches(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_until(spec.event);
    let died = m.day_in(spec.event);
    let row = police_row(m, &payee, died);
    out.registers.deaths.push(Death { twice: true, ..row });
    out.clean(spec, payee);
}

pub(super) fn id_damaged_in_registry(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let died = m.day_in(spec.event);
    let row = civil_row(m, &payee, died);
    let id = damaged(payee.id, m.rng.chance(1, 2));
    out.registers.deaths.push(Death { id, ..row });
    // Fifteen digits and the name point at the payee.
    let potential = m.paid_from(&payee, spec.event.next(), Scope::All);
    out.lead(spec, payee, POST_DEATH, Some(potential));
}

/// What a spreadsheet leaves of an ID number that it took for a number: 15 significant digits.
pub(super) fn damaged(id: CitizenId, exponent: bool) -> String {
    let text = id.text();
    let zeroed = format!("{}000", &text[..15]);
    // The zeros may by chance be a valid ending; then the other form, which never is one.
    if exponent || CitizenId::read(&zeroed, NaiveDate::MAX).usable().is_some() {
        format!("{}.{}E+17", &text[..1], &text[1..15])
    } else {
        zeroed
    }
}
