//! `claims`: a published report's figures against the computed ones.

use clap::ArgMatches;

use super::{Voice, audit, path, table};
use crate::claims::{self, Verdict};
use crate::messages::{self, Error, Exit};

pub(super) fn run(voice: Voice, arguments: &ArgMatches) -> Result<Exit, Error> {
    let published = claims::load(&path(arguments, "project"))?.ok_or_else(messages::no_claims_file)?;
    let audit = audit(voice, arguments)?;
    let verdicts = claims::verify(&published, &audit.findings.cases);
    if voice.json {
        voice.json(&serde_json::json!({ "source": published.source, "claims": verdicts }));
    } else {
        print(voice, &published.source, &verdicts);
    }
    Ok(if verdicts.iter().all(|verdict| verdict.reproduced) { Exit::Done } else { Exit::NotSo })
}

/// Prints the table of published and computed figures.
pub(super) fn print(voice: Voice, source: &str, verdicts: &[Verdict]) {
    let lang = voice.lang;
    voice.say(messages::claims_heading(source).in_lang(lang));
    let mut rows = vec![messages::claims_columns(lang)];
    for verdict in verdicts {
        rows.push(vec![
            verdict.text.clone(),
            format!("{} {}", verdict.published, verdict.unit),
            format!("{} {}", verdict.computed, verdict.unit),
            verdict.exact.clone(),
            messages::claim_verdict(verdict.reproduced).in_lang(lang).to_string(),
        ]);
    }
    for line in table::layout(&rows, &[1, 2, 3]) {
        voice.say(&line);
    }
}
