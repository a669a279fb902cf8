//! Words of registries sorted into classes. A word matches by "contains", after NFKC, in the order of
//! classes.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// Classes of words, tried in order: the first class with a word that the text contains decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
    /// The id by which checks name it.
    pub id: String,
    classes: Vec<(String, Vec<String>)>,
}

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
        Dictionary { id: raw.id.clone(), classes }
    }

    /// The class of a text, or `None` where no word of any class occurs in it.
    pub fn class_of(&self, text: &str) -> Option<&str> {
        if text.is_empty() {
            return None;
        }
        let text = comparable(text);
        let holds = |words: &Vec<String>| words.iter().any(|word| text.contains(word.as_str()));
        self.classes.iter().find(|(_, words)| holds(words)).map(|(name, _)| name.as_str())
    }

    /// Whether the class of a text is this one.
    pub fn is(&self, text: &str, class: &str) -> bool {
        self.class_of(text) == Some(class)
    }

    /// The names of its classes, in order.
    pub fn class_names(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().map(|(name, _)| name.as_str())
    }
}

fn comparable(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}
