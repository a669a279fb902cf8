//! The scenario data files: what a generated project contains.
//!
//! Owns their form and the check that they are well-formed. Counts, sums and names stand in
//! sample_data/scenarios/, never here.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::domain::{Fen, Month, MonthSpan, parse_date};
use crate::messages::{self, Error};

const HONGTA: &str = include_str!("../../sample_data/scenarios/hongta-2023.toml");
const DISTRICT: &str = include_str!("../../sample_data/scenarios/district.toml");

/// The published figures of the sample, copied into it as they stand.
pub(super) const HONGTA_CLAIMS: &str = include_str!("../../sample_data/scenarios/hongta-2023.claims.toml");

/// The sample project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hongta {
    pub(super) title: String,
    pub(super) region: String,
    pub(super) seed: u64,
    #[serde(deserialize_with = "day")]
    pub(super) as_of: NaiveDate,
    pub(super) period: Period,
    pub(super) payees: usize,
    pub(super) starters: usize,
    pub(super) stopped: usize,
    pub(super) contributors: usize,
    pub(super) world: World,
    pub(super) noise: Noise,
    pub(super) township: Vec<Township>,
    pub(super) established: Established,
    pub(super) elections: Elections,
    pub(super) lookalike: Vec<LookAlike>,
}

/// What all persons share.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct World {
    pub(super) areas: [u64; 2],
    pub(super) dotted_per_mille: u64,
    pub(super) villages: Vec<String>,
    pub(super) rates: Rates,
}

/// The invented rates.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rates {
    #[serde(deserialize_with = "fen")]
    pub(super) basic: Fen,
    #[serde(deserialize_with = "month")]
    pub(super) raised_from: Month,
    #[serde(deserialize_with = "fen")]
    pub(super) raised_basic: Fen,
    #[serde(deserialize_with = "fen")]
    pub(super) from_65: Fen,
    #[serde(deserialize_with = "fen")]
    pub(super) per_extra_year: Fen,
    #[serde(deserialize_with = "fen")]
    pub(super) account_least: Fen,
    #[serde(deserialize_with = "fen")]
    pub(super) account_most: Fen,
}

/// The audited months.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Period {
    #[serde(deserialize_with = "month")]
    from: Month,
    #[serde(deserialize_with = "month")]
    to: Month,
}

impl Period {
    /// As a span.
    pub(super) fn span(self) -> MonthSpan {
        MonthSpan::through(self.from, self.to)
    }
}

/// Rows about people of whom nothing is to be found.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Noise {
    pub(super) certified: usize,
    pub(super) pensioners: usize,
    pub(super) inmates: usize,
    pub(super) police: usize,
    pub(super) civil: usize,
    pub(super) survivors: usize,
    pub(super) grants_per_cent: u64,
}

/// One street or township and its share of the people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Township {
    pub(super) name: String,
    pub(super) weight: u64,
}

/// The persons with an established claim on their pension.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Established {
    pub(super) persons: usize,
    #[serde(deserialize_with = "fen")]
    pub(super) sum: Fen,
    pub(super) person: Vec<EstablishedPerson>,
}

/// One of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EstablishedPerson {
    pub(super) kind: String,
    #[serde(deserialize_with = "month")]
    pub(super) event: Month,
    pub(super) months: i32,
    pub(super) born: i32,
    pub(super) extra_years: i64,
    #[serde(deserialize_with = "fen")]
    pub(super) account: Fen,
}

/// The families who elect another scheme's death benefit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Elections {
    pub(super) persons: usize,
    #[serde(deserialize_with = "fen")]
    pub(super) sum: Fen,
    pub(super) group: Vec<ElectionGroup>,
}

/// Those of one amount.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ElectionGroup {
    pub(super) count: usize,
    #[serde(deserialize_with = "fen")]
    pub(super) amount: Fen,
    #[serde(deserialize_with = "month")]
    pub(super) deaths_from: Month,
    #[serde(deserialize_with = "month")]
    pub(super) deaths_to: Month,
}

/// A kind of person who looks like a finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookAlike {
    pub(super) kind: String,
    pub(super) count: usize,
    pub(super) expect: String,
    #[serde(rename = "about")]
    _about: String,
}

/// The district of any size.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct District {
    pub(super) persons: usize,
    pub(super) months: u32,
    pub(super) seed: u64,
    pub(super) title: String,
    pub(super) stopped_per_myriad: u64,
    pub(super) starters_per_month: u64,
    pub(super) contributors_per_myriad: u64,
    pub(super) pensioners_per_myriad: u64,
    pub(super) inmates_per_myriad: u64,
    pub(super) certified_per_myriad: u64,
    pub(super) lookalikes_per_myriad: u64,
    pub(super) per_myriad: BTreeMap<String, u64>,
}

/// Reads the embedded sample scenario.
pub(super) fn hongta() -> Result<Hongta, Error> {
    toml::from_str(HONGTA).map_err(|why| messages::scenario_data("hongta-2023.toml", &why.to_string()))
}

/// Reads the embedded district scenario.
pub(super) fn district() -> Result<District, Error> {
    toml::from_str(DISTRICT).map_err(|why| messages::scenario_data("district.toml", &why.to_string()))
}

fn fen<'de, D: Deserializer<'de>>(from: D) -> Result<Fen, D::Error> {
    let text = String::deserialize(from)?;
    Fen::parse_yuan(&text).map_err(|_| D::Error::custom(format!("no amount in yuan: {text}")))
}

fn month<'de, D: Deserializer<'de>>(from: D) -> Result<Month, D::Error> {
    let text = String::deserialize(from)?;
    Month::parse(&text).ok_or_else(|| D::Error::custom(format!("no month: {text}")))
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(from)?;
    parse_date(&text).day().ok_or_else(|| D::Error::custom(format!("no day: {text}")))
}
