//! Values that change by date and place, each with the document that set it.

use chrono::NaiveDate;
use serde::Deserialize;

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

/// One value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterValue {
    /// The region code prefix for which it holds, or `*`.
    pub region: String,
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The first day on which it no longer holds.
    pub until: Option<NaiveDate>,
    /// The day that it names; absent if unknown.
    pub date: Option<NaiveDate>,
    /// How sure it is.
    pub status: ParameterStatus,
    /// The document.
    pub document: String,
}

/// A dated parameter. All parameters of this version are days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The id by which checks name it.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Its values.
    pub values: Vec<ParameterValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawParameter {
    pub(super) id: toml::Spanned<String>,
    pub(super) overrides: Option<String>,
    pub(super) title: String,
    pub(super) value: Vec<toml::Spanned<RawValue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawValue {
    pub(super) region: String,
    pub(super) effective_from: toml::value::Datetime,
    pub(super) effective_until: Option<toml::value::Datetime>,
    pub(super) date: Option<toml::value::Datetime>,
    pub(super) status: ParameterStatus,
    pub(super) document: String,
    /// For people.
    #[allow(dead_code)]
    pub(super) note: Option<String>,
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

    /// Two values that hold on the same day for the same region, if there are any.
    pub(super) fn overlap(&self) -> Option<(usize, usize)> {
        let overlaps = |a: &ParameterValue, b: &ParameterValue| {
            a.region == b.region
                && a.until.is_none_or(|until| b.from < until)
                && b.until.is_none_or(|until| a.from < until)
        };
        let count = self.values.len();
        (0..count)
            .flat_map(|a| (a + 1..count).map(move |b| (a, b)))
            .find(|&(a, b)| overlaps(&self.values[a], &self.values[b]))
    }
}
