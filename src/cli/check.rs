//! `check`: reads inputs and rules, reports quality and coverage, claims nothing. Behind an input that is
//! refused it goes on with the others, of which it then tells only what each says by itself.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use clap::ArgMatches;
use serde_json::json;

use super::{Voice, audit_options, audit_with, complain, limits, table};
use crate::domain::{Fen, Month};
use crate::findings::CoverageRow;
use crate::ingest::{self, Column, Control, Fit, InputFile, Limits, Observations};
use crate::messages::{self, Error, Exit};
use crate::pipeline::{Audit, RunOptions};

pub(super) fn run(voice: Voice, arguments: &ArgMatches) -> Result<Exit, Error> {
    let options = RunOptions { keep_going: true, ..audit_options(arguments) };
    let audit = audit_with(voice, arguments, &options)?;
    let inputs = inputs(&audit, &limits(arguments))?;
    if voice.json {
        voice.json(&as_json(voice, &audit, &inputs));
    } else if !inputs.is_empty() {
        print(voice, &audit, &inputs)?;
    }
    let refused = &audit.tables.refused;
    for one in refused {
        complain(&messages::error_line(&one.error, voice.lang));
    }
    Ok(refused.first().map_or(Exit::Done, |one| one.error.exit))
}

/// What was noticed: where an input is missing, only what the others say by themselves.
fn noticed(audit: &Audit) -> &Observations {
    if audit.tables.refused.is_empty() { &audit.findings.noticed } else { &audit.tables.noticed }
}

/// What was checked; nobody knows where an input is missing.
fn coverage(audit: &Audit) -> &[CoverageRow] {
    if audit.tables.refused.is_empty() { &audit.findings.coverage } else { &[] }
}

/// What one input holds, beside its control totals.
struct InputFacts {
    /// The columns that it has, and the row of its heading.
    fit: Fit,
    /// The columns of the table that it lacks.
    lacking: Vec<Column>,
    /// The benefit months of its lines.
    months: BTreeMap<Month, u64>,
    /// The newest event that it names.
    newest: Option<NaiveDate>,
    /// How many rows were rejected, by code.
    rejected: BTreeMap<&'static str, u64>,
}

/// Looks at each input once more, in the order of the control totals.
fn inputs(audit: &Audit, limits: &Limits) -> Result<Vec<InputFacts>, Error> {
    let mut rejected: BTreeMap<String, BTreeMap<&'static str, u64>> = BTreeMap::new();
    for reject in audit.tables.rejects() {
        let reject = reject?;
        *rejected.entry(reject.file).or_default().entry(reject.reason.code()).or_default() += 1;
    }
    let unread = |at: &usize| audit.tables.refused.iter().any(|one| one.position == *at && !one.is_read);
    let files = audit.project.files.iter().enumerate().filter(|(at, _)| !unread(at)).map(|(_, file)| file);
    let files = files.zip(&audit.findings.controls);
    let facts = |(file, control): (&InputFile, &Control)| {
        let fit = ingest::columns_of(file, limits)?;
        let has = |column: &Column| fit.columns.iter().any(|(own, _)| own == column);
        let days = audit.tables.latest_days_of(file.table, &control.file);
        let events = days.into_iter().filter(|(column, _)| ingest::is_event(*column));
        Ok(InputFacts {
            lacking: file.table.columns().filter(|column| !has(column)).collect(),
            months: audit.tables.months_of(&control.file),
            newest: events.map(|(_, day)| day).max(),
            rejected: rejected.get(&control.file).cloned().unwrap_or_default(),
            fit,
        })
    };
    files.map(facts).collect()
}

/// The first and last of some months, and those between them that the period has and the file has not.
fn span(audit: &Audit, months: &BTreeMap<Month, u64>) -> (String, Vec<Month>) {
    let (Some(first), Some(last)) = (months.keys().next(), months.keys().next_back()) else {
        return (String::new(), Vec::new());
    };
    let lacking = audit.project.period.months().filter(|month| !months.contains_key(month));
    (format!("{first}~{last}"), lacking.collect())
}

/// How many rejected rows are printed.
const REJECTS_SHOWN: usize = 20;

