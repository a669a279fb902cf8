//! Headings and fixed words of the written files.

use super::{Error, Exit, Text};

/// The subtype of a funeral claim where both schemes have paid.
pub const SUBTYPE_BOTH_PAID: &str = "both_paid";
/// The subtype of a funeral claim where the family has chosen the other scheme.
pub const SUBTYPE_ELECTION: &str = "election";

/// What a control total counts.
pub fn control_text(code: &str) -> Text {
    match code {
        "rows_in" => Text::new("读入行数与金额", "rows and money read"),
        "rows_kept" => Text::new("采用行数与金额", "rows and money kept"),
        _ => Text::new("拒收行数与金额", "rows and money rejected"),
    }
}

/// A file that a receipt names is not there.
pub fn verify_missing(kind: &str, name: &str) -> Text {
    Text::new(format!("{}缺失：{name}", kind_zh(kind)), format!("{kind} missing: {name}"))
}

/// A file is not as the receipt states.
pub fn verify_changed(kind: &str, name: &str) -> Text {
    Text::new(
        format!("{}与凭据不符：{name}", kind_zh(kind)),
        format!("{kind} differs from the receipt: {name}"),
    )
}

/// A file that the receipt does not know.
pub fn verify_new(kind: &str, name: &str) -> Text {
    Text::new(format!("{}不在凭据中：{name}", kind_zh(kind)), format!("{kind} not in the receipt: {name}"))
}

/// Another version wrote the result.
pub fn verify_version(then: &str, now: &str) -> Text {
    Text::new(
        format!("程序版本不同：结果由 {then} 生成，当前为 {now}"),
        format!("another version: written by {then}, this is {now}"),
    )
}

fn kind_zh(kind: &str) -> &'static str {
    match kind {
        "input" => "输入",
        "rule" => "规则",
        "output" => "输出",
        "project" => "项目文件",
        _ => "凭据",
    }
}

/// A folder without a usable receipt.
pub fn no_receipt(folder: &str, why: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E702",
        format!("{folder} 中没有本程序的凭据 receipt.json（{why}）。请指定 run 生成的结果文件夹。"),
        format!(
            "{folder} holds no receipt.json of this program ({why}). Name a folder that `run` has written."
        ),
    )
}

/// A folder that is not ours is never replaced.
pub fn not_our_folder(folder: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E703",
        format!(
            "{folder} 已存在且不是本程序的结果（没有 receipt.json），不会被覆盖。请换一个 --out 文件夹，或先移走它。"
        ),
        format!(
            "{folder} exists and is no result of this program (it has no receipt.json); it is never replaced. Choose another --out, or move it away."
        ),
    )
}
