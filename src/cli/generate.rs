//! `generate`: sample projects with an answer key.

use clap::ArgMatches;

use super::{Voice, path};
use crate::generate::{GenerateOptions, PaymentFormat, generate};
use crate::messages::{self, Error, Exit};

pub(super) fn run(voice: Voice, arguments: &ArgMatches) -> Result<Exit, Error> {
    let text = |name: &str| arguments.get_one::<String>(name).map(String::as_str);
    let options = GenerateOptions {
        scenario: text("scenario").unwrap_or_default().parse()?,
        persons: arguments.get_one::<usize>("persons").copied(),
        months: arguments.get_one::<u32>("months").copied(),
        seed: arguments.get_one::<u64>("seed").copied(),
        format: text("format").map_or(Ok(PaymentFormat::Csv), str::parse)?,
        gb18030: arguments.get_flag("gb18030"),
    };
    let folder = path(arguments, "dir");
    let made = generate(&folder, &options)?;
    let shown = folder.display().to_string();
    voice.say(
        messages::generated(&shown, made.persons, made.payment_lines, made.files.len()).in_lang(voice.lang),
    );
    Ok(Exit::Done)
}
