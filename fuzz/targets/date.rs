//! Days and months: what is read prints and reads back, and a day lies in the month that the same text is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pension_audit::domain::{DateReading, Month, MonthSpan, parse_date, parse_month_or_span};

fuzz_target!(|bytes: &[u8]| {
    let cell = String::from_utf8_lossy(bytes);
    let day = parse_date(&cell).day();
    if let Some(day) = day {
        assert_eq!(parse_date(&day.format("%Y-%m-%d").to_string()), DateReading::Day(day));
        assert_eq!(parse_date(&day.format("%Y%m%d").to_string()), DateReading::Day(day));
    }
    let month = Month::parse(&cell);
    if let Some(month) = month {
        assert_eq!(Month::parse(&month.to_string()), Some(month));
        assert_eq!(parse_month_or_span(&cell), Some(MonthSpan::single(month)));
        if let Some(day) = day {
            assert_eq!(Month::containing(day), month);
        }
    }
    if let Some(span) = parse_month_or_span(&cell) {
        assert!(!span.is_empty() && span.len() <= 9_999 * 12);
        assert_eq!(span.months().count(), span.len());
    }
});
