//! The citizen identity number (公民身份号码, GB 11643-1999): reading one cell, and repairing what is only a
//! matter of writing.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use super::digits::parse_digits;
use super::formula::is_formula_error;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: [u8; 11] = *b"10X98765432";

/// The first 17 digits of a usable ID number as an integer. Joins and sorts use it, never strings; the check
/// character follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonKey(pub u64);

/// A usable ID number: 18 characters, a real birth date, the right check character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenId {
    key: PersonKey,
}

/// What had to be mended before the cell was an ID number, one bit per kind. Each is reversible and recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct IdRepairs(pub u8);

impl IdRepairs {
    /// Full-width or other compatibility forms became plain digits.
    pub const WIDTH: IdRepairs = IdRepairs(1);
    /// Blanks were removed.
    pub const BLANKS: IdRepairs = IdRepairs(2);
    /// The apostrophe that spreadsheets put before text was removed.
    pub const APOSTROPHE: IdRepairs = IdRepairs(4);
    /// A lower-case x became X.
    pub const LOWER_X: IdRepairs = IdRepairs(8);
    /// A number of the 15-digit generation was extended by 19 and its check character.
    pub const FIFTEEN: IdRepairs = IdRepairs(16);

    /// All kinds, with the code under which each is reported.
    pub const KINDS: [(IdRepairs, &'static str); 5] = [
        (IdRepairs::WIDTH, "full_width"),
        (IdRepairs::BLANKS, "blanks"),
        (IdRepairs::APOSTROPHE, "apostrophe"),
        (IdRepairs::LOWER_X, "lower_x"),
        (IdRepairs::FIFTEEN, "fifteen_digits"),
    ];

    /// Whether a kind of repair is among these.
    pub fn contains(self, kind: IdRepairs) -> bool {
        self.0 & kind.0 != 0
    }

    fn add(&mut self, kind: IdRepairs, happened: bool) {
        if happened {
            self.0 |= kind.0;
        }
    }
}

/// Something odd about an ID number that does not make it unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdWarning {
    /// The first two digits are no province of GB/T 2260.
    UnknownArea,
    /// The order code is 000, which is never issued.
    OrderZero,
}

/// Why a cell is not an ID number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdDefect {
    /// The cell is empty.
    Empty,
    /// Neither 18 nor 15 characters.
    Length,
    /// A character other than a digit (or X at the end).
    Characters,
    /// The birth date in it is no day of the calendar, or lies after the day as of which the audit speaks.
    BirthDate,
    /// The check character does not fit: at least one character is wrong.
    CheckCharacter,
    /// A 15-digit number with order 996 to 999, which was given to people born before 1900.
    Centenarian,
    /// A spreadsheet stored it as a number, so that its last digits are lost.
    StoredAsNumber,
    /// It ends in the three zeros that a spreadsheet writes for lost digits, and its check character does not
    /// fit.
    LostDigits,
    /// The mark of a formula that a spreadsheet could not compute.
    FormulaError,
}

impl IdDefect {
    /// Every defect.
    pub const ALL: [IdDefect; 9] = [
        IdDefect::Empty,
        IdDefect::Length,
        IdDefect::Characters,
        IdDefect::BirthDate,
        IdDefect::CheckCharacter,
        IdDefect::Centenarian,
        IdDefect::StoredAsNumber,
        IdDefect::LostDigits,
        IdDefect::FormulaError,
    ];
}

/// What an ID cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdReading {
    /// A usable ID number, with what was mended and what is odd about it.
    Usable {
        /// The number.
        id: CitizenId,
        /// What was mended.
        repairs: IdRepairs,
        /// What is odd.
        warning: Option<IdWarning>,
    },
    /// No usable ID number: the row is kept, but nothing can be established with it.
    Unusable(IdDefect),
}

impl IdReading {
    /// The usable number, if it is one.
    pub fn usable(self) -> Option<CitizenId> {
        match self {
            IdReading::Usable { id, .. } => Some(id),
            IdReading::Unusable(_) => None,
        }
    }
}

impl CitizenId {
    /// Reads one cell. Repairs only what is a matter of writing: width, blanks, the apostrophe, a
    /// lower-case x and the 15-digit generation. Nothing is ever guessed: one wrong digit makes the cell
    /// unusable.
    ///
    /// A birth date after `as_of` is not real.
    pub fn read(cell: &str, as_of: NaiveDate) -> IdReading {
        if let Ok(plain) = <&[u8; 18]>::try_from(cell.as_bytes())
            && let Some(key) = parse_digits(&plain[..17])
        {
            let mut repairs = IdRepairs::default();
            repairs.add(IdRepairs::LOWER_X, plain[17] == b'x');
            return read_eighteen(plain, key, as_of, repairs);
        }
        read_repaired(cell, as_of)
    }

