//! The table of characters that stand for one another in names, as its file writes it.
//!
//! Owns the form of the file. What follows from two names is the business of `identity`.

use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNameVariants {
    pub(super) group: Vec<RawGroups>,
}

/// Groups of one source.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGroups {
    /// What kind of variants these are; read by people only, but it must be there.
    #[allow(dead_code)]
    pub(super) title: String,
    /// The document, or that it is a habit without one.
    #[allow(dead_code)]
    pub(super) source: String,
    /// Since when.
    pub(super) from: Spanned<toml::value::Datetime>,
    /// Each text is a group of characters that stand for one another.
    pub(super) characters: Vec<Spanned<String>>,
}
