//! One registry file in its canonical form: sorted runs of rows, with the months of which each can speak.
//!
//! Owns the writing and reading of the entry. The keys and windows of rows stand apart from the rows, so that
//! the rows of persons whom nobody asks for are never read.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use chrono::NaiveDate;

use super::bytes::{ByteReader, ByteWriter};
use super::container::{BlockRef, Place, Store, StoreWriter, damaged};
use super::facts::{self, FileFacts, StoredRejects};
use crate::domain::{CitizenId, Fen, Month, Name, PersonKey};
use crate::ingest::quality::{Control, FileNotes, Reject};
use crate::ingest::registry::{self, Fields, RegistryChunk, RegistryRow, Value, Window};
use crate::ingest::schema::{Column, Table};
use crate::messages::Observation;

/// How many rows a block holds.
const ROWS: usize = 1024;
/// A run is closed at this many bytes of rows.
const RUN_BYTES: usize = 64 << 20;
/// From this many bytes on room for a whole run is made at once.
const LARGE: usize = 4 << 20;
/// Rows without a usable ID number are written at this many bytes.
const UNUSABLE_BYTES: usize = 1 << 18;
/// How many distinct kinds (类别) are listed.
const MOST_KINDS: usize = 64;

/// What is known of a registry file beside its rows.
#[derive(Debug, Default)]
pub(crate) struct RegistryFacts {
    /// Rows with a usable ID number.
    pub(crate) usable: u64,
    /// Usable numbers that end in the zeros which spreadsheets write for lost digits.
    pub(crate) zero_ended: u64,
    /// The latest date of each column, over all rows.
    pub(crate) latest: Vec<(Column, NaiveDate)>,
    /// The latest day of an event among usable rows: up to here every stated event is a date.
    pub(crate) latest_event: Option<NaiveDate>,
    /// Events before the person's birth, by column.
    pub(crate) before_birth: FileNotes,
    /// The distinct words of 类别; `None` where they are too many to be listed.
    pub(crate) kinds: Option<BTreeSet<String>>,
    /// The columns that are not read and hold words of one that the table lacks.
    pub(crate) unread_words: u32,
}

impl RegistryFacts {
    /// Adds what a later part of the file says, whose rows were counted from `row_base`.
    fn merge(&mut self, other: RegistryFacts, row_base: u32) {
        self.usable += other.usable;
        self.zero_ended += other.zero_ended;
        for (column, day) in other.latest {
            self.push_day(column, day);
        }
        self.latest_event = self.latest_event.max(other.latest_event);
        self.before_birth.merge(other.before_birth, row_base);
        self.unread_words |= other.unread_words;
        self.kinds = match (self.kinds.take(), other.kinds) {
            (Some(mut kinds), Some(more)) => {
                kinds.extend(more);
                Some(kinds).filter(|kinds| kinds.len() <= MOST_KINDS)
            }
            _ => None,
        };
    }

    fn push_day(&mut self, column: Column, day: NaiveDate) {
        match self.latest.iter_mut().find(|(other, _)| *other == column) {
            Some((_, latest)) => *latest = day.max(*latest),
            None => self.latest.push((column, day)),
        }
    }

    fn push(&mut self, row: &RegistryRow) {
        for (column, value) in row.values() {
            let day = match value {
                Value::Date(day) => Some(*day),
                Value::Month(month) => month.first_day(),
                Value::Text(_) | Value::Amount(_) => None,
            };
            let Some(day) = day else { continue };
            self.push_day(column, day);
            if let (Ok(id), true) = (row.id, is_event(column)) {
                if matches!(value, Value::Date(_)) {
                    self.latest_event = self.latest_event.max(Some(day));
                }
                if is_before_birth(value, id) {
                    self.before_birth.note(Observation::DateBeforeBirth(column), row.row);
                }
            }
        }
        self.usable += u64::from(row.id.is_ok());
        self.zero_ended += u64::from(row.id.is_ok_and(CitizenId::ends_in_zeros));
        if let Some(kinds) = &mut self.kinds {
            let kind = row.text(Column::Kind);
            if !kinds.contains(kind) {
                kinds.insert(kind.to_string());
            }
        }
        if self.kinds.as_ref().is_some_and(|kinds| kinds.len() > MOST_KINDS) {
            self.kinds = None;
        }
    }
}

