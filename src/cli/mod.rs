//! The command line: one file for each command, no logic.
//!
//! Owns the printing. Results go to stdout, everything else to stderr; no other module prints.

mod arguments;
mod check;
mod claims;
mod explain;
mod generate;
mod init;
mod rules;
mod run;
mod table;
mod verify;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::NaiveDate;
use clap::ArgMatches;
use clap::error::ErrorKind;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::ingest::Limits;
use crate::messages::{self, Error, Exit, Lang};
use crate::pipeline::{Audit, CacheChoice, RunOptions};

/// Why stdout could not be written, if it could not.
static STDOUT_FAILURE: OnceLock<std::io::Error> = OnceLock::new();

/// What every command knows of how to speak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    pub(crate) lang: Lang,
    pub(crate) quiet: bool,
    pub(crate) json: bool,
    pub(crate) unmask: bool,
}

impl Voice {
    /// Prints a line of a result. That it could not be printed is told once, at the end.
    pub(crate) fn say(self, line: &str) {
        if let Err(why) = writeln!(std::io::stdout(), "{line}") {
            // Only the first failure counts.
            let _ = STDOUT_FAILURE.set(why);
        }
    }

    /// Prints a line about the run, unless it should be quiet.
    pub(crate) fn tell(self, line: &str) {
        if !self.quiet {
            complain(line);
        }
    }

    /// Says that the cache did not serve, if it should have.
    pub(crate) fn tell_cache(self, audit: &Audit) {
        if let Some(problem) = &audit.tables.cache_problem {
            self.tell(problem.in_lang(self.lang));
        }
    }

    /// Says that the rules of the command line take the place of those of audit.toml, where they do.
    pub(crate) fn tell_rules(self, options: &RunOptions, audit: &Audit) {
        let (Some(given), Some(named)) = (&options.rules, &audit.project.rules) else { return };
        let whole = |folder: &Path| folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        if whole(given) != whole(named) {
            let (given, named) = (given.display().to_string(), named.display().to_string());
            self.tell(messages::rules_replaced(&given, &named).in_lang(self.lang));
        }
    }

    /// Prints a value as JSON.
    pub(crate) fn json(self, value: &serde_json::Value) {
        self.say(&format!("{value:#}"));
    }

    /// A progress bar on a terminal; nothing in a pipe.
    pub(crate) fn progress(self) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if self.quiet || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar
    }
}

/// Prints a line to stderr. Where even that is closed or full, nobody can be told.
fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Runs the command line and returns the exit code.
pub fn run(arguments: &[OsString]) -> Exit {
    std::panic::set_hook(Box::new(|panic| {
        if !crate::ingest::is_guarded() {
            complain(&panic.to_string());
        }
    }));
    let lang = arguments::language(arguments);
    let matches = match arguments::command(lang).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(why) => return usage(lang, &why),
    };
    let result = dispatch(lang, &matches).and_then(|exit| match STDOUT_FAILURE.get() {
        // A reader that has seen enough, as `head`, is no failure.
        Some(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(messages::cannot_write("stdout", why))
        }
        _ => Ok(exit),
    });
    match result {
        Ok(exit) => exit,
        Err(error) => {
            complain(&messages::error_line(&error, lang));
            error.exit
        }
    }
}

/// Tells that a panic ended the run, and returns its exit code.
pub fn report_bug(arguments: &[OsString]) -> Exit {
    let error = messages::internal_error("panic");
    complain(&messages::error_line(&error, arguments::language(arguments)));
    error.exit
}

fn usage(lang: Lang, why: &clap::Error) -> Exit {
    if matches!(why.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed pipe is no reason to fail.
        let _ = why.print();
        return Exit::Done;
    }
    if why.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        complain(why.to_string().trim_end());
    } else {
        complain(messages::usage_error(&why.to_string()).in_lang(lang));
    }
    Exit::Usage
}

fn dispatch(lang: Lang, matches: &ArgMatches) -> Result<Exit, Error> {
    let Some((name, arguments)) = matches.subcommand() else {
        return Ok(Exit::Usage);
    };
    let flag = |name: &str| arguments.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false);
    let voice = Voice { lang, quiet: matches.get_flag("quiet"), json: flag("json"), unmask: flag("unmask") };
    match name {
        "run" => run::run(voice, arguments),
        "check" => check::run(voice, arguments),
        "explain" => explain::run(voice, arguments),
        "init" => init::run(voice, arguments),
        "rules" => rules::run(voice, arguments),
        "claims" => claims::run(voice, arguments),
        "generate" => generate::run(voice, arguments),
        _ => verify::run(voice, arguments),
    }
}

/// A required path.
pub(crate) fn path(arguments: &ArgMatches, name: &str) -> PathBuf {
    arguments.get_one::<PathBuf>(name).cloned().unwrap_or_default()
}

/// The options that every command which audits has.
pub(crate) fn audit_options(arguments: &ArgMatches) -> RunOptions {
    RunOptions {
        out: arguments.try_get_one::<PathBuf>("out").ok().flatten().cloned(),
        rules: arguments.get_one::<PathBuf>("rules").cloned(),
        only: arguments.get_many::<Vec<String>>("only").into_iter().flatten().flatten().cloned().collect(),
        as_of: arguments.get_one::<NaiveDate>("as-of").copied(),
        threads: arguments.get_one::<usize>("threads").copied(),
        cache: match (arguments.get_flag("no-cache"), arguments.get_one::<PathBuf>("cache-dir")) {
            (true, _) => CacheChoice::None,
            (false, Some(folder)) => CacheChoice::Folder(folder.clone()),
            (false, None) => CacheChoice::Project,
        },
        rehash: arguments.get_flag("rehash") || arguments.get_flag("unattended"),
        limits: limits(arguments),
        ..RunOptions::default()
    }
}

/// How much is read of one file.
fn limits(arguments: &ArgMatches) -> Limits {
    let given = |name: &str, usual: u64| arguments.get_one::<u64>(name).copied().unwrap_or(usual);
    let usual = Limits::default();
    Limits {
        file_bytes: given("max-file-size", usual.file_bytes),
        text_bytes: given("max-unpacked-text", usual.text_bytes),
        workbook_bytes: given("max-unpacked-workbook", usual.workbook_bytes),
        ratio: given("max-ratio", usual.ratio),
        columns: u32::try_from(given("max-columns", usual.columns.into())).unwrap_or(u32::MAX),
        cells: given("max-cells", usual.cells),
    }
}

/// Audits with a progress bar.
pub(crate) fn audit(voice: Voice, arguments: &ArgMatches) -> Result<Audit, Error> {
    audit_with(voice, arguments, &audit_options(arguments))
}

/// [`audit`] with options of the command's own.
fn audit_with(voice: Voice, arguments: &ArgMatches, options: &RunOptions) -> Result<Audit, Error> {
    let bar = voice.progress();
    let result = crate::pipeline::audit(&path(arguments, "project"), options, &|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let audit = result?;
    voice.tell_cache(&audit);
    voice.tell_rules(options, &audit);
    Ok(audit)
}
