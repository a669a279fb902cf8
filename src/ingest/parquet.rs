//! Parquet files, read a block of rows at a time.
//!
//! Owns the turning of Parquet columns into cells; with `report` and `engine` it may see polars types. Must
//! not interpret a cell beyond what the file states (text, number, day).

use std::cell::Cell;
use std::fmt::Write;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use polars::prelude::{
    AnyValue, DataFrame, DataType, Int32Chunked, Int64Chunked, PolarsResult, Series, StringChunked,
};
use polars_io::SerReader;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};

use super::chunk::{CellKind, RawChunk};
use super::heading::{self, Layout};
use super::input::Input;
use super::schema::Table;
use super::workbook::number_text;
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
    /// The most rows that are read together. To skip rows of a group they must be unpacked all the same.
    const ROWS: usize = 65_536;
    /// The most text that they may hold.
    const MOST_TEXT: usize = 1 << 30;

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
            parquet.starts.extend((0..group).step_by(Parquet::ROWS).map(|at| parquet.rows + at));
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
        let mut readers: Vec<CellReader<'_>> =
            columns.iter().map(|column| CellReader::of(column.as_materialized_series())).collect();
        let mut chunk = RawChunk::with_capacity(columns.len(), frame.height());
        for row in 0..frame.height() {
            for reader in &mut readers {
                reader.push(row, &mut chunk).map_err(|why| self.corrupt(&why))?;
            }
            chunk.end_row(u32::try_from(range.start + row + 1).unwrap_or(u32::MAX), false);
            if chunk.size() > Parquet::MOST_TEXT {
                return Err(self.corrupt(&"> 1 GiB / 65536 rows"));
            }
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

/// Reads the cells of a column: the types that rosters have without a detour, all others as they come.
enum CellReader<'a> {
    Text(&'a StringChunked),
    Long(&'a Int64Chunked, String),
    Short(&'a Int32Chunked, String),
    /// With the day that was read last: rosters repeat their days.
    Day(&'a Int32Chunked, i32, String),
    Any(&'a Series),
}

impl<'a> CellReader<'a> {
    fn of(series: &'a Series) -> CellReader<'a> {
        match series.dtype() {
            DataType::String => series.str().ok().map(CellReader::Text),
            DataType::Int64 => series.i64().ok().map(|cells| CellReader::Long(cells, String::new())),
            DataType::Int32 => series.i32().ok().map(|cells| CellReader::Short(cells, String::new())),
            DataType::Date => {
                series.date().ok().map(|cells| CellReader::Day(cells.physical(), 0, day_text(0)))
            }
            _ => None,
        }
        .unwrap_or(CellReader::Any(series))
    }

    fn push(&mut self, row: usize, chunk: &mut RawChunk) -> PolarsResult<()> {
        match self {
            CellReader::Text(cells) => chunk.push_cell(cells.get(row).unwrap_or(""), CellKind::Text),
            CellReader::Long(cells, buffer) => push_number(cells.get(row), buffer, chunk),
            CellReader::Short(cells, buffer) => push_number(cells.get(row).map(i64::from), buffer, chunk),
            CellReader::Day(cells, last, text) => match cells.get(row) {
                None => chunk.push_cell("", CellKind::Text),
                Some(days) => {
                    if days != *last {
                        (*last, *text) = (days, day_text(i64::from(days)));
                    }
                    chunk.push_cell(text, CellKind::Text);
                }
            },
            CellReader::Any(series) => {
                let (text, kind) = stored_cell(&series.get(row)?);
                chunk.push_cell(&text, kind);
            }
        }
        Ok(())
    }
}

fn push_number(number: Option<i64>, buffer: &mut String, chunk: &mut RawChunk) {
    buffer.clear();
    match number {
        None => chunk.push_cell("", CellKind::Text),
        Some(number) => {
            // Writing into a string cannot fail.
            let _ = write!(buffer, "{number}");
            chunk.push_cell(buffer, CellKind::Number);
        }
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
