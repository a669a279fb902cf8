//! What a workbook states of a cell, whatever its format: text, number or day, a formula, a merge.
//!
//! Owns the text of numbers and days and the question which number formats are days. Must not know a format.

use std::borrow::Cow;

use calamine::{ExcelDateTime, ExcelDateTimeType};

use crate::ingest::chunk::CellKind;

/// A cell that holds something. Rows and columns count from 0.
#[derive(Clone, Debug)]
pub(super) struct StoredCell<'a> {
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) text: Cow<'a, str>,
    pub(super) kind: CellKind,
    pub(super) formula: Formula,
    /// How many rows below this cell covers, being merged with them.
    pub(super) rows_below: u32,
}

/// Where the value of a cell comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    /// Somebody entered it.
    None,
    /// A formula, whose value was stored with it.
    Valued,
    /// A formula that takes its value from another workbook.
    Foreign,
    /// A formula whose value nobody has computed yet.
    Unvalued,
}

/// What a number format makes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberFormat {
    Plain,
    Day,
    Duration,
}

impl NumberFormat {
    /// The format of a number that is known without its text.
    pub(super) fn builtin(code: u16) -> NumberFormat {
        match code {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => NumberFormat::Day,
            46 => NumberFormat::Duration,
            _ => NumberFormat::Plain,
        }
    }

    /// The format that a text describes, as `yyyy-mm-dd` or `#,##0.00` do. Only its first section counts.
    pub(super) fn of(code: &str) -> NumberFormat {
        let mut characters = code.chars();
        while let Some(c) = characters.next() {
            match c {
                // The next character stands for itself.
                '\\' | '_' | '*' => drop(characters.next()),
                '"' => drop(characters.by_ref().find(|&c| c == '"')),
                '[' => {
                    let inner: String = characters.by_ref().take_while(|&c| c != ']').collect();
                    let unit = inner.to_lowercase();
                    let is_unit = |c: char| unit.chars().all(|other| other == c);
                    if !unit.is_empty() && ['h', 'm', 's'].into_iter().any(is_unit) {
                        return NumberFormat::Duration;
                    }
                }
                ';' => break,
                'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' => return NumberFormat::Day,
                _ => {}
            }
        }
        NumberFormat::Plain
    }
}

/// A stored number as text, by its format and the workbook's first day.
pub(super) fn number_cell(number: f64, format: NumberFormat, is_1904: bool) -> (String, CellKind) {
    let moment = |kind| ExcelDateTime::new(number, kind, is_1904);
    match format {
        NumberFormat::Plain => (number_text(number), CellKind::Number),
        NumberFormat::Day => (day_text(&moment(ExcelDateTimeType::DateTime)), CellKind::Text),
        NumberFormat::Duration => (day_text(&moment(ExcelDateTimeType::TimeDelta)), CellKind::Text),
    }
}

/// A stored number as a spreadsheet shows it: at most 15 significant digits, so that the tail of a sum such
/// as 150.10000000000002 is not taken for money.
pub(crate) fn number_text(number: f64) -> String {
    if !number.is_finite() {
        // It is not nothing: a sum that is no number must not count as zero.
        return number.to_string();
    }
    if number == number.trunc() && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let shown = format!("{number:.14e}");
    let rounded: f64 = shown.parse().unwrap_or(number);
    format!("{rounded}")
}

/// The last serial number that a spreadsheet shows as a day: 9999-12-31.
const LAST_DAY: f64 = 2_958_466.0;

/// The day of a moment; what is no day of the calendar stays a number.
pub(super) fn day_text(moment: &ExcelDateTime) -> String {
    let number = moment.as_f64();
    // The library has no answer for numbers far beyond the calendar, and ends the program over them.
    let is_day = (0.0..LAST_DAY).contains(&number);
    match is_day.then(|| moment.as_datetime()).flatten() {
        Some(day) => day.format("%Y-%m-%d").to_string(),
        None => number_text(number),
    }
}

/// The number that 30 bits and two flags pack: whether it was multiplied by 100, and whether it is whole.
pub(super) fn packed_number(bits: u32) -> f64 {
    let number = if bits & 2 != 0 {
        f64::from((bits as i32) >> 2)
    } else {
        f64::from_bits(u64::from(bits & !3) << 32)
    };
    if bits & 1 != 0 { number / 100.0 } else { number }
}

/// An error as the sheet shows it. It is not nothing: #N/A in a column of money must not count as zero.
pub(super) fn error_text(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        _ => "#ERROR!",
    }
}

/// The address of a cell as a spreadsheet shows it.
pub(super) fn address(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let letter = (rest - 1) % 26;
        letters.push(char::from(b'A' + letter as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().chain(u64::from(row + 1).to_string().chars().collect::<Vec<_>>().iter()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_beyond_the_calendar_is_no_day_and_no_end_of_the_program() {
        for number in [f64::MAX, f64::MIN, 1e300, -1.0, f64::NAN, f64::INFINITY, 2_958_466.0] {
            for is_1904 in [false, true] {
                for format in [NumberFormat::Day, NumberFormat::Duration] {
                    assert_eq!(number_cell(number, format, is_1904).0, number_text(number), "{number}");
                }
            }
        }
        assert_eq!(number_cell(44_941.0, NumberFormat::Day, false).0, "2023-01-15");
        assert_eq!(number_text(f64::NAN), "NaN");
    }

    #[test]
    fn formats_that_are_days() {
        for (code, expected) in [
            ("General", NumberFormat::Plain),
            ("#,##0.00", NumberFormat::Plain),
            ("0.00E+00", NumberFormat::Plain),
            ("\"¥\"#,##0.00_);[Red](\"¥\"#,##0.00)", NumberFormat::Plain),
            ("0\"days\"", NumberFormat::Plain),
            ("0\\d", NumberFormat::Plain),
            ("@", NumberFormat::Plain),
            ("0;yyyy", NumberFormat::Plain),
            ("yyyy-mm-dd", NumberFormat::Day),
            ("yyyy\"年\"m\"月\"d\"日\";@", NumberFormat::Day),
            ("[$-804]yyyy/m/d", NumberFormat::Day),
            ("[h]:mm:ss", NumberFormat::Duration),
        ] {
            assert_eq!(NumberFormat::of(code), expected, "{code}");
        }
    }

    #[test]
    fn days_count_from_the_first_day_of_the_workbook() {
        let day = |number, is_1904| number_cell(number, NumberFormat::Day, is_1904).0;
        assert_eq!(day(44941.0, false), "2023-01-15");
        assert_eq!(day(43479.0, true), "2023-01-15");
        assert_eq!(day(44941.75, false), "2023-01-15");
    }

    #[test]
    fn packed_numbers_are_unpacked() {
        let whole = |number: i32| (number << 2) as u32 | 2;
        assert_eq!(packed_number(whole(-5)), -5.0);
        assert_eq!(packed_number(whole(15_000) | 1), 150.0);
        assert_eq!(packed_number((150.5f64.to_bits() >> 32) as u32), 150.5);
    }

    #[test]
    fn cells_have_addresses() {
        for (row, column, expected) in [(0, 0, "A1"), (9, 25, "Z10"), (1, 26, "AA2"), (0, 702, "AAA1")] {
            assert_eq!(address(row, column), expected);
        }
    }
}
