//! People in the lists of other schemes.
//!
//! Owns the pension kinds. An own employee or civil-service pension bars the basic part and its additions
//! from its first month through its last; whatever else those lists hold is no pension of one's own.

use chrono::NaiveDate;

use super::{Batch, Maker, Spec, days_after, shift};
use crate::domain::{Fen, Month};
use crate::generate::key::DUAL_PENSION;
use crate::generate::lines::Scope;
use crate::generate::people::Payee;
use crate::generate::registers::Pension;

const EMPLOYEE: &str = "企业职工基本养老保险";
const CIVIL_SERVICE: &str = "机关事业单位养老保险";
const PENSION: &str = "基本养老金";

fn row(m: &mut Maker, payee: &Payee, scheme: &'static str, benefit: &'static str, from: Month) -> Pension {
    Pension {
        id: payee.id.text(),
        name: payee.name.clone(),
        scheme,
        benefit,
        from: Some(from),
        awarded: from.first_day().map(|day: NaiveDate| days_after(day, m.rng.between(5, 70))),
        monthly: Some(Fen(m.rng.between(120_000, 340_000))),
        status: m.rng.pick(&["正常", "在领", "正常发放"]),
        ..Pension::default()
    }
}

pub(super) fn employee(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let row = row(m, &payee, EMPLOYEE, PENSION, spec.event.next());
    out.registers.pensions.push(row);
    let due = m.paid_from(&payee, spec.event.next(), Scope::Basic);
    out.claim(spec, payee, DUAL_PENSION, due);
}

pub(super) fn civil_servant(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_of(spec);
    let row = row(m, &payee, CIVIL_SERVICE, "退休费", spec.event.next());
    out.registers.pensions.push(Pension { twice: true, ..row });
    let due = m.paid_from(&payee, spec.event.next(), Scope::Basic);
    out.claim(spec, payee, DUAL_PENSION, due);
}

/// The other pension ended again; the resident one was paid all the time.
pub(super) fn ended(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee_of(spec);
    let due = m.paid_from(&payee, spec.event.next(), Scope::Basic);
    payee.last = m.period.last();
    let row = row(m, &payee, EMPLOYEE, PENSION, spec.event.next());
    let until = Some(shift(spec.event, spec.months));
    out.registers.pensions.push(Pension { until, status: "终止", ..row });
    out.claim(spec, payee, DUAL_PENSION, due);
}

pub(super) fn survivor(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    no_pension(m, spec, out, EMPLOYEE, "遗属生活困难补助");
}

pub(super) fn work_injury(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    no_pension(m, spec, out, "职工工伤保险", "伤残津贴");
}

pub(super) fn one_off(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    no_pension(m, spec, out, EMPLOYEE, "一次性养老待遇");
}

pub(super) fn land_loss(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    no_pension(m, spec, out, "被征地农民基本养老保障", "养老补助");
}

pub(super) fn village_cadre(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    no_pension(m, spec, out, "离任村干部养老补贴", "定额补贴");
}

fn no_pension(m: &mut Maker, spec: &Spec, out: &mut Batch, scheme: &'static str, benefit: &'static str) {
    let payee = m.payee();
    let from = if m.rng.chance(1, 2) { spec.event } else { shift(m.period.from, -30) };
    let row = row(m, &payee, scheme, benefit, from);
    out.registers.pensions.push(row);
    out.clean(spec, payee);
}

pub(super) fn ended_before_period(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let row = row(m, &payee, EMPLOYEE, PENSION, shift(m.period.from, -50));
    let until = Some(shift(m.period.from, -1));
    out.registers.pensions.push(Pension { until, status: "终止", ..row });
    out.clean(spec, payee);
}

pub(super) fn after_last_payment(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee_until(spec.event);
    let row = row(m, &payee, EMPLOYEE, PENSION, spec.event.next());
    out.registers.pensions.push(row);
    out.clean(spec, payee);
}

pub(super) fn status_unclear(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let row = row(m, &payee, EMPLOYEE, PENSION, spec.event);
    out.registers.pensions.push(Pension { status: "暂停", ..row });
    let potential = m.paid_from(&payee, spec.event, Scope::Basic);
    out.lead(spec, payee, DUAL_PENSION, Some(potential));
}

pub(super) fn of_zero(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let payee = m.payee();
    let row = row(m, &payee, EMPLOYEE, PENSION, spec.event);
    out.registers.pensions.push(Pension { monthly: Some(Fen::ZERO), ..row });
    let potential = m.paid_from(&payee, spec.event, Scope::Basic);
    out.lead(spec, payee, DUAL_PENSION, Some(potential));
}

/// Lines with nothing but a total: how much of it is the basic part cannot be told.
pub(super) fn total_only(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let mut payee = m.payee_of(spec);
    let row = row(m, &payee, EMPLOYEE, PENSION, spec.event.next());
    out.registers.pensions.push(row);
    payee.lines = Some(m.lines(&payee).into_iter().map(|line| line.total_only()).collect());
    out.lead(spec, payee, DUAL_PENSION, None);
}
