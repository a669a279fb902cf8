//! The csv files: UTF-8 with BOM, so that a spreadsheet opens them as they are.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::table::{Cells, TableData};
use super::{Content, Failure, Report, write_tables};
use crate::messages::Error;

/// Writes every table as csv.
pub(super) struct CsvFiles;

impl Report for CsvFiles {
    fn write(&self, content: &Content<'_>, folder: &Path) -> Result<(), Error> {
        write_tables(content, folder, "csv", write_table)
    }
}

fn write_table(table: &TableData<'_>, path: &Path) -> Result<(), Failure> {
    let mut file = BufWriter::with_capacity(1 << 18, File::create(path)?);
    file.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(table.names())?;
    for columns in table.batches() {
        let columns = columns?;
        for row in 0..columns.first().map_or(0, Cells::len) {
            for cells in &columns {
                match cells {
                    Cells::Text(texts) => writer.write_field(harmless(&texts[row]).as_bytes())?,
                    Cells::Integer(numbers) => {
                        writer
                            .write_field(numbers[row].map(|number| number.to_string()).unwrap_or_default())?;
                    }
                }
            }
            writer.write_record(None::<&[u8]>)?;
        }
    }
    writer.flush()?;
    Ok(())
}

/// A text that a spreadsheet will not take for a formula.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_are_made_harmless() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("@SUM"), "'@SUM");
        assert_eq!(harmless("\t=1"), "'\t=1");
        assert_eq!(harmless("-"), "'-");
        assert_eq!(harmless("张三"), "张三");
    }
}
