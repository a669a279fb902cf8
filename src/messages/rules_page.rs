//! What `rules` shows: the list, the page of a rule, and all rules as one document.

use chrono::NaiveDate;

use super::terminal::words;
use super::{Lang, Text, component_word};
use crate::ingest::{Component, Table};
use crate::rulebook::{
    Basis, Check, Outcome, Parameter, ParameterStatus, ParameterValue, Quantity, Returns, Rule, RuleStatus,
    Rulebook, Scope, TierCap,
};

/// The columns of `rules list`.
pub fn rule_columns(lang: Lang) -> Vec<String> {
    words(
        lang,
        &["规则", "状态", "效力", "依据生效", "示例", "名称"],
        &["rule", "status", "tier", "law from", "examples", "title"],
    )
}

/// The status of a rule.
pub fn rule_status(status: RuleStatus) -> Text {
    match status {
        RuleStatus::Trial => Text::new("试行", "trial"),
        RuleStatus::Active => Text::new("启用", "active"),
        RuleStatus::Retired => Text::new("停用", "retired"),
    }
}

/// What a rule may say.
pub fn rule_tier(rule: &Rule) -> Text {
    if rule.check.outcome() == Outcome::Owed {
        return Text::new("应发未发", "unpaid");
    }
    match (rule.case_type, rule.tier_cap) {
        (None, _) => Text::new("标记", "mark"),
        (Some(_), TierCap::Established) => Text::new("可认定", "established"),
        (Some(_), TierCap::Lead) => Text::new("仅线索", "lead"),
    }
}

/// A rule with its law, words and examples.
pub fn rule_page(rulebook: &Rulebook, rule: &Rule, lang: Lang) -> Vec<String> {
    let heading = |zh: &str, en: &str| Text::new(zh, en).in_lang(lang).to_string();
    let mut lines = vec![
        format!("{}  {}", rule.id, rule.title),
        format!(
            "{}  {}  {}",
            rule_status(rule.status).in_lang(lang),
            rule_tier(rule).in_lang(lang),
            rule.file
        ),
        check_words(rulebook, &rule.check).in_lang(lang).to_string(),
        String::new(),
        heading("法规依据", "law"),
    ];
    for basis in &rule.basis {
        lines.push(format!("  {}", law_line(basis)));
        lines.push(format!("    “{}”", basis.quote));
    }
    if !rule.parameters.is_empty() {
        lines.push(String::new());
        lines.push(heading(
            "参数（各地区最后一项取值；全部取值见 rules show 参数名）",
            "parameters (the last value of each region; for all of them: rules show ID)",
        ));
    }
    for parameter in rule.parameters.iter().filter_map(|id| rulebook.parameters.get(id)) {
        lines.push(format!("  {}  {}", parameter.id, parameter.title));
        lines.extend(last_values(parameter).map(|value| format!("    {}", value_line(value, lang))));
    }
    let documents = [
        (heading("查什么", "what it checks"), &rule.doc_checks),
        (heading("不查什么", "what it does not check"), &rule.doc_not_checked),
        (heading("误报与申诉", "false alarms and appeal"), &rule.doc_appeal),
    ];
    for (title, text) in documents {
        lines.push(String::new());
        lines.push(title);
        lines.extend(text.trim().lines().map(|line| format!("  {line}")));
    }
    lines.push(String::new());
    lines.push(heading("示例", "examples"));
    lines.extend(
        rule.examples.iter().map(|(line, example)| format!("  {}:{line}  {}", rule.file, example.name)),
    );
    lines
}

