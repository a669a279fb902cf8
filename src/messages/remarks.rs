//! What a check tells of a person beyond what bars say of payment lines: a fact, and what to do about it.

use chrono::NaiveDate;

use super::{DeathDetail, PayeeDetail, SharedDetail, SubsidyDetail, Text};
use crate::domain::{Fen, Month};
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
    /// An amount is not what a standard says.
    Standard(StandardDetail),
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

/// What was paid and does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StandardDetail {
    /// More or less than the standard.
    Amount {
        /// What is held against the standard.
        part: StandardPart,
        /// For how many months; 0 for a grant.
        months: u32,
        /// What was paid for them.
        paid: Fen,
        /// What the standard says.
        due: Fen,
        /// How sure the standard is.
        sureness: Sureness,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
    /// Arrears for months that were paid already.
    Arrears {
        /// For how many months.
        months: u32,
        /// What had been paid for them.
        before: Fen,
    },
    /// The pension of a month is far from that of the month before.
    Swing {
        /// The month of the largest change.
        month: Month,
        /// The pension of the month before.
        from: Fen,
        /// The pension of the month.
        to: Fen,
        /// In how many months it changed so much.
        times: u32,
    },
    /// Lines that are no payment.
    OddLines {
        /// Below zero, though not called a reversal.
        negative: u32,
        /// Without money.
        zero: u32,
        /// Reversals and returned lines that undo nothing.
        without_partner: u32,
    },
    /// The pension was raised while a sentence was served outside.
    Frozen {
        /// The month of the first raise.
        month: Month,
        /// By how much all raises together, a month.
        by: Fen,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
}

/// What is held against a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StandardPart {
    /// 基础养老金
    Basic,
    /// 加发
    Additions,
    /// 个人账户养老金
    Account,
    /// 丧葬补助金
    Grant,
}

/// How sure a standard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sureness {
    /// Every part of it is in force.
    InForce,
    /// Some part of it is only expected.
    Expected,
    /// Some layer is not known: the others alone are more than was paid.
    AtLeast,
}

impl Detail {
    /// The sentence.
    pub fn text(self) -> Text {
        match self {
            Detail::Conflict(detail) => detail.text(),
            Detail::Unpaid(detail) => detail.text(),
            Detail::Standard(detail) => detail.text(),
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

impl Detail {
    /// Whether it says that too little was paid.
    pub fn is_owed(self) -> bool {
        match self {
            Detail::Standard(StandardDetail::Amount { paid, due, .. }) => paid < due,
            Detail::Unpaid(_) => true,
            _ => false,
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

impl StandardPart {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            StandardPart::Basic => ("基础养老金", "the basic pension"),
            StandardPart::Additions => ("年限、高龄加发", "the additions for age and years"),
            StandardPart::Account => ("个人账户养老金", "the account part"),
            StandardPart::Grant => ("丧葬补助金", "the funeral grant"),
        }
    }
}

impl StandardDetail {
    fn text(self) -> Text {
        match self {
            StandardDetail::Amount { part, months, paid, due, sureness, names_agree } => {
                amount_text((part, months), (paid, due), sureness, names_agree)
            }
            StandardDetail::Arrears { months, before } => Text::new(
                format!("补发的 {months} 个月已发放过 {before} 元，请核对停发和补发的月份"),
                format!(
                    "the arrears are for {months} months for which {before} yuan had been paid: compare the months of stop and arrears"
                ),
            ),
            StandardDetail::Swing { month, from, to, times } => Text::new(
                format!(
                    "月待遇突变 {times} 次，最大一次在 {month}：由 {from} 元变为 {to} 元，且无补发，请核对"
                ),
                format!(
                    "the monthly pension changed sharply {times} times, most in {month} from {from} to {to} yuan without arrears: look into it"
                ),
            ),
            StandardDetail::OddLines { negative, zero, without_partner } => Text::new(
                format!(
                    "未标冲销的负数 {negative} 行，金额为零 {zero} 行，找不到对应发放的冲销或退票 {without_partner} 行，请核对原始凭证"
                ),
                format!(
                    "{negative} lines below zero not called reversals, {zero} without money, {without_partner} reversals or returned lines that undo nothing: compare with the vouchers"
                ),
            ),
            StandardDetail::Frozen { month, by, names_agree } => {
                let (zh, en) = disagreement(names_agree);
                Text::new(
                    format!(
                        "管制、缓刑、假释或监外执行期间基础养老金自 {month} 起累计调增每月 {by} 元{zh}，请按当地规定核对是否应参与调标"
                    ),
                    format!(
                        "from {month} on the basic pension was raised by {by} yuan a month while a sentence was served outside{en}: see whether local rules allow it"
                    ),
                )
            }
        }
    }
}

fn disagreement(names_agree: bool) -> (&'static str, &'static str) {
    if names_agree { ("", "") } else { ("；两处姓名不一致", "; the names do not agree") }
}

fn amount_text(
    (part, months): (StandardPart, u32),
    (paid, due): (Fen, Fen),
    sureness: Sureness,
    names_agree: bool,
) -> Text {
    let (zh, en) = part.names();
    let (names_zh, names_en) = disagreement(names_agree);
    let (least_zh, least_en) = match sureness {
        Sureness::InForce => ("标准为", "by the standard it is"),
        Sureness::Expected => ("标准（预计，未见文件）为", "by a standard that is only expected it is"),
        Sureness::AtLeast => ("仅已知的标准即为", "the known layers alone are"),
    };
    let (over_zh, over_en) = if months == 0 {
        (String::new(), String::new())
    } else {
        (format!(" {months} 个月"), format!(" of {months} months"))
    };
    Text::new(
        format!("{zh}{over_zh}实发 {paid} 元，{least_zh} {due} 元{names_zh}，请核对标准和发放"),
        format!(
            "{en}{over_en} was paid as {paid} yuan; {least_en} {due}{names_en}: compare the standard and the payment"
        ),
    )
}
