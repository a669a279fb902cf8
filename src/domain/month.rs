//! The benefit month (待遇所属期) and spans of months. Time in this project is the month for which money was
//! due, never the day on which a bank moved it.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use super::calendar::{is_serial, parse_date, with_digits};

/// A calendar month, counted from January of year 0. `Month::of(2023, 1)` prints `2023-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

impl Month {
    /// The end of an open span: later than any month that can be written.
    pub const OPEN: Month = Month(i32::MAX);

    /// The month of a year, `month` from 1 to 12.
    ///
    /// # Panics
    /// When `month` is not from 1 to 12.
    pub fn of(year: i32, month: u32) -> Month {
        assert!((1..=12).contains(&month), "month {month} of {year}");
        Month(year * 12 + month as i32 - 1)
    }

    /// The month in which a day lies. A death on the 31st lies in that very month: the month after it is the
    /// first that is not due, whatever its length.
    pub fn containing(date: NaiveDate) -> Month {
        Month::of(date.year(), date.month())
    }

    /// The month after this one; [`Month::OPEN`] stays itself.
    pub fn next(self) -> Month {
        Month(self.0.saturating_add(1))
    }

    /// The month so many months after this one; [`Month::OPEN`] stays itself.
    pub fn later(self, months: u32) -> Month {
        Month(self.0.saturating_add(i32::try_from(months).unwrap_or(i32::MAX)))
    }

    /// The month so many months before this one.
    pub fn earlier(self, months: u32) -> Month {
        Month(self.0.saturating_sub(i32::try_from(months).unwrap_or(i32::MAX)))
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// The month of the year, from 1 to 12.
    pub fn month_of_year(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// The first day of the month, or `None` for [`Month::OPEN`].
    pub fn first_day(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year(), self.month_of_year(), 1)
    }

    /// Parses one month in the usual spellings: `202301`, `2023-01`, `2023.1`, `2023/01`, `2023年1月`, and a
    /// full date (whose month counts): `20230115`, `2023-01-15`; also `二〇二三年一月`. Month 13 is `None`.
    pub fn parse(text: &str) -> Option<Month> {
        parse_plain_month(text.as_bytes()).or_else(|| {
            let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
            parse_plain_month(plain.as_bytes())
                .or_else(|| parse_separated_month(&plain))
                .or_else(|| parse_separated_month(&with_digits(&plain)?))
        })
    }

    /// The month of a day that a spreadsheet kept as its number (`44941` is a day of January 2023), if the
    /// day lies between 1980 and 2049: other numbers are mistyped months.
    pub fn of_serial(text: &str) -> Option<Month> {
        let day = is_serial(text).then(|| parse_date(text).day())??;
        (1980..=2049).contains(&day.year()).then(|| Month::containing(day))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month_of_year())
    }
}

/// `202301`, `20230115`, `2023-01`: the forms that nearly every roster uses.
fn parse_plain_month(bytes: &[u8]) -> Option<Month> {
    let number = |range: &[u8]| -> Option<u32> {
        range
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| range.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
    };
    let (year, month) = match bytes.len() {
        6 => (number(&bytes[..4])?, number(&bytes[4..])?),
        7 if matches!(bytes[4], b'-' | b'.' | b'/') => (number(&bytes[..4])?, number(&bytes[5..])?),
        8 => {
            let (year, month) = (number(&bytes[..4])?, number(&bytes[4..6])?);
            NaiveDate::from_ymd_opt(year as i32, month, number(&bytes[6..])?)?;
            (year, month)
        }
        _ => return None,
    };
    checked_month(year, month)
}

fn checked_month(year: u32, month: u32) -> Option<Month> {
    ((1..=12).contains(&month) && (1800..=9999).contains(&year)).then(|| Month::of(year as i32, month))
}