/// A parameter with all its values, and the rules that read it.
pub fn parameter_page(rulebook: &Rulebook, parameter: &Parameter, lang: Lang) -> Vec<String> {
    let heading = |zh: &str, en: &str| Text::new(zh, en).in_lang(lang).to_string();
    let mut lines = vec![format!("{}  {}", parameter.id, parameter.title)];
    if let Some(kind) = parameter.kind {
        lines.push(format!("{}{}", heading("取值写作：", "given as: "), kind.name()));
    }
    lines.push(String::new());
    lines.push(heading("取值", "values"));
    for value in &parameter.values {
        lines.push(format!("  {}", value_line(value, lang)));
        if let Some(day) = value.published_on {
            lines.push(format!("    {} {day}", heading("文件发布于", "published on")));
        }
        lines.push(match value.last_checked_on {
            Some(day) => format!("    {} {day}", heading("最近核对于", "last checked on")),
            None => format!("    {}", heading("未注明何时核对过", "nobody says when it was checked")),
        });
        if !value.note.is_empty() {
            lines.push(format!("    {}{}", heading("说明：", "note: "), value.note));
        }
    }
    lines.push(String::new());
    lines.push(heading("使用它的规则", "rules that read it"));
    let readers: Vec<&Rule> = rules_reading(rulebook, &parameter.id).collect();
    lines.extend(readers.iter().map(|rule| format!("  {}  {}", rule.id, rule.title)));
    if readers.is_empty() {
        lines.push(format!("  {}", heading("没有", "none")));
    }
    lines
}

/// The rules whose check reads a parameter.
fn rules_reading<'r>(rulebook: &'r Rulebook, id: &str) -> impl Iterator<Item = &'r Rule> {
    rulebook.rules.iter().filter(move |rule| rule.parameters.iter().any(|read| read == id))
}

/// The last value of each region, in the order of the file. Which one holds depends on the day.
fn last_values(parameter: &Parameter) -> impl Iterator<Item = &ParameterValue> {
    let values = &parameter.values;
    values
        .iter()
        .enumerate()
        .filter(move |(at, value)| values[at + 1..].iter().all(|later| later.region != value.region))
        .map(|(_, value)| value)
}

/// A value of a parameter in one line: where, when, what, how sure, by what document.
fn value_line(value: &ParameterValue, lang: Lang) -> String {
    let status = parameter_status(value.status);
    let article = if value.article.is_empty() { String::new() } else { format!(" {}", value.article) };
    let quantity = quantity_words(value);
    match lang {
        Lang::Zh => {
            let until = value.until.map(|day| format!("至 {day} 前")).unwrap_or_default();
            let place = region_word(&value.region);
            let from = format!("{} 起{until}", value.from);
            format!("{place} {from}：{}，{}，{}{article}", quantity.zh, status.zh, value.document)
        }
        Lang::En => {
            let until = value.until.map(|day| format!(" until before {day}")).unwrap_or_default();
            let place = if value.region == "*" { "everywhere" } else { &value.region };
            let from = format!("from {}{until}", value.from);
            format!("{place} {from}: {}, {}, {}{article}", quantity.en, status.en, value.document)
        }
    }
}

/// What a value says, with its unit.
fn quantity_words(value: &ParameterValue) -> Text {
    match &value.value {
        None => Text::new("标准未配置", "not configured"),
        Some(Quantity::Date(day)) => Text::new(day.to_string(), day.to_string()),
        Some(Quantity::Amount(fen)) => {
            Text::new(format!("{} 元", fen.yuan()), format!("{} yuan", fen.yuan()))
        }
        Some(Quantity::Number(number)) => Text::new(number.to_string(), number.to_string()),
        Some(Quantity::Word(word)) => Text::new(word.clone(), word.clone()),
    }
}

/// A legal basis in one line.
pub fn law_line(basis: &Basis) -> String {
    let until = basis.effective_until.map(|day| format!("，{day} 止")).unwrap_or_default();
    let unseen = if basis.confirmed { "" } else { "，原文未见" };
    format!("《{}》{}（{} 起施行{until}{unseen}）", basis.document, basis.article, basis.effective_from)
}

