//! The directory of a sheaf of lines: its persons in order, and for each the profile of the lines.
//!
//! Owns the blocks of persons. A profile is the list of the classes of a person's lines; nearly all persons
//! share a few profiles, so that a rule is asked once for each and not for every line.

use std::collections::HashMap;

use super::bytes::{ByteReader, ByteWriter};

/// How many persons a block holds.
pub(super) const PERSONS: usize = 1024;

/// The profile of persons whose lines are too many or too unlike the others': they are looked at one by one.
pub(crate) const UNLISTED: u16 = u16::MAX;

/// The most lines of one person that a profile lists.
const LISTED_LINES: usize = 4096;
/// The most profiles that are told apart in one sheaf.
const MOST: usize = 60_000;

/// Profiles by number.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    pub(super) classes: Vec<Vec<u16>>,
    numbers: HashMap<Vec<u16>, u16>,
    last: (Vec<u16>, u16),
}

impl Profiles {
    /// The number of the profile of a person whose lines have these classes, in any order.
    pub(super) fn number(&mut self, classes: &mut Vec<u16>) -> u16 {
        classes.sort_unstable();
        if !self.classes.is_empty() && self.last.0 == *classes {
            return self.last.1;
        }
        let has_unlisted = classes.last() == Some(&UNLISTED);
        if classes.len() > LISTED_LINES || has_unlisted {
            return UNLISTED;
        }
        let number = match self.numbers.get(classes.as_slice()) {
            Some(&number) => number,
            None if self.classes.len() >= MOST => return UNLISTED,
            None => {
                let number = self.classes.len() as u16;
                self.classes.push(classes.clone());
                self.numbers.insert(classes.clone(), number);
                number
            }
        };
        self.last.0.clone_from(classes);
        self.last.1 = number;
        number
    }
}

/// A block of persons that is being gathered.
#[derive(Debug, Default)]
pub(super) struct PersonBlockWriter {
    keys: Vec<u64>,
    profiles: Vec<u16>,
    unlisted: Vec<u32>,
}

impl PersonBlockWriter {
    pub(super) fn push(&mut self, key: u64, profile: u16, lines: u32) {
        self.keys.push(key);
        self.profiles.push(profile);
        if profile == UNLISTED {
            self.unlisted.push(lines);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn first_key(&self) -> u64 {
        self.keys.first().copied().unwrap_or(0)
    }

    /// The bytes of the block; the writer is empty again.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut out = ByteWriter(Vec::with_capacity(self.keys.len() * 10 + 8));
        out.u16(self.keys.len() as u16);
        self.keys.iter().for_each(|&key| out.u64(key));
        self.profiles.iter().for_each(|&profile| out.u16(profile));
        self.unlisted.iter().for_each(|&lines| out.u32(lines));
        *self = PersonBlockWriter::default();
        out.0
    }
}

/// Persons as they are read, block after block.
#[derive(Debug, Default)]
pub(crate) struct Persons {
    /// The persons, ascending.
    pub(crate) keys: Vec<u64>,
    /// The profile of each.
    pub(crate) profiles: Vec<u16>,
    /// How many lines the persons without a listed profile have, in order.
    pub(crate) unlisted: Vec<u32>,
}

impl Persons {
    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.profiles.clear();
        self.unlisted.clear();
    }

    /// Appends a block whose checksum was tested.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Option<()> {
        let mut input = ByteReader(bytes);
        let count = usize::from(input.u16()?);
        let (keys, profiles) = (input.bytes(count * 8)?, input.bytes(count * 2)?);
        let key = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        self.keys.extend(keys.as_chunks::<8>().0.iter().map(key));
        let profile = |bytes: &[u8; 2]| u16::from_le_bytes(*bytes);
        self.profiles.extend(profiles.as_chunks::<2>().0.iter().map(profile));
        let lines = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
        self.unlisted.extend(input.0.as_chunks::<4>().0.iter().map(lines));
        Some(())
    }
}
