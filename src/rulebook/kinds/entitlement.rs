//! Payment held against what entitles to it: age, proof of life, years of contributions, and what a grant
//! should have been set off against.

use serde::Deserialize;

use super::super::load::CheckReader;
use super::super::parameter::ParameterKind;
use crate::ingest::{CellType, Column, Table};
use crate::messages::Error;

/// What payment is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntitlementCheck {
    /// Payees of an age at which somebody should go and see them.
    OldAge {
        /// From this birthday on.
        years: u32,
    },
    /// Payees of whom no certification is known for a long time.
    Uncertified {
        /// The day of a certification.
        certified: Column,
        /// Within so many months before the end of the period.
        months: u32,
        /// The age at which the pension begins: whoever reached it within those months proved life then.
        age: u32,
        /// A list that lacks more than one payee in so many is not the list of all: it says nothing of
        /// anybody.
        lacks_one_in: u32,
    },
    /// Payees with fewer years of contributions than the law asks for.
    EnoughYears {
        /// The age at which the pension begins.
        age: u32,
        /// The years.
        years: u32,
        /// The parameter that names the scheme's start: who had fewer years left until that age is exempt.
        scheme_start: String,
    },
    /// A funeral grant was paid whole while lines after the death are claimed.
    GrantWhole {
        /// What was set off against the grant.
        deducted: Column,
    },
}

impl EntitlementCheck {
    /// The list without which it cannot run.
    pub fn table(&self) -> Table {
        match self {
            EntitlementCheck::OldAge { .. } => Table::Payments,
            EntitlementCheck::Uncertified { .. } => Table::Certifications,
            EntitlementCheck::EnoughYears { .. } => Table::Participants,
            EntitlementCheck::GrantWhole { .. } => Table::FuneralGrants,
        }
    }
}

/// See [`EntitlementCheck::OldAge`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawOldAge {
    registry: String,
    years: u32,
}

impl RawOldAge {
    pub(super) fn read(&self, reader: &CheckReader<'_>) -> Result<EntitlementCheck, Error> {
        reader.table(&self.registry, Table::Payments)?;
        Ok(EntitlementCheck::OldAge { years: self.years })
    }
}

/// See [`EntitlementCheck::Uncertified`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawCertified {
    registry: String,
    certified: String,
    within_months: u32,
    age: u32,
    lacks_at_most_one_in: u32,
}

impl RawCertified {
    pub(super) fn read(&self, reader: &CheckReader<'_>) -> Result<EntitlementCheck, Error> {
        reader.table(&self.registry, Table::Certifications)?;
        let certified = reader.field_of(&self.certified, Table::Certifications, &[CellType::Date])?;
        Ok(EntitlementCheck::Uncertified {
            certified,
            months: self.within_months,
            age: self.age,
            lacks_one_in: self.lacks_at_most_one_in,
        })
    }
}

/// See [`EntitlementCheck::EnoughYears`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawEnoughYears {
    registry: String,
    age: u32,
    years: u32,
    scheme_start: String,
}

impl RawEnoughYears {
    pub(super) fn read(&self, reader: &mut CheckReader<'_>) -> Result<EntitlementCheck, Error> {
        reader.table(&self.registry, Table::Participants)?;
        reader.parameter(&self.scheme_start, ParameterKind::Date);
        let scheme_start = self.scheme_start.clone();
        Ok(EntitlementCheck::EnoughYears { age: self.age, years: self.years, scheme_start })
    }
}

/// See [`EntitlementCheck::GrantWhole`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawGrant {
    registry: String,
    deducted: String,
}

impl RawGrant {
    pub(super) fn read(&self, reader: &CheckReader<'_>) -> Result<EntitlementCheck, Error> {
        reader.table(&self.registry, Table::FuneralGrants)?;
        let deducted = reader.field_of(&self.deducted, Table::FuneralGrants, &[CellType::Amount])?;
        Ok(EntitlementCheck::GrantWhole { deducted })
    }
}
