//! What checks tell that hold lists and payments of one person, or of several, against each other.

use chrono::NaiveDate;

use super::Text;
use super::death_dates::likely_suffix;
use crate::domain::{Fen, LikelyDeath, Month};
use crate::ingest::Table;

/// What contradicts a recorded death, or one record of it another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeathDetail {
    /// Lists name days of death in different months.
    DatesDiffer {
        /// The earliest day.
        earliest: NaiveDate,
        /// The latest day.
        latest: NaiveDate,
        /// How many months lie between.
        months: u32,
        /// What was paid from the month after the earliest day.
        paid_from_earliest: Fen,
        /// What was paid from the month after the latest day.
        paid_from_latest: Fen,
        /// The likely day, where the sources differ and their order decides.
        likely: Option<LikelyDeath>,
    },
    /// The pension agency's own record is later than another source.
    AgencyLater {
        /// The agency's day.
        agency: NaiveDate,
        /// The earliest day of the others.
        other: NaiveDate,
        /// How many months lie between.
        months: u32,
        /// What was paid in between.
        paid: Fen,
        /// The likely day, where the sources differ and their order decides.
        likely: Option<LikelyDeath>,
    },
    /// A certification after the death.
    Certified {
        /// The first one.
        certified: NaiveDate,
        /// The latest day of death.
        died: NaiveDate,
        /// The likely day, where the sources differ and their order decides.
        likely: Option<LikelyDeath>,
        /// How many there are.
        count: u32,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
    /// Contributions after the death.
    Contributed {
        /// The latest day of death.
        died: NaiveDate,
        /// The likely day, where the sources differ and their order decides.
        likely: Option<LikelyDeath>,
        /// How many there are.
        rows: u32,
        /// What was contributed, where every row says so.
        amount: Option<Fen>,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
    /// A day of death that cannot be one.
    Impossible {
        /// The day.
        stated: NaiveDate,
        /// Why.
        why: ImpossibleDeath,
    },
}

/// Why a day of death cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImpossibleDeath {
    /// It lies after the audit's day.
    AfterAsOf,
    /// It lies before the birth.
    BeforeBirth,
    /// It lies after its own registration or cremation.
    AfterRegistration,
}

/// What is odd about how a payee is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PayeeDetail {
    /// One number is paid under several personal numbers.
    PersonNumbers {
        /// How many.
        numbers: u32,
        /// The most lines that one month has under different numbers.
        months_both: u32,
    },
    /// One number is paid under several names.
    Names {
        /// How many.
        names: u32,
    },
    /// The name in a list is not that on the payments.
    NameDiffers {
        /// The list.
        table: Table,
    },
    /// The account is in another name.
    AccountName {
        /// How many lines.
        lines: u32,
    },
    /// The benefit began before the age.
    StartBeforeAge {
        /// The first month of the benefit.
        start: Month,
        /// The month of the birthday.
        birthday: Month,
        /// The age.
        years: u32,
        /// Whether the place is known to pay from the month after it.
        is_next: bool,
    },
    /// Contributions after the first month that was paid.
    ContributedWhilePaid {
        /// The first month that was paid.
        first_paid: Month,
        /// How many contributions.
        rows: u32,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
    /// Paid after a release without an application.
    NoApplication {
        /// The release.
        released: NaiveDate,
        /// For how many months after it.
        months: u32,
        /// Whether there is an application of which nobody knows the day.
        has_undated: bool,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
}

/// What several payees share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SharedDetail {
    /// A bank account.
    Account {
        /// How many payees.
        payees: u32,
        /// Whether it is in the name of one of them.
        has_holder: bool,
    },
    /// Name, birth date and village, under different numbers.
    Likeness {
        /// How many numbers.
        payees: u32,
    },
    /// Numbers of which one replaced the other.
    ReplacedNumbers {
        /// How many numbers are paid.
        numbers: u32,
        /// For how many months more than one was paid.
        months_both: u32,
    },
}

/// What is odd about subsidies and grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubsidyDetail {
    /// Subsidised after death.
    AfterDeath {
        /// The latest day of death.
        died: NaiveDate,
        /// The likely day, where the sources differ and their order decides.
        likely: Option<LikelyDeath>,
        /// How many rows.
        rows: u32,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
    /// Subsidised while another pension is drawn.
    BesidePension {
        /// The first month of the pension.
        from: Month,
        /// How many rows.
        rows: u32,
        /// Whether the names on both sides agree.
        names_agree: bool,
    },
    /// More than one amount where one is due or several parts are.
    Several {
        /// The list.
        table: Table,
        /// How many amounts.
        rows: u32,
        /// Whether all names agree.
        names_agree: bool,
    },
    /// More than one amount where one is due.
    Repeated {
        /// The list.
        table: Table,
        /// How many amounts.
        rows: u32,
        /// Whether all names agree.
        names_agree: bool,
    },
}

/// What is added where the names differ.
fn names(names_agree: bool) -> (&'static str, &'static str) {
    if names_agree { ("", "") } else { ("；两处姓名不一致", "; the names do not agree") }
}

