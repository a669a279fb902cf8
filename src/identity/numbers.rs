//! Which ID numbers a damaged cell may have been.
//!
//! Owns the list of damages that are undone. A proposal fits the number's own check character, except where
//! that character itself is the damage; it never makes the cell usable.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use crate::domain::{CitizenId, PersonKey};

/// What happened to a number, the least guess first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Damage {
    /// The number was replaced by another one, as a table of replaced numbers says.
    Replaced,
    /// A letter stands for the digit that looks like it: O for 0, l for 1.
    LookAlike,
    /// Only the check character does not fit.
    CheckCharacter,
    /// One digit is another.
    OneDigit,
    /// Two digits changed places.
    Swapped,
    /// One digit is missing.
    Missing,
    /// There is one digit too many.
    Extra,
    /// A spreadsheet kept 15 digits of it and wrote zeros for the rest.
    Truncated,
    /// More is wrong with it, but area and birth date are the same.
    SamePlaceAndBirth,
    /// There is no number at all.
    Absent,
}

impl Damage {
    /// Every damage.
    pub const ALL: [Damage; 10] = [
        Damage::Replaced,
        Damage::LookAlike,
        Damage::CheckCharacter,
        Damage::OneDigit,
        Damage::Swapped,
        Damage::Missing,
        Damage::Extra,
        Damage::Truncated,
        Damage::SamePlaceAndBirth,
        Damage::Absent,
    ];
}

/// A number that a cell may have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Possible {
    /// The person.
    pub key: PersonKey,
    /// By what damage it became what it is.
    pub damage: Damage,
}

/// What a damaged cell still says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PossibleNumbers {
    /// The numbers, ascending, each once with its least damage.
    pub numbers: Vec<Possible>,
    /// The first 15 digits, where a spreadsheet kept no more.
    pub first_fifteen: Option<u64>,
    /// The birth date as the cell writes it, as digits, where it is a day of the calendar.
    pub birth: Option<u32>,
    /// Area and birth date, where they can be read: the first 14 digits.
    pub first_fourteen: Option<u64>,
    /// Whether the cell is too short to be a number, or holds none.
    pub is_absent: bool,
}

/// A cell shorter than this is no number that somebody mistyped.
const LEAST_CHARACTERS: usize = 14;

impl PossibleNumbers {
    /// Reads a cell that is no usable number as of a day.
    pub fn of(cell: &str, as_of: NaiveDate) -> PossibleNumbers {
        let compatible: String = cell.nfkc().filter(|c| !c.is_whitespace()).collect();
        let plain = compatible.trim_start_matches('\'');
        let exponent = without_exponent(plain);
        let written: Vec<char> = exponent.as_deref().unwrap_or(plain).chars().collect();
        let digits: Vec<Option<u8>> = written.iter().map(|&c| digit_of(c)).collect();
        let known = digits.iter().flatten().count();
        let mut read = PossibleNumbers { is_absent: known < LEAST_CHARACTERS, ..PossibleNumbers::default() };
        if read.is_absent {
            return read;
        }
        let whole = |count: usize| -> Option<u64> {
            digits.get(..count)?.iter().try_fold(0u64, |sum, digit| Some(sum * 10 + u64::from((*digit)?)))
        };
        if matches!(written.len(), 17..=19) {
            read.first_fourteen = whole(14).filter(|&digits| is_day(digits % 100_000_000, as_of));
            read.birth = read.first_fourteen.map(|digits| (digits % 100_000_000) as u32);
        }
        if written.len() == 18 && digits[15..].iter().all(|digit| *digit == Some(0)) {
            read.first_fifteen = whole(15).filter(|_| read.birth.is_some());
        }
        if read.first_fifteen.is_some() {
            // Lists whose numbers were all cut are long; what is left of each says more than any slip would.
            return read;
        }
        let mut found = Found { as_of, numbers: BTreeMap::new() };
        let cell = Cell { digits: &digits, last: written.last().copied().unwrap_or(' ') };
        found.look(&cell, &written);
        read.numbers =
            found.numbers.into_iter().map(|(key, damage)| Possible { key: PersonKey(key), damage }).collect();
        read
    }
}

/// A number as a spreadsheet shows one that is too long for it, `5.30499195201010E+17`, written out. Fewer
/// than 13 digits were rounded and say too little.
fn without_exponent(cell: &str) -> Option<String> {
    let digits = cell.to_ascii_uppercase().strip_suffix("E+17")?.replacen('.', "", 1);
    let is_plain = (13..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| format!("{digits:0<18}"))
}

