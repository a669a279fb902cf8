//! Owns funeral grants and the benefits of other schemes beside them. Must not know what a run finds.

use chrono::{Duration, NaiveDate};

use super::persons::{Draft, other_name};
use super::rng::Rng;
use super::spelling::{date, yuan};
use super::{Table, as_of};

fn day(year: i32, month: u32, of_month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, of_month).expect("a day")
}

/// A stated death date: mostly the date, sometimes none, sometimes another.
///
/// A person with a row in the death registry has only late dates here, because the tables do not say whether
/// "all stated death dates" includes the registry's.
fn stated(rng: &mut Rng, died: Option<NaiveDate>, must_be_stated: bool) -> String {
    let Some(died) = died else { return String::new() };
    if must_be_stated {
        return date(rng, died);
    }
    match rng.below(100) {
        0..=15 => String::new(),
        16..=21 => date(rng, day(2011, 6, 30)),
        22 | 23 => "1900-01-01".to_string(),
        24 | 25 => "2024-08-01".to_string(),
        _ => date(rng, died),
    }
}

pub(super) fn funeral(rng: &mut Rng, draft: &mut Draft) {
    let in_registry = draft.has(Table::Deaths);
    let died = match rng.below(10) {
        _ if in_registry => day(2019, 5, 31) + Duration::days(rng.between(0, 1000)),
        0 => day(2011, 6, 30) - Duration::days(rng.between(0, 500)),
        1 => day(2011, 7, 1),
        _ => day(2012, 1, 1) + Duration::days(rng.between(0, 4000)),
    };
    // Some families' files state no date at all.
    let died = (in_registry || rng.chance(92)).then_some(died);
    let amount = rng.pick(&[123_600, 129_600, 60_000]);
    let name = if rng.chance(6) { other_name(rng, &draft.name) } else { draft.name.clone() };
    grant(rng, draft, &name, amount, died, in_registry);
    match rng.below(20) {
        0 | 1 => grant(rng, draft, &name, -amount, died, in_registry),
        2 | 3 => grant(rng, draft, &name, -30_000, died, in_registry),
        4 | 5 => grant(rng, draft, &name, 40_000, died, in_registry),
        6 => {
            let other = other_name(rng, &draft.name);
            grant(rng, draft, &other, 20_000, died, in_registry);
        }
        _ => {}
    }
    if rng.chance(88) {
        let settled = first_benefit(rng, draft, died, in_registry);
        if !settled && rng.chance(18) {
            second_benefit(rng, draft, died);
        }
    }
}

fn grant(
    rng: &mut Rng,
    draft: &mut Draft,
    name: &str,
    amount: i64,
    died: Option<NaiveDate>,
    in_registry: bool,
) {
    let after_as_of = rng.chance(8);
    let paid = match after_as_of {
        true => as_of() + Duration::days(rng.between(1, 60)),
        false => day(2023, 6, 1) + Duration::days(rng.between(0, 395)),
    };
    let deducted = if in_registry && amount > 0 && rng.chance(40) { rng.between(100, 2000) } else { 0 };
    let cells = vec![
        ("name", name.to_string()),
        ("amount", yuan(rng, amount)),
        ("paid_date", date(rng, paid.min(day(2024, 8, 31)))),
        ("death_date", stated(rng, died, in_registry)),
        ("deducted", if deducted == 0 { String::new() } else { yuan(rng, deducted) }),
    ];
    draft.push(rng, Table::FuneralGrants, cells);
}

const BENEFITS: [&str; 5] = ["丧葬补助金", "丧葬抚恤待遇", "抚恤金", "丧葬补助费", "丧葬抚恤"];
const OTHER_BENEFITS: [&str; 4] = ["个人账户余额", "个人账户继承", "供养亲属抚恤金", "一次性工亡补助金"];

/// Writes a row and says whether the family has renounced it or chosen the resident grant.
fn first_benefit(rng: &mut Rng, draft: &mut Draft, died: Option<NaiveDate>, in_registry: bool) -> bool {
    let benefit = match rng.weighted(&[76, 16, 8]) {
        0 => rng.pick(&BENEFITS),
        1 => rng.pick(&["个人账户余额", "账户继承", "供养亲属抚恤金", "一次性工亡补助金"]),
        _ => "",
    };
    let elected = |rng: &mut Rng| {
        let chosen = day(2024, 1, 1) + Duration::days(rng.between(0, 150));
        date(rng, chosen)
    };
    let (state, scheme, elected_on) = match rng.weighted(&[26, 22, 14, 10, 8, 12, 9, 8, 3]) {
        0 => ("已发放", "", String::new()),
        1 => ("已申请", "", String::new()),
        2 => (rng.pick(&["符合条件", "符合条件", ""]), "企业职工养老保险", elected(rng)),
        3 => (rng.pick(&["不符合", "不符合条件"]), "", String::new()),
        4 => ("已放弃", "", String::new()),
        5 => ("符合条件", "", String::new()),
        6 => (rng.pick(&["符合条件", "已申请", ""]), "城乡居民养老保险", elected(rng)),
        7 => (rng.pick(&["审核中", "", "待核"]), "", String::new()),
        _ => ("符合条件", "企业职工养老保险", "2024-07-15".to_string()),
    };
    let settled = state == "已放弃" || scheme.contains("居民");
    let certainly_stated = in_registry && rng.chance(70);
    let cells = vec![
        ("scheme", rng.pick(&["企业职工养老保险", "工伤保险", "失业保险"]).to_string()),
        ("benefit", benefit.to_string()),
        ("state", state.to_string()),
        ("elected_scheme", scheme.to_string()),
        ("elected_on", elected_on),
        ("death_date", stated(rng, died, certainly_stated)),
    ];
    draft.push(rng, Table::OtherDeathBenefits, cells);
    settled
}

/// A second row that does not contradict the first, because the tables do not say what then.
fn second_benefit(rng: &mut Rng, draft: &mut Draft, died: Option<NaiveDate>) {
    let (benefit, state) = match rng.below(5) {
        0 => (rng.pick(&OTHER_BENEFITS), "已发放"),
        1 => ("抚恤金", "不符合"),
        2 => ("丧葬补助金", "符合条件"),
        3 => ("丧葬补助金", "已发放"),
        _ => ("抚恤金", "已申请"),
    };
    let cells = vec![
        ("scheme", rng.pick(&["工伤保险", "失业保险"]).to_string()),
        ("benefit", benefit.to_string()),
        ("state", state.to_string()),
        ("death_date", died.map_or(String::new(), |died| date(rng, died))),
    ];
    draft.push(rng, Table::OtherDeathBenefits, cells);
}