    /// The birth date that a cell of 18 characters states, whether or not the rest of it is a number.
    pub fn stated_birth(cell: &str) -> Option<NaiveDate> {
        let plain: String = cell.nfkc().filter(|c| !c.is_whitespace()).collect();
        let plain = plain.trim_start_matches('\'');
        let date = plain.get(6..14).filter(|_| plain.len() == 18 && plain.is_ascii())?;
        NaiveDate::parse_from_str(date, "%Y%m%d").ok()
    }

    /// The number whose first 17 digits are these, if its birth date is a day of the calendar.
    pub fn from_key(key: PersonKey) -> Option<CitizenId> {
        let id = CitizenId { key };
        (key.0 < 100_000_000_000_000_000 && id.checked_birth_date().is_some()).then_some(id)
    }

    /// The integer that stands for the person in joins and sorts.
    pub fn key(self) -> PersonKey {
        self.key
    }

    /// The birth date in the number.
    ///
    /// # Panics
    /// Never for a value made by this type's constructors.
    pub fn birth_date(self) -> NaiveDate {
        match self.checked_birth_date() {
            Some(day) => day,
            None => panic!("an ID number was built around an impossible birth date"),
        }
    }

    /// The birth date as the number writes it, for comparing: the digits of year, month and day.
    pub(crate) fn birth_digits(self) -> u32 {
        (self.key.0 / 1000 % 100_000_000) as u32
    }

    fn checked_birth_date(self) -> Option<NaiveDate> {
        let date = self.birth_digits();
        let year = (date / 10_000) as i32;
        if year == 0 { None } else { NaiveDate::from_ymd_opt(year, date / 100 % 100, date % 100) }
    }

    /// The 18 characters.
    pub fn text(self) -> String {
        let digits = self.digits();
        let mut text = String::with_capacity(18);
        text.extend(digits.iter().map(|digit| char::from(b'0' + digit)));
        text.push(char::from(CitizenId::check_character(&digits)));
        text
    }

    /// Whether a text is the 18 characters.
    pub(crate) fn is_written(self, text: &str) -> bool {
        let check = |last: u8| last == CitizenId::check_character(&self.digits());
        <&[u8; 18]>::try_from(text.as_bytes())
            .is_ok_and(|plain| parse_digits(&plain[..17]) == Some(self.key.0) && check(plain[17]))
    }

    /// `530499********123X`: what may stand on a screen or in a log.
    pub fn masked(self) -> String {
        mask_id_text(&self.text())
    }

    /// The check character of 17 digits, as ASCII.
    pub(crate) fn check_character(digits: &[u8; 17]) -> u8 {
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(&digit, weight)| u32::from(digit) * weight).sum();
        CHECK_CHARACTERS[(sum % 11) as usize]
    }

    /// Whether the last three characters are zeros, as a spreadsheet writes them for digits that it
    /// lost: one in eleven of such cells is a number all the same, though hardly ever the right one.
    pub(crate) fn ends_in_zeros(self) -> bool {
        // Nearly all numbers are told apart by the first test.
        self.key.0.is_multiple_of(100) && CitizenId::check_character(&self.digits()) == b'0'
    }

    /// Whether the order code is odd, as men's are.
    pub(crate) fn is_male(self) -> bool {
        self.key.0 % 2 == 1
    }

    fn digits(self) -> [u8; 17] {
        let mut digits = [0; 17];
        let mut rest = self.key.0;
        for digit in digits.iter_mut().rev() {
            *digit = (rest % 10) as u8;
            rest /= 10;
        }
        digits
    }
}

impl fmt::Display for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// Masks an ID cell that may be damaged: the first six and the last four characters stay if it is long
/// enough, otherwise only its length shows.
pub fn mask_id_text(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() < 14 {
        return "*".repeat(characters.len());
    }
    let tail = characters.len() - 4;
    characters.iter().enumerate().map(|(i, &c)| if (6..tail).contains(&i) { '*' } else { c }).collect()
}

