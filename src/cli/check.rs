//! `check`: reads inputs and rules, reports quality and coverage, claims nothing.

use clap::ArgMatches;
use serde_json::json;

use super::{Voice, audit, table};
use crate::domain::Fen;
use crate::messages::{self, Error, Exit};
use crate::pipeline::Audit;

pub(super) fn run(voice: Voice, arguments: &ArgMatches) -> Result<Exit, Error> {
    let audit = audit(voice, arguments)?;
    if voice.json {
        voice.json(&as_json(voice, &audit));
    } else {
        print(voice, &audit)?;
    }
    Ok(Exit::Done)
}

/// How many rejected rows are printed.
const REJECTS_SHOWN: usize = 20;

fn print(voice: Voice, audit: &Audit) -> Result<(), Error> {
    let lang = voice.lang;
    let mut rows = vec![messages::check_columns(lang)];
    for control in &audit.findings.controls {
        rows.push(vec![
            control.table.name().to_string(),
            control.file.clone(),
            control.rows.to_string(),
            control.kept.to_string(),
            control.rejected.to_string(),
            i64::try_from(control.fen).map(|fen| Fen(fen).yuan()).unwrap_or_default(),
        ]);
    }
    print_rows(voice, &rows, &[2, 3, 4, 5]);
    let mut rows = vec![messages::observation_columns(lang)];
    for (file, observation, noticed) in audit.findings.noticed.iter() {
        let first: Vec<String> = noticed.rows.iter().map(ToString::to_string).collect();
        let text = observation.text().in_lang(lang).to_string();
        rows.push(vec![file.to_string(), noticed.count.to_string(), text, first.join(" ")]);
    }
    print_rows(voice, &rows, &[1]);
    let mut rows = vec![messages::coverage_columns(lang)];
    for row in &audit.findings.coverage {
        rows.push(vec![
            row.registry.name().to_string(),
            audit.rulebook.rules[row.rule].id.clone(),
            row.rows.to_string(),
            row.usable.to_string(),
            row.persons_checked.to_string(),
            row.not_checkable.to_string(),
            row.newest_date.map(|day| day.to_string()).unwrap_or_default(),
            row.reason.as_ref().map(|reason| reason.in_lang(lang).to_string()).unwrap_or_default(),
        ]);
    }
    print_rows(voice, &rows, &[2, 3, 4, 5]);
    for reject in audit.tables.rejects().take(REJECTS_SHOWN) {
        voice.say(messages::reject_line(&reject?).in_lang(lang));
    }
    let rejected = audit.tables.reject_count();
    if rejected > REJECTS_SHOWN as u64 {
        voice.say(messages::run_rejects(rejected).in_lang(lang));
    }
    Ok(())
}

fn print_rows(voice: Voice, rows: &[Vec<String>], right: &[usize]) {
    for line in table::layout(rows, right) {
        voice.say(&line);
    }
    voice.say("");
}

fn as_json(voice: Voice, audit: &Audit) -> serde_json::Value {
    let lang = voice.lang;
    let controls = audit.findings.controls.iter().map(|control| {
        json!({
            "table": control.table.name(), "file": control.file, "rows": control.rows, "kept": control.kept,
            "rejected": control.rejected, "fen": control.fen.to_string(),
            "fen_kept": control.fen_kept.to_string(), "fen_rejected": control.fen_rejected.to_string(),
        })
    });
    let noticed = audit.findings.noticed.iter().map(|(file, observation, noticed)| {
        json!({
            "file": file, "code": observation.code(), "count": noticed.count, "first_rows": noticed.rows,
            "text": observation.text().in_lang(lang),
        })
    });
    let coverage = audit.findings.coverage.iter().map(|row| {
        json!({
            "registry": row.registry.name(), "rule": audit.rulebook.rules[row.rule].id, "rows": row.rows,
            "usable": row.usable, "persons_checked": row.persons_checked, "not_checkable": row.not_checkable,
            "newest_date": row.newest_date.map(|day| day.to_string()),
            "reason": row.reason.as_ref().map(|reason| reason.in_lang(lang)),
        })
    });
    json!({
        "inputs": controls.collect::<Vec<_>>(),
        "noticed": noticed.collect::<Vec<_>>(),
        "coverage": coverage.collect::<Vec<_>>(),
        "rejects": audit.tables.reject_count(),
        "not_checkable": audit.findings.not_checkable.len(),
    })
}
