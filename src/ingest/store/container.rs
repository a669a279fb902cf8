//! A file of checked blocks with an index at its end: the form of every entry of the canonical store.
//!
//! Owns offsets and checksums. Must not know what a block holds.

use std::fs::{self, File};
use std::hash::Hasher;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use twox_hash::XxHash3_64;

use super::bytes::{ByteReader, ByteWriter};

/// The last bytes of every entry: what it is, and the version of its form.
const MAGIC: &[u8; 8] = b"PAstore1";
/// Offset, length and checksum of the index, and the magic.
const FOOTER: usize = 32;
/// An entry up to this size stays in memory until it is finished.
const SMALL: usize = 4 << 20;
/// How much is gathered before it is written to a file.
const WRITE_BUFFER: usize = 1 << 20;

/// Where a block stands, and the checksum that is tested when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockRef {
    offset: u64,
    length: u32,
    checksum: u64,
}

impl BlockRef {
    pub(super) fn put(self, out: &mut ByteWriter) {
        out.u64(self.offset);
        out.u32(self.length);
        out.u64(self.checksum);
    }

    pub(super) fn take(input: &mut ByteReader<'_>) -> Option<BlockRef> {
        Some(BlockRef { offset: input.u64()?, length: input.u32()?, checksum: input.u64()? })
    }
}

/// Where a large entry is written before it is finished.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A file without a name in the first of these folders that takes it. It vanishes with the process.
    Scratch(Vec<PathBuf>),
    /// A file of the cache, which gets its name when it is whole.
    Cache(PathBuf),
}

enum Output {
    Memory,
    Unnamed(File),
    Named(tempfile::NamedTempFile),
}

/// An entry that is being written.
pub(super) struct StoreWriter {
    place: Place,
    output: Output,
    buffer: Vec<u8>,
    written: u64,
}

impl StoreWriter {
    pub(super) fn new(place: Place) -> StoreWriter {
        StoreWriter { place, output: Output::Memory, buffer: Vec::new(), written: 0 }
    }

    /// Appends a block.
    pub(super) fn push(&mut self, block: &[u8]) -> io::Result<BlockRef> {
        let length = u32::try_from(block.len()).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        let offset = self.written + self.buffer.len() as u64;
        self.buffer.extend_from_slice(block);
        let limit = if matches!(self.output, Output::Memory) { SMALL } else { WRITE_BUFFER };
        if self.buffer.len() > limit {
            self.spill()?;
        }
        Ok(BlockRef { offset, length, checksum: XxHash3_64::oneshot(block) })
    }

    /// Moves what is in memory to the file, which is made when it is first needed.
    fn spill(&mut self) -> io::Result<()> {
        if matches!(self.output, Output::Memory) {
            self.output = match &self.place {
                Place::Scratch(folders) => Output::Unnamed(unnamed_file(folders)?),
                Place::Cache(folder) => Output::Named(private_file(folder)?),
            };
        }
        match &mut self.output {
            Output::Memory => return Ok(()),
            Output::Unnamed(file) => file.write_all(&self.buffer)?,
            Output::Named(file) => file.as_file_mut().write_all(&self.buffer)?,
        }
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Appends the index and closes the entry; in the cache it gets the name, which its checksum knows: an
    /// entry under another name is damaged.
    pub(super) fn finish(mut self, index: &[u8], name: &str) -> io::Result<Store> {
        let offset = self.written + self.buffer.len() as u64;
        self.buffer.extend_from_slice(index);
        let mut footer = ByteWriter::default();
        footer.u64(offset);
        footer.u64(index.len() as u64);
        footer.u64(index_checksum(index, name));
        footer.0.extend_from_slice(MAGIC);
        self.buffer.extend_from_slice(&footer.0);
        let size = self.written + self.buffer.len() as u64;
        if matches!(self.output, Output::Unnamed(_)) || matches!(self.place, Place::Cache(_)) {
            self.spill()?;
        }
        let bytes = match self.output {
            Output::Memory => Bytes::Memory(self.buffer),
            Output::Unnamed(file) => Bytes::File(file),
            Output::Named(file) => {
                let Place::Cache(folder) = &self.place else {
                    return Err(io::ErrorKind::InvalidInput.into());
                };
                Bytes::File(file.persist(folder.join(name)).map_err(|failed| failed.error)?)
            }
        };
        Ok(Store { bytes, size, name: name.to_string() })
    }
}

fn index_checksum(index: &[u8], name: &str) -> u64 {
    let mut hasher = XxHash3_64::new();
    hasher.write(index);
    hasher.write(name.as_bytes());
    hasher.finish()
}

fn unnamed_file(folders: &[PathBuf]) -> io::Result<File> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for folder in folders {
        match tempfile::tempfile_in(folder) {
            Ok(file) => return Ok(file),
            Err(why) => last = why,
        }
    }
    Err(last)
}

/// A file that only its owner may read: it holds personal data.
fn private_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)
}

/// How the name of an entry begins that is not whole yet.
pub(super) const UNFINISHED: &str = ".unfinished-";

#[derive(Debug)]
enum Bytes {
    File(File),
    Memory(Vec<u8>),
}

/// A finished entry. Blocks are read one by one into the caller's buffer, never mapped: what another process
/// does to the file is then an error and not a fault.
#[derive(Debug)]
pub(super) struct Store {
    bytes: Bytes,
    size: u64,
    name: String,
}

impl Store {
    /// Opens an entry of a folder.
    pub(super) fn open(folder: &Path, name: &str) -> io::Result<Store> {
        let path = folder.join(name);
        // Opening a pipe would wait for somebody to write into it.
        if !fs::symlink_metadata(&path)?.is_file() {
            return Err(damaged());
        }
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok(Store { bytes: Bytes::File(file), size, name: name.to_string() })
    }

    /// How many bytes the entry has.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The index, checked.
    pub(super) fn index(&self) -> io::Result<Vec<u8>> {
        let start = self.size.checked_sub(FOOTER as u64).ok_or_else(damaged)?;
        let mut footer = [0; FOOTER];
        self.read_at(start, &mut footer)?;
        let mut fields = ByteReader(&footer);
        let (offset, length, checksum) = (fields.u64(), fields.u64(), fields.u64());
        let is_whole = fields.0 == MAGIC
            && offset.zip(length).is_some_and(|(at, size)| at.checked_add(size) == Some(start));
        let (Some(offset), Some(length), Some(checksum), true) = (offset, length, checksum, is_whole) else {
            return Err(damaged());
        };
        let mut index = vec![0; usize::try_from(length).map_err(|_| damaged())?];
        self.read_at(offset, &mut index)?;
        if index_checksum(&index, &self.name) == checksum { Ok(index) } else { Err(damaged()) }
    }

    /// Reads a block into a buffer and tests its checksum.
    pub(super) fn read(&self, block: BlockRef, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.resize(block.length as usize, 0);
        self.read_at(block.offset, buffer)?;
        if XxHash3_64::oneshot(buffer) == block.checksum { Ok(()) } else { Err(damaged()) }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        match &self.bytes {
            Bytes::Memory(bytes) => {
                let start = usize::try_from(offset).map_err(|_| damaged())?;
                let end = start.checked_add(buffer.len()).ok_or_else(damaged)?;
                buffer.copy_from_slice(bytes.get(start..end).ok_or_else(damaged)?);
                Ok(())
            }
            Bytes::File(file) => read_file_at(file, offset, buffer),
        }
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_file_at(file: &File, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        offset += read as u64;
        buffer = &mut buffer[read..];
    }
    Ok(())
}

/// What stands in an entry is not what was written.
pub(super) fn damaged() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}
