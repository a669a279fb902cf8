//! Every sentence that a person reads, in Chinese and in English, and the one error type.
//!
//! Owns wording. Must not decide anything: callers pass the facts, this table turns them into sentences.
//! Files are written in the project's language; `--lang` changes the terminal only.

use std::fmt;

mod catalogue;
mod contradictions;
mod death_dates;
mod engine;
mod formats;
mod generate;
mod identity;
mod observations;
mod project;
mod proposal;
mod refusals;
mod rejects;
mod remarks;
mod report;
mod rules;
mod rules_page;
mod terminal;
mod toml_words;

pub use catalogue::{CATALOGUE, Entry, Kind};
pub use contradictions::*;
pub use engine::*;
pub use formats::*;
pub use generate::*;
pub use identity::*;
pub use observations::*;
pub use project::*;
pub use proposal::*;
pub use refusals::*;
pub use rejects::*;
pub use remarks::*;
pub use report::*;
pub use rules::*;
pub use rules_page::*;
pub use terminal::*;
pub(crate) use toml_words::*;

/// The language of a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// 中文, the default.
    #[default]
    Zh,
    /// English.
    En,
}

/// One sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text {
    /// The Chinese sentence.
    pub zh: String,
    /// The English sentence.
    pub en: String,
}

impl Text {
    /// A sentence from its two wordings.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Text {
        Text { zh: zh.into(), en: en.into() }
    }

    /// The wording in one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// The process exit codes that scripts may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Something that was to be checked is not so.
    NotSo = 1,
    /// The command line, the project file or the rulebook is wrong.
    Usage = 2,
    /// An input was refused.
    Refused = 3,
    /// A file could not be read or written.
    File = 4,
    /// A bug in this program.
    Bug = 70,
}

/// What went wrong, as a sentence with its remedy, a code to look it up by, and the exit code it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The exit code.
    pub exit: Exit,
    /// The code in docs and tests: E1xx files, E2xx headings, E3xx values, E5xx rules, E6xx project, E7xx
    /// output.
    pub code: &'static str,
    /// The sentence.
    pub text: Text,
}

impl Error {
    /// An error from its parts; only the message table calls it.
    pub(crate) fn new(exit: Exit, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Error {
        Error { exit, code, text: Text::new(zh, en) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.code, self.text.zh)
    }
}

impl std::error::Error for Error {}

/// What the system says of a file, in Chinese where it is one of the usual things.
fn system_words(why: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match why.kind() {
        ErrorKind::NotFound => "文件或文件夹不存在".to_string(),
        ErrorKind::PermissionDenied => "没有权限".to_string(),
        ErrorKind::IsADirectory => "它是文件夹，不是文件".to_string(),
        ErrorKind::NotADirectory => "路径中有一段不是文件夹".to_string(),
        _ => why.to_string(),
    }
}

/// A file could not be read.
pub fn cannot_read(path: &str, why: &std::io::Error) -> Error {
    if is_too_many_open(why) {
        return too_many_open(path, why);
    }
    Error::new(
        Exit::File,
        "E101",
        format!("无法读取 {path}：{}。请检查文件是否存在、是否有读取权限。", system_words(why)),
        format!("cannot read {path}: {why}. Check that the file exists and may be read."),
    )
}

/// A file or folder could not be written.
pub fn cannot_write(path: &str, why: &dyn fmt::Display) -> Error {
    Error::new(
        Exit::File,
        "E701",
        format!("无法写入 {path}：{why}。请检查磁盘空间和权限；若文件正被 Excel 打开，请先关闭。"),
        format!(
            "cannot write {path}: {why}. Check space and permissions; close the file if a spreadsheet holds it open."
        ),
    )
}
