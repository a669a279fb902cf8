//! Holds a person's net payment lines against the person's bars.
//!
//! Owns which rule hits which line, and what is only a lead. Must not add up money: that is attribution.

use std::collections::BTreeMap;

use super::bars::{Bar, Event, Tier};
use super::netting::NetLines;
use super::repeated::{self, Repetition};
use crate::domain::{Month, MonthSpan, Name};
use crate::ingest::{Observations, Payments};
use crate::messages::{LeadReason, Observation};
use crate::rulebook::{Check, RuleStatus, Rulebook, Scope};

/// A rule that may claim something of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The rule, by its position in the rulebook.
    pub rule: usize,
    /// What is returnable.
    pub scope: Scope,
    /// The rows behind it.
    pub evidence: Vec<String>,
    /// What happened.
    pub event: Event,
    /// The first month for which nothing was due.
    pub stop_month: Month,
    /// The end of the span rests on an order, not on a report of release.
    pub release_unconfirmed: bool,
}

/// A rule that points at a line without claiming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineLead {
    /// The rule, by its position in the rulebook.
    pub rule: usize,
    /// What would be returnable; `None` where that cannot be told.
    pub scope: Option<Scope>,
    /// The months in question.
    pub months: MonthSpan,
    /// How many of the line's months are in question, of how many.
    pub share: (usize, usize),
    /// Why it is no claim.
    pub reason: LeadReason,
    /// The rows behind it.
    pub evidence: Vec<String>,
}

/// What the rules say of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineVerdict {
    /// The line.
    pub line: usize,
    /// The rules that may claim.
    pub hits: Vec<Hit>,
    /// The rules that point; at most one lead for each rule.
    pub leads: Vec<LineLead>,
}

/// What the person's lines are held against.
pub(super) struct LineJudge<'a> {
    pub(super) payments: &'a Payments,
    pub(super) rulebook: &'a Rulebook,
    pub(super) period: MonthSpan,
    pub(super) bars: &'a [Bar],
    pub(super) net: &'a NetLines,
}

