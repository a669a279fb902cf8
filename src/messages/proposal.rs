//! What `init` says of a folder: which file it takes for which table, and how sure it is.

use super::{Error, Exit, Lang, Text};
use crate::ingest::{Column, Table};
use crate::proposal::Confidence;

/// A folder that has an audit.toml: it is never overwritten.
pub fn project_exists(path: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E609",
        format!("{path} 已存在，init 从不覆盖。要重新建议请先改名或移走它，或加 --print 只看建议。"),
        format!(
            "{path} exists and is never overwritten. Move it away, or use --print to see the proposal only."
        ),
    )
}

/// An `--as-of` that is no day.
pub fn bad_as_of_option(text: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E611",
        format!("--as-of {text} 不是日期，应写作 2024-08-31。"),
        format!("--as-of {text} is no date; write it as 2024-08-31."),
    )
}

/// A folder in which no file looks like a payment roster.
pub fn nothing_to_propose(folder: &str, unplaced: &[(String, Text)]) -> Error {
    let list = |lang: Lang| -> String {
        unplaced.iter().map(|(file, why)| format!("\n  {}", told_of(file, why.in_lang(lang)))).collect()
    };
    Error::new(
        Exit::Refused,
        "E610",
        format!(
            "{folder} 中没有认出发放明细（须有证件号、姓名、待遇所属期和金额），没有写 audit.toml。请放入名册，或手写 audit.toml 并在 [input.columns] 中指明标题。{}",
            list(Lang::Zh)
        ),
        format!(
            "no file of {folder} looks like a payment roster (ID number, name, benefit month and an amount), so no audit.toml was written. Add the roster, or write audit.toml by hand and name the headings under [input.columns].{}",
            list(Lang::En)
        ),
    )
}

/// A sentence about a file, which may name it already.
fn told_of(place: &str, why: &str) -> String {
    if place.is_empty() || why.contains(place) { why.to_string() } else { format!("{place}：{why}") }
}

/// A sheet whose headings are those of no table.
pub fn no_table_fits() -> Text {
    Text::new("表头与任何一张表都不相符", "its headings are those of no table")
}

/// A confidence in words.
pub fn confidence_text(confidence: Confidence) -> Text {
    let (zh, en) = match confidence {
        Confidence::High => ("高", "high"),
        Confidence::Medium => ("中", "medium"),
        Confidence::Low => ("低", "low"),
    };
    Text::new(zh, en)
}

/// The head of a proposed audit.toml.
pub fn proposal_head() -> Text {
    Text::new(
        "由 pension-audit init 按文件的表头建议，请逐项核对后再运行。\n标题、行政区划、审计期都可以改；加 # 的部分没有把握，须由人决定。",
        "Proposed by pension-audit init from the headings of the files: check every line before you run.\nTitle, region and period may be changed; what stands behind # is not sure enough and needs a person.",
    )
}

/// The line above `as_of`.
pub fn proposal_as_of() -> Text {
    Text::new(
        "截止日：建议为各文件中最晚的日期。此后登记的死亡、服刑等不计入本次审计。",
        "The newest day that any file names. What was registered later does not count in this audit.",
    )
}

/// A table for which no file was found.
pub fn proposal_missing(table: Table) -> Text {
    Text::new(
        format!(
            "没有认出“{}”（{}）；缺这张表的检查不会进行，会列在 not_checkable.csv。",
            table.title(),
            table.name()
        ),
        format!(
            "No file looks like {}; checks that need it do not run and are listed in not_checkable.csv.",
            table.name()
        ),
    )
}

/// What an input is taken for.
pub fn proposal_input(
    table: Table,
    files: usize,
    format: &str,
    confidence: Confidence,
    others: &[Table],
) -> Text {
    let sure = confidence_text(confidence);
    let zh: Vec<&str> = others.iter().map(|table| table.title()).collect();
    let en: Vec<&str> = others.iter().map(|table| table.name()).collect();
    let (also_zh, also_en) = if others.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("；也可能是 {}", zh.join("、")), format!("; it may also be {}", en.join(", ")))
    };
    Text::new(
        format!("{}：{files} 个文件，{format}，把握程度 {}{also_zh}", table.title(), sure.zh),
        format!("{}: {files} files, {format}, confidence {}{also_en}", table.name(), sure.en),
    )
}

/// The columns that were found.
pub fn proposal_columns(heading_row: u32, columns: &[(Column, String)]) -> Text {
    let pairs: Vec<String> =
        columns.iter().map(|(column, heading)| format!("{heading}={}", column.name())).collect();
    let (zh, en) = match heading_row {
        // A Parquet file has no rows above its data.
        0 => (String::new(), String::new()),
        row => (format!("表头在第 {row} 行；"), format!("heading in row {row}; ")),
    };
    Text::new(format!("{zh}识别：{}", pairs.join("，")), format!("{en}found: {}", pairs.join(", ")))
}

/// The headings that stand for nothing.
pub fn proposal_unused(headings: &[String]) -> Text {
    Text::new(
        format!("没有读取的列：{}（有用的请在 [input.columns] 中指明）", headings.join("，")),
        format!("not read: {} (name them under [input.columns] if they matter)", headings.join(", ")),
    )
}

/// The columns of the table that `init` prints.
pub fn proposal_columns_shown(lang: Lang) -> Vec<String> {
    let columns: [&str; 6] = match lang {
        Lang::Zh => ["文件", "工作表", "认作", "把握", "格式", "识别的列"],
        Lang::En => ["file", "sheet", "taken for", "confidence", "format", "columns"],
    };
    columns.map(str::to_string).to_vec()
}

/// What was taken for nothing.
pub fn proposal_unplaced(file: &str, sheet: Option<&str>, why: &str) -> Text {
    let place = match sheet {
        Some(sheet) => format!("{file}［{sheet}］"),
        None => file.to_string(),
    };
    let is_named = sheet.is_none() && why.contains(file);
    let told = if is_named { why.to_string() } else { told_of(&place, why) };
    Text::new(format!("没有归类：{told}"), format!("not placed: {told}"))
}

/// Where the proposal stands.
pub fn proposal_written(path: &str) -> Text {
    Text::new(
        format!("已写入 {path}。请核对后运行 pension-audit check，再运行 run。"),
        format!("wrote {path}. Check it, then run pension-audit check, and then run."),
    )
}
