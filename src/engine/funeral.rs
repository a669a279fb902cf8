//! Funeral grants of one death of which only one is due.

use chrono::NaiveDate;

use super::bars::{Event, event_day};
use super::money::MoneyPart;
use super::register::Register;
use crate::domain::{CitizenId, Fen, PersonKey};
use crate::ingest::{Column, Observations, RegistryRow, Table};
use crate::messages::{LeadReason, Observation, SUBTYPE_BOTH_PAID, SUBTYPE_ELECTION};
use crate::rulebook::{ExclusiveCheck, Rulebook};

/// What the rule says of one deceased person's grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantVerdict {
    /// The rule, by its position in the rulebook.
    pub rule: usize,
    /// The deceased.
    pub id: CitizenId,
    /// The name on the grant.
    pub name: String,
    /// The sum of the resident grants, returned rows subtracted.
    pub amount: Fen,
    /// The rows of that sum.
    pub money: Vec<MoneyPart>,
    /// The subtype of the claim, or why it is only a lead.
    pub outcome: Result<&'static str, LeadReason>,
    /// The death.
    pub event: Event,
    /// Who received the grant, and the relation to the deceased.
    pub payee: (String, String),
    /// The rows behind it.
    pub evidence: Vec<String>,
}

/// What all persons are judged by.
pub(super) struct GrantJudge<'a> {
    pub(super) rule: usize,
    pub(super) check: &'a ExclusiveCheck,
    pub(super) rulebook: &'a Rulebook,
    pub(super) as_of: NaiveDate,
    /// The first day of death to which the rule applies; `None` where it is not configured.
    pub(super) deaths_from: Option<NaiveDate>,
}

/// What one row of another scheme says, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stand {
    Nothing,
    ElectedResident,
    Open(LeadReason),
    Election,
    BothPaid,
}

