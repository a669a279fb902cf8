//! Why something is a lead and not a claim, and why a registry row says nothing.

use chrono::NaiveDate;

use super::{Detail, Lang, Text, id_defect_number, id_defect_text};
use crate::domain::{IdDefect, LikelyDeath, MonthSpan};
use crate::identity::Likeness;
use crate::ingest::{Column, Table};
use crate::rulebook::LeftOut;

/// Why a finding is only a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeadReason {
    /// The names on the two sides do not agree.
    NamesDiffer,
    /// No day of death is known.
    DeathUndated,
    /// Sources name different days; these months are what only some support.
    DeathDatesConflict,
    /// The same, of months that the likely day supports.
    DeathLikely(LikelyDeath),
    /// The same, of months that the likely day does not support.
    DeathUnlikely(LikelyDeath),
    /// Only a village reported the death.
    VillageReportOnly,
    /// There is a sign of life after the recorded death.
    SignOfLife,
    /// The reason of the cancellation does not decide.
    ReasonUndecided,
    /// The row does not say that the term is served inside.
    CustodyUndecided,
    /// The row has no end.
    CustodyWithoutEnd,
    /// The row has no start.
    CustodyWithoutStart,
    /// The months between the earliest and the latest possible start.
    CustodyStartUncertain,
    /// Two rows start on the same day and say different things.
    CustodyRowsConflict,
    /// The scheme is not known.
    PensionUnclassified,
    /// The status of the other pension does not decide.
    PensionStatusUndecided,
    /// An ended pension without its last month.
    PensionEndedWithoutMonth,
    /// The other pension has no first month.
    PensionWithoutStart,
    /// The other pension amounts to nothing.
    PensionIsZero,
    /// Nobody can tell whether another place pays it.
    PensionPlaceUnknown,
    /// The audited place paid before the other place began: the first place keeps paying.
    PensionHereFirst,
    /// Only some of the months of the line are barred.
    SpanPartlyBarred,
    /// Some months of the line lie outside the period.
    SpanOutsidePeriod,
    /// The line has only a total, and only some components are returned.
    TotalOnly,
    /// A reversal in the same month has no partner.
    UnmatchedReversal,
    /// The line holds a negative component.
    NegativeComponent,
    /// The names on the two payment lines do not agree.
    RepeatedNamesDiffer,
    /// A line with only a total beside one with components.
    RepeatedTotalOnly,
    /// Two rows alike in everything.
    DoubleImport,
    /// The payment status does not say whether the line was paid.
    PayStatusUndecided,
    /// The family has not chosen.
    ChoiceOpen,
    /// The other benefit is not known by its name.
    BenefitUnclassified,
    /// The state of the other benefit does not decide.
    BenefitStateUndecided,
    /// The stated deaths lie before and after the rule's first day.
    DeathDatesMixed,
    /// No death date is stated.
    DeathDateMissing,
    /// The rows of the other schemes contradict one another.
    ElectionConflict,
    /// A grant without a day of payment.
    GrantUndated,
    /// A parameter that the rule needs is not configured.
    ParameterUnknown,
    /// A row of a list that fits a rule has no start.
    ListedWithoutStart,
    /// Of that age some are entitled, which no file says.
    AgeMayBeExempt,
    /// A list states another birth date than the number.
    BirthDatesDiffer,
    /// What a check of the whole person found.
    Told(Detail),
    /// No law that the rule names was in force in these months.
    NoLawInForce,
    /// The rule may only point.
    CappedAtLead,
    /// The rule is on trial.
    OnTrial,
    /// The number ends in zeros, in a file in which a spreadsheet cut others.
    NumberMayBeCut,
    /// The number is damaged, missing or was replaced; this is what speaks for one person all the same.
    Matched(Likeness),
}

impl LeadReason {
    /// Whether what the other leads of the rule say of the person is likelier: those stand first.
    pub fn is_unlikely(self) -> bool {
        matches!(self, LeadReason::DeathUnlikely(_))
    }

