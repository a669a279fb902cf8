//! The text of a proposed audit.toml.
//!
//! Owns its layout. Its comments are sentences of the message table.

use std::collections::{BTreeMap, BTreeSet};

use super::{Confidence, Placed, Proposal};
use crate::ingest::Table;
use crate::messages::{self, Lang};

/// The proposal as an audit.toml.
pub fn text_of(proposal: &Proposal, lang: Lang) -> String {
    let mut text = String::new();
    let mut line = |words: &str| {
        text.push_str(words);
        text.push('\n');
    };
    line(&comment(messages::proposal_head().in_lang(lang)));
    line("");
    line(&format!("title  = {}", quoted(&proposal.title)));
    line(&format!("region = {}", quoted(&proposal.region)));
    let (from, to) = (proposal.period.from, proposal.period.last());
    line(&format!("period = {{ from = \"{from}\", to = \"{to}\" }}"));
    line(&comment(messages::proposal_as_of().in_lang(lang)));
    line(&format!("as_of  = \"{}\"", proposal.as_of));
    for group in groups(&proposal.placed) {
        line("");
        for words in comments(&group, lang) {
            line(&comment(&words));
        }
        let is_sure = group.placed[0].confidence > Confidence::Low;
        let active = |words: String| if is_sure { words } else { format!("# {words}") };
        line(&active("[[input]]".to_string()));
        line(&active(format!("table = \"{}\"", group.placed[0].fit.table.name())));
        line(&active(format!("path  = {}", quoted(&group.path))));
        if let Some(sheet) = &group.placed[0].sheet {
            line(&active(format!("sheet = {}", quoted(sheet))));
        }
    }
    for table in missing(proposal) {
        line("");
        line(&comment(messages::proposal_missing(table).in_lang(lang)));
    }
    text
}

fn comment(words: &str) -> String {
    words.lines().map(|words| format!("# {words}")).collect::<Vec<_>>().join("\n")
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// Files that one `[[input]]` names.
struct Group<'a> {
    path: String,
    placed: Vec<&'a Placed>,
}

/// One input for each file, or for all files of a folder that have one ending and are one table.
fn groups(placed: &[Placed]) -> Vec<Group<'_>> {
    let pattern = |one: &Placed| {
        let (folder, name) = one.file.rsplit_once('/')?;
        let (_, ending) = name.split_once('.')?;
        let is_plain = |text: &str| !text.contains(['[', ']', '*', '?']);
        (is_plain(folder) && is_plain(ending)).then(|| format!("{folder}/*.{ending}"))
    };
    let mut tables: BTreeMap<String, (BTreeSet<Table>, usize, bool)> = BTreeMap::new();
    for one in placed {
        if let Some(pattern) = pattern(one) {
            let entry = tables.entry(pattern).or_insert((BTreeSet::new(), 0, true));
            entry.0.insert(one.fit.table);
            entry.1 += 1;
            entry.2 &= one.sheet.is_none() && one.confidence > Confidence::Low;
        }
    }
    let is_shared = |pattern: &String| {
        let (tables, files, is_plain) = &tables[pattern];
        tables.len() == 1 && *files > 1 && *is_plain
    };
    let mut groups: Vec<Group<'_>> = Vec::new();
    for one in placed {
        let path = pattern(one).filter(is_shared).unwrap_or_else(|| one.file.clone());
        match groups.iter_mut().find(|group| group.path == path && path != one.file) {
            Some(group) => group.placed.push(one),
            None => groups.push(Group { path, placed: vec![one] }),
        }
    }
    groups
}

/// What is said above an input: how sure it is, what was found, what was not read.
fn comments(group: &Group<'_>, lang: Lang) -> Vec<String> {
    let first = group.placed[0];
    let least = group.placed.iter().map(|one| one.confidence).min().unwrap_or(first.confidence);
    let files = group.placed.len();
    let mut lines =
        vec![messages::proposal_input(first.fit.table, files, first.format, least, &first.others)];
    lines.push(messages::proposal_columns(first.fit.heading_row, &first.fit.columns));
    if !first.fit.unused.is_empty() {
        lines.push(messages::proposal_unused(&first.fit.unused));
    }
    lines.iter().map(|text| text.in_lang(lang).to_string()).collect()
}

/// The tables that no file was taken for.
fn missing(proposal: &Proposal) -> Vec<Table> {
    let has = |table: &Table| proposal.placed.iter().any(|one| one.fit.table == *table);
    let needed = |table: &Table| *table < Table::Repayments;
    Table::ALL.into_iter().filter(|table| needed(table) && !has(table)).collect()
}