impl GrantJudge<'_> {
    /// Judges one person's grants against the rows of other schemes.
    pub(super) fn judge(
        &self,
        key: PersonKey,
        grants: &Register<'_>,
        benefits: &Register<'_>,
        noticed: &mut Observations,
    ) -> Option<GrantVerdict> {
        let id = CitizenId::from_key(key)?;
        let counted = self.counted_grants(grants.of(key), noticed);
        let undated = counted.iter().any(|row| row.date(Column::PaidDate).is_none());
        let amount: Fen = counted.iter().filter_map(|row| row.amount(Column::Amount)).sum();
        if amount <= Fen::ZERO {
            return None;
        }
        let agrees = |row: &RegistryRow| {
            !row.name_form.is_empty() && counted.iter().all(|grant| grant.name_form == row.name_form)
        };
        let stands: Vec<(&RegistryRow, Stand, bool)> =
            benefits.of(key).map(|row| (row, self.stand(row, id), agrees(row))).collect();
        let (row, stand) = strongest(&stands)?;
        let days = self.death_days(&counted, &stands, id);
        let outcome = self.outcome(stand, agrees(row), undated, &days)?;
        let mut evidence: Vec<String> = counted.iter().map(|grant| grant.place()).collect();
        evidence.extend(
            stands.iter().filter(|(_, stand, _)| *stand != Stand::Nothing).map(|(row, ..)| row.place()),
        );
        let is_paid = |row: &&&RegistryRow| row.amount(Column::Amount).is_some_and(|fen| fen > Fen::ZERO);
        let order = |row: &&&RegistryRow| {
            (row.date(Column::PaidDate), row.text(Column::PayeeName).to_string(), row.file.clone(), row.row)
        };
        let last = counted.iter().filter(is_paid).max_by_key(order)?;
        let day = days.iter().copied().max();
        Some(GrantVerdict {
            rule: self.rule,
            id,
            name: last.name.clone(),
            amount,
            money: counted.iter().filter_map(money_of).collect(),
            outcome,
            event: Event {
                date: day.map(|day| day.to_string()).unwrap_or_default(),
                source: row.text(Column::Scheme).to_string(),
                document_no: String::new(),
                day,
            },
            payee: (last.text(Column::PayeeName).to_string(), last.text(Column::Relation).to_string()),
            evidence,
        })
    }

    /// The grants paid on or before the audit's day. One without a day may count, so it stays and casts
    /// doubt.
    fn counted_grants<'r>(
        &self,
        rows: impl Iterator<Item = &'r RegistryRow>,
        noticed: &mut Observations,
    ) -> Vec<&'r RegistryRow> {
        let mut counted = Vec::new();
        for row in rows {
            match row.date(Column::PaidDate) {
                Some(day) if day > self.as_of => {
                    noticed.note(&row.file, Observation::GrantAfterAsOf, row.row)
                }
                Some(_) => counted.push(row),
                None => {
                    noticed.note(&row.file, Observation::GrantUndated, row.row);
                    counted.push(row);
                }
            }
        }
        counted
    }

    fn stand(&self, row: &RegistryRow, id: CitizenId) -> Stand {
        let is_resident = |text: &str| self.rulebook.dictionary(&self.check.schemes).is(text, "resident");
        if is_resident(row.text(Column::Scheme)) {
            return Stand::Nothing;
        }
        let benefit = self.rulebook.dictionary(&self.check.benefits).class_of(row.text(Column::Benefit));
        if benefit == Some("excluded") {
            return Stand::Nothing;
        }
        let elected = row.text(Column::ElectedScheme);
        let has_elected = event_day(row, Column::ElectedOn, id, self.as_of).is_some();
        let state = self.rulebook.dictionary(&self.check.states).class_of(row.text(Column::State));
        let stand = match state {
            Some("declined") => Stand::Nothing,
            _ if is_resident(elected) => Stand::ElectedResident,
            Some("paid") => Stand::BothPaid,
            Some("applied") => Stand::Election,
            _ if has_elected && !elected.is_empty() => Stand::Election,
            Some("eligible") => Stand::Open(LeadReason::ChoiceOpen),
            _ => Stand::Open(LeadReason::BenefitStateUndecided),
        };
        match stand {
            Stand::Election | Stand::BothPaid | Stand::Open(_) if benefit != Some("funeral") => {
                Stand::Open(LeadReason::BenefitUnclassified)
            }
            other => other,
        }
    }

    /// The stated days of death that are real events, of the grants and of the rows of other schemes,
    /// whatever these say and under whatever name: a day that contradicts makes a lead.
    fn death_days(
        &self,
        grants: &[&RegistryRow],
        stands: &[(&RegistryRow, Stand, bool)],
        id: CitizenId,
    ) -> Vec<NaiveDate> {
        let classes = self.rulebook.dictionary(&self.check.benefits);
        let is_excluded = |row: &RegistryRow| classes.is(row.text(Column::Benefit), "excluded");
        let others = stands.iter().map(|(row, ..)| *row).filter(|row| !is_excluded(row));
        let rows = grants.iter().copied().chain(others);
        rows.filter_map(|row| event_day(row, Column::DeathDate, id, self.as_of)).collect()
    }

    fn outcome(
        &self,
        stand: Stand,
        agrees: bool,
        undated: bool,
        days: &[NaiveDate],
    ) -> Option<Result<&'static str, LeadReason>> {
        if matches!(stand, Stand::Nothing | Stand::ElectedResident) {
            return None;
        }
        let Some(deaths_from) = self.deaths_from else {
            return Some(Err(LeadReason::ParameterUnknown));
        };
        let before = days.iter().filter(|day| **day < deaths_from).count();
        if before > 0 && before == days.len() {
            return None;
        }
        let subtype = match stand {
            Stand::Nothing | Stand::ElectedResident => return None,
            Stand::Open(reason) => return Some(Err(reason)),
            Stand::Election => SUBTYPE_ELECTION,
            Stand::BothPaid => SUBTYPE_BOTH_PAID,
        };
        Some(if !agrees {
            Err(LeadReason::NamesDiffer)
        } else if days.is_empty() {
            Err(LeadReason::DeathDateMissing)
        } else if before > 0 {
            Err(LeadReason::DeathDatesMixed)
        } else if undated {
            Err(LeadReason::GrantUndated)
        } else {
            Ok(subtype)
        })
    }
}

/// The money of a grant.
fn money_of(row: &&RegistryRow) -> Option<MoneyPart> {
    let fen = row.amount(Column::Amount)?;
    Some(MoneyPart::of_row(Table::FuneralGrants, Column::Amount, row, fen))
}

/// The row that decides: the strongest of those whose name agrees, else the strongest of the others. A
/// claim that stands beside an election of the resident grant is a contradiction.
fn strongest<'r>(stands: &[(&'r RegistryRow, Stand, bool)]) -> Option<(&'r RegistryRow, Stand)> {
    let best = |wanted: bool| {
        let rows = stands.iter().filter(|(_, _, agrees)| *agrees == wanted);
        rows.max_by_key(|(row, stand, _)| {
            (*stand, std::cmp::Reverse((row.text(Column::Scheme), &row.file, row.row)))
        })
    };
    let chosen = match best(true) {
        Some((row, stand, _)) if *stand > Stand::ElectedResident => (*row, *stand),
        Some((row, stand, _)) if *stand == Stand::ElectedResident => return Some((*row, *stand)),
        _ => best(false).map(|(row, stand, _)| (*row, *stand))?,
    };
    let is_claim = matches!(chosen.1, Stand::Election | Stand::BothPaid);
    let contradicted = stands.iter().any(|(_, stand, agrees)| *agrees && *stand == Stand::ElectedResident);
    if is_claim && contradicted {
        return Some((chosen.0, Stand::Open(LeadReason::ElectionConflict)));
    }
    Some(chosen)
}
