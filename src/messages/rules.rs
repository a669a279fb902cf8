//! What the reader of the rulebook says.

use std::io;

use chrono::NaiveDate;

use super::{Error, Exit, Text};
use crate::ingest::Column;
use crate::rule_test::{Difference, Part};
use crate::rulebook::ParameterKind;

/// Something in a rule file is wrong.
pub fn rule_error(file: &str, line: usize, problem: Text) -> Error {
    Error::new(
        Exit::Usage,
        "E501",
        format!("规则文件 {file} 第 {line} 行：{}", problem.zh),
        format!("rule file {file}, line {line}: {}", problem.en),
    )
}

/// What is wrong with the folder of the centre's own rules.
#[derive(Debug)]
pub enum RulesFolder<'a> {
    /// It is not there, or cannot be read.
    Unreadable(&'a io::Error),
    /// It holds no rule file.
    Empty,
    /// It holds a file whose name only looks like that of a rule file.
    Misnamed(&'a str),
}

/// The folder of the centre's own rules cannot be laid over the others.
pub fn no_rules_folder(folder: &str, problem: &RulesFolder<'_>) -> Error {
    let (zh, en) = match problem {
        RulesFolder::Unreadable(why) => (
            format!(
                "无法读取规则文件夹 {folder}：{}。请检查 audit.toml 的 rules 或 --rules。",
                super::system_words(why)
            ),
            format!("cannot read the rules folder {folder}: {why}. Check `rules` in audit.toml, or --rules."),
        ),
        RulesFolder::Empty => (
            format!("规则文件夹 {folder} 里没有任何 .toml 规则文件。请放入规则，或去掉 rules 设置。"),
            format!("the rules folder {folder} holds no .toml file. Put rules into it, or leave it out."),
        ),
        RulesFolder::Misnamed(name) => (
            format!(
                "规则文件夹 {folder} 里的 {name} 不以 .toml 结尾，不会作为规则读取。请改名，或移出文件夹。"
            ),
            format!(
                "{name} in the rules folder {folder} does not end in .toml and would not be read. Rename it, \
                 or move it away."
            ),
        ),
    };
    Error::new(Exit::Usage, "E502", zh, en)
}

/// A rule that nobody knows.
pub fn no_such_rule(id: &str, known: &[&str]) -> Error {
    unknown_id(
        format!("没有编号为 {id} 的规则，现有：{}。", known.join("、")),
        format!("there is no rule {id}; known are: {}.", known.join(", ")),
    )
}

/// Neither a rule nor a parameter.
pub fn nothing_to_show(id: &str, rules: &[&str], parameters: &[&str]) -> Error {
    unknown_id(
        format!(
            "没有编号为 {id} 的规则或参数，现有规则：{}；参数：{}。",
            rules.join("、"),
            parameters.join("、")
        ),
        format!(
            "there is no rule or parameter {id}; rules are: {}; parameters are: {}.",
            rules.join(", "),
            parameters.join(", ")
        ),
    )
}

fn unknown_id(zh: String, en: String) -> Error {
    Error::new(Exit::Usage, "E503", zh, en)
}

/// Two values hold on the same day.
pub fn overlapping_dates(id: &str, first_line: usize) -> Text {
    Text::new(
        format!("参数 {id} 的生效日期与第 {first_line} 行重叠，请为前一项填写 effective_until。"),
        format!(
            "parameter {id}: the dates overlap with those of line {first_line}; give the earlier one an effective_until."
        ),
    )
}

/// Two values begin on the same day.
pub fn same_first_day(id: &str, first_line: usize, day: NaiveDate) -> Text {
    Text::new(
        format!(
            "参数 {id} 同一地区有两项取值都从 {day} 起（另一项在第 {first_line} 行），请删去一项或改正日期。"
        ),
        format!(
            "parameter {id}: two values of one region begin on {day} (the other on line {first_line}); remove one, or correct its day."
        ),
    )
}

/// A value stands before an earlier one.
pub fn unsorted_dates(id: &str, first_line: usize) -> Text {
    Text::new(
        format!("参数 {id} 同一地区的取值须按 effective_from 从早到晚排列，本项早于第 {first_line} 行。"),
        format!(
            "parameter {id}: the values of one region stand in the order of effective_from; this one begins before line {first_line}."
        ),
    )
}

/// Between two values nothing holds.
pub fn gap_in_dates(id: &str, first_line: usize) -> Text {
    Text::new(
        format!(
            "参数 {id} 与第 {first_line} 行之间有一段时间没有取值；请改正日期，不知道的写 status = \"unknown\"。"
        ),
        format!(
            "parameter {id}: between line {first_line} and this one nothing holds; correct the dates, or write what nobody knows as status = \"unknown\"."
        ),
    )
}

/// A parameter that names nothing.
pub fn parameter_without_values(id: &str) -> Text {
    Text::new(
        format!("参数 {id} 没有 [[value]]；不知道的写 status = \"unknown\"。"),
        format!("parameter {id} has no [[value]]; write what nobody knows as status = \"unknown\"."),
    )
}

/// Values of different kinds under one id.
pub fn parameter_of_two_kinds(id: &str, first: &str, second: &str) -> Text {
    Text::new(
        format!("参数 {id} 的取值应都写 {first}，本项写的是 {second}。"),
        format!("parameter {id}: its values are given as {first}, this one as {second}."),
    )
}

/// One value given in two ways.
pub fn value_of_two_kinds(first: &str, second: &str) -> Text {
    Text::new(
        format!("一项取值只能写 {first} 或 {second} 之一。"),
        format!("a value is either {first} or {second}, not both."),
    )
}

/// A value that is not given.
pub fn value_is_missing() -> Text {
    Text::new(
        "缺少取值：须写 date、amount、number、word 之一；不知道的写 status = \"unknown\"。",
        "the value is missing: give one of date, amount, number, word, or say status = \"unknown\".",
    )
}

/// A value that is given and is said to be unknown.
pub fn unknown_value_has_none() -> Text {
    Text::new(
        "status = \"unknown\" 的一项不应有取值；文件未见但预计如此的写 \"expected\"。",
        "a value with status = \"unknown\" names nothing; what is expected but was not seen is \"expected\".",
    )
}

/// A value that ends before it begins.
pub fn value_never_holds() -> Text {
    Text::new("effective_until 须晚于 effective_from。", "effective_until must be later than effective_from.")
}

/// A region that is no code.
pub fn not_a_region(text: &str) -> Text {
    Text::new(
        format!("地区“{text}”应写行政区划代码或其前几位（如 5304），全国写 \"*\"。"),
        format!(
            "the region \"{text}\" must be a region code or the beginning of one (5304), or \"*\" for all."
        ),
    )
}

/// An amount that is none.
pub fn parameter_amount_unreadable(text: &str) -> Text {
    Text::new(
        format!("金额“{text}”无法识别，应以元写作 \"103.00\"。"),
        format!("the amount \"{text}\" cannot be read; write it in yuan as \"103.00\"."),
    )
}

/// A start that no parameter decides.
pub fn month_is_fixed() -> Text {
    Text::new(
        "此类名册的 month 只能写 \"same\" 或 \"next\"，不能取自参数。",
        "for such a list month is \"same\" or \"next\", not a parameter.",
    )
}

/// One article holds twice on the same day.
pub fn overlapping_basis(document: &str) -> Text {
    Text::new(
        format!("依据《{document}》的同一条款生效日期重叠。"),
        format!("the dates of the same article of {document} overlap."),
    )
}

/// A rule without law.
pub fn no_basis() -> Text {
    Text::new(
        "规则没有 [[basis]]：没有依据的规则不能用于追回。",
        "the rule has no [[basis]]: without law nothing is recovered.",
    )
}

/// An id that stands twice.
pub fn duplicate_id(id: &str, file: &str, line: usize) -> Text {
    Text::new(
        format!("编号 {id} 重复，已见于 {file} 第 {line} 行。"),
        format!("the id {id} is used twice; see {file}, line {line}."),
    )
}

/// An overlay replaces something without saying so.
pub fn override_not_said(id: &str) -> Text {
    Text::new(
        format!("{id} 已在内置规则中；若要替换，请写明 overrides = \"{id}\"。"),
        format!("{id} is built in; to replace it say overrides = \"{id}\"."),
    )
}

/// An overlay overrides what is not there.
pub fn nothing_to_override(id: &str) -> Text {
    Text::new(
        format!("overrides = \"{id}\" 没有可替换的内容，请核对编号。"),
        format!("overrides = \"{id}\" finds nothing to replace; check the id."),
    )
}

/// A dictionary or parameter that is not there.
pub fn unknown_reference(what: &Text) -> Text {
    Text::new(
        format!("引用了不存在的{}。", what.zh),
        format!("it refers to the {}, which does not exist.", what.en),
    )
}

/// A dictionary to which a rule refers.
pub fn named_dictionary(id: &str) -> Text {
    Text::new(format!("词表 {id}"), format!("dictionary {id}"))
}

/// A class of a dictionary to which a rule refers.
pub fn named_class(class: &str, id: &str) -> Text {
    Text::new(format!("词表 {id} 的类别 {class}"), format!("class {class} of dictionary {id}"))
}

/// A parameter to which a rule refers.
pub fn named_parameter(id: &str) -> Text {
    Text::new(format!("参数 {id}"), format!("parameter {id}"))
}

/// A rule to which a rule refers.
pub fn named_rule(id: &str) -> Text {
    Text::new(format!("规则 {id}"), format!("rule {id}"))
}

/// A parameter whose values are not what a rule reads.
pub fn parameter_of_wrong_kind(
    id: &str,
    needed: ParameterKind,
    given: ParameterKind,
    (file, line): (&str, usize),
) -> Text {
    let zh = |kind: ParameterKind| match kind {
        ParameterKind::Date => "date（日期）",
        ParameterKind::Amount => "amount（金额）",
        ParameterKind::Number => "number（整数）",
        ParameterKind::Word => "word（词）",
    };
    Text::new(
        format!(
            "参数 {id} 的取值应写作 {}（{file} 第 {line} 行的规则这样读取），这里写的是 {}。",
            zh(needed),
            zh(given)
        ),
        format!(
            "parameter {id}: {file}, line {line}, reads its values as {}, and here they are given as {}.",
            needed.name(),
            given.name()
        ),
    )
}

/// What a rule file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// A parameter.
    Parameters,
    /// Dictionaries.
    Dictionaries,
    /// A rule.
    Rules,
}

