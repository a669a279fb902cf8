//! The registries that other offices send: their rows, headings and cells.
//!
//! Owns what a row says. Must not choose a file format or a spelling of dates: see `write`.

use chrono::NaiveDate;

use crate::domain::{Fen, Month};

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// Words, ID numbers.
    Text(String),
    /// A day.
    Day(NaiveDate),
    /// A month.
    Month(Month),
    /// Money.
    Money(Fen),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_string()) }
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Cell {
        Cell::from(text.as_str())
    }
}

impl From<Option<NaiveDate>> for Cell {
    fn from(day: Option<NaiveDate>) -> Cell {
        day.map_or(Cell::Empty, Cell::Day)
    }
}

impl From<Option<Month>> for Cell {
    fn from(month: Option<Month>) -> Cell {
        month.map_or(Cell::Empty, Cell::Month)
    }
}

impl From<Option<Fen>> for Cell {
    fn from(amount: Option<Fen>) -> Cell {
        amount.map_or(Cell::Empty, Cell::Money)
    }
}

/// A row that can be written under its headings.
pub(super) trait Row {
    /// The headings.
    const HEADINGS: &'static [&'static str];
    /// One cell for each.
    fn cells(&self) -> Vec<Cell>;
    /// Whether the row stands in two monthly batches.
    fn twice(&self) -> bool {
        false
    }
}

/// A row about a death or a cancelled registration.
#[derive(Clone, Debug, Default)]
pub(super) struct Death {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) died: Option<NaiveDate>,
    /// A placeholder in place of a day.
    pub(super) no_day: &'static str,
    pub(super) cremated: Option<NaiveDate>,
    pub(super) registered: Option<NaiveDate>,
    pub(super) reason: &'static str,
    pub(super) source: &'static str,
    pub(super) twice: bool,
}

impl Death {
    /// The cell of the death date.
    pub(super) fn died_cell(&self) -> Cell {
        if self.no_day.is_empty() { self.died.into() } else { self.no_day.into() }
    }
}

impl Row for Death {
    const HEADINGS: &'static [&'static str] =
        &["姓名", "公民身份号码", "死亡日期", "火化日期", "注销日期", "注销原因", "数据来源"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.name).into(),
            (&self.id).into(),
            self.died_cell(),
            self.cremated.into(),
            self.registered.into(),
            self.reason.into(),
            self.source.into(),
        ]
    }

    fn twice(&self) -> bool {
        self.twice
    }
}

/// A row about a sentence, a detention or a supervision.
#[derive(Clone, Debug, Default)]
pub(super) struct Custody {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status_from: Option<NaiveDate>,
    pub(super) detained: Option<NaiveDate>,
    pub(super) sentenced: Option<NaiveDate>,
    pub(super) effective: Option<NaiveDate>,
    pub(super) admitted: Option<NaiveDate>,
    pub(super) term_from: Option<NaiveDate>,
    pub(super) term_to: Option<NaiveDate>,
    pub(super) released: Option<NaiveDate>,
    pub(super) sentence: &'static str,
    pub(super) enforcement: &'static str,
    pub(super) judgment: String,
    pub(super) source: &'static str,
    pub(super) twice: bool,
}

impl Row for Custody {
    const HEADINGS: &'static [&'static str] = &[
        "姓名",
        "身份证号码",
        "状态起始日期",
        "羁押日期",
        "判决日期",
        "生效日期",
        "收监日期",
        "刑期起",
        "刑期止",
        "释放日期",
        "刑罚种类",
        "执行方式",
        "判决文号",
        "数据来源",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.name).into(),
            (&self.id).into(),
            self.status_from.into(),
            self.detained.into(),
            self.sentenced.into(),
            self.effective.into(),
            self.admitted.into(),
            self.term_from.into(),
            self.term_to.into(),
            self.released.into(),
            self.sentence.into(),
            self.enforcement.into(),
            (&self.judgment).into(),
            self.source.into(),
        ]
    }

    fn twice(&self) -> bool {
        self.twice
    }
}

/// A row about a benefit of another scheme.
#[derive(Clone, Debug, Default)]
pub(super) struct Pension {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scheme: &'static str,
    pub(super) benefit: &'static str,
    pub(super) from: Option<Month>,
    pub(super) until: Option<Month>,
    pub(super) awarded: Option<NaiveDate>,
    pub(super) monthly: Option<Fen>,
    pub(super) status: &'static str,
    pub(super) twice: bool,
}

