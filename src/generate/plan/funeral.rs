//! The dead for whom a resident funeral grant was paid, and what their families draw elsewhere.
//!
//! Owns the funeral kinds. One death, one scheme's funeral benefit: a family that elects another scheme's
//! must give the resident grant back.

use chrono::NaiveDate;

use super::{Batch, Maker, Spec, days_after, shift};
use crate::domain::{CitizenId, Fen, Month, MonthSpan};
use crate::generate::key::{Expect, FUNERAL, KeyRow};
use crate::generate::people::Payee;
use crate::generate::registers::{DeathBenefit, Grant, Participant};

const EMPLOYEE: &str = "企业职工基本养老保险";
const INJURY: &str = "工伤保险";
const RESIDENT: &str = "城乡居民基本养老保险";

/// Somebody who died before the period, never a payee of it.
struct Deceased {
    id: CitizenId,
    name: String,
    died: NaiveDate,
}

fn deceased(m: &mut Maker, months: MonthSpan) -> Deceased {
    let month = m.rng.between(i64::from(months.from.0), i64::from(months.last().0)) as i32;
    let died = m.day_in(Month(month));
    let birth = days_after(died, -m.rng.between(48 * 365, 70 * 365));
    let (id, name) = m.outsider(birth);
    Deceased { id, name, died }
}

fn recently(m: &mut Maker) -> Deceased {
    let months = MonthSpan::through(Month::of(2018, 1), Month::of(2022, 6));
    deceased(m, months)
}

/// The resident grant for a death: twelve times the rate of its time.
fn amount_for(died: NaiveDate) -> Fen {
    Fen(if Month::containing(died) < Month::of(2020, 7) { 123_600 } else { 129_600 })
}

/// A grant row with an invented heir.
pub(in crate::generate) fn grant_of(
    m: &mut Maker,
    id: String,
    name: String,
    died: NaiveDate,
    sum: Fen,
) -> Grant {
    let birth = m.any_birth();
    let (heir, payee_name) = m.outsider(birth);
    Grant {
        id,
        name,
        amount: sum,
        paid: m.day_in(shift(Month::containing(died), 2)),
        died: Some(died),
        deducted: None,
        payee_name,
        payee_id: heir.text(),
        relation: m.rng.pick(&["配偶", "子女", "子女", "兄弟姐妹"]),
    }
}

fn grant(m: &mut Maker, dead: &Deceased) -> Grant {
    grant_of(m, dead.id.text(), dead.name.clone(), dead.died, amount_for(dead.died))
}

fn benefit(
    dead: &Deceased,
    scheme: &'static str,
    benefit: &'static str,
    state: &'static str,
) -> DeathBenefit {
    DeathBenefit {
        id: dead.id.text(),
        name: dead.name.clone(),
        scheme,
        benefit,
        state,
        died: Some(dead.died),
        ..DeathBenefit::default()
    }
}

/// The row of the contribution list for a contributor who died.
fn contributor(m: &mut Maker, dead: &Deceased, out: &mut Batch) {
    out.registers.participants.push(Participant {
        id: dead.id,
        name: dead.name.clone(),
        enrolled: NaiveDate::from_ymd_opt(2011, 7, 1).unwrap_or_default(),
        paid_years: m.rng.between(1, 7) as i32,
        status: "终止",
        township: m.township(),
        village: m.rng.index(m.villages),
    });
}

fn note(spec: &Spec, id: CitizenId, name: &str, expect: Expect, due: i64, potential: i64, out: &mut Batch) {
    let case_type = if expect == Expect::Clean { "" } else { FUNERAL };
    let (id, name, kind) = (id.text(), name.to_string(), spec.kind);
    out.key.push(KeyRow { id, name, kind, expect, case_type, due, potential: Some(potential) });
}

/// A family that asks to return the resident grant so as to draw another scheme's benefit.
pub(in crate::generate) fn election(
    m: &mut Maker,
    spec: &Spec,
    out: &mut Batch,
    deaths: MonthSpan,
    sum: Fen,
) {
    let dead = deceased(m, deaths);
    let scheme = if m.rng.chance(1, 8) { INJURY } else { EMPLOYEE };
    let what = m.rng.pick(&["丧葬抚恤", "丧葬补助金", "抚恤金"]);
    let row = grant_of(m, dead.id.text(), dead.name.clone(), dead.died, sum);
    out.registers.grants.push(row);
    let elected_on = Some(days_after(m.as_of, -m.rng.between(10, 500)));
    let applied = benefit(&dead, scheme, what, "已申请");
    out.registers.benefits.push(DeathBenefit { elected_scheme: scheme, elected_on, ..applied });
    contributor(m, &dead, out);
    note(spec, dead.id, &dead.name, Expect::Ledger, sum.0, 0, out);
}

