//! Money as integer fen (分). No float ever touches an amount.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// An amount of money in fen (分, 1/100 yuan). Arithmetic is checked: overflow is an error, never a wrap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

/// The character for ten thousand, with which an amount may name its unit.
pub const WAN: char = '万';

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FenError {
    /// Nothing is written there.
    Empty,
    /// A lone dash, with which accountants write that there is nothing.
    Dash,
    /// Something is written there that is no plain decimal number (an exponent and NaN are refused too).
    NotANumber,
    /// More digits after the point than the unit can hold: rounding would be a guess.
    TooPrecise,
    /// Larger than [`Fen::MAX_CELL`] in either direction.
    TooLarge,
}

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);

    /// The largest amount that one cell may hold: 100 million yuan (1 亿元). A pension line is below 10^4
    /// yuan, so a larger cell is a shifted column or an account number, not money.
    pub const MAX_CELL: Fen = Fen(10_000_000_000);

    /// Adds, or `None` on overflow.
    pub fn checked_add(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }

    /// Subtracts, or `None` on overflow.
    pub fn checked_sub(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).map(Fen)
    }

    /// Parses an amount written in yuan: `1,234.50`, `¥150`, `１５０．００`, `-150`, `(150.00)` and `150.00-`
    /// (accountants' negatives), `150元`, `1.5万元`. More than two digits after the point are refused unless
    /// they are zero.
    pub fn parse_yuan(text: &str) -> Result<Fen, FenError> {
        Fen::parse_scaled(text, 2)
    }

    /// Parses an amount in a unit of `10^decimals` fen: 2 for yuan, 0 for fen, 6 for 万元. A text that names
    /// its own unit (`1.5万元`, `150元`) is in that unit.
    pub fn parse_scaled(text: &str, decimals: u32) -> Result<Fen, FenError> {
        if let Some(fen) = parse_usual(text.as_bytes(), decimals) {
            return Ok(fen);
        }
        if let Some(plain) = parse_plain(text.as_bytes(), decimals) {
            return plain;
        }
        let (negative, digits, unit) = strip_decoration(text)?;
        match parse_plain(digits.as_bytes(), unit.unwrap_or(decimals)) {
            Some(Ok(fen)) if negative && fen.0 < 0 => Err(FenError::NotANumber),
            Some(Ok(fen)) if negative => Ok(Fen(-fen.0)),
            Some(other) => other,
            None => Err(FenError::NotANumber),
        }
    }

    /// The amount in yuan with two digits after the point, without separators: `-0.05`, `1236.00`.
    pub fn yuan(self) -> String {
        self.to_string()
    }

    /// The amount in Chinese capital numerals (人民币大写), as vouchers require
    /// (《正确填写票据和结算凭证的基本规定》): `壹仟肆佰零玖元伍角`, `零元整`, `负壹元零贰分`.
    pub fn capital(self) -> String {
        capital_numerals(self.0)
    }
}

/// Removes what people write around a number: full-width forms, blanks, the currency, separators, brackets,
/// the unit. Returns whether it is negative, its digits, and the unit if it names one.
fn strip_decoration(text: &str) -> Result<(bool, String, Option<u32>), FenError> {
    const MINUS: [char; 2] = ['-', '\u{2212}'];
    const CURRENCY: [&str; 5] = ["\u{a5}", "$", "人民币", "RMB", "CNY"];
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    if plain.is_empty() {
        return Err(FenError::Empty);
    }
    let mut body = plain.as_str();
    let mut signs = 0;
    if let Some(inner) = body.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (body, signs) = (inner, signs + 1);
    }
    let without_currency = |body: &'_ str| -> usize {
        CURRENCY.iter().find(|sign| body.starts_with(**sign)).map_or(0, |sign| sign.len())
    };
    body = &body[without_currency(body)..];
    if !body.is_empty()
        && body.chars().all(|c| MINUS.contains(&c) || matches!(c, '\u{2013}'..='\u{2015}' | '\u{2500}'))
    {
        return Err(FenError::Dash);
    }
    if let Some(rest) = body.strip_prefix(MINUS) {
        (body, signs) = (rest, signs + 1);
    }
    body = body.strip_prefix('+').unwrap_or(body);
    body = &body[without_currency(body)..];
    if let Some(rest) = body.strip_suffix(MINUS) {
        (body, signs) = (rest, signs + 1);
    }
    if signs > 1 {
        return Err(FenError::NotANumber);
    }
    let (body, unit) = without_unit(body);
    remove_separators(body).map(|digits| (signs == 1, digits, unit))
}

