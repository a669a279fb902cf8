//! How much a file may be, so that no file, broken or malicious, can take the machine down.
//!
//! Owns the bounds and the counting of what is really unpacked. Must not know a format.

use std::io::{self, Read};

use crate::messages::Excess;

/// How much is read of one file before it is refused. Each bound can be raised on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The size of a file.
    pub file_bytes: u64,
    /// What a compressed text may unpack to.
    pub text_bytes: u64,
    /// What any part of a workbook may unpack to: the texts of a workbook are held in memory.
    pub workbook_bytes: u64,
    /// How many times larger than the file its unpacked form may be.
    pub ratio: u64,
    /// How many columns a sheet may have.
    pub columns: u32,
    /// How many cells of a sheet may hold anything.
    pub cells: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            file_bytes: 64 << 30,
            text_bytes: 64 << 30,
            workbook_bytes: 2 << 30,
            ratio: 250,
            columns: 1_000,
            cells: 100_000_000,
        }
    }
}

impl Limits {
    /// Below this size nobody asks for the ratio: a short list of equal rows packs as well as any bomb.
    const HARMLESS: u64 = 64 << 20;

    /// How much may be unpacked from so many bytes, and what is exceeded beyond that.
    fn unpacked(&self, file_bytes: u64, most: u64, excess: Excess) -> (u64, Excess) {
        let by_ratio = file_bytes.saturating_mul(self.ratio).max(Limits::HARMLESS);
        if by_ratio < most { (by_ratio, Excess::Ratio(self.ratio)) } else { (most, excess) }
    }

    /// Counts what is unpacked from a compressed text of so many bytes.
    pub(super) fn count_text<R: Read>(&self, unpacked: R, file_bytes: u64) -> Counted<R> {
        let bound = self.unpacked(file_bytes, self.text_bytes, Excess::Text(self.text_bytes));
        Counted { unpacked, seen: 0, bound }
    }

    /// Counts what is unpacked from a part of a workbook of so many bytes.
    pub(super) fn count_part<R: Read>(&self, unpacked: R, file_bytes: u64) -> Counted<R> {
        let bound = self.unpacked(file_bytes, self.workbook_bytes, Excess::Workbook(self.workbook_bytes));
        Counted { unpacked, seen: 0, bound }
    }
}

/// A stream whose real bytes are counted: what an archive says of its sizes is not believed.
#[derive(Debug)]
pub(super) struct Counted<R> {
    unpacked: R,
    seen: u64,
    bound: (u64, Excess),
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.unpacked.read(buffer)?;
        self.seen += count as u64;
        if self.seen > self.bound.0 { Err(io::Error::other(self.bound.1)) } else { Ok(count) }
    }
}

/// Which bound a failed stream met, if it was one.
pub(super) fn excess_of(why: &io::Error) -> Option<Excess> {
    why.get_ref().and_then(|inner| inner.downcast_ref::<Excess>()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_bytes_are_counted() {
        let limits = Limits { text_bytes: 100, ..Limits::default() };
        let read = |size: u64| {
            let mut text = limits.count_text(io::repeat(b'a').take(size), 1);
            text.read_to_end(&mut Vec::new()).map_err(|why| excess_of(&why))
        };
        assert_eq!(read(100), Ok(100));
        assert_eq!(read(101), Err(Some(Excess::Text(100))));
    }

    #[test]
    fn a_ratio_is_asked_of_large_files_only() {
        let limits = Limits { ratio: 10, ..Limits::default() };
        let bound = |packed: u64| limits.count_part(io::empty(), packed).bound;
        assert_eq!(bound(5), (Limits::HARMLESS, Excess::Ratio(10)));
        assert_eq!(bound(100 << 20), (1000 << 20, Excess::Ratio(10)));
        assert_eq!(bound(1 << 30), (2 << 30, Excess::Workbook(2 << 30)));
    }
}
