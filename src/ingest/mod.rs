//! From files to keyed, typed columns: every format becomes the same stream of raw chunks, and chunks become
//! payment columns or registry rows.
//!
//! Owns reading, rejects and control totals. Must not know a rule; polars types stay inside `parquet`.

mod cells;
mod chunk;
mod delimited;
mod encoding;
mod excel;
mod heading;
mod input;
mod parquet;
mod payments;
mod quality;
mod registry;
mod schema;
mod strings;

use std::collections::BTreeMap;
use std::io::Read;

use chrono::NaiveDate;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

pub(crate) use parquet::is_guarded;

pub use encoding::{EncodingChoice, to_gb18030};
pub use input::{AmountUnit, Input, InputFile};
pub use payments::{Amounts, Component, NO_DAY, NO_TOTAL, Payments, Words};
pub use quality::{Control, Noticed, Observations, Reject};
pub use registry::{RegistryRow, Value};
pub use schema::{CellType, Column, Table};
pub use strings::StringTable;

use crate::messages::{self, Error, Observation};
use chunk::RawChunk;
use delimited::Delimited;
use excel::Excel;
use heading::Layout;
use parquet::Parquet;
use payments::PaymentBuilder;
use registry::RegistryBuilder;

/// Everything that was read.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// The payment lines.
    pub payments: Payments,
    /// The rows of the other tables, in the order of file and row. A table that audit.toml does not name is
    /// absent; one whose files are empty is present without rows.
    pub registries: BTreeMap<Table, Vec<RegistryRow>>,
    /// Rows and money in, kept and rejected, by file.
    pub controls: Vec<Control>,
    /// The rejected rows.
    pub rejects: Vec<Reject>,
    /// What was noticed.
    pub noticed: Observations,
    /// The inputs and their SHA-256, by table and path.
    pub inputs: Vec<InputHash>,
}

/// An input file and the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputHash {
    /// The table.
    pub table: Table,
    /// The path relative to the project.
    pub path: String,
    /// The SHA-256 of the bytes, in hex.
    pub sha256: String,
}

impl Tables {
    /// The rows of a registry; empty where the project has none.
    pub fn rows(&self, table: Table) -> &[RegistryRow] {
        self.registries.get(&table).map_or(&[], Vec::as_slice)
    }
}

/// Told after each file that was read: how many of how many are done.
pub type Progress<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// Reads input files, given in the order of table and path. A birth date after `as_of` is not real.
pub fn read(files: &[InputFile], as_of: NaiveDate, progress: &Progress<'_>) -> Result<Tables, Error> {
    let inputs = hash_inputs(files)?;
    let done = std::sync::atomic::AtomicUsize::new(0);
    let read: Vec<FileContent> = files
        .par_iter()
        .map(|file| {
            let content = read_file(file, as_of);
            let count = 1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            progress(count, files.len());
            content
        })
        .collect::<Vec<_>>()
        .into_iter()
        .collect::<Result<_, _>>()?;
    let mut tables = Tables { inputs, ..Tables::default() };
    for file in files {
        if file.table != Table::Payments {
            tables.registries.entry(file.table).or_default();
        }
    }
    for content in read {
        tables.controls.push(content.control);
        tables.rejects.extend(content.rejects);
        tables.noticed.merge(content.noticed);
        match content.rows {
            Rows::Payments(payments) => tables.payments.append(*payments),
            Rows::Registry(table, rows) => tables.registries.entry(table).or_default().extend(rows),
        }
    }
    let any_line = tables.controls.iter().any(|control| control.table == Table::Payments && control.rows > 0);
    if any_line { Ok(tables) } else { Err(messages::no_payment_rows()) }
}

/// The SHA-256 of every input; two files of one table with the same bytes are refused.
fn hash_inputs(files: &[InputFile]) -> Result<Vec<InputHash>, Error> {
    let hashes: Vec<Result<String, Error>> =
        files.par_iter().map(|file| hash_file(&file.path, &file.shown)).collect();
    let mut inputs: Vec<InputHash> = Vec::new();
    let mut seen: BTreeMap<(Table, String), Vec<&InputFile>> = BTreeMap::new();
    for (file, hash) in files.iter().zip(hashes) {
        let sha256 = hash?;
        let same = seen.entry((file.table, sha256.clone())).or_default();
        // Two sheets of one workbook are two inputs, if both are named.
        let collides = |other: &&&InputFile| match (&other.input.sheet, &file.input.sheet) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        };
        if let Some(first) = same.iter().find(collides) {
            return Err(messages::identical_files(&first.shown, &file.shown));
        }
        same.push(file);
        inputs.push(InputHash { table: file.table, path: file.shown.clone(), sha256 });
    }
    Ok(inputs)
}

/// The SHA-256 of a file, in hex.
pub(crate) fn hash_file(path: &std::path::Path, shown: &str) -> Result<String, Error> {
    let unreadable = |why| messages::cannot_read(shown, &why);
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut block).map_err(unreadable)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&block[..read]);
    }
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

