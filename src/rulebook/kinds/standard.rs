//! Amounts that differ from what a dated standard says, or that no standard could explain (待遇标准).

use serde::Deserialize;

use super::super::check::Outcome;
use super::super::load::CheckReader;
use super::super::parameter::ParameterKind;
use crate::ingest::Table;
use crate::messages::{self, Error};

/// What is held against what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandardCheck {
    /// The basic pension of a month is the sum of the layers in force in it.
    Basic {
        /// The parameters of the layers.
        layers: Vec<String>,
    },
    /// The additions of a month are those for age and for years of contributions.
    Additions {
        /// Of the ages that are reached, the highest decides.
        tiers: Vec<AgeTier>,
        /// The parameter of what is added for each year.
        year: String,
        /// Only the years beyond these count.
        years_beyond: u32,
    },
    /// The account part of a month is the balance over a divisor.
    Account {
        /// The parameter of the divisor.
        divisor: String,
        /// The parameter of the rounding: one of [`ROUNDINGS`].
        rounding: String,
    },
    /// Arrears for months that were paid already.
    Arrears,
    /// The pension of a month is far from that of the month before.
    Swing {
        /// By more than this part of it.
        percent: u32,
    },
    /// The funeral grant is the one of the day of death.
    Grant {
        /// The parameter of the grant.
        grant: String,
    },
    /// Lines without money, lines below zero, and what undoes nothing.
    OddLines {
        /// The dictionary of kinds and states of lines for which nothing is paid: class suspended.
        suspended: String,
    },
    /// The pension was raised while a sentence was served outside.
    Frozen {
        /// The dictionary of the words of sentence and enforcement: class frozen.
        words: String,
    },
}

/// An age from which something is added.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeTier {
    /// The age.
    pub age: u32,
    /// The parameter of what is added.
    pub parameter: String,
}

/// To the fen, half up; up to the next jiao.
pub(crate) const ROUNDINGS: &[&str] = &["half_up_fen", "up_to_jiao"];

/// The check as it stands in a rule file.
#[derive(Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::rulebook) enum RawStandard {
    Basic { layers: Vec<String> },
    Additions { registry: String, tiers: Vec<AgeTier>, year: String, years_beyond: u32 },
    Account { registry: String, divisor: String, rounding: String },
    Arrears {},
    Swing { percent: u32 },
    Grant { registry: String, grant: String },
    OddLines { suspended: String },
    Frozen { registry: String, words: String },
}

impl RawStandard {
    pub(in crate::rulebook) fn read(&self, reader: &mut CheckReader<'_>) -> Result<StandardCheck, Error> {
        Ok(match self {
            RawStandard::Basic { layers } => {
                if layers.is_empty() {
                    return Err(reader.wrong(messages::standard_without_parameter("layers")));
                }
                layers.iter().for_each(|layer| reader.parameter(layer, ParameterKind::Amount));
                StandardCheck::Basic { layers: layers.clone() }
            }
            RawStandard::Additions { registry, tiers, year, years_beyond } => {
                reader.table(registry, Table::Participants)?;
                if !tiers.is_sorted_by(|a, b| a.age < b.age) {
                    return Err(reader.wrong(messages::tiers_out_of_order()));
                }
                tiers.iter().for_each(|tier| reader.parameter(&tier.parameter, ParameterKind::Amount));
                reader.parameter(year, ParameterKind::Amount);
                let (tiers, year) = (tiers.clone(), year.clone());
                StandardCheck::Additions { tiers, year, years_beyond: *years_beyond }
            }
            RawStandard::Account { registry, divisor, rounding } => {
                reader.table(registry, Table::Accounts)?;
                reader.parameter(divisor, ParameterKind::Number);
                reader.word_parameter(rounding, ROUNDINGS);
                StandardCheck::Account { divisor: divisor.clone(), rounding: rounding.clone() }
            }
            RawStandard::Arrears {} => StandardCheck::Arrears,
            RawStandard::Swing { percent } => StandardCheck::Swing { percent: *percent },
            RawStandard::Grant { registry, grant } => {
                reader.table(registry, Table::FuneralGrants)?;
                reader.parameter(grant, ParameterKind::Amount);
                StandardCheck::Grant { grant: grant.clone() }
            }
            RawStandard::OddLines { suspended } => {
                reader.classes(suspended, &["suspended"]);
                StandardCheck::OddLines { suspended: suspended.clone() }
            }
            RawStandard::Frozen { registry, words } => {
                reader.table(registry, Table::Custody)?;
                reader.classes(words, &["frozen"]);
                StandardCheck::Frozen { words: words.clone() }
            }
        })
    }
}

impl StandardCheck {
    /// The registry without which it cannot run.
    pub fn registry(&self) -> Table {
        match self {
            StandardCheck::Basic { .. }
            | StandardCheck::Arrears
            | StandardCheck::Swing { .. }
            | StandardCheck::OddLines { .. } => Table::Payments,
            StandardCheck::Additions { .. } => Table::Participants,
            StandardCheck::Account { .. } => Table::Accounts,
            StandardCheck::Grant { .. } => Table::FuneralGrants,
            StandardCheck::Frozen { .. } => Table::Custody,
        }
    }

    /// What its findings are.
    pub fn outcome(&self) -> Outcome {
        match self {
            StandardCheck::Basic { .. }
            | StandardCheck::Additions { .. }
            | StandardCheck::Account { .. }
            | StandardCheck::Grant { .. } => Outcome::Compared,
            StandardCheck::Arrears => Outcome::Money,
            StandardCheck::Swing { .. } | StandardCheck::OddLines { .. } | StandardCheck::Frozen { .. } => {
                Outcome::Mark
            }
        }
    }

    /// The parameters that say what is due; where one of them is not known nobody can say.
    pub fn parameters(&self) -> Vec<&str> {
        match self {
            StandardCheck::Basic { layers } => layers.iter().map(String::as_str).collect(),
            StandardCheck::Additions { tiers, year, .. } => {
                tiers.iter().map(|tier| tier.parameter.as_str()).chain([year.as_str()]).collect()
            }
            StandardCheck::Account { divisor, rounding } => vec![divisor, rounding],
            StandardCheck::Grant { grant } => vec![grant],
            StandardCheck::Arrears
            | StandardCheck::Swing { .. }
            | StandardCheck::OddLines { .. }
            | StandardCheck::Frozen { .. } => Vec::new(),
        }
    }
}
