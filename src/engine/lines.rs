//! Holds a person's net payment lines against the person's bars.
//!
//! Owns which rule hits which line, and what is only a lead. Must not add up money: that is attribution.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bars::{Bar, Event, Evidence, Tier};
use super::netting::{LineKind, NetLines};
use super::repeated::{self, Repetition};
use crate::domain::{CitizenId, Month, MonthSpan, Name, PersonKey};
use crate::ingest::{Component, Payments};
use crate::messages::LeadReason;
use crate::rulebook::{Check, Rule, RuleStatus, Rulebook, Scope};

/// A rule that may claim something of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The rule, by its position in the rulebook.
    pub rule: usize,
    /// What is returnable.
    pub scope: Scope,
    /// The rows behind it.
    pub evidence: Evidence,
    /// What happened.
    pub event: Arc<Event>,
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
    /// What would be returnable, at most.
    pub scope: Scope,
    /// Whether nobody can tell how much of it.
    pub is_unknown: bool,
    /// The months in question.
    pub months: MonthSpan,
    /// How many of the line's months are in question, of how many.
    pub share: (usize, usize),
    /// Why it is no claim.
    pub reason: LeadReason,
    /// The rows behind it.
    pub evidence: Evidence,
}

impl LineLead {
    /// The lead, widened by another one whose months are unknown.
    fn with_unknown(self, undated: &LineLead) -> LineLead {
        let evidence = union_of_evidence(&[&self.evidence, &undated.evidence]);
        let from = self.months.from.min(undated.months.from);
        let until = self.months.until.max(undated.months.until);
        LineLead { is_unknown: true, months: MonthSpan::new(from, until), evidence, ..self }
    }
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
    /// By file, whether a number of it that ends in zeros may be another's.
    pub(super) may_be_cut: &'a [bool],
}

