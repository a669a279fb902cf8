//! Invented people: names, ID numbers under area codes that were never assigned, and what a payee is paid.
//!
//! Owns that no two persons share a number. Must not know of registries, kinds or files.

use chrono::{Datelike, NaiveDate};

use super::lines::Line;
use super::random::Rng;
use super::scenario::Rates;
use crate::domain::{CitizenId, Fen, Month, PersonKey};

/// Issues ID numbers, each once. For every birth date and area it remembers how many were issued, so its size
/// does not grow with the number of people.
#[derive(Debug)]
pub(super) struct IdSource {
    areas: [u64; 2],
    payees: Vec<[u16; 2]>,
    others: Vec<[u16; 2]>,
}

/// Order codes from `first`, `count` of them, visited in steps of `step` (coprime to `count`).
#[derive(Clone, Copy)]
struct Orders {
    first: u64,
    count: u64,
    step: u64,
}

/// 001 to 799, for people who are paid.
const PAYEES: Orders = Orders { first: 1, count: 799, step: 571 };
/// 800 to 995, for everybody else; 996 to 999 meant centenarians in the 15-digit generation.
const OTHERS: Orders = Orders { first: 800, count: 196, step: 57 };

const DAYS: usize = 44_000;

impl IdSource {
    /// A source for two area codes.
    pub(super) fn new(areas: [u64; 2]) -> IdSource {
        IdSource { areas, payees: vec![[0; 2]; DAYS], others: vec![[0; 2]; DAYS] }
    }

    /// A number for a payee born on this day, or shortly before it where the day is full.
    pub(super) fn payee(&mut self, birth: NaiveDate, rng: &mut Rng) -> CitizenId {
        issue(&mut self.payees, self.areas, PAYEES, birth, rng)
    }

    /// A number for somebody who is paid nothing.
    pub(super) fn other(&mut self, birth: NaiveDate, rng: &mut Rng) -> CitizenId {
        issue(&mut self.others, self.areas, OTHERS, birth, rng)
    }
}

fn epoch() -> NaiveDate {
    NaiveDate::from_ymd_opt(1895, 1, 1).unwrap_or_default()
}

fn issue(
    used: &mut [[u16; 2]],
    areas: [u64; 2],
    orders: Orders,
    birth: NaiveDate,
    rng: &mut Rng,
) -> CitizenId {
    let preferred = usize::from(rng.chance(1, 8));
    let mut day = (birth - epoch()).num_days().clamp(0, DAYS as i64 - 1) as usize;
    loop {
        for area in [preferred, 1 - preferred] {
            let count = u64::from(used[day][area]);
            if count >= orders.count {
                continue;
            }
            used[day][area] += 1;
            let order = orders.first + (count * orders.step + day as u64 * 37) % orders.count;
            let date = epoch() + chrono::Duration::days(day as i64);
            let digits = u64::from(date.year_ce().1) * 10_000 + u64::from(date.month() * 100 + date.day());
            if let Some(id) =
                CitizenId::from_key(PersonKey((areas[area] * 100_000_000 + digits) * 1000 + order))
            {
                return id;
            }
        }
        day = if day == 0 { DAYS - 1 } else { day - 1 };
    }
}

/// Somebody who is paid the resident pension.
#[derive(Clone, Debug)]
pub(super) struct Payee {
    pub(super) id: CitizenId,
    /// The number as the payment files write it.
    pub(super) id_text: String,
    pub(super) name: String,
    pub(super) township: usize,
    pub(super) village: usize,
    pub(super) first: Month,
    pub(super) last: Month,
    pub(super) extra_years: i64,
    pub(super) account: Fen,
    /// Whether the contribution list has a row.
    pub(super) listed: bool,
    /// The payment lines where they are not simply one a month.
    pub(super) lines: Option<Vec<Line>>,
}

impl Payee {
    /// The basic part, the additions and the account part of a month.
    pub(super) fn parts(&self, rates: &Rates, month: Month) -> [i64; 3] {
        let basic = if month < rates.raised_from { rates.basic } else { rates.raised_basic };
        let turns_65 = Month::of(self.id.birth_date().year() + 65, self.id.birth_date().month());
        let elderly = if month > turns_65 { rates.from_65.0 } else { 0 };
        [basic.0, elderly + self.extra_years * rates.per_extra_year.0, self.account.0]
    }
}

const SURNAMES: &str = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎\
    余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文普矣施";
const GIVEN: &str = "秀英华兰玉珍明芳国珠云凤琼芬仙琴美莲春桂花香文德志建福光荣富贵祥和平安顺发家宝林森贤才学礼义忠正元开永长\
    庆万世绍自有本朝绪维维丽慧菊梅翠娥会书素存焕如启应成兴运仕从汝培彩惠菊红金银林";
const DOTTED: [&str; 8] = ["阿木", "尔古", "吉克", "沙马", "木呷", "阿依", "拉则", "布哈"];

/// Invents names.
#[derive(Debug)]
pub(super) struct Names {
    surnames: Vec<char>,
    given: Vec<char>,
    dotted_per_mille: u64,
}

impl Names {
    /// A source of names, so many of 1,000 of them dotted.
    pub(super) fn new(dotted_per_mille: u64) -> Names {
        Names { surnames: SURNAMES.chars().collect(), given: GIVEN.chars().collect(), dotted_per_mille }
    }

    /// A name.
    pub(super) fn any(&self, rng: &mut Rng) -> String {
        if rng.chance(self.dotted_per_mille, 1000) {
            return self.dotted(rng);
        }
        let mut name = String::with_capacity(9);
        name.push(self.surnames[rng.low_index(self.surnames.len())]);
        name.push(self.given[rng.index(self.given.len())]);
        if rng.chance(4, 5) {
            name.push(self.given[rng.index(self.given.len())]);
        }
        name
    }

    /// A name of two parts with a dot between.
    pub(super) fn dotted(&self, rng: &mut Rng) -> String {
        format!("{}·{}", rng.pick(&DOTTED), rng.pick(&DOTTED))
    }

    /// A name that is not this one.
    pub(super) fn other_than(&self, name: &str, rng: &mut Rng) -> String {
        loop {
            let other = self.any(rng);
            if other != name {
                return other;
            }
        }
    }
}
