//! Owns P-01: what the custody rows say about one month of one payment line. Must not know amounts.

use chrono::NaiveDate;
use pension_audit::domain::Month;

use super::rows::{Person, word_text};
use super::{Tier, words};
use crate::oracle::projects::{Row, Table};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Bars,
    BarsNothing,
    Lead,
}

/// The months that one row covers: after the month of the start, through the month of the end.
struct Spell {
    name: String,
    verdict: Verdict,
    /// `None`: the row does not say when it began.
    start: Option<NaiveDate>,
    /// The first month covered; `None` without a start.
    first: Option<Month>,
    /// The last month covered; `None` when it is open.
    last: Option<Month>,
    unconfirmed: bool,
    why: Vec<String>,
}

impl Spell {
    fn covers(&self, month: Month) -> bool {
        self.first.is_none_or(|first| first <= month) && self.last.is_none_or(|last| month <= last)
    }
}

fn verdict_of(person: &Person, row: &Row, why: &mut Vec<String>) -> Verdict {
    let (sentence, enforcement) = (word_text(row.cell("sentence")), word_text(row.cell("enforcement")));
    for text in [&sentence, &enforcement] {
        if let Some(word) = words::first_in(text, &words::NOT_SERVED) {
            why.push(format!("custody, bars nothing: {word}"));
            return Verdict::BarsNothing;
        }
    }
    let Some(word) = words::first_in(&sentence, &words::SENTENCES) else {
        why.push("custody, no sentence: lead".to_string());
        return Verdict::Lead;
    };
    if let Some(place) = words::first_in(&enforcement, &words::INSIDE) {
        why.push(format!("custody, served inside: {place}"));
    } else if person.event(row, "admitted_on").is_some() {
        why.push("custody, inside because admitted_on is present".to_string());
    } else if words::first_in(&word_text(row.cell("source")), &words::INSIDE).is_some() {
        // Reading: a source lists inmates if its name contains one of the words for "inside".
        why.push("custody, inside because the source lists inmates".to_string());
    } else if enforcement.is_empty() {
        why.push("custody, empty enforcement: lead".to_string());
        return Verdict::Lead;
    } else {
        why.push("custody, unknown enforcement: lead".to_string());
        return Verdict::Lead;
    }
    why.push(format!("custody, sentence: {word}"));
    if sentence.contains("死刑缓期") || sentence.contains("死缓") {
        why.push("custody, 死缓 is not 缓刑".to_string());
    }
    Verdict::Bars
}

const STARTS: [(&str, &str); 3] = [
    ("status_from", "custody, starts by status_from"),
    ("term_from", "custody, starts by term_from"),
    ("admitted_on", "custody, starts by admitted_on"),
];

fn first_present_start(person: &Person, row: &Row) -> Option<(NaiveDate, &'static str)> {
    STARTS.iter().find_map(|&(column, clause)| person.event(row, column).map(|day| (day, clause)))
}

/// The earliest and the latest of the three days on which custody may have begun.
fn fallback_starts(person: &Person, row: &Row) -> Option<(NaiveDate, NaiveDate)> {
    let days: Vec<NaiveDate> =
        ["detained_on", "sentenced_on", "effective_on"].iter().filter_map(|c| person.event(row, c)).collect();
    Some((*days.iter().min()?, *days.iter().max()?))
}

/// The day on which a row starts.
pub(super) fn start_of(person: &Person, row: &Row) -> Option<NaiveDate> {
    first_present_start(person, row)
        .map(|(day, _)| day)
        .or_else(|| fallback_starts(person, row).map(|(_, latest)| latest))
}

/// The spells of one row: one, or two when it is not sure when it began.
///
/// Reading: a row that bars nothing and has no end stays open and bars nothing; only a row that would bar
/// becomes a lead.
fn spells_of(person: &Person, row: &Row) -> Vec<Spell> {
    let mut why = Vec::new();
    let mut verdict = verdict_of(person, row, &mut why);
    let released = person.event(row, "released_on");
    let term_to = person.end(row, "term_to");
    let last = released.or(term_to).map(Month::containing);
    if released.is_some() {
        why.push("custody, ends by released_on".to_string());
    } else if term_to.is_some() {
        why.push("custody, ends by term_to: release_unconfirmed".to_string());
    } else if verdict == Verdict::Bars
        && words::first_in(&word_text(row.cell("sentence")), &words::FOR_LIFE).is_some()
    {
        why.push("custody, open for life".to_string());
    } else if verdict == Verdict::Bars {
        why.push("custody, open without a life sentence: lead".to_string());
        verdict = Verdict::Lead;
    }
    let unconfirmed = released.is_none() && term_to.is_some();
    let name = row.cell("name").to_string();
    let spell = |verdict, start: Option<NaiveDate>, last, clause: &str| {
        let first = start.map(|day| Month::containing(day).next());
        let mut why = why.clone();
        why.push(clause.to_string());
        Spell { name: name.clone(), verdict, start, first, last, unconfirmed, why }
    };
    if let Some((start, clause)) = first_present_start(person, row) {
        return vec![spell(verdict, Some(start), last, clause)];
    }
    let Some((earliest, latest)) = fallback_starts(person, row) else {
        return vec![spell(verdict, None, last, "custody, no start: lead")];
    };
    let mut spells = vec![spell(verdict, Some(latest), last, "custody, starts by the latest of three")];
    // Reading: before the latest day a row that bars is a lead, one that bars nothing bars nothing; it takes
    // part in "the one that starts last" with its earliest day.
    if earliest < latest {
        let until = Month::containing(latest);
        let until = last.map_or(until, |last| last.min(until));
        let verdict = if verdict == Verdict::BarsNothing { Verdict::BarsNothing } else { Verdict::Lead };
        spells.push(spell(verdict, Some(earliest), Some(until), "custody, back to the earliest is a lead"));
    }
    spells
}

