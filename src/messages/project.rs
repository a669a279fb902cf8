//! What the reader of audit.toml says.

use std::io;

use super::{Error, Exit, Text};
use crate::ingest::Column;

/// audit.toml is missing.
pub fn no_project_file(path: &str, why: &io::Error) -> Error {
    if why.kind() == io::ErrorKind::NotFound {
        return Error::new(
            Exit::Usage,
            "E601",
            format!("找不到 {path}。请指定含有 audit.toml 的项目文件夹。"),
            format!("{path} does not exist. Name a project folder that holds an audit.toml."),
        );
    }
    unreadable_toml(path, why)
}

/// A TOML file cannot be read, or is not UTF-8.
pub fn unreadable_toml(path: &str, why: &io::Error) -> Error {
    if why.kind() != io::ErrorKind::InvalidData {
        return super::cannot_read(path, why);
    }
    Error::new(
        Exit::Usage,
        "E607",
        format!("{path} 不是 UTF-8 编码的文本。请用记事本等打开，另存时选择 UTF-8 编码。"),
        format!("{path} is no UTF-8 text. Open it in an editor and save it as UTF-8."),
    )
}

/// A TOML file cannot be parsed, or has an unknown or missing key.
pub fn toml_error(file: &str, line: usize, why: &Text) -> Error {
    Error::new(
        Exit::Usage,
        "E602",
        format!("{file} 第 {line} 行有误：{}。请对照文档检查该行的键名与写法。", why.zh),
        format!("{file}, line {line}: {}. Check the key and its value against the documentation.", why.en),
    )
}

/// A value in a TOML file is wrong.
pub fn project_value(file: &str, line: usize, problem: Text) -> Error {
    Error::new(
        Exit::Usage,
        "E603",
        format!("{file} 第 {line} 行：{}", problem.zh),
        format!("{file}, line {line}: {}", problem.en),
    )
}

/// The project names no payments.
pub fn no_payments_input() -> Error {
    Error::new(
        Exit::Usage,
        "E604",
        "audit.toml 没有 table = \"payments\" 的输入：没有发放明细就没有可审计的内容。",
        "audit.toml has no input with table = \"payments\": without payment lines there is nothing to audit.",
    )
}

/// A period that is none.
pub fn bad_period(from: &str, to: &str) -> Text {
    Text::new(
        format!(
            "period 从 {from} 到 {to} 不是有效的起止年月，应写作 {{ from = \"2023-01\", to = \"2023-12\" }}。"
        ),
        format!(
            "period from {from} to {to} is no span of months; write {{ from = \"2023-01\", to = \"2023-12\" }}."
        ),
    )
}

/// An as_of that is no day.
pub fn bad_as_of(text: &str) -> Text {
    Text::new(
        format!("as_of = \"{text}\" 不是日期，应写作 \"2024-08-31\"。"),
        format!("as_of = \"{text}\" is no date; write it as \"2024-08-31\"."),
    )
}

/// A word that is not among those allowed.
pub fn bad_choice(key: &str, given: &str, allowed: &str) -> Text {
    Text::new(
        format!("{key} 不认识 \"{given}\"，可用：{allowed}。"),
        format!("{key} does not know \"{given}\"; use one of: {allowed}."),
    )
}

/// A heading that audit.toml gives to two columns.
pub fn heading_mapped_twice(heading: &str, first: Column, second: Column) -> Text {
    let (first, first_title) = (first.name(), first.title());
    let (second, second_title) = (second.name(), second.title());
    Text::new(
        format!(
            "标题“{heading}”同时指给了 {first}({first_title}) 和 {second}({second_title})。一列只能表示一项，请删去其中一个。"
        ),
        format!(
            "the heading \"{heading}\" is given to {first} ({first_title}) and to {second} ({second_title}). A column means one thing: remove one of the two."
        ),
    )
}

/// A file pattern that cannot be understood.
pub fn bad_pattern(pattern: &str) -> Text {
    Text::new(
        format!("文件名通配符 \"{pattern}\" 写法有误。"),
        format!("the file pattern \"{pattern}\" cannot be understood."),
    )
}

/// A file pattern that matches nothing.
pub fn no_match(pattern: &str) -> Text {
    Text::new(
        format!(
            "没有文件与 path = \"{pattern}\" 相符。请检查文件名；暂缺的登记表请从 audit.toml 中删去，结果会注明未核查。"
        ),
        format!(
            "no file matches path = \"{pattern}\". Check the name; remove an input that is not there yet, and the run will say what was not checked."
        ),
    )
}

/// A file whose name is in another encoding, as unpacking an archive leaves it.
pub fn unreadable_name(shown: &str) -> Error {
    Error::new(
        Exit::Refused,
        "E608",
        format!(
            "{shown} 的文件名不是 UTF-8（常见于解压 Windows 压缩包），无法写入结果。请改名后再运行；本程序不会略过它。"
        ),
        format!(
            "the name of {shown} is not UTF-8 (as unpacking an archive may leave it) and cannot be cited. Rename it and run again; it is not passed over."
        ),
    )
}

/// A published figure that is no number, or finer than its unit.
pub fn bad_claim_value(value: &str, unit: &str) -> Text {
    Text::new(
        format!("value = \"{value}\" 不是以{unit}为单位的数字。"),
        format!("value = \"{value}\" is no number in {unit}."),
    )
}

/// A project without published figures.
pub fn no_claims_file() -> Error {
    Error::new(
        Exit::Usage,
        "E605",
        "项目文件夹中没有 claims.toml，没有可比对的公布数字。",
        "the project folder has no claims.toml: there is no published figure to compare.",
    )
}

/// A path that is not relative to the project.
pub fn absolute_path(pattern: &str) -> Text {
    Text::new(
        format!("path = \"{pattern}\" 是绝对路径；请改为相对于项目文件夹的路径，结果才能在别处复核。"),
        format!(
            "path = \"{pattern}\" is absolute; write it relative to the project, so that the result can be verified elsewhere."
        ),
    )
}
