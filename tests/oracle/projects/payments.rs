//! Owns events that befall payment lines: repetition, netting, arrears, odd words, money back. Must not know
//! what a run finds.

use chrono::{Duration, NaiveDate};
use pension_audit::domain::Month;

use super::Table;
use super::persons::{Draft, Plan, damaged_id, other_name};
use super::rng::Rng;
use super::spelling;

fn later(plan: &Plan, days: i64) -> Option<NaiveDate> {
    plan.paid.map(|day| day + Duration::days(days))
}

/// The components that a line has, as a copy with others left out.
fn only(plan: &Plan, kept: &[usize]) -> [i64; 5] {
    let mut amount = [0; 5];
    for &component in kept {
        amount[component] = plan.amount[component];
    }
    amount
}

/// A month is paid by more than one line.
pub(super) fn repeat(rng: &mut Rng, draft: &mut Draft) {
    for _ in 0..rng.between(1, 2) {
        let at = draft.pick_plan(rng);
        let plan = &draft.plans[at];
        // What changes or divides the basic part needs one beside an account part.
        let is_full = plan.amount[0] > 3000 && plan.amount[2] > 0;
        let copy = if is_full && rng.chance(40) {
            other_amounts(rng, draft, at)
        } else {
            same_amounts(rng, draft, at)
        };
        draft.plans.push(copy);
    }
}

/// A second line of the same month with other amounts.
fn other_amounts(rng: &mut Rng, draft: &mut Draft, at: usize) -> Plan {
    let mut copy = draft.plans[at].clone();
    match rng.below(6) {
        0 => {
            copy.batch.push('A');
            copy.amount[0] += rng.pick(&[-500, 500, 2000]);
        }
        1 => {
            copy.amount = only(&copy, &[2, 3]);
            draft.plans[at].amount = only(&draft.plans[at], &[0, 1, 4]);
            copy.batch.push('B');
        }
        2 | 3 => {
            copy.amount = only(&copy, &[0, 4]);
            copy.amount[3] += 777;
            copy.paid = later(&copy, 3);
        }
        4 => {
            copy.amount[0] -= 1000;
            copy.amount[2] += 1000;
            copy.batch.push('D');
        }
        _ => {
            copy.account = "6222999900".to_string();
            copy.amount[1] += rng.pick(&[0, 500]);
        }
    }
    copy
}

/// A second line of the same month with the same amounts.
fn same_amounts(rng: &mut Rng, draft: &mut Draft, at: usize) -> Plan {
    let mut copy = draft.plans[at].clone();
    match rng.below(10) {
        0 | 1 => copy.paid = later(&copy, rng.between(1, 9)),
        2 => {
            copy.paid = later(&copy, rng.between(1, 9));
            copy.name = if rng.chance(80) { other_name(rng, &draft.name) } else { String::new() };
        }
        3 => {
            // Equal in everything, sometimes three times.
            if rng.chance(40) {
                draft.plans.push(copy.clone());
            }
        }
        4 => {
            copy.total_only = true;
            copy.paid = later(&copy, rng.between(-5, 5));
            copy.batch.push('C');
        }
        5 => copy.paid = None,
        6 => copy.kind = "补发",
        7 => {
            copy.kind = "重发";
            copy.paid = later(&copy, rng.between(1, 20));
        }
        8 => {
            copy.total_only = true;
            draft.plans[at].total_only = true;
            copy.paid = later(&copy, rng.between(-3, 6));
            copy.batch.push('E');
        }
        _ => {
            copy.paid = later(&copy, 2);
            let mut third = copy.clone();
            third.paid = later(&third, rng.between(0, 4));
            third.batch.push('F');
            draft.plans.push(third);
        }
    }
    copy
}

/// A line is reversed or returned, or something else of its month is.
pub(super) fn undo(rng: &mut Rng, draft: &mut Draft) {
    let at = draft.pick_plan(rng);
    let mut undone = draft.plans[at].clone();
    let reversal = rng.chance(60);
    undone.kind = if reversal { rng.pick(&["冲销", "冲销", "红字冲销"]) } else { "退票" };
    // A paid line becomes one that failed by its status only for returned lines.
    undone.status = if !reversal && rng.chance(40) { "退票" } else { "" };
    undone.paid = later(&undone, rng.between(1, 12));
    if rng.chance(if reversal { 75 } else { 25 }) {
        undone.amount = undone.amount.map(|fen| -fen);
        undone.total_off_by = undone.total_off_by.map(|off| -off);
    }
    match rng.below(10) {
        0 | 1 => undone.amount[0] += 1,
        2 => {
            // The same sum in other components is no partner.
            undone.amount[0] += 100;
            undone.amount[2] -= 100;
        }
        3 => {
            let mut again = draft.plans[at].clone();
            again.kind = "重发";
            again.paid = later(&again, 15);
            draft.plans.push(again);
        }
        4 | 5 => {
            let mut twice = draft.plans[at].clone();
            twice.paid = if rng.chance(20) { None } else { later(&twice, rng.between(1, 6)) };
            if rng.chance(25) {
                twice.name = other_name(rng, &draft.name);
            }
            if rng.chance(25) {
                twice.kind = "补发";
            }
            draft.plans.push(twice);
        }
        6 => {
            let mut other = undone.clone();
            other.kind = if reversal { "退票" } else { "冲销" };
            draft.plans.push(other);
        }
        _ => {}
    }
    draft.plans.push(undone);
}

