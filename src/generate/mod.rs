//! Projects of invented people: the sample hongta-2023, and districts of any size for measuring.
//!
//! Owns the making of input files and of the answer key beside them. Must not use the engine or the rulebook:
//! the key would then only repeat what they believe.

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
mod showcase;
mod write;

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The sample project, always the same.
    Hongta2023,
    /// A district of any size.
    District,
    /// A few people for each rule, always the same.
    Showcase,
}

impl FromStr for Scenario {
    type Err = Error;

    fn from_str(name: &str) -> Result<Scenario, Error> {
        match name {
            "hongta-2023" => Ok(Scenario::Hongta2023),
            "district" => Ok(Scenario::District),
            "showcase" => Ok(Scenario::Showcase),
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

/// Generates a project in a folder that is new, empty, or holds an earlier project of this generator. The
/// same options give the same bytes on every machine.
pub fn generate(dir: &Path, options: &GenerateOptions) -> Result<Generated, Error> {
    match options.scenario {
        Scenario::Hongta2023 => {
            refuse_choices(options, hongta::fixed()?)?;
            hongta::generate(dir)
        }
        Scenario::District => district::generate(dir, options),
        Scenario::Showcase => {
            refuse_choices(options, (usize::MAX, u32::MAX, u64::MAX))?;
            showcase::generate(dir)
        }
    }
}

/// A sample is compared byte by byte; another seed or size would be another sample under its name. (Its
/// payment files are GB18030 anyway.)
fn refuse_choices(
    options: &GenerateOptions,
    (persons, months, seed): (usize, u32, u64),
) -> Result<(), Error> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use sha2::{Digest, Sha256};

    use super::*;
    use crate::domain::{CitizenId, Fen};
    use crate::generate::key::{Expect, FUNERAL};

    fn district(format: PaymentFormat, gb18030: bool, seed: u64) -> GenerateOptions {
        let (persons, months) = (Some(1500), Some(7));
        GenerateOptions { scenario: Scenario::District, persons, months, seed: Some(seed), format, gb18030 }
    }

    fn digest_of(dir: &Path, files: &[String]) -> Vec<Vec<u8>> {
        files.iter().map(|name| Sha256::digest(fs::read(dir.join(name)).unwrap()).to_vec()).collect()
    }

    #[test]
    fn the_sample_is_what_the_notice_says() {
        let scenario = scenario::hongta().unwrap();
        let (batch, _) = hongta::people(&scenario).unwrap();
        let due = |funeral: bool| -> Vec<i64> {
            let rows = batch.key.iter().filter(|row| row.expect == Expect::Ledger);
            rows.filter(|row| (row.case_type == FUNERAL) == funeral).map(|row| row.due).collect()
        };
        assert_eq!(due(false).len(), 16);
        assert!((555_000..=564_999).contains(&due(false).iter().sum::<i64>()));
        assert_eq!(due(true).len(), 82);
        assert_eq!(due(true).iter().sum::<i64>(), Fen::parse_yuan("103692").unwrap().0);
        let look_alikes: Vec<_> = batch.key.iter().filter(|row| row.expect != Expect::Ledger).collect();
        assert!(look_alikes.len() >= 300);
        assert!(look_alikes.iter().map(|row| row.kind).collect::<BTreeSet<_>>().len() >= 24);
        assert_eq!(batch.key.iter().map(|row| &row.id).collect::<BTreeSet<_>>().len(), batch.key.len());
    }

    #[test]
    fn the_sample_has_its_payees_and_only_numbers_that_were_never_assigned() {
        let scenario = scenario::hongta().unwrap();
        let (batch, maker) = hongta::people(&scenario).unwrap();
        assert_eq!(batch.payees.iter().map(|payee| payee.id).collect::<BTreeSet<_>>().len(), 62_331);
        assert_eq!(batch.payees.iter().map(|payee| &payee.id_text).collect::<BTreeSet<_>>().len(), 62_331);
        let registers = &batch.registers;
        let texts = (batch.payees.iter().map(|payee| payee.id.text()))
            .chain(registers.custody.iter().map(|row| row.id.clone()))
            .chain(registers.pensions.iter().map(|row| row.id.clone()))
            .chain(registers.benefits.iter().map(|row| row.id.clone()))
            .chain(registers.grants.iter().flat_map(|row| [row.id.clone(), row.payee_id.clone()]))
            .chain(registers.participants.iter().map(|row| row.id.text()));
        for text in texts {
            assert!(text.starts_with("530499") || text.starts_with("532499"), "{text}");
            assert!(CitizenId::read(&text, maker.as_of).usable().is_some(), "{text}");
        }
        let missing = batch.payees.iter().filter(|payee| !payee.listed);
        let young = missing.filter(|payee| payee.id.birth_date().to_string().as_str() > "1951-07-01");
        assert_eq!(young.count(), 16);
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        for (format, gb18030) in [(PaymentFormat::Csv, true), (PaymentFormat::Parquet, false)] {
            let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let first = generate(one.path(), &district(format, gb18030, 7)).unwrap();
            assert_eq!(first.persons, 1500);
            // The second folder holds another project before: none of it may remain.
            generate(two.path(), &district(PaymentFormat::Csv, false, 8)).unwrap();
            assert_eq!(generate(two.path(), &district(format, gb18030, 7)).unwrap(), first);
            assert_eq!(digest_of(one.path(), &first.files), digest_of(two.path(), &first.files));
            let payments = fs::read_dir(two.path().join("发放明细")).unwrap().count();
            assert_eq!(payments, first.files.iter().filter(|name| name.starts_with("发放明细")).count());
        }
    }

    #[test]
    fn a_line_stands_in_the_file_of_the_month_in_which_it_was_paid() {
        let dir = tempfile::tempdir().unwrap();
        let made = generate(dir.path(), &district(PaymentFormat::Csv, false, 9)).unwrap();
        let (mut lines, mut late) = (0, 0);
        for name in made.files.iter().filter(|name| name.starts_with("发放明细/")) {
            let text = fs::read_to_string(dir.path().join(name)).unwrap();
            let month = name["发放明细/".len()..].replace(".csv", "").replace('-', "");
            let mut person = String::new();
            for line in text.lines().skip(1) {
                let cells: Vec<&str> = line.split(',').collect();
                let [number, benefit, paid, batch] = [cells[2], cells[6], cells[7], cells[8]];
                assert!(paid.starts_with(&month) && batch.starts_with(&month), "{name}: {line}");
                assert!(number >= person.as_str(), "{name}: {line} is out of the order of persons");
                person = number.to_string();
                lines += 1;
                late += u64::from(benefit != month);
            }
        }
        assert_eq!(lines, made.payment_lines);
        assert!(late > 0, "arrears stand in the file of a later month");
    }

    #[test]
    fn a_folder_with_anything_else_in_it_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("audit.toml"), "title = \"mine\"\n").unwrap();
        fs::write(dir.path().join("answer_key.csv"), "").unwrap();
        let refused = generate(dir.path(), &district(PaymentFormat::Csv, false, 1)).unwrap_err();
        assert_eq!((refused.code, refused.exit), ("E711", messages::Exit::Usage));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_cannot_be_made_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let usual = district(PaymentFormat::Csv, false, 1);
        let sample = GenerateOptions { scenario: Scenario::Hongta2023, ..usual };
        let cases = [
            (sample, "E714"),
            (GenerateOptions { persons: Some(0), ..usual }, "E715"),
            (GenerateOptions { months: Some(5), ..usual }, "E715"),
            (GenerateOptions { gb18030: true, format: PaymentFormat::Parquet, ..usual }, "E716"),
        ];
        for (options, code) in cases {
            assert_eq!(generate(dir.path(), &options).unwrap_err().code, code);
        }
        assert_eq!("mars".parse::<Scenario>().unwrap_err().code, "E712");
        assert_eq!("xml".parse::<PaymentFormat>().unwrap_err().code, "E713");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