/// A file of the rules that stands in the folder of another kind.
pub fn file_misplaced(home: Home) -> Text {
    match home {
        Home::Parameters => Text::new(
            "这是参数文件（有 [[value]]），应放在规则文件夹的 parameters/ 中。",
            "this is a parameter (it has [[value]]): it belongs into parameters/ of the rules folder.",
        ),
        Home::Dictionaries => Text::new(
            "这是词表文件（有 [[dictionary]]），应放在规则文件夹的 dictionaries/ 中。",
            "this is a dictionary (it has [[dictionary]]): it belongs into dictionaries/ of the rules folder.",
        ),
        Home::Rules => Text::new(
            "这是规则文件（有 [check]），不应放在 parameters/ 或 dictionaries/ 中。",
            "this is a rule (it has [check]): it belongs neither into parameters/ nor into dictionaries/.",
        ),
    }
}

/// A field that the registry lacks.
pub fn unknown_field(table: &str, field: &str, known: &str) -> Text {
    Text::new(
        format!("登记表 {table} 没有字段 \"{field}\"，可用：{known}。"),
        format!("the registry {table} has no field \"{field}\"; use one of: {known}."),
    )
}

/// A heading that would stand for two columns.
pub fn heading_of_two_columns(heading: &str, known: Column, further: Column) -> Text {
    let (known, known_title) = (known.name(), known.title());
    let (further, further_title) = (further.name(), further.title());
    Text::new(
        format!(
            "标题“{heading}”已表示 {known}({known_title})，不能又表示 {further}({further_title})。只对某个文件如此的，请写在 audit.toml 的 [input.columns] 中。"
        ),
        format!(
            "the heading \"{heading}\" stands for {known} ({known_title}) and cannot stand for {further} ({further_title}) as well. Where it holds for one file only, write it under [input.columns] of audit.toml."
        ),
    )
}