/// What a set of rows says about a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Nothing,
    Lead,
    LeadOfUnknownAmount,
    Bars,
}

/// Of the rows that cover the month the one that starts last decides.
///
/// Reading: a row without any start cannot be put in order. If it would bar, it is a lead where no row with a
/// start covers the month; if it bars nothing, it turns another row's bar into a lead.
fn decide(person: &Person, spells: &[&Spell], month: Month) -> Decision {
    let covering: Vec<&&Spell> = spells.iter().filter(|spell| spell.covers(month)).collect();
    let startless = |bars: bool| {
        covering.iter().any(|s| s.start.is_none() && (s.verdict != Verdict::BarsNothing) == bars)
    };
    let Some(last_start) = covering.iter().filter_map(|spell| spell.start).max() else {
        if startless(true) {
            person.seen.note("custody, no start: lead");
            return Decision::LeadOfUnknownAmount;
        }
        return Decision::Nothing;
    };
    let deciding: Vec<&&&Spell> = covering.iter().filter(|spell| spell.start == Some(last_start)).collect();
    let verdict = deciding[0].verdict;
    for spell in &deciding {
        person.seen.note_all(&spell.why);
    }
    if deciding.iter().any(|spell| spell.verdict != verdict) {
        person.seen.note("custody, equal starts with different verdicts: lead");
        return Decision::Lead;
    }
    if deciding.len() > 1 {
        person.seen.note("custody, equal starts with the same verdict");
    }
    let overruled =
        |other: Verdict| covering.iter().any(|s| s.start < Some(last_start) && s.verdict == other);
    match verdict {
        Verdict::BarsNothing => {
            if overruled(Verdict::Bars) {
                person.seen.note("custody, a later row ends the bar");
            }
            Decision::Nothing
        }
        Verdict::Lead => Decision::Lead,
        Verdict::Bars if startless(false) => Decision::Lead,
        Verdict::Bars => {
            if overruled(Verdict::BarsNothing) {
                person.seen.note("custody, a later row bars");
            }
            Decision::Bars
        }
    }
}

/// What the custody rows say about a month of a line under this name.
///
/// Reading: rows under another name are asked too. Established only if the agreeing rows alone bar the month
/// and all rows together do as well; a lead if either bars or is a lead.
pub(super) fn tier(person: &Person, line_name: &str, month: Month) -> Tier {
    let all: Vec<Spell> = person.of(Table::Custody).flat_map(|row| spells_of(person, row)).collect();
    note_boundaries(person, &all, month);
    let everyone: Vec<&Spell> = all.iter().collect();
    let agreeing: Vec<&Spell> =
        all.iter().filter(|spell| person.names_agree(line_name, &spell.name)).collect();
    let (by_agreeing, by_all) = (decide(person, &agreeing, month), decide(person, &everyone, month));
    if by_agreeing == Decision::Bars && by_all == Decision::Bars {
        return Tier::Established;
    }
    let both = [by_agreeing, by_all];
    if by_agreeing != by_all && both.contains(&Decision::Bars) {
        person.seen.note("custody, rows of two names disagree: lead");
    }
    if both.contains(&Decision::Bars) || both.contains(&Decision::Lead) {
        Tier::Lead
    } else if both.contains(&Decision::LeadOfUnknownAmount) {
        Tier::LeadOfUnknownAmount
    } else {
        Tier::Nothing
    }
}

fn note_boundaries(person: &Person, spells: &[Spell], month: Month) {
    for spell in spells.iter().filter(|spell| spell.verdict == Verdict::Bars) {
        if spell.first == Some(month.next()) {
            person.seen.note("custody, month of the start is due");
        }
        if spell.last.map(Month::next) == Some(month) {
            person.seen.note("custody, resumes the month after the end");
        }
    }
}

/// Whether the rows that bar a month under this name lack a confirmed release: all of them, or any of them.
pub(super) fn unconfirmed(person: &Person, line_name: &str, month: Month) -> (bool, bool) {
    let all: Vec<Spell> = person.of(Table::Custody).flat_map(|row| spells_of(person, row)).collect();
    let covering: Vec<&Spell> = all
        .iter()
        .filter(|s| s.covers(month) && s.verdict == Verdict::Bars && person.names_agree(line_name, &s.name))
        .collect();
    (covering.iter().all(|s| s.unconfirmed), covering.iter().any(|s| s.unconfirmed))
}
