//! The folder of a generated project: whether it may be written, its audit.toml, and the names of its files.
//!
//! Owns the folder. Must not touch a file that the generator did not write.

use std::fs;
use std::path::{Component, Path};

use chrono::NaiveDate;

use super::write::write_text;
use crate::domain::MonthSpan;
use crate::messages::{self, Error};

/// The project file.
pub(super) const AUDIT: &str = "audit.toml";
/// The answer key.
pub(super) const KEY: &str = "answer_key.csv";
/// The published figures.
pub(super) const CLAIMS: &str = "claims.toml";
/// The folder of payment files.
pub(super) const PAYMENTS: &str = "发放明细";

const MARK: &str = "# 由 pension-audit generate 生成，人物和数据全部虚构。All of it is invented.";
const OWN_FILE: &str = "# 生成的文件 ";

/// One `[[input]]`.
pub(super) struct Input {
    /// The table.
    pub(super) table: &'static str,
    /// The pattern.
    pub(super) path: String,
    /// Whether amounts are written in fen.
    pub(super) fen: bool,
}

impl Input {
    /// An input with amounts in yuan.
    pub(super) fn new(table: &'static str, path: &str) -> Input {
        Input { table, path: path.to_string(), fen: false }
    }
}

/// Makes the folder ready. One that holds anything is refused, unless this generator wrote it; then the files
/// it wrote, and no others, are removed.
pub(super) fn prepare_folder(dir: &Path) -> Result<(), Error> {
    let shown = dir.display().to_string();
    fs::create_dir_all(dir).map_err(|why| messages::cannot_write(&shown, &why))?;
    let mut entries = fs::read_dir(dir).map_err(|why| messages::cannot_read(&shown, &why))?;
    if entries.next().is_none() {
        return Ok(());
    }
    let audit = fs::read_to_string(dir.join(AUDIT)).unwrap_or_default();
    if !audit.starts_with(MARK) || !dir.join(KEY).is_file() {
        return Err(messages::folder_not_ours(&shown));
    }
    for name in audit.lines().filter_map(|line| line.strip_prefix(OWN_FILE)) {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        let path = dir.join(name);
        if inside && name != AUDIT && name != KEY && path.is_file() {
            fs::remove_file(&path).map_err(|why| messages::cannot_write(name, &why))?;
        }
    }
    Ok(())
}

/// Writes audit.toml. It also lists the files, so that a later call knows which are its own.
pub(super) fn write_audit(
    dir: &Path,
    title: &str,
    region: &str,
    (period, as_of): (MonthSpan, NaiveDate),
    rules: Option<&str>,
    inputs: &[Input],
    files: &[String],
) -> Result<(), Error> {
    let mut text = format!("{MARK}\n\ntitle  = \"{title}\"\nregion = \"{region}\"\n");
    text.push_str(&format!("period = {{ from = \"{}\", to = \"{}\" }}\n", period.from, period.last()));
    text.push_str(&format!("as_of  = \"{as_of}\"\n"));
    if let Some(rules) = rules {
        text.push_str(&format!("rules  = \"{rules}\"\n"));
    }
    for input in inputs {
        text.push_str(&format!("\n[[input]]\ntable = \"{}\"\npath  = \"{}\"\n", input.table, input.path));
        if input.fen {
            text.push_str("[input.units]\namount = \"fen\"\n");
        }
    }
    text.push('\n');
    for name in files {
        text.push_str(&format!("{OWN_FILE}{name}\n"));
    }
    write_text(dir, AUDIT, &text)
}
