//! Reading the files of a project: what did not change comes from the cache, all else is read piece by piece
//! and written in its canonical form.
//!
//! Owns the order of the steps and the bounds on memory. Must not know a format or a cell.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::NaiveDate;
use rayon::prelude::*;

use super::chunk::{CellKind, RawChunk};
use super::heading;
use super::input::{Input, InputFile};
use super::limits::Limits;
use super::registry::RegistryReader;
use super::roster::{RosterChunk, RosterReader};
use super::schema::{Column, Table};
use super::source::{Broken, Form, Piece, Source};
use super::store::{Cache, Entry, FileFacts, PackedRegistry, Place, RegistryWriter, RosterWriter, Stamp};
use super::tables::{InputHash, Refused, Tables};
use crate::messages::{self, CacheProblem, Error};

/// Files up to this size are read side by side, each by one thread; larger ones one after the other, each by
/// all threads, so that few rows are in memory at a time.
const SMALL: u64 = 2 << 20;

/// Where the canonical form of inputs is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storage {
    /// The folder of the cache; absent: nothing outlives the run.
    pub cache: Option<PathBuf>,
    /// Folders for files without a name, the first that takes them.
    pub scratch: Vec<PathBuf>,
    /// Whether every byte of every input is read, however unchanged a file looks.
    pub rehash: bool,
    /// Whether no entry of the cache is trusted and all are made anew.
    pub rebuild: bool,
    /// How many payment lines at most are sorted together; more lines of a file make another run. The result
    /// never depends on it.
    pub run_lines: usize,
    /// How much is read of one file before it is refused.
    pub limits: Limits,
    /// Whether the other inputs are read although one is refused; which were, [`Tables::refused`] tells.
    pub keep_going: bool,
}

impl Default for Storage {
    fn default() -> Storage {
        Storage {
            cache: None,
            scratch: Vec::new(),
            rehash: false,
            rebuild: false,
            run_lines: 1 << 21,
            limits: Limits::default(),
            keep_going: false,
        }
    }
}

/// Told after each file that was read: how many of how many are done.
pub type Progress<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// Reads input files, given in the order of table and path. A birth date after `as_of` is not real.
pub fn read(
    files: &[InputFile],
    as_of: NaiveDate,
    storage: &Storage,
    progress: &Progress<'_>,
) -> Result<Tables, Error> {
    let mut problem = None;
    let cache = storage.cache.as_deref().and_then(|folder| {
        let opened = Cache::open(folder, storage);
        opened.map_err(|why| problem = Some(messages::cache_unused(&folder.display().to_string(), &why))).ok()
    });
    let scratch = Place::Scratch(storage.scratch.clone());
    let reader = Reader {
        as_of,
        cache: cache.as_ref(),
        refused: OnceLock::new(),
        scratch,
        run_lines: storage.run_lines,
        limits: storage.limits,
    };
    let done = AtomicUsize::new(0);
    let tell = || progress(1 + done.fetch_add(1, Ordering::Relaxed), files.len());
    let is_small = |file: &InputFile| std::fs::metadata(&file.path).is_ok_and(|data| data.len() <= SMALL);
    // First what is known already and what is small, side by side.
    let mut entries: Vec<Option<Result<FileRead, Error>>> = files
        .par_iter()
        .map(|file| {
            let known = cache.as_ref().and_then(|cache| cache.find(file, as_of)).map(|entry| Ok((entry, 0)));
            let entry = known.or_else(|| is_small(file).then(|| reader.read_file(file, false)));
            if entry.is_some() {
                tell();
            }
            entry
        })
        .collect();
    for (file, entry) in files.iter().zip(&mut entries) {
        if entry.is_none() {
            *entry = Some(reader.read_file(file, true));
            tell();
        }
    }
    let refused = reader.refused.into_inner();
    let mut tables = gather(files, entries.into_iter().flatten(), storage.keep_going)?;
    if let Some(cache) = cache {
        // A cache that cannot be tidied up costs the next run time, never its answer.
        let folder = cache.folder().display().to_string();
        let failed = refused.or(cache.close().err().map(|why| why.to_string()));
        problem = failed.map(|why| messages::cache_unused(&folder, &CacheProblem::System(why)));
    }
    tables.cache_problem = problem;
    let any_line = tables.controls.iter().any(|control| control.table == Table::Payments && control.rows > 0);
    if any_line || !tables.refused.is_empty() { Ok(tables) } else { Err(messages::no_payment_rows()) }
}

