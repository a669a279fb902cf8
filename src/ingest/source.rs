//! The formats, each a source of pieces that can be turned into chunks side by side.
//!
//! Owns the choice of the reader by the file's name. Must not interpret a cell.

use super::blocks::TextBlock;
use super::chunk::RawChunk;
use super::delimited::{Delimited, Splitter, UnclosedQuote};
use super::excel::Excel;
use super::hash_file;
use super::heading::Layout;
use super::input::InputFile;
use super::parquet::{Parquet, RowRange};
use crate::messages::{self, Error};

/// An open file.
pub(super) enum Source {
    Delimited(Box<Delimited>),
    Excel(Excel),
    Parquet(std::vec::IntoIter<RowRange>),
}

/// What is needed to turn the pieces of a file into chunks.
pub(super) struct Form {
    pub(super) layout: Layout,
    /// The sheet that was chosen, where the format has any.
    pub(super) sheet: String,
    splitter: Option<Splitter>,
    parquet: Option<Parquet>,
}

/// A part of a file that can be read without the others.
pub(super) enum Piece {
    Text(TextBlock),
    Cells(RawChunk),
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
    pub(super) fn open(file: &InputFile) -> Result<(Source, Form), Error> {
        let (path, shown, table, input) = (&file.path, &file.shown, file.table, &file.input);
        let name = shown.to_lowercase();
        let bare = name.strip_suffix(".gz").unwrap_or(&name);
        let extension = bare.rsplit_once('.').map_or("", |(_, extension)| extension);
        Ok(match extension {
            "csv" | "txt" | "tsv" => {
                let (source, splitter, layout) = Delimited::open(path, shown, table, input)?;
                let form = Form { splitter: Some(splitter), ..Form::plain(layout) };
                (Source::Delimited(Box::new(source)), form)
            }
            "xlsx" | "xlsm" => {
                let (source, layout, sheet) = Excel::open(path, shown, table, input)?;
                (Source::Excel(source), Form { sheet, ..Form::plain(layout) })
            }
            "parquet" => {
                let (parquet, layout) = Parquet::open(path, shown, table, input)?;
                let source = Source::Parquet(parquet.ranges().into_iter());
                (source, Form { parquet: Some(parquet), ..Form::plain(layout) })
            }
            _ => return Err(messages::unknown_format(shown)),
        })
    }

    /// The next pieces, at most this many; none at the end. Where reading breaks off, what was read before
    /// comes first.
    pub(super) fn next(&mut self, form: &Form, most: usize) -> (Vec<Piece>, Option<Error>) {
        let projection = &form.layout.projection;
        let mut pieces = Vec::with_capacity(most);
        while pieces.len() < most {
            let piece = match self {
                Source::Delimited(source) => source.next_block().map(|block| block.map(Piece::Text)),
                Source::Excel(source) => Ok(source.next_chunk(projection).map(Piece::Cells)),
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
            Source::Excel(_) | Source::Parquet(_) => hash_file(&file.path, &file.shown),
        }
    }
}

impl Form {
    /// The form of rows that come from no file.
    pub(super) fn plain(layout: Layout) -> Form {
        Form { layout, sheet: String::new(), splitter: None, parquet: None }
    }

    /// Turns a piece into rows. With the chunk, how many lines of the file it covers: rows of a text count
    /// from the begin of their piece; those of other formats are numbered as they are.
    pub(super) fn chunk(&self, piece: Piece) -> Result<(RawChunk, u32), Broken> {
        match (piece, &self.splitter, &self.parquet) {
            (Piece::Text(block), Some(splitter), _) => splitter.split(block).map_err(Broken::Quote),
            (Piece::Rows(range), _, Some(parquet)) => Ok((parquet.chunk(range).map_err(Broken::Told)?, 0)),
            (Piece::Cells(chunk), ..) => Ok((chunk, 0)),
            (Piece::Text(_) | Piece::Rows(_), ..) => Ok((RawChunk::new(0), 0)),
        }
    }
}
