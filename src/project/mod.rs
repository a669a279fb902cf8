//! The project folder: audit.toml and the files that it names.
//!
//! Owns what the user configured. Must not read an input's content.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::{DateReading, Month, MonthSpan, parse_date};
use crate::ingest::{AmountUnit, Column, EncodingChoice, Input, InputFile, Table, Vocabulary, heading_name};
use crate::messages::{self, Error, Lang, Text};

/// A checked project.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder.
    pub root: PathBuf,
    /// The title on the workbook.
    pub title: String,
    /// The region code (GB/T 2260).
    pub region: String,
    /// The benefit months that are audited.
    pub period: MonthSpan,
    /// The day as of which the audit speaks.
    pub as_of: NaiveDate,
    /// Whether a run asked for that day and audit.toml names another.
    pub as_of_given: bool,
    /// The centre's own rules, an overlay over the built-in ones.
    pub rules: Option<PathBuf>,
    /// Where a run writes.
    pub out: PathBuf,
    /// The language of the written files.
    pub lang: Lang,
    /// The key of the case numbers.
    pub case_salt: String,
    /// The input files, sorted by table and relative path: the order in which audit.toml lists them never
    /// matters.
    pub files: Vec<InputFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProject {
    title: String,
    region: String,
    period: Spanned<RawPeriod>,
    as_of: Spanned<String>,
    rules: Option<String>,
    out: Option<String>,
    lang: Option<Spanned<String>>,
    case_salt: Option<String>,
    #[serde(default)]
    input: Vec<Spanned<RawInput>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPeriod {
    from: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInput {
    table: Spanned<String>,
    path: Spanned<String>,
    encoding: Option<Spanned<String>>,
    sheet: Option<String>,
    header_row: Option<u32>,
    #[serde(default)]
    columns: BTreeMap<String, Spanned<OneOrMany>>,
    #[serde(default)]
    values: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    codes: BTreeMap<String, Spanned<BTreeMap<String, String>>>,
    #[serde(default)]
    units: BTreeMap<String, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The name of the project file.
pub const PROJECT_FILE: &str = "audit.toml";

impl Project {
    /// Reads and checks `root/audit.toml`, and finds the files that its patterns match.
    pub fn load(root: &Path) -> Result<Project, Error> {
        let path = root.join(PROJECT_FILE);
        let text = std::fs::read_to_string(&path)
            .map_err(|why| messages::no_project_file(&path.display().to_string(), &why))?;
        let raw: RawProject = toml::from_str(&text).map_err(|why| misread(PROJECT_FILE, &text, &why))?;
        let place = Place { text: &text };
        let mut project = place.checked(root, &raw)?;
        for input in &raw.input {
            project.files.extend(place.files_of(root, input.get_ref())?);
        }
        project
            .files
            .sort_by(|a, b| (a.table, &a.shown, &a.input.sheet).cmp(&(b.table, &b.shown, &b.input.sheet)));
        if !project.files.iter().any(|file| file.table == Table::Payments) {
            return Err(messages::no_payments_input());
        }
        Ok(project)
    }

    /// Lets the audit speak as of another day than audit.toml says.
    pub fn speak_as_of(&mut self, day: NaiveDate) {
        self.as_of_given = day != self.as_of;
        self.as_of = day;
    }

    /// The files of one table.
    pub fn files_of(&self, table: Table) -> impl Iterator<Item = &InputFile> {
        self.files.iter().filter(move |file| file.table == table)
    }

    /// Lets the files be read by these words of offices.
    pub fn read_by(&mut self, vocabulary: &Arc<Vocabulary>) {
        for file in &mut self.files {
            file.input.vocabulary = vocabulary.clone();
        }
    }

    /// Whether audit.toml names any file of a table.
    pub fn has(&self, table: Table) -> bool {
        self.files_of(table).next().is_some()
    }
}

/// The line, from 1, at which a span begins.
pub(crate) fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> usize {
    let start = span.map_or(0, |span| span.start).min(text.len());
    text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// That a TOML file of a project cannot be read.
pub(crate) fn misread(file: &str, text: &str, why: &toml::de::Error) -> Error {
    messages::toml_error(file, line_of(text, why.span()), &toml_problem(text, why))
}

/// What is wrong with a TOML file: of one that holds nothing but remarks, that it is empty.
pub(crate) fn toml_problem(text: &str, why: &toml::de::Error) -> Text {
    let is_remark = |line: &str| line.is_empty() || line.starts_with('#');
    if text.trim_start_matches('\u{feff}').lines().all(|line| is_remark(line.trim())) {
        messages::empty_toml()
    } else {
        messages::toml_words(why.message())
    }
}

/// The text of audit.toml, for the line numbers of what is wrong in it.
struct Place<'a> {
    text: &'a str,
}

impl Place<'_> {
    fn wrong<T>(&self, at: &Spanned<T>, problem: Text) -> Error {
        messages::project_value(PROJECT_FILE, line_of(self.text, Some(at.span())), problem)
    }

    fn checked(&self, root: &Path, raw: &RawProject) -> Result<Project, Error> {
        let period = raw.period.get_ref();
        let months = (Month::parse(&period.from), Month::parse(&period.to));
        let period = match months {
            (Some(first), Some(last)) if first <= last => MonthSpan::through(first, last),
            _ => return Err(self.wrong(&raw.period, messages::bad_period(&period.from, &period.to))),
        };
        let as_of = match parse_date(raw.as_of.get_ref()) {
            DateReading::Day(day) => day,
            _ => return Err(self.wrong(&raw.as_of, messages::bad_as_of(raw.as_of.get_ref()))),
        };
        let lang = match raw.lang.as_ref().map(|lang| lang.get_ref().as_str()) {
            None | Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            Some(other) => {
                let at = raw.lang.as_ref().map_or(0..0, Spanned::span);
                return Err(self.wrong(&Spanned::new(at, ()), messages::bad_choice("lang", other, "zh, en")));
            }
        };
        Ok(Project {
            root: root.to_path_buf(),
            title: raw.title.clone(),
            region: raw.region.clone(),
            period,
            as_of,
            as_of_given: false,
            rules: raw.rules.as_ref().map(|rules| root.join(rules)),
            out: root.join(raw.out.as_deref().unwrap_or("out")),
            lang,
            case_salt: raw.case_salt.clone().unwrap_or_else(|| raw.region.clone()),
            files: Vec::new(),
        })
    }

    fn files_of(&self, root: &Path, raw: &RawInput) -> Result<Vec<InputFile>, Error> {
        let table = Table::from_name(raw.table.get_ref()).ok_or_else(|| {
            let names = Table::ALL.map(Table::name).join(", ");
            self.wrong(&raw.table, messages::bad_choice("table", raw.table.get_ref(), &names))
        })?;
        let input = self.input(table, raw)?;
        if Path::new(&input.pattern).is_absolute() {
            return Err(self.wrong(&raw.path, messages::absolute_path(&input.pattern)));
        }
        let absolute = root.join(&input.pattern);
        let escaped_root = glob::Pattern::escape(&root.display().to_string());
        let pattern = format!("{escaped_root}/{}", input.pattern);
        let matches = glob::glob_with(&pattern, MATCHING)
            .map_err(|_| self.wrong(&raw.path, messages::bad_pattern(&input.pattern)))?;
        refuse_unreadable_names(root, root, &input.pattern.split('/').collect::<Vec<_>>())?;
        let mut paths: Vec<PathBuf> = Vec::new();
        for path in matches {
            let path = path.map_err(|why| messages::cannot_read(&input.pattern, why.error()))?;
            // A spreadsheet that is open keeps a lock file beside it, and systems keep hidden ones.
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_passed = name.starts_with("~$") || name.starts_with('.');
            if is_passed || path.is_dir() || !is_below(root, &path) {
                continue;
            }
            if !path.is_file() {
                // A link that leads nowhere, or a pipe: what it should hold would be missing.
                return Err(messages::cannot_read(&relative_name(root, &path), &ErrorKind::NotFound.into()));
            }
            paths.push(path);
        }
        if paths.is_empty() && absolute.is_file() {
            // A file whose name holds a character that patterns give a meaning, such as `[`.
            paths.push(absolute);
        }
        if paths.is_empty() {
            return Err(self.wrong(&raw.path, messages::no_match(&input.pattern)));
        }
        Ok(paths
            .into_iter()
            .map(|path| {
                let shown = relative_name(root, &path);
                InputFile { table, path, shown, input: input.clone() }
            })
            .collect())
    }

    fn input(&self, table: Table, raw: &RawInput) -> Result<Input, Error> {
        let encoding = match raw.encoding.as_ref().map(|choice| (choice, choice.get_ref().as_str())) {
            None | Some((_, "auto")) => EncodingChoice::Auto,
            Some((_, "utf-8" | "utf8")) => EncodingChoice::Utf8,
            Some((_, "gb18030" | "gbk")) => EncodingChoice::Gb18030,
            Some((at, other)) => {
                return Err(self.wrong(at, messages::bad_choice("encoding", other, "auto, utf-8, gb18030")));
            }
        };
        let mut input = Input {
            pattern: raw.path.get_ref().clone(),
            encoding,
            sheet: raw.sheet.clone(),
            header_row: raw.header_row,
            ..Input::default()
        };
        for (name, headings) in &raw.columns {
            let names = match headings.get_ref() {
                OneOrMany::One(one) => vec![one.clone()],
                OneOrMany::Many(many) => many.clone(),
            };
            let column = self.column(table, name, headings)?;
            for heading in &names {
                let is_same = |other: &String| heading_name(other) == heading_name(heading);
                let earlier = input.columns.iter().find(|(_, others)| others.iter().any(is_same));
                if let Some((&other, _)) = earlier {
                    return Err(self.wrong(headings, messages::heading_mapped_twice(heading, other, column)));
                }
            }
            input.columns.insert(column, names);
        }
        for (name, value) in &raw.values {
            input.values.insert(self.column(table, name, value)?, value.get_ref().clone());
        }
        for (name, codes) in &raw.codes {
            let column = self.column(table, name, codes)?;
            if !column.is_coded() {
                let coded: Vec<&str> = table.columns().filter(|c| c.is_coded()).map(Column::name).collect();
                return Err(self.wrong(codes, messages::bad_choice("input.codes", name, &coded.join(", "))));
            }
            let is_none = |(code, word): &(&String, &String)| {
                code.trim().is_empty() || code.contains('=') || word.trim().is_empty()
            };
            if let Some((code, _)) = codes.get_ref().iter().find(is_none) {
                return Err(self.wrong(codes, messages::code_is_none(code)));
            }
            input.codes.insert(column, codes.get_ref().clone());
        }
        for (name, unit) in &raw.units {
            input.units = match (name.as_str(), unit.get_ref().as_str()) {
                ("amount", "yuan") => AmountUnit::Yuan,
                ("amount", "fen") => AmountUnit::Fen,
                ("amount", "wan") => AmountUnit::Wan,
                ("amount", other) => {
                    return Err(self.wrong(unit, messages::bad_choice("amount", other, "yuan, fen, wan")));
                }
                (other, _) => {
                    return Err(self.wrong(unit, messages::bad_choice("input.units", other, "amount")));
                }
            };
        }
        Ok(input)
    }

    fn column<T>(&self, table: Table, name: &str, at: &Spanned<T>) -> Result<Column, Error> {
        Column::from_name(name).filter(|&column| table.has(column)).ok_or_else(|| {
            let names: Vec<&str> = table.columns().map(Column::name).collect();
            self.wrong(at, messages::bad_choice(table.name(), name, &names.join(", ")))
        })
    }
}

/// `2023-07.CSV` is what `*.csv` means.
const MATCHING: glob::MatchOptions = glob::MatchOptions {
    case_sensitive: false,
    require_literal_separator: false,
    require_literal_leading_dot: false,
};

/// Refuses files and folders that a pattern would match if their names were text: no pattern matches others,
/// and what they hold would be missing without a word.
fn refuse_unreadable_names(root: &Path, folder: &Path, pattern: &[&str]) -> Result<(), Error> {
    let Some((part, rest)) = pattern.split_first() else { return Ok(()) };
    if !part.contains(['*', '?', '[']) {
        return refuse_unreadable_names(root, &folder.join(part), rest);
    }
    if *part == "**" {
        // It stands for no folder as well.
        refuse_unreadable_names(root, folder, rest)?;
    }
    let Ok(matching) = glob::Pattern::new(part) else { return Ok(()) };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_folder = path.is_dir();
        match name.to_str() {
            None => {
                let is_hidden = name.as_encoded_bytes().starts_with(b".");
                if !is_hidden && is_folder != rest.is_empty() {
                    return Err(messages::unreadable_name(&relative_name(root, &path)));
                }
            }
            Some(_) if !is_folder => {}
            Some(_) if *part == "**" => refuse_unreadable_names(root, &path, pattern)?,
            Some(name) if matching.matches_with(name, MATCHING) => {
                refuse_unreadable_names(root, &path, rest)?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Whether a match lies in the project: where the project's own path holds a character that patterns give a
/// meaning, another folder may differ from it by case alone.
fn is_below(root: &Path, path: &Path) -> bool {
    let plain = |path: &Path| path.strip_prefix(".").unwrap_or(path).to_path_buf();
    plain(path).starts_with(plain(root))
}

/// A path relative to the project, with `/` on every system.
pub(crate) fn relative_name(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<String> =
        relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}