/// How a rule checks: its kind, the tables that it needs, and what it returns.
fn check_words(rulebook: &Rulebook, check: &Check) -> Text {
    let (zh, en) = match check {
        Check::Death(_) => ("按死亡登记判断不应发放的月份", "months barred by deaths"),
        Check::Custody(_) => ("按服刑记录判断不应发放的月份", "months barred by custody"),
        Check::Pension(_) => ("按另一份养老待遇判断不应发放的月份", "months barred by another pension"),
        Check::Listed(_) => ("按名单逐行判断不应发放的月份", "months barred by rows of a list"),
        Check::Age(_) => ("按证件号的出生日期判断年龄", "months before an age"),
        Check::Repeated => ("同一所属期的同一项目由多笔支付", "one component of a month paid more than once"),
        Check::Exclusive(_) => ("两份待遇只应领取一份", "two benefits of which only one is due"),
        Check::Absent(_) => ("登记表中没有此人", "a payee whom a list does not know"),
        Check::Conflict(_) => ("两处记载互相矛盾", "two things that cannot both be true"),
        Check::Standard(_) => ("金额与有日期的标准不符", "amounts held against dated standards"),
        Check::Shared(_) => ("多名领取人共用同一项", "something that several payees share"),
        Check::RepeatedRows(_) => ("名单中应发一次的发放多次", "paid more than once in a list"),
        Check::Unpaid(_) => ("应发而没有发放", "due and not paid"),
    };
    let tables: Vec<Table> = check.registries();
    let titles: Vec<&str> = tables.iter().map(|table| table.title()).collect();
    let names: Vec<&str> = tables.iter().map(|table| table.name()).collect();
    let returned = |lang: Lang| match check.returns() {
        None => String::new(),
        Some(returns) => returned_words(rulebook, returns, lang),
    };
    Text::new(
        format!("{zh}；所需表：{}{}", titles.join("、"), returned(Lang::Zh)),
        format!("{en}; needs: {}{}", names.join(", "), returned(Lang::En)),
    )
}

/// What a rule returns; where a parameter says so, what each of its values returns.
fn returned_words(rulebook: &Rulebook, returns: &Returns, lang: Lang) -> String {
    let (zh, en) = match returns {
        Returns::Fixed(scope) => (components(*scope, Lang::Zh), components(*scope, Lang::En)),
        Returns::Parameter(id) => {
            let values = rulebook.parameters.get(id).into_iter().flat_map(|parameter| &parameter.values);
            let values: Vec<&ParameterValue> = values.collect();
            let each = |lang: Lang, between: &str| -> String {
                let words = values.iter().map(|value| returned_by(value, lang));
                words.collect::<Vec<_>>().join(between)
            };
            (
                format!("按参数 {id}（{}）", each(Lang::Zh, "；")),
                format!("by the parameter {id} ({})", each(Lang::En, "; ")),
            )
        }
    };
    match lang {
        Lang::Zh => format!("；应退：{zh}"),
        Lang::En => format!("; returns: {en}"),
    }
}

/// What is returned by a value of a parameter, where and from when.
fn returned_by(value: &ParameterValue, lang: Lang) -> String {
    let scope = value.word().map_or_else(
        || Text::new("标准未配置", "not configured").in_lang(lang).to_string(),
        |word| {
            let scope = Returns::of_word(word).map_or_else(String::new, |scope| components(scope, lang));
            format!("{word}：{scope}")
        },
    );
    let status = parameter_status(value.status);
    match lang {
        Lang::Zh => format!("{} {} 起 {scope}，{}", region_word(&value.region), value.from, status.zh),
        Lang::En => {
            let region = if value.region == "*" { "everywhere" } else { &value.region };
            format!("{region} from {} {}, {}", value.from, scope.replace('：', ": "), status.en)
        }
    }
}

fn components(scope: Scope, lang: Lang) -> String {
    let components = Component::ALL.into_iter().filter(|&component| scope.contains(component));
    let names: Vec<String> =
        components.map(|component| component_word(component).in_lang(lang).to_string()).collect();
    names.join(if lang == Lang::Zh { "、" } else { ", " })
}

fn region_word(region: &str) -> &str {
    if region == "*" { "全国" } else { region }
}