/// What is added where the names differ, or the sources of the death.
fn names_and_likely(names_agree: bool, likely: Option<LikelyDeath>) -> (String, String) {
    let (names, likely) = (names(names_agree), likely_suffix(likely));
    (format!("{}{}", names.0, likely.0), format!("{}{}", names.1, likely.1))
}

impl DeathDetail {
    /// The sentence.
    pub fn text(self) -> Text {
        match self {
            DeathDetail::DatesDiffer {
                earliest,
                latest,
                months,
                paid_from_earliest,
                paid_from_latest,
                likely,
            } => {
                let (zh, en) = likely.map_or_else(Default::default, |likely| {
                    let text = likely.text();
                    (format!("；{}", text.zh), format!("; {}", text.en))
                });
                let (from_earliest, from_latest) = (paid_from_earliest.yuan(), paid_from_latest.yuan());
                Text::new(
                    format!(
                        "各来源死亡日期不一致：最早 {earliest}，最晚 {latest}，相差 {months} 个月；次月起审计期内已发分别为 {from_earliest} 元和 {from_latest} 元{zh}，请以死亡证明核定"
                    ),
                    format!(
                        "days of death from {earliest} to {latest}, {months} months apart; paid in the period from the month after: {from_earliest} and {from_latest} yuan{en}: settle it by the death certificate"
                    ),
                )
            }
            DeathDetail::AgencyLater { agency, other, months, paid, likely } => {
                let ((zh, en), paid) = (likely_suffix(likely), paid.yuan());
                Text::new(
                    format!(
                        "经办系统死亡日期 {agency} 比其他来源 {other} 晚 {months} 个月，其间发放 {paid} 元{zh}，请核对录入依据"
                    ),
                    format!(
                        "the agency's day of death {agency} is {months} months later than {other}, {paid} yuan were paid in between{en}: check what it was recorded by"
                    ),
                )
            }
            DeathDetail::Certified { certified, died, likely, count, names_agree } => {
                let (zh, en) = names_and_likely(names_agree, likely);
                Text::new(
                    format!(
                        "死亡日期 {died} 之后仍有 {count} 次资格认证（最早 {certified}）{zh}，请查明是他人代认证还是死亡登记有误"
                    ),
                    format!(
                        "{count} certifications after the death on {died}, the first on {certified}{en}: find out who certified, or whether the death is wrong"
                    ),
                )
            }
            DeathDetail::Contributed { died, likely, rows, amount, names_agree } => {
                let (zh, en) = names_and_likely(names_agree, likely);
                let (zh_sum, en_sum) = match amount {
                    Some(fen) => (format!("，共 {} 元", fen.yuan()), format!(", {} yuan", fen.yuan())),
                    None => (String::new(), String::new()),
                };
                Text::new(
                    format!(
                        "死亡日期 {died} 之后仍有 {rows} 笔缴费、代缴或补贴{zh_sum}{zh}，请核实死亡并注销登记、清退缴费"
                    ),
                    format!(
                        "{rows} contributions after the death on {died}{en_sum}{en}: verify the death, close the record and refund"
                    ),
                )
            }
            DeathDetail::Impossible { stated, why } => why.text(stated),
        }
    }
}

impl ImpossibleDeath {
    fn text(self, stated: NaiveDate) -> Text {
        let (zh, en) = match self {
            ImpossibleDeath::AfterAsOf => ("晚于审计截止日", "after the audit's day"),
            ImpossibleDeath::BeforeBirth => ("早于出生日期", "before the birth"),
            ImpossibleDeath::AfterRegistration => {
                ("晚于火化或登记日期", "after its own cremation or registration")
            }
        };
        Text::new(
            format!("死亡日期 {stated} {zh}，不能作为依据，请数据来源单位更正"),
            format!("the day of death {stated} is {en} and proves nothing: have its source correct it"),
        )
    }
}

