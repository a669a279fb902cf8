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
    /// Payment does not go with what entitles to it.
    Entitlement(EntitlementDetail),
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
    /// The pension was paid and a list names the person without saying from when.
    PaidBesideUndated {
        /// The list that says so.
        table: Table,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
    /// The pension was paid and a list names the person from a month on, without saying until when.
    PaidBesideUnended {
        /// The list that says so.
        table: Table,
        /// The first month of the row.
        from: Month,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
    /// The pension was paid while the person was held and not yet judged.
    PaidWhileHeld {
        /// For how many months.
        months: u32,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
}

/// Why payment does not go with what entitles to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntitlementDetail {
    /// Of an age at which somebody should go and see the payee.
    OldAge {
        /// The age.
        years: u32,
        /// The birth date of the number.
        born: NaiveDate,
        /// For how many months of the period.
        months: u32,
    },
    /// No certification is known for a long time.
    Uncertified {
        /// Within so many months.
        months: u32,
        /// The last one before.
        last_on: Option<NaiveDate>,
    },
    /// Fewer years of contributions than the law asks for.
    FewYears {
        /// Months of contributions.
        paid: u32,
        /// The years that are asked for.
        years: u32,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
    /// A funeral grant was paid whole while lines after the death are claimed.
    GrantWhole {
        /// The grant.
        grant: Fen,
        /// What those lines come to.
        overpaid: Fen,
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
        /// Months of contributions that entitle this person.
        needed: u32,
        /// Somebody of that name is paid under a number that cannot be used.
        may_be_paid: bool,
        /// What the person was not held against.
        uncompared: Uncompared,
    },
    /// Stopped although a sentence or how it is served stops nothing.
    Stopped {
        /// The first month that was not paid.
        first: Month,
        /// Months of the period.
        months: u32,
        /// What was paid last for one month.
        monthly: Fen,
    },
    /// Held and then acquitted or not prosecuted.
    Acquitted {
        /// The first month that was not paid.
        first: Month,
        /// Months of the period.
        months: u32,
        /// What was paid last for one month.
        monthly: Fen,
    },
    /// Recorded as dead and alive.
    Revived {
        /// The earliest day that was recorded.
        died: Option<NaiveDate>,
        /// Whether the record was taken back; else there is a sign of life.
        is_revoked: bool,
        /// Months of the period.
        months: u32,
        /// What was paid last for one month.
        monthly: Option<Fen>,
    },
}

/// The lists that may say why somebody is not paid and that nothing was held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uncompared {
    /// 死亡信息
    pub deaths: bool,
    /// 服刑信息
    pub custody: bool,
    /// 职工/机关事业养老待遇
    pub other_pensions: bool,
}

impl Uncompared {
    /// What is added to the sentence.
    fn texts(self) -> (String, String) {
        let tables = [
            (self.deaths, Table::Deaths),
            (self.custody, Table::Custody),
            (self.other_pensions, Table::OtherPensions),
        ];
        let missing: Vec<Table> = tables.into_iter().filter(|(is, _)| *is).map(|(_, table)| table).collect();
        if missing.is_empty() {
            return Default::default();
        }
        let titles: Vec<&str> = missing.iter().map(|table| table.title()).collect();
        let names: Vec<&str> = missing.iter().map(|table| table.name()).collect();
        (format!("；未与{}比对", titles.join("、")), format!("; not held against {}", names.join(", ")))
    }
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
            Detail::Entitlement(detail) => detail.text(),
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

    /// Whether it is a mark even where its rule makes leads: nobody can tell whether anything is wrong.
    pub fn is_mark(self) -> bool {
        matches!(self, Detail::Subsidy(SubsidyDetail::Several { .. }))
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
            ConflictDetail::PaidBesideUndated { table, names_agree } => {
                let (zh, en) = names_text(names_agree);
                Text::new(
                    format!("发放期间见于{}，名单没有起始月份{zh}，请核对起止时间", table.title()),
                    format!(
                        "paid, and {} names the person without saying from when{en}: find out the months",
                        table.name()
                    ),
                )
            }
            ConflictDetail::PaidBesideUnended { table, from, names_agree } => {
                let (zh, en) = names_text(names_agree);
                Text::new(
                    format!(
                        "见于{}，自 {from} 起，没有终止月份，也未说明是否仍在进行{zh}：发放期间是否并存不能判断，请核对",
                        table.title()
                    ),
                    format!(
                        "{} names the person from {from} on without saying until when, or whether it still runs{en}: nobody can tell whether it ran beside payment, find out",
                        table.name()
                    ),
                )
            }
            ConflictDetail::PaidWhileHeld { months, names_agree } => {
                let (zh, en) = names_text(names_agree);
                Text::new(
                    format!(
                        "羁押未判决期间仍发放 {months} 个月{zh}：核实后应暂停；判刑的并入停发，无罪的应补发"
                    ),
                    format!(
                        "paid for {months} months while held and not judged{en}: to be suspended; after a sentence it joins the stop, after an acquittal arrears are due"
                    ),
                )
            }
            ConflictDetail::PaidMeanwhile { table, months, names_agree } => {
                let (zh, en) = names_text(names_agree);
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

/// Said where the names on the two sides do not agree.
fn names_text(names_agree: bool) -> (&'static str, &'static str) {
    if names_agree { ("", "") } else { ("；两处姓名不一致", "; the names do not agree") }
}

impl EntitlementDetail {
    fn text(self) -> Text {
        match self {
            EntitlementDetail::OldAge { years, born, months } => Text::new(
                format!(
                    "证件号所载出生日期 {born}，满{years}周岁后仍发放 {months} 个月：高龄在领并不违规，请上门看望并核对生存状况"
                ),
                format!(
                    "born on {born} by the number and paid for {months} months from the age of {years} on: lawful in itself, visit the person and see that all is well"
                ),
            ),
            EntitlementDetail::Uncertified { months, last_on } => {
                let (zh, en) = match last_on {
                    Some(day) => (format!("最近一次为 {day}"), format!("the last was on {day}")),
                    None => ("名单中从未见过".to_string(), "the list knows none at all".to_string()),
                };
                Text::new(
                    format!("审计期末之前 {months} 个月内没有资格认证（{zh}）仍在发放，请组织认证或上门核实"),
                    format!(
                        "paid without a certification in the {months} months before the end of the period ({en}): certify the person or go and see"
                    ),
                )
            }
            EntitlementDetail::FewYears { paid, years, names_agree } => {
                let (zh, en) = names_text(names_agree);
                Text::new(
                    format!(
                        "累计缴费 {paid} 个月，不足 {years} 年而已发放{zh}：请核对缴费记录、补缴和制度实施日期"
                    ),
                    format!(
                        "paid with {paid} months of contributions, fewer than {years} years{en}: check the contributions, later payments and the day on which the scheme began"
                    ),
                )
            }
            EntitlementDetail::GrantWhole { grant, overpaid, names_agree } => {
                let (zh, en) = names_text(names_agree);
                Text::new(
                    format!(
                        "已发丧葬补助金 {} 元，未抵扣死亡后多领的 {} 元{zh}：请核对是否已另行退回",
                        grant.yuan(),
                        overpaid.yuan()
                    ),
                    format!(
                        "a funeral grant of {} yuan was paid without setting off {} yuan paid after the death{en}: see whether the money came back otherwise",
                        grant.yuan(),
                        overpaid.yuan()
                    ),
                )
            }
        }
    }
}

/// How an amount was estimated.
fn estimate_text(months: u32, monthly: Fen) -> (String, String) {
    (
        format!("金额按停发前月发放 {} 元乘 {months} 个月估算，以经办机构核定为准", monthly.yuan()),
        format!(
            "estimated as {} yuan, paid last for a month, times {months}; the agency settles it",
            monthly.yuan()
        ),
    )
}

impl UnpaidDetail {
    fn text(self) -> Text {
        match self {
            UnpaidDetail::Entitled { months, paid, needed, may_be_paid, uncompared } => {
                let (zh, en) = if may_be_paid {
                    (
                        "；发放明细中有同名而证件号不可用的行，可能就是本人，请先更正证件号",
                        "; somebody of that name is paid under a number that cannot be used: correct that first",
                    )
                } else {
                    ("，请通知本人申领或说明原因", ": tell the person to apply, or say why not")
                };
                let (lists_zh, lists_en) = uncompared.texts();
                Text::new(
                    format!(
                        "已到龄、累计缴费 {paid} 个月（须缴 {needed} 个月），审计期内 {months} 个月未见发放{zh}{lists_zh}"
                    ),
                    format!(
                        "of age with {paid} months of contributions ({needed} needed) and not paid for {months} months of the period{en}{lists_en}"
                    ),
                )
            }
            UnpaidDetail::Stopped { first, months, monthly } => {
                let (zh, en) = estimate_text(months, monthly);
                Text::new(
                    format!(
                        "登记的刑罚或执行方式不停发，但自 {first} 起 {months} 个月未见发放，疑为误停，请核实恢复并补发；{zh}"
                    ),
                    format!(
                        "not paid for {months} months from {first} on although the sentence stops nothing: look into it, resume and pay arrears; {en}"
                    ),
                )
            }
            UnpaidDetail::Acquitted { first, months, monthly } => {
                let (zh, en) = estimate_text(months, monthly);
                Text::new(
                    format!(
                        "羁押后无罪或不起诉，自 {first} 起 {months} 个月未见发放，暂停期间应补发，请核实；{zh}"
                    ),
                    format!(
                        "held, then acquitted or not prosecuted, and not paid for {months} months from {first} on: arrears are due, look into it; {en}"
                    ),
                )
            }
            UnpaidDetail::Revived { died, is_revoked, months, monthly } => {
                let (zh, en) = died.map_or_else(Default::default, |day| {
                    (format!("登记死亡日期 {day}，"), format!("recorded as dead on {day}; "))
                });
                let (why_zh, why_en) = if is_revoked {
                    ("死亡登记已撤销", "the record was taken back")
                } else {
                    ("登记死亡之后有生存迹象", "there is a sign of life after it")
                };
                let (sum_zh, sum_en) = match monthly {
                    Some(monthly) => estimate_text(months, monthly),
                    None => ("金额由经办机构核定".to_string(), "the agency settles the amount".to_string()),
                };
                if !is_revoked {
                    return Text::new(
                        format!(
                            "{zh}{why_zh}，{months} 个月未见发放：两个日期相近的可能只是录入先后，请核对日期并当面核实是否健在，健在的恢复并补发"
                        ),
                        format!(
                            "{en}{why_en}; not paid for {months} months: dates that lie close together may only have been entered late; find out whether the person lives, and only then resume and pay arrears"
                        ),
                    );
                }
                Text::new(
                    format!(
                        "{zh}{why_zh}，{months} 个月未见发放，可能是误停，请当面核实后恢复并补发；{sum_zh}"
                    ),
                    format!(
                        "{en}{why_en}; not paid for {months} months: see the person, resume and pay arrears; {sum_en}"
                    ),
                )
            }
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
