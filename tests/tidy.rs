//! The house rules, as a test: what a reviewer would otherwise have to look for by hand.

use std::collections::BTreeMap;

use crate::support::{files_below, repository};

/// The Rust files below a folder, by their path from the root of the repository.
fn rust_files(folder: &str) -> BTreeMap<String, String> {
    // A file of unit tests stands beside what it tests and may name whatever it needs.
    let is_code = |name: &str| name.ends_with(".rs") && !name.ends_with("/tests.rs");
    let files = files_below(&repository(folder)).into_iter().filter(|(name, _)| is_code(name));
    files.map(|(name, bytes)| (format!("{folder}/{name}"), String::from_utf8(bytes).unwrap())).collect()
}

/// Fails with every place that breaks a rule, not only the first.
#[track_caller]
fn assert_none(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}

/// The code of a file: its unit tests, which stand at the end, and its comments and the inside of its strings are
/// blanked, so that a word that is only written about is not found. Lines keep their numbers.
fn code_of(text: &str) -> String {
    blanked(before_tests(text), true)
}

/// A file without the unit tests at its end.
fn before_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod ").next().unwrap()
}

/// A text whose comments, and strings if asked, are blanks.
fn blanked(text: &str, blank_strings: bool) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    while at < characters.len() {
        let rest: String = characters[at..characters.len().min(at + 4)].iter().collect();
        let end = if rest.starts_with("//") {
            line_end(&characters, at)
        } else if let Some(end) = string_end(&characters, at) {
            if !blank_strings {
                out.extend(&characters[at..end]);
                at = end;
                continue;
            }
            end
        } else if let Some(end) = char_end(&characters, at) {
            end
        } else {
            out.push(characters[at]);
            at += 1;
            continue;
        };
        out.extend(characters[at..end].iter().map(|&c| blank(c)));
        at = end;
    }
    out
}

fn line_end(text: &[char], at: usize) -> usize {
    text[at..].iter().position(|&c| c == '\n').map_or(text.len(), |count| at + count)
}

/// Behind a string literal, plain or raw, that begins here.
fn string_end(text: &[char], at: usize) -> Option<usize> {
    if text[at] == 'r' && !(at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '_')) {
        let hashes = text[at + 1..].iter().take_while(|&&c| c == '#').count();
        if text.get(at + 1 + hashes) == Some(&'"') {
            let closing: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            let from = at + 2 + hashes;
            let found = text[from..].windows(closing.len()).position(|window| window == closing);
            return found.map(|count| from + count + closing.len());
        }
    }
    if text[at] != '"' {
        return None;
    }
    let mut next = at + 1;
    while next < text.len() && text[next] != '"' {
        next += if text[next] == '\\' { 2 } else { 1 };
    }
    Some((next + 1).min(text.len()))
}

/// Behind a character literal that begins here; a lifetime is none.
fn char_end(text: &[char], at: usize) -> Option<usize> {
    if text[at] != '\'' {
        return None;
    }
    if text.get(at + 1) == Some(&'\\') {
        return text[at + 3..].iter().take(10).position(|&c| c == '\'').map(|count| at + 4 + count);
    }
    (text.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

/// The lines of a file's code in which a word occurs, as `path:line  text`.
fn lines_with(files: &BTreeMap<String, String>, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        let code = code_of(text);
        for (at, line) in code.lines().enumerate().filter(|(_, line)| has_word(line, word)) {
            found.push(format!("{path}:{}  {}", at + 1, line.trim()));
        }
    }
    found
}

/// Whether a word occurs with no letter, digit or underscore on either side.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let runs_on = word.ends_with(is_part) && after.is_some_and(is_part);
        !runs_on && !before.is_some_and(is_part)
    })
}

fn within(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

// ------------------------------------------------------------------------------------------------------ form

#[test]
fn every_file_says_what_it_is() {
    let mut files = rust_files("src");
    files.extend(rust_files("tests"));
    files.extend(rust_files("benches"));
    assert!(files.len() > 80);
    let mute = files.iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(path, _)| path.clone());
    assert_none("a file opens with //! and what it owns", mute.collect());
}

#[test]
fn lines_are_at_most_110_columns() {
    let mut files = rust_files("src");
    files.extend(rust_files("benches"));
    let mut long = Vec::new();
    for (path, text) in &files {
        for (at, line) in text.lines().enumerate() {
            // A sentence of the message table may stand in one piece, as rustfmt leaves it.
            let indent = line.len() - line.trim_start().len();
            let code = indent + blanked(line, true).trim_start().chars().filter(|c| *c != ' ').count();
            let is_sentence = line.contains('"') && code <= 60;
            if line.chars().count() > 110 && !is_sentence {
                long.push(format!("{path}:{}  {} columns", at + 1, line.chars().count()));
            }
        }
    }
    assert_none("lines are at most 110 columns", long);
}

