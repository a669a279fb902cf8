//! The commands and their options, with help in the language asked for.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Arg, ArgAction, Command, value_parser};
use unicode_normalization::UnicodeNormalization;

use crate::domain::{DateReading, parse_date};
use crate::messages::{self, Lang, help};

/// The language that the command line asks for, before it is parsed: help depends on it.
pub(super) fn language(arguments: &[OsString]) -> Lang {
    let words: Vec<String> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let is_english = words.iter().any(|word| word == "--lang=en")
        || words.windows(2).any(|pair| pair[0] == "--lang" && pair[1] == "en");
    if is_english { Lang::En } else { Lang::Zh }
}

/// The whole command line.
pub(super) fn command(lang: Lang) -> Command {
    let text = |key: &str| help(key).in_lang(lang).to_string();
    Command::new("pension-audit")
        .version(env!("CARGO_PKG_VERSION"))
        .about(text("about"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(
            Arg::new("lang")
                .long("lang")
                .global(true)
                .value_parser(["zh", "en"])
                .default_value("zh")
                .help(text("lang")),
        )
        .arg(flag("quiet", &text("quiet")).short('q').global(true))
        .subcommand(init_command(&text, lang))
        .subcommand(run_command(&text, lang))
        .subcommand(audit_command("check", &text, lang).arg(flag("json", &text("json"))))
        .subcommand(explain_command(&text, lang))
        .subcommand(rules_command(&text))
        .subcommand(audit_command("claims", &text, lang).arg(flag("json", &text("json"))))
        .subcommand(generate_command(&text))
        .subcommand(verify_command(&text))
}

fn flag(name: &'static str, help: &str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help.to_string())
}

fn folder(name: &'static str, help: &str) -> Arg {
    Arg::new(name).long(name).value_name("DIR").value_parser(value_parser!(PathBuf)).help(help.to_string())
}

fn positional(name: &'static str, shown: &'static str, help: &str) -> Arg {
    Arg::new(name)
        .value_name(shown)
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help(help.to_string())
}

/// A bound on a size that is written as 500M or 64G.
fn size(name: &'static str, help: &str, lang: Lang) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("SIZE")
        .value_parser(move |text: &str| parse_size(text, lang))
        .help(help.to_string())
        .help_heading(LIMITS)
}

/// A bound on a number.
fn count(name: &'static str, help: &str, most: u64) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("N")
        .value_parser(value_parser!(u64).range(1..=most))
        .help(help.to_string())
        .help_heading(LIMITS)
}

/// Under what the bounds stand in the help.
const LIMITS: &str = "Limits";

/// Parses `500M`: a number of bytes, in units of 1,024 where a letter says so.
fn parse_size(text: &str, lang: Lang) -> Result<u64, String> {
    let wrong = || messages::bad_size(text).in_lang(lang).to_string();
    let upper = text.to_uppercase();
    let (digits, shift) = [("K", 10), ("M", 20), ("G", 30), ("T", 40)]
        .into_iter()
        .find_map(|(unit, shift)| Some((upper.strip_suffix(unit)?, shift)))
        .unwrap_or((&upper, 0));
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(1 << shift).filter(|&size| size > 0).ok_or_else(wrong)
}

/// Parses codes with commas between them, also with the separators of a Chinese keyboard and with blanks
/// around the codes.
fn parse_codes(text: &str, lang: Lang) -> Result<Vec<String>, String> {
    let half_width: String = text.nfkc().collect();
    let codes = half_width.split([',', ';', '\u{3001}']).map(str::trim);
    let codes: Vec<String> = codes.filter(|code| !code.is_empty()).map(str::to_string).collect();
    if codes.is_empty() { Err(messages::no_codes().in_lang(lang).to_string()) } else { Ok(codes) }
}

/// Parses a day in any of the writings of audit.toml.
fn parse_day(text: &str, lang: Lang) -> Result<NaiveDate, String> {
    match parse_date(text) {
        DateReading::Day(day) => Ok(day),
        _ => Err(messages::bad_as_of(text).in_lang(lang).to_string()),
    }
}

/// A command that audits a project.
fn audit_command(name: &'static str, text: &dyn Fn(&str) -> String, lang: Lang) -> Command {
    Command::new(name)
        .about(text(name))
        .arg(positional("project", "PROJECT", &text("project")))
        .arg(folder("rules", &text("rules_dir")))
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("CODES")
                .value_parser(move |text: &str| parse_codes(text, lang))
                .action(ArgAction::Append)
                .help(text("only")),
        )
        .arg(
            Arg::new("as-of")
                .long("as-of")
                .value_name("DATE")
                .value_parser(move |text: &str| parse_day(text, lang))
                .help(text("as_of")),
        )
        .arg(
            Arg::new("threads")
                .long("threads")
                .value_name("N")
                .value_parser(clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1024))
                .help(text("threads")),
        )
        .arg(flag("no-cache", &text("no_cache")).conflicts_with("cache-dir"))
        .arg(folder("cache-dir", &text("cache_dir")))
        .arg(flag("rehash", &text("rehash")))
        .arg(flag("unattended", &text("unattended")))
        .args(limits(text, lang))
}