    /// The sentence in leads.csv.
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            LeadReason::Matched(likeness) => return super::identity::likeness_text(&likeness),
            LeadReason::Told(detail) => return detail.text(),
            LeadReason::DeathLikely(likely) | LeadReason::DeathUnlikely(likely) => {
                return differing_deaths(likely, !self.is_unlikely());
            }
            LeadReason::ListedWithoutStart => ("名单没有起始日期", "the list does not say from when"),
            LeadReason::AgeMayBeExempt => (
                "年龄在提前领取（如重度残疾）可能适用的范围内，文件中没有可判断的代码",
                "of this age some draw the pension earlier (severe disability), which no file says",
            ),
            LeadReason::BirthDatesDiffer => {
                ("参保登记的出生日期与证件号不一致", "the list of participants states another birth date")
            }
            LeadReason::NamesDiffer => {
                ("证件号相同但姓名不一致", "same ID number, but the names do not agree")
            }
            LeadReason::DeathUndated => ("登记为死亡但没有可用日期", "recorded as dead without a usable day"),
            LeadReason::DeathDatesConflict => (
                "各来源死亡日期不一致，此月份只有部分来源支持",
                "the sources name different days; only some support this month",
            ),
            LeadReason::VillageReportOnly => {
                ("死亡仅见于村（社区）报告", "only a village reported the death")
            }
            LeadReason::SignOfLife => {
                ("登记死亡之后有生存迹象（认证、收监或养老待遇）", "a sign of life after the recorded death")
            }
            LeadReason::ReasonUndecided => {
                ("注销原因不足以认定死亡", "the reason of the cancellation does not prove a death")
            }
            LeadReason::CustodyUndecided => {
                ("不能确定是否收监服刑", "the row does not say that the term is served inside")
            }
            LeadReason::CustodyWithoutEnd => {
                ("没有释放日期或刑期止", "neither release nor end of the term is known")
            }
            LeadReason::CustodyWithoutStart => ("没有任何起始日期", "no start is known"),
            LeadReason::CustodyStartUncertain => (
                "羁押至判决（生效）之间，起始不确定",
                "between detention and judgment the start is uncertain",
            ),
            LeadReason::CustodyRowsConflict => {
                ("同日起始的记录结论不同", "rows that start on the same day say different things")
            }
            LeadReason::PensionUnclassified => {
                ("险种或待遇类别无法归类", "the scheme or benefit is not known")
            }
            LeadReason::PensionStatusUndecided => {
                ("待遇状态不能确定是否在领", "the status does not say that it is drawn")
            }
            LeadReason::PensionEndedWithoutMonth => {
                ("已终止但没有终止年月", "ended, but the last month is missing")
            }
            LeadReason::PensionWithoutStart => ("没有待遇开始年月", "the first month is missing"),
            LeadReason::PensionIsZero => ("月待遇为0", "the monthly amount is zero"),
            LeadReason::PensionPlaceUnknown => (
                "没有可比较的行政区划代码，不能确定是否为外地发放",
                "without a comparable area code nobody can tell whether another place pays it",
            ),
            LeadReason::PensionHereFirst => (
                "本地在先：外地待遇开始之前本地已在发放，一般保留本地、清退外地，请两地核对",
                "this place paid before the other began: as a rule the first place keeps paying, so ask the other",
            ),
            LeadReason::SpanPartlyBarred => (
                "一笔跨多个月，只有部分月份不应发，按月份比例估算",
                "a line for several months of which only some are barred; estimated by months",
            ),
            LeadReason::SpanOutsidePeriod => (
                "一笔跨多个月，部分月份不在审计期内",
                "a line for several months of which some lie outside the period",
            ),
            LeadReason::TotalOnly => {
                ("只有合计、没有分项，无法区分应退部分", "only a total: the returnable part cannot be told")
            }
            LeadReason::UnmatchedReversal => {
                ("同月有找不到对应记录的冲销", "a reversal in the same month has no partner")
            }
            LeadReason::NegativeComponent => ("分项金额为负", "a component is negative"),
            LeadReason::RepeatedNamesDiffer => {
                ("同月两笔发放姓名不一致", "two lines of one month under different names")
            }
            LeadReason::RepeatedTotalOnly => (
                "同月一笔只有合计、一笔有分项，无法比较",
                "one line has only a total, the other has components",
            ),
            LeadReason::PayStatusUndecided => {
                ("代发结果不能确定是否到账", "the payment status does not say whether the line was paid")
            }
            LeadReason::DoubleImport => {
                ("两行完全相同，疑为重复导入", "two rows alike in everything: imported twice?")
            }
            LeadReason::ChoiceOpen => {
                ("家属尚未选择，请告知选择权", "the family has not chosen: tell them of their choice")
            }
            LeadReason::BenefitUnclassified => ("待遇项目无法归类", "the other benefit is not known"),
            LeadReason::BenefitStateUndecided => {
                ("办理状态不能确定", "the state of the other benefit does not decide")
            }
            LeadReason::DeathDatesMixed => (
                "所载死亡日期在适用起点前后不一",
                "the stated deaths lie before and after the rule's first day",
            ),
            LeadReason::DeathDateMissing => ("没有可用的死亡日期", "no usable death date is stated"),
            LeadReason::ElectionConflict => {
                ("各险种记录的选择互相矛盾", "the schemes' rows contradict one another")
            }
            LeadReason::GrantUndated => ("丧葬补助金没有发放日期", "a grant has no day of payment"),
            LeadReason::ParameterUnknown => ("标准未配置", "the standard is not configured"),
            LeadReason::CappedAtLead => ("该规则只列线索", "the rule may only point"),
            LeadReason::NoLawInForce => (
                "规则所列依据在这些月份均未施行或已失效",
                "none of the rule's laws was in force in these months",
            ),
            LeadReason::OnTrial => ("该规则处于试行", "the rule is on trial"),
            LeadReason::NumberMayBeCut => (
                "证件号末三位为000，同一文件中有被表格软件截断的号码，可能不是本人号码",
                "the number ends in 000 in a file in which a spreadsheet cut others: it may be another's",
            ),
        };
        Text::new(zh, en)
    }
}

