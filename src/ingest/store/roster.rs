//! One payment roster in its canonical form: sorted runs of persons with their lines.
//!
//! Owns the writing and reading of the entry. A run holds as many rows as fit into a bounded memory, sorted
//! by person; a large roster is several runs, and a reader merges them.

use std::collections::HashMap;
use std::io;

use chrono::NaiveDate;
use rayon::prelude::*;

use super::bytes::{ByteReader, ByteWriter};
use super::container::{BlockRef, Place, Store, StoreWriter, damaged};
use super::facts::{self, FileFacts, StoredRejects};
use super::lines::{self, LineBlock, ListedTexts, ListedWords, NewLines};
use super::persons::{self, PersonBlockWriter, Persons, Profiles, UNLISTED};
use crate::domain::{Month, MonthSpan};
use crate::ingest::payments::StoredLine;
use crate::ingest::roster::{LineClass, RosterChunk, UnusableLine};

/// A run is closed at this many bytes, if it has not reached its most lines before.
const RUN_BYTES: usize = 160 << 20;
/// How many blocks of lines are encoded at a time.
const BATCH: usize = 64;
/// The most classes that are told apart in one roster.
const MOST_CLASSES: usize = 60_000;
const EXAMPLES: usize = 5;
/// For how many lines memory is asked together.
const TOGETHER: usize = 16;

/// A class with the number of its lines and the first rows that hold one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClassFacts {
    pub(crate) class: LineClass,
    pub(crate) lines: u64,
    pub(crate) rows: Vec<u32>,
}

/// Where a block of persons stands.
#[derive(Clone, Copy, Debug)]
struct PersonBlock {
    block: BlockRef,
    first_key: u64,
    /// The number of its first line in the run.
    first_line: u32,
}

/// A sorted run.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// The classes of the lines of each profile.
    pub(crate) profiles: Vec<Vec<u16>>,
    persons: Vec<PersonBlock>,
    lines: Vec<BlockRef>,
    line_count: u32,
}

/// A chunk whose lines wait for their run to be sorted.
struct Pending {
    chunk: RosterChunk,
    classes: Vec<u16>,
    listed: ListedWords,
    row_base: u32,
}

/// The chunks of a run, and the words that they list.
struct PendingLines {
    chunks: Vec<Pending>,
    texts: ListedTexts,
}

/// A roster that is being written.
pub(crate) struct RosterWriter {
    is_parallel: bool,
    run_lines: usize,
    store: StoreWriter,
    facts: FileFacts,
    classes: Vec<ClassFacts>,
    class_numbers: HashMap<LineClass, u16>,
    runs: Vec<Run>,
    pending: Vec<Pending>,
    /// The words that the chunks of the run list.
    texts: ListedTexts,
    pending_lines: usize,
    pending_bytes: usize,
    row_base: u32,
    newest_paid: i32,
    unusable: Vec<UnusableLine>,
    unusable_blocks: Vec<BlockRef>,
}

impl RosterWriter {
    pub(crate) fn new(place: Place, facts: FileFacts, run_lines: usize, is_parallel: bool) -> RosterWriter {
        RosterWriter {
            is_parallel,
            run_lines,
            store: StoreWriter::new(place),
            facts,
            classes: Vec::new(),
            class_numbers: HashMap::new(),
            runs: Vec::new(),
            pending: Vec::new(),
            texts: ListedTexts::default(),
            pending_lines: 0,
            pending_bytes: 0,
            row_base: 0,
            newest_paid: i32::MIN,
            unusable: Vec::new(),
            unusable_blocks: Vec::new(),
        }
    }

