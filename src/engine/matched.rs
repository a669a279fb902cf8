//! What rows with damaged numbers would mean for the payees whom they may be of.
//!
//! Owns the leads that follow from pairs. A person is judged a second time with nothing but the proposed
//! rows, and whatever that would claim beyond what is established already is a lead. Must not search, nor
//! claim anything.

use std::collections::BTreeMap;

use super::bars::{Evidence, PersonRows};
use super::funeral::GrantVerdict;
use super::lines::{LineLead, LineVerdict};
use super::matching::{Index, Loose, LooseRow, Match, Pair, PayeeSide, RowSide, damaged_of};
use super::netting::LineWords;
use super::register::Register;
use super::sweep;
use super::together::TOGETHER;
use super::{Engine, PersonVerdict, RangeOutcome, Scratch, person_rows, union_of_evidence};
use crate::domain::{CitizenId, Name, PersonKey};
use crate::identity::{Damage, Grade, Likeness};
use crate::ingest::{Observations, Payments, RegistryRow, Renumbered, Table};
use crate::messages::{Error, LeadReason};
use crate::rulebook::Scope;

/// What rows with damaged numbers may say of whom.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    /// The payment lines in question; verdicts name lines by their position here.
    pub payments: Payments,
    /// Persons with leads and nothing but leads.
    pub persons: Vec<PersonVerdict>,
    /// Grants with nothing but leads.
    pub grants: Vec<GrantVerdict>,
    /// Every pair that is worth telling, whether or not money hangs on it, by registry and row.
    pub matches: Vec<Match>,
}

/// The rows that are proposed for a person, under the person's number and name, with what speaks for each.
struct Proposed {
    rows: Vec<(Table, RegistryRow)>,
    likenesses: BTreeMap<String, (Grade, Likeness)>,
}

impl Proposed {
    fn new() -> Proposed {
        Proposed { rows: Vec::new(), likenesses: BTreeMap::new() }
    }

    /// Adds a row as if it were the person's own.
    fn push(&mut self, table: Table, row: &RegistryRow, pair: &Pair) {
        let mut row = row.clone();
        row.id = Ok(pair.told.id);
        row.name_form = Name::comparison_form(&pair.told.payee_name);
        let found = (pair.told.grade, pair.likeness);
        let known = self.likenesses.entry(row.place()).or_insert(found);
        *known = found.min(*known);
        self.rows.push((table, row));
    }

    fn of(&self, table: Table) -> Vec<&RegistryRow> {
        self.rows.iter().filter(|(own, _)| *own == table).map(|(_, row)| row).collect()
    }

    /// What speaks for the rows behind a lead; `None` where none of them is a proposed one.
    fn likeness(&self, evidence: &Evidence) -> Option<Likeness> {
        let known = evidence.iter().filter_map(|place| self.likenesses.get(place));
        known.min().map(|(_, likeness)| *likeness)
    }
}

