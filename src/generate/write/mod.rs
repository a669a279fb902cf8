//! Writing the files of a generated project: CSV in several encodings and spellings, workbooks, Parquet.
//!
//! Owns bytes. The same content must give the same bytes on every machine: no clock, no threads, no hash
//! order.

mod parquet;
mod payments;
mod table;
mod workbook;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use flate2::{Compression, GzBuilder, write::GzEncoder};

pub(super) use parquet::ParticipantsFile;
pub(super) use payments::{PaymentFile, PaymentForm, Place};
pub(super) use table::{Encoding, TableFile};
pub(super) use workbook::{Sheet, write_workbook};

use crate::domain::{Month, MonthSpan};
use crate::messages::{self, Error};

/// How a file spells days and months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// 20230115, 202301
    Compact,
    /// 2023-01-15, 2023-01
    Iso,
    /// 2023/1/15, 2023/01
    Slash,
    /// 2023.01.15, 2023.01
    Dots,
    /// 2023年1月15日, 2023年1月
    Chinese,
}

impl Spelling {
    /// A day.
    pub(super) fn day(self, day: NaiveDate) -> String {
        let (year, month, of_month) = (day.year(), day.month(), day.day());
        match self {
            Spelling::Compact => format!("{year}{month:02}{of_month:02}"),
            Spelling::Iso => format!("{year}-{month:02}-{of_month:02}"),
            Spelling::Slash => format!("{year}/{month}/{of_month}"),
            Spelling::Dots => format!("{year}.{month:02}.{of_month:02}"),
            Spelling::Chinese => format!("{year}年{month}月{of_month}日"),
        }
    }

    /// A month.
    pub(super) fn month(self, month: Month) -> String {
        let (year, of_year) = (month.year(), month.month_of_year());
        match self {
            Spelling::Compact => format!("{year}{of_year:02}"),
            Spelling::Iso => format!("{year}-{of_year:02}"),
            Spelling::Slash => format!("{year}/{of_year:02}"),
            Spelling::Dots => format!("{year}.{of_year:02}"),
            Spelling::Chinese => format!("{year}年{of_year}月"),
        }
    }

    /// One month or several.
    pub(super) fn months(self, span: MonthSpan) -> String {
        if span.len() == 1 {
            return self.month(span.from);
        }
        let between = match self {
            Spelling::Compact => "-",
            Spelling::Iso | Spelling::Slash => "~",
            Spelling::Dots | Spelling::Chinese => "至",
        };
        format!("{}{between}{}", self.month(span.from), self.month(span.last()))
    }
}

/// A file being written, compressed or not.
pub(super) enum Target {
    /// As it is.
    Plain(BufWriter<File>),
    /// As gzip without a time stamp.
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

impl Target {
    /// Creates a file of the project and the folders that lead to it; a name in .gz is compressed.
    pub(super) fn create(dir: &Path, name: &str) -> Result<Target, Error> {
        let path = prepare(dir, name)?;
        let file = File::create(&path).map_err(|why| messages::cannot_write(name, &why))?;
        let plain = BufWriter::with_capacity(1 << 18, file);
        if name.ends_with(".gz") {
            let encoder = GzBuilder::new().write(plain, Compression::best());
            return Ok(Target::Gzip(Box::new(encoder)));
        }
        Ok(Target::Plain(plain))
    }

    /// Appends bytes.
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Target::Plain(file) => file.write_all(bytes),
            Target::Gzip(file) => file.write_all(bytes),
        }
    }

    /// Completes the file.
    fn finish(self) -> std::io::Result<()> {
        match self {
            Target::Plain(mut file) => file.flush(),
            Target::Gzip(file) => file.finish()?.flush(),
        }
    }
}

/// The path of a file of the project, its folder made.
pub(super) fn prepare(dir: &Path, name: &str) -> Result<PathBuf, Error> {
    let path = dir.join(name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|why| messages::cannot_write(name, &why))?;
    }
    Ok(path)
}

/// Writes a small text file.
pub(super) fn write_text(dir: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = prepare(dir, name)?;
    fs::write(&path, text).map_err(|why| messages::cannot_write(name, &why))
}
