//! The parquet files: the csv tables with typed columns. The only part of the report that sees polars types.

use std::fs::File;
use std::path::Path;

use polars::prelude::{Column, DataFrame};
use polars_io::parquet::write::ParquetWriter;

use super::table::{Cells, TableData, tables};
use super::{Content, Report};
use crate::messages::{self, Error};

/// Writes every table as parquet.
pub(super) struct ParquetFiles;

impl Report for ParquetFiles {
    fn write(&self, content: &Content<'_>, folder: &Path) -> Result<(), Error> {
        for table in tables(content) {
            let name = format!("{}.parquet", table.name);
            write_table(table, &folder.join(&name)).map_err(|why| messages::cannot_write(&name, &why))?;
        }
        Ok(())
    }
}

fn write_table(table: TableData, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let height = table.rows();
    let columns = table.columns.into_iter().map(|(name, cells)| match cells {
        Cells::Text(texts) => Column::new(name.into(), texts),
        Cells::Integer(numbers) => Column::new(name.into(), numbers),
    });
    let mut frame = DataFrame::new(height, columns.collect())?;
    // One thread writes, so that the bytes never depend on how many there are.
    ParquetWriter::new(File::create(path)?).set_parallel(false).finish(&mut frame)?;
    Ok(())
}
