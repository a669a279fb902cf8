//! Typed conditions on a registry row: never strings of code.

use serde::Deserialize;

use super::super::load::CheckReader;
use crate::ingest::{Column, Table};
use crate::messages::{self, Error};

/// A condition on one field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The field.
    pub column: Column,
    /// What must hold of it.
    pub test: Test,
}

/// What must hold of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Its words are of one of these classes of a dictionary.
    Class(String, Vec<String>),
    /// Its words are of none of these classes.
    NotClass(String, Vec<String>),
    /// Nothing stands in it.
    Empty,
    /// Something stands in it.
    Stated,
}

/// A condition as it stands in a rule file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct RawCondition {
    field: String,
    dictionary: Option<String>,
    #[serde(default)]
    class: Vec<String>,
    #[serde(default)]
    not_class: Vec<String>,
    is: Option<RawTest>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawTest {
    Empty,
    Stated,
}

impl RawCondition {
    /// Checks the condition against the fields of its registry.
    pub(in crate::rulebook) fn read(
        &self,
        reader: &mut CheckReader<'_>,
        table: Table,
    ) -> Result<Condition, Error> {
        let column = reader.any_field(&self.field, table)?;
        let test = match (&self.dictionary, self.is) {
            (None, Some(RawTest::Empty)) if self.class.is_empty() && self.not_class.is_empty() => Test::Empty,
            (None, Some(RawTest::Stated)) if self.class.is_empty() && self.not_class.is_empty() => {
                Test::Stated
            }
            (Some(dictionary), None) if self.class.is_empty() != self.not_class.is_empty() => {
                let wanted = if self.class.is_empty() { &self.not_class } else { &self.class };
                reader.classes(dictionary, &wanted.iter().map(String::as_str).collect::<Vec<_>>());
                if self.class.is_empty() {
                    Test::NotClass(dictionary.clone(), self.not_class.clone())
                } else {
                    Test::Class(dictionary.clone(), self.class.clone())
                }
            }
            _ => return Err(reader.wrong(messages::bad_condition(&self.field))),
        };
        Ok(Condition { column, test })
    }
}
