//! Values that change by date and place, each with the document that set it.
//!
//! Owns the order of the values of a place: they follow one another without overlap or gap. Must not know
//! what a value is used for.

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::load::File;
use crate::domain::{DateReading, Fen, Month, parse_date};
use crate::messages::{self, Error};

/// How sure a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterStatus {
    /// The document was read.
    InForce,
    /// The document is known to exist, its text was not seen or does not settle the place.
    Expected,
    /// Nobody could say: checks that need it report 标准未配置.
    Unknown,
}

/// What a parameter's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// A day.
    Date,
    /// Money.
    Amount,
    /// A whole number.
    Number,
    /// One of the words that a check knows.
    Word,
}

impl ParameterKind {
    /// The key under which a file states such a value.
    pub fn name(self) -> &'static str {
        match self {
            ParameterKind::Date => "date",
            ParameterKind::Amount => "amount",
            ParameterKind::Number => "number",
            ParameterKind::Word => "word",
        }
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A day.
    Date(NaiveDate),
    /// Money.
    Amount(Fen),
    /// A whole number.
    Number(i64),
    /// A word.
    Word(String),
}

impl Quantity {
    /// What it is.
    pub fn kind(&self) -> ParameterKind {
        match self {
            Quantity::Date(_) => ParameterKind::Date,
            Quantity::Amount(_) => ParameterKind::Amount,
            Quantity::Number(_) => ParameterKind::Number,
            Quantity::Word(_) => ParameterKind::Word,
        }
    }

    /// Reads a text as a value of a kind.
    fn parse(kind: ParameterKind, text: &str) -> Option<Quantity> {
        match kind {
            ParameterKind::Date => match parse_date(text) {
                DateReading::Day(day) => Some(Quantity::Date(day)),
                _ => None,
            },
            ParameterKind::Amount => Fen::parse_yuan(text).ok().map(Quantity::Amount),
            ParameterKind::Number => text.trim().parse().ok().map(Quantity::Number),
            ParameterKind::Word => Some(Quantity::Word(text.trim().to_string())),
        }
    }
}

/// One value of a parameter, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterValue {
    /// The region code prefix for which it holds, or `*`.
    pub region: String,
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The first day on which it no longer holds.
    pub until: Option<NaiveDate>,
    /// What it is; absent where nobody could say.
    pub value: Option<Quantity>,
    /// How sure it is.
    pub status: ParameterStatus,
    /// The document.
    pub document: String,
    /// The article; empty where the document names none.
    pub article: String,
    /// When the document was published, where known.
    pub published_on: Option<NaiveDate>,
    /// When somebody last compared the value with its source.
    pub last_checked_on: Option<NaiveDate>,
    /// For people.
    pub note: String,
    /// The line of its file at which it begins.
    pub(super) line: usize,
}