/// What was read of all files; which were refused, where that does not end the reading.
fn gather(
    files: &[InputFile],
    entries: impl Iterator<Item = Result<FileRead, Error>>,
    keep_going: bool,
) -> Result<Tables, Error> {
    let mut tables = Tables::default();
    let mut inputs: Vec<InputHash> = Vec::new();
    let mut kept: Vec<(usize, &InputFile)> = Vec::new();
    let refuse = |refused: &mut Vec<Refused>, position: usize, is_read: bool, error: Error| {
        let (table, file) = (files[position].table, files[position].shown.clone());
        refused.push(Refused { position, is_read, table, file, error });
    };
    for (position, (file, entry)) in files.iter().zip(entries).enumerate() {
        let ((entry, sha256), bytes) = match entry {
            Err(error) if keep_going => {
                refuse(&mut tables.refused, position, false, error);
                continue;
            }
            entry => entry?,
        };
        kept.push((position, file));
        if bytes > 0 {
            tables.read_rows += entry.facts().control.rows;
            tables.read_bytes += bytes;
        }
        inputs.push(InputHash { table: file.table, path: file.shown.clone(), sha256 });
        tables.push(entry);
    }
    if let Err((position, error)) = refuse_identical(&kept, &inputs) {
        if !keep_going {
            return Err(error);
        }
        refuse(&mut tables.refused, position, true, error);
    }
    tables.inputs = inputs;
    Ok(tables)
}

/// Two files of one table with the same bytes are refused.
fn refuse_identical(files: &[(usize, &InputFile)], inputs: &[InputHash]) -> Result<(), (usize, Error)> {
    let mut seen: BTreeMap<(Table, &str), Vec<&InputFile>> = BTreeMap::new();
    for ((position, file), input) in files.iter().zip(inputs) {
        let same = seen.entry((file.table, &input.sha256)).or_default();
        // Two sheets of one workbook are two inputs, if both are named.
        let collides = |other: &&&InputFile| match (&other.input.sheet, &file.input.sheet) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        };
        if let Some(first) = same.iter().find(collides) {
            return Err((*position, messages::identical_files(&first.shown, &file.shown)));
        }
        same.push(file);
    }
    Ok(())
}

/// The entry of a file with its SHA-256, and how many bytes of the file were read for it.
type FileRead = ((Entry, String), u64);

struct Reader<'a> {
    as_of: NaiveDate,
    cache: Option<&'a Cache>,
    /// Why an entry could not be written into the cache, the first time.
    refused: OnceLock<String>,
    scratch: Place,
    run_lines: usize,
    limits: Limits,
}

/// What a piece of a file became.
enum Chunk {
    Roster(RosterChunk),
    Registry(PackedRegistry),
}

enum Writer {
    Roster(Box<RosterWriter>),
    Registry(Box<RegistryWriter>),
}

impl Writer {
    fn new(table: Table, place: Place, facts: FileFacts, run_lines: usize, is_parallel: bool) -> Writer {
        match table {
            Table::Payments => {
                Writer::Roster(Box::new(RosterWriter::new(place, facts, run_lines, is_parallel)))
            }
            _ => Writer::Registry(Box::new(RegistryWriter::new(place, facts))),
        }
    }

    fn push(&mut self, chunk: Chunk, rows: u32) -> std::io::Result<()> {
        match (self, chunk) {
            (Writer::Roster(writer), Chunk::Roster(chunk)) => writer.push(chunk, rows),
            (Writer::Registry(writer), Chunk::Registry(chunk)) => writer.push(chunk, rows),
            _ => Err(std::io::ErrorKind::InvalidInput.into()),
        }
    }

