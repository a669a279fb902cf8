//! The parts of a zipped workbook, counted while they are unpacked.
//!
//! Owns the access to parts by name and the look at all of them before a library trusts what they declare.
//! Must not know what a part says.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use memchr::memmem;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::problem::Problem;
use crate::ingest::limits::{Counted, Limits};

/// A part, unpacked as it is read.
pub(super) type Part<'a> = BufReader<Counted<ZipFile<'a, BufReader<File>>>>;

/// A zipped workbook.
pub(super) struct Package {
    archive: ZipArchive<BufReader<File>>,
    file_bytes: u64,
    limits: Limits,
    /// The number of each part by its name in lower case, with `/`.
    names: BTreeMap<String, usize>,
}

/// What a look at all parts found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Whether cells of several rows are merged anywhere.
    pub(super) has_tall_merges: bool,
}

impl Package {
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<Package, Problem> {
        let file = File::open(path)?;
        let file_bytes = file.metadata()?.len();
        let mut archive = ZipArchive::new(BufReader::new(file))?;
        let mut names = BTreeMap::new();
        for number in 0..archive.len() {
            let part = archive.by_index_raw(number)?;
            if part.encrypted() {
                return Err(Problem::Encrypted);
            }
            names.insert(part.name()?.replace('\\', "/").to_lowercase(), number);
        }
        Ok(Package { archive, file_bytes, limits: *limits, names })
    }

    /// Whether there is a part of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&name.to_lowercase())
    }

    /// Whether there is a part in a folder.
    pub(super) fn has_in(&self, folder: &str) -> bool {
        let folder = folder.to_lowercase();
        self.names.range(folder.clone()..).next().is_some_and(|(name, _)| name.starts_with(&folder))
    }

    /// A part by its name, whose letters may be large or small.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part<'_>>, Problem> {
        match self.names.get(name.trim_start_matches('/').to_lowercase().as_str()) {
            Some(&number) => Ok(Some(self.numbered(number)?)),
            None => Ok(None),
        }
    }

    fn numbered(&mut self, number: usize) -> Result<Part<'_>, Problem> {
        let part = self.archive.by_index(number)?;
        Ok(BufReader::with_capacity(1 << 16, self.limits.count_part(part, self.file_bytes)))
    }

    /// Unpacks every part once, so that a library that is not asked to count may read them afterwards: none
    /// is larger than it may be, and no list of texts declares more texts than its bytes can hold, for
    /// which room would be made.
    pub(super) fn survey(&mut self) -> Result<Survey, Problem> {
        let mut survey = Survey::default();
        for number in 0..self.archive.len() {
            let mut part = self.numbered(number)?;
            let mut declared = 0;
            let mut bytes = 0;
            search(
                &mut part,
                &mut |window| {
                    survey.has_tall_merges |= has_tall_merge(window);
                    declared = declared.max(declared_texts(window));
                },
                &mut bytes,
            )?;
            // The shortest text takes `<si/>`.
            if declared > bytes / 5 + 1 {
                return Err(Problem::damaged(format!("uniqueCount=\"{declared}\"")));
            }
        }
        Ok(survey)
    }
}

/// How far a window reaches back into the one before, so that nothing that is looked for is cut.
const OVERLAP: usize = 256;

/// Shows all bytes of a part, in windows that overlap.
fn search(part: &mut impl Read, look: &mut dyn FnMut(&[u8]), bytes: &mut u64) -> Result<(), Problem> {
    let mut window = vec![0; 1 << 16];
    let mut kept = 0;
    loop {
        let read = part.read(&mut window[kept..])?;
        if read == 0 {
            return Ok(());
        }
        *bytes += read as u64;
        let end = kept + read;
        look(&window[..end]);
        let from = end.saturating_sub(OVERLAP);
        window.copy_within(from..end, 0);
        kept = end - from;
    }
}

/// Whether a window holds a merge of several rows: `<mergeCell ref="A3:A7"/>`.
fn has_tall_merge(window: &[u8]) -> bool {
    memmem::find_iter(window, b"mergeCell ").any(|at| {
        let rest = &window[at..window.len().min(at + 120)];
        let Some(value) = attribute(rest, b"ref=") else { return false };
        let rows = |half: &[u8]| half.iter().copied().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
        let mut halves = value.split(|&byte| byte == b':');
        matches!((halves.next(), halves.next()), (Some(first), Some(last)) if rows(first) != rows(last))
    })
}

/// The largest number of texts that a window declares.
fn declared_texts(window: &[u8]) -> u64 {
    let counts = memmem::find_iter(window, b"uniqueCount").filter_map(|at| {
        let digits = attribute(&window[at..window.len().min(at + 120)], b"=")?;
        std::str::from_utf8(digits).ok()?.trim().parse::<u128>().ok()
    });
    counts.max().map_or(0, |count| u64::try_from(count).unwrap_or(u64::MAX))
}

/// The quoted text behind a mark.
fn attribute<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    let rest = bytes[memmem::find(bytes, mark)? + mark.len()..].trim_ascii_start();
    let (&quote, rest) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    rest.iter().position(|&byte| byte == quote).map(|end| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_of_several_rows_are_found() {
        for (xml, expected) in [
            ("<mergeCells count=\"1\"><mergeCell ref=\"A1:H1\"/></mergeCells>", false),
            ("<mergeCells count=\"1\"><mergeCell ref=\"A1:H1\"/><mergeCell ref='B3:B12'/>", true),
            ("<x:mergeCell ref=\"$A$3:$A$4\"/>", true),
            ("<mergeCell ref=\"A3\"/>", false),
            ("<t>mergeCell ref</t>", false),
        ] {
            assert_eq!(has_tall_merge(xml.as_bytes()), expected, "{xml}");
        }
    }

    #[test]
    fn declared_numbers_of_texts_are_found() {
        for (xml, expected) in [
            ("<sst count=\"9\" uniqueCount=\"7\">", 7),
            ("<sst uniqueCount = '99999999999'>", 99_999_999_999),
            ("<sst uniqueCount=\"x\">", 0),
            ("<sst>", 0),
        ] {
            assert_eq!(declared_texts(xml.as_bytes()), expected, "{xml}");
        }
    }

    #[test]
    fn nothing_is_cut_between_windows() {
        let mark = b"<mergeCell ref=\"A3:A7\"/>";
        for before in (1 << 16) - 40..(1 << 16) + 40 {
            let mut bytes = vec![b' '; before];
            bytes.extend_from_slice(mark);
            bytes.resize(1 << 17, b' ');
            let (mut found, mut count) = (false, 0);
            search(&mut bytes.as_slice(), &mut |window| found |= has_tall_merge(window), &mut count).unwrap();
            assert!(found && count == 1 << 17, "{before}");
        }
    }
}