/// What a death row means.
pub fn note_death(date: Option<NaiveDate>) -> Text {
    match date {
        Some(day) => Text::new(format!("死亡，日期按 {day} 计"), format!("a death, dated {day}")),
        None => Text::new("死亡，没有可用日期", "a death without a usable day"),
    }
}

/// A death row that does not decide.
pub fn note_death_undecided() -> Text {
    Text::new("注销原因不足以认定死亡", "its reason does not prove a death")
}

/// Months that only some of the sources of a death support, and whether the likely day is among them.
fn differing_deaths(likely: LikelyDeath, is_supported: bool) -> Text {
    let (zh, en) = if is_supported {
        ("也支持此月份", "supports this month")
    } else {
        ("不支持此月份", "does not support this month")
    };
    let text = likely.text();
    Text::new(
        format!("各来源死亡日期不一致，此月份只有部分来源支持；死亡日期{}，{zh}", text.zh),
        format!("the sources name different days; only some support this month; {}, which {en}", text.en),
    )
}

/// A death row that is none.
pub fn note_not_a_death() -> Text {
    Text::new(
        "不是死亡（重户、迁出、参军等），不作认定",
        "no death (double registration, move, army): nothing follows",
    )
}

/// A revoked death.
pub fn note_death_revoked() -> Text {
    Text::new("死亡登记已撤销，不作认定", "the death was revoked: nothing follows")
}

