//! Rows of other pensions of one person under one form of the name, as bars.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::bars::{Bar, BarCompiler, Event, Tier, part, scheme_words};
use crate::domain::{Fen, Month, MonthSpan};
use crate::ingest::{Column, RegistryRow};
use crate::messages::{self, LeadReason, Observation};
use crate::rulebook::PensionCheck;

pub(super) fn compile(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &PensionCheck,
    form: &str,
    rows: &[&RegistryRow],
) {
    let parted = part(rows, form);
    for row in parted.agreeing {
        read_row(compiler, rule, check, form, row, None);
    }
    for row in parted.others {
        read_row(compiler, rule, check, form, row, Some(LeadReason::NamesDiffer));
    }
}

fn read_row(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &PensionCheck,
    form: &str,
    row: &RegistryRow,
    doubt: Option<LeadReason>,
) {
    let words = scheme_words(row);
    let class = compiler.rulebook.dictionary(&check.schemes).class_of(&words);
    let is_own = class.is_some_and(|class| check.classes.iter().any(|own| own == class));
    let is_unclassified = class.is_none() && check.takes_unclassified;
    if !is_own && !is_unclassified {
        compiler.note(rule, row.place(), messages::note_other_scheme);
        return;
    }
    let place = check.elsewhere.map_or(Place::Elsewhere, |column| place_of(compiler, row.text(column)));
    if place == Place::Here {
        compiler.note(rule, row.place(), messages::note_own_place);
        return;
    }
    let from = compiler.event_month(row, Column::FromMonth);
    let until = row.month(Column::UntilMonth);
    let reason = if is_unclassified {
        Some(LeadReason::PensionUnclassified)
    } else if from.is_none() {
        Some(LeadReason::PensionWithoutStart)
    } else {
        let place_doubt = (place == Place::Unknown).then_some(LeadReason::PensionPlaceUnknown);
        status_doubt(compiler, check, row, until).or(doubt).or(place_doubt)
    };
    let end = until.map_or(Month::OPEN, Month::next);
    let known = from.map(|from| MonthSpan::new(from, end));
    if let (Some(from), Some(last)) = (from, until)
        && last < from
    {
        compiler.noticed.note(&row.file, Observation::SpanBackwards, row.row);
    }
    compiler.note(rule, row.place(), || messages::note_pension(known, reason));
    compiler.bar(Bar {
        rule,
        span: known.unwrap_or_else(|| compiler.possible_until(end)),
        is_unknown: known.is_none(),
        scope: compiler.returned(&check.returns),
        tier: reason.map_or(Tier::Established, Tier::Lead),
        name_form: form.to_string(),
        evidence: Arc::new([row.place()]),
        event: Arc::new(Event {
            date: from.map(|month| month.to_string()).unwrap_or_default(),
            source: row.text(Column::Scheme).to_string(),
            document_no: String::new(),
            day: from.and_then(Month::first_day),
        }),
        release_unconfirmed: false,
        settled: Vec::new(),
    });
}

/// Where the other pension is paid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// By the audited place itself.
    Here,
    Elsewhere,
    /// No code, or one that is less exact than that of the audited place.
    Unknown,
}

/// The place that a code names; names of places are not compared.
fn place_of(compiler: &BarCompiler<'_>, text: &str) -> Place {
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let code: String = plain.chars().take_while(char::is_ascii_digit).collect();
    let own = compiler.region;
    if code.is_empty() || own.is_empty() {
        Place::Unknown
    } else if code.starts_with(own) {
        Place::Here
    } else if own.starts_with(code.trim_end_matches('0')) {
        Place::Unknown
    } else {
        Place::Elsewhere
    }
}

fn status_doubt(
    compiler: &BarCompiler<'_>,
    check: &PensionCheck,
    row: &RegistryRow,
    until: Option<Month>,
) -> Option<LeadReason> {
    if row.amount(Column::Monthly) == Some(Fen::ZERO) {
        return Some(LeadReason::PensionIsZero);
    }
    let status = row.text(Column::Status);
    if row.has_unread_words() {
        return Some(LeadReason::PensionStatusUndecided);
    }
    if status.is_empty() {
        return None;
    }
    match compiler.rulebook.dictionary(&check.statuses).class_of(status) {
        Some("drawing") => None,
        Some("ended") if until.is_some() => None,
        Some("ended") => Some(LeadReason::PensionEndedWithoutMonth),
        _ => Some(LeadReason::PensionStatusUndecided),
    }
}