/// `2023年1月`, `2023-1`, `2023.01.15`, `2023-01-15 00:00:00`.
fn parse_separated_month(plain: &str) -> Option<Month> {
    if let Some(date) = super::calendar::parse_separated_date(plain) {
        return Some(Month::containing(date));
    }
    let body = plain.strip_suffix('月').or_else(|| plain.strip_suffix("月份")).unwrap_or(plain);
    let (year, month) = body.split_once(['-', '.', '/', '年'])?;
    // The first month by its old name.
    let month = if plain.ends_with("年元月") { "1" } else { month };
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        (lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())?
    };
    checked_month(digits(year, 4..=4)?, digits(month, 1..=2)?)
}

/// Months from `from` up to but not including `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthSpan {
    /// The first month inside.
    pub from: Month,
    /// The first month that is outside again.
    pub until: Month,
}

impl MonthSpan {
    /// A span; an `until` that is not after `from` makes it empty.
    pub fn new(from: Month, until: Month) -> MonthSpan {
        MonthSpan { from, until: until.max(from) }
    }

    /// From a month on, for good.
    pub fn from_on(from: Month) -> MonthSpan {
        MonthSpan { from, until: Month::OPEN }
    }

    /// One month.
    pub fn single(month: Month) -> MonthSpan {
        MonthSpan { from: month, until: month.next() }
    }

    /// From `first` through `last`, both inside.
    pub fn through(first: Month, last: Month) -> MonthSpan {
        MonthSpan::new(first, last.next())
    }

    /// Whether no month is inside.
    pub fn is_empty(self) -> bool {
        self.from >= self.until
    }

    /// How many months are inside; meaningless for an open span.
    pub fn len(self) -> usize {
        usize::try_from(i64::from(self.until.0) - i64::from(self.from.0)).unwrap_or(0)
    }

    /// Whether a month is inside.
    pub fn contains(self, month: Month) -> bool {
        self.from <= month && month < self.until
    }

    /// Whether every month of `other` is inside.
    pub fn covers(self, other: MonthSpan) -> bool {
        other.is_empty() || (self.from <= other.from && other.until <= self.until)
    }

    /// The months inside both.
    pub fn intersect(self, other: MonthSpan) -> MonthSpan {
        MonthSpan::new(self.from.max(other.from), self.until.min(other.until))
    }

    /// The months inside, in order. Only for spans that end.
    pub fn months(self) -> impl Iterator<Item = Month> + Clone {
        (self.from.0..self.until.0).map(Month)
    }

    /// The last month inside; meaningless for an empty or open span.
    pub fn last(self) -> Month {
        Month(self.until.0.saturating_sub(1))
    }
}

impl fmt::Display for MonthSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.until == Month::OPEN {
            write!(f, "{}..", self.from)
        } else if self.len() == 1 {
            write!(f, "{}", self.from)
        } else {
            write!(f, "{}..{}", self.from, self.last())
        }
    }
}

/// Parses a benefit-month cell: one month, or several as `202301-202306`, `2023-01~2023-06`, `2023.1至2023.6`,
/// `2023年1-6月`.
/// A span that runs backwards or is longer than 50 years is `None`.
pub fn parse_month_or_span(text: &str) -> Option<MonthSpan> {
    if let Some(month) = Month::parse(text) {
        return Some(MonthSpan::single(month));
    }
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    if let Some(span) = parse_months_of_year(&plain) {
        return Some(span);
    }
    for separator in ["~", "至", "—", "–", "到", "--"] {
        if let Some((first, last)) = plain.split_once(separator) {
            return checked_span(Month::parse(first)?, Month::parse(last.trim_start_matches('—'))?);
        }
    }
    // A hyphen separates spans as well as years from months, so every hyphen is tried; a reading that is not
    // unique cannot occur, because both sides must be whole months.
    plain
        .match_indices('-')
        .find_map(|(at, _)| checked_span(Month::parse(&plain[..at])?, Month::parse(&plain[at + 1..])?))
}