/// Lines paid late, for one month or several.
pub(super) fn arrears(rng: &mut Rng, draft: &mut Draft) {
    for _ in 0..rng.between(1, 2) {
        let at = draft.pick_plan(rng);
        let mut plan = draft.plans[at].clone();
        let months = if rng.chance(20) { 1 } else { rng.between(2, 6) };
        plan.first = Month(Month::of(2022, 11).0 + rng.between(0, 13) as i32);
        plan.last = Month(plan.first.0 + months as i32 - 1);
        plan.amount = plan.amount.map(|fen| fen / 10 * months + rng.between(0, 99) * i64::from(fen > 0));
        plan.total_only = rng.chance(20);
        plan.kind = match rng.below(10) {
            0 => "正常",
            1 => "调标补差",
            _ => "补发",
        };

        plan.batch = format!("A{}", rng.between(1, 9));
        if rng.chance(12) {
            let mut reversal = plan.clone();
            reversal.kind = "冲销";
            reversal.amount = reversal.amount.map(|fen| -fen);
            reversal.total_off_by = reversal.total_off_by.map(|off| -off);
            if rng.chance(40) {
                reversal.last = Month(reversal.last.0 + 1);
            }
            draft.plans.push(reversal);
        }
        draft.plans.push(plan);
    }
}

pub(super) fn totals_only(rng: &mut Rng, draft: &mut Draft) {
    for _ in 0..rng.between(1, 4) {
        let at = draft.pick_plan(rng);
        draft.plans[at].total_only = true;
    }
}

pub(super) fn statuses(rng: &mut Rng, draft: &mut Draft) {
    for _ in 0..rng.between(1, 4) {
        let at = draft.pick_plan(rng);
        if matches!(draft.plans[at].kind, "正常" | "补发" | "重发") {
            draft.plans[at].status = rng.pick(&[
                "成功",
                "已到账",
                "交易成功",
                "失败",
                "退票",
                "未发",
                "代发失败",
                "处理中",
                "待确认",
            ]);
        }
    }
}

pub(super) fn kinds(rng: &mut Rng, draft: &mut Draft) {
    for _ in 0..rng.between(1, 4) {
        let at = draft.pick_plan(rng);
        if draft.plans[at].kind == "正常" {
            draft.plans[at].kind = rng.pick(&["", "重发", "补发", "调标", "一次性", "正常发放"]);
        }
    }
}

pub(super) fn unusable_ids(rng: &mut Rng, draft: &mut Draft) {
    for _ in 0..rng.between(1, 4) {
        let at = draft.pick_plan(rng);
        let cell = damaged_id(rng, &draft.id);
        draft.plans[at].damaged_id = Some(cell.clone());
        if rng.chance(50) {
            let cells = vec![
                ("id_number", cell),
                ("death_date", "2022-06-30".to_string()),
                ("reason", "死亡".to_string()),
                ("source", "殡葬".to_string()),
            ];
            draft.push(rng, Table::Deaths, cells);
        }
    }
}

pub(super) fn unreadable_cells(rng: &mut Rng, draft: &mut Draft) {
    for _ in 0..rng.between(1, 2) {
        let at = draft.pick_plan(rng);
        if rng.chance(50) {
            draft.plans[at].damaged_month = Some(rng.pick(&["2023-13", "", "不详", "202300"]));
        } else {
            draft.plans[at].total_only = false;
            draft.plans[at].damaged_amount = Some(rng.pick(&["1e3", "一百", "1,50"]));
        }
    }
}

/// Repayments, and lines that take money back.
pub(super) fn money_back(rng: &mut Rng, draft: &mut Draft) {
    if rng.chance(60) {
        for _ in 0..rng.between(1, 2) {
            let after = rng.chance(25);
            let day = NaiveDate::from_ymd_opt(2024, if after { 7 } else { 5 }, 1).expect("a day");
            let day = day + Duration::days(rng.between(0, 60) - if after { 0 } else { 1 });
            let amount = rng.between(100, 3000);
            let cells = vec![
                ("name", draft.name.clone()),
                ("amount", spelling::yuan(rng, amount)),
                ("received_on", spelling::date(rng, day)),
                ("voucher", format!("V{}", rng.between(1, 99_999))),
            ];
            draft.push(rng, Table::Repayments, cells);
        }
        return;
    }
    let at = draft.pick_plan(rng);
    let mut plan = draft.plans[at].clone();
    plan.kind = rng.pick(&["扣回", "抵扣", "扣回多发"]);
    plan.status = "";
    plan.amount = [rng.between(100, 3000) * rng.pick(&[1, -1]), 0, 0, 0, 0];
    plan.total_off_by = None;
    plan.total_only = false;
    plan.damaged_id = None;
    (plan.first, plan.last) = (Month::of(2023, 12), Month::of(2023, 12));
    draft.plans.push(plan);
}
