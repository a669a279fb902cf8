//! `verify`: recomputes the receipt of a result.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::{Voice, path};
use crate::messages::{self, Error, Exit};
use crate::receipt;

pub(super) fn run(voice: Voice, arguments: &ArgMatches) -> Result<Exit, Error> {
    let out = path(arguments, "out");
    let project = match arguments.get_one::<PathBuf>("project") {
        Some(project) => project.clone(),
        None => parent_of(&out),
    };
    let differences =
        receipt::verify(&out, &project, arguments.get_one::<PathBuf>("rules").map(PathBuf::as_path))?;
    let texts: Vec<&str> = differences.iter().map(|difference| difference.in_lang(voice.lang)).collect();
    if voice.json {
        voice.json(&serde_json::json!({ "verified": texts.is_empty(), "differences": texts }));
    } else {
        for text in &texts {
            voice.say(text);
        }
        voice.say(messages::verified(texts.len()).in_lang(voice.lang));
    }
    Ok(if texts.is_empty() { Exit::Done } else { Exit::NotSo })
}

/// The folder that holds a result, also for `out` and `.`.
fn parent_of(out: &Path) -> PathBuf {
    let absolute = std::path::absolute(out).unwrap_or_else(|_| out.to_path_buf());
    absolute.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