/// `2023年1-6月`, `2023年1月至6月`.
fn parse_months_of_year(plain: &str) -> Option<MonthSpan> {
    let (year, months) = plain.split_once('年')?;
    let months = months.strip_suffix("月").or_else(|| months.strip_suffix("月份"))?;
    let (first, last) = months.split_once(['-', '~', '至', '到', '\u{2014}', '\u{2013}'])?;
    let month = |text: &str| Month::parse(&format!("{year}年{}月", text.trim_end_matches('月')));
    checked_span(month(first)?, month(last)?)
}

fn checked_span(first: Month, last: Month) -> Option<MonthSpan> {
    (first <= last && last.0 - first.0 < 600).then(|| MonthSpan::through(first, last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn months_as_people_write_them() {
        let january = Some(Month::of(2023, 1));
        let same = [
            "202301",
            "2023-01",
            "2023.1",
            "2023/01",
            "2023年1月",
            "２０２３０１",
            "20230131",
            "2023-01-31",
            " 2023-1 ",
            "2023年01月份",
            "2023-01-01 00:00:00",
            "2023/1/1 0:00",
            "2023年1月15日",
            "二〇二三年一月",
            "二零二三年一月十五日",
            "2023年元月",
        ];
        for text in same {
            assert_eq!(Month::parse(text), january, "{text}");
        }
        for text in
            ["", "202313", "2023-00", "20230230", "23-01", "2023", "一月", "2023-1-", "23年1月", "元月"]
        {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_that_became_a_number_has_a_month() {
        for (text, month) in [
            ("44927", Some(Month::of(2023, 1))),
            ("44957.0", Some(Month::of(2023, 1))),
            ("44958", Some(Month::of(2023, 2))),
            ("29220", None),
            ("54789", None),
            ("20231", None),
            ("202301", None),
            ("", None),
        ] {
            assert_eq!(Month::of_serial(text), month, "{text}");
            assert_eq!(Month::parse(text).filter(|_| text.len() < 6), None, "{text}");
        }
    }

    #[test]
    fn spans_as_people_write_them() {
        let half_year = Some(MonthSpan::through(Month::of(2023, 1), Month::of(2023, 6)));
        for text in [
            "202301-202306",
            "2023-01~2023-06",
            "2023.1至2023.6",
            "2023-01-2023-06",
            "2023年1月-2023年6月",
            "2023年1-6月",
            "2023年1月至6月",
            "2023年01～06月份",
            "２０２３０１－２０２３０６",
            "2023.01-2023.06",
        ] {
            assert_eq!(parse_month_or_span(text), half_year, "{text}");
        }
        for text in ["202306-202301", "2023年6-1月", "2023年1-13月", "2023年1-6"] {
            assert_eq!(parse_month_or_span(text), None, "{text}");
        }
        assert_eq!(parse_month_or_span("202312"), Some(MonthSpan::single(Month::of(2023, 12))));
    }

    #[test]
    fn the_month_after_a_death_on_the_31st_is_the_shorter_month() {
        let death = NaiveDate::from_ymd_opt(2024, 1, 31).unwrap();
        assert_eq!(Month::containing(death).next(), Month::of(2024, 2));
    }

    proptest! {
        #[test]
        fn printing_and_parsing_return_the_month(month in 1800 * 12..9999 * 12) {
            prop_assert_eq!(Month::parse(&Month(month).to_string()), Some(Month(month)));
        }

        #[test]
        fn intersection_is_what_both_contain(
            a in 0..60i32,
            b in 0..60i32,
            c in 0..60i32,
            d in 0..60i32,
            m in 0..60i32,
        ) {
            let (x, y) = (MonthSpan::new(Month(a), Month(b)), MonthSpan::new(Month(c), Month(d)));
            prop_assert_eq!(x.intersect(y).contains(Month(m)), x.contains(Month(m)) && y.contains(Month(m)));
            prop_assert_eq!(x.months().count(), x.len());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = parse_month_or_span(&text);
        }
    }
}
