//! A table of distinct strings, so that a column of township names costs four bytes a row.
//!
//! Owns the strings of one set of payment columns.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use twox_hash::XxHash3_64;

/// Distinct strings by number. Number 0 is always the empty string.
#[derive(Clone, Debug)]
pub struct StringTable {
    text: String,
    ends: Vec<usize>,
    /// By the hash of the text, the number of the first string that has it.
    numbers: HashMap<u64, u32, BuildHasherDefault<TextHasher>>,
}

/// Hashes texts fast, and passes on what is a hash already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TextHasher(u64);

impl Hasher for TextHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = self.0.rotate_left(5) ^ XxHash3_64::oneshot(bytes);
    }

    fn write_usize(&mut self, length: usize) {
        self.0 ^= length as u64;
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Default for StringTable {
    fn default() -> StringTable {
        StringTable { text: String::new(), ends: vec![0], numbers: HashMap::default() }
    }
}

impl StringTable {
    /// How many strings there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The number of a string, a new one if it was not there.
    ///
    /// # Panics
    /// At 2^32 distinct strings.
    pub fn number(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let mut hash = XxHash3_64::oneshot(text.as_bytes());
        // Two texts with one hash are told apart by looking further, as in any hash table.
        while let Some(&number) = self.numbers.get(&hash) {
            if self.text(number) == text {
                return number;
            }
            hash = hash.wrapping_add(1);
        }
        let number = match u32::try_from(self.ends.len()) {
            Ok(number) => number,
            Err(_) => panic!("more than 2^32 distinct strings in one table"),
        };
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.numbers.insert(hash, number);
        number
    }

    /// Forgets all strings but keeps their memory.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.truncate(1);
        self.numbers.clear();
    }

    /// Forgets how strings are found: from now on every string gets a number of its own.
    pub fn close(&mut self) {
        self.numbers = HashMap::default();
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The string of a number.
    pub fn text(&self, number: u32) -> &str {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }
}
