//! The rulebook: rules/**/*.toml checked into rules, dictionaries and dated parameters.
//!
//! Owns what a rule may say. Must not know a payment line, nor any rule by its code: rules are data.

mod builtin;
mod check;
mod dictionary;
mod kinds;
mod load;
mod name_variants;
mod parameter;
mod rule;

pub use check::{
    AbsentCheck, Check, CustodyCheck, CustodyDictionaries, DeathCheck, ExclusiveCheck, Offset, Outcome,
    PensionCheck, Returns, Scope, SignsOfLife, StartMonth,
};
pub use dictionary::Dictionary;
pub(crate) use kinds::ROUNDINGS;
pub use kinds::{
    AgeCheck, AgeTier, Condition, ConflictCheck, DeathReading, EntitledCheck, EntitlementCheck, ListedCheck,
    NumberForm, OverlapMeaning, OverlapStatus, RepeatedRowsCheck, RevivedCheck, SharedBy, SharedCheck,
    StandardCheck, StoppedCheck, StoppedWhy, Test, UnpaidCheck,
};
pub use load::{RuleFile, load};
pub use parameter::{Parameter, ParameterKind, ParameterStatus, ParameterValue, Quantity};
pub use rule::{Basis, CaseType, Concerns, Example, ExpectedOutcome, Rule, RuleStatus, TierCap};

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::{DateOrder, Month, MonthSpan};
use crate::ingest::Vocabulary;

use crate::identity::NameVariants;
use crate::messages::{self, Error};

/// The dictionary of the words for the sexes, by which rows without a usable number are told apart.
pub(crate) const SEX_DICTIONARY: &str = "sex";

/// A checked set of rules.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// The rules that run, by precedence, then id.
    pub rules: Vec<Rule>,
    /// The rules that do not, each with the reason, by precedence, then id.
    pub left_out: Vec<(Rule, LeftOut)>,
    /// The dictionaries, by id.
    pub dictionaries: BTreeMap<String, Dictionary>,
    /// The dated parameters, by id.
    pub parameters: BTreeMap<String, Parameter>,
    /// The characters that stand for one another in names.
    pub name_variants: NameVariants,
    /// Every file of both layers with its SHA-256, for the receipt.
    pub files: Vec<RuleFile>,
    /// The rules to which a run was limited, by precedence; empty: it was not.
    pub only: Vec<String>,
    /// The headings and codes of offices, of both layers.
    pub vocabulary: Arc<Vocabulary>,
}

/// Why a rule does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// It is retired (停用).
    Retired,
    /// The run is limited to other rules.
    NotChosen,
}

impl Rulebook {
    /// A rule by its position: first stand those that run, then those that do not.
    ///
    /// # Panics
    /// For a position behind them all.
    pub fn rule_at(&self, at: usize) -> &Rule {
        self.rules.get(at).unwrap_or_else(|| &self.left_out[at - self.rules.len()].0)
    }

    /// The dictionary of an id. The loader has checked that each named one exists.
    ///
    /// # Panics
    /// For an id that no rule file names.
    pub fn dictionary(&self, id: &str) -> &Dictionary {
        match self.dictionaries.get(id) {
            Some(dictionary) => dictionary,
            None => panic!("the loader let an unknown dictionary \"{id}\" pass"),
        }
    }

    /// Leaves out every rule that is not named; an empty list leaves all.
    ///
    /// # Errors
    /// When a name is no rule that runs.
    pub fn keep_only(&mut self, ids: &[String]) -> Result<(), Error> {
        let named = ids.iter().map(|id| match self.rule_named(id) {
            Some(rule) => Ok(rule.id.clone()),
            None => {
                let known: Vec<&str> = self.rules.iter().map(|rule| rule.id.as_str()).collect();
                Err(messages::no_such_rule(id, &known))
            }
        });
        let named: Vec<String> = named.collect::<Result<_, _>>()?;
        if !named.is_empty() {
            let (chosen, others) =
                std::mem::take(&mut self.rules).into_iter().partition(|rule| named.contains(&rule.id));
            self.rules = chosen;
            self.leave_out(others, LeftOut::NotChosen);
            self.only = self.rules.iter().map(|rule| rule.id.clone()).collect();
        }
        Ok(())
    }

    /// Whether what a rule finds is in the sums: a rule on trial is listed and never counted.
    pub fn counts(&self, rule: usize) -> bool {
        self.rules[rule].status == RuleStatus::Active
    }

