//! Which format a file is in, recognised by its content: names of files tell what somebody meant, and systems
//! export text under the name of a workbook every day.
//!
//! Owns the marks by which formats begin, and which name belongs to which format. Must not read data.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::encoding::unreadable;
use super::limits::Limits;
use crate::messages::{self, Error, Excess, Observation};

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Separated fields.
    Text,
    /// Separated fields, compressed.
    GzipText,
    Xlsx,
    Xlsb,
    Xls,
    Ods,
    Parquet,
}

impl Format {
    /// The name that files of the format usually end in.
    pub(super) fn name(self) -> &'static str {
        match self {
            Format::Text => "csv",
            Format::GzipText => "csv.gz",
            Format::Xlsx => "xlsx",
            Format::Xlsb => "xlsb",
            Format::Xls => "xls",
            Format::Ods => "ods",
            Format::Parquet => "parquet",
        }
    }

    /// Whether a file's name belongs to the format. A name that belongs to none contradicts nothing.
    fn allows(self, shown: &str) -> bool {
        let name = shown.to_lowercase();
        let (bare, is_gzip) = match name.strip_suffix(".gz") {
            Some(bare) => (bare, true),
            None => (name.as_str(), false),
        };
        let extension = extension(bare);
        let fits = match extension {
            "csv" | "tsv" | "txt" => matches!(self, Format::Text | Format::GzipText),
            "xlsx" | "xlsm" => self == Format::Xlsx,
            "xlsb" => self == Format::Xlsb,
            "xls" => self == Format::Xls,
            "ods" => self == Format::Ods,
            "parquet" => self == Format::Parquet,
            // The office suite that writes these writes one of two forms.
            "et" => matches!(self, Format::Xls | Format::Xlsx),
            "doc" | "docx" | "wps" | "pdf" | "htm" | "html" | "xml" | "dbf" | "zip" => false,
            _ => true,
        };
        fits && is_gzip == (self == Format::GzipText)
    }
}