    /// Appends a chunk, whose rows are counted from where the chunk before ended, which was `rows` rows long.
    pub(crate) fn push(&mut self, mut chunk: RosterChunk, rows: u32) -> io::Result<()> {
        let row_base = self.row_base;
        self.facts.push(&mut chunk.control, &mut chunk.rejects, std::mem::take(&mut chunk.noticed), row_base);
        self.facts.push_birth(chunk.latest_birth);
        self.facts.write_rejects(&mut self.store, false)?;
        for mut line in chunk.unusable.drain(..) {
            line.row = line.row.saturating_add(row_base);
            self.unusable.push(line);
        }
        if self.unusable.len() >= lines::LINES {
            self.write_unusable()?;
        }
        self.newest_paid = self.newest_paid.max(chunk.newest_paid);
        let classes: Vec<u16> = chunk.classes.iter().map(|class| self.class_number(class)).collect();
        for line in &chunk.lines {
            if let Some(class) = self.classes.get_mut(usize::from(classes[line.class as usize])) {
                class.lines += 1;
                if class.rows.len() < EXAMPLES {
                    let row = chunk.line(line.start).map_or(0, |line| line.row);
                    class.rows.push(row.saturating_add(row_base));
                }
            }
        }
        self.pending_lines += chunk.lines.len();
        self.pending_bytes += chunk.size();
        if !chunk.lines.is_empty() {
            let mut tables = self.texts.iter_mut();
            let listed = std::mem::take(&mut chunk.listed).map(|texts| match tables.next() {
                Some(table) => texts.iter().map(|text| table.number(text)).collect(),
                None => Vec::new(),
            });
            self.pending.push(Pending { chunk, classes, listed, row_base });
        }
        self.row_base = self.row_base.saturating_add(rows);
        if self.pending_lines >= self.run_lines || self.pending_bytes >= RUN_BYTES {
            self.write_run()?;
        }
        Ok(())
    }

    fn class_number(&mut self, class: &LineClass) -> u16 {
        if let Some(&number) = self.class_numbers.get(class) {
            return number;
        }
        if self.classes.len() >= MOST_CLASSES {
            return UNLISTED;
        }
        let number = self.classes.len() as u16;
        self.classes.push(ClassFacts { class: class.clone(), lines: 0, rows: Vec::new() });
        self.class_numbers.insert(class.clone(), number);
        number
    }

    fn write_unusable(&mut self) -> io::Result<()> {
        let mut out = ByteWriter::default();
        out.list(self.unusable.iter(), |out, line| {
            out.u32(line.row);
            out.i32(line.months.from.0);
            out.i32(line.months.until.0);
            facts::put_defect(out, line.defect);
            out.text(&line.id_text);
            out.option(line.birth_date, facts::put_day);
            out.text(&line.sex);
            out.u8(u8::from(line.total_only));
            out.i64(line.total);
            out.i32(line.paid_day);
            line.amounts.iter().for_each(|&fen| out.i64(fen));
            line.words.iter().for_each(|word| out.text(word));
        });
        self.unusable.clear();
        self.unusable_blocks.push(self.store.push(&out.0)?);
        Ok(())
    }

    /// Sorts what is pending by person, then row, and writes it as one run.
    fn write_run(&mut self) -> io::Result<()> {
        let pending = PendingLines {
            chunks: std::mem::take(&mut self.pending),
            texts: std::mem::take(&mut self.texts),
        };
        let mut order: Vec<Position> = Vec::with_capacity(self.pending_lines);
        for (chunk, part) in pending.chunks.iter().enumerate() {
            order.extend(part.chunk.lines.iter().map(|line| (line.key, chunk as u32, line.start)));
        }
        self.pending_lines = 0;
        self.pending_bytes = 0;
        if order.is_empty() {
            return Ok(());
        }
        if self.is_parallel {
            order.par_sort_unstable();
        } else {
            order.sort_unstable();
        }
        for part in order.chunks(self.run_lines.max(1)) {
            self.write_sorted(&pending, part)?;
        }
        if self.is_parallel && rayon::current_num_threads() > 1 {
            // Giving back so much memory takes a while, for which nobody need wait.
            rayon::spawn(move || drop(pending));
        }
        Ok(())
    }

    fn write_sorted(&mut self, pending: &PendingLines, order: &[Position]) -> io::Result<()> {
        let mut run = Run { line_count: order.len() as u32, ..Run::default() };
        let mut persons = PersonsWriter::default();
        let (store, is_parallel) = (&mut self.store, self.is_parallel);
        let mut batches = order.chunks(lines::LINES * BATCH);
        let mut encoded = batches.next().map(|batch| (batch, encode_batch(pending, batch, is_parallel)));
        while let Some((batch, blocks)) = encoded {
            let next = batches.next();
            let encode = || next.map(|batch| (batch, encode_batch(pending, batch, is_parallel)));
            let write = || write_batch(batch, blocks, store, &mut persons, &mut run);
            // While one batch is written the next one is encoded.
            let (following, written) =
                if is_parallel { rayon::join(encode, write) } else { (encode(), write()) };
            written?;
            encoded = following;
        }
        persons.finish(store, &mut run)?;
        self.runs.push(run);
        Ok(())
    }