/// A cell as digits, where they can be read as such.
struct Cell<'a> {
    digits: &'a [Option<u8>],
    last: char,
}

struct Found {
    as_of: NaiveDate,
    numbers: BTreeMap<u64, Damage>,
}

impl Found {
    fn look(&mut self, cell: &Cell<'_>, written: &[char]) {
        match cell.digits.len() {
            18 => {
                let check = check_of(cell.last);
                self.look_alike(cell.digits, check, written);
                self.recomputed(cell.digits);
                self.one_digit(cell.digits, check);
                self.swapped(cell.digits, check);
            }
            17 => self.missing(cell.digits, cell.last),
            19 => self.extra(cell.digits, cell.last),
            15 => self.old_number(cell.digits, written),
            _ => {}
        }
    }

    /// Takes 17 digits as a number if they can be one.
    fn take(&mut self, digits: &[u8; 17], damage: Damage) {
        let key = digits.iter().fold(0u64, |sum, &digit| sum * 10 + u64::from(digit));
        let is_real = CitizenId::from_key(PersonKey(key)).is_some_and(|id| id.birth_date() <= self.as_of);
        if is_real {
            let known = self.numbers.entry(key).or_insert(damage);
            *known = damage.min(*known);
        }
    }

    /// Takes 17 digits if this is their check character.
    fn take_checked(&mut self, digits: &[u8; 17], check: Option<u8>, damage: Damage) {
        if check.is_some_and(|check| check == CitizenId::check_character(digits)) {
            self.take(digits, damage);
        }
    }

    fn look_alike(&mut self, digits: &[Option<u8>], check: Option<u8>, written: &[char]) {
        let has_letters = written[..17].iter().any(|c| !c.is_ascii_digit());
        if let (Some(digits), true) = (first_seventeen(digits), has_letters) {
            self.take_checked(&digits, check, Damage::LookAlike);
        }
        // The letter may stand in the place of the check character.
        if let (Some(digits), true) = (first_seventeen(digits), check.is_none()) {
            self.take_checked(&digits, look_alike_check(written[17]), Damage::LookAlike);
        }
    }

    fn recomputed(&mut self, digits: &[Option<u8>]) {
        if let Some(digits) = first_seventeen(digits) {
            self.take(&digits, Damage::CheckCharacter);
        }
    }

    /// Every digit that may stand in one place; a character that is no digit must be that place.
    fn one_digit(&mut self, digits: &[Option<u8>], check: Option<u8>) {
        let unread: Vec<usize> = (0..17).filter(|&at| digits[at].is_none()).collect();
        let places = match unread.as_slice() {
            [] => 0..17,
            [only] => *only..only + 1,
            _ => return,
        };
        let mut whole = [0; 17];
        for (digit, read) in whole.iter_mut().zip(digits) {
            *digit = read.unwrap_or(0);
        }
        for at in places {
            let before = whole[at];
            for digit in (0..10).filter(|&digit| digits[at] != Some(digit)) {
                whole[at] = digit;
                self.take_checked(&whole, check, Damage::OneDigit);
            }
            whole[at] = before;
        }
    }

    fn swapped(&mut self, digits: &[Option<u8>], check: Option<u8>) {
        let Some(mut whole) = first_seventeen(digits) else { return };
        for first in 0..17 {
            for second in first + 1..17 {
                if whole[first] != whole[second] {
                    whole.swap(first, second);
                    self.take_checked(&whole, check, Damage::Swapped);
                    whole.swap(first, second);
                }
            }
        }
        // The last digit and the check character, where that is a digit.
        if let Some(check) = check.filter(u8::is_ascii_digit) {
            let last = std::mem::replace(&mut whole[16], check - b'0');
            self.take_checked(&whole, Some(b'0' + last), Damage::Swapped);
        }
    }

    /// One digit was left out, or the check character was.
    fn missing(&mut self, digits: &[Option<u8>], last: char) {
        if let Some(whole) = first_seventeen(digits) {
            self.take(&whole, Damage::Missing);
        }
        let Some(rest) = digits[..16].iter().copied().collect::<Option<Vec<u8>>>() else { return };
        for at in 0..17 {
            for digit in 0..10 {
                let mut whole = [0; 17];
                whole[..at].copy_from_slice(&rest[..at]);
                whole[at] = digit;
                whole[at + 1..].copy_from_slice(&rest[at..]);
                self.take_checked(&whole, check_of(last), Damage::Missing);
            }
        }
    }