/// A dated parameter. All its values are of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The id by which checks name it.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// What its values are; absent where no value is known and the file does not say.
    pub kind: Option<ParameterKind>,
    /// Its values, those of one region in order.
    pub values: Vec<ParameterValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawParameter {
    pub(super) id: Spanned<String>,
    pub(super) overrides: Option<String>,
    title: String,
    kind: Option<ParameterKind>,
    value: Vec<Spanned<RawValue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValue {
    region: String,
    effective_from: toml::value::Datetime,
    effective_until: Option<toml::value::Datetime>,
    date: Option<toml::value::Datetime>,
    amount: Option<String>,
    number: Option<i64>,
    word: Option<String>,
    status: ParameterStatus,
    document: String,
    article: Option<String>,
    published_on: Option<toml::value::Datetime>,
    last_checked_on: Option<toml::value::Datetime>,
    note: Option<String>,
}

impl RawParameter {
    /// Checks the values one by one, then against one another.
    pub(super) fn read(&self, file: &File<'_>) -> Result<Parameter, Error> {
        let id = self.id.get_ref();
        let mut kind = self.kind;
        let mut values = Vec::new();
        for raw in &self.value {
            let value = raw.get_ref().read(file, raw)?;
            if let Some(own) = value.value.as_ref().map(Quantity::kind) {
                let known = *kind.get_or_insert(own);
                if known != own {
                    let wrong = messages::parameter_of_two_kinds(id, known.name(), own.name());
                    return Err(file.error(file.line(raw), wrong));
                }
            }
            values.push(value);
        }
        if values.is_empty() {
            return Err(file.error(file.line(&self.id), messages::parameter_without_values(id)));
        }
        self.close(file, &mut values)?;
        Ok(Parameter { id: id.clone(), title: self.title.clone(), kind, values })
    }

    /// Lets each value end where the next of its region begins, and refuses what overlaps or leaves a gap.
    fn close(&self, file: &File<'_>, values: &mut [ParameterValue]) -> Result<(), Error> {
        for later in 1..values.len() {
            let region = &values[later].region;
            let Some(earlier) = (0..later).rev().find(|&at| values[at].region == *region) else { continue };
            let next = values[later].from;
            let wrong = |text| Err(file.error(file.line(&self.value[later]), text));
            let (id, first_line) = (self.id.get_ref(), file.line(&self.value[earlier]));
            if next < values[earlier].from {
                return wrong(messages::unsorted_dates(id, first_line));
            }
            match values[earlier].until {
                _ if next == values[earlier].from => {
                    return wrong(messages::same_first_day(id, first_line, next));
                }
                Some(until) if until > next => return wrong(messages::overlapping_dates(id, first_line)),
                Some(until) if until < next => return wrong(messages::gap_in_dates(id, first_line)),
                _ => values[earlier].until = Some(next),
            }
        }
        Ok(())
    }
}

impl RawValue {
    fn read(&self, file: &File<'_>, at: &Spanned<RawValue>) -> Result<ParameterValue, Error> {
        let wrong = |text| file.error(file.line(at), text);
        let day = |day: &toml::value::Datetime| file.day(day, at);
        let days = |value: &Option<toml::value::Datetime>| value.as_ref().map(day).transpose();
        let is_code = !self.region.is_empty() && self.region.bytes().all(|byte| byte.is_ascii_digit());
        if self.region != "*" && !is_code {
            return Err(wrong(messages::not_a_region(&self.region)));
        }
        let amount = self.amount.as_ref().map(|text| {
            Fen::parse_yuan(text)
                .map(Quantity::Amount)
                .map_err(|_| wrong(messages::parameter_amount_unreadable(text)))
        });
        let stated = [
            days(&self.date)?.map(Quantity::Date),
            amount.transpose()?,
            self.number.map(Quantity::Number),
            self.word.clone().map(Quantity::Word),
        ];
        let mut stated = stated.into_iter().flatten();
        let (value, second) = (stated.next(), stated.next());
        if let (Some(value), Some(second)) = (&value, &second) {
            return Err(wrong(messages::value_of_two_kinds(value.kind().name(), second.kind().name())));
        }
        match (&value, self.status) {
            (None, ParameterStatus::InForce | ParameterStatus::Expected) => {
                return Err(wrong(messages::value_is_missing()));
            }
            (Some(_), ParameterStatus::Unknown) => return Err(wrong(messages::unknown_value_has_none())),
            _ => {}
        }
        let (from, until) = (day(&self.effective_from)?, days(&self.effective_until)?);
        if until.is_some_and(|until| until <= from) {
            return Err(wrong(messages::value_never_holds()));
        }
        Ok(ParameterValue {
            region: self.region.clone(),
            from,
            until,
            value,
            status: self.status,
            document: self.document.clone(),
            article: self.article.clone().unwrap_or_default(),
            published_on: days(&self.published_on)?,
            last_checked_on: days(&self.last_checked_on)?,
            note: self.note.clone().unwrap_or_default(),
            line: file.line(at),
        })
    }
}

impl Parameter {
    /// The value for a region on a day: the longest region prefix that fits wins over `*`.
    pub fn value_on(&self, region: &str, day: NaiveDate) -> Option<&ParameterValue> {
        self.values
            .iter()
            .filter(|value| value.region == "*" || region.starts_with(&value.region))
            .filter(|value| value.from <= day && value.until.is_none_or(|until| day < until))
            .max_by_key(|value| if value.region == "*" { 0 } else { value.region.len() })
    }

    /// The parameter with one value for all regions and days, which a text states; `None` if it states none.
    pub(crate) fn fixed(&self, text: &str) -> Option<Parameter> {
        let value = Quantity::parse(self.kind?, text)?;
        let fixed = ParameterValue {
            region: "*".to_string(),
            from: Month::of(1, 1).first_day()?,
            until: None,
            value: Some(value),
            status: ParameterStatus::InForce,
            document: String::new(),
            article: String::new(),
            published_on: None,
            last_checked_on: None,
            note: String::new(),
            line: 0,
        };
        Some(Parameter { values: vec![fixed], ..self.clone() })
    }

    /// The line of its file at which its first value begins.
    pub(super) fn first_line(&self) -> Option<usize> {
        self.values.first().map(|value| value.line)
    }

    /// The first of its values whose word is not as it should be: the line of its file, and the word.
    pub(super) fn wrong_word(&self, is_right: impl Fn(&str) -> bool) -> Option<(usize, &str)> {
        let words = self.values.iter().filter_map(|value| Some((value.line, value.word()?)));
        words.into_iter().find(|(_, word)| !is_right(word))
    }
}

impl ParameterValue {
    /// The day that it names.
    pub fn date(&self) -> Option<NaiveDate> {
        match self.value {
            Some(Quantity::Date(day)) => Some(day),
            _ => None,
        }
    }

    /// The money that it names.
    pub fn amount(&self) -> Option<Fen> {
        match self.value {
            Some(Quantity::Amount(fen)) => Some(fen),
            _ => None,
        }
    }

    /// The number that it names.
    pub fn number(&self) -> Option<i64> {
        match self.value {
            Some(Quantity::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// The word that it names.
    pub fn word(&self) -> Option<&str> {
        match &self.value {
            Some(Quantity::Word(word)) => Some(word),
            _ => None,
        }
    }
}