/// A pension that the audited place itself pays.
pub fn note_own_place() -> Text {
    Text::new(
        "本统筹区自己发放的待遇，不是重复",
        "a pension that this very place pays: nothing is paid twice",
    )
}

/// A sign of life.
pub fn note_sign_of_life() -> Text {
    Text::new(
        "登记死亡之后的生存迹象：死亡只作线索",
        "a sign of life after the recorded death: the death is only a lead",
    )
}

/// What a custody row means.
pub fn note_custody(may_bar: bool, span: Option<MonthSpan>) -> Text {
    match (may_bar, span) {
        (false, _) => {
            Text::new("缓刑、假释、监外执行等，照发", "suspended, paroled or served outside: payment goes on")
        }
        (true, Some(span)) => Text::new(
            format!("服刑（或可能服刑）月份 {span}"),
            format!("served, or perhaps served, in {span}"),
        ),
        (true, None) => Text::new("没有任何起始日期", "no start is known"),
    }
}

/// A row of a list that a rule does not mean.
pub fn note_not_listed() -> Text {
    Text::new("不符合本规则的条件", "not what this rule means")
}

/// A row of a list that a rule means.
pub fn note_listed(span: Option<MonthSpan>) -> Text {
    match span {
        Some(span) => Text::new(format!("符合条件的月份 {span}"), format!("what the rule means, in {span}")),
        None => Text::new("符合条件，没有起始日期", "what the rule means, without a start"),
    }
}

/// A row of another scheme that is not this rule's.
pub fn note_other_scheme() -> Text {
    Text::new("不是本规则所指的本人养老待遇", "not the kind of pension that this rule means")
}

/// What a row of another pension means.
pub fn note_pension(span: Option<MonthSpan>, doubt: Option<LeadReason>) -> Text {
    let months = span.map_or_else(|| "?".to_string(), |span| span.to_string());
    let (zh, en) = match doubt {
        None => (String::new(), String::new()),
        Some(reason) => {
            let text = reason.text();
            (
                format!("；仅作线索：{}", text.in_lang(Lang::Zh)),
                format!("; only a lead: {}", text.in_lang(Lang::En)),
            )
        }
    };
    Text::new(format!("养老待遇领取月份 {months}{zh}"), format!("another pension drawn in {months}{en}"))
}

/// The mark of a case whose end of custody rests on the ordered term.
pub const MARK_RELEASE_UNCONFIRMED: &str = "release_unconfirmed";
/// The mark of a case against which money may have been set off that belongs to no single case.
pub const MARK_POSSIBLE_SETOFF: &str = "possible_setoff";
/// The mark of a case to which more came back than was due.
pub const MARK_OVER_RECOVERED: &str = "over_recovered";

/// Why a row could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotCheckableReason {
    /// Its ID number is unusable.
    IdUnusable(IdDefect),
    /// The project has no such registry.
    RegistryMissing,
    /// Nobody could say what was due: the parameter's title and id.
    StandardUnknown(String, String),
}

impl NotCheckableReason {
    /// The code of an unusable ID number; empty for what has none.
    pub fn code(&self) -> &'static str {
        match self {
            NotCheckableReason::IdUnusable(defect) => id_defect_number(*defect),
            NotCheckableReason::RegistryMissing | NotCheckableReason::StandardUnknown(..) => "",
        }
    }

    /// The sentence in not_checkable.csv.
    pub fn text(&self) -> Text {
        match self {
            NotCheckableReason::IdUnusable(defect) => id_defect_text(*defect),
            NotCheckableReason::RegistryMissing => Text::new(
                "未提供该登记表，全部人员未核查",
                "the registry was not given: nobody was checked against it",
            ),
            NotCheckableReason::StandardUnknown(title, id) => Text::new(
                format!("标准未配置：{title}（{id}）。请经办机构按文件在本地规则的 parameters 中填写"),
                format!(
                    "the standard is not configured: {id}. Give it in a parameters file of your own rules"
                ),
            ),
        }
    }
}