    /// Closes the entry.
    pub(crate) fn finish(mut self, name: &str) -> io::Result<Roster> {
        self.write_run()?;
        if !self.unusable.is_empty() {
            self.write_unusable()?;
        }
        self.facts.write_rejects(&mut self.store, true)?;
        let index = RosterIndex {
            facts: self.facts,
            classes: self.classes,
            runs: self.runs,
            newest_paid: Some(self.newest_paid)
                .filter(|&day| day != i32::MIN)
                .and_then(NaiveDate::from_num_days_from_ce_opt),
            unusable: self.unusable_blocks,
        };
        let mut out = ByteWriter::default();
        index.put(&mut out);
        Ok(Roster { store: self.store.finish(&out.0, name)?, index })
    }
}

/// Whose line it is, its chunk, and where it begins in it: the order of persons, then of rows.
type Position = (u64, u32, u32);

/// The block of some lines, and their classes.
fn encode(pending: &PendingLines, positions: &[Position]) -> Encoded {
    let mut new = NewLines::with_capacity(positions.len());
    for group in positions.chunks(TOGETHER) {
        // The lines stand all over the memory: waiting for all of a group together takes as long as for one.
        let asked =
            group.iter().map(|&(_, chunk, start)| pending.chunks[chunk as usize].chunk.ask_for(start));
        std::hint::black_box(asked.fold(0, |all, byte| all ^ byte));
        for &(_, chunk, start) in group {
            let part = &pending.chunks[chunk as usize];
            let line = part.chunk.line(start)?;
            let class = line.class as usize;
            let class = (part.classes[class], part.chunk.classes[class].months);
            new.push(class, part.row_base, &part.listed, &line);
        }
    }
    Some((new.encode(&pending.texts), new.classes))
}

/// A block and the classes of its lines; nothing where a line is not what was packed.
type Encoded = Option<(Vec<u8>, Vec<u16>)>;

fn encode_batch(pending: &PendingLines, batch: &[Position], is_parallel: bool) -> Vec<Encoded> {
    let encode = |part: &[Position]| encode(pending, part);
    if is_parallel {
        batch.par_chunks(lines::LINES).map(encode).collect()
    } else {
        batch.chunks(lines::LINES).map(encode).collect()
    }
}

fn write_batch(
    batch: &[Position],
    blocks: Vec<Encoded>,
    store: &mut StoreWriter,
    persons: &mut PersonsWriter,
    run: &mut Run,
) -> io::Result<()> {
    for (block, positions) in blocks.into_iter().zip(batch.chunks(lines::LINES)) {
        let (block, classes) = block.ok_or_else(damaged)?;
        run.lines.push(store.push(&block)?);
        for (&(key, ..), class) in positions.iter().zip(classes) {
            persons.push(key, class, store, run)?;
        }
    }
    Ok(())
}

/// The persons of a run, as their lines come by.
#[derive(Default)]
struct PersonsWriter {
    profiles: Profiles,
    block: PersonBlockWriter,
    key: u64,
    classes: Vec<u16>,
    /// The number of the first line of the block.
    first_line: u32,
    line: u32,
}

impl PersonsWriter {
    fn push(&mut self, key: u64, class: u16, store: &mut StoreWriter, run: &mut Run) -> io::Result<()> {
        if key != self.key {
            self.end_person(store, run)?;
            self.key = key;
        }
        self.classes.push(class);
        Ok(())
    }

    fn end_person(&mut self, store: &mut StoreWriter, run: &mut Run) -> io::Result<()> {
        if self.classes.is_empty() {
            return Ok(());
        }
        let lines = self.classes.len() as u32;
        self.block.push(self.key, self.profiles.number(&mut self.classes), lines);
        self.classes.clear();
        self.line += lines;
        if self.block.len() == persons::PERSONS {
            self.end_block(store, run)?;
        }
        Ok(())
    }