/// Whether a column reports something that happened, so that it can lie neither in the future nor before the
/// person's birth.
pub(crate) fn is_event(column: Column) -> bool {
    !matches!(column, Column::TermTo | Column::UntilMonth | Column::BirthDate | Column::PaidDate)
}

fn is_before_birth(value: &Value, id: CitizenId) -> bool {
    match value {
        Value::Date(day) => *day < id.birth_date(),
        Value::Month(month) => *month < Month::containing(id.birth_date()),
        Value::Text(_) | Value::Amount(_) => false,
    }
}

#[derive(Clone, Copy, Debug)]
struct RowBlock {
    first_key: u64,
    heads: BlockRef,
    rows: BlockRef,
}

/// A sorted run.
#[derive(Debug, Default)]
pub(crate) struct RegistryRun {
    blocks: Vec<RowBlock>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: u64,
    start: u64,
    end: u64,
    window: Window,
}

/// The rows of a chunk, as they are stored, counted from where the chunk begins.
#[derive(Debug)]
pub(crate) struct PackedRegistry {
    control: Control,
    rejects: Vec<Reject>,
    noticed: FileNotes,
    facts: RegistryFacts,
    latest_birth: Option<NaiveDate>,
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    /// Where each row without a usable ID number begins.
    unusable_starts: Vec<usize>,
    unusable: Vec<u8>,
}

impl PackedRegistry {
    /// Packs a chunk of rows.
    pub(crate) fn of(table: Table, chunk: RegistryChunk) -> PackedRegistry {
        let mut packed = PackedRegistry {
            control: chunk.control,
            rejects: chunk.rejects,
            noticed: chunk.noticed,
            facts: RegistryFacts {
                kinds: Some(BTreeSet::new()),
                unread_words: chunk.unread_words,
                ..RegistryFacts::default()
            },
            latest_birth: None,
            entries: Vec::with_capacity(chunk.rows.len()),
            bytes: Vec::with_capacity(chunk.rows.len() * 64),
            unusable_starts: Vec::new(),
            unusable: Vec::new(),
        };
        for row in &chunk.rows {
            packed.facts.push(row);
            match row.id {
                Ok(id) => {
                    packed.latest_birth = packed.latest_birth.max(Some(id.birth_date()));
                    let start = packed.bytes.len() as u64;
                    put_row(&mut packed.bytes, row);
                    let (key, end) = (id.key().0, packed.bytes.len() as u64);
                    packed.entries.push(Entry { key, start, end, window: registry::window(table, row) });
                }
                Err(defect) => {
                    packed.latest_birth = packed.latest_birth.max(CitizenId::stated_birth(&row.id_text));
                    let mut out = ByteWriter(std::mem::take(&mut packed.unusable));
                    facts::put_defect(&mut out, defect);
                    packed.unusable = out.0;
                    packed.unusable_starts.push(packed.unusable.len());
                    put_row(&mut packed.unusable, row);
                }
            }
        }
        packed
    }

    /// Counts the rows from where the file begins.
    fn rebase(&mut self, row_base: u32) {
        let starts = self.entries.iter().map(|entry| entry.start as usize);
        starts.for_each(|start| rebase_row(&mut self.bytes, start, row_base));
        self.unusable_starts.iter().for_each(|&start| rebase_row(&mut self.unusable, start, row_base));
    }
}

