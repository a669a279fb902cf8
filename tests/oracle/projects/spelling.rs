//! Owns how a value is written in a cell, in the spellings that offices use. Must not invent values.

use chrono::{Datelike, NaiveDate};
use pension_audit::domain::{Fen, Month};

use super::rng::Rng;

fn full_width(text: &str) -> String {
    let wide = |c: char| char::from_u32(c as u32 + 0xfee0).expect("a full-width form");
    text.chars().map(|c| if c.is_ascii_graphic() { wide(c) } else { c }).collect()
}

/// An ID number that stays usable.
pub(crate) fn id(rng: &mut Rng, id: &str) -> String {
    let fits_fifteen = &id[6..8] == "19" && &id[14..17] < "996";
    match rng.below(24) {
        0 if fits_fifteen => format!("{}{}", &id[..6], &id[8..17]),
        1 => full_width(id),
        2 => format!(" {id} "),
        3 => format!("'{id}"),
        4 => format!("{} {}", &id[..6], &id[6..]),
        5..=8 => id.to_lowercase(),
        _ => id.to_string(),
    }
}

/// A name that still agrees with itself.
pub(crate) fn name(rng: &mut Rng, name: &str) -> String {
    let mut text = name.to_string();
    if text.contains('·') {
        text = text.replace('·', rng.pick(&["·", "•", "‧", "・", "･", "．", ".", " · "]));
    } else if rng.chance(5) {
        let mut letters = text.chars();
        let first: String = letters.by_ref().take(1).collect();
        text = format!("{first}{}{}", rng.pick(&[" ", "\u{3000}"]), letters.as_str());
    }
    text
}

pub(crate) fn date(rng: &mut Rng, day: NaiveDate) -> String {
    let (year, month, of_month) = (day.year(), day.month(), day.day());
    match rng.below(12) {
        0 => day.format("%Y%m%d").to_string(),
        1 => format!("{year}.{month}.{of_month}"),
        2 => format!("{year}/{month}/{of_month}"),
        3 => format!("{year}年{month}月{of_month}日"),
        4 => format!("{day} 00:00:00"),
        5 => (day - NaiveDate::from_ymd_opt(1899, 12, 30).expect("a day")).num_days().to_string(),
        6 => full_width(&day.to_string()),
        _ => day.to_string(),
    }
}

pub(crate) fn maybe_date(rng: &mut Rng, day: Option<NaiveDate>) -> String {
    day.map_or(String::new(), |day| date(rng, day))
}

pub(crate) fn month(rng: &mut Rng, month: Month) -> String {
    let (year, of_year) = (month.year(), month.month_of_year());
    match rng.below(10) {
        0 => format!("{year}.{of_year}"),
        1 => format!("{year}/{of_year:02}"),
        2 => format!("{year}年{of_year}月"),
        3 => full_width(&format!("{year}{of_year:02}")),
        4 | 5 => format!("{year}{of_year:02}"),
        6 => format!(" {month}"),
        _ => month.to_string(),
    }
}

pub(crate) fn span(rng: &mut Rng, first: Month, last: Month) -> String {
    let compact = |month: Month| format!("{}{:02}", month.year(), month.month_of_year());
    match rng.below(4) {
        0 => format!("{first}~{last}"),
        1 => format!("{}至{}", first, last),
        2 => format!("{}年{}月-{}", first.year(), first.month_of_year(), last),
        _ => format!("{}-{}", compact(first), compact(last)),
    }
}

pub(crate) fn yuan(rng: &mut Rng, fen: i64) -> String {
    let plain = Fen(fen).yuan();
    let absolute = Fen(fen.abs()).yuan();
    match rng.below(12) {
        0 if fen % 100 == 0 => format!("{}", fen / 100),
        1 => full_width(&plain),
        2 if fen >= 0 => format!("¥{plain}"),
        3 => format!("{plain}元"),
        4 if fen < 0 => format!("({absolute})"),
        5 => format!(" {plain} "),
        6 | 7 if fen.abs() >= 100_000 && fen.abs() < 100_000_000 => {
            let sign = if fen < 0 { "-" } else { "" };
            let (thousands, rest) = absolute.split_at(absolute.len() - 6);
            format!("{sign}{thousands},{rest}")
        }
        _ => plain,
    }
}

/// An amount that may be absent when it is nothing.
pub(crate) fn yuan_or_blank(rng: &mut Rng, fen: i64) -> String {
    if fen == 0 && rng.chance(60) { String::new() } else { yuan(rng, fen) }
}
