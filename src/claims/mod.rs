//! A published report's figures against the computed ones.
//!
//! Owns claims.toml. Computes only counts and sums of the cases that the findings hold.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::domain::Fen;
use crate::findings::Case;
use crate::messages::{self, Error};
use crate::project::{line_of, misread};
use crate::rulebook::CaseType;

/// The name of the file with a published report's figures.
pub const CLAIMS_FILE: &str = "claims.toml";

/// What a published figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Distinct persons.
    Persons,
    /// The sum of what is due.
    Due,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClaims {
    source: String,
    claim: Vec<Spanned<RawClaim>>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClaim {
    text: String,
    value: String,
    unit: String,
    count: Count,
    #[serde(default)]
    case_types: Vec<CaseType>,
    #[serde(default)]
    marks: Vec<String>,
    #[serde(default)]
    subtypes: Vec<String>,
}

/// One published figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The words of the report.
    pub text: String,
    /// The figure as published; its decimals say how it was rounded.
    pub value: String,
    /// 人, 元 or 万元.
    pub unit: String,
    /// What it counts.
    pub count: Count,
    /// Only cases of these types; empty: all.
    pub case_types: Vec<CaseType>,
    /// Only cases with all these marks.
    pub marks: Vec<String>,
    /// Only cases of these subtypes; empty: all.
    pub subtypes: Vec<String>,
    /// How many units of the last published decimal one counted unit (person or fen) is, inverted: the
    /// divisor.
    divisor: i128,
    decimals: usize,
}

/// A published report's figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The report.
    pub source: String,
    /// Its figures.
    pub claims: Vec<Claim>,
}

/// A published figure beside the computed one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The words of the report.
    pub text: String,
    /// The figure as published.
    pub published: String,
    /// The computed figure in the same unit and rounding (half up).
    pub computed: String,
    /// The computed figure without rounding: persons, or yuan.
    pub exact: String,
    /// 人, 元 or 万元.
    pub unit: String,
    /// Whether both are the same.
    pub reproduced: bool,
}

/// Reads the claims of a project, if it has any.
pub fn load(root: &Path) -> Result<Option<Claims>, Error> {
    let path = root.join(CLAIMS_FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).map_err(|why| messages::unreadable_toml(CLAIMS_FILE, &why))?;
    let raw: RawClaims = toml::from_str(&text).map_err(|why| misread(CLAIMS_FILE, &text, &why))?;
    let checked = raw.claim.iter().map(|claim| {
        checked(claim.get_ref()).map_err(|problem| {
            messages::project_value(CLAIMS_FILE, line_of(&text, Some(claim.span())), problem)
        })
    });
    Ok(Some(Claims { claims: checked.collect::<Result<_, _>>()?, source: raw.source }))
}

fn checked(raw: &RawClaim) -> Result<Claim, messages::Text> {
    let unit_decimals = match (raw.unit.as_str(), raw.count) {
        ("人", Count::Persons) => 0,
        ("元", Count::Due) => 2,
        ("万元", Count::Due) => 6,
        _ => {
            return Err(messages::bad_choice("unit", &raw.unit, "人 (persons); 元, 万元 (due)"));
        }
    };
    let decimals = raw.value.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let is_number =
        raw.value.replacen('.', "", 1).bytes().all(|b| b.is_ascii_digit()) && !raw.value.is_empty();
    if !is_number || decimals > unit_decimals {
        return Err(messages::bad_claim_value(&raw.value, &raw.unit));
    }
    Ok(Claim {
        text: raw.text.clone(),
        value: raw.value.clone(),
        unit: raw.unit.clone(),
        count: raw.count,
        case_types: raw.case_types.clone(),
        marks: raw.marks.clone(),
        subtypes: raw.subtypes.clone(),
        divisor: 10i128.pow((unit_decimals - decimals) as u32),
        decimals,
    })
}

impl Claim {
    fn counts(&self, case: &Case) -> bool {
        (self.case_types.is_empty() || self.case_types.contains(&case.case_type))
            && (self.subtypes.is_empty() || self.subtypes.contains(&case.subtype))
            && self.marks.iter().all(|mark| case.marks.contains(mark))
    }

    /// Holds the published figure against the cases.
    pub fn verify(&self, cases: &[Case]) -> Verdict {
        let counted = || cases.iter().filter(|case| self.counts(case));
        let (exact, amount) = match self.count {
            Count::Persons => {
                let persons: BTreeSet<_> = counted().map(|case| case.id).collect();
                (persons.len().to_string(), persons.len() as i128)
            }
            Count::Due => {
                let due: Fen = counted().map(|case| case.due).sum();
                (due.yuan(), i128::from(due.0))
            }
        };
        let rounded = (amount + self.divisor / 2).div_euclid(self.divisor);
        let computed = with_decimals(rounded, self.decimals);
        Verdict {
            text: self.text.clone(),
            published: self.value.clone(),
            reproduced: computed == self.value,
            computed,
            exact,
            unit: self.unit.clone(),
        }
    }
}

fn with_decimals(value: i128, decimals: usize) -> String {
    if decimals == 0 {
        return value.to_string();
    }
    let scale = 10i128.pow(decimals as u32);
    format!("{}.{:0width$}", value / scale, value % scale, width = decimals)
}

/// Holds all published figures against the cases.
pub fn verify(claims: &Claims, cases: &[Case]) -> Vec<Verdict> {
    claims.claims.iter().map(|claim| claim.verify(cases)).collect()
}