pub(super) fn any_election(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let older = m.rng.chance(1, 2);
    let (from, to, sum) = if older {
        (Month::of(2018, 1), Month::of(2020, 6), Fen(123_600))
    } else {
        (Month::of(2020, 7), Month::of(2022, 6), Fen(129_600))
    };
    election(m, spec, out, MonthSpan::through(from, to), sum);
}

pub(super) fn both_paid(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let dead = recently(m);
    let row = grant(m, &dead);
    let due = row.amount.0;
    out.registers.grants.push(row);
    let paid = Some(days_after(dead.died, m.rng.between(40, 300)));
    let other = benefit(&dead, EMPLOYEE, "丧葬抚恤", "已发放");
    out.registers.benefits.push(DeathBenefit { amount: Some(Fen(2_940_000)), paid, ..other });
    contributor(m, &dead, out);
    note(spec, dead.id, &dead.name, Expect::Ledger, due, 0, out);
}

/// The family may choose and has not: it must be told, and nothing may be claimed.
pub(super) fn not_chosen(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let dead = recently(m);
    let row = grant(m, &dead);
    let potential = row.amount.0;
    out.registers.grants.push(row);
    out.registers.benefits.push(benefit(&dead, EMPLOYEE, "丧葬抚恤", "符合条件"));
    contributor(m, &dead, out);
    note(spec, dead.id, &dead.name, Expect::Lead, 0, potential, out);
}

pub(super) fn chose_resident(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let dead = recently(m);
    let elected_on = Some(days_after(dead.died, m.rng.between(30, 200)));
    let row = benefit(&dead, EMPLOYEE, "丧葬抚恤", "已放弃");
    quiet(m, spec, out, &dead, DeathBenefit { elected_scheme: RESIDENT, elected_on, ..row });
}

pub(super) fn returned(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let dead = recently(m);
    let back = grant(m, &dead);
    let elected_on = Some(days_after(back.paid, 60));
    let row = benefit(&dead, EMPLOYEE, "丧葬抚恤", "已申请");
    quiet(m, spec, out, &dead, DeathBenefit { elected_scheme: EMPLOYEE, elected_on, ..row });
    // The heir who drew the grant returns it.
    if let Some(paid) = out.registers.grants.last().cloned() {
        let (amount, when) = (Fen(-paid.amount.0), days_after(paid.paid, 120));
        out.registers.grants.push(Grant { amount, paid: when, ..paid });
    }
}

pub(super) fn not_entitled(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let dead = recently(m);
    let row = benefit(&dead, EMPLOYEE, "丧葬抚恤", "不符合");
    quiet(m, spec, out, &dead, row);
}

pub(super) fn inheritance(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let dead = recently(m);
    let row = benefit(&dead, EMPLOYEE, "个人账户继承", "已发放");
    quiet(m, spec, out, &dead, DeathBenefit { amount: Some(Fen(1_486_020)), ..row });
}

pub(super) fn dependants(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let dead = recently(m);
    let row = benefit(&dead, INJURY, "供养亲属抚恤金", "已发放");
    quiet(m, spec, out, &dead, DeathBenefit { amount: Some(Fen(118_000)), ..row });
}

pub(super) fn work_death(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let dead = recently(m);
    let row = benefit(&dead, INJURY, "一次性工亡补助金", "已发放");
    quiet(m, spec, out, &dead, DeathBenefit { amount: Some(Fen(84_770_000)), ..row });
}

pub(super) fn before_2011_07(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let dead = deceased(m, MonthSpan::through(Month::of(2009, 3), Month::of(2011, 6)));
    let row = benefit(&dead, EMPLOYEE, "丧葬抚恤", "已发放");
    quiet(m, spec, out, &dead, DeathBenefit { amount: Some(Fen(1_120_000)), ..row });
}

/// A grant and a benefit row from which nothing follows.
fn quiet(m: &mut Maker, spec: &Spec, out: &mut Batch, dead: &Deceased, row: DeathBenefit) {
    let paid = grant(m, dead);
    out.registers.grants.push(paid);
    out.registers.benefits.push(row);
    contributor(m, dead, out);
    note(spec, dead.id, &dead.name, Expect::Clean, 0, 0, out);
}

/// One of the two lists has the heir's number where that of the dead belongs, so that they never meet.
pub(super) fn heir_in_id_column(m: &mut Maker, spec: &Spec, out: &mut Batch) {
    let heir: Payee = m.payee();
    let dead = recently(m);
    let mut paid = grant(m, &dead);
    (paid.payee_id, paid.payee_name) = (heir.id.text(), heir.name.clone());
    let mut row = benefit(&dead, EMPLOYEE, "丧葬抚恤", "已发放");
    if m.rng.chance(1, 2) {
        paid.id = heir.id.text();
    } else {
        row.id = heir.id.text();
    }
    out.registers.grants.push(paid);
    out.registers.benefits.push(row);
    contributor(m, &dead, out);
    out.clean(spec, heir);
}