/// A code that has a meaning already.
pub fn code_known(code: &str, word: &str) -> Text {
    Text::new(
        format!(
            "代码“{code}”已表示“{word}”；若要改变内置的含义，请写明 overrides = true，同一文件中只能写一次。"
        ),
        format!(
            "the code \"{code}\" stands for \"{word}\" already; to change what is built in say overrides = true, and write a code once in a file."
        ),
    )
}

/// A code that is none, or stands for nothing.
pub fn code_is_none(code: &str) -> Text {
    Text::new(
        format!("代码“{code}”或它的含义为空，或含有等号，无法使用。"),
        format!("the code \"{code}\" or its word is empty, or it holds an equals sign: it cannot be used."),
    )
}

/// A heading that must not stand for a column.
pub fn heading_never(heading: &str, column: Column) -> Text {
    let name = column.name();
    Text::new(
        format!(
            "标题“{heading}”不能作为 {name} 的通用标题（见 [never]）。确认某个文件如此的，请写在 audit.toml 的 [input.columns] 中。"
        ),
        format!(
            "the heading \"{heading}\" never stands for {name} in general (see [never]). If it does in one file, write it under [input.columns] of audit.toml."
        ),
    )
}

/// A heading that is nothing but a unit, or names one.
pub fn heading_is_no_name(heading: &str) -> Text {
    Text::new(
        format!("“{heading}”不能作标题：去掉空格和单位后再写，单位由程序自己识别。"),
        format!("\"{heading}\" is no heading: write it without its unit, which is recognised by itself."),
    )
}

