//! Two things that the files say and that cannot both be true.

use serde::Deserialize;

use super::super::check::{CustodyDictionaries, Offset};
use super::super::load::CheckReader;
use super::condition::{Condition, RawCondition};
use super::deaths::{DeathReading, RawDeaths};
use super::entitlement::{EntitlementCheck, RawCertified, RawEnoughYears, RawGrant, RawOldAge};
use super::numbers::{NumberForm, RawNumbers};
use crate::ingest::{CellType, Column, Table};
use crate::messages::Error;

/// What contradicts what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConflictCheck {
    /// The birth date in a list is not that of the ID number.
    BirthDate {
        /// The list.
        table: Table,
    },
    /// The sex in a list is not that of the ID number.
    Sex {
        /// The list.
        table: Table,
    },
    /// A row of a list says that something else ran in months for which the pension was paid.
    Overlap {
        /// The list.
        table: Table,
        /// What must hold of a row.
        conditions: Vec<Condition>,
        /// Its first month, or the day on which it began.
        from: Column,
        /// From which month on, after a day.
        offset: Offset,
        /// Its last month or day, where it has one.
        until: Column,
        /// Of a row without an end, the status that says whether it still runs.
        status: Option<OverlapStatus>,
        /// What the overlap means.
        meaning: OverlapMeaning,
    },
    /// Days of death in different months.
    DeathDates(DeathReading),
    /// The pension agency's own day of death and the earliest of other sources.
    AgencyAndOthers(DeathReading),
    /// A certification and the latest day of death.
    DeathAndCertification(DeathReading),
    /// Contributions and the latest day of death.
    DeathAndContributions(DeathReading),
    /// A day of death and the days that it cannot follow or precede.
    DeathAndCalendar {
        /// The day of the event.
        date: Column,
        /// Days that it cannot follow.
        not_after: Vec<Column>,
    },
    /// Personal numbers under one ID number.
    PersonNumbers,
    /// Names under one ID number.
    Names,
    /// The holder of the account and the payee.
    AccountName {
        /// The characters that stand for those of a name that is not shown whole.
        masks: String,
    },
    /// The first month of the benefit and the month of a birthday.
    StartAndAge {
        /// The age.
        years: u32,
        /// The parameter that says from which month after the birthday the pension is paid.
        start: String,
    },
    /// The name in a list and on the payments.
    NameAndPayments {
        /// The list.
        table: Table,
    },
    /// Contributions and the first month that was paid.
    PaymentsAndContributions,
    /// A release, payment after it, and the application that it needs.
    ReleaseAndApplication {
        /// The dictionaries by which a custody row stops the pension.
        words: CustodyDictionaries,
        /// The day of being taken in, which shows that the term is served inside.
        admitted: Column,
        /// When the row starts: the earliest of these.
        from: Vec<Column>,
        /// The dictionary of changes: class resumed.
        changes: String,
        /// Who reached this age while inside, or later, applies anew and not for resuming.
        years: u32,
    },
    /// Subsidies and the latest day of death.
    DeathAndSubsidy {
        /// How death rows are read.
        deaths: DeathReading,
        /// The dictionary of who pays: class government.
        payers: String,
    },
    /// Subsidies while another pension is drawn.
    PensionAndSubsidy {
        /// What must hold of a row of the other pension.
        conditions: Vec<Condition>,
        /// The dictionary of schemes and benefits.
        schemes: String,
        /// Its classes that count.
        classes: Vec<String>,
        /// The dictionary of who pays: class government.
        payers: String,
    },
    /// Payment against what entitles to it.
    Entitlement(EntitlementCheck),
    /// Numbers and how the standard writes them, on the rows of every table that was given. Such rows have no
    /// person: they are counted, and stand one by one in not_checkable.csv and quality.csv.
    Numbers(Vec<NumberForm>),
}

/// The status of a row, which says of one without an end whether it still runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverlapStatus {
    /// The dictionary of statuses: classes ended, running.
    pub words: String,
}

/// What a row that runs beside payment means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverlapMeaning {
    /// Something that does not go with payment; a row without a start says nothing.
    Beside,
    /// The same; a row without a start speaks of the whole period, as far as anybody knows.
    BesideEvenUndated,
    /// Somebody is held and not yet judged: payment is suspended.
    Held,
}

