//! Numbers that are no ID number as the standard writes one.

use serde::Deserialize;

use super::super::load::CheckReader;
use crate::domain::{IdDefect, IdRepairs};
use crate::messages::{self, Error};

/// What is wrong with a number as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberForm {
    /// It cannot be used.
    Unusable(IdDefect),
    /// It can be used as it was mended, under this code.
    Mended(&'static str),
}

impl NumberForm {
    /// The form of a code, as quality.csv writes it.
    fn of_code(code: &str) -> Option<NumberForm> {
        let mended = IdRepairs::KINDS.into_iter().find(|(_, kind)| *kind == code);
        let mended = mended.map(|(_, kind)| NumberForm::Mended(kind));
        mended.or_else(|| messages::id_defect_of_code(code).map(NumberForm::Unusable))
    }
}

/// Which numbers are told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawNumbers {
    defects: Vec<String>,
}

impl RawNumbers {
    pub(super) fn read(&self, reader: &CheckReader<'_>) -> Result<Vec<NumberForm>, Error> {
        if self.defects.is_empty() {
            return Err(reader.wrong(messages::nothing_named("defects")));
        }
        let form = |code: &String| {
            NumberForm::of_code(code).ok_or_else(|| {
                let defects = IdDefect::ALL.into_iter().map(messages::id_defect_code);
                let mended = IdRepairs::KINDS.into_iter().map(|(_, kind)| kind);
                let known: Vec<&str> = defects.chain(mended).collect();
                reader.wrong_word(code, messages::bad_choice("defects", code, &known.join(", ")))
            })
        };
        self.defects.iter().map(form).collect()
    }
}
