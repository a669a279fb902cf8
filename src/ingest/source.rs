//! The formats, each a source of pieces that can be turned into chunks side by side.
//!
//! Owns the choice of the reader by the file's content. Must not interpret a cell.

use super::blocks::TextBlock;
use super::chunk::RawChunk;
use super::delimited::{Delimited, Splitter, UnclosedQuote};
use super::format::{self, Format};
use super::hash_file;
use super::heading::{Layout, Preview};
use super::input::InputFile;
use super::limits::Limits;
use super::parquet::{Parquet, RowRange};
use super::workbook::Workbook;
use crate::messages::{self, Error, Observation};

/// An open file.
pub(super) enum Source {
    Delimited(Box<Delimited>),
    Workbook(Workbook),
    Parquet(std::vec::IntoIter<RowRange>),
}

/// What is needed to turn the pieces of a file into chunks.
pub(super) struct Form {
    pub(super) layout: Layout,
    /// The sheet that was chosen, where the format has any.
    pub(super) sheet: String,
    /// What is to be told of the file as a whole.
    pub(super) noticed: Vec<Observation>,
    splitter: Option<Splitter>,
    parquet: Option<Parquet>,
}

/// A part of a file that can be read without the others.
pub(super) enum Piece {
    Text(TextBlock),
    Cells(Box<RawChunk>),
    Rows(RowRange),
}

/// Why a piece was not turned into rows.
pub(super) enum Broken {
    /// A quote without its partner, at this row of the piece.
    Quote(UnclosedQuote),
    /// Anything else.
    Told(Error),
}

impl Source {
    /// Opens a file and finds its heading.
    pub(super) fn open(file: &InputFile, limits: &Limits) -> Result<(Source, Form), Error> {
        let (path, shown, table, input) = (&file.path, &file.shown, file.table, &file.input);
        let format = format::recognise(path, shown, limits)?;
        let (source, mut form) = match format {
            Format::Text | Format::GzipText => {
                let (source, splitter, layout) = Delimited::open(path, shown, table, input, limits)?;
                let form = Form { splitter: Some(splitter), ..Form::plain(layout) };
                (Source::Delimited(Box::new(source)), form)
            }
            Format::Xlsx | Format::Xlsb | Format::Xls | Format::Ods => {
                let (source, opened) = Workbook::open(path, shown, table, input, format, limits)?;
                let form =
                    Form { sheet: opened.sheet, noticed: opened.noticed, ..Form::plain(opened.layout) };
                (Source::Workbook(source), form)
            }
            Format::Parquet => {
                let (parquet, layout) = Parquet::open(path, shown, table, input)?;
                let source = Source::Parquet(parquet.ranges().into_iter());
                (source, Form { parquet: Some(parquet), ..Form::plain(layout) })
            }
        };
        check_width(&form.layout, shown, limits)?;
        form.noticed.extend(format::contradiction(shown, format));
        Ok((source, form))
    }

    /// Recognises a file and shows the first rows of each of its sheets that may hold a table; of a file
    /// without sheets nothing.
    pub(super) fn previews(
        file: &InputFile,
        limits: &Limits,
        visit: &mut dyn FnMut(&str, &Preview),
    ) -> Result<(Format, bool), Error> {
        let (path, shown) = (&file.path, &file.shown);
        let format = format::recognise(path, shown, limits)?;
        match format {
            Format::Xlsx | Format::Xlsb | Format::Xls | Format::Ods => {
                Workbook::previews(path, shown, &file.input, format, limits, visit)?;
                Ok((format, true))
            }
            Format::Text | Format::GzipText | Format::Parquet => Ok((format, false)),
        }
    }

    /// The next pieces, at most this many; none at the end. Where reading breaks off, what was read before
    /// comes first.
    pub(super) fn next(&mut self, most: usize) -> (Vec<Piece>, Option<Error>) {
        let mut pieces = Vec::with_capacity(most);
        while pieces.len() < most {
            let piece = match self {
                Source::Delimited(source) => source.next_block().map(|block| block.map(Piece::Text)),
                Source::Workbook(source) => {
                    source.next_chunk().map(|chunk| chunk.map(|chunk| Piece::Cells(Box::new(chunk))))
                }
                Source::Parquet(ranges) => Ok(ranges.next().map(Piece::Rows)),
            };
            match piece {
                Ok(Some(piece)) => pieces.push(piece),
                Ok(None) => break,
                Err(why) => return (pieces, Some(why)),
            }
        }
        (pieces, None)
    }

    /// The SHA-256 of the file's bytes, once all pieces were read.
    pub(super) fn finish(self, file: &InputFile) -> Result<String, Error> {
        match self {
            Source::Delimited(source) => source.finish(),
            Source::Workbook(_) | Source::Parquet(_) => hash_file(&file.path, &file.shown),
        }
    }
}

/// Refuses a sheet that is wider than any list.
pub(super) fn check_width(layout: &Layout, shown: &str, limits: &Limits) -> Result<(), Error> {
    if layout.width <= limits.columns as usize {
        return Ok(());
    }
    Err(messages::sheet_too_large(shown, layout.heading_row, layout.width as u32, limits.columns))
}

impl Form {
    /// The form of rows that come from no file.
    pub(super) fn plain(layout: Layout) -> Form {
        Form { layout, sheet: String::new(), noticed: Vec::new(), splitter: None, parquet: None }
    }

    /// Turns a piece into rows. With the chunk, how many lines of the file it covers: rows of a text count
    /// from the begin of their piece; those of other formats are numbered as they are.
    pub(super) fn chunk(&self, piece: Piece) -> Result<(RawChunk, u32), Broken> {
        match (piece, &self.splitter, &self.parquet) {
            (Piece::Text(block), Some(splitter), _) => splitter.split(block).map_err(Broken::Quote),
            (Piece::Rows(range), _, Some(parquet)) => Ok((parquet.chunk(range).map_err(Broken::Told)?, 0)),
            (Piece::Cells(chunk), ..) => Ok((*chunk, 0)),
            (Piece::Text(_) | Piece::Rows(_), ..) => Ok((RawChunk::new(0), 0)),
        }
    }
}
