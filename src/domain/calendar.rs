//! Dates in the spellings that registries use.

use std::borrow::Cow;

use chrono::{Duration, NaiveDate};
use unicode_normalization::UnicodeNormalization;

/// What a date cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateReading {
    /// Nothing is written there.
    Empty,
    /// A real day.
    Day(NaiveDate),
    /// A day that stands for "unknown" in many systems: 1900-01-01, or zeros.
    Placeholder,
    /// Something that is no day of the calendar.
    Unreadable,
}

impl DateReading {
    /// The day, if there is one.
    pub fn day(self) -> Option<NaiveDate> {
        match self {
            DateReading::Day(day) => Some(day),
            _ => None,
        }
    }
}

/// Parses `20230115`, `2023-01-15`, `2023.1.15`, `2023/1/15`, `2023年1月15日`, each also with a time behind it,
/// and the serial number of a spreadsheet (`44941`, days since 1899-12-30). A month alone (`2023-01`) is
/// its last day.
pub fn parse_date(text: &str) -> DateReading {
    let compatible: Cow<'_, str> =
        if text.is_ascii() { text.into() } else { text.nfkc().collect::<String>().into() };
    let plain = compatible.trim();
    if plain.is_empty() {
        return DateReading::Empty;
    }
    if plain.bytes().all(|b| matches!(b, b'0' | b'-' | b'/' | b'.')) {
        return DateReading::Placeholder;
    }
    let day = parse_compact_date(plain).or_else(|| parse_serial_date(plain)).or_else(|| {
        let without_blanks: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
        parse_separated_date(plain)
            .or_else(|| parse_separated_date(&without_blanks))
            .or_else(|| last_day_of_month(&without_blanks))
    });
    match day {
        None => DateReading::Unreadable,
        Some(day) if Some(day) == NaiveDate::from_ymd_opt(1900, 1, 1) => DateReading::Placeholder,
        Some(day) => DateReading::Day(day),
    }
}

/// A month where a day is expected is its last day: a bar begins no earlier, and whoever passed a
/// certification in the month of a recorded death counts as alive after it.
fn last_day_of_month(plain: &str) -> Option<NaiveDate> {
    super::month::Month::parse(plain)?.next().first_day()?.pred_opt()
}

fn parse_compact_date(plain: &str) -> Option<NaiveDate> {
    let digits = plain.get(..8)?;
    let rest = &plain[8..];
    let a_time_follows = rest.is_empty() || (rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_digit()));
    if !a_time_follows || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    plausible_day(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?)
}

/// Spreadsheet serials are five digits for every day from 1927 to 2173; other lengths are not taken for one.
fn parse_serial_date(plain: &str) -> Option<NaiveDate> {
    let whole = plain.strip_suffix(".0").unwrap_or(plain);
    if whole.len() != 5 || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // 20236 is what somebody typed for June 2023, not a day of 1955.
    if ("19000".."22000").contains(&whole) {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(Duration::days(whole.parse().ok()?))
}

/// A date with separators, and perhaps a time after a blank or a `T`.
pub(super) fn parse_separated_date(plain: &str) -> Option<NaiveDate> {
    let day_part = plain.split([' ', 'T']).next()?;
    let day_part = match day_part.find(['日', '号']) {
        Some(at) => &day_part[..at],
        None => day_part,
    };
    let mut parts = day_part.splitn(3, ['-', '.', '/', '年', '月']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |text: &str, longest: usize| {
        !text.is_empty() && text.len() <= longest && text.bytes().all(|b| b.is_ascii_digit())
    };
    // "2023-01-0100:00:00" is what remains of a date and time whose blank was removed.
    let day = match day.get(2..) {
        Some(time) if time.contains(':') => &day[..2],
        _ => day,
    };
    if year.len() != 4 || !is_number(year, 4) || !is_number(month, 2) || !is_number(day, 2) {
        return None;
    }
    plausible_day(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn plausible_day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    if year < 1800 { None } else { NaiveDate::from_ymd_opt(year, month, day) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        let day = DateReading::Day(NaiveDate::from_ymd_opt(2023, 1, 15).unwrap());
        let same = [
            "20230115",
            "2023-01-15",
            "2023-1-15",
            "2023.01.15",
            "2023/1/15",
            "2023年1月15日",
            "２０２３－０１－１５",
            "2023-01-15 08:30:00",
            "2023-01-15T00:00:00",
            "20230115083000",
            "44941",
            "2023年01月15号",
            " 2023-1-15 ",
        ];
        for text in same {
            assert_eq!(parse_date(text), day, "{text}");
        }
        for text in ["1900-01-01", "19000101", "1900/1/1", "0", "00000000", "0000-00-00"] {
            assert_eq!(parse_date(text), DateReading::Placeholder, "{text}");
        }
        for text in ["2023-02-30", "不详", "2023-13-01", "2023", "20236", "123456789", "1023-01-01"] {
            assert_eq!(parse_date(text), DateReading::Unreadable, "{text}");
        }
        assert_eq!(parse_date("  "), DateReading::Empty);
        for text in ["2024-02", "202402", "2024年2月"] {
            assert_eq!(parse_date(text), DateReading::Day(NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = parse_date(&text);
        }
    }
}
