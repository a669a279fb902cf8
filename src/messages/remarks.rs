//! What a check tells of a person beyond what bars say of payment lines: a fact, and what to do about it.

use chrono::NaiveDate;

use super::Text;
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
    /// Held and then acquitted.
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

impl Detail {
    /// The sentence.
    pub fn text(self) -> Text {
        match self {
            Detail::Conflict(detail) => detail.text(),
            Detail::Unpaid(detail) => detail.text(),
            Detail::Entitlement(detail) => detail.text(),
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
            UnpaidDetail::Entitled { months, paid } => Text::new(
                format!(
                    "已到龄、累计缴费 {paid} 个月，审计期内 {months} 个月未见发放，请通知本人申领或说明原因"
                ),
                format!(
                    "of age with {paid} months of contributions and not paid for {months} months of the period: tell the person to apply, or say why not"
                ),
            ),
            UnpaidDetail::Stopped { first, months, monthly } => {
                let (zh, en) = estimate_text(months, monthly);
                Text::new(
                    format!(
                        "缓刑、假释、监外执行等不停发，但自 {first} 起 {months} 个月未见发放，疑为误停，请核实恢复并补发；{zh}"
                    ),
                    format!(
                        "not paid for {months} months from {first} on although the sentence stops nothing: look into it, resume and pay arrears; {en}"
                    ),
                )
            }
            UnpaidDetail::Acquitted { first, months, monthly } => {
                let (zh, en) = estimate_text(months, monthly);
                Text::new(
                    format!("羁押后无罪，自 {first} 起 {months} 个月未见发放，暂停期间应补发，请核实；{zh}"),
                    format!(
                        "held, then acquitted, and not paid for {months} months from {first} on: arrears are due, look into it; {en}"
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
                Text::new(
                    format!(
                        "{zh}{why_zh}，{months} 个月未见发放，疑为误停，请当面核实后恢复并补发；{sum_zh}"
                    ),
                    format!(
                        "{en}{why_en}; not paid for {months} months: see the person, resume and pay arrears; {sum_en}"
                    ),
                )
            }
        }
    }
}
