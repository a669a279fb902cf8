//! Owns events that befall a person in the registries: death, custody, another pension. Must not know what a
//! run finds.

use chrono::{Duration, NaiveDate};
use pension_audit::domain::Month;

use super::Table;
use super::persons::{Draft, other_name};
use super::rng::Rng;
use super::spelling::{date, maybe_date, month, yuan};

fn day(year: i32, month: u32, of_month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, of_month).expect("a day")
}

/// A cell for an event date that is mostly what it should be and sometimes no date.
fn event_cell(rng: &mut Rng, birth: NaiveDate, value: NaiveDate, good_percent: usize) -> String {
    if rng.chance(good_percent) {
        return date(rng, value);
    }
    match rng.below(8) {
        0 => "1900-01-01".to_string(),
        1 => "0000-00-00".to_string(),
        2 => {
            let future = day(2024, 7, 1) + Duration::days(rng.between(0, 200));
            date(rng, future)
        }
        3 => {
            let before = birth - Duration::days(rng.between(1, 2000));
            before.to_string()
        }
        4 => "不详".to_string(),
        _ => String::new(),
    }
}

pub(super) fn death(rng: &mut Rng, draft: &mut Draft) {
    let base = rng.day_about();
    let mut latest = base;
    for row in 0..rng.pick(&[1, 1, 1, 1, 2, 2, 3]) {
        let died = if row == 0 { base } else { base + Duration::days(rng.pick(&[0, 0, 9, 31, 62, 95])) };
        latest = latest.max(died);
        death_row(rng, draft, died);
    }
    if rng.chance(7) {
        let reason = rng.pick(&["撤销死亡", "恢复户口", "撤销死亡登记"]);
        let cells = vec![
            ("death_date", date(rng, base)),
            ("registered_on", if rng.chance(15) { "2024-07-02".to_string() } else { String::new() }),
            ("reason", reason.to_string()),
            ("source", "公安".to_string()),
        ];
        draft.push(rng, Table::Deaths, cells);
    }
    if rng.chance(30) {
        sign_of_life(rng, draft, latest);
    }
    if rng.chance(8) {
        // Dies while in custody, which is no sign of life.
        let start = base - Duration::days(rng.between(40, 500));
        let cells =
            vec![("term_from", date(rng, start)), ("term_to", date(rng, start + Duration::days(900)))];
        custody_row(rng, draft, cells, "有期徒刑五年", "监狱");
    }
}

fn death_row(rng: &mut Rng, draft: &mut Draft, died: NaiveDate) {
    let reason = match rng.weighted(&[52, 10, 16, 8, 8]) {
        0 => rng.pick(&["死亡", "病故", "火化", "因病去世", "宣告死亡", "死亡注销"]),
        1 => "",
        2 => rng.pick(&["重户", "双户口", "虚假户口", "迁出", "参军", "重户注销", "参军入伍"]),
        3 => rng.pick(&["丧失国籍", "出国定居", "出境定居", "出国(境)定居", "出国（境）定居"]),
        _ => rng.pick(&["其他", "注销", "待核"]),
    };
    let source = rng.pick(&["殡葬", "民政", "公安", "户籍人口库", "村报告", "村报告", "卫健", ""]);
    let registered = match rng.weighted(&[50, 36, 5, 9]) {
        0 => None,
        1 => Some(died + Duration::days(rng.between(0, 45))),
        2 => Some(died - Duration::days(rng.between(1, 40))),
        _ => Some(day(2024, 7, 1) + Duration::days(rng.between(0, 90))),
    };
    let cremated = match rng.weighted(&[66, 28, 6]) {
        0 => None,
        1 => Some(died + Duration::days(rng.between(0, 5))),
        _ => Some(died - Duration::days(rng.between(1, 40))),
    };
    let mut cells = vec![
        ("death_date", event_cell(rng, draft.birth, died, 78)),
        ("registered_on", maybe_date(rng, registered)),
        ("reason", reason.to_string()),
        ("source", source.to_string()),
    ];
    let cremated_cell = cremated.map_or(String::new(), |value| event_cell(rng, draft.birth, value, 92));
    cells.push(("cremated_on", cremated_cell));
    draft.push(rng, Table::Deaths, cells);
}