impl LineJudge<'_> {
    /// Judges all net lines of the period.
    pub(super) fn judge(&self) -> Vec<LineVerdict> {
        let repetitions: BTreeMap<usize, Repetition> =
            repeated::find(self.payments, self.net).into_iter().map(|found| (found.line, found)).collect();
        let mut verdicts = Vec::new();
        for &(line, kind) in &self.net.paid {
            let months = self.payments.months[line];
            let may_be_barred = self.bars.iter().any(|bar| !bar.span.intersect(months).is_empty());
            let repetition = repetitions.get(&line);
            if months.intersect(self.period).is_empty() || (!may_be_barred && repetition.is_none()) {
                continue;
            }
            let verdict = self.judge_line((line, kind), repetition);
            if !verdict.hits.is_empty() || !verdict.leads.is_empty() {
                verdicts.push(verdict);
            }
        }
        verdicts
    }

    /// Whether a rule looks at lines of a kind.
    fn looks_at(&self, rule: &Rule, kind: LineKind) -> bool {
        rule.lines.is_empty() || rule.lines.iter().any(|name| name == kind.name())
    }

    fn judge_line(&self, (line, kind): (usize, LineKind), repetition: Option<&Repetition>) -> LineVerdict {
        let mut verdict = LineVerdict { line, hits: Vec::new(), leads: Vec::new() };
        let form = Name::comparison_form(self.payments.name(line));
        for (rule, definition) in self.rulebook.rules.iter().enumerate() {
            match &definition.check {
                Check::Repeated => {
                    if let Some(found) = repetition {
                        self.repeat(rule, found, &mut verdict);
                    }
                }
                check if check.bars() && self.looks_at(definition, kind) => {
                    self.bar(rule, &form, &mut verdict)
                }
                _ => {}
            }
        }
        if !verdict.hits.is_empty() {
            let is_twin = repeated::is_twin(self.payments, self.net, line);
            self.demote(&mut verdict, is_twin);
            self.drop_unsupported(&mut verdict);
        }
        self.doubt_later_places(&mut verdict);
        // What a closer reading of another rule cannot establish, that rule tells by itself.
        verdict.leads.retain(|lead| self.rulebook.rules[lead.rule].refines.is_none());
        verdict
    }

    /// Where the audited place paid before another place began, the first place keeps paying: what that
    /// leaves to be returned here nobody can tell.
    fn doubt_later_places(&self, verdict: &mut LineVerdict) {
        let line = verdict.line;
        for lead in &mut verdict.leads {
            let is_elsewhere = matches!(
                &self.rulebook.rules[lead.rule].check,
                Check::Pension(check) if check.elsewhere.is_some()
            );
            let speaks = |bar: &&Bar| {
                bar.rule == lead.rule
                    && !bar.is_unknown
                    && !bar.span.intersect(self.payments.months[line]).is_empty()
            };
            let began = self.bars.iter().filter(speaks).map(|bar| bar.span.from).min();
            if is_elsewhere && began.is_some_and(|began| self.first_paid() < began) {
                lead.is_unknown = true;
                if lead.reason == LeadReason::CappedAtLead {
                    lead.reason = LeadReason::PensionHereFirst;
                }
            }
        }
    }

    /// The first month that was paid, or from which the rosters say that the pension is paid.
    fn first_paid(&self) -> Month {
        let starts = self.net.paid.iter().flat_map(|&(line, _)| {
            let stated = self.payments.strings.text(self.payments.words[line].start_month);
            [Some(self.payments.months[line].from), Month::parse(stated)]
        });
        starts.flatten().min().unwrap_or(Month::OPEN)
    }

    /// A closer reading supports what the rule that it refines claims of the line, and claims nothing alone.
    fn drop_unsupported(&self, verdict: &mut LineVerdict) {
        let standing: Vec<usize> = verdict.hits.iter().map(|hit| hit.rule).collect();
        let stands = |id: &str| standing.iter().any(|&rule| self.rulebook.rules[rule].id == id);
        verdict.hits.retain(|hit| self.rulebook.rules[hit.rule].refines.as_deref().is_none_or(stands));
    }

    fn repeat(&self, rule: usize, found: &Repetition, verdict: &mut LineVerdict) {
        let evidence: Evidence = found.earlier.iter().map(|&line| self.payments.place(line)).collect();
        let months = self.payments.months[found.line];
        if let Some((scope, reason)) = found.doubtful {
            verdict.leads.push(LineLead {
                rule,
                scope,
                is_unknown: false,
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
                event: Arc::default(),
                stop_month: months.from,
                release_unconfirmed: false,
            });
        }
    }

    /// Holds a line against the bars of one rule.
    fn bar(&self, rule: usize, form: &str, verdict: &mut LineVerdict) {
        let months = self.payments.months[verdict.line];
        let own = || self.bars.iter().filter(|bar| bar.rule == rule && bar.name_form == form);
        let covering = |is_unknown: bool| {
            let spans = own().filter(move |bar| bar.is_unknown == is_unknown);
            spans.map(|bar| (bar, bar.span.intersect(months))).filter(|(_, covered)| !covered.is_empty())
        };
        let relevant: Vec<(&Bar, MonthSpan)> = covering(false).collect();
        let establishing: Vec<&(&Bar, MonthSpan)> =
            relevant.iter().filter(|(bar, _)| bar.tier == Tier::Established).collect();
        let is_established = |month| establishing.iter().any(|(_, covered)| covered.contains(month));
        let all_established = months.months().all(is_established);
        if all_established && self.period.covers(months) {
            let hit = self.hit(rule, months, &establishing);
            // What a rule does not return of a line it does not hit.
            if self.payments.total_only[verdict.line] || !self.is_nothing(verdict.line, hit.scope) {
                verdict.hits.push(hit);
            }
            return;
        }
        let in_question = |month: &Month| {
            self.period.contains(*month) && relevant.iter().any(|(_, covered)| covered.contains(*month))
        };
        let barred: Vec<Month> = months.months().filter(in_question).collect();
        let undated = self.undated(verdict.line, rule, covering(true).map(|(bar, _)| bar), &barred);
        let (Some(&first), Some(&last)) = (barred.first(), barred.last()) else {
            verdict.leads.extend(undated);
            return;
        };
        let (scope, is_unknown) = self.returnable(verdict.line, relevant[0].0.scope);
        let lead = LineLead {
            rule,
            scope,
            is_unknown,
            months: MonthSpan::through(first, last),
            share: (barred.len(), months.len()),
            reason: if all_established {
                LeadReason::SpanOutsidePeriod
            } else {
                reason_of(months, &relevant)
            },
            evidence: evidence_of(relevant.iter().map(|(bar, _)| *bar)),
        };
        verdict.leads.push(match undated {
            // Of a line for several months nobody can tell the share, if some of them are unknown.
            Some(undated) => lead.with_unknown(&undated),
            None => lead,
        });
    }

    /// A lead from rows of which nobody knows the months, on a line of which no other row of the rule speaks.
    fn undated<'b>(
        &self,
        line: usize,
        rule: usize,
        bars: impl Iterator<Item = &'b Bar>,
        known: &[Month],
    ) -> Option<LineLead> {
        let months = self.payments.months[line];
        let may_bar = |bar: &Bar, month: &Month| {
            self.period.contains(*month)
                && !known.contains(month)
                && bar.span.contains(*month)
                && !bar.settled.iter().any(|span| span.contains(*month))
        };
        let speaking: Vec<&Bar> =
            bars.filter(|bar| months.months().any(|month| may_bar(bar, &month))).collect();
        let in_question: Vec<Month> =
            months.months().filter(|month| speaking.iter().any(|bar| may_bar(bar, month))).collect();
        let Tier::Lead(reason) = speaking.first()?.tier else { return None };
        let (scope, _) = self.returnable(line, speaking[0].scope);
        Some(LineLead {
            rule,
            scope,
            is_unknown: true,
            months: MonthSpan::through(*in_question.first()?, *in_question.last()?),
            share: (1, 1),
            reason,
            evidence: evidence_of(speaking.iter().copied()),
        })
    }

    /// The part of a line that a scope returns, and whether that can be told: of a bare total, only a scope
    /// of everything is known.
    fn returnable(&self, line: usize, scope: Scope) -> (Scope, bool) {
        if self.payments.total_only[line] && scope != Scope::ALL {
            (Scope::of([Component::Other]), true)
        } else {
            (scope, false)
        }
    }

    fn is_nothing(&self, line: usize, scope: Scope) -> bool {
        scope.of_amounts(&self.payments.amounts[line]) == [0; 5]
    }

    fn hit(&self, rule: usize, months: MonthSpan, establishing: &[&(&Bar, MonthSpan)]) -> Hit {
        let bars = || establishing.iter().map(|(bar, _)| *bar);
        let first = bars().min_by_key(|bar| (bar.span.from, &bar.event, &bar.evidence));
        Hit {
            rule,
            scope: bars().fold(Scope::NONE, |scope, bar| scope.union(bar.scope)),
            evidence: evidence_of(bars()),
            event: first.map(|bar| bar.event.clone()).unwrap_or_default(),
            stop_month: match &self.rulebook.rules[rule].check {
                // An age bars from birth on: what counts is the first month that was paid all the same.
                Check::Age(_) => months.from,
                _ => first.map_or(Month::OPEN, |bar| bar.span.from),
            },
            release_unconfirmed: bars().any(|bar| bar.release_unconfirmed),
        }
    }

    /// Turns hits into leads where something about the line, or the rule itself, forbids a claim.
    fn demote(&self, verdict: &mut LineVerdict, is_twin: bool) {
        let line = verdict.line;
        let months = self.payments.months[line];
        let has_reversal = self.net.unmatched.iter().any(|span| !span.intersect(months).is_empty());
        let has_negative = self.payments.amounts[line].iter().any(|&fen| fen < 0);
        let hits = std::mem::take(&mut verdict.hits);
        for hit in hits {
            let rule = &self.rulebook.rules[hit.rule];
            let (scope, is_unknown) =
                if self.is_repetition(&hit) { (hit.scope, false) } else { self.returnable(line, hit.scope) };
            let reason = if self.is_cut(line) {
                Some(LeadReason::NumberMayBeCut)
            } else if is_twin {
                Some(LeadReason::DoubleImport)
            } else if self.net.doubtful.contains(&line) {
                Some(LeadReason::PayStatusUndecided)
            } else if has_reversal {
                Some(LeadReason::UnmatchedReversal)
            } else if has_negative {
                Some(LeadReason::NegativeComponent)
            } else if is_unknown {
                Some(LeadReason::TotalOnly)
            } else if !rule.has_law_in(months) {
                Some(LeadReason::NoLawInForce)
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
            if let Some(lead) = verdict.leads.iter_mut().find(|lead| lead.rule == hit.rule) {
                // What was certain joins what was doubtful: one lead for each rule and line.
                lead.scope = lead.scope.union(scope);
            } else {
                verdict.leads.push(LineLead {
                    rule: hit.rule,
                    scope,
                    is_unknown,
                    months,
                    share: (1, 1),
                    reason,
                    evidence: hit.evidence,
                });
            }
        }
    }

    /// Whether a spreadsheet may have cut the number on a line.
    fn is_cut(&self, line: usize) -> bool {
        let id = CitizenId::from_key(PersonKey(self.payments.key[line]));
        let is_file = self.may_be_cut.get(self.payments.file[line] as usize);
        is_file == Some(&true) && id.is_some_and(CitizenId::ends_in_zeros)
    }

    fn is_repetition(&self, hit: &Hit) -> bool {
        matches!(self.rulebook.rules[hit.rule].check, Check::Repeated)
    }
}