/// Masks a cell of any kind if it could hold an ID or account number, that is 15 digits or more.
pub fn mask_number_text(text: &str) -> String {
    if text.chars().filter(|c| c.is_numeric()).count() < 15 {
        return text.to_string();
    }
    mask_id_text(text)
}

fn read_repaired(cell: &str, as_of: NaiveDate) -> IdReading {
    let mut repairs = IdRepairs::default();
    let compatible: String = cell.nfkc().collect();
    let unblanked: String = compatible.chars().filter(|c| !c.is_whitespace()).collect();
    repairs.add(IdRepairs::BLANKS, unblanked.len() != compatible.len());
    repairs.add(IdRepairs::WIDTH, unblanked.chars().any(|c| !cell.contains(c)));
    let bare = unblanked.trim_start_matches('\'');
    repairs.add(IdRepairs::APOSTROPHE, bare.len() != unblanked.len());
    if bare.is_empty() {
        return IdReading::Unusable(IdDefect::Empty);
    }
    if is_formula_error(bare) {
        return IdReading::Unusable(IdDefect::FormulaError);
    }
    match bare.len() {
        18 if bare.is_ascii() => {
            let mut plain = [0; 18];
            plain.copy_from_slice(bare.as_bytes());
            repairs.add(IdRepairs::LOWER_X, plain[17] == b'x');
            match parse_digits(&plain[..17]) {
                Some(key) => read_eighteen(&plain, key, as_of, repairs),
                None => IdReading::Unusable(IdDefect::Characters),
            }
        }
        15 if bare.is_ascii() => read_fifteen(bare.as_bytes(), as_of, repairs),
        _ if bare.chars().any(|c| !c.is_ascii_digit() && !matches!(c, 'x' | 'X')) => {
            IdReading::Unusable(IdDefect::Characters)
        }
        _ => IdReading::Unusable(IdDefect::Length),
    }
}

fn read_fifteen(plain: &[u8], as_of: NaiveDate, mut repairs: IdRepairs) -> IdReading {
    let (Some(area), Some(rest)) = (parse_digits(&plain[..6]), parse_digits(&plain[6..])) else {
        return IdReading::Unusable(IdDefect::Characters);
    };
    if rest % 1000 >= 996 {
        return IdReading::Unusable(IdDefect::Centenarian);
    }
    repairs.add(IdRepairs::FIFTEEN, true);
    usable((area * 100 + 19) * 1_000_000_000 + rest, as_of, repairs)
}

/// Reads 18 characters, the first 17 of which are the digits of the key.
fn read_eighteen(plain: &[u8; 18], key: u64, as_of: NaiveDate, repairs: IdRepairs) -> IdReading {
    let check = plain[17].to_ascii_uppercase();
    if !check.is_ascii_digit() && check != b'X' {
        return IdReading::Unusable(IdDefect::Characters);
    }
    let reading = usable(key, as_of, repairs);
    let sum: u32 = plain.iter().zip(WEIGHTS).map(|(&byte, weight)| u32::from(byte & 15) * weight).sum();
    if reading.usable().is_some() && check != CHECK_CHARACTERS[(sum % 11) as usize] {
        let is_cut = plain.ends_with(b"000");
        return IdReading::Unusable(if is_cut { IdDefect::LostDigits } else { IdDefect::CheckCharacter });
    }
    reading
}

fn usable(key: u64, as_of: NaiveDate, repairs: IdRepairs) -> IdReading {
    let key = PersonKey(key);
    let id = CitizenId { key };
    match id.checked_birth_date() {
        Some(birth) if birth <= as_of && birth.year() >= 1 => {
            IdReading::Usable { id, repairs, warning: warning_of(key) }
        }
        _ => IdReading::Unusable(IdDefect::BirthDate),
    }
}