    fn extra(&mut self, digits: &[Option<u8>], last: char) {
        // The one too many may be what stands behind the check character.
        if let Some(whole) = first_seventeen(digits) {
            let check = digits[17].map(|digit| b'0' + digit);
            self.take_checked(&whole, check, Damage::Extra);
        }
        for at in 0..18 {
            let rest = digits[..18].iter().enumerate().filter(|(place, _)| *place != at);
            let rest: Option<Vec<u8>> = rest.map(|(_, digit)| *digit).collect();
            let whole = rest.and_then(|rest| <[u8; 17]>::try_from(rest).ok());
            if let Some(whole) = whole {
                self.take_checked(&whole, check_of(last), Damage::Extra);
            }
        }
    }

    /// A number of the 15-digit generation has no check character: only letters in it are undone, and a digit
    /// of a birth date that is none.
    fn old_number(&mut self, digits: &[Option<u8>], written: &[char]) {
        let Some(read) = digits.iter().copied().collect::<Option<Vec<u8>>>() else { return };
        let extended = |digits: &[u8]| {
            let mut whole = [0; 17];
            whole[..6].copy_from_slice(&digits[..6]);
            whole[6..8].copy_from_slice(&[1, 9]);
            whole[8..].copy_from_slice(&digits[6..]);
            whole
        };
        let is_centenarian = read[12..].iter().fold(0u32, |sum, &digit| sum * 10 + u32::from(digit)) >= 996;
        if is_centenarian {
            return;
        }
        if written.iter().any(|c| !c.is_ascii_digit()) {
            return self.take(&extended(&read), Damage::LookAlike);
        }
        for at in 6..12 {
            for digit in (0..10).filter(|&digit| digit != read[at]) {
                let mut changed = read.clone();
                changed[at] = digit;
                self.take(&extended(&changed), Damage::OneDigit);
            }
        }
    }
}

fn first_seventeen(digits: &[Option<u8>]) -> Option<[u8; 17]> {
    let digits: Vec<u8> = digits.get(..17)?.iter().copied().collect::<Option<_>>()?;
    digits.try_into().ok()
}

fn is_day(date: u64, as_of: NaiveDate) -> bool {
    let (year, month, day) = ((date / 10_000) as i32, (date / 100 % 100) as u32, (date % 100) as u32);
    year >= 1800 && NaiveDate::from_ymd_opt(year, month, day).is_some_and(|day| day <= as_of)
}

/// A digit, or the one that a letter looks like.
fn digit_of(c: char) -> Option<u8> {
    Some(match c {
        '0'..='9' => c as u8 - b'0',
        'O' | 'o' | 'Q' | 'D' | '\u{3007}' | '\u{25cb}' => 0,
        'I' | 'l' | 'i' | 'L' | '|' | '!' => 1,
        'Z' | 'z' => 2,
        'S' | 's' => 5,
        'B' => 8,
        _ => return None,
    })
}

/// The check character that a last character is.
fn check_of(last: char) -> Option<u8> {
    match last {
        '0'..='9' | 'X' => Some(last as u8),
        'x' => Some(b'X'),
        _ => None,
    }
}