/// How much is read of one file.
fn limits(text: &dyn Fn(&str) -> String, lang: Lang) -> [Arg; 6] {
    [
        size("max-file-size", &text("max_file_size"), lang),
        size("max-unpacked-text", &text("max_unpacked_text"), lang),
        size("max-unpacked-workbook", &text("max_unpacked_workbook"), lang),
        count("max-ratio", &text("max_ratio"), 1 << 20),
        count("max-columns", &text("max_columns"), 16_384),
        count("max-cells", &text("max_cells"), u64::MAX),
    ]
}

fn init_command(text: &dyn Fn(&str) -> String, lang: Lang) -> Command {
    let word = |name: &'static str, shown: &'static str, help: &str| {
        Arg::new(name).long(name).value_name(shown).help(text(help))
    };
    Command::new("init")
        .about(text("init"))
        .arg(positional("folder", "DIR", &text("init_folder")))
        .arg(word("title", "TEXT", "init_title"))
        .arg(word("region", "CODE", "init_region"))
        .arg(word("as-of", "DATE", "init_as_of"))
        .arg(folder("rules", &text("rules_dir")))
        .arg(flag("print", &text("init_print")))
        .arg(flag("json", &text("json")))
        .args(limits(text, lang))
}

fn run_command(text: &dyn Fn(&str) -> String, lang: Lang) -> Command {
    audit_command("run", text, lang)
        .arg(folder("out", &text("out")))
        .arg(
            Arg::new("formats")
                .long("formats")
                .value_name("LIST")
                .value_delimiter(',')
                .value_parser(["csv", "parquet", "xlsx"])
                .help(text("formats")),
        )
        .arg(
            Arg::new("fail-on")
                .long("fail-on")
                .value_name("KIND=N")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .value_parser(move |text: &str| super::run::parse_limit(text, lang))
                .help(text("fail_on")),
        )
        .arg(flag("json", &text("json")))
        .arg(flag("timings", &text("timings")))
        .arg(
            Arg::new("timings-json")
                .long("timings-json")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(text("timings_json")),
        )
}

fn explain_command(text: &dyn Fn(&str) -> String, lang: Lang) -> Command {
    audit_command("explain", text, lang)
        .arg(Arg::new("id").value_name("ID").required(true).help(text("id")))
        .arg(flag("json", &text("json")))
        .arg(flag("unmask", &text("unmask")))
}

fn rules_command(text: &dyn Fn(&str) -> String) -> Command {
    let rules = |name: &'static str, about: &str| {
        Command::new(name).about(text(about)).arg(folder("rules", &text("rules_dir")))
    };
    Command::new("rules")
        .about(text("rules"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(rules("list", "rules_list"))
        .subcommand(
            rules("show", "rules_show")
                .arg(Arg::new("code").value_name("CODE").required(true).help(text("code"))),
        )
        .subcommand(rules("test", "rules_test"))
        .subcommand(
            rules("doc", "rules_doc").arg(
                Arg::new("to")
                    .long("to")
                    .value_name("FILE")
                    .default_value("docs/rules.md")
                    .value_parser(value_parser!(PathBuf))
                    .help(text("rules_doc_to")),
            ),
        )
}

fn generate_command(text: &dyn Fn(&str) -> String) -> Command {
    let number = |name: &'static str, help: &str| Arg::new(name).long(name).value_name("N").help(text(help));
    Command::new("generate")
        .about(text("generate"))
        .arg(positional("dir", "DIR", &text("dir")))
        .arg(
            Arg::new("scenario")
                .long("scenario")
                .value_name("NAME")
                .required(true)
                .value_parser(["hongta-2023", "district", "showcase"])
                .help(text("scenario")),
        )
        .arg(number("persons", "persons").value_parser(value_parser!(usize)))
        .arg(number("months", "months").value_parser(value_parser!(u32)))
        .arg(number("seed", "seed").value_parser(value_parser!(u64)))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(["csv", "parquet"])
                .help(text("format")),
        )
        .arg(flag("gb18030", &text("gb18030")))
}

fn verify_command(text: &dyn Fn(&str) -> String) -> Command {
    Command::new("verify")
        .about(text("verify"))
        .arg(positional("out", "OUT", &text("result")))
        .arg(folder("project", &text("verify_project")))
        .arg(folder("rules", &text("rules_dir")))
        .arg(flag("json", &text("json")))
}
