//! Parquet files, read a block of rows at a time.
//!
//! Owns the turning of Parquet columns into cells; with `report` and `engine` it may see polars types. Must
//! not interpret a cell beyond what the file states (text, number, day).

use std::cell::Cell;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use polars::prelude::{AnyValue, DataFrame, StringChunked};
use polars_io::SerReader;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};

use super::chunk::{CellKind, RawChunk};
use super::excel::number_text;
use super::heading::{self, Layout};
use super::input::Input;
use super::schema::Table;
use crate::messages::{self, Error};

/// A Parquet file, any rows of which can be read by themselves.
#[derive(Clone, Debug)]
pub(crate) struct Parquet {
    path: PathBuf,
    shown: String,
    names: Vec<String>,
    projection: Vec<usize>,
    /// Rows from each of these up to the next are read together: whole row groups where they are small.
    starts: Vec<usize>,
    rows: usize,
}

/// Rows that are read together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowRange {
    start: usize,
    count: usize,
}

impl Parquet {
    /// Opens a file; its column names are its headings.
    pub(crate) fn open(
        path: &Path,
        shown: &str,
        table: Table,
        input: &Input,
    ) -> Result<(Parquet, Layout), Error> {
        let corrupt = |why: &dyn std::fmt::Display| messages::corrupt_file(shown, &why.to_string());
        let file = File::open(path).map_err(|why| messages::cannot_read(shown, &why))?;
        let (names, groups) = guarded(shown, || {
            let mut reader = ParquetReader::new(file);
            let schema = reader.schema().map_err(|why| corrupt(&why))?;
            let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
            let metadata = reader.get_metadata().map_err(|why| corrupt(&why))?;
            Ok((names, metadata.row_groups.iter().map(|group| group.num_rows()).collect::<Vec<usize>>()))
        })?;
        let layout = heading::find(table, input, shown, &vec![(0, names.clone())])?;
        let mut parquet = Parquet {
            path: path.to_path_buf(),
            shown: shown.to_string(),
            names,
            projection: layout.projection.clone(),
            starts: Vec::new(),
            rows: 0,
        };
        for group in groups {
            parquet.starts.extend((0..group).step_by(RawChunk::ROWS).map(|at| parquet.rows + at));
            parquet.rows += group;
        }
        Ok((parquet, layout))
    }

    /// The ranges of rows in which the file is read.
    pub(crate) fn ranges(&self) -> Vec<RowRange> {
        let ends = self.starts.iter().skip(1).copied().chain([self.rows]);
        self.starts.iter().zip(ends).map(|(&start, end)| RowRange { start, count: end - start }).collect()
    }

    /// Reads some rows. They count from 1: a Parquet file has no heading row.
    pub(crate) fn chunk(&self, range: RowRange) -> Result<RawChunk, Error> {
        let frame = self.read_block(range)?;
        let wanted = self.projection.iter().map(|&at| frame.column(&self.names[at]));
        let columns = wanted.collect::<Result<Vec<_>, _>>().map_err(|why| self.corrupt(&why))?;
        let texts: Vec<Option<&StringChunked>> = columns.iter().map(|column| column.str().ok()).collect();
        let mut chunk = RawChunk::with_capacity(columns.len(), frame.height());
        for row in 0..frame.height() {
            for (column, texts) in columns.iter().zip(&texts) {
                match texts {
                    Some(texts) => chunk.push_cell(texts.get(row).unwrap_or(""), CellKind::Text),
                    None => {
                        let value = column.get(row).map_err(|why| self.corrupt(&why))?;
                        let (text, kind) = stored_cell(&value);
                        chunk.push_cell(&text, kind);
                    }
                }
            }
            chunk.end_row(u32::try_from(range.start + row + 1).unwrap_or(u32::MAX), false);
        }
        Ok(chunk)
    }

    fn read_block(&self, range: RowRange) -> Result<DataFrame, Error> {
        let file = File::open(&self.path).map_err(|why| messages::cannot_read(&self.shown, &why))?;
        let reader = ParquetReader::new(file)
            .read_parallel(ParallelStrategy::None)
            .with_projection(Some(self.projection.clone()))
            .with_slice(Some((range.start, range.count)));
        guarded(&self.shown, || reader.finish().map_err(|why| self.corrupt(&why)))
    }

    fn corrupt(&self, why: &dyn std::fmt::Display) -> Error {
        messages::corrupt_file(&self.shown, &why.to_string())
    }
}

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread is the Parquet reader's answer to a damaged file.
pub(crate) fn is_guarded() -> bool {
    IS_GUARDED.get()
}

/// Runs a part of the Parquet reader. It panics where a damaged file contradicts itself, which is no bug of
/// ours and must refuse the file like any other damage.
fn guarded<T>(shown: &str, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    IS_GUARDED.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(false);
    result.unwrap_or_else(|_| Err(messages::corrupt_file(shown, "Parquet")))
}

fn stored_cell(value: &AnyValue<'_>) -> (String, CellKind) {
    match value {
        AnyValue::Null => (String::new(), CellKind::Text),
        AnyValue::String(text) => ((*text).to_string(), CellKind::Text),
        AnyValue::StringOwned(text) => (text.to_string(), CellKind::Text),
        AnyValue::Float64(number) => (number_text(*number), CellKind::Number),
        AnyValue::Float32(number) => (number_text(f64::from(*number)), CellKind::Number),
        number if number.is_integer() => (number.to_string(), CellKind::Number),
        AnyValue::Date(days) => (day_text(i64::from(*days)), CellKind::Text),
        AnyValue::Datetime(moment, unit, _) | AnyValue::DatetimeOwned(moment, unit, _) => {
            let per_second: i64 = match unit {
                polars::prelude::TimeUnit::Nanoseconds => 1_000_000_000,
                polars::prelude::TimeUnit::Microseconds => 1_000_000,
                polars::prelude::TimeUnit::Milliseconds => 1_000,
            };
            (day_text(moment.div_euclid(per_second * 86_400)), CellKind::Text)
        }
        other => (other.str_value().into_owned(), CellKind::Text),
    }
}

fn day_text(days_since_1970: i64) -> String {
    let epoch = chrono::NaiveDate::default();
    let day = chrono::TimeDelta::try_days(days_since_1970).and_then(|days| epoch.checked_add_signed(days));
    day.map(|day| day.to_string()).unwrap_or_default()
}
