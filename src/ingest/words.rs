//! The words of coded columns while a chunk is read: codes become words, and distinct words are counted.
//!
//! Owns the bound on how many are told apart. Must not know which words a rule knows.

use std::collections::BTreeMap;

use super::heading::Layout;
use super::quality::{FileNotes, Noticed};
use super::schema::{Column, Table};
use super::vocabulary::{Codes, word_of};
use crate::messages::Observation;

/// The words of one column.
struct ColumnWords<'a> {
    codes: Option<&'a Codes>,
    /// Each text as written, with the word for which it stands, if it is a code.
    words: Vec<(String, Option<&'a str>, Noticed)>,
    /// The position of the text that was read last: registries repeat themselves.
    last: usize,
    /// The rows whose text is one too many.
    more: Noticed,
}

/// The words of the coded columns of a table.
pub(super) struct WordTally<'a>(BTreeMap<Column, ColumnWords<'a>>);

impl<'a> WordTally<'a> {
    pub(super) fn new(table: Table, layout: &'a Layout) -> WordTally<'a> {
        let coded = table.columns().filter(|column| column.is_coded() && layout.origin(*column).is_some());
        let words = |column| {
            let codes = layout.codes.get(&column);
            (column, ColumnWords { codes, words: Vec::new(), last: 0, more: Noticed::default() })
        };
        WordTally(coded.map(words).collect())
    }

    /// Counts a text of a coded column, and returns the word for which it stands.
    pub(super) fn read(&mut self, column: Column, text: &'a str, row: u32) -> &'a str {
        match self.0.get_mut(&column) {
            Some(words) if !text.is_empty() => words.read(text, row),
            _ => text,
        }
    }

    /// Notes what was counted.
    pub(super) fn note(self, noticed: &mut FileNotes) {
        for (column, words) in self.0 {
            for (text, word, found) in words.words {
                if let Some(word) = word {
                    noticed.insert(Observation::CodeRead(column, text.clone(), word.to_string()), &found);
                }
                noticed.insert_word(column, word.map_or(text, str::to_string), &found);
            }
            if words.more.count > 0 {
                noticed.insert(Observation::MoreWords(column), &words.more);
            }
        }
    }
}

impl<'a> ColumnWords<'a> {
    fn read(&mut self, text: &'a str, row: u32) -> &'a str {
        let is_last = self.words.get(self.last).is_some_and(|(known, ..)| known == text);
        if !is_last {
            match self.words.iter().position(|(known, ..)| known == text) {
                Some(at) => self.last = at,
                None => {
                    let word = self.codes.and_then(|codes| word_of(codes, text));
                    if self.words.len() >= FileNotes::WORDS {
                        self.more.note(row);
                        return word.unwrap_or(text);
                    }
                    self.last = self.words.len();
                    self.words.push((text.to_string(), word, Noticed::default()));
                }
            }
        }
        let (_, word, found) = &mut self.words[self.last];
        found.note(row);
        word.unwrap_or(text)
    }
}
