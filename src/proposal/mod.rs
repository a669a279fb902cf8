//! A proposal for audit.toml, from nothing but the files of a folder.
//!
//! Owns which file is taken for which table and how sure that is. Must not read an input in another way than
//! an audit does, and never overwrites anything.

mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::domain::{Month, MonthSpan};
use crate::ingest::{self, Column, Fit, Input, InputFile, Limits, Storage, Table, Tables};
use crate::messages::{self, Error, Text};
use crate::project::{PROJECT_FILE, relative_name};
use crate::rulebook::Rulebook;

pub use write::text_of;

/// How sure a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Two tables fit about as well: somebody must choose.
    Low,
    /// One table fits better than the others.
    Medium,
    /// The headings fit one table and hardly any other.
    High,
}

/// A sheet that is taken for a table.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The file, relative to the folder.
    pub file: String,
    /// The sheet, where the file has several that hold anything.
    pub sheet: Option<String>,
    /// The format, by the content.
    pub format: &'static str,
    /// What it is taken for.
    pub fit: Fit,
    /// How sure that is.
    pub confidence: Confidence,
    /// What else it could be, the likeliest first.
    pub others: Vec<Table>,
}

/// A file or sheet that is taken for nothing.
#[derive(Clone, Debug)]
pub struct Unplaced {
    /// The file, relative to the folder.
    pub file: String,
    /// The sheet, where the file has any.
    pub sheet: Option<String>,
    /// Why.
    pub why: Text,
}

/// What a folder holds.
#[derive(Debug)]
pub struct Proposal {
    /// The title of the project.
    pub title: String,
    /// The region code.
    pub region: String,
    /// The months that are paid for.
    pub period: MonthSpan,
    /// The newest day that any file speaks of.
    pub as_of: NaiveDate,
    /// What is taken for a table, by table and file.
    pub placed: Vec<Placed>,
    /// What is not.
    pub unplaced: Vec<Unplaced>,
}

/// What the user says of the project.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The title; absent: the name of the folder.
    pub title: Option<String>,
    /// The region code; absent: that of most numbers.
    pub region: Option<String>,
    /// The audit's day; absent: the newest day of all files.
    pub as_of: Option<NaiveDate>,
}

/// Looks at the files of a folder.
///
/// # Errors
/// When the folder has an audit.toml already, cannot be read, or holds no payment roster.
pub fn propose(root: &Path, rulebook: &Rulebook, given: Given, limits: &Limits) -> Result<Proposal, Error> {
    let (mut placed, mut unplaced) = (Vec::new(), Vec::new());
    let mut files = Vec::new();
    find_files(root, &mut files)?;
    for path in files {
        let file = relative_name(root, &path);
        let input = Input { vocabulary: rulebook.vocabulary.clone(), ..Input::default() };
        let described = InputFile { table: Table::Payments, path: path.clone(), shown: file.clone(), input };
        match ingest::survey(&described, limits) {
            Ok((format, sheets)) => {
                let is_one_of_several = sheets.len() > 1;
                for sheet in sheets {
                    let name = format!("{file} {}", sheet.sheet.as_deref().unwrap_or_default());
                    let shown_sheet = sheet.sheet.clone().filter(|_| is_one_of_several);
                    match choose(&name, &sheet.fits, rulebook) {
                        Some((fit, confidence, others)) => placed.push(Placed {
                            file: file.clone(),
                            sheet: shown_sheet,
                            format,
                            fit,
                            confidence,
                            others,
                        }),
                        None => unplaced.push(Unplaced {
                            file: file.clone(),
                            sheet: sheet.sheet,
                            why: sheet.refusal.map_or_else(messages::no_table_fits, |why| why.text),
                        }),
                    }
                }
            }
            Err(why) => unplaced.push(Unplaced { file, sheet: None, why: why.text }),
        }
    }
    placed.sort_by(|a, b| (a.fit.table, &a.file, &a.sheet).cmp(&(b.fit.table, &b.file, &b.sheet)));
    if !placed.iter().any(|one| one.fit.table == Table::Payments) {
        return Err(messages::nothing_to_propose(&root.display().to_string(), &unplaced_lines(&unplaced)));
    }
    conclude(root, rulebook, given, limits, placed, unplaced)
}

fn unplaced_lines(unplaced: &[Unplaced]) -> Vec<(String, Text)> {
    unplaced.iter().map(|one| (one.file.clone(), one.why.clone())).collect()
}

/// Reads the placed files once, for the months and days that they speak of.
fn conclude(
    root: &Path,
    rulebook: &Rulebook,
    given: Given,
    limits: &Limits,
    placed: Vec<Placed>,
    mut unplaced: Vec<Unplaced>,
) -> Result<Proposal, Error> {
    let is_sure = |placed: &&Placed| placed.confidence > Confidence::Low;
    let files: Vec<InputFile> =
        placed.iter().filter(is_sure).map(|one| described(root, rulebook, one)).collect();
    let storage = Storage { scratch: vec![std::env::temp_dir()], limits: *limits, ..Storage::default() };
    let read = |files: &[InputFile]| ingest::read(files, NaiveDate::MAX, &storage, &|_, _| {});
    let mut tables = Vec::new();
    match read(&files) {
        Ok(all) => tables.push(all),
        Err(why) => {
            // One file that is refused must not hide what the rosters say of the months.
            unplaced.push(Unplaced { file: String::new(), sheet: None, why: why.text });
            let rosters = files.iter().filter(|file| file.table == Table::Payments);
            tables.extend(rosters.filter_map(|file| read(std::slice::from_ref(file)).ok()));
        }
    }
    let periods: Vec<MonthSpan> = tables.iter().filter_map(Tables::benefit_months).collect();
    let first = periods.iter().map(|period| period.from).min();
    let last = periods.iter().map(|period| period.last()).max();
    let (Some(first), Some(last)) = (first, last) else {
        let shown = root.display().to_string();
        return Err(messages::nothing_to_propose(&shown, &unplaced_lines(&unplaced)));
    };
    let period = MonthSpan::through(first, last);
    let newest = tables.iter().filter_map(|tables| newest_day(tables, period)).max();
    let area = tables.iter().find_map(Tables::usual_area).map(|area| format!("{area:06}"));
    let folder = root.canonicalize().ok();
    let folder = folder.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    Ok(Proposal {
        title: given.title.or(folder).unwrap_or_default(),
        region: given.region.or(area).unwrap_or_default(),
        period,
        as_of: given.as_of.or(newest).unwrap_or_default(),
        placed,
        unplaced,
    })
}