/// An amount without the unit that it names, and that unit as a power of ten of fen.
fn without_unit(body: &str) -> (&str, Option<u32>) {
    let units = [("万元", 6), ("万", 6), ("元整", 2), ("元", 2), ("圆", 2), ("分", 0)];
    let named = units.into_iter().find_map(|(name, unit)| Some((body.strip_suffix(name)?, Some(unit))));
    named.unwrap_or((body, None))
}

/// Removes thousands separators, which must stand before groups of exactly three digits: `1,50` is refused,
/// because it may be a decimal comma.
fn remove_separators(body: &str) -> Result<String, FenError> {
    let (whole, fraction) = body.split_once('.').map_or((body, None), |(w, f)| (w, Some(f)));
    let groups: Vec<&str> = whole.split(',').collect();
    let well_grouped = groups.len() == 1
        || ((1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3));
    if !well_grouped || fraction.is_some_and(|f| f.contains(',')) {
        return Err(FenError::NotANumber);
    }
    let mut digits = groups.concat();
    if let Some(fraction) = fraction {
        digits.push('.');
        digits.push_str(fraction);
    }
    Ok(digits)
}

/// Parses the way in which nearly every roster writes money: yuan with two digits after the point, at most
/// seven before it. Everything else needs more care.
fn parse_usual(bytes: &[u8], decimals: u32) -> Option<Fen> {
    let [whole @ .., b'.', jiao, fen] = bytes else { return None };
    if decimals != 2 || whole.is_empty() || whole.len() > 7 {
        return None;
    }
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    let mut value = 0;
    for byte in whole.iter().chain([jiao, fen]) {
        value = value * 10 + digit(byte)?;
    }
    Some(Fen(value))
}

/// Parses `[-]digits[.digits]`. `None` means that the bytes have another form and need more care.
fn parse_plain(bytes: &[u8], decimals: u32) -> Option<Result<Fen, FenError>> {
    let (negative, body) = match bytes.first()? {
        b'-' => (true, &bytes[1..]),
        _ => (false, bytes),
    };
    let point = body.iter().position(|&b| b == b'.').unwrap_or(body.len());
    let (whole, fraction) = (&body[..point], body.get(point + 1..).unwrap_or(&[]));
    let all_digits = whole.iter().chain(fraction).all(u8::is_ascii_digit);
    if whole.is_empty() || !all_digits || (point < body.len() && fraction.is_empty()) {
        return None;
    }
    let kept = fraction.len().min(decimals as usize);
    if fraction[kept..].iter().any(|&b| b != b'0') {
        return Some(Err(FenError::TooPrecise));
    }
    let mut value: i64 = 0;
    let padding = std::iter::repeat_n(&b'0', decimals as usize - kept);
    for digit in whole.iter().chain(&fraction[..kept]).chain(padding) {
        value = value * 10 + i64::from(digit - b'0');
        if value > Fen::MAX_CELL.0 {
            return Some(Err(FenError::TooLarge));
        }
    }
    Some(Ok(Fen(if negative { -value } else { value })))
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let absolute = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", absolute / 100, absolute % 100)
    }
}

impl std::iter::Sum for Fen {
    /// Sums in 128 bits.
    ///
    /// # Panics
    /// When the total does not fit 64 bits (9.2 × 10^16 yuan), which no input within [`Fen::MAX_CELL`]
    /// reaches.
    fn sum<I: Iterator<Item = Fen>>(amounts: I) -> Fen {
        let total: i128 = amounts.map(|fen| i128::from(fen.0)).sum();
        match i64::try_from(total) {
            Ok(total) => Fen(total),
            Err(_) => panic!("a total of {total} fen does not fit 64 bits"),
        }
    }
}

const CAPITAL_DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];

fn capital_numerals(fen: i64) -> String {
    let absolute = fen.unsigned_abs();
    let (yuan, jiao, cents) = (absolute / 100, (absolute / 10 % 10) as usize, (absolute % 10) as usize);
    let mut text = String::from(if fen < 0 { "负" } else { "" });
    if yuan > 0 {
        text.push_str(&capital_integer(yuan));
        text.push('元');
    }
    if jiao > 0 {
        text.push_str(CAPITAL_DIGITS[jiao]);
        text.push('角');
    }
    if cents > 0 {
        // 零 stands where the place of 角 is empty below a yuan that is not.
        if jiao == 0 && yuan > 0 {
            text.push('零');
        }
        text.push_str(CAPITAL_DIGITS[cents]);
        text.push('分');
    }
    match (absolute, cents) {
        (0, _) => "零元整".to_string(),
        (_, 0) => text + "整",
        _ => text,
    }
}

