//! Payment files, as CSV or Parquet: one per township, or one per monthly batch.
//!
//! Owns their columns and their order. What changes from month to month stands together, so that the rest of
//! a line repeats the line before it.

use std::path::Path;

use chrono::Datelike;
use polars::prelude::{Column, NamedFrom, PolarsResult, Series};

use super::parquet::{ParquetFile, Texts, day_column, day_number};
use super::table::{Encoding, encode};
use super::{Spelling, Target};
use crate::generate::lines::Line;
use crate::generate::people::Payee;
use crate::messages::{self, Error};

const HEADINGS: [&str; 15] = [
    "公民身份号码",
    "姓名",
    "个人编号",
    "乡镇",
    "村",
    "银行账号",
    "待遇所属期",
    "发放日期",
    "批次号",
    "基础养老金",
    "加发养老金",
    "个人账户养老金",
    "合计",
    "发放类型",
    "代发结果",
];

/// In which form payment files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::generate) enum PaymentForm {
    /// CSV.
    Csv(Encoding, Spelling),
    /// Parquet, amounts in fen, as one of so many files that are written side by side.
    Parquet {
        /// How many.
        files: usize,
    },
}

/// Where a payee lives and under which number the system knows them.
pub(in crate::generate) struct Place<'a> {
    /// The street or township.
    township: &'a str,
    /// The village.
    village: &'a str,
    person_no: String,
    account: String,
}

impl Place<'_> {
    /// The place of the person with a running number.
    pub(in crate::generate) fn new<'a>(township: &'a str, village: &'a str, number: usize) -> Place<'a> {
        let (person_no, account) = (format!("53{number:08}"), format!("9053{number:012}"));
        Place { township, village, person_no, account }
    }
}

/// A payment file that grows person by person.
pub(in crate::generate) enum PaymentFile {
    /// CSV.
    Csv(Box<CsvPayments>),
    /// Parquet.
    Parquet(Box<ParquetPayments>),
}

impl PaymentFile {
    /// Creates a file.
    pub(in crate::generate) fn create(
        dir: &Path,
        name: &str,
        form: PaymentForm,
    ) -> Result<PaymentFile, Error> {
        Ok(match form {
            PaymentForm::Csv(encoding, spelling) => {
                PaymentFile::Csv(Box::new(CsvPayments::create(dir, name, encoding, spelling)?))
            }
            PaymentForm::Parquet { files } => {
                PaymentFile::Parquet(Box::new(ParquetPayments::create(dir, name, files)?))
            }
        })
    }

    /// Appends the lines of a person.
    pub(in crate::generate) fn push(
        &mut self,
        payee: &Payee,
        place: &Place,
        lines: &[Line],
    ) -> Result<(), Error> {
        match self {
            PaymentFile::Csv(file) => file.push(payee, place, lines),
            PaymentFile::Parquet(file) => file.push(payee, place, lines),
        }
    }

    /// Completes the file.
    pub(in crate::generate) fn finish(self) -> Result<(), Error> {
        match self {
            PaymentFile::Csv(file) => file.finish(),
            PaymentFile::Parquet(file) => file.finish(),
        }
    }
}

/// A payment file in CSV.
pub(in crate::generate) struct CsvPayments {
    target: Target,
    name: String,
    encoding: Encoding,
    spelling: Spelling,
    buffer: String,
}

impl CsvPayments {
    fn create(dir: &Path, name: &str, encoding: Encoding, spelling: Spelling) -> Result<CsvPayments, Error> {
        let target = Target::create(dir, name)?;
        let buffer = format!("{}\r\n", HEADINGS.join(","));
        Ok(CsvPayments { target, name: name.to_string(), encoding, spelling, buffer })
    }

    fn push(&mut self, payee: &Payee, place: &Place, lines: &[Line]) -> Result<(), Error> {
        for line in lines {
            let name = line.name.as_deref().unwrap_or(&payee.name);
            let Place { township, village, person_no, account } = place;
            for text in [&payee.id_text, name, person_no, township, village, account] {
                self.buffer.push_str(text);
                self.buffer.push(',');
            }
            push_months(&mut self.buffer, self.spelling, line);
            for part in line.parts {
                if let Some(amount) = part {
                    push_yuan(&mut self.buffer, amount);
                }
                self.buffer.push(',');
            }
            push_yuan(&mut self.buffer, line.total);
            for text in [line.kind, line.status] {
                self.buffer.push(',');
                self.buffer.push_str(text);
            }
            self.buffer.push_str("\r\n");
        }
        if self.buffer.len() > 1 << 18 { self.drain() } else { Ok(()) }
    }

    fn drain(&mut self) -> Result<(), Error> {
        let bytes = encode(&self.buffer, self.encoding);
        self.buffer.clear();
        self.target.write(&bytes).map_err(|why| messages::cannot_write(&self.name, &why))
    }

    fn finish(mut self) -> Result<(), Error> {
        self.drain()?;
        self.target.finish().map_err(|why| messages::cannot_write(&self.name, &why))
    }
}

/// The benefit month or months.
fn push_span(buffer: &mut String, spelling: Spelling, line: &Line) {
    if spelling == Spelling::Compact && line.months.len() == 1 {
        // The usual case by hand: a large district has 10^8 of these.
        push_month_digits(buffer, line.months.from.year(), line.months.from.month_of_year());
    } else {
        buffer.push_str(&spelling.months(line.months));
    }
}

