//! Custody rows of one person, as bars for payment lines under one form of the name.
//!
//! Of the rows that cover a month the one that starts last decides it, so a parole ends a prison row
//! and a revoked suspension bars from its own admission on. A month is established only if the rows
//! under the line's own name say so and the rows under other names do not gainsay it.

use std::sync::Arc;

use chrono::NaiveDate;

use super::bars::{Bar, BarCompiler, Event, Tier, part, source_of, speaking_order};
use crate::domain::{Month, MonthSpan};
use crate::ingest::{Column, RegistryRow};
use crate::messages::{self, LeadReason, Observation};
use crate::rulebook::{CustodyCheck, CustodyDictionaries, Rulebook, Scope};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Bars,
    BarsNothing,
    Undecided(LeadReason),
}

impl Verdict {
    /// Whether two rows say the same, whatever their reasons.
    fn agrees(self, other: Verdict) -> bool {
        let kind = |verdict: Verdict| match verdict {
            Verdict::Bars => 0,
            Verdict::BarsNothing => 1,
            Verdict::Undecided(_) => 2,
        };
        kind(self) == kind(other)
    }
}

/// The months that a row covers, and what it says of them.
#[derive(Clone, Copy)]
struct Segment<'a> {
    row: &'a RegistryRow,
    start: NaiveDate,
    span: MonthSpan,
    verdict: Verdict,
    release_unconfirmed: bool,
}

/// What a set of rows says.
#[derive(Default)]
struct History<'a> {
    segments: Vec<Segment<'a>>,
    /// Rows without a start that bar, or may, with the month from which they no longer do.
    undated: Vec<(&'a RegistryRow, Month)>,
    /// Until when rows without a start say that payment went on: nobody knows from when.
    released_until: Option<Month>,
}

pub(super) fn compile(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &CustodyCheck,
    form: &str,
    rows: &[&RegistryRow],
) {
    let (parted, scope) = (part(rows, form), compiler.returned(&check.returns));
    let mut own = History::read(compiler, rule, check, &parted.agreeing);
    let mut all = History::read(compiler, rule, check, &parted.others);
    all.segments.extend(own.segments.iter().copied());
    all.undated.extend(own.undated.iter().copied());
    all.released_until = all.released_until.max(own.released_until);
    own.align();
    all.align();
    let ends = all.segments.iter().flat_map(|segment| [segment.span.from, segment.span.until]);
    let mut edges: Vec<Month> = ends.chain(own.released_until).chain(all.released_until).collect();
    edges.sort_unstable();
    edges.dedup();
    for pair in edges.windows(2) {
        let piece = MonthSpan::new(pair[0], pair[1]);
        if let Some((segment, tier)) = judge(&own, &all, piece) {
            compiler.bar(bar(rule, scope, form, piece, segment, tier));
        }
    }
    let spans =
        |history: &History<'_>| history.segments.iter().map(|segment| segment.span).collect::<Vec<_>>();
    for &(row, until) in &all.undated {
        let is_own = parted.agreeing.iter().any(|own| std::ptr::eq(*own, row));
        let reason = if is_own { LeadReason::CustodyWithoutStart } else { LeadReason::NamesDiffer };
        compiler.bar(Bar {
            rule,
            span: compiler.possible_until(until),
            is_unknown: true,
            scope,
            tier: Tier::Lead(reason),
            name_form: form.to_string(),
            evidence: Arc::new([row.place()]),
            event: Arc::new(Event { source: source_of(row), ..Event::default() }),
            release_unconfirmed: false,
            settled: spans(if is_own { &own } else { &all }),
        });
    }
}