/// A packed row begins with its number.
fn rebase_row(bytes: &mut [u8], start: usize, row_base: u32) {
    if let Some(number) = bytes[start..].first_chunk_mut::<4>() {
        *number = u32::from_le_bytes(*number).saturating_add(row_base).to_le_bytes();
    }
}

/// A registry file that is being written.
pub(crate) struct RegistryWriter {
    store: StoreWriter,
    facts: FileFacts,
    registry: RegistryFacts,
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    runs: Vec<RegistryRun>,
    unusable: Vec<u8>,
    unusable_blocks: Vec<BlockRef>,
    row_base: u32,
}

impl RegistryWriter {
    pub(crate) fn new(place: Place, facts: FileFacts) -> RegistryWriter {
        RegistryWriter {
            store: StoreWriter::new(place),
            facts,
            registry: RegistryFacts { kinds: Some(BTreeSet::new()), ..RegistryFacts::default() },
            entries: Vec::new(),
            bytes: Vec::new(),
            runs: Vec::new(),
            unusable: Vec::new(),
            unusable_blocks: Vec::new(),
            row_base: 0,
        }
    }

    /// Appends a chunk, whose rows are counted from where the chunk before ended, which was `rows` rows long.
    pub(crate) fn push(&mut self, mut chunk: PackedRegistry, rows: u32) -> io::Result<()> {
        chunk.rebase(self.row_base);
        self.facts.push(&mut chunk.control, &mut chunk.rejects, chunk.noticed, self.row_base);
        self.facts.push_birth(chunk.latest_birth);
        self.facts.write_rejects(&mut self.store, false)?;
        self.registry.merge(chunk.facts, self.row_base);
        let base = self.bytes.len() as u64;
        let moved = |entry: &Entry| Entry { start: entry.start + base, end: entry.end + base, ..*entry };
        self.entries.extend(chunk.entries.iter().map(moved));
        if self.bytes.len() > LARGE && self.bytes.capacity() < RUN_BYTES {
            // A file that is this large is likely larger: growing step by step would copy everything again.
            self.bytes.reserve(RUN_BYTES);
        }
        self.bytes.extend_from_slice(&chunk.bytes);
        self.unusable.extend_from_slice(&chunk.unusable);
        self.row_base = self.row_base.saturating_add(rows);
        if self.unusable.len() >= UNUSABLE_BYTES {
            self.write_unusable()?;
        }
        if self.bytes.len() >= RUN_BYTES {
            self.write_run()?;
        }
        Ok(())
    }

    fn write_unusable(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.unusable);
        self.unusable_blocks.push(self.store.push(&rows)?);
        Ok(())
    }

    fn write_run(&mut self) -> io::Result<()> {
        let mut entries = std::mem::take(&mut self.entries);
        let bytes = std::mem::take(&mut self.bytes);
        if entries.is_empty() {
            return Ok(());
        }
        entries.sort_unstable_by_key(|entry| (entry.key, entry.start));
        let mut run = RegistryRun::default();
        for part in entries.chunks(ROWS) {
            let mut heads = ByteWriter::default();
            heads.u16(part.len() as u16);
            let mut rows = ByteWriter::default();
            for entry in part {
                heads.u64(entry.key);
                heads.i32(entry.window.from.0);
                heads.i32(entry.window.until.0);
                heads.i32(entry.window.latest.0);
                let row = &bytes[entry.start as usize..entry.end as usize];
                rows.u32(row.len() as u32);
                rows.0.extend_from_slice(row);
            }
            let (heads, rows) = (self.store.push(&heads.0)?, self.store.push(&rows.0)?);
            run.blocks.push(RowBlock { first_key: part[0].key, heads, rows });
        }
        self.runs.push(run);
        Ok(())
    }

    /// Closes the entry.
    pub(crate) fn finish(mut self, name: &str) -> io::Result<Registry> {
        self.write_run()?;
        if !self.unusable.is_empty() {
            self.write_unusable()?;
        }
        self.facts.write_rejects(&mut self.store, true)?;
        let index = RegistryIndex {
            facts: self.facts,
            registry: self.registry,
            runs: self.runs,
            unusable: self.unusable_blocks,
        };
        let mut out = ByteWriter::default();
        index.put(&mut out);
        Ok(Registry { store: self.store.finish(&out.0, name)?, index })
    }
}