    fn end_block(&mut self, store: &mut StoreWriter, run: &mut Run) -> io::Result<()> {
        let first_key = self.block.first_key();
        let block = store.push(&self.block.take())?;
        run.persons.push(PersonBlock { block, first_key, first_line: self.first_line });
        self.first_line = self.line;
        Ok(())
    }

    fn finish(mut self, store: &mut StoreWriter, run: &mut Run) -> io::Result<()> {
        self.end_person(store, run)?;
        if self.block.len() > 0 {
            self.end_block(store, run)?;
        }
        run.profiles = self.profiles.classes;
        Ok(())
    }
}

#[derive(Debug)]
struct RosterIndex {
    facts: FileFacts,
    classes: Vec<ClassFacts>,
    runs: Vec<Run>,
    newest_paid: Option<NaiveDate>,
    unusable: Vec<BlockRef>,
}

impl RosterIndex {
    fn put(&self, out: &mut ByteWriter) {
        self.facts.put(out);
        out.list(self.classes.iter(), |out, facts| {
            out.i32(facts.class.months.from.0);
            out.i32(facts.class.months.until.0);
            out.text(&facts.class.line_kind);
            out.text(&facts.class.pay_status);
            out.u8(u8::from(facts.class.is_negative));
            out.u64(facts.lines);
            out.list(facts.rows.iter(), |out, &row| out.u32(row));
        });
        out.list(self.runs.iter(), |out, run| {
            out.list(run.profiles.iter(), |out, classes| {
                out.list(classes.iter(), |out, &class| out.u16(class));
            });
            out.list(run.persons.iter(), |out, person| {
                person.block.put(out);
                out.u64(person.first_key);
                out.u32(person.first_line);
            });
            out.list(run.lines.iter(), |out, block| block.put(out));
            out.u32(run.line_count);
        });
        out.option(self.newest_paid, facts::put_day);
        out.list(self.unusable.iter(), |out, block| block.put(out));
    }

    fn take(input: &mut ByteReader<'_>) -> Option<RosterIndex> {
        let facts = FileFacts::take(input)?;
        let classes = input.list(|input| {
            let months = MonthSpan { from: Month(input.i32()?), until: Month(input.i32()?) };
            let (line_kind, pay_status) = (input.text()?.to_string(), input.text()?.to_string());
            let class = LineClass { months, line_kind, pay_status, is_negative: input.u8()? != 0 };
            Some(ClassFacts { class, lines: input.u64()?, rows: input.list(ByteReader::u32)? })
        })?;
        let runs = input.list(|input| {
            Some(Run {
                profiles: input.list(|input| input.list(ByteReader::u16))?,
                persons: input.list(|input| {
                    let block = BlockRef::take(input)?;
                    Some(PersonBlock { block, first_key: input.u64()?, first_line: input.u32()? })
                })?,
                lines: input.list(BlockRef::take)?,
                line_count: input.u32()?,
            })
        })?;
        let newest_paid = input.option(facts::take_day)?;
        Some(RosterIndex { facts, classes, runs, newest_paid, unusable: input.list(BlockRef::take)? })
    }
}

/// A finished roster.
#[derive(Debug)]
pub(crate) struct Roster {
    store: Store,
    index: RosterIndex,
}

/// A person, and which lines of a block are this person's.
pub(crate) type OwnLines = (u64, std::ops::Range<usize>);

/// A part of a run's persons, as read, with the number of the first one's first line.
#[derive(Debug, Default)]
pub(crate) struct RunSlice {
    pub(crate) persons: Persons,
    first_line: u32,
    /// Which of the persons are inside the range that was asked for.
    inside: std::ops::Range<usize>,
    buffer: Vec<u8>,
}

impl RunSlice {
    /// The persons inside the range, as positions.
    pub(crate) fn inside(&self) -> std::ops::Range<usize> {
        self.inside.clone()
    }

    /// The positions of those of some persons, given ascending, that stand in the slice.
    pub(crate) fn positions(&self, keys: &[u64], positions: &mut Vec<usize>) {
        positions.clear();
        let mut start = self.inside.start;
        for key in keys {
            // The next one is not far: the steps double until it is passed.
            let (mut step, mut end) = (1, start);
            while end < self.inside.end && self.persons.keys[end] < *key {
                start = end + 1;
                end += step;
                step *= 2;
            }
            let rest = &self.persons.keys[start..end.min(self.inside.end)];
            start += rest.partition_point(|other| other < key);
            if start < self.inside.end && self.persons.keys[start] == *key {
                positions.push(start);
            }
        }
    }
}