impl LineJudge<'_> {
    /// Judges all net lines of the period.
    pub(super) fn judge(&self, noticed: &mut Observations) -> Vec<LineVerdict> {
        let repetitions: BTreeMap<usize, Repetition> =
            repeated::find(self.payments, self.net).into_iter().map(|found| (found.line, found)).collect();
        let mut verdicts = Vec::new();
        for &(line, _) in &self.net.paid {
            if self.payments.months[line].intersect(self.period).is_empty() {
                let file = &self.payments.files[usize::from(self.payments.file[line])];
                noticed.note(file, Observation::OutsidePeriod, self.payments.row[line]);
                continue;
            }
            let verdict = self.judge_line(line, repetitions.get(&line));
            if !verdict.hits.is_empty() || !verdict.leads.is_empty() {
                verdicts.push(verdict);
            }
        }
        verdicts
    }

    fn judge_line(&self, line: usize, repetition: Option<&Repetition>) -> LineVerdict {
        let mut verdict = LineVerdict { line, hits: Vec::new(), leads: Vec::new() };
        let form = Name::comparison_form(self.payments.name(line));
        for (rule, definition) in self.rulebook.rules.iter().enumerate() {
            match &definition.check {
                Check::Repeated => {
                    if let Some(found) = repetition {
                        self.repeat(rule, found, &mut verdict);
                    }
                }
                Check::Death(_) | Check::Custody(_) | Check::Pension(_) => {
                    self.bar(rule, &form, &mut verdict)
                }
                Check::Exclusive(_) | Check::Absent(_) => {}
            }
        }
        self.demote(&mut verdict);
        verdict
    }

    fn repeat(&self, rule: usize, found: &Repetition, verdict: &mut LineVerdict) {
        let evidence: Vec<String> = found.earlier.iter().map(|&line| self.payments.place(line)).collect();
        let months = self.payments.months[found.line];
        if let Some((scope, reason)) = found.doubtful {
            verdict.leads.push(LineLead {
                rule,
                scope: Some(scope),
                months,
                share: (1, 1),
                reason,
                evidence: evidence.clone(),
            });
        }
        if !found.claimed.is_empty() {
            verdict.hits.push(Hit {
                rule,
                scope: found.claimed,
                evidence,
                event: Event::default(),
                stop_month: months.from,
                release_unconfirmed: false,
            });
        }
    }

    /// Holds a line against the bars of one rule.
    fn bar(&self, rule: usize, form: &str, verdict: &mut LineVerdict) {
        let months = self.payments.months[verdict.line];
        let relevant: Vec<(&Bar, MonthSpan)> = self
            .bars
            .iter()
            .filter(|bar| bar.rule == rule)
            .filter_map(|bar| bar.span.map(|span| (bar, span.intersect(months))))
            .filter(|(_, covered)| !covered.is_empty())
            .collect();
        if relevant.is_empty() {
            return;
        }
        let agrees = |bar: &Bar| !form.is_empty() && bar.name_form == form;
        let establishing: Vec<&(&Bar, MonthSpan)> =
            relevant.iter().filter(|(bar, _)| agrees(bar) && bar.tier == Tier::Established).collect();
        let is_established = |month| establishing.iter().any(|(_, covered)| covered.contains(month));
        let barred: Vec<Month> = months
            .months()
            .filter(|&month| relevant.iter().any(|(_, covered)| covered.contains(month)))
            .collect();
        if months.months().all(is_established) && self.period.covers(months) {
            verdict.hits.push(self.hit(rule, &establishing));
            return;
        }
        let reason = self.reason(months, &relevant, form, months.months().all(is_established));
        let total_only_part = self.payments.total_only[verdict.line] && relevant[0].0.scope != Scope::ALL;
        let (first, last) = (barred[0], barred[barred.len() - 1]);
        verdict.leads.push(LineLead {
            rule,
            scope: (!total_only_part).then_some(relevant[0].0.scope),
            months: MonthSpan::through(first, last),
            share: (barred.len(), months.len()),
            reason,
            evidence: evidence_of(relevant.iter().map(|(bar, _)| *bar)),
        });
    }

    fn hit(&self, rule: usize, establishing: &[&(&Bar, MonthSpan)]) -> Hit {
        let bars = || establishing.iter().map(|(bar, _)| *bar);
        let first = bars().min_by_key(|bar| bar.span.map(|span| span.from));
        Hit {
            rule,
            scope: bars().fold(Scope::NONE, |scope, bar| scope.union(bar.scope)),
            evidence: evidence_of(bars()),
            event: first.map(|bar| bar.event.clone()).unwrap_or_default(),
            stop_month: first.and_then(|bar| bar.span).map_or(Month::OPEN, |span| span.from),
            release_unconfirmed: bars().any(|bar| bar.release_unconfirmed),
        }
    }

    /// The one reason by which a lead is told: the first doubt of a bar under the line's own name, else
    /// what the line itself leaves open, else that the names differ.
    fn reason(
        &self,
        months: MonthSpan,
        relevant: &[(&Bar, MonthSpan)],
        form: &str,
        all_barred: bool,
    ) -> LeadReason {
        if all_barred {
            return LeadReason::SpanOutsidePeriod;
        }
        let own =
            || relevant.iter().map(|(bar, _)| *bar).filter(|bar| !form.is_empty() && bar.name_form == form);
        let doubt = own().find_map(|bar| match bar.tier {
            Tier::Lead(reason) => Some(reason),
            Tier::Established => None,
        });
        match doubt {
            Some(reason) => reason,
            None if own().next().is_some() && months.len() > 1 => LeadReason::SpanPartlyBarred,
            None => LeadReason::NamesDiffer,
        }
    }

    /// Turns hits into leads where something about the line, or the rule itself, forbids a claim.
    fn demote(&self, verdict: &mut LineVerdict) {
        let line = verdict.line;
        let months = self.payments.months[line];
        let has_reversal = self.net.unmatched.iter().any(|span| !span.intersect(months).is_empty());
        let has_negative = self.payments.amounts[line].iter().any(|&fen| fen < 0);
        let hits = std::mem::take(&mut verdict.hits);
        for hit in hits {
            let rule = &self.rulebook.rules[hit.rule];
            let total_only_part = self.payments.total_only[line] && !self.returns_everything(&hit);
            let reason = if has_reversal {
                Some(LeadReason::UnmatchedReversal)
            } else if has_negative {
                Some(LeadReason::NegativeComponent)
            } else if total_only_part {
                Some(LeadReason::TotalOnly)
            } else if rule.establishes() {
                None
            } else if rule.status == RuleStatus::Trial {
                Some(LeadReason::OnTrial)
            } else {
                Some(LeadReason::CappedAtLead)
            };
            let Some(reason) = reason else {
                verdict.hits.push(hit);
                continue;
            };
            if verdict.leads.iter().all(|lead| lead.rule != hit.rule) {
                verdict.leads.push(LineLead {
                    rule: hit.rule,
                    scope: (!total_only_part).then_some(hit.scope),
                    months,
                    share: (1, 1),
                    reason,
                    evidence: hit.evidence,
                });
            }
        }
    }

    /// Whether a hit takes a line's whole amount, so that a bare total is enough.
    fn returns_everything(&self, hit: &Hit) -> bool {
        matches!(self.rulebook.rules[hit.rule].check, Check::Repeated) || hit.scope == Scope::ALL
    }
}

fn evidence_of<'a>(bars: impl Iterator<Item = &'a Bar>) -> Vec<String> {
    let mut evidence: Vec<String> = bars.flat_map(|bar| bar.evidence.iter().cloned()).collect();
    evidence.sort();
    evidence.dedup();
    evidence
}
