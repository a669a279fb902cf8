//! A table of distinct strings, so that a column of township names costs four bytes a row.
//!
//! Owns the strings of one set of payment columns.

use std::collections::HashMap;

/// Distinct strings by number. Number 0 is always the empty string.
#[derive(Clone, Debug)]
pub struct StringTable {
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Default for StringTable {
    fn default() -> StringTable {
        StringTable { texts: vec![String::new()], numbers: HashMap::from([(String::new(), 0)]) }
    }
}

impl StringTable {
    /// The number of a string, a new one if it was not there.
    ///
    /// # Panics
    /// At 2^32 distinct strings.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = match u32::try_from(self.texts.len()) {
            Ok(number) => number,
            Err(_) => panic!("more than 2^32 distinct strings in one column"),
        };
        self.texts.push(text.to_string());
        self.numbers.insert(text.to_string(), number);
        number
    }

    /// The string of a number.
    pub fn text(&self, number: u32) -> &str {
        &self.texts[number as usize]
    }

    /// All strings, in the order of their numbers.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}
