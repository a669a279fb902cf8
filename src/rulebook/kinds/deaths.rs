//! How a check that looks at a person as a whole reads the rows of death lists.

use serde::Deserialize;

use super::super::load::CheckReader;
use crate::ingest::{CellType, Column, Table};
use crate::messages::Error;

/// Which rows of death lists say that a person died, and on which day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeathReading {
    /// The day of the event.
    pub date: Column,
    /// Days that the event cannot follow, and of which the earlier stands in where the event has no day.
    pub not_after: Vec<Column>,
    /// The dictionary of reasons: classes death, revoked.
    pub reasons: String,
    /// The dictionary of sources: classes police, agency, village, medical, cremation.
    pub sources: String,
    /// The parameter that says which source names the likely day where they differ.
    pub priority: Option<String>,
}

/// The reading as it stands in a rule file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawDeaths {
    date: String,
    #[serde(default)]
    not_after: Vec<String>,
    reasons: String,
    sources: String,
    priority: Option<String>,
}

impl RawDeaths {
    pub(in crate::rulebook) fn read(&self, reader: &mut CheckReader<'_>) -> Result<DeathReading, Error> {
        let day = |name: &String| reader.field_of(name, Table::Deaths, &[CellType::Date]);
        let (date, not_after) = (day(&self.date)?, self.not_after.iter().map(day).collect::<Result<_, _>>()?);
        reader.classes(&self.reasons, &["death", "revoked"]);
        reader.classes(&self.sources, &["police", "agency"]);
        let priority = reader.priority(self.priority.as_deref());
        let (reasons, sources) = (self.reasons.clone(), self.sources.clone());
        Ok(DeathReading { date, not_after, reasons, sources, priority })
    }
}
