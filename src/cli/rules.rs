//! `rules list|show|test|doc`: the rulebook, with its law.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::{Voice, table};
use crate::messages::{self, Error, Exit};
use crate::rule_test;
use crate::rulebook::{self, Rule};

pub(super) fn run(voice: Voice, arguments: &ArgMatches) -> Result<Exit, Error> {
    let Some((name, arguments)) = arguments.subcommand() else {
        return Ok(Exit::Usage);
    };
    let rulebook = rulebook::load(arguments.get_one::<PathBuf>("rules").map(PathBuf::as_path))?;
    match name {
        "list" => {
            let mut rows = vec![messages::rule_columns(voice.lang)];
            let retired = rulebook.left_out.iter().map(|(rule, _)| rule);
            rows.extend(rulebook.rules.iter().chain(retired).map(|rule| list_row(voice, rule)));
            for line in table::layout(&rows, &[]) {
                voice.say(&line);
            }
            Ok(Exit::Done)
        }
        "show" => {
            let code = arguments.get_one::<String>("code").cloned().unwrap_or_default();
            let retired = || rulebook.left_out.iter().map(|(rule, _)| rule);
            let known: Vec<&str> =
                rulebook.rules.iter().chain(retired()).map(|rule| rule.id.as_str()).collect();
            let rule = rulebook.rule(&code).or_else(|| retired().find(|rule| rule.id == code));
            let rule = rule.ok_or_else(|| messages::no_such_rule(&code, &known))?;
            for line in messages::rule_page(&rulebook, rule, voice.lang) {
                voice.say(&line);
            }
            Ok(Exit::Done)
        }
        "doc" => {
            let path = arguments.get_one::<PathBuf>("to").cloned().unwrap_or_default();
            write_document(&path, &messages::rules_document(&rulebook))?;
            voice.say(messages::rules_document_written(&path.display().to_string()).in_lang(voice.lang));
            Ok(Exit::Done)
        }
        _ => {
            let (count, failures) = rule_test::run(&rulebook)?;
            for failure in &failures {
                voice.say(failure.text().in_lang(voice.lang));
            }
            voice.say(messages::examples_passed(count, failures.len()).in_lang(voice.lang));
            Ok(if failures.is_empty() { Exit::Done } else { Exit::NotSo })
        }
    }
}

/// Writes the document, and makes the folder that it stands in.
fn write_document(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |why| messages::cannot_write(&path.display().to_string(), &why);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}

fn list_row(voice: Voice, rule: &Rule) -> Vec<String> {
    vec![
        rule.id.clone(),
        messages::rule_status(rule.status).in_lang(voice.lang).to_string(),
        messages::rule_tier(rule).in_lang(voice.lang).to_string(),
        rule.basis.first().map(|basis| basis.effective_from.to_string()).unwrap_or_default(),
        rule.examples.len().to_string(),
        rule.title.clone(),
    ]
}
