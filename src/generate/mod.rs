//! Projects of invented people: the sample hongta-2023, and districts of any size for measuring.
//!
//! Owns the making of input files and of the answer key beside them. Must not use the engine or the rulebook: the
//! key would then only repeat what they believe.

use std::path::Path;
use std::str::FromStr;

use crate::messages::{self, Error};

mod district;
mod hongta;
mod key;
mod lines;
mod people;
mod plan;
mod project;
mod random;
mod registers;
mod scenario;
mod write;

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The sample project, always the same.
    Hongta2023,
    /// A district of any size.
    District,
}

impl FromStr for Scenario {
    type Err = Error;

    fn from_str(name: &str) -> Result<Scenario, Error> {
        match name {
            "hongta-2023" => Ok(Scenario::Hongta2023),
            "district" => Ok(Scenario::District),
            other => Err(messages::unknown_scenario(other)),
        }
    }
}

/// The form of the payment files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentFormat {
    /// CSV.
    Csv,
    /// Parquet.
    Parquet,
}

impl FromStr for PaymentFormat {
    type Err = Error;

    fn from_str(name: &str) -> Result<PaymentFormat, Error> {
        match name {
            "csv" => Ok(PaymentFormat::Csv),
            "parquet" => Ok(PaymentFormat::Parquet),
            other => Err(messages::unknown_payment_format(other)),
        }
    }
}

/// What the caller may choose. The sample takes none of it but its own values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenerateOptions {
    /// The scenario.
    pub scenario: Scenario,
    /// How many payees.
    pub persons: Option<usize>,
    /// How many months, ending with December 2023.
    pub months: Option<u32>,
    /// The seed.
    pub seed: Option<u64>,
    /// The form of the payment files.
    pub format: PaymentFormat,
    /// Whether payment files in CSV are GB18030 instead of UTF-8.
    pub gb18030: bool,
}

/// What was generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Distinct payees.
    pub persons: usize,
    /// Payment lines.
    pub payment_lines: u64,
    /// The files, relative to the folder, sorted.
    pub files: Vec<String>,
}

/// Generates a project in a folder that is new, empty, or holds an earlier project of this generator. The same
/// options give the same bytes on every machine.
pub fn generate(dir: &Path, options: &GenerateOptions) -> Result<Generated, Error> {
    match options.scenario {
        Scenario::Hongta2023 => {
            refuse_choices(options)?;
            hongta::generate(dir)
        }
        Scenario::District => district::generate(dir, options),
    }
}

/// The sample is compared byte by byte; another seed or size would be another sample under its name. (Its payment
/// files are GB18030 anyway.)
fn refuse_choices(options: &GenerateOptions) -> Result<(), Error> {
    let (persons, months, seed) = hongta::fixed()?;
    let differs = [
        ("--persons", options.persons.is_some_and(|n| n != persons)),
        ("--months", options.months.is_some_and(|n| n != months)),
        ("--seed", options.seed.is_some_and(|n| n != seed)),
        ("--format parquet", options.format != PaymentFormat::Csv),
    ];
    match differs.iter().find(|(_, differs)| *differs) {
        Some((option, _)) => Err(messages::scenario_is_fixed(option)),
        None => Ok(()),
    }
}