fn take_unusable(input: &mut ByteReader<'_>) -> Option<UnusableLine> {
    let mut line = UnusableLine {
        row: input.u32()?,
        months: MonthSpan { from: Month(input.i32()?), until: Month(input.i32()?) },
        defect: facts::take_defect(input)?,
        id_text: input.text()?.to_string(),
        birth_date: input.option(facts::take_day)?,
        sex: input.text()?.to_string(),
        total_only: input.u8()? == 1,
        total: input.i64()?,
        paid_day: input.i32()?,
        amounts: Default::default(),
        words: Default::default(),
    };
    for fen in &mut line.amounts {
        *fen = input.i64()?;
    }
    for word in &mut line.words {
        *word = input.text()?.to_string();
    }
    Some(line)
}

impl Roster {
    /// Opens an entry of the cache.
    pub(super) fn open(store: Store) -> io::Result<Roster> {
        let bytes = store.index()?;
        let index = RosterIndex::take(&mut ByteReader(&bytes)).ok_or_else(damaged)?;
        Ok(Roster { store, index })
    }

    pub(crate) fn facts(&self) -> &FileFacts {
        &self.index.facts
    }

    pub(crate) fn size(&self) -> u64 {
        self.store.size()
    }

    pub(crate) fn classes(&self) -> &[ClassFacts] {
        &self.index.classes
    }

    pub(crate) fn runs(&self) -> &[Run] {
        &self.index.runs
    }

    /// How many lines have a usable ID number.
    pub(crate) fn usable_lines(&self) -> u64 {
        self.index.runs.iter().map(|run| u64::from(run.line_count)).sum()
    }

    pub(crate) fn newest_paid(&self) -> Option<NaiveDate> {
        self.index.newest_paid
    }