/// A registry that the project does not name.
pub fn coverage_registry_missing(table: Table) -> Text {
    Text::new(
        format!("未提供{}（{}），未核查", table.title(), table.name()),
        format!("{} was not given: not checked", table.name()),
    )
}

/// Another registry that the rule needs is missing.
pub fn coverage_other_missing() -> Text {
    Text::new(
        "该规则所需的另一登记表未提供，未核查",
        "another registry that the rule needs was not given: not checked",
    )
}

/// A closer reading of a rule that does not run.
pub fn coverage_refines(rule: &str) -> Text {
    Text::new(
        format!("本规则只佐证 {rule} 的结论，{rule} 没有运行，未核查"),
        format!("it only supports what {rule} claims, which did not run: not checked"),
    )
}

/// A rule did not run.
pub fn coverage_left_out(why: LeftOut) -> Text {
    match why {
        LeftOut::Retired => Text::new("规则已停用，未核查", "the rule is retired: not checked"),
        LeftOut::NotChosen => {
            Text::new("本次运行用 --only 限定了规则，未核查", "the run was limited by --only: not checked")
        }
    }
}

/// Nobody could say what was due in some month: the titles and ids of the parameters.
pub fn coverage_standard_unknown(parameters: &[(&str, &str)]) -> Text {
    let titles: Vec<String> = parameters.iter().map(|(title, id)| format!("{title}（{id}）")).collect();
    let ids: Vec<&str> = parameters.iter().map(|(_, id)| *id).collect();
    Text::new(
        format!("标准未配置：{}", titles.join("、")),
        format!("the standard is not configured: {}", ids.join(", ")),
    )
}

/// Some rows have unusable ID numbers.
pub fn coverage_ids_unusable(rows: u64, persons: u64) -> Text {
    Text::new(
        format!("{rows} 行证件号不可用；{persons} 名人员无法核查"),
        format!("{rows} rows with unusable ID numbers; {persons} persons could not be checked"),
    )
}

/// A rule lacks a parameter.
pub fn coverage_not_configured(parameter: &str) -> Text {
    Text::new(
        format!("标准未配置，本规则未核查：请在本地规则中填写参数 {parameter}"),
        format!("not checked, the standard is not configured: state the parameter {parameter} in your rules"),
    )
}

/// A list that lacks many.
pub fn coverage_list_of_some(known: u64, payees: u64, one_in: u32) -> Text {
    Text::new(
        format!(
            "审计期内领取的 {payees} 人中名单只有 {known} 人，缺 {one_in} 分之一以上，不是全部人员的名单，本规则未核查；请提供完整名单"
        ),
        format!(
            "not checked: of {payees} payees of the period the list knows {known} and lacks more than one in {one_in}; give the list of all"
        ),
    )
}

/// A column that no roster has.
pub fn coverage_without_column(column: Column) -> Text {
    Text::new(
        format!("发放明细没有“{}”一列，无从比较，本规则未核查", column.title()),
        format!("not checked: no roster has the column {}", column.name()),
    )
}

/// Rosters that lack many.
pub fn coverage_rosters_of_some(entitled: u64, paid: u64, one_in: u32) -> Text {
    Text::new(
        format!(
            "到龄且缴费年限足够的 {entitled} 人中只有 {paid} 人见于发放明细，缺 {one_in} 分之一以上，发放明细看来不是全部，本规则未核查；请提供全部发放明细"
        ),
        format!(
            "not checked: of {entitled} who seem entitled the rosters know only {paid} and lack more than one in {one_in}; give the rosters of all"
        ),
    )
}

/// A registry without rows.
pub fn coverage_no_rows() -> Text {
    Text::new(
        "登记表没有任何行；若不是零报告，请向报送单位索取",
        "the registry has no row; ask for it again unless nobody was to be reported",
    )
}