fn bar(rule: usize, scope: Scope, form: &str, span: MonthSpan, segment: &Segment<'_>, tier: Tier) -> Bar {
    let row = segment.row;
    Bar {
        rule,
        span,
        is_unknown: false,
        scope,
        tier,
        name_form: form.to_string(),
        evidence: Arc::new([row.place()]),
        event: Arc::new(Event {
            date: segment.start.to_string(),
            source: source_of(row),
            document_no: row.text(Column::JudgmentNo).to_string(),
            day: Some(segment.start),
        }),
        release_unconfirmed: segment.release_unconfirmed,
        settled: Vec::new(),
    }
}

/// What a piece of months is: established if the rows under the own name and all rows together bar it, a
/// lead if either may.
fn judge<'h, 'a>(
    own: &'h History<'a>,
    all: &'h History<'a>,
    piece: MonthSpan,
) -> Option<(&'h Segment<'a>, Tier)> {
    let says = |verdict: Option<(&'h Segment<'a>, Verdict)>| match verdict {
        None | Some((_, Verdict::BarsNothing)) => None,
        Some((segment, Verdict::Bars)) => Some((segment, None)),
        Some((segment, Verdict::Undecided(reason))) => Some((segment, Some(reason))),
    };
    match (says(own.decide(piece)), says(all.decide(piece))) {
        (Some((segment, None)), Some((_, None))) => Some((segment, Tier::Established)),
        (Some((segment, Some(reason))), _) => Some((segment, Tier::Lead(reason))),
        (Some((segment, None)), _) => Some((segment, Tier::Lead(LeadReason::CustodyRowsConflict))),
        (None, Some((segment, _))) => Some((segment, Tier::Lead(LeadReason::NamesDiffer))),
        (None, None) => None,
    }
}

impl<'a> History<'a> {
    fn read(
        compiler: &mut BarCompiler<'_>,
        rule: usize,
        check: &CustodyCheck,
        rows: &[&'a RegistryRow],
    ) -> History<'a> {
        let mut history = History::default();
        for row in rows {
            history.read_row(compiler, rule, check, row);
        }
        history
    }

    /// Lets a row that bars nothing begin with the rows of the same day that do: they contradict each other
    /// from their first month on.
    fn align(&mut self) {
        let barring: Vec<(NaiveDate, Month)> = self
            .segments
            .iter()
            .filter(|segment| segment.verdict != Verdict::BarsNothing)
            .map(|segment| (segment.start, segment.span.from))
            .collect();
        for segment in self.segments.iter_mut().filter(|segment| segment.verdict == Verdict::BarsNothing) {
            let same_day = barring.iter().filter(|(start, _)| *start == segment.start);
            let first = same_day.map(|&(_, from)| from).min();
            segment.span.from = first.map_or(segment.span.from, |first| first.min(segment.span.from));
        }
    }

    /// Of the segments that cover a piece, the one that starts last; equal starts with different verdicts
    /// are a lead, and so is a bar beside a release of which nobody knows the day.
    fn decide(&self, piece: MonthSpan) -> Option<(&Segment<'a>, Verdict)> {
        let covering = || self.segments.iter().filter(|segment| segment.span.covers(piece));
        let latest = covering().map(|segment| segment.start).max()?;
        let deciding = || covering().filter(|segment| segment.start == latest);
        let first = deciding().min_by_key(|segment| speaking_order(segment.row))?;
        let is_unanimous = deciding().all(|other| other.verdict.agrees(first.verdict));
        let verdict = match first.verdict {
            Verdict::Bars if self.released_until.is_some_and(|until| piece.from < until) => {
                Verdict::Undecided(LeadReason::CustodyRowsConflict)
            }
            verdict if is_unanimous => verdict,
            _ => Verdict::Undecided(LeadReason::CustodyRowsConflict),
        };
        Some((first, verdict))
    }