fn warning_of(key: PersonKey) -> Option<IdWarning> {
    if key.0.is_multiple_of(1000) {
        return Some(IdWarning::OrderZero);
    }
    // Only the province is checked: withdrawn county codes are legitimate for the old, and their list is
    // long.
    let province = key.0 / 1_000_000_000_000_000;
    let known = matches!(province,
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91);
    (!known).then_some(IdWarning::UnknownArea)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn as_of() -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 8, 31).unwrap()
    }

    fn defect(cell: &str) -> Option<IdDefect> {
        match CitizenId::read(cell, as_of()) {
            IdReading::Usable { .. } => None,
            IdReading::Unusable(defect) => Some(defect),
        }
    }

    #[test]
    fn writings_that_are_repaired() {
        let cases = [
            ("11010519491231002X", 0),
            ("11010519491231002x", IdRepairs::LOWER_X.0),
            (" 110105 19491231 002X ", IdRepairs::BLANKS.0),
            ("'11010519491231002X", IdRepairs::APOSTROPHE.0),
            ("１１０１０５１９４９１２３１００２Ｘ", IdRepairs::WIDTH.0),
            ("110105491231002", IdRepairs::FIFTEEN.0),
            (
                "'110105491231002\u{3000}",
                IdRepairs::APOSTROPHE.0 | IdRepairs::BLANKS.0 | IdRepairs::FIFTEEN.0,
            ),
        ];
        for (cell, expected) in cases {
            match CitizenId::read(cell, as_of()) {
                IdReading::Usable { id, repairs, .. } => {
                    assert_eq!(id.text(), "11010519491231002X", "{cell}");
                    assert_eq!(repairs.0, expected, "{cell}");
                }
                other => panic!("{cell}: {other:?}"),
            }
        }
    }

    #[test]
    fn cells_that_are_no_id_number() {
        let cases = [
            ("", IdDefect::Empty),
            ("\u{3000}", IdDefect::Empty),
            ("110105194912310021", IdDefect::CheckCharacter),
            ("110105194912310000", IdDefect::LostDigits),
            ("11010519490231002X", IdDefect::BirthDate),
            ("11010520491231002X", IdDefect::BirthDate),
            ("1101051949123100", IdDefect::Length),
            ("1101051949123100211", IdDefect::Length),
            ("身份证号不详啊", IdDefect::Characters),
            ("六个汉字十八", IdDefect::Characters),
            ("11010519491231O02X", IdDefect::Characters),
            ("110105491231997", IdDefect::Centenarian),
            ("110105490231001", IdDefect::BirthDate),
            ("X1010519491231002X", IdDefect::Characters),
        ];
        for (cell, expected) in cases {
            assert_eq!(defect(cell), Some(expected), "{cell}");
        }
    }

    #[test]
    fn masks_keep_six_and_four() {
        assert_eq!(mask_id_text("11010519491231002X"), "110105********002X");
        assert_eq!(mask_id_text("1101"), "****");
        assert_eq!(mask_number_text("11010519491231002X"), "110105********002X");
        assert_eq!(mask_number_text("（2023）虚0499刑初1号"), "（2023）虚0499刑初1号");
    }

    #[test]
    fn oddities_are_warnings_not_defects() {
        let of = |key: u64| CitizenId::from_key(PersonKey(key)).unwrap().text();
        let warning = |text: String| match CitizenId::read(&text, as_of()) {
            IdReading::Usable { warning, .. } => warning,
            IdReading::Unusable(defect) => panic!("{defect:?}"),
        };
        assert_eq!(warning(of(99_010_519_491_231_002)), Some(IdWarning::UnknownArea));
        assert_eq!(warning(of(11_010_519_491_231_000)), Some(IdWarning::OrderZero));
        assert_eq!(warning(of(11_010_519_491_231_002)), None);
    }

    proptest! {
        #[test]
        fn a_number_survives_printing_and_reading(
            area in 110_000u64..660_000,
            day in 0..36_000i64,
            order in 0u64..1000,
        ) {
            let birth = NaiveDate::from_ymd_opt(1920, 1, 1).unwrap() + chrono::Duration::days(day);
            prop_assume!(birth <= as_of());
            let date = birth.format("%Y%m%d").to_string().parse::<u64>().unwrap();
            let id = CitizenId::from_key(PersonKey((area * 100_000_000 + date) * 1000 + order)).unwrap();
            prop_assert_eq!(CitizenId::read(&id.text(), as_of()).usable(), Some(id));
            prop_assert!(id.is_written(&id.text()));
            prop_assert_eq!(id.birth_date(), birth);
            // One wrong digit, or two neighbours exchanged, is always found: that is what the check is for.
            for at in 0..17 {
                let mut wrong = id.text().into_bytes();
                wrong[at] = b'0' + (wrong[at] - b'0' + 1) % 10;
                let text = std::str::from_utf8(&wrong).unwrap();
                prop_assert!(!id.is_written(text));
                let read = CitizenId::read(text, as_of());
                prop_assert_ne!(read.usable(), Some(id));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = CitizenId::read(&text, as_of());
            let _ = mask_id_text(&text);
        }
    }
}