    fn leave_out(&mut self, rules: Vec<Rule>, why: LeftOut) {
        self.left_out.extend(rules.into_iter().map(|rule| (rule, why)));
        self.left_out.sort_by(|(a, _), (b, _)| (a.precedence, &a.id).cmp(&(b.precedence, &b.id)));
    }

    /// What a parameter says for a region on a day; `None` where nobody could say.
    pub fn value(&self, parameter: &str, region: &str, day: NaiveDate) -> Option<&ParameterValue> {
        let value = self.parameters.get(parameter)?.value_on(region, day)?;
        Some(value).filter(|value| value.status != ParameterStatus::Unknown)
    }

    /// The parameters of a check that do not say, for some month of a span, what was due in a region.
    pub fn unknown_standards(
        &self,
        check: &StandardCheck,
        region: &str,
        months: MonthSpan,
    ) -> Vec<&Parameter> {
        let is_known = |id: &str, month: Month| {
            month.first_day().is_some_and(|day| self.value(id, region, day).is_some())
        };
        let parameters = check.parameters().into_iter();
        let unknown = parameters.filter(|id| !months.months().all(|month| is_known(id, month)));
        unknown.filter_map(|id| self.parameters.get(id)).collect()
    }

    /// What is returnable in a region, by what holds on the day as of which the audit speaks; `None` where
    /// nobody could say.
    pub fn returned(&self, returns: &Returns, region: &str, as_of: NaiveDate) -> Option<Scope> {
        match returns {
            Returns::Fixed(scope) => Some(*scope),
            Returns::Parameter(id) => Returns::of_word(self.value(id, region, as_of)?.word()?),
        }
    }

    /// The parameter without which a check claims nothing in a region: it does not say what is returned, or
    /// from which month an event bars payment.
    pub fn unknown_parameter(&self, check: &Check, region: &str, as_of: NaiveDate) -> Option<&Parameter> {
        let returns = check.returns().filter(|returns| self.returned(returns, region, as_of).is_none());
        let start = match check.start() {
            Some(StartMonth::Parameter(id)) => Some(id).filter(|id| self.offset(id, region, as_of).is_none()),
            _ => None,
        };
        let unknown = returns.and_then(Returns::parameter).or(start.map(String::as_str));
        self.parameters.get(unknown?)
    }

    /// The month from which an event of a day bars payment in a region. Where nobody could say which, it
    /// is the month after, which claims less.
    pub(crate) fn start(&self, start: &StartMonth, region: &str, day: NaiveDate) -> Month {
        let offset = match start {
            StartMonth::Fixed(offset) => *offset,
            StartMonth::Parameter(id) => self.offset(id, region, day).unwrap_or(Offset::Next),
        };
        offset.month(day)
    }

    /// What a parameter says of how a day becomes a month, in a region; `None` where nobody could say.
    pub(crate) fn offset(&self, parameter: &str, region: &str, day: NaiveDate) -> Option<Offset> {
        match self.value(parameter, region, day)?.word()? {
            "same" => Some(Offset::Same),
            "next" => Some(Offset::Next),
            _ => None,
        }
    }

    /// Whether a parameter says the month after, in a region on some day.
    pub(crate) fn may_be_next(&self, parameter: &str, region: &str) -> bool {
        let values = self.parameters.get(parameter).into_iter().flat_map(|parameter| &parameter.values);
        let is_here = |value: &&ParameterValue| value.region == "*" || region.starts_with(&value.region);
        values.filter(is_here).any(|value| value.word() == Some("next"))
    }

    /// The order in which a parameter believes the sources of days of death, and whether it is in force.
    pub(crate) fn date_order(
        &self,
        priority: Option<&str>,
        region: &str,
        as_of: NaiveDate,
    ) -> Option<(DateOrder, bool)> {
        let value = self.value(priority?, region, as_of)?;
        Some((DateOrder::parse(value.word()?)?, value.status == ParameterStatus::InForce))
    }

    /// The rule that somebody means by an id, in capitals or not.
    pub fn rule_named(&self, written: &str) -> Option<&Rule> {
        let is_meant = |rule: &&Rule| rule.id.eq_ignore_ascii_case(written);
        self.rule(written).or_else(|| self.rules.iter().find(is_meant))
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}