    fn read_row(
        &mut self,
        compiler: &mut BarCompiler<'_>,
        rule: usize,
        check: &CustodyCheck,
        row: &'a RegistryRow,
    ) {
        let is_admitted = compiler.event_day(row, check.admitted).is_some();
        let verdict = verdict_of(compiler.rulebook, &check.words, row, is_admitted);
        let released = compiler.event_day(row, check.released);
        let end = released.or_else(|| row.date(check.term_end)).map(|day| check.end_offset.month(day));
        let Some((start, earliest)) = compiler.custody_start(row, &check.first_of, &check.latest_of) else {
            self.read_undated(compiler, rule, row, verdict, end.unwrap_or(Month::OPEN));
            return;
        };
        let sentences = compiler.rulebook.dictionary(&check.words.sentence);
        let is_open_ended = sentences.is(row.text(Column::Sentence), "open_ended");
        let verdict = match (verdict, end) {
            (Verdict::Bars, None) if !is_open_ended => Verdict::Undecided(LeadReason::CustodyWithoutEnd),
            _ => verdict,
        };
        // The month in which payment goes on again was barred still, whatever the place says of the first.
        let month_of = |compiler: &BarCompiler<'_>, day: NaiveDate| match verdict {
            Verdict::BarsNothing => Month::containing(day).next(),
            _ => compiler.start(&check.start, day),
        };
        let from = month_of(compiler, start);
        if end.is_some_and(|end| end < from) {
            compiler.observe(row, Observation::SpanBackwards);
        }
        let span = MonthSpan::new(from, end.unwrap_or(Month::OPEN));
        compiler
            .note(rule, row.place(), || messages::note_custody(verdict != Verdict::BarsNothing, Some(span)));
        // An open sentence has no ordered end that could be overtaken by a release.
        let release_unconfirmed = released.is_none() && end.is_some();
        if let Some(earliest) = earliest {
            let span = MonthSpan::new(month_of(compiler, earliest), from.min(span.until));
            let verdict = match verdict {
                Verdict::BarsNothing => Verdict::BarsNothing,
                _ => Verdict::Undecided(LeadReason::CustodyStartUncertain),
            };
            self.segments.push(Segment { row, start: earliest, span, verdict, release_unconfirmed });
        }
        self.segments.push(Segment { row, start, span, verdict, release_unconfirmed });
    }
}

impl<'a> History<'a> {
    /// A row of which nobody knows when it begins to speak.
    fn read_undated(
        &mut self,
        compiler: &mut BarCompiler<'_>,
        rule: usize,
        row: &'a RegistryRow,
        verdict: Verdict,
        until: Month,
    ) {
        let may_bar = verdict != Verdict::BarsNothing;
        compiler.note(rule, row.place(), || messages::note_custody(may_bar, None));
        if may_bar {
            self.undated.push((row, until));
        } else {
            self.released_until = self.released_until.max(Some(until));
        }
    }
}

/// Whether a row stops the pension by its words: a sentence that is served inside.
pub(super) fn stops(
    rulebook: &Rulebook,
    words: &CustodyDictionaries,
    row: &RegistryRow,
    is_admitted: bool,
) -> bool {
    verdict_of(rulebook, words, row, is_admitted) == Verdict::Bars
}

fn verdict_of(
    rulebook: &Rulebook,
    words: &CustodyDictionaries,
    row: &RegistryRow,
    is_admitted: bool,
) -> Verdict {
    let (sentence, enforcement) = (row.text(Column::Sentence), row.text(Column::Enforcement));
    let exempt = rulebook.dictionary(&words.exempt);
    if [sentence, enforcement].iter().any(|words| exempt.is(words, "not_barring")) {
        return Verdict::BarsNothing;
    }
    let is_served = rulebook.dictionary(&words.sentence).class_of(sentence).is_some();
    let enforced = rulebook.dictionary(&words.enforcement).class_of(enforcement);
    let lists_inmates = rulebook.dictionary(&words.source).is(row.text(Column::Source), "inmates");
    let is_inside = match enforced {
        Some("inside") => true,
        Some("not_inside") => false,
        _ => lists_inmates || is_admitted,
    };
    if is_served && is_inside { Verdict::Bars } else { Verdict::Undecided(LeadReason::CustodyUndecided) }
}