fn capital_integer(mut value: u64) -> String {
    const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
    const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];
    let mut groups = Vec::new();
    while value > 0 {
        groups.push((value % 10_000) as usize);
        value /= 10_000;
    }
    let mut text = String::new();
    let mut pending_zero = false;
    for (index, &group) in groups.iter().enumerate().rev() {
        if group == 0 {
            pending_zero = !text.is_empty();
            continue;
        }
        for place in (0..4usize).rev() {
            let digit = group / 10usize.pow(place as u32) % 10;
            if digit == 0 {
                pending_zero |= !text.is_empty();
                continue;
            }
            if std::mem::take(&mut pending_zero) {
                text.push('零');
            }
            text.push_str(CAPITAL_DIGITS[digit]);
            text.push_str(PLACES[place]);
        }
        pending_zero = false;
        text.push_str(GROUPS[index]);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_as_people_write_them() {
        let cases = [
            ("1,234.50", Ok(123_450)),
            ("¥150", Ok(15_000)),
            ("１５０．００", Ok(15_000)),
            ("(150.00)", Ok(-15_000)),
            ("-0.05", Ok(-5)),
            ("150.000", Ok(15_000)),
            (" 98 元", Ok(9_800)),
            ("150.001", Err(FenError::TooPrecise)),
            ("1,50", Err(FenError::NotANumber)),
            ("1e3", Err(FenError::NotANumber)),
            ("NaN", Err(FenError::NotANumber)),
            ("", Err(FenError::Empty)),
            ("￥1,234.50", Ok(123_450)),
            ("¥ -150.00", Ok(-15_000)),
            ("-¥150.00", Ok(-15_000)),
            ("（１５０．００）", Ok(-15_000)),
            ("(¥150.00)", Ok(-15_000)),
            ("150.00-", Ok(-15_000)),
            ("1,234.50－", Ok(-123_450)),
            ("\u{2212}150", Ok(-15_000)),
            ("+150", Ok(15_000)),
            ("RMB150", Ok(15_000)),
            ("人民币150元整", Ok(15_000)),
            ("1.5万元", Ok(1_500_000)),
            ("0.0162万", Ok(16_200)),
            ("16200分", Ok(16_200)),
            ("0.00000001万元", Err(FenError::TooPrecise)),
            ("-", Err(FenError::Dash)),
            (" — ", Err(FenError::Dash)),
            ("－", Err(FenError::Dash)),
            ("--", Err(FenError::Dash)),
            ("¥-", Err(FenError::Dash)),
            ("元", Err(FenError::NotANumber)),
            ("--5", Err(FenError::NotANumber)),
            ("-5-", Err(FenError::NotANumber)),
            ("(5-)", Err(FenError::NotANumber)),
            ("(-1)", Err(FenError::NotANumber)),
            ("1000000000", Err(FenError::TooLarge)),
            (".", Err(FenError::NotANumber)),
        ];
        for (text, expected) in cases {
            assert_eq!(Fen::parse_yuan(text).map(|fen| fen.0), expected, "{text}");
        }
        assert_eq!(Fen::parse_scaled("0.56", 6), Ok(Fen(560_000)));
        assert_eq!(Fen::parse_scaled("15000", 0), Ok(Fen(15_000)));
        // A cell that names its unit is in that unit, whatever the column's.
        assert_eq!(Fen::parse_scaled("150元", 6), Ok(Fen(15_000)));
        assert_eq!(Fen::parse_scaled("1.5万元", 0), Ok(Fen(1_500_000)));
    }

    #[test]
    fn capital_numerals_as_vouchers_require() {
        let cases = [
            (140_950, "壹仟肆佰零玖元伍角整"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (0, "零元整"),
            (5, "伍分"),
            (10_925_200, "壹拾万玖仟贰佰伍拾贰元整"),
            (1_000_000_000_000, "壹佰亿元整"),
            (10_000_000_100, "壹亿零壹元整"),
            (1_000_050_000, "壹仟万零伍佰元整"),
            (-102, "负壹元零贰分"),
        ];
        for (fen, expected) in cases {
            assert_eq!(Fen(fen).capital(), expected, "{fen}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_return_the_amount(fen in -Fen::MAX_CELL.0..=Fen::MAX_CELL.0) {
            prop_assert_eq!(Fen::parse_yuan(&Fen(fen).yuan()), Ok(Fen(fen)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = Fen::parse_yuan(&text);
            let _ = Fen::parse_scaled(&text, 6);
        }
    }
}