/// The one reason by which a lead is told: the first doubt of a bar that is not only about the name, else
/// what the line itself leaves open, else that the names differ.
fn reason_of(months: MonthSpan, relevant: &[(&Bar, MonthSpan)]) -> LeadReason {
    let doubts = || {
        relevant.iter().filter_map(|(bar, _)| match bar.tier {
            Tier::Lead(reason) => Some(reason),
            Tier::Established => None,
        })
    };
    let own = doubts().find(|reason| *reason != LeadReason::NamesDiffer);
    own.or_else(|| doubts().next()).unwrap_or(if months.len() > 1 {
        LeadReason::SpanPartlyBarred
    } else {
        LeadReason::SpanOutsidePeriod
    })
}

fn evidence_of<'a>(bars: impl Iterator<Item = &'a Bar>) -> Evidence {
    let evidence: Vec<&Evidence> = bars.map(|bar| &bar.evidence).collect();
    union_of_evidence(&evidence)
}

/// All rows of several, each once and in order. Where that is what one of them says, it is shared.
pub fn union_of_evidence(parts: &[&Evidence]) -> Evidence {
    let is_in_order = |part: &Evidence| part.is_sorted_by(|a, b| a < b);
    match parts {
        [only] if is_in_order(only) => (*only).clone(),
        [first, rest @ ..] if is_in_order(first) && rest.iter().all(|other| other == first) => {
            (*first).clone()
        }
        _ => {
            let mut rows: Vec<&String> = parts.iter().flat_map(|part| part.iter()).collect();
            rows.sort();
            rows.dedup();
            rows.into_iter().cloned().collect()
        }
    }
}