/// The benefit month, the day of payment and the batch, each with a comma behind.
fn push_months(buffer: &mut String, spelling: Spelling, line: &Line) {
    push_span(buffer, spelling, line);
    buffer.push(',');
    if spelling == Spelling::Compact {
        push_month_digits(buffer, line.paid.year(), line.paid.month());
        push_digits(buffer, line.paid.day(), 2);
    } else {
        buffer.push_str(&spelling.day(line.paid));
    }
    buffer.push(',');
    push_month_digits(buffer, line.batch.0.year(), line.batch.0.month_of_year());
    push_digits(buffer, u32::from(line.batch.1), 2);
    buffer.push(',');
}

fn push_month_digits(buffer: &mut String, year: i32, month: u32) {
    push_digits(buffer, year.unsigned_abs(), 4);
    push_digits(buffer, month, 2);
}

fn push_digits(buffer: &mut String, number: u32, width: u32) {
    for place in (0..width).rev() {
        buffer.push(char::from(b'0' + (number / 10u32.pow(place) % 10) as u8));
    }
}

fn push_yuan(buffer: &mut String, fen: i64) {
    if fen < 0 {
        buffer.push('-');
    }
    let amount = fen.unsigned_abs();
    let mut width = 1;
    while amount / 100 >= 10u64.pow(width) {
        width += 1;
    }
    for place in (0..width).rev() {
        buffer.push(char::from(b'0' + (amount / 100 / 10u64.pow(place) % 10) as u8));
    }
    buffer.push('.');
    push_digits(buffer, (amount % 100) as u32, 2);
}

/// A payment file in Parquet: days as days, amounts as whole fen.
pub(in crate::generate) struct ParquetPayments {
    file: ParquetFile,
    name: String,
    /// How many lines make a row group.
    rows: usize,
    /// The columns of text before the day of payment: number, name, place, account and month.
    texts: [Texts; 7],
    days: Vec<Option<i32>>,
    batches: Vec<i32>,
    parts: [Vec<Option<i64>>; 3],
    totals: Vec<i64>,
    kinds: Texts,
    statuses: Texts,
}

impl ParquetPayments {
    /// The lines that all files together may keep, about 200 bytes each.
    const KEPT: usize = 2_097_152;
    const MOST_ROWS: usize = 131_072;

    fn create(dir: &Path, name: &str, files: usize) -> Result<ParquetPayments, Error> {
        Ok(ParquetPayments {
            file: ParquetFile::create(dir, name)?,
            name: name.to_string(),
            rows: (Self::KEPT / files.max(1)).min(Self::MOST_ROWS),
            texts: Default::default(),
            days: Vec::new(),
            batches: Vec::new(),
            parts: Default::default(),
            totals: Vec::new(),
            kinds: Texts::default(),
            statuses: Texts::default(),
        })
    }

    fn push(&mut self, payee: &Payee, place: &Place, lines: &[Line]) -> Result<(), Error> {
        for line in lines {
            let name = line.name.as_deref().unwrap_or(&payee.name);
            let [id, names, numbers, townships, villages, accounts, months] = &mut self.texts;
            id.push(&payee.id_text);
            names.push(name);
            numbers.push(&place.person_no);
            townships.push(place.township);
            villages.push(place.village);
            accounts.push(&place.account);
            push_span(months.joined(), Spelling::Compact, line);
            months.end();
            self.days.push(Some(day_number(line.paid)));
            let month = line.batch.0;
            let batch = (month.year() * 100 + month.month_of_year() as i32) * 100 + i32::from(line.batch.1);
            self.batches.push(batch);
            for (column, part) in self.parts.iter_mut().zip(line.parts) {
                column.push(part);
            }
            self.totals.push(line.total);
            self.kinds.push(line.kind);
            self.statuses.push(line.status);
        }
        if self.totals.len() >= self.rows { self.drain() } else { Ok(()) }
    }

    fn drain(&mut self) -> Result<(), Error> {
        let columns = self.take_columns().map_err(|why| messages::cannot_write(&self.name, &why))?;
        self.file.write(columns)
    }

    fn take_columns(&mut self) -> PolarsResult<Vec<Column>> {
        let texts = HEADINGS.iter().zip(&mut self.texts);
        let mut columns: Vec<Column> = texts.map(|(heading, texts)| texts.take_column(heading)).collect();
        columns.push(day_column(HEADINGS[7], &self.days)?);
        self.days.clear();
        columns.push(Series::new(HEADINGS[8].into(), &self.batches).into());
        self.batches.clear();
        for (heading, values) in HEADINGS[9..12].iter().zip(&mut self.parts) {
            columns.push(Series::new((*heading).into(), &*values).into());
            values.clear();
        }
        columns.push(Series::new(HEADINGS[12].into(), &self.totals).into());
        self.totals.clear();
        columns.push(self.kinds.take_column(HEADINGS[13]));
        columns.push(self.statuses.take_column(HEADINGS[14]));
        Ok(columns)
    }

    fn finish(mut self) -> Result<(), Error> {
        self.drain()?;
        self.file.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Fen;

    #[test]
    fn amounts_are_written_as_the_domain_writes_them() {
        for fen in [0, 5, -5, 99, 100, 17_740, -129_600, 999, 1_000, 100_000_000] {
            let mut text = String::new();
            push_yuan(&mut text, fen);
            assert_eq!(text, Fen(fen).yuan());
        }
    }
}
