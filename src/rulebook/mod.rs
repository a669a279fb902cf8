//! The rulebook: rules/**/*.toml checked into rules, dictionaries and dated parameters.
//!
//! Owns what a rule may say. Must not know a payment line, nor any rule by its code: rules are data.

mod builtin;
mod check;
mod dictionary;
mod kinds;
mod load;
mod name_variants;
mod parameter;
mod rule;

pub use check::{
    AbsentCheck, Check, CustodyCheck, CustodyDictionaries, DeathCheck, ExclusiveCheck, Offset, Outcome,
    PensionCheck, Scope, SignsOfLife,
};
pub use dictionary::Dictionary;
pub use kinds::{
    AgeCheck, Condition, ConflictCheck, EntitlementCheck, ListedCheck, OverlapMeaning, RevivedCheck,
    StoppedCheck, StoppedWhy, Test, UnpaidCheck,
};
pub use load::{RuleFile, load};
pub use parameter::{Parameter, ParameterStatus};
pub use rule::{Basis, CaseType, Concerns, Example, ExpectedOutcome, Rule, RuleStatus, TierCap};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ingest::Vocabulary;

use crate::identity::NameVariants;

/// The dictionary of the words for the sexes, by which rows without a usable number are told apart.
pub(crate) const SEX_DICTIONARY: &str = "sex";

/// A checked set of rules.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// The rules that are not retired, by precedence, then id.
    pub rules: Vec<Rule>,
    /// The dictionaries, by id.
    pub dictionaries: BTreeMap<String, Dictionary>,
    /// The dated parameters, by id.
    pub parameters: BTreeMap<String, Parameter>,
    /// The characters that stand for one another in names.
    pub name_variants: NameVariants,
    /// Every file of both layers with its SHA-256, for the receipt.
    pub files: Vec<RuleFile>,
    /// The headings and codes of offices, of both layers.
    pub vocabulary: Arc<Vocabulary>,
}

impl Rulebook {
    /// The dictionary of an id. The loader has checked that each named one exists.
    ///
    /// # Panics
    /// For an id that no rule file names.
    pub fn dictionary(&self, id: &str) -> &Dictionary {
        match self.dictionaries.get(id) {
            Some(dictionary) => dictionary,
            None => panic!("the loader let an unknown dictionary \"{id}\" pass"),
        }
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}
