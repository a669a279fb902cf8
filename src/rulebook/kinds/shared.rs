//! What several payees share, and what they should not.

use serde::Deserialize;

use super::super::load::CheckReader;
use crate::ingest::Table;
use crate::messages::{self, Error};

/// What is shared, by how many at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedCheck {
    /// What is shared.
    pub by: SharedBy,
    /// So many payees at least.
    pub least: usize,
}

/// What several payees may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedBy {
    /// A bank account.
    BankAccount,
    /// Name, birth date and village.
    NameBirthDateVillage,
    /// They are numbers of one person, of which one replaced the other.
    ReplacedNumber,
}

/// The check as it stands in a rule file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawShared {
    registry: String,
    by: SharedBy,
    least: usize,
}

impl RawShared {
    pub(in crate::rulebook) fn read(&self, reader: &CheckReader<'_>) -> Result<SharedCheck, Error> {
        let table = match self.by {
            SharedBy::ReplacedNumber => Table::IdAliases,
            SharedBy::BankAccount | SharedBy::NameBirthDateVillage => Table::Payments,
        };
        reader.table(&self.registry, table)?;
        if self.least < 2 {
            return Err(reader.wrong(messages::shared_by_one()));
        }
        Ok(SharedCheck { by: self.by, least: self.least })
    }
}

impl SharedCheck {
    /// The list that says so.
    pub fn table(&self) -> Table {
        match self.by {
            SharedBy::ReplacedNumber => Table::IdAliases,
            SharedBy::BankAccount | SharedBy::NameBirthDateVillage => Table::Payments,
        }
    }
}