/// The check as it stands in a rule file.
#[derive(Deserialize)]
#[serde(tag = "between", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::rulebook) enum RawConflict {
    BirthDateAndId {
        registry: String,
    },
    SexAndId {
        registry: String,
    },
    PaymentAndSpan {
        registry: String,
        #[serde(default, rename = "where")]
        conditions: Vec<RawCondition>,
        from: String,
        until: String,
        #[serde(default)]
        even_undated: bool,
        status: Option<OverlapStatus>,
    },
    DeathDates {
        deaths: RawDeaths,
    },
    AgencyAndOthers {
        deaths: RawDeaths,
    },
    DeathAndCertification {
        deaths: RawDeaths,
    },
    DeathAndContributions {
        deaths: RawDeaths,
    },
    DeathAndCalendar {
        date: String,
        not_after: Vec<String>,
    },
    PersonNumbers {},
    Names {},
    AccountNameAndName {
        masks: Vec<String>,
    },
    StartAndAge {
        years: u32,
        start: String,
    },
    NameAndPayments {
        registry: String,
    },
    PaymentsAndContributions {},
    ReleaseAndApplication(RawRelease),
    DeathAndSubsidy {
        deaths: RawDeaths,
        payers: String,
    },
    PensionAndSubsidy(RawSubsidy),
    PaymentAndDetention {
        registry: String,
        #[serde(default, rename = "where")]
        conditions: Vec<RawCondition>,
        from: String,
        month: Offset,
        until: String,
    },
    PaymentAndAge(RawOldAge),
    PaymentAndCertification(RawCertified),
    PaymentAndYears(RawEnoughYears),
    GrantAndClaims(RawGrant),
    NumberAndForm(RawNumbers),
}

impl RawConflict {
    pub(in crate::rulebook) fn read(&self, reader: &mut CheckReader<'_>) -> Result<ConflictCheck, Error> {
        Ok(match self {
            RawConflict::BirthDateAndId { registry } => {
                let table = reader.registry(registry)?;
                reader.field_of(Column::BirthDate.name(), table, &[CellType::Date])?;
                ConflictCheck::BirthDate { table }
            }
            RawConflict::SexAndId { registry } => {
                let table = reader.registry(registry)?;
                reader.field_of(Column::Sex.name(), table, &[CellType::Text])?;
                ConflictCheck::Sex { table }
            }
            RawConflict::PaymentAndSpan { registry, conditions, from, until, even_undated, status } => {
                let meaning =
                    if *even_undated { OverlapMeaning::BesideEvenUndated } else { OverlapMeaning::Beside };
                let span = (from.as_str(), Offset::Same, until.as_str());
                overlap(reader, (registry, conditions), span, (status.as_ref(), meaning))?
            }
            RawConflict::PaymentAndDetention { registry, conditions, from, month, until } => {
                let span = (from.as_str(), *month, until.as_str());
                overlap(reader, (registry, conditions), span, (None, OverlapMeaning::Held))?
            }
            RawConflict::PaymentAndAge(raw) => ConflictCheck::Entitlement(raw.read(reader)?),
            RawConflict::PaymentAndCertification(raw) => ConflictCheck::Entitlement(raw.read(reader)?),
            RawConflict::PaymentAndYears(raw) => ConflictCheck::Entitlement(raw.read(reader)?),
            RawConflict::GrantAndClaims(raw) => ConflictCheck::Entitlement(raw.read(reader)?),
            RawConflict::NumberAndForm(raw) => ConflictCheck::Numbers(raw.read(reader)?),
            RawConflict::DeathDates { deaths } => ConflictCheck::DeathDates(deaths.read(reader)?),
            RawConflict::AgencyAndOthers { deaths } => ConflictCheck::AgencyAndOthers(deaths.read(reader)?),
            RawConflict::DeathAndCertification { deaths } => {
                ConflictCheck::DeathAndCertification(deaths.read(reader)?)
            }
            RawConflict::DeathAndContributions { deaths } => {
                ConflictCheck::DeathAndContributions(deaths.read(reader)?)
            }
            RawConflict::DeathAndCalendar { date, not_after } => ConflictCheck::DeathAndCalendar {
                date: reader.field_of(date, Table::Deaths, &[CellType::Date])?,
                not_after: read_days(not_after, reader, Table::Deaths)?,
            },
            RawConflict::PersonNumbers {} => ConflictCheck::PersonNumbers,
            RawConflict::Names {} => ConflictCheck::Names,
            RawConflict::AccountNameAndName { masks } => ConflictCheck::AccountName { masks: masks.concat() },
            RawConflict::StartAndAge { years, start } => {
                reader.word_parameter(start, Offset::NAMES);
                ConflictCheck::StartAndAge { years: *years, start: start.clone() }
            }
            RawConflict::NameAndPayments { registry } => {
                ConflictCheck::NameAndPayments { table: reader.registry(registry)? }
            }
            RawConflict::PaymentsAndContributions {} => ConflictCheck::PaymentsAndContributions,
            RawConflict::ReleaseAndApplication(raw) => raw.read(reader)?,
            RawConflict::DeathAndSubsidy { deaths, payers } => {
                reader.classes(payers, &["government"]);
                ConflictCheck::DeathAndSubsidy { deaths: deaths.read(reader)?, payers: payers.clone() }
            }
            RawConflict::PensionAndSubsidy(raw) => raw.read(reader)?,
        })
    }
}

/// Payment after a release and the application for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawRelease {
    words: CustodyDictionaries,
    admitted: String,
    from: Vec<String>,
    changes: String,
    years: u32,
}