#[test]
fn functions_are_at_most_70_lines() {
    let mut files = rust_files("src");
    files.extend(rust_files("tests"));
    let mut long = Vec::new();
    for (path, text) in &files {
        for (name, line, length) in functions(&blanked(text, true)) {
            // A table of words is data that happens to stand in a function.
            let is_table = path.starts_with("src/messages/");
            if length > 70 && !is_table && !TABLES.contains(&name.as_str()) {
                long.push(format!("{path}:{line}  {name} has {length} lines"));
            }
        }
    }
    assert_none("functions are at most 70 lines", long);
}

/// Tests that are one table of cases, whose length is the number of cases.
const TABLES: &[&str] = &["a_badly_written_overlay_is_refused_with_file_and_line", "lists"];

/// The functions of a blanked text: name, line, number of lines.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(position) = line.find("fn ").filter(|_| has_word(line, "fn")) else {
            continue;
        };
        let name: String =
            line[position + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let (mut depth, mut opened) = (0, false);
        for (below, line) in lines[at..].iter().enumerate() {
            for c in line.chars() {
                match c {
                    '{' => (depth, opened) = (depth + 1, true),
                    '}' => depth -= 1,
                    ';' if !opened && depth == 0 => opened = true,
                    _ => {}
                }
            }
            if opened && depth <= 0 {
                found.push((name.clone(), at + 1, below + 1));
                break;
            }
        }
    }
    found.retain(|(name, ..)| !name.is_empty());
    found
}

#[test]
fn nothing_unfinished_is_left() {
    let mut files = rust_files("src");
    files.extend(rust_files("benches"));
    let mut found = Vec::new();
    for word in ["todo!", "dbg!", "unimplemented!"] {
        found.extend(lines_with(&files, word));
    }
    files.extend(
        files_below(&repository("rules"))
            .into_iter()
            .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())),
    );
    for (path, text) in &files {
        // Written in halves, so that a search for the marks does not find this list.
        let marks = [concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
        let lines = text.lines().enumerate().filter(|(_, line)| marks.iter().any(|mark| line.contains(mark)));
        found.extend(lines.map(|(at, line)| format!("{path}:{}  {}", at + 1, line.trim())));
    }
    assert_none("nothing unfinished is left in a merge", found);
}

// ----------------------------------------------------------------------------------------------- what sees what

#[test]
fn no_float_touches_money() {
    let files = rust_files("src");
    let judging = ["src/domain", "src/findings", "src/engine", "src/rulebook", "src/claims", "src/explain"];
    let files: BTreeMap<_, _> = files.into_iter().filter(|(path, _)| within(path, &judging)).collect();
    assert!(files.len() > 20);
    let mut found = lines_with(&files, "f32");
    found.extend(lines_with(&files, "f64"));
    assert_none("money is integer fen", found);
}

#[test]
fn no_rule_is_known_by_its_code() {
    let mut found = Vec::new();
    for (path, text) in rust_files("src") {
        // Strings count here: a code in one is exactly what must not be. Doc comments may not name one either.
        for (at, line) in before_tests(&text).lines().enumerate() {
            if let Some(code) = rule_code(line) {
                found.push(format!("{path}:{}  {code}", at + 1));
            }
        }
    }
    assert_none("rules are data: no rule's code stands in src", found);
    assert_eq!(rule_code("the rule D-01 fires"), Some("D-01".to_string()));
    assert_eq!(rule_code("DQ-01"), Some("DQ-01".to_string()));
    assert_eq!(rule_code("SHA-256, GB18030, UTF-8, E-011"), None);
}