fn put_row(bytes: &mut Vec<u8>, row: &RegistryRow) {
    let mut out = ByteWriter(std::mem::take(bytes));
    out.u32(row.row);
    // The number as it was written is asked for only where it is not the number itself.
    let as_written = Some(&row.id_text).filter(|text| !row.id.is_ok_and(|id| id.is_written(text)));
    out.option(as_written, |out, text| out.text(text));
    out.text(&row.name);
    out.u32(row.unread);
    out.u8(row.values.len() as u8);
    for (column, value) in &row.values {
        out.u8(*column as u8);
        match value {
            Value::Text(text) => {
                out.u8(0);
                out.text(text);
            }
            Value::Date(day) => {
                out.u8(1);
                facts::put_day(&mut out, *day);
            }
            Value::Month(month) => {
                out.u8(2);
                out.i32(month.0);
            }
            Value::Amount(fen) => {
                out.u8(3);
                out.i64(fen.0);
            }
        }
    }
    *bytes = out.0;
}

fn take_row(
    input: &mut ByteReader<'_>,
    file: &Arc<str>,
    unread_words: u32,
    id: Result<CitizenId, crate::domain::IdDefect>,
) -> Option<RegistryRow> {
    let row = input.u32()?;
    let as_written = input.option(|input| input.text())?.map(str::to_string);
    let name = input.text()?.to_string();
    let unread = input.u32()?;
    let count = usize::from(input.u8()?);
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        let (column, value) = take_value(input)?;
        let value = match value {
            StoredValue::Text(text) => Value::Text(text.to_string()),
            StoredValue::Date(day) => Value::Date(day),
            StoredValue::Month(month) => Value::Month(month),
            StoredValue::Amount(fen) => Value::Amount(fen),
        };
        values.push((column, value));
    }
    let id_text = as_written.or_else(|| id.ok().map(CitizenId::text)).unwrap_or_default();
    let name_form = Name::comparison_form(&name);
    let has_unread_words = unread & unread_words != 0;
    let file = file.clone();
    Some(RegistryRow { file, row, id, id_text, name, name_form, values, unread, has_unread_words })
}

/// A value of which nothing is copied.
#[derive(Clone, Copy, Debug)]
enum StoredValue<'a> {
    Text(&'a str),
    Date(NaiveDate),
    Month(Month),
    Amount(Fen),
}

fn take_value<'a>(input: &mut ByteReader<'a>) -> Option<(Column, StoredValue<'a>)> {
    let column = *Column::ALL.get(usize::from(input.u8()?))?;
    let value = match input.u8()? {
        0 => StoredValue::Text(input.text()?),
        1 => StoredValue::Date(facts::take_day(input)?),
        2 => StoredValue::Month(Month(input.i32()?)),
        _ => StoredValue::Amount(Fen(input.i64()?)),
    };
    Some((column, value))
}

/// A row of a usable number as it is stored, of which nothing is copied.
#[derive(Debug)]
pub(crate) struct StoredRow<'a> {
    /// The person.
    pub(crate) id: CitizenId,
    /// The name as written.
    pub(crate) name: &'a str,
    /// By column, ascending.
    values: Vec<(Column, StoredValue<'a>)>,
}

impl<'a> StoredRow<'a> {
    fn open(id: CitizenId, bytes: &'a [u8]) -> Option<StoredRow<'a>> {
        let mut input = ByteReader(bytes);
        input.u32()?;
        input.option(|input| input.text())?;
        let name = input.text()?;
        input.u32()?;
        let count = usize::from(input.u8()?);
        let values = (0..count).map(|_| take_value(&mut input)).collect::<Option<_>>()?;
        Some(StoredRow { id, name, values })
    }

    fn value(&self, column: Column) -> Option<StoredValue<'a>> {
        self.values.iter().find(|(other, _)| *other == column).map(|&(_, value)| value)
    }
}