fn extension(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// What is said of a file whose name belongs to another format than its content.
pub(super) fn contradiction(shown: &str, format: Format) -> Option<Observation> {
    (!format.allows(shown)).then(|| Observation::FormatDiffers(format.name().to_string()))
}

/// How many bytes of a file's begin are looked at.
const HEAD: u64 = 4_096;

const ZIP: &[u8] = b"PK\x03\x04";
const EMPTY_ZIP: &[u8] = b"PK\x05\x06";
const CONTAINER: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const GZIP: &[u8] = b"\x1f\x8b";
const PARQUET: &[u8] = b"PAR1";
const ARCHIVES: [&[u8]; 4] = [b"Rar!", b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ\0"];

/// Whether a file begins as a gzip stream does.
pub(super) fn is_gzip(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(2).read_to_end(&mut head));
    read.is_ok() && head == GZIP
}

/// Recognises the format of a file, or says why it is not read.
pub(super) fn recognise(path: &Path, shown: &str, limits: &Limits) -> Result<Format, Error> {
    let failed = |why: std::io::Error| messages::cannot_read(shown, &why);
    let mut file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size > limits.file_bytes {
        return Err(messages::too_large(shown, Excess::File(limits.file_bytes)));
    }
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(failed)?;
    file.rewind().map_err(failed)?;
    if head.is_empty() {
        return Err(messages::empty_file(shown));
    }
    if !head.starts_with(GZIP) {
        return recognise_head(&head, file, shown);
    }
    let mut inner = Vec::new();
    let unpacked = MultiGzDecoder::new(BufReader::new(file)).take(HEAD).read_to_end(&mut inner);
    unpacked.map_err(|why| unreadable(shown, &why))?;
    if inner.is_empty() {
        return Err(messages::empty_file(shown));
    }
    let is_packed_again = [GZIP, ZIP, CONTAINER, PARQUET].iter().any(|mark| inner.starts_with(mark));
    if is_packed_again || is_bare_workbook(&inner) || ARCHIVES.iter().any(|mark| inner.starts_with(mark)) {
        return Err(messages::packed_file(shown));
    }
    recognise_head(&inner, Cursor::new(Vec::new()), shown).map(|_| Format::GzipText)
}

fn recognise_head(head: &[u8], file: impl Read + Seek, shown: &str) -> Result<Format, Error> {
    if head.starts_with(ZIP) || head.starts_with(EMPTY_ZIP) {
        return recognise_zip(file, shown);
    }
    if head.starts_with(CONTAINER) {
        return recognise_container(file, shown);
    }
    if head.starts_with(PARQUET) {
        return Ok(Format::Parquet);
    }
    if is_bare_workbook(head) {
        return Ok(Format::Xls);
    }
    if ARCHIVES.iter().any(|mark| head.starts_with(mark)) {
        return Err(messages::packed_file(shown));
    }
    let plain = plain_begin(head);
    if is_markup(&plain) {
        return Err(messages::markup_file(shown));
    }
    // Two kinds of files that are text for a while.
    if plain.starts_with("%pdf") || plain.starts_with("{\\rtf") {
        return Err(messages::unknown_format(shown));
    }
    let has_mark = encoding_rs::Encoding::for_bom(head).is_some();
    if head.contains(&0) && !has_mark {
        let is_text_name =
            matches!(extension(shown.to_lowercase().trim_end_matches(".gz")), "csv" | "txt" | "tsv");
        return Err(if is_text_name {
            messages::not_a_text_file(shown)
        } else {
            messages::unknown_format(shown)
        });
    }
    Ok(Format::Text)
}

/// A workbook of Excel 5 to 2003 without its container, as some programs write it.
fn is_bare_workbook(head: &[u8]) -> bool {
    matches!(head, [0x09, 0x00 | 0x02 | 0x04 | 0x08, 4..=16, 0, ..])
}

/// The first words of a text in lower case, whatever its encoding, without marks and blanks before them.
fn plain_begin(head: &[u8]) -> String {
    let bytes = head.iter().copied().filter(|&byte| byte != 0).take(600);
    let text: String = bytes.filter(u8::is_ascii).map(char::from).collect();
    text.trim_start().to_lowercase()
}

/// A web page or the XML of Excel 2003, which systems like to export under the name of a workbook.
fn is_markup(plain: &str) -> bool {
    let mut characters = plain.chars();
    let begins_tag = characters.next() == Some('<')
        && characters.next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '!' | '?'));
    begins_tag || plain.starts_with("mime-version:")
}

fn recognise_zip(file: impl Read + Seek, shown: &str) -> Result<Format, Error> {
    let corrupt = |why: zip::result::ZipError| messages::corrupt_file(shown, &why.to_string());
    let archive = ZipArchive::new(BufReader::new(file)).map_err(corrupt)?;
    let name = |name: Result<std::borrow::Cow<'_, str>, _>| name.ok().map(|name| name.to_lowercase());
    let names: Vec<String> = archive.file_names().filter_map(name).collect();
    let has = |wanted: &str| names.iter().any(|name| name.replace('\\', "/") == wanted);
    let has_folder = |folder: &str| names.iter().any(|name| name.replace('\\', "/").starts_with(folder));
    Ok(if has("xl/workbook.bin") {
        Format::Xlsb
    } else if has("content.xml") || has("encrypted-package") {
        Format::Ods
    } else if has("[content_types].xml") && !has_folder("word/") && !has_folder("ppt/") {
        Format::Xlsx
    } else if has("[content_types].xml") {
        return Err(messages::unknown_format(shown));
    } else {
        return Err(messages::packed_file(shown));
    })
}

fn recognise_container(file: impl Read + Seek, shown: &str) -> Result<Format, Error> {
    let container =
        cfb::CompoundFile::open(file).map_err(|why| messages::corrupt_file(shown, &why.to_string()))?;
    if container.is_stream("/EncryptedPackage") {
        return Err(messages::encrypted_file(shown));
    }
    if container.is_stream("/Workbook") || container.is_stream("/Book") {
        return Ok(Format::Xls);
    }
    Err(messages::unknown_format(shown))
}
