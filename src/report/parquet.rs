//! The parquet files: the csv tables with typed columns. The only part of the report that sees polars types.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use polars::prelude::{Column, DataFrame};
use polars_io::parquet::write::ParquetWriter;

use super::table::{Cells, TableData};
use super::{Content, Failure, Report, write_tables};
use crate::messages::Error;

/// Writes every table as parquet.
pub(super) struct ParquetFiles;

impl Report for ParquetFiles {
    fn write(&self, content: &Content<'_>, folder: &Path) -> Result<(), Error> {
        write_tables(content, folder, "parquet", write_table)
    }
}

fn write_table(table: &TableData<'_>, path: &Path) -> Result<(), Failure> {
    let mut frames = table.batches().map(|cells| frame(table, cells?));
    let Some(first) = frames.next() else { return Ok(()) };
    let first = first?;
    let file = BufWriter::with_capacity(1 << 18, File::create(path)?);
    // One thread writes, so that the bytes never depend on how many there are.
    let mut writer = ParquetWriter::new(file).set_parallel(false).batched(first.schema())?;
    writer.write_batch(&first)?;
    for frame in frames {
        writer.write_batch(&frame?)?;
    }
    writer.finish()?;
    Ok(())
}

fn frame(table: &TableData<'_>, cells: Vec<Cells>) -> Result<DataFrame, Failure> {
    let height = cells.first().map_or(0, Cells::len);
    let columns = table.names().zip(cells).map(|(name, cells)| match cells {
        Cells::Text(texts) => Column::new(name.into(), texts),
        Cells::Integer(numbers) => Column::new(name.into(), numbers),
    });
    Ok(DataFrame::new(height, columns.collect())?)
}
