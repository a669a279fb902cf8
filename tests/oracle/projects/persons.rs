//! Owns the people of a project: who they are, what they are paid, and which events befall them. Must not
//! know what a run finds.

use std::collections::BTreeSet;

use chrono::{Datelike, Duration, NaiveDate};
use pension_audit::domain::{CitizenId, Month, PersonKey};

use super::rng::Rng;
use super::{Row, Table, grants, payments, registries, spelling};

/// A payment line before it is written.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) first: Month,
    pub(super) last: Month,
    pub(super) amount: [i64; 5],
    pub(super) total_only: bool,
    /// What the stated total is off by; `None` leaves the cell empty.
    pub(super) total_off_by: Option<i64>,
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) paid: Option<NaiveDate>,
    pub(super) batch: String,
    pub(super) account: String,
    pub(super) name: String,
    pub(super) damaged_id: Option<String>,
    pub(super) damaged_month: Option<&'static str>,
    pub(super) damaged_amount: Option<&'static str>,
}

/// A person while the project is written.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) person: usize,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) birth: NaiveDate,
    pub(super) plans: Vec<Plan>,
    pub(super) rows: Vec<Row>,
}

impl Draft {
    /// A registry row for this person; `cells` may hold another name.
    pub(super) fn push(&mut self, rng: &mut Rng, table: Table, mut cells: Vec<(&'static str, String)>) {
        if !cells.iter().any(|(column, _)| *column == "id_number") {
            cells.push(("id_number", spelling::id(rng, &self.id)));
        }
        if !cells.iter().any(|(column, _)| *column == "name") {
            let name = self.registry_name(rng);
            cells.push(("name", name));
        }
        self.rows.push(Row::new(table, self.person, cells));
    }

    fn registry_name(&self, rng: &mut Rng) -> String {
        match rng.below(100) {
            0..=5 => other_name(rng, &self.name),
            6 => String::new(),
            _ => spelling::name(rng, &self.name),
        }
    }

    pub(super) fn has(&self, table: Table) -> bool {
        self.rows.iter().any(|row| row.table == table)
    }

    /// The index of a line that pays something: what undoes lines or takes money back is left alone.
    pub(super) fn pick_plan(&self, rng: &mut Rng) -> usize {
        let pays =
            |at: &usize| !["冲销", "退票", "扣回", "抵扣"].iter().any(|k| self.plans[*at].kind.contains(k));
        let paying: Vec<usize> = (0..self.plans.len()).filter(pays).collect();
        rng.pick(&paying)
    }
}

const SURNAMES: [&str; 12] = ["李", "王", "张", "刘", "陈", "杨", "普", "赵", "黄", "周", "白", "龙"];
const GIVEN: [&str; 12] = ["明", "华", "秀", "英", "兰", "珍", "芳", "玉", "芬", "琼", "丽", "国"];

fn random_name(rng: &mut Rng) -> String {
    if rng.chance(20) {
        return format!("{}{}·{}{}", rng.pick(&["阿", "木", "沙"]), rng.pick(&GIVEN), "乌", rng.pick(&GIVEN));
    }
    let second = if rng.chance(80) { rng.pick(&GIVEN) } else { "" };
    format!("{}{}{second}", rng.pick(&SURNAMES), rng.pick(&GIVEN))
}

/// A name that does not agree.
pub(super) fn other_name(rng: &mut Rng, name: &str) -> String {
    match rng.below(3) {
        0 => format!("{name}某"),
        1 if name.contains('·') => name.replace('·', ""),
        _ => format!("{}某", random_name(rng)),
    }
}

/// Nobody becomes 60 from 2009 to 2012, because the tables do not say when the scheme began.
fn random_id(rng: &mut Rng) -> (String, NaiveDate) {
    let year = if rng.chance(50) { rng.between(1928, 1948) } else { rng.between(1954, 1963) };
    let birth = NaiveDate::from_ymd_opt(year as i32, rng.between(1, 12) as u32, rng.between(1, 28) as u32)
        .expect("a birth date");
    let order = match rng.below(20) {
        0 => 0,
        1 => rng.between(990, 999),
        _ => rng.between(1, 989),
    };
    let area: u64 = rng.pick(&[530_499, 532_499]);
    let date = (birth.year() as u64) * 10_000 + u64::from(birth.month() * 100 + birth.day());
    let id =
        CitizenId::from_key(PersonKey((area * 100_000_000 + date) * 1000 + order as u64)).expect("an ID");
    (id.text(), birth)
}

/// A number with a wrong check character, or otherwise beyond repair.
pub(super) fn damaged_id(rng: &mut Rng, id: &str) -> String {
    match rng.below(5) {
        0 => {
            let check = if id.ends_with('5') { '6' } else { '5' };
            format!("{}{check}", &id[..17])
        }
        1 => id[..17].to_string(),
        2 => format!("{}{}997", &id[..6], &id[8..14]),
        3 => {
            let future = 53_049_920_250_101_001;
            CitizenId::from_key(PersonKey(future)).expect("an ID of a person not yet born").text()
        }
        _ => String::new(),
    }
}

/// All rows of a project.
pub(super) fn people(rng: &mut Rng) -> Vec<Row> {
    let count = rng.between(5, 12) as usize;
    let list = rng.pick(&["登记", "缴费", "缴费", "", "none"]);
    let mut used = BTreeSet::new();
    let mut rows = Vec::new();
    for person in 0..count {
        let (id, birth) = loop {
            let (id, birth) = random_id(rng);
            if used.insert(id.clone()) {
                break (id, birth);
            }
        };
        let name = random_name(rng);
        let mut draft = Draft { person, id, name, birth, plans: Vec::new(), rows: Vec::new() };
        base_lines(rng, &mut draft);
        befall(rng, &mut draft);
        if list != "none" && rng.chance(75) {
            let cells = vec![
                ("enrolled_on", "2010-12-01".to_string()),
                ("paid_years", "15".to_string()),
                ("kind", list.to_string()),
            ];
            draft.push(rng, Table::Participants, cells);
        }
        write_lines(rng, &mut draft);
        rows.append(&mut draft.rows);
    }
    rows
}

/// What a person is regularly paid, month by month.
fn base_lines(rng: &mut Rng, draft: &mut Draft) {
    let subsidy = if rng.chance(25) { rng.between(100, 900) } else { 0 };
    let other = if rng.chance(15) { rng.between(100, 900) } else { 0 };
    let amount = [
        rng.pick(&[10_300, 10_800, 11_500]),
        rng.pick(&[0, 0, 500, 1000]),
        rng.between(300, 9000),
        subsidy,
        other,
    ];
    let split = rng.chance(12);
    let start = Month::of(2022, 10).0 + rng.between(0, 10) as i32;
    let months = rng.between(3, 13) as i32;
    for month in (start..start + months).map(Month) {
        let first_day = month.first_day().expect("a month with days");
        let paid = (!rng.chance(4)).then(|| first_day + Duration::days(14));
        let name = match rng.below(100) {
            0 => other_name(rng, &draft.name),
            1 => String::new(),
            2..=12 => spelling::name(rng, &draft.name),
            _ => draft.name.clone(),
        };
        let plan = Plan {
            first: month,
            last: month,
            amount,
            total_only: false,
            total_off_by: match rng.below(20) {
                0 => Some(rng.pick(&[-100, 1, 500])),
                1..=6 => None,
                _ => Some(0),
            },
            kind: "正常",
            status: "",
            paid,
            batch: format!("B{}{:02}", month.year(), month.month_of_year()),
            account: format!("62220000{:04}", draft.person),
            name,
            damaged_id: None,
            damaged_month: None,
            damaged_amount: None,
        };
        if split {
            let mut account_part = plan.clone();
            account_part.amount = [0, 0, amount[2], amount[3], amount[4]];
            draft.plans.push(account_part);
        }
        let own = if split { [amount[0], amount[1], 0, 0, 0] } else { amount };
        draft.plans.push(Plan { amount: own, ..plan });
    }
}

/// One to four events, so that they meet on one person.
fn befall(rng: &mut Rng, draft: &mut Draft) {
    let mut funeral = rng.chance(16);
    for _ in 0..rng.pick(&[1, 2, 2, 3, 3, 4]) {
        match rng.weighted(&[22, 22, 20, 14, 12, 10, 5, 8, 5, 3, 3, 6]) {
            0 => registries::death(rng, draft),
            1 => registries::custody(rng, draft),
            2 => registries::pensions(rng, draft),
            3 => payments::repeat(rng, draft),
            4 => payments::undo(rng, draft),
            5 => payments::arrears(rng, draft),
            6 => payments::totals_only(rng, draft),
            7 => payments::statuses(rng, draft),
            8 => payments::kinds(rng, draft),
            9 => payments::unusable_ids(rng, draft),
            10 => payments::unreadable_cells(rng, draft),
            _ => payments::money_back(rng, draft),
        }
        if funeral && rng.chance(40) {
            grants::funeral(rng, draft);
            funeral = false;
        }
    }
    if funeral {
        grants::funeral(rng, draft);
    }
}

fn write_lines(rng: &mut Rng, draft: &mut Draft) {
    for plan in std::mem::take(&mut draft.plans) {
        let total: i64 = plan.amount.iter().sum();
        let mut cells = vec![
            ("id_number", plan.damaged_id.unwrap_or_else(|| spelling::id(rng, &draft.id))),
            ("name", plan.name),
            ("paid_date", spelling::maybe_date(rng, plan.paid)),
            ("line_kind", plan.kind.to_string()),
            ("pay_status", plan.status.to_string()),
            ("batch_no", plan.batch),
            ("bank_account", plan.account),
        ];
        let month = match plan.damaged_month {
            Some(text) => text.to_string(),
            None if plan.first == plan.last => spelling::month(rng, plan.first),
            None => spelling::span(rng, plan.first, plan.last),
        };
        cells.push(("benefit_month", month));
        if plan.total_only {
            cells.push(("total", spelling::yuan(rng, total)));
        } else {
            let columns = ["basic", "addition", "account_own", "account_subsidy", "other"];
            for (column, fen) in columns.into_iter().zip(plan.amount) {
                let text = match plan.damaged_amount {
                    Some(text) if column == "basic" => text.to_string(),
                    _ => spelling::yuan_or_blank(rng, fen),
                };
                cells.push((column, text));
            }
            let stated = plan.total_off_by.map(|off| spelling::yuan(rng, total + off));
            cells.push(("total", stated.unwrap_or_default()));
        }
        draft.rows.push(Row::new(Table::Payments, draft.person, cells));
    }
}