    fn finish(self, name: &str) -> std::io::Result<Entry> {
        Ok(match self {
            Writer::Roster(writer) => Entry::Roster(writer.finish(name)?),
            Writer::Registry(writer) => Entry::Registry(writer.finish(name)?),
        })
    }
}

fn parse(table: Table, shown: &str, form: &Form, as_of: NaiveDate, rows: &RawChunk) -> Chunk {
    let (layout, sheet) = (&form.layout, form.sheet.as_str());
    match table {
        Table::Payments => {
            let mut chunk = RosterReader::read(shown, sheet, layout, as_of, rows);
            chunk.noticed.merge(rows.notes().clone(), 0);
            Chunk::Roster(chunk)
        }
        _ => {
            let mut chunk = RegistryReader::read(table, shown, sheet, layout, as_of, rows);
            chunk.noticed.merge(rows.notes().clone(), 0);
            Chunk::Registry(PackedRegistry::of(table, chunk))
        }
    }
}

fn facts_of(file: &InputFile, form: &Form, as_of: NaiveDate) -> FileFacts {
    let mut facts = FileFacts::new(file.table, &file.shown, as_of);
    facts.note_columns(form.layout.columns());
    for observation in &form.layout.noticed {
        facts.noticed.note(observation.clone(), form.layout.heading_row);
    }
    for observation in &form.noticed {
        facts.noticed.note(observation.clone(), form.layout.heading_row);
    }
    facts
}

impl Reader<'_> {
    /// Reads a file.
    fn read_file(&self, file: &InputFile, is_parallel: bool) -> Result<FileRead, Error> {
        let stamp = Stamp::of(&file.path).map_err(|why| messages::cannot_read(&file.shown, &why))?;
        let place = self.cache.map_or_else(|| self.scratch.clone(), Cache::place);
        let mut used_cache = self.cache;
        let read = match self.read_into(place, file, is_parallel) {
            // A cache that cannot be written must not keep an audit from being made.
            Err(Failure::Store(why)) if used_cache.take().is_some() => {
                self.refused.get_or_init(|| why.to_string());
                self.read_into(self.scratch.clone(), file, is_parallel)
            }
            read => read,
        };
        let (entry, sha256) = read.map_err(|failure| failure.told(&file.shown))?;
        if Stamp::of(&file.path).ok().as_ref() != Some(&stamp) {
            // Nobody can say which of its states was read and which was hashed.
            return Err(messages::changed_while_read(&file.shown));
        }
        if let Some(cache) = used_cache {
            cache.remember(file, stamp.clone(), &sha256);
        }
        Ok(((entry, sha256), stamp.size()))
    }

    fn read_into(
        &self,
        place: Place,
        file: &InputFile,
        is_parallel: bool,
    ) -> Result<(Entry, String), Failure> {
        let (mut source, form) = Source::open(file, &self.limits)?;
        let mut writer =
            Writer::new(file.table, place, facts_of(file, &form, self.as_of), self.run_lines, is_parallel);
        let most = if is_parallel { 3 * rayon::current_num_threads() } else { 1 };
        let read = |piece: Piece| {
            let (rows, lines) = form.chunk(piece)?;
            Ok((parse(file.table, &file.shown, &form, self.as_of, &rows), lines))
        };
        let mut row_base = 0u32;
        let (mut pieces, mut broken) = source.next(most);
        while !pieces.is_empty() {
            let (next, chunks): (_, Vec<Result<(Chunk, u32), Broken>>) = if is_parallel {
                // While these pieces are parsed the next ones are read and hashed.
                rayon::join(|| source.next(most), || pieces.into_par_iter().map(read).collect())
            } else {
                let chunks = pieces.into_iter().map(read).collect();
                (source.next(most), chunks)
            };
            for chunk in chunks {
                let (chunk, lines) = chunk.map_err(|broken| match broken {
                    Broken::Quote(open) => {
                        let row = row_base.saturating_add(open.row);
                        messages::unclosed_quote(&file.shown, row, open.is_too_long)
                    }
                    Broken::Told(error) => error,
                })?;
                writer.push(chunk, lines).map_err(Failure::Store)?;
                row_base = row_base.saturating_add(lines);
            }
            // What stands before the place where reading broke off is told first, whatever the threads.
            (pieces, broken) = if broken.is_some() { (Vec::new(), broken) } else { next };
        }
        if let Some(why) = broken {
            return Err(why.into());
        }
        let sha256 = source.finish(file)?;
        let entry = writer.finish(&Cache::name(file, &sha256)).map_err(Failure::Store)?;
        Ok((entry, sha256))
    }
}

