//! One rule: what it is called, what law it stands on, what it checks and how it is tested.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::check::Check;
use crate::domain::MonthSpan;

/// What a case is about. A case is one person × one case type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseType {
    /// 死亡后多领
    PostDeath,
    /// 服刑期间多领
    InCustody,
    /// 重复享受养老待遇
    DualPension,
    /// 同一所属期重复发放
    RepeatedPayment,
    /// 不符合领取条件
    Ineligible,
    /// 丧葬待遇重复(择一)
    FuneralExclusive,
    /// 其他
    Other,
}

impl CaseType {
    /// Every case type, in the order in which reports list them.
    pub const ALL: [CaseType; 7] = [
        CaseType::PostDeath,
        CaseType::InCustody,
        CaseType::DualPension,
        CaseType::RepeatedPayment,
        CaseType::Ineligible,
        CaseType::FuneralExclusive,
        CaseType::Other,
    ];

    /// The name in every file.
    pub fn name(self) -> &'static str {
        match self {
            CaseType::PostDeath => "post_death",
            CaseType::InCustody => "in_custody",
            CaseType::DualPension => "dual_pension",
            CaseType::RepeatedPayment => "repeated_payment",
            CaseType::Ineligible => "ineligible",
            CaseType::FuneralExclusive => "funeral_exclusive",
            CaseType::Other => "other",
        }
    }

    /// The letters with which its case numbers begin.
    pub fn code(self) -> &'static str {
        match self {
            CaseType::PostDeath => "PD",
            CaseType::InCustody => "IC",
            CaseType::DualPension => "DP",
            CaseType::RepeatedPayment => "RP",
            CaseType::Ineligible => "IE",
            CaseType::FuneralExclusive => "FE",
            CaseType::Other => "OT",
        }
    }

    /// The case type of a name.
    pub fn from_name(name: &str) -> Option<CaseType> {
        CaseType::ALL.into_iter().find(|case_type| case_type.name() == name)
    }
}

/// Where a rule stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleStatus {
    /// Listed, never in totals.
    Trial,
    /// In force.
    Active,
    /// Not run.
    Retired,
}

impl RuleStatus {
    /// The name in every file.
    pub fn name(self) -> &'static str {
        match self {
            RuleStatus::Trial => "trial",
            RuleStatus::Active => "active",
            RuleStatus::Retired => "retired",
        }
    }
}

/// The strongest that a rule may say by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierCap {
    /// It may establish.
    Established,
    /// It may only point.
    Lead,
}

/// What a legal basis decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concerns {
    /// What was due: the law of the benefit month, or of the day of the event.
    #[default]
    Entitlement,
    /// How it comes back: the law of the day on which that is decided.
    Recovery,
}

/// A legal basis. When it takes effect is not when it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The document and its number (文号).
    pub document: String,
    /// The article.
    pub article: String,
    /// What it decides.
    pub concerns: Concerns,
    /// From when it holds.
    pub effective_from: NaiveDate,
    /// From when it no longer holds.
    pub effective_until: Option<NaiveDate>,
    /// When it was published, where known.
    pub published_on: Option<NaiveDate>,
    /// Its words, or their gist where the text was not seen.
    pub quote: String,
    /// Whether the clause itself was read, in the text or in a copy; `rules show` says so where it was not. A
    /// rule file that does not say so was not read.
    pub confirmed: bool,
    /// The mark that a case carries whose event lies while this basis holds.
    pub mark: Option<String>,
}

impl Basis {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|until| day < until)
    }
}

/// What an example of a rule expects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedOutcome {
    /// The claim in yuan; absent: none.
    pub claimed: Option<String>,
    /// The claims that the rule supports, as primary rule or beside another, in yuan; absent: none beyond
    /// `claimed`.
    pub supports: Option<String>,
    /// The claimed benefit months.
    #[serde(default)]
    pub months: Vec<String>,
    /// The potential of the rule's leads in yuan, or `unknown`; absent: no lead.
    pub lead: Option<String>,
    /// Whether the person is marked.
    #[serde(default)]
    pub marked: bool,
    /// The subtype of the case.
    pub subtype: Option<String>,
    /// Marks that the case must carry.
    #[serde(default)]
    pub marks: Vec<String>,
    /// What was due and was not paid, in yuan, or `unknown`; absent: nothing.
    pub unpaid: Option<String>,
    /// How many rows a rule about numbers tells, of all tables.
    #[serde(default)]
    pub rows: u64,
    /// Words that must stand in what the rule tells, in Chinese.
    #[serde(default)]
    pub says: Vec<String>,
}

/// A test of a rule, as data: cells of tables, and what must come out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What the example shows.
    pub name: String,
    /// The rows by table; a row gives cell texts by column. ID number and name have defaults.
    #[serde(default)]
    pub tables: BTreeMap<String, Vec<BTreeMap<String, String>>>,
    /// The day as of which the example speaks.
    pub as_of: Option<String>,
    /// Values that hold in the example for all regions and days, by parameter.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// What must come out.
    pub expect: ExpectedOutcome,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The printed code.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The case that its claims belong to; absent for marks.
    pub case_type: Option<CaseType>,
    /// Where it stands in its life.
    pub status: RuleStatus,
    /// The strongest that it may say.
    pub tier_cap: TierCap,
    /// Its rank: the lowest number is the primary rule of a line.
    pub precedence: u32,
    /// What it checks.
    pub check: Check,
    /// The parameters that its check reads, each once, in the order in which it names them.
    pub parameters: Vec<String>,
    /// The kinds of payment line that it looks at; every kind where it names none.
    pub lines: Vec<String>,
    /// The rule of which it is a closer reading: it supports what that rule claims, and tells no leads.
    pub refines: Option<String>,
    /// Its law, in order of effect.
    pub basis: Vec<Basis>,
    /// 查什么
    pub doc_checks: String,
    /// 不查什么
    pub doc_not_checked: String,
    /// 误报与申诉
    pub doc_appeal: String,
    /// Its tests, with the line of the file at which each begins.
    pub examples: Vec<(usize, Example)>,
    /// The file that it stands in.
    pub file: String,
}

impl Rule {
    /// Whether a law said in each of some months, on some day of it, what was due.
    pub fn has_law_in(&self, months: MonthSpan) -> bool {
        months.months().all(|month| {
            let (Some(first), Some(until)) = (month.first_day(), month.next().first_day()) else {
                return false;
            };
            self.basis.iter().any(|basis| {
                basis.concerns == Concerns::Entitlement
                    && basis.effective_from < until
                    && basis.effective_until.is_none_or(|end| first < end)
            })
        })
    }

    /// Whether what it finds may be established.
    pub fn establishes(&self) -> bool {
        self.status == RuleStatus::Active && self.tier_cap == TierCap::Established
    }
}