impl Row for Pension {
    const HEADINGS: &'static [&'static str] = &[
        "社会保障号码",
        "姓名",
        "险种",
        "待遇类别",
        "待遇开始年月",
        "待遇终止年月",
        "核定日期",
        "月待遇",
        "待遇状态",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.id).into(),
            (&self.name).into(),
            self.scheme.into(),
            self.benefit.into(),
            self.from.into(),
            self.until.into(),
            self.awarded.into(),
            self.monthly.into(),
            self.status.into(),
        ]
    }

    fn twice(&self) -> bool {
        self.twice
    }
}

/// A row that says that somebody was alive.
#[derive(Clone, Debug)]
pub(super) struct Certification {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) day: NaiveDate,
    pub(super) method: &'static str,
}

impl Row for Certification {
    const HEADINGS: &'static [&'static str] = &["证件号码", "姓名", "认证日期", "认证方式"];

    fn cells(&self) -> Vec<Cell> {
        vec![(&self.id).into(), (&self.name).into(), Cell::Day(self.day), self.method.into()]
    }
}

/// A resident funeral grant, or its return as a negative amount.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) amount: Fen,
    pub(super) paid: NaiveDate,
    pub(super) died: Option<NaiveDate>,
    pub(super) deducted: Option<Fen>,
    pub(super) payee_name: String,
    pub(super) payee_id: String,
    pub(super) relation: &'static str,
}

impl Row for Grant {
    const HEADINGS: &'static [&'static str] = &[
        "死者身份证号",
        "姓名",
        "死亡日期",
        "金额",
        "抵扣多领",
        "发放日期",
        "领取人",
        "领取人身份证号",
        "与死者关系",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.id).into(),
            (&self.name).into(),
            self.died.into(),
            Cell::Money(self.amount),
            self.deducted.into(),
            Cell::Day(self.paid),
            (&self.payee_name).into(),
            (&self.payee_id).into(),
            self.relation.into(),
        ]
    }
}

/// A death benefit of another scheme.
#[derive(Clone, Debug, Default)]
pub(super) struct DeathBenefit {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scheme: &'static str,
    pub(super) benefit: &'static str,
    pub(super) state: &'static str,
    pub(super) elected_scheme: &'static str,
    pub(super) elected_on: Option<NaiveDate>,
    pub(super) amount: Option<Fen>,
    pub(super) paid: Option<NaiveDate>,
    pub(super) died: Option<NaiveDate>,
}

impl Row for DeathBenefit {
    const HEADINGS: &'static [&'static str] = &[
        "公民身份号码",
        "姓名",
        "险种",
        "待遇项目",
        "办理状态",
        "选择险种",
        "选择日期",
        "金额",
        "发放日期",
        "死亡日期",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.id).into(),
            (&self.name).into(),
            self.scheme.into(),
            self.benefit.into(),
            self.state.into(),
            self.elected_scheme.into(),
            self.elected_on.into(),
            self.amount.into(),
            self.paid.into(),
            self.died.into(),
        ]
    }
}

/// Money that came back.
#[derive(Clone, Debug)]
pub(super) struct Repayment {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) payer: String,
    pub(super) amount: Fen,
    pub(super) received: NaiveDate,
    pub(super) voucher: String,
}

impl Row for Repayment {
    const HEADINGS: &'static [&'static str] = &["身份证号", "姓名", "退款人", "金额", "收款日期", "票据号"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.id).into(),
            (&self.name).into(),
            (&self.payer).into(),
            Cell::Money(self.amount),
            Cell::Day(self.received),
            (&self.voucher).into(),
        ]
    }
}

/// A row of the contribution list.
#[derive(Clone, Debug)]
pub(super) struct Participant {
    pub(super) id: crate::domain::CitizenId,
    pub(super) name: String,
    pub(super) enrolled: NaiveDate,
    pub(super) paid_years: i32,
    pub(super) status: &'static str,
    pub(super) township: usize,
    pub(super) village: usize,
}

/// The rows of all registries.
#[derive(Debug, Default)]
pub(super) struct Registers {
    pub(super) deaths: Vec<Death>,
    pub(super) custody: Vec<Custody>,
    pub(super) pensions: Vec<Pension>,
    pub(super) certifications: Vec<Certification>,
    pub(super) grants: Vec<Grant>,
    pub(super) benefits: Vec<DeathBenefit>,
    pub(super) repayments: Vec<Repayment>,
    pub(super) participants: Vec<Participant>,
}
