//! What a check tells of a person beyond what bars say of payment lines: a fact, and what to do about it.

use chrono::NaiveDate;

use super::{DeathDetail, PayeeDetail, SharedDetail, SubsidyDetail, Text};
use crate::ingest::Table;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// Two things that cannot both be true.
    Conflict(ConflictDetail),
    /// Somebody was not paid.
    Unpaid(UnpaidDetail),
    /// The list of participants does not know a payee.
    AbsentFromParticipants,
    /// Something contradicts a recorded death.
    Death(DeathDetail),
    /// Something is odd about how a payee is paid.
    Payee(PayeeDetail),
    /// Several payees share something.
    Shared(SharedDetail),
    /// Something is odd about a subsidy or a grant.
    Subsidy(SubsidyDetail),
}

/// Two things that cannot both be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictDetail {
    /// The birth date in a list is not that of the ID number.
    BirthDate {
        /// In the list.
        stated: NaiveDate,
        /// In the number.
        by_number: NaiveDate,
    },
    /// The sex in a list is not that of the ID number.
    Sex {
        /// By the number.
        is_male_by_number: bool,
    },
    /// The pension was paid while something else ran.
    PaidMeanwhile {
        /// The list that says so.
        table: Table,
        /// For how many months.
        months: u32,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
}

/// Why somebody should have been paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnpaidDetail {
    /// Old enough, with enough months of contributions.
    Entitled {
        /// Months of the period.
        months: u32,
        /// Months of contributions.
        paid: u32,
    },
}

impl Detail {
    /// The sentence.
    pub fn text(self) -> Text {
        match self {
            Detail::Conflict(detail) => detail.text(),
            Detail::Unpaid(detail) => detail.text(),
            Detail::Death(detail) => detail.text(),
            Detail::Payee(detail) => detail.text(),
            Detail::Shared(detail) => detail.text(),
            Detail::Subsidy(detail) => detail.text(),
            Detail::AbsentFromParticipants => Text::new(
                "参保登记（缴费）名册中没有此人，请核对其参保登记",
                "the list of participants does not know the payee: check the enrolment",
            ),
        }
    }
}

impl ConflictDetail {
    fn text(self) -> Text {
        match self {
            ConflictDetail::BirthDate { stated, by_number } => Text::new(
                format!("登记出生日期 {stated}，证件号为 {by_number}，请核对是否改过出生日期或证件号有误"),
                format!(
                    "the stated birth date is {stated}, that of the number {by_number}: find out which was changed"
                ),
            ),
            ConflictDetail::Sex { is_male_by_number } => {
                let (zh, en) = if is_male_by_number { ("男", "male") } else { ("女", "female") };
                Text::new(
                    format!("登记性别与证件号（{zh}）不符，请核对证件号是否为本人"),
                    format!("the stated sex is not that of the number ({en}): check whose number it is"),
                )
            }
            ConflictDetail::PaidMeanwhile { table, months, names_agree } => {
                let (zh, en) = if names_agree {
                    ("", "")
                } else {
                    ("；两处姓名不一致", "; the names do not agree")
                };
                Text::new(
                    format!("发放期间同时见于{}，共 {months} 个月{zh}，请核实", table.title()),
                    format!(
                        "paid while {} names the person, {months} months{en}: look into it",
                        table.name()
                    ),
                )
            }
        }
    }
}

impl UnpaidDetail {
    fn text(self) -> Text {
        match self {
            UnpaidDetail::Entitled { months, paid } => Text::new(
                format!(
                    "已到龄、累计缴费 {paid} 个月，审计期内 {months} 个月未见发放，请通知本人申领或说明原因"
                ),
                format!(
                    "of age with {paid} months of contributions and not paid for {months} months of the period: tell the person to apply, or say why not"
                ),
            ),
        }
    }
}
