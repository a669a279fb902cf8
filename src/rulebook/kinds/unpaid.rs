//! People to whom something was due and who were not paid (应发未发).

use serde::Deserialize;

use super::super::load::CheckReader;
use crate::ingest::Table;
use crate::messages::Error;

/// Who should have been paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnpaidCheck {
    /// Participants old enough, with enough years of contributions, of whom the roster knows nothing.
    Entitled {
        /// The age from which the pension is drawn.
        age: u32,
        /// The years of contributions.
        years: u32,
    },
}

/// The check as it stands in a rule file.
#[derive(Deserialize)]
#[serde(tag = "who", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::rulebook) enum RawUnpaid {
    Entitled { registry: String, age: u32, years: u32 },
}

impl RawUnpaid {
    pub(in crate::rulebook) fn read(&self, reader: &mut CheckReader<'_>) -> Result<UnpaidCheck, Error> {
        match self {
            RawUnpaid::Entitled { registry, age, years } => {
                reader.table(registry, Table::Participants)?;
                Ok(UnpaidCheck::Entitled { age: *age, years: *years })
            }
        }
    }
}