/// How many months after the last payment a day is taken for a slip of somebody's pen.
const PLAUSIBLE_MONTHS: i32 = 24;

/// The newest day of an event that any file names, or the last day of the period if that is later.
fn newest_day(tables: &Tables, period: MonthSpan) -> Option<NaiveDate> {
    let is_event = |column: Column| ingest::is_event(column) || column == Column::PaidDate;
    let registries = Table::ALL.into_iter().flat_map(|table| tables.latest_days(table));
    let latest = Month(period.until.0.saturating_add(PLAUSIBLE_MONTHS)).first_day();
    let is_plausible = |day: &NaiveDate| latest.is_none_or(|latest| *day < latest);
    let days = registries.filter(|(column, _)| is_event(*column)).map(|(_, day)| day).filter(is_plausible);
    let last = period.until.first_day().and_then(|day| day.pred_opt());
    days.chain(tables.newest_paid()).chain(last).max()
}

fn described(root: &Path, rulebook: &Rulebook, placed: &Placed) -> InputFile {
    let input =
        Input { vocabulary: rulebook.vocabulary.clone(), sheet: placed.sheet.clone(), ..Input::default() };
    InputFile { table: placed.fit.table, path: root.join(&placed.file), shown: placed.file.clone(), input }
}

/// The files that may be inputs: not the project's own, not results, not what systems hide.
fn find_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |why: std::io::Error| messages::cannot_read(&folder.display().to_string(), &why);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let entries = entries.map(|entry| Ok(entry?.path()));
    let mut entries: Vec<PathBuf> = entries.collect::<std::io::Result<_>>().map_err(failed)?;
    entries.sort();
    for path in entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_result = path.is_dir() && path.join(crate::receipt::RECEIPT_FILE).is_file();
        let is_own = ["toml", "md"].iter().any(|own| name.to_lowercase().ends_with(&format!(".{own}")));
        if name.starts_with('.') || name.starts_with("~$") || is_own || is_result {
            continue;
        }
        if path.is_dir() {
            // A link may lead back to where it stands.
            if !path.is_symlink() {
                find_files(&path, found)?;
            }
        } else if path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

/// The columns that tell nothing of which table they stand in.
fn is_common(column: Column) -> bool {
    use Column::*;
    matches!(
        column,
        IdNumber
            | Name
            | Sex
            | BirthDate
            | Township
            | Village
            | Region
            | Source
            | Status
            | Kind
            | PersonNo
            | Amount
            | PaidDate
            | Method
            | Reason
    )
}

/// The table that fits best, how sure that is, and what else it could be.
fn choose(name: &str, fits: &[Fit], rulebook: &Rulebook) -> Option<(Fit, Confidence, Vec<Table>)> {
    let named: Vec<Table> = rulebook.vocabulary.tables_named(name).collect();
    let score = |fit: &Fit| {
        let telling = fit.columns.iter().filter(|(column, _)| !is_common(*column));
        let columns: u32 =
            telling.map(|(column, _)| if fit.table.required().contains(column) { 3 } else { 2 }).sum();
        columns + if named.contains(&fit.table) { 4 } else { 0 }
    };
    let scores: BTreeMap<Table, u32> = fits.iter().map(|fit| (fit.table, score(fit))).collect();
    let mut ranked: Vec<&Fit> = fits.iter().filter(|fit| scores[&fit.table] > 0).collect();
    ranked.sort_by_key(|fit| (std::cmp::Reverse(scores[&fit.table]), fit.table));
    let best = *ranked.first()?;
    let second = ranked.get(1).map_or(0, |fit| scores[&fit.table]);
    let lead = scores[&best.table] - second;
    let confidence = match (scores[&best.table], lead) {
        (4.., 3..) => Confidence::High,
        (2.., 1..) => Confidence::Medium,
        _ => Confidence::Low,
    };
    let others = ranked[1..].iter().map(|fit| fit.table).collect();
    Some((best.clone(), confidence, others))
}

/// Refuses a folder that has an audit.toml.
///
/// # Errors
/// When it has.
pub fn refuse_existing(root: &Path) -> Result<(), Error> {
    let path = root.join(PROJECT_FILE);
    if path.symlink_metadata().is_ok() {
        Err(messages::project_exists(&path.display().to_string()))
    } else {
        Ok(())
    }
}

/// Writes the proposal as the folder's audit.toml, which must not exist.
///
/// # Errors
/// When it exists or cannot be written.
pub fn write(root: &Path, text: &str) -> Result<(), Error> {
    use std::io::Write;
    let path = root.join(PROJECT_FILE);
    let shown = path.display().to_string();
    let file = std::fs::File::options().write(true).create_new(true).open(&path);
    let mut file = file.map_err(|why| match why.kind() {
        std::io::ErrorKind::AlreadyExists => messages::project_exists(&shown),
        _ => messages::cannot_write(&shown, &why),
    })?;
    file.write_all(text.as_bytes()).map_err(|why| messages::cannot_write(&shown, &why))
}