/// A word of a parameter that no check knows.
pub fn unknown_parameter_word(id: &str, word: &str, known: &[&str], user: (&str, usize)) -> Text {
    let (file, line) = user;
    Text::new(
        format!(
            "参数 {id} 的取值“{word}”无法识别（{file} 第 {line} 行用到），可用的词：{}。",
            known.join("、")
        ),
        format!(
            "parameter {id}: \"{word}\" is not known to {file}, line {line}: the words are {}.",
            known.join(", ")
        ),
    )
}

/// A day that is none.
pub fn not_a_day(text: &str) -> Text {
    Text::new(
        format!("{text} 不是日期，应写作 2014-02-21。"),
        format!("{text} is no day; write it as 2014-02-21."),
    )
}

/// A group of name variants that holds one character only.
pub fn lone_name_variant(group: &str) -> Text {
    Text::new(
        format!("“{group}”只有一个字：每组至少写两个可以互相替代的字。"),
        format!("\"{group}\" holds one character: a group has at least two that stand for one another."),
    )
}

/// A mark with a case type, or a claim without one.
pub fn case_type_misplaced(is_none_wanted: bool) -> Text {
    if is_none_wanted {
        Text::new(
            "只作标记或只列应发未发的规则不应有 case_type。",
            "a rule that marks, or that tells what was not paid, has no case_type.",
        )
    } else {
        Text::new("规则缺少 case_type。", "the rule lacks its case_type.")
    }
}

/// An event has one field.
pub fn one_field_only() -> Text {
    Text::new("死亡日期只能对应一个字段。", "the field of a death is exactly one.")
}

/// A pension's months count as they stand.
pub fn pension_month_is_same() -> Text {
    Text::new(
        "待遇起止年月按所写月份计，month 只能为 \"same\"。",
        "a pension bars from the month that is written; month must be \"same\".",
    )
}

/// A list that names nothing.
pub fn nothing_named(key: &str) -> Text {
    Text::new(format!("{key} 为空：须至少写明一项。"), format!("{key} is empty: name at least one."))
}

/// A scope without any component.
pub fn returns_nothing() -> Text {
    Text::new("returns 为空：规则不追回任何金额。", "returns is empty: the rule would recover nothing.")
}

/// An example whose cells cannot be used.
pub fn bad_example(what: &str) -> Text {
    Text::new(format!("示例无法使用：{what}"), format!("the example cannot be used: {what}"))
}

/// An example that did not come out as it says: only what differs.
pub fn example_failed(file: &str, line: usize, name: &str, differences: &[Difference]) -> Text {
    let mut zh = format!("{file} 第 {line} 行，示例“{name}”不符");
    let mut en = format!("{file}, line {line}: the example \"{name}\" fails");
    for difference in differences {
        let part = part_words(difference.part);
        let (expected, found) = (told_words(&difference.expected), told_words(&difference.found));
        zh.push_str(&format!("\n    {}：应为 {}，实为 {}", part.zh, expected.zh, found.zh));
        en.push_str(&format!("\n    {}: expected {}, found {}", part.en, expected.en, found.en));
    }
    Text::new(zh, en)
}

