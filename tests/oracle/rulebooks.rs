//! Rulebooks for the oracle: the built-in one, and random ones in which precedence, scope and force of the
//! rules are others.
//!
//! Owns what the naive reading has to know of a rule, and the overlay that tells the engine the same. Must not
//! judge.

use std::fs;
use std::path::Path;

use super::projects::Rng;
use super::semantics::{COMPONENTS, Rule};
use crate::support::{files_below, repository};

/// How far a rule goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Force {
    Claims,
    OnTrial,
    Capped,
    Retired,
}

/// What the naive reading has to know of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) precedence: u32,
    pub(crate) scope: [bool; 5],
    pub(crate) force: Force,
}

/// The six rules that claim, as a project has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rulebook {
    own: Vec<(Rule, Own)>,
    is_built_in: bool,
}

impl Rulebook {
    pub(crate) fn built_in() -> Rulebook {
        let own = Rule::ALL.iter().enumerate().map(|(at, &rule)| {
            let scope = match rule {
                Rule::EmployeePension | Rule::PublicInstitutionPension => [true, true, false, false, false],
                _ => [true; 5],
            };
            (rule, Own { precedence: at as u32, scope, force: Force::Claims })
        });
        Rulebook { own: own.collect(), is_built_in: true }
    }

    /// A rulebook in which anything may be otherwise.
    pub(crate) fn random(rng: &mut Rng) -> Rulebook {
        let mut book = Rulebook::built_in();
        let mut precedences: Vec<u32> = (1..=6).map(|number| number * 7).collect();
        rng.shuffle(&mut precedences);
        for ((rule, own), precedence) in book.own.iter_mut().zip(precedences) {
            own.precedence = precedence;
            if rng.chance(50) && !matches!(rule, Rule::Repeated | Rule::Funeral) {
                own.scope = [0; 5].map(|_| rng.chance(50));
                if own.scope == [false; 5] {
                    own.scope[rng.below(5)] = true;
                }
            }
            own.force = match rng.below(10) {
                0 => Force::OnTrial,
                1 => Force::Capped,
                2 => Force::Retired,
                _ => Force::Claims,
            };
        }
        book.is_built_in = false;
        book
    }

    pub(crate) fn of(&self, rule: Rule) -> Own {
        self.own[rule as usize].1
    }

    /// The codes of the rules that run, with the one that marks.
    pub(crate) fn codes(&self) -> Vec<String> {
        let running = self.own.iter().filter(|(_, own)| own.force != Force::Retired);
        running.map(|(rule, _)| rule.code().to_string()).chain(["DQ-01".to_string()]).collect()
    }

    /// Writes the overlay that says so; none for the built-in rulebook.
    pub(crate) fn write(&self, folder: &Path) -> bool {
        if self.is_built_in {
            return false;
        }
        fs::create_dir_all(folder).expect("the folder of the overlay");
        for (name, bytes) in files_below(&repository("rules")) {
            let text = String::from_utf8(bytes).expect("a rule file is UTF-8");
            for (rule, own) in &self.own {
                if text
                    .lines()
                    .any(|line| line.starts_with("id ") && line.contains(&format!("\"{}\"", rule.code())))
                {
                    let file = folder.join(name.rsplit('/').next().expect("a name"));
                    fs::write(file, overlay(&text, *rule, own)).expect("a file of the overlay");
                }
            }
        }
        true
    }
}

/// The rule file with what the rulebook says instead, and without its examples.
fn overlay(text: &str, rule: Rule, own: &Own) -> String {
    let (status, cap) = match own.force {
        Force::Claims => ("active", "established"),
        Force::OnTrial => ("trial", "established"),
        Force::Capped => ("active", "lead"),
        Force::Retired => ("retired", "established"),
    };
    let scope: Vec<String> =
        (0..5).filter(|&at| own.scope[at]).map(|at| format!("\"{}\"", COMPONENTS[at])).collect();
    let rules = text.split("[[example]]").next().unwrap_or_default();
    let line = |line: &str| match line.split_whitespace().next() {
        Some("id") if line.contains(rule.code()) => format!("{line}\noverrides = \"{}\"", rule.code()),
        Some("status") => format!("status = \"{status}\""),
        Some("tier_cap") => format!("tier_cap = \"{cap}\""),
        Some("precedence") => format!("precedence = {}", own.precedence),
        Some("returns") => format!("returns = [{}]", scope.join(", ")),
        _ => line.to_string(),
    };
    rules.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}