impl Fields for StoredRow<'_> {
    fn day_of(&self, column: Column) -> Option<NaiveDate> {
        match self.value(column) {
            Some(StoredValue::Date(day)) => Some(day),
            _ => None,
        }
    }

    fn text_of(&self, column: Column) -> &str {
        match self.value(column) {
            Some(StoredValue::Text(text)) => text,
            _ => "",
        }
    }

    fn states(&self, column: Column) -> bool {
        self.value(column).is_some()
    }
}

#[derive(Debug)]
struct RegistryIndex {
    facts: FileFacts,
    registry: RegistryFacts,
    runs: Vec<RegistryRun>,
    unusable: Vec<BlockRef>,
}

impl RegistryIndex {
    fn put(&self, out: &mut ByteWriter) {
        self.facts.put(out);
        let registry = &self.registry;
        out.u64(registry.usable);
        out.u64(registry.zero_ended);
        out.list(registry.latest.iter(), |out, &(column, day)| {
            out.text(column.name());
            facts::put_day(out, day);
        });
        out.option(registry.latest_event, facts::put_day);
        out.list(registry.before_birth.iter(), facts::put_noticed);
        out.u32(registry.unread_words);
        out.option(registry.kinds.as_ref(), |out, kinds| {
            out.list(kinds.iter(), |out, kind| out.text(kind));
        });
        out.list(self.runs.iter(), |out, run| {
            out.list(run.blocks.iter(), |out, block| {
                out.u64(block.first_key);
                block.heads.put(out);
                block.rows.put(out);
            });
        });
        out.list(self.unusable.iter(), |out, block| block.put(out));
    }

    fn take(input: &mut ByteReader<'_>) -> Option<RegistryIndex> {
        let facts = FileFacts::take(input)?;
        let mut registry =
            RegistryFacts { usable: input.u64()?, zero_ended: input.u64()?, ..RegistryFacts::default() };
        registry.latest =
            input.list(|input| Some((Column::from_name(input.text()?)?, facts::take_day(input)?)))?;
        registry.latest_event = input.option(facts::take_day)?;
        for (observation, noticed) in input.list(facts::take_noticed)? {
            registry.before_birth.insert(observation, &noticed);
        }
        registry.unread_words = input.u32()?;
        let kinds = input.option(|input| input.list(|input| input.text().map(str::to_string)))?;
        registry.kinds = kinds.map(|kinds| kinds.into_iter().collect());
        let runs = input.list(|input| {
            let blocks = input.list(|input| {
                let first_key = input.u64()?;
                Some(RowBlock { first_key, heads: BlockRef::take(input)?, rows: BlockRef::take(input)? })
            });
            Some(RegistryRun { blocks: blocks? })
        })?;
        Some(RegistryIndex { facts, registry, runs, unusable: input.list(BlockRef::take)? })
    }
}

/// A finished registry file.
#[derive(Debug)]
pub(crate) struct Registry {
    store: Store,
    index: RegistryIndex,
}

/// The head of a row: whose it is, and of which months it can speak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowHead {
    pub(crate) key: u64,
    pub(crate) window: Window,
}

impl Registry {
    /// Opens an entry of the cache.
    pub(super) fn open(store: Store) -> io::Result<Registry> {
        let bytes = store.index()?;
        let index = RegistryIndex::take(&mut ByteReader(&bytes)).ok_or_else(damaged)?;
        Ok(Registry { store, index })
    }

    pub(crate) fn facts(&self) -> &FileFacts {
        &self.index.facts
    }

    pub(crate) fn registry(&self) -> &RegistryFacts {
        &self.index.registry
    }

