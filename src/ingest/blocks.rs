//! A text file as blocks of whole records, cut before anything is decoded, so that blocks can be decoded and
//! split side by side.
//!
//! Owns where a file may be cut. A byte of a line end never occurs inside a character of UTF-8 or GB18030,
//! and a line end inside quotes ends no record. Must not interpret a field.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use encoding_rs::{Encoding, GB18030, UTF_8};
use memchr::{memchr, memrchr2};
use sha2::{Digest, Sha256};

use super::encoding::DecodedText;
use super::hex;

/// A file whose bytes are hashed as they are read.
#[derive(Clone)]
pub(super) struct HashedFile(Arc<Mutex<(File, Sha256)>>);

impl HashedFile {
    pub(super) fn open(path: &Path) -> io::Result<HashedFile> {
        Ok(HashedFile(Arc::new(Mutex::new((File::open(path)?, Sha256::new())))))
    }

    fn state(&self) -> MutexGuard<'_, (File, Sha256)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what is left and gives the SHA-256 of the whole file, in hex.
    pub(super) fn finish(mut self) -> io::Result<String> {
        let mut rest = vec![0; 1 << 18];
        while self.read(&mut rest)? > 0 {}
        Ok(hex(&self.state().1.clone().finalize()))
    }
}

impl Read for HashedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();
        let count = state.0.read(buffer)?;
        state.1.update(&buffer[..count]);
        Ok(count)
    }
}

/// Some records of a text file.
pub(super) struct TextBlock {
    bytes: Vec<u8>,
    encoding: &'static Encoding,
    /// Whether the file begins here: above its heading there are no data.
    pub(super) is_first: bool,
    /// Whether the last record has no end within the bound: a quote was never closed, or it is no text of
    /// records at all.
    pub(super) is_unclosed: bool,
}

impl TextBlock {
    /// The text, with a mark for what could not be decoded.
    pub(super) fn decode(self) -> String {
        DecodedText::decode_block(self.bytes, self.encoding, self.is_first)
    }
}

/// Cuts a stream of bytes into blocks.
pub(super) struct TextBlocks {
    bytes: Box<dyn Read + Send>,
    encoding: &'static Encoding,
    delimiter: u8,
    carry: Vec<u8>,
    at_end: bool,
    is_first: bool,
}

impl TextBlocks {
    /// About how large a block is.
    const SIZE: usize = 1 << 20;
    /// A record beyond this size is a quote without its partner, or no record.
    const LARGEST_RECORD: usize = 16 << 20;

    /// Blocks of a stream of this encoding. Bytes can be cut only where no byte of a delimiter or quote is
    /// part of a character: other streams must be decoded before.
    pub(super) fn new(bytes: Box<dyn Read + Send>, encoding: &'static Encoding, delimiter: u8) -> TextBlocks {
        debug_assert!(TextBlocks::can_cut(encoding, delimiter));
        TextBlocks { bytes, encoding, delimiter, carry: Vec::new(), at_end: false, is_first: true }
    }

    /// Whether a file of this encoding can be cut before it is decoded.
    pub(super) fn can_cut(encoding: &'static Encoding, delimiter: u8) -> bool {
        encoding == UTF_8 || (encoding == GB18030 && delimiter != b'|')
    }

    /// The next block; `None` at the end of the file.
    pub(super) fn next(&mut self) -> io::Result<Option<TextBlock>> {
        let mut buffer = std::mem::take(&mut self.carry);
        let mut wanted = TextBlocks::SIZE;
        loop {
            if !self.at_end && buffer.len() < wanted {
                let start = buffer.len();
                buffer.resize(wanted, 0);
                let read = fill(&mut self.bytes, &mut buffer[start..])?;
                buffer.truncate(start + read);
                self.at_end = start + read < wanted;
            }
            if self.at_end && buffer.is_empty() {
                return Ok(None);
            }
            let cut = if self.at_end { Some(buffer.len()) } else { self.cut(&buffer) };
            let is_unclosed = cut.is_none() && buffer.len() >= TextBlocks::LARGEST_RECORD;
            if let Some(cut) = cut.or(is_unclosed.then_some(buffer.len())) {
                self.carry = Vec::with_capacity(TextBlocks::SIZE + 1);
                self.carry.extend_from_slice(&buffer[cut..]);
                buffer.truncate(cut);
                let is_first = std::mem::take(&mut self.is_first);
                return Ok(Some(TextBlock { bytes: buffer, encoding: self.encoding, is_first, is_unclosed }));
            }
            wanted = buffer.len() * 2;
        }
    }

    /// Behind the last record that is whole.
    fn cut(&self, buffer: &[u8]) -> Option<usize> {
        if memchr(b'"', buffer).is_some() {
            return last_record_end(buffer, self.delimiter);
        }
        last_line_end(buffer)
    }
}

/// Reads until the buffer is full or the stream ends.
fn fill(bytes: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match bytes.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(filled)
}

/// Behind the last line end; a carriage return at the very end may be half of one.
fn last_line_end(buffer: &[u8]) -> Option<usize> {
    let whole = buffer.strip_suffix(b"\r").unwrap_or(buffer);
    memrchr2(b'\n', b'\r', whole).map(|at| at + 1)
}

/// Behind the last line end that ends a record: one outside quotes. The buffer begins with a record.
fn last_record_end(buffer: &[u8], delimiter: u8) -> Option<usize> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum State {
        FieldStart,
        Plain,
        Quoted,
        QuoteInQuoted,
    }
    let mut state = State::FieldStart;
    let mut end = None;
    let whole = buffer.strip_suffix(b"\r").unwrap_or(buffer);
    for (at, &byte) in whole.iter().enumerate() {
        state = match (state, byte) {
            (State::FieldStart, b'"') => State::Quoted,
            (State::Quoted, b'"') => State::QuoteInQuoted,
            (State::Quoted, _) | (State::QuoteInQuoted, b'"') => State::Quoted,
            (_, b'\n' | b'\r') => {
                end = Some(at + 1);
                State::FieldStart
            }
            (_, byte) if byte == delimiter => State::FieldStart,
            _ => State::Plain,
        };
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_end_inside_quotes_ends_no_record() {
        let end = |text: &str| last_record_end(text.as_bytes(), b',');
        assert_eq!(end("a,b\nc,\"d\ne"), Some(4));
        assert_eq!(end("a,\"b\n\"\nc"), Some(7));
        assert_eq!(end("a,\"b\"\"\n\"\nc"), Some(9));
        assert_eq!(end("a,b\"\nc"), Some(5));
        assert_eq!(end("\"a\nb"), None);
    }

    proptest! {
        #[test]
        fn blocks_are_the_file(text in "[a甲,\"\n\r]{0,60}") {
            let bytes: Box<dyn Read + Send> = Box::new(io::Cursor::new(text.clone().into_bytes()));
            let mut blocks = TextBlocks::new(bytes, UTF_8, b',');
            let mut whole = String::new();
            while let Some(block) = blocks.next().unwrap() {
                whole.push_str(&block.decode());
            }
            prop_assert_eq!(whole, text);
        }

        #[test]
        fn records_end_where_the_reader_ends_them(text in "[a,\"\n]{0,40}") {
            let Some(end) = last_record_end(text.as_bytes(), b',') else { return Ok(()) };
            let records = |text: &str| -> Vec<Vec<String>> {
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes())
                    .records()
                    .map(|record| record.unwrap().iter().map(str::to_string).collect())
                    .collect()
            };
            let (head, tail) = text.split_at(end);
            prop_assert_eq!(records(&text), [records(head), records(tail)].concat());
        }
    }
}