impl Engine<'_> {
    /// Judges what damaged, missing and replaced numbers may mean.
    pub(super) fn judge_damaged(&self, noticed: &mut Observations) -> Result<Matched, Error> {
        let loose = self.read_loose(noticed)?;
        let mut outcome = RangeOutcome::default();
        outcome.payments.files = self.file_names();
        let mut matches: Vec<Match> = Vec::new();
        if !loose.is_empty() {
            let pairs = self.find_pairs(&loose, noticed)?;
            self.judge_known(&loose, &pairs, &mut outcome)?;
            self.judge_loose(&loose, &pairs, &mut outcome)?;
            self.judge_repeated(&loose, &pairs, &mut outcome)?;
            matches.extend(pairs.into_iter().map(|pair| pair.told));
        }
        let grants = self.judge_damaged_grants(&mut matches, noticed)?;
        let order = |told: &Match| (told.table, told.place.clone(), told.grade, told.id);
        matches.sort_by_cached_key(order);
        Ok(Matched { payments: outcome.payments, persons: outcome.persons, grants, matches })
    }

    /// Payees with a usable number, and the damaged rows that may be of them.
    fn judge_known(&self, loose: &Loose, pairs: &[Pair], outcome: &mut RangeOutcome) -> Result<(), Error> {
        let mut proposed: BTreeMap<u64, Proposed> = BTreeMap::new();
        for pair in pairs {
            if let (PayeeSide::Known(key), RowSide::Loose(at)) = (pair.payee, pair.row) {
                let LooseRow { table, row, .. } = &loose.rows[at as usize];
                proposed.entry(key.0).or_insert_with(Proposed::new).push(*table, row, pair);
            }
        }
        if proposed.is_empty() {
            return Ok(());
        }
        let mut scratch = Scratch::default();
        for range in sweep::ranges(self.tables) {
            let keys: Vec<u64> = proposed.range(range.0..range.1).map(|(key, _)| *key).collect();
            if keys.is_empty() {
                continue;
            }
            self.read_slices(&mut scratch, range)?;
            self.read_lines_of(&mut scratch, &keys, &mut Observations::default())?;
            let own = self.rows_of(&keys)?;
            let payments = &scratch.payments;
            let words = LineWords::new(payments, self.rulebook);
            let mut renumbered = Renumbered::default();
            for lines in scratch.order.chunk_by(|&a, &b| payments.key[a] == payments.key[b]) {
                let key = payments.key[lines[0]];
                let Some(proposed) = proposed.get(&key) else { continue };
                let own = person_rows(&own, PersonKey(key));
                let verdict = self.judge_proposed(PersonKey(key), payments, &words, lines, &own, proposed);
                if let Some(verdict) = verdict {
                    outcome.keep(payments, verdict, &mut renumbered);
                }
            }
        }
        Ok(())
    }

    /// What the proposed rows would add to what the own rows establish, all of it leads.
    fn judge_proposed(
        &self,
        key: PersonKey,
        payments: &Payments,
        words: &LineWords,
        lines: &[usize],
        own: &PersonRows<'_>,
        proposed: &Proposed,
    ) -> Option<PersonVerdict> {
        let mut unheard = Observations::default();
        let established = self.judge_person(key, payments, words, lines, own, &mut unheard);
        let claimed = claimed_by(established.as_ref());
        let rows = PersonRows {
            deaths: proposed.of(Table::Deaths),
            certifications: own.certifications.clone(),
            custody: proposed.of(Table::Custody),
            other_pensions: proposed.of(Table::OtherPensions),
            ..PersonRows::default()
        };
        let verdict = self.judge_person(key, payments, words, lines, &rows, &mut unheard)?;
        let lines: Vec<LineVerdict> = verdict
            .lines
            .iter()
            .filter_map(|line| {
                let claimed = claimed.get(&line.line).copied().unwrap_or(Scope::NONE);
                as_leads(payments, line, claimed, &|evidence| proposed.likeness(evidence))
            })
            .collect();
        (!lines.is_empty()).then_some(PersonVerdict { lines, money_back: Vec::new(), ..verdict })
    }

    /// Payment lines with a damaged number, under each number that they may have had.
    fn judge_loose(&self, loose: &Loose, pairs: &[Pair], outcome: &mut RangeOutcome) -> Result<(), Error> {
        let mut wanted: BTreeMap<(u32, u64), Vec<&Pair>> = BTreeMap::new();
        for pair in pairs {
            if let PayeeSide::Loose(at, key) = pair.payee {
                wanted.entry((at, key.0)).or_default().push(pair);
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let held = self.loose_lines(loose, wanted.keys().map(|(at, _)| *at).collect())?;
        let words = LineWords::new(&held.payments, self.rulebook);
        let mut renumbered = Renumbered::default();
        let wanted: Vec<((u32, u64), Vec<&Pair>)> = wanted.into_iter().collect();
        for some in wanted.chunks(TOGETHER) {
            let mut keys: Vec<u64> = some.iter().map(|((_, key), _)| *key).collect();
            keys.sort_unstable();
            keys.dedup();
            let registry = self.rows_of(&keys)?;
            for ((at, key), pairs) in some {
                let (Some(lines), key) = (held.by_payee.get(at), PersonKey(*key)) else { continue };
                let own = person_rows(&registry, key);
                let proposed = proposed_of(loose, pairs, &own);
                let certified = PersonRows { certifications: own.certifications, ..PersonRows::default() };
                let verdict = self.judge_proposed(key, &held.payments, &words, lines, &certified, &proposed);
                if let Some(mut verdict) = verdict {
                    // Whoever looks into it must find the line whose number is damaged.
                    let place: Evidence = [loose.payees[*at as usize].place.clone()].into();
                    let leads = verdict.lines.iter_mut().flat_map(|line| &mut line.leads);
                    leads.for_each(|lead| lead.evidence = union_of_evidence(&[&lead.evidence, &place]));
                    outcome.keep(&held.payments, verdict, &mut renumbered);
                }
            }
        }
        Ok(())
    }

    /// Grants and benefits of other schemes for the deceased, where one of the two numbers is damaged.
    fn judge_damaged_grants(
        &self,
        matches: &mut Vec<Match>,
        noticed: &mut Observations,
    ) -> Result<Vec<GrantVerdict>, Error> {
        if self.grant_judges().next().is_none() {
            return Ok(Vec::new());
        }
        // A number that ends in zeros may be what a spreadsheet left of another.
        let is_loose = |row: &RegistryRow| row.id.is_err() || row.id.is_ok_and(CitizenId::ends_in_zeros);
        let damaged = |table: Table| -> Result<(Vec<RegistryRow>, Vec<RegistryRow>), Error> {
            let mut rows = self.tables.rows(table)?;
            let loose = rows.iter().filter(|row| is_loose(row)).cloned().collect();
            rows.retain(|row| row.id.is_ok());
            Ok((rows, loose))
        };
        let (grants, loose_grants) = damaged(Table::FuneralGrants)?;
        let (benefits, loose_benefits) = damaged(Table::OtherDeathBenefits)?;
        if loose_grants.is_empty() && loose_benefits.is_empty() {
            return Ok(Vec::new());
        }
        let pairs = self.grant_pairs((&grants, &loose_grants), (&benefits, &loose_benefits), noticed);
        let (grants, benefits) = (by_person(&grants), by_person(&benefits));
        let mut verdicts = Vec::new();
        for (id, of_person) in pairs {
            let (usable_grants, usable_benefits) =
                (rows_of_person(&grants, id), rows_of_person(&benefits, id));
            let (mut own_grants, mut own_benefits) = (usable_grants.clone(), usable_benefits.clone());
            let mut best: Option<(Grade, Likeness)> = None;
            for (pair, grant, benefit) in &of_person {
                let form = Name::comparison_form(&grant.name);
                for (row, rows) in [(grant, &mut own_grants), (benefit, &mut own_benefits)] {
                    let mut row = (*row).clone();
                    (row.id, row.name_form) = (Ok(id), form.clone());
                    rows.retain(|own| own.place() != row.place());
                    rows.push(row);
                }
                let found = (pair.grade, pair.likeness);
                best = Some(best.map_or(found, |known| known.min(found)));
            }
            let Some((_, likeness)) = best else { continue };
            let mut unheard = Observations::default();
            if self.is_grant_claimed(id, &usable_grants, &usable_benefits) {
                // The grant is claimed whole already: there is nothing that the proposed rows could add.
                matches.extend(of_person.into_iter().map(|(pair, ..)| pair));
                continue;
            }
            let grants = Register::new(&own_grants, self.as_of, &mut unheard);
            let benefits = Register::new(&own_benefits, self.as_of, &mut unheard);
            let judged =
                self.grant_judges().find_map(|judge| judge.judge(id.key(), &grants, &benefits, &mut unheard));
            if let Some(mut verdict) = judged {
                verdict.outcome = Err(LeadReason::Matched(likeness));
                verdicts.push(verdict);
            }
            matches.extend(of_person.into_iter().map(|(pair, ..)| pair));
        }
        Ok(verdicts)
    }

    /// Whether what the usable rows alone say claims the grants of a deceased.
    fn is_grant_claimed(&self, id: CitizenId, grants: &[RegistryRow], benefits: &[RegistryRow]) -> bool {
        let mut unheard = Observations::default();
        let grants = Register::new(grants, self.as_of, &mut unheard);
        let benefits = Register::new(benefits, self.as_of, &mut unheard);
        let mut judges = self.grant_judges();
        judges.any(|judge| {
            let verdict = judge.judge(id.key(), &grants, &benefits, &mut unheard);
            verdict.is_some_and(|verdict| verdict.outcome.is_ok())
        })
    }

    /// The pairs of a grant and a benefit of another scheme of which one number, or both, is damaged, by the
    /// number that both may have.
    fn grant_pairs<'r>(
        &self,
        (grants, loose_grants): (&'r [RegistryRow], &'r [RegistryRow]),
        (benefits, loose_benefits): (&'r [RegistryRow], &'r [RegistryRow]),
        noticed: &mut Observations,
    ) -> BTreeMap<CitizenId, Vec<(Match, &'r RegistryRow, &'r RegistryRow)>> {
        let mut pairs: BTreeMap<CitizenId, Vec<(Match, &RegistryRow, &RegistryRow)>> = BTreeMap::new();
        let mut take = |id: CitizenId, grant: &'r RegistryRow, benefit: &'r RegistryRow, how| {
            let (likeness, grade) = how;
            let told = Match {
                table: Table::OtherDeathBenefits,
                place: benefit.place(),
                id_text: benefit.id_text.clone(),
                name: benefit.name.clone(),
                payee_place: grant.place(),
                payee_id_text: grant.id_text.clone(),
                payee_name: grant.name.clone(),
                id,
                grade,
                likeness,
            };
            pairs.entry(id).or_default().push((told, grant, benefit));
        };
        let names = &self.rulebook.name_variants;
        let loosened = |rows: &[RegistryRow]| -> Vec<LooseRow> {
            let loose = |row: &RegistryRow| {
                LooseRow::damaged(self.rulebook, Table::FuneralGrants, row.clone(), self.as_of)
            };
            rows.iter().map(loose).collect()
        };
        let (damaged_grants, damaged_benefits) = (loosened(loose_grants), loosened(loose_benefits));
        let (grant_index, benefit_index) =
            (Index::of_rows(&damaged_grants), Index::of_rows(&damaged_benefits));
        grant_index.note_crowded_rows(|at| &loose_grants[at], noticed);
        benefit_index.note_crowded_rows(|at| &loose_benefits[at], noticed);
        let damaged_grants_indexed = (damaged_grants.as_slice(), &grant_index);
        let damaged_benefits_indexed = (damaged_benefits.as_slice(), &benefit_index);
        for (row, at, id, how) in damaged_of(names, grants, damaged_benefits_indexed) {
            take(id, row, &loose_benefits[at], how);
        }
        for (row, at, id, how) in damaged_of(names, benefits, damaged_grants_indexed) {
            take(id, &loose_grants[at], row, how);
        }
        for (grant, damaged) in loose_grants.iter().zip(&damaged_grants) {
            // Both are damaged: under the number that each may have been.
            let numbers = damaged.cell.read.numbers.iter().filter_map(|possible| {
                let mut row = grant.clone();
                row.id = Ok(CitizenId::from_key(possible.key)?);
                Some((row, possible.damage))
            });
            let mut best: BTreeMap<usize, (Damage, CitizenId, (Likeness, Grade))> = BTreeMap::new();
            for (row, damage) in numbers {
                for (_, at, id, how) in
                    damaged_of(names, std::slice::from_ref(&row), damaged_benefits_indexed)
                {
                    let found = (damage.max(how.0.damage), id, how);
                    let known = best.entry(at).or_insert(found);
                    *known = found.min(*known);
                }
            }
            for (at, (_, id, how)) in best {
                take(id, grant, &loose_benefits[at], how);
            }
        }
        pairs
    }
}