enum Rows {
    Payments(Box<Payments>),
    Registry(Table, Vec<RegistryRow>),
}

struct FileContent {
    rows: Rows,
    control: Control,
    rejects: Vec<Reject>,
    noticed: Observations,
}

/// The formats, each a source of chunks.
enum Source {
    Delimited(Box<Delimited>),
    Excel(Excel),
    Parquet(Parquet),
}

impl Source {
    /// Opens a file: its rows, their layout, and the sheet that was chosen, where the format has any.
    fn open(file: &InputFile) -> Result<(Source, Layout, String), Error> {
        let (path, shown, table, input) = (&file.path, &file.shown, file.table, &file.input);
        let name = shown.to_lowercase();
        let bare = name.strip_suffix(".gz").unwrap_or(&name);
        let extension = bare.rsplit_once('.').map_or("", |(_, extension)| extension);
        Ok(match extension {
            "csv" | "txt" | "tsv" => {
                let (source, layout) = Delimited::open(path, shown, table, input)?;
                (Source::Delimited(Box::new(source)), layout, String::new())
            }
            "xlsx" | "xlsm" => {
                let (source, layout, sheet) = Excel::open(path, shown, table, input)?;
                (Source::Excel(source), layout, sheet)
            }
            "parquet" => {
                let (source, layout) = Parquet::open(path, shown, table, input)?;
                (Source::Parquet(source), layout, String::new())
            }
            _ => return Err(messages::unknown_format(shown)),
        })
    }

    fn next_chunk(&mut self, layout: &Layout, chunk: &mut RawChunk) -> Result<bool, Error> {
        match self {
            Source::Delimited(source) => source.next_chunk(&layout.projection, chunk),
            Source::Excel(source) => source.next_chunk(&layout.projection, chunk),
            Source::Parquet(source) => source.next_chunk(&layout.projection, chunk),
        }
    }
}

fn read_file(file: &InputFile, as_of: NaiveDate) -> Result<FileContent, Error> {
    let (mut source, layout, sheet) = Source::open(file)?;
    let mut chunk = RawChunk::new(layout.projection.len());
    let mut unused = Observations::default();
    for heading in &layout.unused {
        unused.note(&file.shown, Observation::HeadingUnused(heading.clone()), layout.heading_row);
    }
    if file.table == Table::Payments {
        let mut builder = PaymentBuilder::new(&file.shown, &sheet, &layout, as_of);
        while source.next_chunk(&layout, &mut chunk)? {
            builder.push_chunk(&chunk);
        }
        return Ok(FileContent {
            rows: Rows::Payments(Box::new(builder.payments)),
            control: builder.control,
            rejects: builder.rejects,
            noticed: unused.merged(builder.noticed),
        });
    }
    let mut builder = RegistryBuilder::new(file.table, &file.shown, &sheet, &layout, as_of);
    while source.next_chunk(&layout, &mut chunk)? {
        builder.push_chunk(&chunk);
    }
    Ok(FileContent {
        rows: Rows::Registry(file.table, builder.rows),
        control: builder.control,
        rejects: builder.rejects,
        noticed: unused.merged(builder.noticed),
    })
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
        chunk.push_row(at as u32 + 2, cells.map(|cell| (cell, chunk::CellKind::Text)));
    }
    if table == Table::Payments {
        let mut builder = PaymentBuilder::new(shown, "", &layout, as_of);
        builder.push_chunk(&chunk);
        tables.payments.append(builder.payments);
        tables.controls.push(builder.control);
        tables.rejects.extend(builder.rejects);
    } else {
        let mut builder = RegistryBuilder::new(table, shown, "", &layout, as_of);
        builder.push_chunk(&chunk);
        tables.registries.entry(table).or_default().extend(builder.rows);
        tables.controls.push(builder.control);
        tables.rejects.extend(builder.rejects);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payments(heading: &str, row: &str) -> Payments {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.csv");
        std::fs::write(
            &path,
            format!("身份证号,姓名,待遇所属期,{heading}\n530499195201010011,甲,202301,{row}\n"),
        )
        .unwrap();
        let input = Input { pattern: "p.csv".into(), ..Input::default() };
        let file = InputFile { table: Table::Payments, path, shown: "p.csv".into(), input };
        read(&[file], NaiveDate::from_ymd_opt(2024, 8, 31).unwrap(), &|_, _| {}).unwrap().payments
    }

    #[test]
    fn parts_add_up_and_their_sum_is_not_added_again() {
        assert_eq!(payments("中央基础养老金,省级基础养老金", "98.00,22.00").amounts[0][0], 12_000);
        assert_eq!(payments("基础养老金,区级基础养老金", "98.00,22.00").amounts[0][0], 12_000);
        let with_sum = payments("基础养老金,中央基础养老金,省级基础养老金", "120.00,98.00,22.00");
        assert_eq!(with_sum.amounts[0][0], 12_000);
    }
}