/// One or two capitals, a hyphen and exactly two digits.
fn rule_code(line: &str) -> Option<String> {
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words.map(str::to_string).find(|word| {
        let Some((letters, digits)) = word.split_once('-') else {
            return false;
        };
        (1..=2).contains(&letters.len())
            && letters.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.len() == 2
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[test]
fn only_the_command_line_prints() {
    let files: BTreeMap<_, _> =
        rust_files("src").into_iter().filter(|(path, _)| !within(path, &["src/cli/"])).collect();
    let mut found = Vec::new();
    for word in ["println!", "eprintln!", "print!", "eprint!", "stdout()", "stderr()"] {
        found.extend(lines_with(&files, word));
    }
    assert_none("only src/cli prints", found);
}

#[test]
fn polars_stays_where_it_belongs() {
    let allowed = ["src/ingest/", "src/engine/", "src/report/", "src/generate/write/"];
    let files: BTreeMap<_, _> =
        rust_files("src").into_iter().filter(|(path, _)| !within(path, &allowed)).collect();
    let mut found = lines_with(&files, "polars");
    found.extend(lines_with(&files, "polars_io"));
    assert_none("polars stays in ingest, engine, report and the generator's writer", found);
}

#[test]
fn no_clock_and_no_environment_is_read() {
    // The cache asks when a file was changed; timings are told beside the result and never inside it.
    let allowed = ["src/ingest/store/cache.rs", "src/timings.rs"];
    let files: BTreeMap<_, _> =
        rust_files("src").into_iter().filter(|(path, _)| !within(path, &allowed)).collect();
    let mut found = Vec::new();
    for word in [
        "SystemTime",
        "Instant",
        "Local::now",
        "Utc::now",
        "env::var",
        "env::vars",
        "thread_rng",
        "RandomState",
    ] {
        found.extend(lines_with(&files, word));
    }
    assert_none("no result may depend on the hour, the environment or chance", found);
}

#[test]
fn no_code_is_unsafe() {
    assert_none("unsafe code needs an audited module", lines_with(&rust_files("src"), "unsafe"));
}

/// Which modules of the crate a module's files name.
fn used_modules(path_prefix: &str) -> BTreeMap<String, Vec<String>> {
    let mut used: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in rust_files("src").into_iter().filter(|(path, _)| path.starts_with(path_prefix)) {
        for (at, line) in code_of(&text).lines().enumerate() {
            for (position, _) in line.match_indices("crate::") {
                let rest = &line[position + "crate::".len()..];
                let module: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                used.entry(module).or_default().push(format!("{path}:{}  {}", at + 1, line.trim()));
            }
        }
    }
    used
}

#[test]
fn domain_knows_nobody() {
    let mut used = used_modules("src/domain/");
    used.remove("domain");
    assert_none("src/domain knows nobody", used.into_values().flatten().collect());
}

#[test]
fn nobody_knows_the_command_line() {
    let mut found = Vec::new();
    for (module, places) in used_modules("src/") {
        if module == "cli" {
            found.extend(places.into_iter().filter(|place| !place.starts_with("src/cli/")));
        }
    }
    assert_none("nobody but main.rs knows src/cli", found);
}

#[test]
fn the_flow_has_no_way_back_up() {
    // What each stage must not know: the stages after it.
    for (stage, later) in [
        (
            "src/ingest/",
            ["engine", "findings", "report", "receipt", "rulebook", "pipeline", "generate"].as_slice(),
        ),
        ("src/rulebook/", &["engine", "findings", "report", "receipt", "pipeline", "generate"]),
        ("src/engine/", &["findings", "report", "receipt", "pipeline", "generate"]),
        ("src/findings/", &["report", "receipt", "pipeline", "generate"]),
        ("src/report/", &["receipt", "pipeline", "generate"]),
        // The answer key must not be what the engine believes.
        ("src/generate/", &["engine", "findings", "rulebook", "report", "pipeline"]),
    ] {
        let used = used_modules(stage);
        let found = later.iter().filter_map(|module| used.get(*module)).flatten().cloned();
        assert_none(&format!("{stage} must not know the stages after it"), found.collect());
    }
}

#[test]
fn sentences_stand_in_the_message_table() {
    // Headings and registry words of offices are data of ingest; a generator invents people and villages.
    let allowed = [
        "src/messages/",
        "src/ingest/schema.rs",
        "src/ingest/heading.rs",
        "src/generate/",
        "src/report/workbook/style.rs",
        "src/report/table.rs",
        "src/domain/calendar.rs",
        "src/domain/month.rs",
        "src/domain/fen.rs",
        "src/domain/name.rs",
        "src/claims/mod.rs",
        "src/rule_test.rs",
    ];
    let mut found = Vec::new();
    for (path, text) in rust_files("src").into_iter().filter(|(path, _)| !within(path, &allowed)) {
        let code = blanked(before_tests(&text), false);
        for (at, line) in code.lines().enumerate().filter(|(_, line)| line.chars().any(is_chinese)) {
            found.push(format!("{path}:{}  {}", at + 1, line.trim()));
        }
    }
    assert_none("what a person reads stands in src/messages", found);
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

// -------------------------------------------------------------------------------------------------------- files

#[test]
fn main_is_a_screen_long() {
    assert!(rust_files("src")["src/main.rs"].lines().count() <= 60);
}

#[test]
fn every_dependency_says_why() {
    let manifest = std::fs::read_to_string(repository("Cargo.toml")).unwrap();
    let mut section = "";
    let mut previous = "";
    let (mut silent, mut count, mut is_inside) = (Vec::new(), 0, false);
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let is_entry = line.contains(" = ") && !line.starts_with([' ', '#', '[']);
        if section.ends_with("dependencies]") && is_entry && !is_inside {
            count += 1;
            // One comment may speak of several that stand together.
            if !previous.starts_with('#') && !previous.contains(" = ") {
                silent.push(line.to_string());
            }
        }
        is_inside = (is_inside || line.ends_with('[')) && !line.starts_with(']');
        previous = line;
    }
    assert!(count > 20, "{count} dependencies");
    assert_none("every dependency has a comment above it", silent);
}