impl PayeeDetail {
    /// The sentence.
    pub fn text(self) -> Text {
        match self {
            PayeeDetail::PersonNumbers { numbers, months_both } => Text::new(
                format!(
                    "同一证件号下有 {numbers} 个个人编号，其中 {months_both} 个月有一个以上编号发放，请核对是否重复参保并合并"
                ),
                format!(
                    "{numbers} personal numbers under one ID number, more than one of them paid in {months_both} months: look for a double enrolment"
                ),
            ),
            PayeeDetail::Names { names } => Text::new(
                format!("同一证件号以 {names} 个姓名发放，请核对证件号是否为本人"),
                format!("one ID number is paid under {names} names: check whose number it is"),
            ),
            PayeeDetail::NameDiffers { table } => Text::new(
                format!("{}所载姓名与发放姓名不一致，请以户口簿为准核对", table.title()),
                format!("the name in {} is not that of the payments: check it", table.name()),
            ),
            PayeeDetail::AccountName { lines } => Text::new(
                format!("{lines} 笔发放的户名不是领取人本人，请核对账户及委托手续"),
                format!(
                    "the account of {lines} lines is not in the payee's name: check account and authority"
                ),
            ),
            PayeeDetail::StartBeforeAge { start, birthday, years, is_next: true } => Text::new(
                format!(
                    "待遇开始年月 {start} 早于满 {years} 周岁的次月 {}（本地按次月起发），请核对审批依据",
                    birthday.next()
                ),
                format!(
                    "the benefit began in {start}, before the month after the {years}th birthday {} (from which the place pays): check the award",
                    birthday.next()
                ),
            ),
            PayeeDetail::StartBeforeAge { start, birthday, years, is_next: false } => Text::new(
                format!(
                    "待遇开始年月 {start} 早于满 {years} 周岁当月 {birthday}（当月起或次月起各地不同，均不算早），请核对审批依据"
                ),
                format!(
                    "the benefit began in {start}, before the month of the {years}th birthday {birthday} (that month and the next are both lawful starts): check the award"
                ),
            ),
            PayeeDetail::ContributedWhilePaid { first_paid, rows, names_agree } => {
                let (zh, en) = names(names_agree);
                Text::new(
                    format!("{first_paid} 已发放待遇，此后仍有 {rows} 笔缴费{zh}，请核对并清退"),
                    format!(
                        "{rows} contributions after the first paid month {first_paid}{en}: check and refund"
                    ),
                )
            }
            PayeeDetail::NoApplication { released, months, has_undated, names_agree } => {
                let (zh, en) = names(names_agree);
                let (zh_why, en_why) = if has_undated {
                    (
                        "恢复记录没有申请日期，无法判断是否经本人申请",
                        "no record of resuming has a day of application",
                    )
                } else {
                    ("未见本人恢复申请", "no application is recorded")
                };
                Text::new(
                    format!("{released} 刑满释放后发放 {months} 个月，{zh_why}{zh}，请核对恢复依据"),
                    format!("{months} months paid after the release on {released}; {en_why}{en}: check why"),
                )
            }
        }
    }
}

impl SharedDetail {
    /// The sentence.
    pub fn text(self) -> Text {
        match self {
            SharedDetail::Account { payees, has_holder } => {
                let (zh, en) = if has_holder {
                    ("户名为其中一人", "it is in the name of one of them")
                } else {
                    ("户名不是其中任何人或没有户名", "it is in the name of none of them, or no name is given")
                };
                Text::new(
                    format!("同一银行账号发放 {payees} 人，{zh}；夫妻、亲属合用较常见，请核对是否本人知情"),
                    format!("one bank account for {payees} payees, {en}; couples often share: check consent"),
                )
            }
            SharedDetail::Likeness { payees } => Text::new(
                format!("{payees} 个证件号的姓名、出生日期和村（社区）相同，请核对是否为同一人"),
                format!(
                    "{payees} ID numbers with one name, birth date and village: check whether it is one person"
                ),
            ),
            SharedDetail::ReplacedNumbers { numbers, months_both } => Text::new(
                format!(
                    "同一人的 {numbers} 个证件号在审计期内都有发放，其中 {months_both} 个月同时发放（0 个月多为换号前后衔接），请核对并合并"
                ),
                format!(
                    "{numbers} numbers of one person are paid in the period, in {months_both} months at once (none: usually a change of number): check and merge"
                ),
            ),
        }
    }
}

impl SubsidyDetail {
    /// The sentence.
    pub fn text(self) -> Text {
        match self {
            SubsidyDetail::AfterDeath { died, likely, rows, names_agree } => {
                let (zh, en) = names_and_likely(names_agree, likely);
                Text::new(
                    format!(
                        "死亡日期 {died} 之后仍有 {rows} 笔缴费补贴或政府代缴{zh}；金额为写明的补贴减去退回，代缴的缴费另计"
                    ),
                    format!(
                        "{rows} subsidies or contributions by others after the death on {died}{en}; the amount is that of stated subsidies less what came back"
                    ),
                )
            }
            SubsidyDetail::BesidePension { from, rows, names_agree } => {
                let (zh, en) = names(names_agree);
                Text::new(
                    format!(
                        "{from} 起已领取职工或机关事业养老待遇，仍有 {rows} 笔缴费补贴或政府代缴{zh}，请核实后清退"
                    ),
                    format!(
                        "{rows} subsidies although another pension is drawn from {from}{en}: verify and refund"
                    ),
                )
            }
            SubsidyDetail::Several { table, rows, names_agree } => {
                let (zh, en) = names(names_agree);
                Text::new(
                    format!(
                        "{}中同一事项有 {rows} 笔金额，没有注明类别，不能判断是分级（省、市、县）入账还是重复{zh}；请核对",
                        table.title()
                    ),
                    format!(
                        "{rows} amounts in {} of which nothing tells whether they are parts paid by several levels or one amount twice{en}: find out",
                        table.name()
                    ),
                )
            }
            SubsidyDetail::Repeated { table, rows, names_agree } => {
                let (zh, en) = names(names_agree);
                Text::new(
                    format!(
                        "{}中同一事项有 {rows} 笔金额，只应有一笔，第一笔之后的列为线索{zh}；请先核对是否分次支付或重复导入",
                        table.title()
                    ),
                    format!(
                        "{rows} amounts in {} where one is due, those after the first are the lead{en}: look for instalments or a double import first",
                        table.name()
                    ),
                )
            }
        }
    }
}
