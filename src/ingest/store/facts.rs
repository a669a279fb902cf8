//! What every entry of the store says of the file that it was made from.
//!
//! Owns control totals, notes and rejected rows in their stored form.

use std::collections::BTreeSet;
use std::io;

use chrono::{Datelike, NaiveDate};

use super::bytes::{ByteReader, ByteWriter};
use super::container::{BlockRef, Store, StoreWriter, damaged};
use crate::domain::IdDefect;
use crate::ingest::quality::{Control, FileNotes, Noticed, Reject};
use crate::ingest::schema::{Column, Table};
use crate::messages::{self, Observation, RejectReason};

/// How many rejected rows a block has at most.
const REJECTS: usize = 1024;

/// What is known of a file beside its rows.
#[derive(Debug)]
pub(crate) struct FileFacts {
    pub(crate) control: Control,
    pub(crate) noticed: FileNotes,
    /// The day as of which the file was read: a birth date after it is not real.
    pub(crate) as_of: NaiveDate,
    /// The latest birth date that an ID number states.
    pub(crate) latest_birth: Option<NaiveDate>,
    /// The columns that the file has, or that are fixed for it.
    columns: BTreeSet<Column>,
    rejects: RejectBlocks,
    corrections: RejectBlocks,
}

impl FileFacts {
    pub(crate) fn new(table: Table, file: &str, as_of: NaiveDate) -> FileFacts {
        FileFacts {
            control: Control::new(table, file),
            noticed: FileNotes::default(),
            as_of,
            latest_birth: None,
            columns: BTreeSet::new(),
            rejects: RejectBlocks::default(),
            corrections: RejectBlocks::default(),
        }
    }

    /// Notes the columns of the heading.
    pub(crate) fn note_columns(&mut self, columns: impl Iterator<Item = Column>) {
        self.columns.extend(columns);
    }

    /// Whether the file has a column, or has it fixed.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }

    /// Adds what a chunk says whose rows are counted from `row_base`.
    pub(super) fn push(
        &mut self,
        control: &mut Control,
        rejects: &mut Vec<Reject>,
        noticed: FileNotes,
        row_base: u32,
    ) {
        self.control.add(control);
        self.noticed.merge(noticed, row_base);
        self.corrections.pending.append(&mut self.noticed.corrections);
        for mut reject in rejects.drain(..) {
            reject.row = reject.row.saturating_add(row_base);
            self.rejects.pending.push(reject);
        }
    }

    pub(super) fn push_birth(&mut self, birth: Option<NaiveDate>) {
        self.latest_birth = self.latest_birth.max(birth);
    }

    /// Whether a usable number of the file that ends in zeros may be what a spreadsheet left of another: the
    /// file has others which were cut, and one in eleven of those fits its check character by chance.
    pub(crate) fn may_be_cut(&self) -> bool {
        let count = |wanted: Observation| -> u64 {
            self.noticed.iter().filter(|(kind, _)| **kind == wanted).map(|(_, noticed)| noticed.count).sum()
        };
        let (lost, fitting) =
            (count(Observation::IdUnusable(IdDefect::LostDigits)), count(Observation::IdEndsInZeros));
        fitting > 0 && lost >= 2 && lost >= fitting
    }

    /// Whether the entry says the same for an audit as of another day: an ID number whose birth date lies
    /// after that day is not real.
    pub(crate) fn holds_as_of(&self, as_of: NaiveDate) -> bool {
        let has_bad_births =
            self.noticed.iter().any(|(kind, _)| *kind == Observation::IdUnusable(IdDefect::BirthDate));
        self.as_of == as_of || (!has_bad_births && self.latest_birth.is_none_or(|latest| latest <= as_of))
    }

    /// Writes the rejected rows and the cells to be corrected that were gathered, in blocks that are full;
    /// what is left, only as the last.
    pub(super) fn write_rejects(&mut self, store: &mut StoreWriter, is_last: bool) -> io::Result<()> {
        self.rejects.write(store, is_last)?;
        self.corrections.write(store, is_last)?;
        if is_last {
            self.noticed.compare_total(&self.control);
        }
        Ok(())
    }

    /// The rejected rows, in the order of rows.
    pub(super) fn rejects<'a>(&'a self, store: &'a Store) -> StoredRejects<'a> {
        self.rejects.read(store, &self.control.file)
    }

    /// The cells of kept rows that are to be corrected, in the order of rows.
    pub(super) fn corrections<'a>(&'a self, store: &'a Store) -> StoredRejects<'a> {
        self.corrections.read(store, &self.control.file)
    }

    pub(super) fn put(&self, out: &mut ByteWriter) {
        let control = &self.control;
        out.text(control.table.name());
        out.text(&control.file);
        put_day(out, self.as_of);
        [control.rows, control.kept, control.rejected].into_iter().for_each(|count| out.u64(count));
        [control.fen, control.fen_kept, control.fen_rejected].into_iter().for_each(|fen| out.i128(fen));
        out.list(self.noticed.iter(), put_noticed);
        out.option(self.latest_birth, put_day);
        out.list(self.columns.iter(), |out, column| out.text(column.name()));
        self.rejects.put(out);
        self.corrections.put(out);
    }