fn sign_of_life(rng: &mut Rng, draft: &mut Draft, latest: NaiveDate) {
    let offset = match rng.weighted(&[64, 16, 20]) {
        0 => rng.between(1, 120),
        1 => 0,
        _ => -rng.between(1, 120),
    };
    let seen_on = latest + Duration::days(offset);
    let other = if rng.chance(20) { Some(other_name(rng, &draft.name)) } else { None };
    let mut cells: Vec<(&'static str, String)> = other.into_iter().map(|name| ("name", name)).collect();
    match rng.below(4) {
        0 | 1 => {
            cells.push(("certified_on", event_cell(rng, draft.birth, seen_on, 90)));
            draft.push(rng, Table::Certifications, cells);
        }
        2 => {
            cells.push(("status_from", date(rng, seen_on)));
            cells.push(("sentence", rng.pick(&["有期徒刑", "不起诉", "有期徒刑三年缓刑"]).to_string()));
            cells.push(("enforcement", rng.pick(&["监狱", ""]).to_string()));
            cells.push(("term_to", date(rng, seen_on + Duration::days(200))));
            draft.push(rng, Table::Custody, cells);
        }
        _ => {
            cells.push(("scheme", rng.pick(&["企业职工养老", "机关事业养老", "工伤保险"]).to_string()));
            cells.push(("from_month", month(rng, Month::containing(seen_on))));
            cells.push(("status", rng.pick(&["正常", "暂停", "终止"]).to_string()));
            draft.push(rng, Table::OtherPensions, cells);
        }
    }
}

/// The dates of a custody row, as cells.
fn custody_dates(
    rng: &mut Rng,
    birth: NaiveDate,
    start: NaiveDate,
    end: NaiveDate,
) -> Vec<(&'static str, String)> {
    let before = |days: i64| start - Duration::days(days);
    let mut cells = Vec::new();
    match rng.weighted(&[32, 16, 12, 22, 6]) {
        0 => cells.push(("term_from", event_cell(rng, birth, start, 95))),
        1 => {
            cells.push(("status_from", event_cell(rng, birth, start, 85)));
            let days = rng.between(0, 90);
            cells.push(("term_from", date(rng, before(days))));
        }
        2 => cells.push(("admitted_on", event_cell(rng, birth, start, 92))),
        3 => {
            let order = rng.pick(&[[0, 20, 60], [60, 20, 0], [0, 0, 0], [40, 0, 10]]);
            for (column, days) in ["detained_on", "sentenced_on", "effective_on"].into_iter().zip(order) {
                let cell = if rng.chance(80) { date(rng, before(days)) } else { String::new() };
                cells.push((column, cell));
            }
        }
        _ => {}
    }
    if rng.chance(80) {
        cells.push(("term_to", date(rng, end)));
    }
    if rng.chance(35) {
        let length = (end - start).num_days().max(1);
        let released = start + Duration::days(rng.between(0, length));
        cells.push(("released_on", event_cell(rng, birth, released, 85)));
    }
    cells
}

fn custody_row(
    rng: &mut Rng,
    draft: &mut Draft,
    mut cells: Vec<(&'static str, String)>,
    sentence: &str,
    enforcement: &str,
) {
    cells.push(("sentence", sentence.to_string()));
    cells.push(("enforcement", enforcement.to_string()));
    if !cells.iter().any(|(column, _)| *column == "source") {
        cells.push(("source", rng.pick(&["法院判决", "", "司法局"]).to_string()));
    }
    draft.push(rng, Table::Custody, cells);
}

const SERVED: [&str; 9] = [
    "拘役",
    "有期徒刑",
    "有期徒刑三年",
    "无期徒刑",
    "死缓",
    "死刑缓期执行",
    "死刑",
    "有期徒刑二年",
    "拘役六个月",
];
const INSIDE: [&str; 6] = ["监狱", "看守所", "收监执行", "服刑", "在押", "省第一监狱"];
const NOT_SERVED: [(&str, &str); 14] = [
    ("有期徒刑三年缓刑四年", ""),
    ("有期徒刑", "缓刑"),
    ("有期徒刑", "假释"),
    ("有期徒刑", "暂予监外执行"),
    ("无期徒刑", "监外执行"),
    ("有期徒刑", "保外就医"),
    ("管制", "社区矫正"),
    ("拘役", "社区矫正"),
    ("管制一年", ""),
    ("单处罚金", ""),
    ("有期徒刑三年剥夺政治权利一年", "监狱"),
    ("免予刑事处罚", ""),
    ("不起诉", "看守所"),
    ("无罪", "在押"),
];

pub(super) fn custody(rng: &mut Rng, draft: &mut Draft) {
    let start = rng.day_about() - Duration::days(rng.pick(&[0, 0, 0, 100, 400]));
    let end = start + Duration::days(rng.pick(&[20, 90, 150, 300, 600, 2500]));
    let sentence = rng.pick(&SERVED);
    let inside = rng.pick(&INSIDE);
    match rng.weighted(&[34, 16, 14, 12, 9, 9, 6]) {
        0 => {
            let mut cells = custody_dates(rng, draft.birth, start, end);
            let enforcement = match rng.below(6) {
                0 => {
                    cells.push(("source", "监狱在押服刑人员名册".to_string()));
                    rng.pick(&["", "执行中"])
                }
                _ => inside,
            };
            custody_row(rng, draft, cells, sentence, enforcement);
        }
        1 => {
            let cells = custody_dates(rng, draft.birth, start, end);
            let (sentence, enforcement) = rng.pick(&NOT_SERVED);
            custody_row(rng, draft, cells, sentence, enforcement);
        }
        2 => {
            let cells = custody_dates(rng, draft.birth, start, end);
            let (sentence, enforcement) = rng.pick(&[
                ("有期徒刑", ""),
                ("有期徒刑", "执行中"),
                ("", "看守所"),
                ("待判", "监狱"),
                ("拘役", "不详"),
            ]);
            custody_row(rng, draft, cells, sentence, enforcement);
        }
        3 => two_rows(rng, draft, start, end, [(sentence, inside), ("有期徒刑", "假释")]),
        4 => two_rows(rng, draft, start, end, [("有期徒刑三年缓刑四年", ""), ("有期徒刑", "收监")]),
        5 => {
            let other = rng.pick(&[(sentence, inside), ("有期徒刑", "保外就医"), ("有期徒刑", "")]);
            for (sentence, enforcement) in [(sentence, inside), other] {
                let cells = vec![("status_from", date(rng, start)), ("term_to", date(rng, end))];
                custody_row(rng, draft, cells, sentence, enforcement);
            }
        }
        _ => {
            for _ in 0..2 {
                let start = rng.day_about();
                let end = start + Duration::days(rng.between(5, 300));
                let cells = custody_dates(rng, draft.birth, start, end);
                let (sentence, enforcement) = if rng.chance(60) {
                    (rng.pick(&SERVED), rng.pick(&INSIDE))
                } else {
                    rng.pick(&NOT_SERVED)
                };
                custody_row(rng, draft, cells, sentence, enforcement);
            }
        }
    }
}

/// A row, and one that starts later and says something else.
fn two_rows(rng: &mut Rng, draft: &mut Draft, start: NaiveDate, end: NaiveDate, rows: [(&str, &str); 2]) {
    let cells = vec![("term_from", date(rng, start)), ("term_to", date(rng, end))];
    custody_row(rng, draft, cells, rows[0].0, rows[0].1);
    let change = start + Duration::days(rng.between(1, (end - start).num_days().max(2)));
    let mut cells = vec![("status_from", event_cell(rng, draft.birth, change, 94))];
    if rng.chance(75) {
        cells.push(("term_to", date(rng, end)));
    }
    custody_row(rng, draft, cells, rows[1].0, rows[1].1);
}

const OWN: [(&str, &str); 5] = [
    ("企业职工基本养老保险", ""),
    ("企业职工基本养老保险", "基本养老金"),
    ("城镇职工养老", "退休金"),
    ("机关事业单位养老保险", ""),
    ("离休", "离休费"),
];
const NOT_OWN: [(&str, &str); 16] = [
    ("遗属待遇", ""),
    ("企业职工基本养老保险", "供养直系亲属"),
    ("工伤保险", "伤残津贴"),
    ("失业保险", ""),
    ("职工医疗保险", ""),
    ("生育保险", ""),
    ("企业职工基本养老保险", "一次性待遇"),
    ("被征地农民保障", ""),
    ("村干部补贴", ""),
    ("优抚", ""),
    ("高龄津贴", ""),
    ("低保", ""),
    ("特困", ""),
    ("计生奖励扶助", ""),
    ("企业职工基本养老保险", "遗属待遇"),
    ("机关事业单位", "遗属补助"),
];

pub(super) fn pensions(rng: &mut Rng, draft: &mut Draft) {
    for _ in 0..rng.pick(&[1, 1, 2, 2]) {
        let (scheme, benefit) = match rng.weighted(&[56, 28, 12]) {
            0 => rng.pick(&OWN),
            1 => rng.pick(&NOT_OWN),
            _ => rng.pick(&[("商业养老保险", ""), ("军队退役金", ""), ("", ""), ("", "养老金")]),
        };
        let from = Month(Month::of(2022, 8).0 + rng.between(0, 17) as i32);
        let from_cell = match rng.below(60) {
            0 | 1 => String::new(),
            2 => "1900-01".to_string(),
            3 => "1920-03".to_string(),
            4 => "2024-09".to_string(),
            5 => "不详".to_string(),
            _ => month(rng, from),
        };
        let status = match rng.weighted(&[64, 22, 14]) {
            0 => rng.pick(&["正常", "在领", "发放", "", "正常发放"]),
            1 => rng.pick(&["终止", "待遇终止"]),
            _ => rng.pick(&["暂停", "停发", "死亡", "待核"]),
        };
        let (months_on, months_before) = (rng.between(0, 9) as i32, rng.between(1, 3) as i32);
        let until = match rng.weighted(&[if status.contains("终止") { 20 } else { 60 }, 34, 3, 3]) {
            0 => String::new(),
            1 => month(rng, Month(from.0 + months_on)),
            2 => month(rng, Month(from.0 - months_before)),
            _ => "2030-12".to_string(),
        };
        let monthly = match rng.below(20) {
            0 | 1 => rng.pick(&["0", "0.00", "０"]).to_string(),
            2..=10 => yuan(rng, 215_050),
            _ => String::new(),
        };
        let cells = vec![
            ("scheme", scheme.to_string()),
            ("benefit", benefit.to_string()),
            ("from_month", from_cell),
            ("until_month", until),
            ("status", status.to_string()),
            ("monthly", monthly),
        ];
        draft.push(rng, Table::OtherPensions, cells);
    }
}
