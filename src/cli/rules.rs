//! `rules list|show|test|doc`: the rulebook, with its law.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::{Voice, table};
use crate::messages::{self, Error, Exit};
use crate::rule_test::{self, Failure};
use crate::rulebook::{self, Rule, Rulebook};

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
            page(voice, &rulebook, code.trim())?.iter().for_each(|line| voice.say(line));
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
            tell_examples(voice, &rulebook, &failures);
            voice.say(messages::examples_passed(count, failures.len()).in_lang(voice.lang));
            Ok(if failures.is_empty() { Exit::Done } else { Exit::NotSo })
        }
    }
}

/// What is shown of a rule or a parameter.
fn page(voice: Voice, rulebook: &Rulebook, code: &str) -> Result<Vec<String>, Error> {
    let retired = || rulebook.left_out.iter().map(|(rule, _)| rule);
    if let Some(rule) = rulebook.rule_named(code).or_else(|| retired().find(|rule| rule.id == code)) {
        return Ok(messages::rule_page(rulebook, rule, voice.lang));
    }
    if let Some(parameter) = rulebook.parameters.get(code) {
        return Ok(messages::parameter_page(rulebook, parameter, voice.lang));
    }
    let rules: Vec<&str> = rulebook.rules.iter().chain(retired()).map(|rule| rule.id.as_str()).collect();
    let parameters: Vec<&str> = rulebook.parameters.keys().map(String::as_str).collect();
    Err(messages::nothing_to_show(code, &rules, &parameters))
}

/// Sums up the failures by rule, and names the rules without any example.
fn tell_examples(voice: Voice, rulebook: &Rulebook, failures: &[Failure]) {
    for rule in &rulebook.rules {
        let failed = failures.iter().filter(|failure| failure.rule == rule.id).count();
        if failed > 0 {
            let text = messages::examples_of_rule(&rule.id, rule.examples.len(), failed);
            voice.say(text.in_lang(voice.lang));
        }
    }
    let bare = rulebook.rules.iter().filter(|rule| rule.examples.is_empty());
    let bare: Vec<&str> = bare.map(|rule| rule.id.as_str()).collect();
    if !bare.is_empty() {
        voice.say(messages::rules_without_examples(&bare).in_lang(voice.lang));
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