    pub(super) fn take(input: &mut ByteReader<'_>) -> Option<FileFacts> {
        let table = Table::from_name(input.text()?)?;
        let file = input.text()?;
        let mut facts = FileFacts::new(table, file, take_day(input)?);
        let control = &mut facts.control;
        (control.rows, control.kept, control.rejected) = (input.u64()?, input.u64()?, input.u64()?);
        (control.fen, control.fen_kept, control.fen_rejected) = (input.i128()?, input.i128()?, input.i128()?);
        for (observation, noticed) in input.list(take_noticed)? {
            facts.noticed.insert(observation, &noticed);
        }
        facts.latest_birth = input.option(take_day)?;
        facts.columns = input.list(|input| Column::from_name(input.text()?))?.into_iter().collect();
        facts.rejects = RejectBlocks::take(input)?;
        facts.corrections = RejectBlocks::take(input)?;
        Some(facts)
    }
}

/// Rejected rows, or cells to be corrected, as they are gathered and where they were written.
#[derive(Debug, Default)]
struct RejectBlocks {
    pending: Vec<Reject>,
    blocks: Vec<BlockRef>,
}

impl RejectBlocks {
    fn write(&mut self, store: &mut StoreWriter, is_last: bool) -> io::Result<()> {
        let mut blocks = self.pending.chunks(REJECTS).peekable();
        let mut written = 0;
        while let Some(block) = blocks.next_if(|block| is_last || block.len() == REJECTS) {
            let mut out = ByteWriter::default();
            out.list(block.iter(), put_reject);
            self.blocks.push(store.push(&out.0)?);
            written += block.len();
        }
        self.pending.drain(..written);
        if is_last {
            // The facts are kept as long as their entry is, the room for gathering rows is not.
            self.pending = Vec::new();
        }
        Ok(())
    }

    fn read<'a>(&'a self, store: &'a Store, file: &'a str) -> StoredRejects<'a> {
        StoredRejects {
            store,
            file,
            blocks: self.blocks.iter(),
            buffer: Vec::new(),
            rows: Vec::new().into_iter(),
        }
    }

    fn put(&self, out: &mut ByteWriter) {
        out.list(self.blocks.iter(), |out, block| block.put(out));
    }

    fn take(input: &mut ByteReader<'_>) -> Option<RejectBlocks> {
        Some(RejectBlocks { pending: Vec::new(), blocks: input.list(BlockRef::take)? })
    }
}

/// The rejected rows of an entry, or its cells to be corrected, of which one block at a time is in memory.
#[derive(Debug)]
pub(crate) struct StoredRejects<'a> {
    store: &'a Store,
    file: &'a str,
    blocks: std::slice::Iter<'a, BlockRef>,
    buffer: Vec<u8>,
    rows: std::vec::IntoIter<Reject>,
}

impl StoredRejects<'_> {
    /// Reads every block without making rows of it: whether all is there as it was written.
    pub(crate) fn check(mut self) -> io::Result<()> {
        self.blocks.try_for_each(|&block| self.store.read(block, &mut self.buffer))
    }

    fn read_block(&mut self, block: BlockRef) -> io::Result<Vec<Reject>> {
        self.store.read(block, &mut self.buffer)?;
        ByteReader(&self.buffer).list(|input| take_reject(input, self.file)).ok_or_else(damaged)
    }
}

impl Iterator for StoredRejects<'_> {
    type Item = io::Result<Reject>;

    fn next(&mut self) -> Option<io::Result<Reject>> {
        loop {
            if let Some(row) = self.rows.next() {
                return Some(Ok(row));
            }
            let &block = self.blocks.next()?;
            match self.read_block(block) {
                Ok(rows) => self.rows = rows.into_iter(),
                Err(why) => return Some(Err(why)),
            }
        }
    }
}

fn put_reject(out: &mut ByteWriter, reject: &Reject) {
    out.text(&reject.sheet);
    out.u32(reject.row);
    out.text(&reject.column);
    out.text(&reject.value);
    out.text(reject.reason.code());
    [&reject.letter, &reject.id_text, &reject.name].into_iter().for_each(|text| out.text(text));
}

fn take_reject(input: &mut ByteReader<'_>, file: &str) -> Option<Reject> {
    Some(Reject {
        file: file.to_string(),
        sheet: input.text()?.to_string(),
        row: input.u32()?,
        column: input.text()?.to_string(),
        value: input.text()?.to_string(),
        reason: RejectReason::from_code(input.text()?)?,
        letter: input.text()?.to_string(),
        id_text: input.text()?.to_string(),
        name: input.text()?.to_string(),
    })
}

pub(super) fn put_day(out: &mut ByteWriter, day: NaiveDate) {
    out.i32(day.num_days_from_ce());
}

pub(super) fn take_day(input: &mut ByteReader<'_>) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(input.i32()?)
}

pub(super) fn put_defect(out: &mut ByteWriter, defect: IdDefect) {
    out.text(messages::id_defect_code(defect));
}

pub(super) fn take_defect(input: &mut ByteReader<'_>) -> Option<IdDefect> {
    messages::id_defect_of_code(input.text()?)
}

pub(super) fn put_noticed(out: &mut ByteWriter, (observation, noticed): (&Observation, &Noticed)) {
    out.text(&observation.code());
    out.u64(noticed.count);
    out.list(noticed.rows.iter(), |out, &row| out.u32(row));
}

pub(super) fn take_noticed(input: &mut ByteReader<'_>) -> Option<(Observation, Noticed)> {
    let observation = Observation::from_code(input.text()?)?;
    Some((observation, Noticed { count: input.u64()?, rows: input.list(ByteReader::u32)? }))
}