/// The check character that a last character looks like.
fn look_alike_check(last: char) -> Option<u8> {
    match last {
        '\u{d7}' | '*' | 'K' | 'k' => Some(b'X'),
        _ => digit_of(last).map(|digit| b'0' + digit),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn as_of() -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 8, 31).unwrap()
    }

    fn number(key: u64) -> String {
        CitizenId::from_key(PersonKey(key)).unwrap().text()
    }

    fn damage_of(cell: &str, key: u64) -> Option<Damage> {
        let found = PossibleNumbers::of(cell, as_of()).numbers;
        found.iter().find(|possible| possible.key.0 == key).map(|possible| possible.damage)
    }

    #[test]
    fn each_damage_is_undone_and_named() {
        let key = 53_049_919_520_101_001;
        let right = number(key);
        let wrong_check = if right.ends_with('1') { '2' } else { '1' };
        let with = |at: usize, text: &str| format!("{}{text}{}", &right[..at], &right[at + 1..]);
        let cases = [
            (with(2, "O"), Damage::LookAlike),
            (with(8, "9"), Damage::OneDigit),
            (with(6, "l"), Damage::LookAlike),
            (with(5, "?"), Damage::OneDigit),
            (with(17, &wrong_check.to_string()), Damage::CheckCharacter),
            (with(10, ""), Damage::Missing),
            (with(17, ""), Damage::Missing),
            (format!("{}7{}", &right[..4], &right[4..]), Damage::Extra),
            (format!("{}{}{}{}", &right[..3], &right[4..5], &right[3..4], &right[5..]), Damage::Swapped),
            (format!(" '{} ", with(2, "Ｏ")), Damage::LookAlike),
        ];
        for (cell, damage) in cases {
            if cell == right {
                continue;
            }
            assert_eq!(damage_of(&cell, key), Some(damage), "{cell} of {right}");
        }
    }

    #[test]
    fn a_number_that_a_spreadsheet_cut_keeps_fifteen_digits() {
        let read = PossibleNumbers::of("530499195201010000", as_of());
        assert_eq!(read.first_fifteen, Some(530_499_195_201_010));
        assert_eq!(read.birth, Some(19_520_101));
        assert_eq!(PossibleNumbers::of("5.30499195201010E+17", as_of()), read);
        assert_eq!(PossibleNumbers::of("5.3049919520101e+17", as_of()), read);
        assert!(PossibleNumbers::of("5.30499E+17", as_of()).is_absent);
        assert_eq!(PossibleNumbers::of("530499195213010000", as_of()).first_fifteen, None);
    }

    #[test]
    fn a_number_of_fifteen_digits_is_mended_where_its_date_is_none() {
        let key = 53_049_919_520_101_001;
        assert_eq!(damage_of("53O499520101001", key), Some(Damage::LookAlike));
        assert_eq!(damage_of("530499522101001", key), Some(Damage::OneDigit));
        assert_eq!(damage_of("530499520101997", 53_049_919_520_101_997), None);
    }

    #[test]
    fn what_is_no_number_proposes_none() {
        for cell in ["", "不详", "无", "1234", "5.30499E+17", "身份证号码没有登记的老人"] {
            let read = PossibleNumbers::of(cell, as_of());
            assert!(read.is_absent && read.numbers.is_empty(), "{cell}: {read:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_digit_is_wrong_the_number_is_among_the_proposals(
            order in 1u64..1000, day in 1u64..29, at in 0usize..17, other in 0u8..10,
        ) {
            let key = 53_049_919_520_100_000 + day * 1000 + order;
            let right = number(key);
            let mut damaged = right.clone().into_bytes();
            prop_assume!(damaged[at] != b'0' + other);
            damaged[at] = b'0' + other;
            let damaged = String::from_utf8(damaged).unwrap();
            // What ends in zeros counts as cut by a spreadsheet, its first fifteen digits as right.
            prop_assume!(!damaged.ends_with("000"));
            prop_assert!(damage_of(&damaged, key).is_some(), "{} of {}", damaged, right);
        }

        #[test]
        fn whatever_two_digits_change_places_the_number_is_among_the_proposals(
            order in 1u64..1000, day in 1u64..29, first in 0usize..17, second in 0usize..17,
        ) {
            let key = 53_049_919_520_100_000 + day * 1000 + order;
            let right = number(key);
            let mut damaged = right.clone().into_bytes();
            damaged.swap(first, second);
            let damaged = String::from_utf8(damaged).unwrap();
            // Places of equal weight may change without a trace: then the cell is a number of its own.
            prop_assume!(CitizenId::read(&damaged, as_of()).usable().is_none());
            // What ends in zeros counts as cut by a spreadsheet, its first fifteen digits as right.
            prop_assume!(!damaged.ends_with("000"));
            prop_assert!(damage_of(&damaged, key).is_some(), "{} of {}", damaged, right);
        }

        #[test]
        fn every_proposal_is_a_real_number(cell in "[0-9OIlXx?' ]{0,20}") {
            for possible in PossibleNumbers::of(&cell, as_of()).numbers {
                let text = number(possible.key.0);
                let usable = CitizenId::read(&text, as_of()).usable();
                prop_assert_eq!(usable.map(CitizenId::key), Some(possible.key));
            }
        }

        #[test]
        fn no_cell_makes_it_panic(cell in "\\PC{0,24}") {
            let _ = PossibleNumbers::of(&cell, as_of());
        }
    }
}