/// How sure a value is.
fn parameter_status(status: ParameterStatus) -> Text {
    match status {
        ParameterStatus::InForce => Text::new("已生效", "in force"),
        ParameterStatus::Expected => Text::new("待确认", "expected"),
        ParameterStatus::Unknown => Text::new("未知", "unknown"),
    }
}

/// All rules as a document in Markdown, in the order of precedence: docs/rules.md.
pub fn rules_document(rulebook: &Rulebook) -> String {
    let mut text = String::from(
        "# 规则 / Rules\n\n由 `pension-audit rules doc` 从 rules/ 生成，请勿手工修改。\n\
         Made from rules/ by `pension-audit rules doc`; do not edit it.\n\n\
         | 规则 | 状态 | 效力 | 依据生效 | 名称 |\n|---|---|---|---|---|\n",
    );
    for rule in &rulebook.rules {
        let cells = [
            format!("[{}](#{})", rule.id, rule.id.to_lowercase()),
            rule_status(rule.status).zh,
            rule_tier(rule).zh,
            rule.basis.first().map(|basis| basis.effective_from.to_string()).unwrap_or_default(),
            rule.title.clone(),
        ];
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    for rule in &rulebook.rules {
        text.push_str(&format!("\n## {}\n\n**{}**\n\n", rule.id, rule.title));
        let status = (rule_status(rule.status).zh, rule_tier(rule).zh, check_words(rulebook, &rule.check).zh);
        text.push_str(&format!("{}，{}。{}。（rules/{}）\n", status.0, status.1, status.2, rule.file));
        text.push_str("\n法规依据\n\n");
        for basis in &rule.basis {
            text.push_str(&format!("- {}\n  > {}\n", law_line(basis), basis.quote.trim().replace('\n', "")));
        }
        let documents = [
            ("查什么", &rule.doc_checks),
            ("不查什么", &rule.doc_not_checked),
            ("误报与申诉", &rule.doc_appeal),
        ];
        for (title, words) in documents {
            text.push_str(&format!("\n{title}：{}\n", words.trim().replace('\n', "")));
        }
        let read = rule.parameters.iter().filter_map(|id| rulebook.parameters.get(id));
        let read: Vec<String> = read.map(parameter_item).collect();
        if !read.is_empty() {
            text.push_str(&format!("\n参数（各地区最后一项取值）\n\n{}", read.concat()));
        }
        text.push_str("\n示例\n\n");
        for (line, example) in &rule.examples {
            text.push_str(&format!("- {}（第 {line} 行）\n", example.name));
        }
    }
    text.push_str(
        "\n## 参数 / Parameters\n\n| 参数 | 名称 | 地区 | 自 | 至 | 值 | 状态 | 文件 | 使用它的规则 |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for parameter in rulebook.parameters.values() {
        for value in &parameter.values {
            text.push_str(&parameter_row(rulebook, parameter, value));
        }
    }
    text
}

/// A parameter of a rule as an item of a list, with its last values.
fn parameter_item(parameter: &Parameter) -> String {
    let values = last_values(parameter).map(|value| value_line(value, Lang::Zh));
    let values: Vec<String> = values.collect();
    format!("- `{}` {}：{}\n", parameter.id, parameter.title, values.join("；"))
}

fn parameter_row(rulebook: &Rulebook, parameter: &Parameter, value: &ParameterValue) -> String {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let readers: Vec<&str> = rules_reading(rulebook, &parameter.id).map(|rule| rule.id.as_str()).collect();
    let cells = [
        format!("`{}`", parameter.id),
        parameter.title.clone(),
        region_word(&value.region).to_string(),
        value.from.to_string(),
        day(value.until),
        quantity_words(value).zh,
        parameter_status(value.status).zh,
        value.document.clone(),
        readers.join("、"),
    ];
    format!("| {} |\n", cells.join(" | "))
}

/// The document of rules was written.
pub fn rules_document_written(path: &str) -> Text {
    Text::new(format!("规则文档已写入 {path}"), format!("the rules are written to {path}"))
}