    pub(crate) fn size(&self) -> u64 {
        self.store.size()
    }

    fn file(&self) -> Arc<str> {
        self.index.facts.control.file.as_str().into()
    }

    /// The rejected rows, in the order of rows.
    pub(crate) fn rejects(&self) -> StoredRejects<'_> {
        self.index.facts.rejects(&self.store)
    }

    /// The cells of kept rows that are to be corrected, in the order of rows.
    pub(crate) fn corrections(&self) -> StoredRejects<'_> {
        self.index.facts.corrections(&self.store)
    }

    /// The rows without a usable ID number, in the order of rows.
    pub(crate) fn unusable(&self, take: &mut dyn FnMut(RegistryRow)) -> io::Result<()> {
        let (file, mut buffer) = (self.file(), Vec::new());
        let words = self.index.registry.unread_words;
        for &block in &self.index.unusable {
            self.store.read(block, &mut buffer)?;
            let mut input = ByteReader(&buffer);
            while !input.0.is_empty() {
                let defect = facts::take_defect(&mut input).ok_or_else(damaged)?;
                take(take_row(&mut input, &file, words, Err(defect)).ok_or_else(damaged)?);
            }
        }
        Ok(())
    }

    /// The heads of the rows of persons whose keys lie from `from` up to but not including `until`, run by
    /// run; within a run by person, then row.
    pub(crate) fn heads(
        &self,
        from: u64,
        until: u64,
        buffer: &mut Vec<u8>,
        take: &mut dyn FnMut(RowHead),
    ) -> io::Result<()> {
        for run in &self.index.runs {
            // Rows of one person may stand in two blocks.
            let first = run.blocks.partition_point(|block| block.first_key < from).saturating_sub(1);
            let end = run.blocks.partition_point(|block| block.first_key < until);
            for block in run.blocks.get(first..end).unwrap_or(&[]) {
                self.store.read(block.heads, buffer)?;
                for head in read_heads(buffer)? {
                    if head.key >= from && head.key < until {
                        take(head);
                    }
                }
            }
        }
        Ok(())
    }

    /// The rows of some persons, given ascending; run by run, within a run by person, then row.
    pub(crate) fn rows_of(&self, keys: &[u64], take: &mut dyn FnMut(RegistryRow)) -> io::Result<()> {
        let (Some(&from), Some(&last)) = (keys.first(), keys.last()) else { return Ok(()) };
        let wants = |key: u64| keys.binary_search(&key).is_ok();
        self.rows_between(from, last, &wants, take)
    }

    /// The rows of persons whose keys lie from `from` up to but not including `until`, of which nothing is
    /// copied; within a run by person, then row.
    pub(crate) fn stored_rows(
        &self,
        from: u64,
        until: u64,
        take: &mut dyn FnMut(StoredRow<'_>),
    ) -> io::Result<()> {
        let wants = |key: u64| (from..until).contains(&key);
        self.bytes_between(from, until.saturating_sub(1), &wants, &mut |id, bytes| {
            take(StoredRow::open(id, bytes)?);
            Some(())
        })
    }

    /// All rows with a usable ID number; within a run by person, then row.
    pub(crate) fn usable_rows(&self, take: &mut dyn FnMut(RegistryRow)) -> io::Result<()> {
        self.rows_between(0, u64::MAX, &|_| true, take)
    }

    fn rows_between(
        &self,
        from: u64,
        last: u64,
        wants: &dyn Fn(u64) -> bool,
        take: &mut dyn FnMut(RegistryRow),
    ) -> io::Result<()> {
        let (file, words) = (self.file(), self.index.registry.unread_words);
        self.bytes_between(from, last, wants, &mut |id, bytes| {
            take(take_row(&mut ByteReader(bytes), &file, words, Ok(id))?);
            Some(())
        })
    }

    /// Shows the bytes of rows. Nothing where they are not those of a row.
    fn bytes_between(
        &self,
        from: u64,
        last: u64,
        wants: &dyn Fn(u64) -> bool,
        take: &mut dyn FnMut(CitizenId, &[u8]) -> Option<()>,
    ) -> io::Result<()> {
        let (mut heads, mut rows) = (Vec::new(), Vec::new());
        for run in &self.index.runs {
            // Rows of one person may stand in two blocks.
            let first = run.blocks.partition_point(|block| block.first_key < from).saturating_sub(1);
            let end = run.blocks.partition_point(|block| block.first_key <= last);
            for block in run.blocks.get(first..end).unwrap_or(&[]) {
                self.store.read(block.heads, &mut heads)?;
                let keys = read_heads(&heads)?;
                if !keys.iter().any(|head| wants(head.key)) {
                    continue;
                }
                self.store.read(block.rows, &mut rows)?;
                let mut input = ByteReader(&rows);
                for head in keys {
                    let length = input.u32().ok_or_else(damaged)? as usize;
                    let row = input.bytes(length).ok_or_else(damaged)?;
                    if wants(head.key) {
                        let id = CitizenId::from_key(PersonKey(head.key)).ok_or_else(damaged)?;
                        take(id, row).ok_or_else(damaged)?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn read_heads(bytes: &[u8]) -> io::Result<Vec<RowHead>> {
    let mut input = ByteReader(bytes);
    let count = usize::from(input.u16().ok_or_else(damaged)?);
    let head = |input: &mut ByteReader<'_>| {
        let key = input.u64()?;
        let (from, until, latest) = (Month(input.i32()?), Month(input.i32()?), Month(input.i32()?));
        Some(RowHead { key, window: Window { from, until, latest } })
    };
    (0..count).map(|_| head(&mut input)).collect::<Option<_>>().ok_or_else(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::IdDefect;

    #[test]
    fn rows_of_one_person_in_two_blocks_are_all_found() {
        let row = |number: u32, key: u64| RegistryRow {
            file: "a.csv".into(),
            row: number,
            id: CitizenId::from_key(PersonKey(key)).ok_or(IdDefect::Length),
            id_text: String::new(),
            name: "甲".into(),
            name_form: "甲".into(),
            values: vec![(Column::DeathDate, Value::Month(Month(24_000)))],
            unread: 0,
            has_unread_words: false,
        };
        let first = 53_049_919_500_101_000;
        // The person in the middle has rows at the end of one block and at the begin of the next.
        let keys: Vec<u64> =
            (0..ROWS as u64 + 500).map(|at| first + at.min(1020).max(at.saturating_sub(10)) % 1500).collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        let rows: Vec<RegistryRow> = keys.iter().zip(2..).map(|(&key, number)| row(number, key)).collect();
        let control = Control::new(Table::Deaths, "a.csv");
        let chunk = RegistryChunk {
            rows,
            control,
            rejects: Vec::new(),
            noticed: FileNotes::default(),
            unread_words: 0,
        };
        let facts = FileFacts::new(Table::Deaths, "a.csv", NaiveDate::MAX);
        let mut writer = RegistryWriter::new(Place::Scratch(Vec::new()), facts);
        writer.push(PackedRegistry::of(Table::Deaths, chunk), 0).unwrap();
        let registry = writer.finish("").unwrap();
        let (mut whole, mut buffer) = (0, Vec::new());
        registry.heads(0, u64::MAX, &mut buffer, &mut |_| whole += 1).unwrap();
        assert_eq!(whole, sorted.len());
        sorted.dedup();
        for key in sorted {
            let expected = keys.iter().filter(|other| **other == key).count();
            let (mut heads, mut rows) = (0, 0);
            registry.heads(key, key + 1, &mut buffer, &mut |_| heads += 1).unwrap();
            registry.rows_of(&[key], &mut |_| rows += 1).unwrap();
            assert_eq!((heads, rows), (expected, expected), "{key}");
        }
    }
}
