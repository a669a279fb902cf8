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
/// `二〇二三年一月十五日`, and the serial number of a spreadsheet (`44941`, days since 1899-12-30). A month alone
/// (`2023-01`) is its last day.
pub fn parse_date(text: &str) -> DateReading {
    let compatible: Cow<'_, str> =
        if text.is_ascii() { text.into() } else { text.nfkc().collect::<String>().into() };
    let plain = compatible.trim();
    if plain.is_empty() {
        return DateReading::Empty;
    }
    if plain.chars().all(|c| matches!(c, '0' | '-' | '/' | '.' | '\u{2013}'..='\u{2015}')) {
        return DateReading::Placeholder;
    }
    let day = parse_compact_date(plain).or_else(|| parse_serial_date(plain)).or_else(|| {
        let without_blanks: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
        parse_separated_date(plain)
            .or_else(|| parse_separated_date(&without_blanks))
            .or_else(|| parse_separated_date(&with_digits(&without_blanks)?))
            .or_else(|| last_day_of_month(&without_blanks))
            // Dashes of other widths, as text editors make them.
            .or_else(|| parse_separated_date(&without_blanks.replace(['\u{2013}', '\u{2014}'], "-")))
    });
    match day {
        None if is_first_of_calendar(plain) => DateReading::Placeholder,
        None => DateReading::Unreadable,
        Some(day) if is_placeholder(day) => DateReading::Placeholder,
        Some(day) => DateReading::Day(day),
    }
}

/// The days that systems write for none: the first that a spreadsheet knows, and the two before it that its
/// zero becomes.
fn is_placeholder(day: NaiveDate) -> bool {
    [(1900, 1, 1), (1899, 12, 30), (1899, 12, 31)]
        .into_iter()
        .any(|(year, month, of_month)| NaiveDate::from_ymd_opt(year, month, of_month) == Some(day))
}

/// `0001-01-01`, which databases write for none.
fn is_first_of_calendar(plain: &str) -> bool {
    let digits: String =
        plain.split([' ', 'T']).take(1).flat_map(str::chars).filter(char::is_ascii_digit).collect();
    matches!(digits.as_str(), "00010101" | "000111" | "111")
}

/// A date in Chinese numerals with Arabic ones: `二〇二三年一月十五日` is `2023年1月15日`. `None` for anything else.
pub(super) fn with_digits(plain: &str) -> Option<String> {
    let (year, rest) = plain.split_once('年')?;
    let year: Option<String> =
        year.chars().map(|c| numeral(c).and_then(|n| char::from_digit(n, 10))).collect();
    let year = year.filter(|year| year.len() == 4)?;
    let (month, rest) = rest.split_once('月')?;
    let month = small_number(month)?;
    let day = rest.trim_start_matches('份').trim_end_matches(['日', '号']);
    Some(match day {
        "" => format!("{year}年{month}月"),
        day => format!("{year}年{month}月{}日", small_number(day)?),
    })
}

fn numeral(c: char) -> Option<u32> {
    if c.is_ascii_digit() {
        return c.to_digit(10);
    }
    let found =
        ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'].iter().position(|&digit| digit == c);
    let zero = matches!(c, '零' | '○' | 'O' | 'o').then_some(0);
    found.and_then(|digit| u32::try_from(digit).ok()).or(zero)
}

/// A number up to 39: `十五`, `二十一`, `廿一`, `15`.
fn small_number(text: &str) -> Option<u32> {
    let text = text.replace('廿', "二十").replace('卅', "三十");
    let number = match text.split_once('十') {
        Some((tens, ones)) => {
            let part = |text: &str, none: u32| match text.chars().collect::<Vec<_>>().as_slice() {
                [] => Some(none),
                [one] => numeral(*one),
                _ => None,
            };
            part(tens, 1)? * 10 + part(ones, 0)?
        }
        None => {
            let digits: Option<Vec<u32>> = text.chars().map(numeral).collect();
            match digits?.as_slice() {
                [one] => *one,
                [ten, one] => ten * 10 + one,
                _ => return None,
            }
        }
    };
    (number < 40).then_some(number)
}

/// Whether a text is what a spreadsheet keeps of a day: the number of days since 1899-12-30.
pub fn is_serial(text: &str) -> bool {
    text.len() >= 5 && text.len() <= 7 && parse_serial_date(text).is_some()
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
    // 2023年1-6 may be half a year.
    if day_part.contains('年') && !day_part.contains('月') {
        return None;
    }
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
            "2023—1—15",
            "二〇二三年一月十五日",
            "二零二三年01月十五号",
            "二○二三年一月15日",
        ];
        for text in same {
            assert_eq!(parse_date(text), day, "{text}");
        }
        for text in [
            "1900-01-01",
            "19000101",
            "1900/1/1",
            "1900年1月1日",
            "1900-01-01 00:00:00",
            "1899-12-30",
            "1899-12-31 00:00:00",
            "0001-01-01",
            "0001/1/1 0:00:00",
            "0",
            "00000000",
            "0000-00-00",
            "-",
            "—",
        ] {
            assert_eq!(parse_date(text), DateReading::Placeholder, "{text}");
        }
        for text in ["2023-02-30", "不详", "2023-13-01", "2023", "20236", "123456789", "1023-01-01"] {
            assert_eq!(parse_date(text), DateReading::Unreadable, "{text}");
        }
        assert_eq!(parse_date("  "), DateReading::Empty);
        for text in ["二〇二三年十三月", "二〇二三年二月三十日", "二三年一月", "年一月", "二〇二三年一百月"]
        {
            assert_eq!(parse_date(text), DateReading::Unreadable, "{text}");
        }
        for (text, serial) in
            [("44941", true), ("44941.0", true), ("20236", false), ("202306", false), ("", false)]
        {
            assert_eq!(is_serial(text), serial, "{text}");
        }
        for text in ["2024-02", "202402", "2024年2月", "二〇二四年二月"] {
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
