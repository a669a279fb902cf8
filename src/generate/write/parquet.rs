//! Parquet files, written in batches of rows with fixed settings.
//!
//! Owns the only use of polars in the generator.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, NamedFrom, NewChunkedArray, PolarsResult, Series, StringChunked,
};
use polars_io::parquet::write::{BatchedWriter, ParquetCompression, ParquetWriter};

use super::prepare;
use crate::generate::registers::Participant;
use crate::messages::{self, Error};

/// Rows that are collected before they are written as one row group.
const ROWS: usize = 131_072;

/// A Parquet file that grows by row groups.
pub(super) struct ParquetFile {
    name: String,
    file: Option<BufWriter<File>>,
    writer: Option<BatchedWriter<BufWriter<File>>>,
}

impl ParquetFile {
    /// Creates the file; its columns are those of the first batch.
    pub(super) fn create(dir: &Path, name: &str) -> Result<ParquetFile, Error> {
        let path = prepare(dir, name)?;
        let file = File::create(&path).map_err(|why| messages::cannot_write(name, &why))?;
        Ok(ParquetFile { name: name.to_string(), file: Some(BufWriter::new(file)), writer: None })
    }

    /// Writes one row group.
    pub(super) fn write(&mut self, columns: Vec<Column>) -> Result<(), Error> {
        self.try_write(columns).map_err(|why| messages::cannot_write(&self.name, &why))
    }

    fn try_write(&mut self, columns: Vec<Column>) -> PolarsResult<()> {
        let height = columns.first().map_or(0, Column::len);
        if height == 0 && self.writer.is_some() {
            return Ok(());
        }
        let frame = DataFrame::new(height, columns)?;
        if let Some(file) = self.file.take() {
            let writer = ParquetWriter::new(file)
                .with_compression(ParquetCompression::Zstd(None))
                .set_parallel(false)
                .batched(frame.schema())?;
            self.writer = Some(writer);
        }
        match &mut self.writer {
            Some(writer) => writer.write_batch(&frame),
            None => Ok(()),
        }
    }

    /// Writes the footer.
    pub(super) fn finish(self) -> Result<(), Error> {
        match self.writer {
            Some(writer) => {
                writer.finish().map(|_| ()).map_err(|why| messages::cannot_write(&self.name, &why))
            }
            None => Ok(()),
        }
    }
}

/// The texts of a column, one behind the other in one piece of memory.
#[derive(Default)]
pub(super) struct Texts {
    joined: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Appends a text.
    pub(super) fn push(&mut self, text: &str) {
        self.joined.push_str(text);
        self.ends.push(self.joined.len());
    }

    /// Where the next text may be written piece by piece, until [`Texts::end`].
    pub(super) fn joined(&mut self) -> &mut String {
        &mut self.joined
    }

    /// Ends a text that was written piece by piece.
    pub(super) fn end(&mut self) {
        self.ends.push(self.joined.len());
    }

    /// The column, leaving none.
    pub(super) fn take_column(&mut self, name: &str) -> Column {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let texts = starts.zip(&self.ends).map(|(start, &end)| &self.joined[start..end]);
        let column = StringChunked::from_iter_values(name.into(), texts).into_column();
        self.joined.clear();
        self.ends.clear();
        column
    }
}

/// A column of days.
pub(super) fn day_column(name: &str, days: &[Option<i32>]) -> PolarsResult<Column> {
    Ok(Series::new(name.into(), days).cast(&DataType::Date)?.into())
}

/// Days since 1970.
pub(super) fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - 719_163
}

/// The contribution list.
pub(in crate::generate) struct ParticipantsFile {
    file: ParquetFile,
    townships: Vec<String>,
    villages: Vec<String>,
    rows: Vec<Participant>,
}

impl ParticipantsFile {
    /// Creates the file.
    pub(in crate::generate) fn create(
        dir: &Path,
        name: &str,
        townships: Vec<String>,
        villages: Vec<String>,
    ) -> Result<ParticipantsFile, Error> {
        Ok(ParticipantsFile { file: ParquetFile::create(dir, name)?, townships, villages, rows: Vec::new() })
    }

    /// Appends a row.
    pub(in crate::generate) fn push(&mut self, row: Participant) -> Result<(), Error> {
        self.rows.push(row);
        if self.rows.len() >= ROWS { self.drain() } else { Ok(()) }
    }

    fn drain(&mut self) -> Result<(), Error> {
        let columns = self.columns().map_err(|why| messages::cannot_write(&self.file.name, &why))?;
        self.rows.clear();
        self.file.write(columns)
    }

    fn columns(&self) -> PolarsResult<Vec<Column>> {
        let text = |name: &str, of: &dyn Fn(&Participant) -> String| {
            let mut texts = Texts::default();
            self.rows.iter().for_each(|row| texts.push(&of(row)));
            texts.take_column(name)
        };
        let days = |name: &str, of: &dyn Fn(&Participant) -> NaiveDate| {
            day_column(name, &self.rows.iter().map(|row| Some(day_number(of(row)))).collect::<Vec<_>>())
        };
        let sex = |row: &Participant| if row.id.key().0 % 2 == 1 { "男" } else { "女" }.to_string();
        let place = |names: &[String], at: usize| names.get(at).cloned().unwrap_or_default();
        let years: Vec<i32> = self.rows.iter().map(|row| row.paid_years).collect();
        Ok(vec![
            text("公民身份号码", &|row| row.id.text()),
            text("姓名", &|row| row.name.clone()),
            text("性别", &sex),
            days("出生日期", &|row| row.id.birth_date())?,
            days("参保日期", &|row| row.enrolled)?,
            Series::new("累计缴费年限".into(), years).into(),
            text("类别", &|_| "缴费".to_string()),
            text("参保状态", &|row| row.status.to_string()),
            text("乡镇", &|row| place(&self.townships, row.township)),
            text("村", &|row| place(&self.villages, row.village)),
        ])
    }

    /// Completes the file.
    pub(in crate::generate) fn finish(mut self) -> Result<(), Error> {
        self.drain()?;
        self.file.finish()
    }
}