/// Why a file was not read.
enum Failure {
    /// The input is refused.
    Told(Error),
    /// Its canonical form cannot be written.
    Store(std::io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Told(error)
    }
}

impl Failure {
    fn told(self, shown: &str) -> Error {
        match self {
            Failure::Told(error) => error,
            Failure::Store(why) => messages::cannot_store(shown, &why),
        }
    }
}

/// Reads rows given as cell texts by canonical column name, as the examples of a rule are, through the same
/// heading recognition and cell rules as a file. The rows count from 2, below a heading.
pub fn read_cells(
    tables: &mut Tables,
    table: Table,
    rows: &[BTreeMap<String, String>],
    as_of: NaiveDate,
) -> Result<(), Error> {
    let mut names: Vec<String> = rows.iter().flat_map(|row| row.keys().cloned()).collect();
    names.sort();
    names.dedup();
    let shown = table.name();
    if let Some(unknown) = names.iter().find(|name| !Column::from_name(name).is_some_and(|c| table.has(c))) {
        let known: Vec<&str> = table.columns().map(Column::name).collect();
        return Err(messages::rule_error(
            shown,
            1,
            messages::unknown_field(shown, unknown, &known.join(", ")),
        ));
    }
    let layout = heading::find(table, &Input::default(), shown, &vec![(1, names.clone())])?;
    let mut chunk = RawChunk::new(layout.projection.len());
    for (at, row) in rows.iter().enumerate() {
        let cells =
            layout.projection.iter().map(|&column| row.get(&names[column]).map_or("", String::as_str));
        chunk.push_row(at as u32 + 2, cells.map(|cell| (cell, CellKind::Text)));
    }
    let form = Form::plain(layout);
    let chunk = parse(table, shown, &form, as_of, &chunk);
    let mut facts = FileFacts::new(table, shown, as_of);
    facts.note_columns(form.layout.columns());
    let mut writer =
        Writer::new(table, Place::Scratch(Vec::new()), facts, Storage::default().run_lines, false);
    let entry = writer.push(chunk, 0).and_then(|()| writer.finish(""));
    tables.push(entry.map_err(|why| messages::cannot_store(shown, &why))?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(heading: &str, row: &str) -> i64 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.csv");
        std::fs::write(
            &path,
            format!("身份证号,姓名,待遇所属期,{heading}\n530499195201010011,甲,202301,{row}\n"),
        )
        .unwrap();
        let input = Input { pattern: "p.csv".into(), ..Input::default() };
        let file = InputFile { table: Table::Payments, path, shown: "p.csv".into(), input };
        let as_of = NaiveDate::from_ymd_opt(2024, 8, 31).unwrap();
        let tables = read(&[file], as_of, &Storage::default(), &|_, _| {}).unwrap();
        let control = &tables.controls[0];
        assert_eq!((control.kept, control.fen), (1, control.fen_kept));
        control.fen as i64
    }

    #[test]
    fn parts_add_up_and_their_sum_is_not_added_again() {
        assert_eq!(basic("中央基础养老金,省级基础养老金", "98.00,22.00"), 12_000);
        assert_eq!(basic("基础养老金,区级基础养老金", "98.00,22.00"), 12_000);
        let with_sum = basic("基础养老金,中央基础养老金,省级基础养老金", "120.00,98.00,22.00");
        assert_eq!(with_sum, 12_000);
    }
}