impl RawRelease {
    fn read(&self, reader: &mut CheckReader<'_>) -> Result<ConflictCheck, Error> {
        reader.classes(&self.changes, &["resumed"]);
        self.words.refer(reader);
        Ok(ConflictCheck::ReleaseAndApplication {
            words: self.words.clone(),
            admitted: reader.field_of(&self.admitted, Table::Custody, &[CellType::Date])?,
            from: read_days(&self.from, reader, Table::Custody)?,
            changes: self.changes.clone(),
            years: self.years,
        })
    }
}

/// Subsidies beside a pension.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawSubsidy {
    #[serde(default, rename = "where")]
    conditions: Vec<RawCondition>,
    schemes: String,
    classes: Vec<String>,
    payers: String,
}

impl RawSubsidy {
    fn read(&self, reader: &mut CheckReader<'_>) -> Result<ConflictCheck, Error> {
        reader.classes(&self.payers, &["government"]);
        reader.classes(&self.schemes, &self.classes.iter().map(String::as_str).collect::<Vec<_>>());
        Ok(ConflictCheck::PensionAndSubsidy {
            conditions: read_conditions(&self.conditions, reader, Table::OtherPensions)?,
            schemes: self.schemes.clone(),
            classes: self.classes.clone(),
            payers: self.payers.clone(),
        })
    }
}

fn read_conditions(
    conditions: &[RawCondition],
    reader: &mut CheckReader<'_>,
    table: Table,
) -> Result<Vec<Condition>, Error> {
    conditions.iter().map(|raw| raw.read(reader, table)).collect()
}

fn read_days(names: &[String], reader: &CheckReader<'_>, table: Table) -> Result<Vec<Column>, Error> {
    names.iter().map(|name| reader.field_of(name, table, &[CellType::Date])).collect()
}

fn overlap(
    reader: &mut CheckReader<'_>,
    (registry, conditions): (&str, &[RawCondition]),
    (from, offset, until): (&str, Offset, &str),
    (status, meaning): (Option<&OverlapStatus>, OverlapMeaning),
) -> Result<ConflictCheck, Error> {
    let table = reader.registry(registry)?;
    if let Some(status) = status {
        reader.field_of(Column::Status.name(), table, &[CellType::Text])?;
        reader.classes(&status.words, &["ended", "running"]);
    }
    let conditions = conditions.iter().map(|raw| raw.read(reader, table)).collect::<Result<_, _>>()?;
    let kind = if meaning == OverlapMeaning::Held { CellType::Date } else { CellType::Month };
    let from = reader.field_of(from, table, &[kind])?;
    let until = reader.field_of(until, table, &[kind])?;
    Ok(ConflictCheck::Overlap { table, conditions, from, offset, until, status: status.cloned(), meaning })
}

impl ConflictCheck {
    /// The lists without which nothing can be said.
    pub fn tables(&self) -> Vec<Table> {
        match self {
            ConflictCheck::DeathDates(_)
            | ConflictCheck::AgencyAndOthers(_)
            | ConflictCheck::DeathAndCalendar { .. } => vec![Table::Deaths],
            ConflictCheck::DeathAndCertification(_) => vec![Table::Deaths, Table::Certifications],
            ConflictCheck::DeathAndContributions(_) | ConflictCheck::DeathAndSubsidy { .. } => {
                vec![Table::Deaths, Table::Contributions]
            }
            ConflictCheck::PersonNumbers
            | ConflictCheck::Names
            | ConflictCheck::AccountName { .. }
            | ConflictCheck::Numbers(_)
            | ConflictCheck::StartAndAge { .. } => vec![Table::Payments],
            ConflictCheck::NameAndPayments { table }
            | ConflictCheck::BirthDate { table }
            | ConflictCheck::Sex { table }
            | ConflictCheck::Overlap { table, .. } => vec![*table],
            ConflictCheck::Entitlement(check) => vec![check.table()],
            ConflictCheck::PaymentsAndContributions => vec![Table::Contributions],
            ConflictCheck::ReleaseAndApplication { .. } => vec![Table::Custody, Table::StatusChanges],
            ConflictCheck::PensionAndSubsidy { .. } => vec![Table::OtherPensions, Table::Contributions],
        }
    }

    /// The dictionaries by whose words it decides; see `Check::dictionaries`.
    pub fn dictionaries(&self) -> Vec<(Table, Column, &str)> {
        match self {
            ConflictCheck::ReleaseAndApplication { changes, .. } => {
                vec![(Table::StatusChanges, Column::ChangeKind, changes)]
            }
            ConflictCheck::Overlap { table, status: Some(status), .. } => {
                vec![(*table, Column::Status, &status.words)]
            }
            ConflictCheck::DeathAndSubsidy { payers, .. }
            | ConflictCheck::PensionAndSubsidy { payers, .. } => {
                vec![(Table::Contributions, Column::PayerKind, payers)]
            }
            _ => Vec::new(),
        }
    }
}
