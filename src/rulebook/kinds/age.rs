//! Payment before an age (未满年龄领取).

use serde::Deserialize;

use super::super::check::Returns;
use super::super::load::CheckReader;
use crate::messages::{self, Error};

/// How the age of the payee bars payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgeCheck {
    /// Nothing is due for months before the month of this birthday.
    pub years: u32,
    /// From this birthday on some are entitled earlier, which no file says: the months from here on are
    /// leads.
    pub certain_below: u32,
    /// What is returnable.
    pub returns: Returns,
}

/// The check as it stands in a rule file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawAge {
    years: u32,
    certain_below: u32,
}

impl RawAge {
    pub(in crate::rulebook) fn read(
        &self,
        reader: &CheckReader<'_>,
        returns: Returns,
    ) -> Result<AgeCheck, Error> {
        if self.certain_below > self.years || self.years > 120 {
            return Err(reader.wrong(messages::ages_out_of_order()));
        }
        Ok(AgeCheck { years: self.years, certain_below: self.certain_below, returns })
    }
}