fn print(voice: Voice, audit: &Audit, inputs: &[InputFacts]) -> Result<(), Error> {
    let lang = voice.lang;
    print_inputs(voice, audit, inputs);
    let mut rows = vec![messages::observation_columns(lang)];
    for (file, observation, noticed) in noticed(audit).iter() {
        let first: Vec<String> = noticed.rows.iter().map(ToString::to_string).collect();
        let text = observation.text().in_lang(lang).to_string();
        rows.push(vec![file.to_string(), noticed.count.to_string(), text, first.join(" ")]);
    }
    print_rows(voice, &rows, &[1]);
    let mut rows = vec![messages::coverage_columns(lang)];
    for row in coverage(audit) {
        rows.push(vec![
            row.registry.name().to_string(),
            audit.rulebook.rule_at(row.rule).id.clone(),
            row.rows.to_string(),
            row.usable.to_string(),
            row.persons_checked.to_string(),
            row.not_checkable.to_string(),
            row.newest_date.map(|day| day.to_string()).unwrap_or_default(),
            row.reason.as_ref().map(|reason| reason.in_lang(lang).to_string()).unwrap_or_default(),
        ]);
    }
    if audit.tables.refused.is_empty() {
        print_rows(voice, &rows, &[2, 3, 4, 5]);
    } else {
        voice.say(messages::check_incomplete().in_lang(lang));
    }
    for reject in audit.tables.rejects().take(REJECTS_SHOWN) {
        voice.say(messages::reject_line(&reject?).in_lang(lang));
    }
    let rejected = audit.tables.reject_count();
    if rejected > REJECTS_SHOWN as u64 {
        voice.say(messages::run_rejects(rejected).in_lang(lang));
    }
    Ok(())
}

/// One row for each input, and below it what its columns lack and why rows were rejected.
fn print_inputs(voice: Voice, audit: &Audit, inputs: &[InputFacts]) {
    let lang = voice.lang;
    let mut rows = vec![messages::check_columns(lang)];
    for (control, facts) in audit.findings.controls.iter().zip(inputs) {
        let codes = facts.rejected.iter().map(|(code, count)| format!("{code}×{count}"));
        let newest = facts.newest.map(|day| day.to_string()).unwrap_or_default();
        let (span, _) = span(audit, &facts.months);
        rows.push(vec![
            control.table.name().to_string(),
            control.file.clone(),
            control.rows.to_string(),
            control.kept.to_string(),
            control.rejected.to_string(),
            i64::try_from(control.fen).map(|fen| Fen(fen).yuan()).unwrap_or_default(),
            if span.is_empty() { newest } else { span },
            facts.fit.columns.len().to_string(),
            codes.collect::<Vec<_>>().join(" "),
        ]);
    }
    print_rows(voice, &rows, &[2, 3, 4, 5, 7]);
    let mut rows = vec![messages::check_lacking_columns(lang)];
    for (control, facts) in audit.findings.controls.iter().zip(inputs) {
        let titles = facts.lacking.iter().map(|column| messages::column_name(*column, lang));
        let (_, months) = span(audit, &facts.months);
        let months = months.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        rows.push(vec![control.file.clone(), titles.collect::<Vec<_>>().join(" "), months]);
    }
    print_rows(voice, &rows, &[]);
}

fn print_rows(voice: Voice, rows: &[Vec<String>], right: &[usize]) {
    for line in table::layout(rows, right) {
        voice.say(&line);
    }
    voice.say("");
}

fn as_json(voice: Voice, audit: &Audit, inputs: &[InputFacts]) -> serde_json::Value {
    let lang = voice.lang;
    let controls = audit.findings.controls.iter().zip(inputs).map(|(control, facts)| {
        let (span, lacking) = span(audit, &facts.months);
        let columns = facts.fit.columns.iter().map(|(column, heading)| json!([column.name(), heading]));
        json!({
            "heading_row": facts.fit.heading_row, "columns": columns.collect::<Vec<_>>(),
            "lacking": facts.lacking.iter().map(|column| column.name()).collect::<Vec<_>>(),
            "unused": facts.fit.unused, "rejected_by": facts.rejected, "months": span,
            "months_lacking": lacking.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "newest": facts.newest.map(|day| day.to_string()),
            "table": control.table.name(), "file": control.file, "rows": control.rows, "kept": control.kept,
            "rejected": control.rejected, "fen": control.fen.to_string(),
            "fen_kept": control.fen_kept.to_string(), "fen_rejected": control.fen_rejected.to_string(),
        })
    });
    let noticed = noticed(audit).iter().map(|(file, observation, noticed)| {
        json!({
            "file": file, "code": observation.code(), "count": noticed.count, "first_rows": noticed.rows,
            "text": observation.text().in_lang(lang),
        })
    });
    let coverage = coverage(audit).iter().map(|row| {
        json!({
            "registry": row.registry.name(), "rule": audit.rulebook.rule_at(row.rule).id, "rows": row.rows,
            "usable": row.usable, "persons_checked": row.persons_checked, "not_checkable": row.not_checkable,
            "newest_date": row.newest_date.map(|day| day.to_string()),
            "reason": row.reason.as_ref().map(|reason| reason.in_lang(lang)),
        })
    });
    let refused = audit.tables.refused.iter().map(|one| {
        json!({
            "table": one.table.name(), "file": one.file, "code": one.error.code,
            "text": one.error.text.in_lang(lang),
        })
    });
    json!({
        "refused": refused.collect::<Vec<_>>(),
        "inputs": controls.collect::<Vec<_>>(),
        "noticed": noticed.collect::<Vec<_>>(),
        "coverage": coverage.collect::<Vec<_>>(),
        "rejects": audit.tables.reject_count(),
        "not_checkable": audit.tables.refused.is_empty().then_some(audit.findings.not_checkable.len()),
    })
}
