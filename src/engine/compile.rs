//! Every status registry becomes bars: hands a person's rows to the reading that each rule asks for.

use std::collections::BTreeSet;

use super::bars::{Bar, BarCompiler, PersonRows};
use super::{age, custody, death, listed, pension};
use crate::ingest::Table;
use crate::rulebook::Check;

/// Compiles all bars of the person, for every form of the name that the payment lines use.
pub(super) fn compile(
    mut compiler: BarCompiler<'_>,
    rows: &PersonRows<'_>,
    forms: &BTreeSet<String>,
) -> Vec<Bar> {
    for (number, form) in forms.iter().enumerate() {
        compiler.is_first_form = number == 0;
        for at in 0..compiler.rulebook.rules.len() {
            let rulebook = compiler.rulebook;
            let check = &rulebook.rules[at].check;
            // A rule of which nobody could say what it returns bars nothing: the coverage tells it.
            if rulebook.unknown_parameter(check, compiler.region, compiler.as_of).is_some() {
                continue;
            }
            match check {
                Check::Death(check) => death::compile(&mut compiler, at, check, form, rows),
                Check::Custody(check) => custody::compile(&mut compiler, at, check, form, &rows.custody),
                Check::Pension(check) => {
                    pension::compile(&mut compiler, at, check, form, &rows.other_pensions)
                }
                Check::Listed(check) => listed::compile(&mut compiler, at, check, form, rows.of(check.table)),
                Check::Age(check) => {
                    age::compile(&mut compiler, at, check, form, rows.of(Table::Participants));
                }
                _ => {}
            }
        }
    }
    compiler.bars
}