/// What is claimed of each line of a person.
pub(super) fn claimed_by(established: Option<&PersonVerdict>) -> BTreeMap<usize, Scope> {
    let lines = established.into_iter().flat_map(|verdict| &verdict.lines);
    let claimed =
        |line: &LineVerdict| line.hits.iter().fold(Scope::NONE, |scope, hit| scope.union(hit.scope));
    lines.map(|line| (line.line, claimed(line))).collect()
}

/// Rows with usable numbers by person, in their order.
fn by_person(rows: &[RegistryRow]) -> BTreeMap<CitizenId, Vec<&RegistryRow>> {
    let mut persons: BTreeMap<CitizenId, Vec<&RegistryRow>> = BTreeMap::new();
    for row in rows {
        if let Ok(id) = row.id {
            persons.entry(id).or_default().push(row);
        }
    }
    persons
}

fn rows_of_person(persons: &BTreeMap<CitizenId, Vec<&RegistryRow>>, id: CitizenId) -> Vec<RegistryRow> {
    persons.get(&id).into_iter().flatten().map(|&row| row.clone()).collect()
}

/// The rows that are proposed for a damaged payee, given the rows of the number that the payee may have had.
fn proposed_of(loose: &Loose, pairs: &[&Pair], own: &PersonRows<'_>) -> Proposed {
    let tables = [
        (Table::Deaths, &own.deaths),
        (Table::Certifications, &own.certifications),
        (Table::Custody, &own.custody),
        (Table::OtherPensions, &own.other_pensions),
    ];
    let mut known: BTreeMap<(Table, String), &RegistryRow> = BTreeMap::new();
    for (table, rows) in tables {
        for row in rows {
            known.entry((table, row.place())).or_insert(row);
        }
    }
    let mut proposed = Proposed::new();
    for pair in pairs {
        match pair.row {
            RowSide::Loose(at) => {
                let LooseRow { table, row, .. } = &loose.rows[at as usize];
                proposed.push(*table, row, pair);
            }
            RowSide::Payee(_) => {}
            RowSide::Known(table) => {
                if let Some(row) = known.get(&(table, pair.told.place.clone())) {
                    proposed.push(table, row, pair);
                }
            }
        }
    }
    proposed
}

/// Whatever a verdict says of a line beyond what is claimed of it already, as leads for which something
/// speaks.
pub(super) fn as_leads(
    payments: &Payments,
    line: &LineVerdict,
    claimed: Scope,
    speaking: &dyn Fn(&Evidence) -> Option<Likeness>,
) -> Option<LineVerdict> {
    let mut leads: Vec<LineLead> = Vec::new();
    for hit in &line.hits {
        let Some(likeness) = speaking(&hit.evidence) else { continue };
        leads.push(LineLead {
            rule: hit.rule,
            scope: hit.scope.minus(claimed),
            is_unknown: false,
            months: payments.months[line.line],
            share: (1, 1),
            reason: LeadReason::Matched(likeness),
            evidence: hit.evidence.clone(),
        });
    }
    for lead in &line.leads {
        let Some(likeness) = speaking(&lead.evidence) else { continue };
        let scope = lead.scope.minus(claimed);
        leads.push(LineLead { scope, reason: LeadReason::Matched(likeness), ..lead.clone() });
    }
    let leads: Vec<LineLead> = leads.into_iter().filter(|lead| !lead.scope.is_empty()).collect();
    (!leads.is_empty()).then(|| LineVerdict { line: line.line, hits: Vec::new(), leads })
}
