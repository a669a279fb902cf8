//! Custody rows of one person under one form of the name, as bars.
//!
//! Of the rows that cover a month the one that starts last decides it, so a parole ends a prison row and a
//! revoked suspension bars from its own admission on.

use chrono::NaiveDate;

use super::bars::{Bar, BarCompiler, Event, Tier, source_of};
use crate::domain::{Month, MonthSpan};
use crate::ingest::{Column, RegistryRow};
use crate::messages::{self, LeadReason};
use crate::rulebook::{CustodyCheck, Offset};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Bars,
    BarsNothing,
    Undecided(LeadReason),
}

/// The months that a row covers, and what it says of them.
struct Segment<'a> {
    row: &'a RegistryRow,
    start: NaiveDate,
    span: MonthSpan,
    verdict: Verdict,
    release_unconfirmed: bool,
}

pub(super) fn compile(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &CustodyCheck,
    form: &str,
    rows: &[&RegistryRow],
) {
    let mut segments = Vec::new();
    for row in rows {
        read_row(compiler, rule, check, form, row, &mut segments);
    }
    let mut edges: Vec<Month> =
        segments.iter().flat_map(|segment| [segment.span.from, segment.span.until]).collect();
    edges.sort_unstable();
    edges.dedup();
    for pair in edges.windows(2) {
        let piece = MonthSpan::new(pair[0], pair[1]);
        let Some((deciding, verdict)) = decide(&segments, piece) else {
            continue;
        };
        let tier = match verdict {
            Verdict::BarsNothing => continue,
            Verdict::Bars => Tier::Established,
            Verdict::Undecided(reason) => Tier::Lead(reason),
        };
        let row = deciding.row;
        compiler.bar(Bar {
            rule,
            span: Some(piece),
            scope: check.returns,
            tier,
            name_form: form.to_string(),
            evidence: vec![row.place()],
            event: Event {
                date: deciding.start.to_string(),
                source: source_of(row),
                document_no: row.text(Column::JudgmentNo).to_string(),
                day: Some(deciding.start),
            },
            release_unconfirmed: deciding.release_unconfirmed,
        });
    }
}

/// Of the segments that cover a piece, the one that starts last; equal starts with different verdicts are a
/// lead.
fn decide<'a, 'b>(segments: &'b [Segment<'a>], piece: MonthSpan) -> Option<(&'b Segment<'a>, Verdict)> {
    let covering = || segments.iter().filter(|segment| segment.span.covers(piece));
    let latest = covering().map(|segment| segment.start).max()?;
    let mut deciding = covering().filter(|segment| segment.start == latest);
    let first = deciding.next()?;
    let kind = |verdict: Verdict| {
        matches!(verdict, Verdict::Bars) as u8 + 2 * matches!(verdict, Verdict::BarsNothing) as u8
    };
    let verdict = if deciding.all(|other| kind(other.verdict) == kind(first.verdict)) {
        first.verdict
    } else {
        Verdict::Undecided(LeadReason::CustodyRowsConflict)
    };
    Some((first, verdict))
}

fn read_row<'a>(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &CustodyCheck,
    form: &str,
    row: &'a RegistryRow,
    segments: &mut Vec<Segment<'a>>,
) {
    let verdict = verdict_of(compiler, check, row);
    let Some((start, earliest)) = compiler.custody_start(row, &check.first_of, &check.latest_of) else {
        compiler.note(rule, row.place(), || messages::note_custody(verdict != Verdict::BarsNothing, None));
        if verdict != Verdict::BarsNothing {
            compiler.bar(undated(rule, check, form, row));
        }
        return;
    };
    let offset = |day: NaiveDate, offset: Offset| match offset {
        Offset::Same => Month::containing(day),
        Offset::Next => Month::containing(day).next(),
    };
    let released = compiler.event_day(row, check.released);
    let end = released.or_else(|| row.date(check.term_end)).map(|day| offset(day, check.end_offset));
    let is_open_ended =
        compiler.rulebook.dictionary(&check.words.sentence).is(row.text(Column::Sentence), "open_ended");
    let verdict = match (verdict, end) {
        (Verdict::Bars, None) if !is_open_ended => Verdict::Undecided(LeadReason::CustodyWithoutEnd),
        _ => verdict,
    };
    let from = offset(start, check.start_offset);
    let span = MonthSpan::new(from, end.unwrap_or(Month::OPEN));
    if span.is_empty() && end.is_some_and(|end| end < from) {
        compiler.noticed.note(&row.file, messages::Observation::SpanBackwards, row.row);
    }
    compiler.note(rule, row.place(), || messages::note_custody(verdict != Verdict::BarsNothing, Some(span)));
    let release_unconfirmed = released.is_none();
    if let Some(earliest) = earliest
        && verdict != Verdict::BarsNothing
    {
        let back = MonthSpan::new(offset(earliest, check.start_offset), from.min(span.until));
        let uncertain = Verdict::Undecided(LeadReason::CustodyStartUncertain);
        segments.push(Segment { row, start: earliest, span: back, verdict: uncertain, release_unconfirmed });
    }
    segments.push(Segment { row, start, span, verdict, release_unconfirmed });
}

/// A row that bars, or may, from an unknown month on.
fn undated(rule: usize, check: &CustodyCheck, form: &str, row: &RegistryRow) -> Bar {
    Bar {
        rule,
        span: None,
        scope: check.returns,
        tier: Tier::Lead(LeadReason::CustodyWithoutStart),
        name_form: form.to_string(),
        evidence: vec![row.place()],
        event: Event { source: source_of(row), ..Event::default() },
        release_unconfirmed: false,
    }
}

fn verdict_of(compiler: &BarCompiler<'_>, check: &CustodyCheck, row: &RegistryRow) -> Verdict {
    let (sentence, enforcement) = (row.text(Column::Sentence), row.text(Column::Enforcement));
    let exempt = compiler.rulebook.dictionary(&check.words.exempt);
    if [sentence, enforcement].iter().any(|words| exempt.is(words, "not_barring")) {
        return Verdict::BarsNothing;
    }
    let is_served = compiler.rulebook.dictionary(&check.words.sentence).class_of(sentence).is_some();
    let enforced = compiler.rulebook.dictionary(&check.words.enforcement).class_of(enforcement);
    let lists_inmates =
        compiler.rulebook.dictionary(&check.words.source).is(row.text(Column::Source), "inmates");
    let is_inside = match enforced {
        Some("inside") => true,
        Some("not_inside") => false,
        _ => lists_inmates || compiler.event_day(row, check.admitted).is_some(),
    };
    if is_served && is_inside { Verdict::Bars } else { Verdict::Undecided(LeadReason::CustodyUndecided) }
}