    /// The rejected rows, in the order of rows.
    pub(crate) fn rejects(&self) -> StoredRejects<'_> {
        self.index.facts.rejects(&self.store)
    }

    /// The cells of kept rows that are to be corrected, in the order of rows.
    pub(crate) fn corrections(&self) -> StoredRejects<'_> {
        self.index.facts.corrections(&self.store)
    }

    /// The lines without a usable ID number, in the order of rows.
    pub(crate) fn unusable(&self, take: &mut dyn FnMut(UnusableLine)) -> io::Result<()> {
        let mut buffer = Vec::new();
        for &block in &self.index.unusable {
            self.store.read(block, &mut buffer)?;
            let lines = ByteReader(&buffer).list(take_unusable);
            lines.ok_or_else(damaged)?.into_iter().for_each(&mut *take);
        }
        Ok(())
    }

    /// The first key of each block of persons, for cutting the work into even parts.
    pub(crate) fn fences(run: &Run) -> impl Iterator<Item = u64> + '_ {
        run.persons.iter().map(|block| block.first_key)
    }

    /// Reads the persons of a run whose keys lie from `from` up to but not including `until`.
    pub(crate) fn read_persons(
        &self,
        run: &Run,
        from: u64,
        until: u64,
        slice: &mut RunSlice,
    ) -> io::Result<()> {
        let first = run.persons.partition_point(|block| block.first_key <= from).saturating_sub(1);
        let end = run.persons.partition_point(|block| block.first_key < until);
        slice.persons.clear();
        slice.first_line = run.persons.get(first).map_or(0, |block| block.first_line);
        for part in run.persons.get(first..end).unwrap_or(&[]) {
            self.store.read(part.block, &mut slice.buffer)?;
            slice.persons.read(&slice.buffer).ok_or_else(damaged)?;
        }
        let keys = &slice.persons.keys;
        slice.inside = keys.partition_point(|&key| key < from)..keys.partition_point(|&key| key < until);
        Ok(())
    }

    /// Reads the lines of some persons of a slice, given as ascending positions.
    pub(crate) fn read_lines(
        &self,
        run: &Run,
        slice: &RunSlice,
        wanted: &[usize],
        buffer: &mut Vec<u8>,
        take: &mut dyn FnMut(u64, &StoredLine<'_>),
    ) -> io::Result<()> {
        let spans = slice.spans(run, wanted);
        let mut next = 0;
        while let Some(&(_, first, _)) = spans.get(next) {
            let block = first / lines::LINES;
            let block_end = (block + 1) * lines::LINES;
            self.store.read(*run.lines.get(block).ok_or_else(damaged)?, buffer)?;
            let open = LineBlock::open(buffer).ok_or_else(damaged)?;
            while let Some(&(position, start, end)) = spans.get(next).filter(|span| span.1 < block_end) {
                for line in start.max(block * lines::LINES)..end.min(block_end) {
                    let line = open.line(line % lines::LINES).ok_or_else(damaged)?;
                    take(slice.persons.keys[position], &line);
                }
                if end > block_end {
                    self.read_rest(run, (slice.persons.keys[position], block_end, end), take)?;
                }
                next += 1;
            }
        }
        Ok(())
    }

    /// Shows the lines of all persons of a slice that lie inside its range, block by block, with the key of
    /// each person and the lines of the block that are this person's.
    pub(crate) fn scan(
        &self,
        run: &Run,
        slice: &RunSlice,
        buffer: &mut Vec<u8>,
        take: &mut dyn FnMut(&LineBlock<'_>, &[OwnLines]) -> Option<()>,
    ) -> io::Result<()> {
        let everybody: Vec<usize> = slice.inside().collect();
        let spans = slice.spans(run, &everybody);
        let (Some(&(_, first, _)), Some(&(_, _, end))) = (spans.first(), spans.last()) else { return Ok(()) };
        let (mut next, mut own) = (0, Vec::new());
        for block in first / lines::LINES..end.div_ceil(lines::LINES) {
            let (start, end) = (block * lines::LINES, (block + 1) * lines::LINES);
            own.clear();
            while let Some(&(position, from, until)) = spans.get(next).filter(|span| span.1 < end) {
                own.push((slice.persons.keys[position], from.max(start) - start..until.min(end) - start));
                if until > end {
                    // The rest stands in the next block.
                    break;
                }
                next += 1;
            }
            self.store.read(*run.lines.get(block).ok_or_else(damaged)?, buffer)?;
            let open = LineBlock::open(buffer).ok_or_else(damaged)?;
            let is_whole = own.last().is_none_or(|(_, lines)| lines.end <= open.len());
            is_whole.then(|| take(&open, &own)).flatten().ok_or_else(damaged)?;
        }
        Ok(())
    }

    /// Reads the lines of a person that stand behind the block in which the first of them stands.
    fn read_rest(
        &self,
        run: &Run,
        (key, start, end): (u64, usize, usize),
        take: &mut dyn FnMut(u64, &StoredLine<'_>),
    ) -> io::Result<()> {
        let mut buffer = Vec::new();
        for block in start / lines::LINES..=(end - 1) / lines::LINES {
            self.store.read(*run.lines.get(block).ok_or_else(damaged)?, &mut buffer)?;
            let open = LineBlock::open(&buffer).ok_or_else(damaged)?;
            for line in start.max(block * lines::LINES)..end.min((block + 1) * lines::LINES) {
                take(key, &open.line(line % lines::LINES).ok_or_else(damaged)?);
            }
        }
        Ok(())
    }
}

impl RunSlice {
    /// The lines of some persons, given as ascending positions: the position, the number of the first line in
    /// the run, and that behind the last.
    fn spans(&self, run: &Run, wanted: &[usize]) -> Vec<(usize, usize, usize)> {
        let counts: Vec<usize> = run.profiles.iter().map(Vec::len).collect();
        let mut unlisted = self.persons.unlisted.iter();
        let mut count_of = |profile: u16| match counts.get(usize::from(profile)) {
            Some(&count) => count,
            None => unlisted.next().map_or(0, |&count| count as usize),
        };
        let mut spans = Vec::with_capacity(wanted.len());
        let (mut line, mut person) = (self.first_line as usize, 0);
        for &position in wanted {
            line += self.persons.profiles[person..position].iter().map(|&p| count_of(p)).sum::<usize>();
            let count = count_of(self.persons.profiles[position]);
            spans.push((position, line, line + count));
            line += count;
            person = position + 1;
        }
        spans
    }
}
