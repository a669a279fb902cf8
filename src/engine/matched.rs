//! What rows with damaged numbers would mean for the payees whom they may be of.
//!
//! Owns the leads that follow from pairs. A person is judged a second time with nothing but the proposed
//! rows, and whatever that would claim beyond what is established already is a lead. Must not search, nor
//! claim anything.

use std::collections::{BTreeMap, BTreeSet};

use super::bars::{Evidence, PersonRows};
use super::funeral::GrantVerdict;
use super::lines::{LineLead, LineVerdict};
use super::matching::{Loose, LooseRow, Match, Pair, PayeeSide, RowSide, damaged_of};
use super::netting::LineWords;
use super::register::Register;
use super::sweep;
use super::{Engine, PersonVerdict, RangeOutcome, RowsByTable, Scratch, person_rows, union_of_evidence};
use crate::domain::{CitizenId, Name, PersonKey};
use crate::identity::{Agreement, Damage, Grade, Likeness, NameLikeness};
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

/// Under which numbers, and on which damaged lines, a person may have been paid.
struct Paid {
    numbers: Vec<PersonKey>,
    payees: Vec<u32>,
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
            let pairs = self.find_pairs(&loose)?;
            self.judge_known(&loose, &pairs, &mut outcome)?;
            self.judge_loose(&loose, &pairs, &mut outcome)?;
            self.judge_repeated(&loose, &pairs, &mut outcome)?;
            matches.extend(pairs.into_iter().map(|pair| pair.told));
        }
        let grants = self.judge_damaged_grants(&mut matches)?;
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
        let claimed: BTreeMap<usize, Scope> = established
            .iter()
            .flat_map(|verdict| &verdict.lines)
            .map(|line| (line.line, line.hits.iter().fold(Scope::NONE, |scope, hit| scope.union(hit.scope))))
            .collect();
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
        let lines = self.loose_lines(loose, wanted.keys().map(|(at, _)| *at).collect())?;
        for ((at, key), pairs) in wanted {
            let Some(own) = lines.get(&at) else { continue };
            let mut payments = own.clone();
            payments.key.fill(key);
            let registry = self.rows_of(&[key])?;
            let proposed = proposed_of(loose, &pairs, &registry);
            let words = LineWords::new(&payments, self.rulebook);
            let numbers: Vec<usize> = (0..payments.len()).collect();
            let certified = PersonRows {
                certifications: person_rows(&registry, PersonKey(key)).certifications,
                ..PersonRows::default()
            };
            let key = PersonKey(key);
            let verdict = self.judge_proposed(key, &payments, &words, &numbers, &certified, &proposed);
            if let Some(mut verdict) = verdict {
                // Whoever looks into it must find the line whose number is damaged.
                let place: Evidence = [loose.payees[at as usize].place.clone()].into();
                let leads = verdict.lines.iter_mut().flat_map(|line| &mut line.leads);
                leads.for_each(|lead| lead.evidence = union_of_evidence(&[&lead.evidence, &place]));
                outcome.keep(&payments, verdict, &mut Renumbered::default());
            }
        }
        Ok(())
    }

    /// The lines of some damaged payees.
    fn loose_lines(&self, loose: &Loose, wanted: BTreeSet<u32>) -> Result<BTreeMap<u32, Payments>, Error> {
        let payee = |at: u32| (&loose.payees[at as usize], at);
        let by_cell: BTreeMap<(&str, &str), u32> = wanted
            .into_iter()
            .map(payee)
            .map(|(payee, at)| ((payee.id_text.as_str(), payee.cell.name.as_str()), at))
            .collect();
        let files = self.file_names();
        let mut lines: BTreeMap<u32, Payments> = BTreeMap::new();
        self.tables.unusable_lines(&mut |file, line| {
            if let Some(&at) = by_cell.get(&(line.id_text.as_str(), line.name())) {
                let number = files.iter().position(|name| name == file).unwrap_or(0) as u32;
                let payments = lines.entry(at).or_insert_with(|| Payments::of_files(files.clone()));
                payments.push(PersonKey(0), number, &line.as_stored());
            }
        })?;
        Ok(lines)
    }

    /// Persons who may have been paid for one month under several numbers, or under one damaged number twice.
    fn judge_repeated(&self, loose: &Loose, pairs: &[Pair], outcome: &mut RangeOutcome) -> Result<(), Error> {
        let mut groups: Vec<(PersonKey, Paid, Likeness)> = Vec::new();
        for numbers in loose.aliases.persons() {
            let paid = Paid { numbers: numbers.to_vec(), payees: Vec::new() };
            groups.extend(numbers.first().map(|&key| (key, paid, REPLACED)));
        }
        let mut is_paired = BTreeSet::new();
        let mut known_as: BTreeMap<u32, (Grade, Likeness, PersonKey)> = BTreeMap::new();
        for pair in pairs {
            match (pair.payee, pair.row) {
                (PayeeSide::Known(key), RowSide::Payee(at)) => {
                    is_paired.insert(at);
                    groups.push((key, Paid { numbers: vec![key], payees: vec![at] }, pair.likeness));
                }
                (PayeeSide::Loose(at, key), _) => {
                    let found = (pair.told.grade, pair.likeness, key);
                    let known = known_as.entry(at).or_insert(found);
                    *known = found.min(*known);
                }
                _ => {}
            }
        }
        for (at, payee) in (0u32..).zip(&loose.payees) {
            if is_paired.contains(&at) || payee.lines < 2 {
                continue;
            }
            // The number that a registry knows, else the one that takes the least damage.
            let least = payee.cell.read.numbers.iter().min_by_key(|possible| possible.damage);
            let least = least.map(|least| (Likeness { damage: least.damage, ..REPLACED }, least.key));
            let known = known_as.get(&at).map(|&(_, likeness, key)| (likeness, key));
            if let Some((likeness, key)) = known.or(least) {
                groups.push((key, Paid { numbers: Vec::new(), payees: vec![at] }, likeness));
            }
        }
        let wanted = groups.iter().flat_map(|(_, paid, _)| paid.payees.iter().copied()).collect();
        let loose_lines = self.loose_lines(loose, wanted)?;
        for (key, paid, likeness) in groups {
            let (payments, sides) = self.lines_of(&paid, &loose_lines)?;
            // What was paid twice under one usable number is judged already.
            let judged_sides = paid.numbers.len();
            self.judge_lines_together(key, payments, (&sides, judged_sides), likeness, outcome);
        }
        Ok(())
    }

    /// The lines that are held together, and for each on which side it stands.
    fn lines_of(
        &self,
        paid: &Paid,
        loose_lines: &BTreeMap<u32, Payments>,
    ) -> Result<(Payments, Vec<usize>), Error> {
        let mut payments = Payments::of_files(self.file_names());
        let mut sides = Vec::new();
        let mut scratch = Scratch::default();
        for (side, number) in paid.numbers.iter().enumerate() {
            self.read_slices(&mut scratch, (number.0, number.0 + 1))?;
            self.read_lines_of(&mut scratch, &[number.0], &mut Observations::default())?;
            let mut renumbered = Renumbered::default();
            for &line in &scratch.order {
                payments.push_from(&scratch.payments, line, &mut renumbered);
                sides.push(side);
            }
        }
        for (at, payee) in paid.payees.iter().enumerate() {
            let Some(own) = loose_lines.get(payee) else { continue };
            let mut renumbered = Renumbered::default();
            for line in 0..own.len() {
                payments.push_from(own, line, &mut renumbered);
                sides.push(paid.numbers.len() + at);
            }
        }
        Ok((payments, sides))
    }

    /// Judges lines of several sides as if they were one person's: a month that was paid on two of them, or
    /// twice on a side that nobody has judged yet, is a lead.
    fn judge_lines_together(
        &self,
        key: PersonKey,
        mut payments: Payments,
        (sides, judged_sides): (&[usize], usize),
        likeness: Likeness,
        outcome: &mut RangeOutcome,
    ) {
        payments.key.fill(key.0);
        let words = LineWords::new(&payments, self.rulebook);
        let lines: Vec<usize> = (0..payments.len()).collect();
        let places: BTreeMap<String, usize> =
            lines.iter().map(|&line| (payments.place(line), sides[line])).collect();
        let mut unheard = Observations::default();
        let nothing = PersonRows::default();
        let verdict = self.judge_person(key, &payments, &words, &lines, &nothing, &mut unheard);
        let Some(verdict) = verdict else { return };
        let speaking = |line: &LineVerdict, evidence: &Evidence| {
            // Nobody else judges what was paid twice under one damaged number.
            let is_unjudged = sides[line.line] >= judged_sides;
            let is_other = |place: &String| places.get(place) != Some(&sides[line.line]);
            let is_of_lines = evidence.iter().any(|place| places.contains_key(place));
            (is_of_lines && (is_unjudged || evidence.iter().any(is_other))).then_some(likeness)
        };
        let as_leads = |line: &LineVerdict| {
            let mut leads = as_leads(&payments, line, Scope::NONE, &|evidence| speaking(line, evidence))?;
            // Whoever looks into it must find both lines.
            let place: Evidence = [payments.place(line.line)].into();
            leads.leads.iter_mut().for_each(|lead| {
                lead.evidence = union_of_evidence(&[&lead.evidence, &place]);
            });
            Some(leads)
        };
        let lines: Vec<LineVerdict> = verdict.lines.iter().filter_map(as_leads).collect();
        if !lines.is_empty() {
            let verdict = PersonVerdict { lines, money_back: Vec::new(), ..verdict };
            outcome.keep(&payments, verdict, &mut Renumbered::default());
        }
    }

    /// Grants and benefits of other schemes for the deceased, where one of the two numbers is damaged.
    fn judge_damaged_grants(&self, matches: &mut Vec<Match>) -> Result<Vec<GrantVerdict>, Error> {
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
        let pairs = self.grant_pairs((&grants, &loose_grants), (&benefits, &loose_benefits));
        let mut verdicts = Vec::new();
        for (id, of_person) in pairs {
            let own = |rows: &[RegistryRow]| -> Vec<RegistryRow> {
                rows.iter().filter(|row| row.id == Ok(id)).cloned().collect()
            };
            let (mut own_grants, mut own_benefits) = (own(&grants), own(&benefits));
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
            if self.is_grant_claimed(id, &grants, &benefits) {
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
        let own = |rows: &[RegistryRow]| -> Vec<RegistryRow> {
            rows.iter().filter(|row| row.id == Ok(id)).cloned().collect()
        };
        let (grants, benefits) = (own(grants), own(benefits));
        let grants = Register::new(&grants, self.as_of, &mut unheard);
        let benefits = Register::new(&benefits, self.as_of, &mut unheard);
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
        for (row, at, id, how) in damaged_of(names, grants, &damaged_benefits) {
            take(id, row, &loose_benefits[at], how);
        }
        for (row, at, id, how) in damaged_of(names, benefits, &damaged_grants) {
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
                for (_, at, id, how) in damaged_of(names, std::slice::from_ref(&row), &damaged_benefits) {
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

/// What speaks for two payments under numbers of which one replaced the other.
const REPLACED: Likeness = Likeness {
    damage: Damage::Replaced,
    name: NameLikeness::Equal,
    birth: Agreement::Unknown,
    sex: Agreement::Unknown,
    place: Agreement::Unknown,
    is_ambiguous: false,
};

/// The rows that are proposed for a damaged payee.
fn proposed_of(loose: &Loose, pairs: &[&Pair], registry: &RowsByTable) -> Proposed {
    let mut proposed = Proposed::new();
    for pair in pairs {
        match pair.row {
            RowSide::Loose(at) => {
                let LooseRow { table, row, .. } = &loose.rows[at as usize];
                proposed.push(*table, row, pair);
            }
            RowSide::Payee(_) => {}
            RowSide::Known(table) => {
                let rows = registry.get(&table).map_or(&[][..], Vec::as_slice);
                let row = rows.iter().map(|(_, row)| row).find(|row| row.place() == pair.told.place);
                if let Some(row) = row {
                    proposed.push(table, row, pair);
                }
            }
        }
    }
    proposed
}

/// Whatever a verdict says of a line beyond what is claimed of it already, as leads for which something
/// speaks.
fn as_leads(
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
