//! `init`: proposes an audit.toml for a folder of files.

use clap::ArgMatches;
use serde_json::json;

use super::{Voice, limits, path, table};
use crate::domain::{DateReading, parse_date};
use crate::messages::{self, Error, Exit};
use crate::project::PROJECT_FILE;
use crate::proposal::{self, Given, Placed, Proposal};
use crate::rulebook;

pub(super) fn run(voice: Voice, arguments: &ArgMatches) -> Result<Exit, Error> {
    let root = path(arguments, "folder");
    let only_print = arguments.get_flag("print");
    if !only_print {
        proposal::refuse_existing(&root)?;
    }
    let text = |name: &str| arguments.get_one::<String>(name).cloned();
    let as_of = match text("as-of").map(|day| (parse_date(&day), day)) {
        None => None,
        Some((DateReading::Day(day), _)) => Some(day),
        Some((_, given)) => return Err(messages::bad_as_of_option(&given)),
    };
    let given = Given { title: text("title"), region: text("region"), as_of };
    let rules = arguments.get_one::<std::path::PathBuf>("rules");
    let rulebook = rulebook::load(rules.map(std::path::PathBuf::as_path))?;
    let proposed = proposal::propose(&root, &rulebook, given, &limits(arguments))?;
    let written = proposal::text_of(&proposed, voice.lang);
    if only_print {
        voice.say(written.trim_end());
        return Ok(Exit::Done);
    }
    proposal::write(&root, &written)?;
    if voice.json {
        voice.json(&as_json(voice, &proposed));
    } else {
        print(voice, &proposed);
        let path = root.join(PROJECT_FILE).display().to_string();
        voice.say(messages::proposal_written(&path).in_lang(voice.lang));
    }
    Ok(Exit::Done)
}

fn cells(voice: Voice, placed: &Placed) -> Vec<String> {
    let table = placed.fit.table;
    vec![
        placed.file.clone(),
        placed.sheet.clone().unwrap_or_default(),
        format!("{} {}", table.name(), table.title()),
        messages::confidence_text(placed.confidence).in_lang(voice.lang).to_string(),
        placed.format.to_string(),
        placed.fit.columns.len().to_string(),
    ]
}

fn print(voice: Voice, proposed: &Proposal) {
    let mut rows = vec![messages::proposal_columns_shown(voice.lang)];
    rows.extend(proposed.placed.iter().map(|placed| cells(voice, placed)));
    for line in table::layout(&rows, &[5]) {
        voice.say(&line);
    }
    voice.say("");
    for unplaced in &proposed.unplaced {
        let why = unplaced.why.in_lang(voice.lang);
        let text = messages::proposal_unplaced(&unplaced.file, unplaced.sheet.as_deref(), why);
        voice.say(text.in_lang(voice.lang));
    }
}

fn as_json(voice: Voice, proposed: &Proposal) -> serde_json::Value {
    let placed = proposed.placed.iter().map(|placed| {
        let columns = placed.fit.columns.iter().map(|(column, heading)| json!([column.name(), heading]));
        json!({
            "file": placed.file, "sheet": placed.sheet, "table": placed.fit.table.name(),
            "confidence": messages::confidence_text(placed.confidence).en, "format": placed.format,
            "heading_row": placed.fit.heading_row, "columns": columns.collect::<Vec<_>>(),
            "unused": placed.fit.unused,
            "others": placed.others.iter().map(|table| table.name()).collect::<Vec<_>>(),
        })
    });
    let unplaced = proposed
        .unplaced
        .iter()
        .map(|one| json!({ "file": one.file, "sheet": one.sheet, "why": one.why.in_lang(voice.lang) }));
    json!({
        "title": proposed.title, "region": proposed.region,
        "period": { "from": proposed.period.from.to_string(), "to": proposed.period.last().to_string() },
        "as_of": proposed.as_of.to_string(),
        "placed": placed.collect::<Vec<_>>(), "unplaced": unplaced.collect::<Vec<_>>(),
    })
}
