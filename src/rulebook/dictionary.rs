//! Words of registries sorted into classes. A word matches by "contains", after NFKC, in the order of
//! classes.

use std::collections::HashMap;
use std::sync::RwLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// Classes of words, tried in order: the first class with a word that the text contains decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
    /// The id by which checks name it.
    pub id: String,
    classes: Vec<(String, Vec<String>)>,
    known: Known,
}

/// The classes of texts that were asked for before. Registries repeat a few words over and over; the table
/// stays small where they do not, and never decides anything.
#[derive(Debug, Default)]
struct Known(RwLock<HashMap<String, Option<usize>>>);

impl Known {
    const MOST: usize = 4096;

    fn get(&self, text: &str) -> Option<Option<usize>> {
        self.0.read().ok()?.get(text).copied()
    }

    fn insert(&self, text: &str, class: Option<usize>) {
        if let Ok(mut known) = self.0.write()
            && known.len() < Known::MOST
        {
            known.insert(text.to_string(), class);
        }
    }
}

impl Clone for Known {
    fn clone(&self) -> Known {
        Known::default()
    }
}

impl PartialEq for Known {
    fn eq(&self, _other: &Known) -> bool {
        true
    }
}

impl Eq for Known {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDictionaryFile {
    pub(super) dictionary: Vec<toml::Spanned<RawDictionary>>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDictionary {
    pub(super) id: String,
    pub(super) overrides: Option<String>,
    /// What the dictionary is for; read by people only, but it must be there.
    #[allow(dead_code)]
    pub(super) doc: String,
    pub(super) class: Vec<RawClass>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClass {
    pub(super) name: String,
    pub(super) words: Vec<String>,
}

impl Dictionary {
    pub(super) fn from_raw(raw: &RawDictionary) -> Dictionary {
        let classes = raw
            .class
            .iter()
            .map(|class| (class.name.clone(), class.words.iter().map(|word| comparable(word)).collect()))
            .collect();
        Dictionary { id: raw.id.clone(), classes, known: Known::default() }
    }

    /// The class of a text, or `None` where no word of any class occurs in it.
    pub fn class_of(&self, text: &str) -> Option<&str> {
        if text.is_empty() {
            return None;
        }
        let class = self.known.get(text).unwrap_or_else(|| {
            let plain = comparable(text);
            let holds = |words: &Vec<String>| words.iter().any(|word| plain.contains(word.as_str()));
            let class = self.classes.iter().position(|(_, words)| holds(words));
            self.known.insert(text, class);
            class
        });
        class.map(|class| self.classes[class].0.as_str())
    }

    /// Whether the class of a text is this one.
    pub fn is(&self, text: &str, class: &str) -> bool {
        self.class_of(text) == Some(class)
    }

    /// The words of all classes.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().flat_map(|(_, words)| words.iter().map(String::as_str))
    }

    /// The names of its classes, in order.
    pub fn class_names(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().map(|(name, _)| name.as_str())
    }
}

fn comparable(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}
