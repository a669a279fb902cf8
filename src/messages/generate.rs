//! What the generator of sample projects says.

use super::{Error, Exit};

/// The folder holds something that the generator did not write.
pub fn folder_not_ours(dir: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E711",
        format!("{dir} 不是空文件夹，且不是本程序生成的样例工程，未写入任何内容。请指定新文件夹或空文件夹。"),
        format!(
            "{dir} is not empty and not a project of this generator; nothing was written. Name a new folder."
        ),
    )
}

/// The scenario of this name does not exist.
pub fn unknown_scenario(name: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E712",
        format!("没有名为“{name}”的情景。可选：hongta-2023、showcase、district。"),
        format!("there is no scenario \"{name}\". Choose hongta-2023, showcase or district."),
    )
}

/// The payment format of this name does not exist.
pub fn unknown_payment_format(name: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E713",
        format!("没有名为“{name}”的发放明细格式。可选：csv、parquet。"),
        format!("there is no payment format \"{name}\". Choose csv or parquet."),
    )
}

/// The sample scenario is fixed.
pub fn scenario_is_fixed(option: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E714",
        format!(
            "情景 hongta-2023、showcase 的内容固定，不接受 {option}。需要其他规模或格式时请使用 --scenario district。"
        ),
        format!(
            "the scenarios hongta-2023 and showcase are fixed and take no {option}; use --scenario district for that."
        ),
    )
}

/// A number is outside what the generator can make.
pub fn number_out_of_range(option: &str, least: usize, most: usize) -> Error {
    Error::new(
        Exit::Usage,
        "E715",
        format!("{option} 须在 {least} 至 {most} 之间。"),
        format!("{option} must be from {least} to {most}."),
    )
}

/// GB18030 was asked for in a format that has no encoding.
pub fn parquet_has_no_encoding() -> Error {
    Error::new(
        Exit::Usage,
        "E716",
        "--gb18030 只适用于 csv 格式；Parquet 文件中的文字总是 UTF-8。",
        "--gb18030 applies to csv only; text in Parquet files is always UTF-8.",
    )
}

/// The embedded scenario data contradict themselves: a fault of this program.
pub fn scenario_data(file: &str, why: &str) -> Error {
    Error::new(
        Exit::Bug,
        "E717",
        format!("内置情景数据 {file} 有误：{why}。这是本程序的缺陷，请报告。"),
        format!("the embedded scenario data {file} are wrong: {why}. This is a bug; please report it."),
    )
}
