//! The words of registries that no dictionary knows.
//!
//! Owns what is told of them. What follows from an unknown word is the business of whoever reads the column.

use crate::domain::mask_number_text;
use crate::ingest::{Column, Observations, Table, Tables};
use crate::messages::Observation;
use crate::rulebook::Rulebook;

/// Notes every word of a registry that none of the dictionaries knows by which a rule decides on its column.
pub(super) fn note_unknown(tables: &Tables, rulebook: &Rulebook, noticed: &mut Observations) {
    let readers: Vec<(Table, Column, &str)> =
        rulebook.rules.iter().flat_map(|rule| rule.check.dictionaries()).collect();
    for table in tables.registry_tables() {
        for registry in tables.registry(table) {
            let facts = registry.facts();
            let of = |column: Column| {
                let reads = move |(of, read, _): &&(Table, Column, &str)| *of == table && *read == column;
                readers.iter().filter(reads).map(|(.., dictionary)| rulebook.dictionary(dictionary))
            };
            for (observation, found) in facts.noticed.iter() {
                let told = match observation {
                    Observation::Word(column, word) => {
                        let is_unknown = of(*column).all(|dictionary| dictionary.class_of(word).is_none());
                        is_unknown
                            .then(|| Observation::UnknownWord(*column, mask_number_text(word)))
                            .filter(|_| of(*column).next().is_some())
                    }
                    Observation::MoreWords(column) => {
                        of(*column).next().map(|_| Observation::MoreWords(*column))
                    }
                    _ => None,
                };
                if let Some(told) = told {
                    noticed.add_many(&facts.control.file, told, found.count, &found.rows);
                }
            }
        }
    }
}