/// What an example states.
fn part_words(part: Part) -> Text {
    match part {
        Part::Claimed => Text::new("应追回（元，claimed）", "claimed (yuan)"),
        Part::Months => Text::new("应追回的所属期（months）", "months claimed"),
        Part::Supports => Text::new("佐证的应追回（元，supports）", "claims supported (yuan)"),
        Part::Lead => Text::new("线索的可能金额（元，lead）", "lead (yuan)"),
        Part::Unpaid => Text::new("应发未发（元，unpaid）", "unpaid (yuan)"),
        Part::Marked => Text::new("提示（marked）", "marked"),
        Part::Rows => Text::new("行数（rows）", "rows"),
        Part::Subtype => Text::new("子类型（subtype）", "subtype"),
        Part::Marks => Text::new("台账标记（marks）", "marks"),
        Part::Says => Text::new("应说到的词（says）", "words said"),
    }
}

/// What came out, or was expected to.
fn told_words(value: &str) -> Text {
    match value {
        "" => Text::new("无", "none"),
        "unknown" => Text::new("未知", "unknown"),
        "true" => Text::new("有", "yes"),
        "false" => Text::new("无", "no"),
        other => Text::new(other, other),
    }
}

/// How many examples of a rule failed.
pub fn examples_of_rule(rule: &str, count: usize, failed: usize) -> Text {
    Text::new(
        format!("规则 {rule}：示例 {count} 个，不符 {failed} 个"),
        format!("rule {rule}: {count} examples, {failed} failed"),
    )
}

/// Rules that have no example.
pub fn rules_without_examples(rules: &[&str]) -> Text {
    Text::new(format!("没有示例：{}", rules.join("、")), format!("without any example: {}", rules.join(", ")))
}

/// A condition that says nothing, or two things.
pub fn bad_condition(field: &str) -> Text {
    Text::new(
        format!(
            "条件 {field} 须写 dictionary 和 class（或 not_class），或只写 is = \"empty\"、is = \"stated\"。"
        ),
        format!(
            "the condition on {field} needs a dictionary with class (or not_class), or nothing but is = \"empty\" or is = \"stated\"."
        ),
    )
}

/// Ages that contradict each other.
pub fn ages_out_of_order() -> Text {
    Text::new(
        "certain_below 不能大于 years，years 不能大于 120。",
        "certain_below must not exceed years, nor years 120.",
    )
}

/// Something shared by one.
pub fn shared_by_one() -> Text {
    Text::new("least 至少为 2。", "`least` must be 2 or more.")
}

/// A list of which nobody knows what is repeated.
pub fn repeated_without_amount() -> Text {
    Text::new(
        "repeated 用于登记表时，amount 和 day 两项都要写明。",
        "`repeated` of a list needs both `amount` and `day`.",
    )
}

/// A bar without a start.
pub fn from_is_missing() -> Text {
    Text::new(
        "缺少 from：须写明从哪个字段的哪个月起不应发放。",
        "`from` is missing: say from which field, and which month of it, nothing is due.",
    )
}

/// A start where none is read.
pub fn from_is_misplaced() -> Text {
    Text::new("按年龄判断的规则不应有 from。", "a rule about an age has no `from`.")
}

/// A standard that names no parameter.
pub fn standard_without_parameter(key: &str) -> Text {
    Text::new(
        format!("{key} 为空：须写明标准所在的参数。"),
        format!("{key} is empty: name the parameters that hold the standard."),
    )
}

/// Ages out of order.
pub fn tiers_out_of_order() -> Text {
    Text::new("tiers 须按年龄从小到大排列，不得重复。", "the tiers stand in the order of age, each age once.")
}

/// A rule that would establish on what can only point.
pub fn cannot_establish() -> Text {
    Text::new(
        "这一类核查只能列线索或作标记，tier_cap 须为 \"lead\"。",
        "such a check can only point: tier_cap must be \"lead\".",
    )
}
