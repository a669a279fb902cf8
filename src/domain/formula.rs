//! What a spreadsheet shows in a cell whose formula came to nothing.
//!
//! Owns the list of these marks. Must not know what the cell was meant to hold.

/// The marks, as every spreadsheet program writes them.
const ERRORS: [&str; 11] = [
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/A",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#GETTING_DATA",
];

/// Whether a cell holds the mark of a formula that could not be computed.
pub fn is_formula_error(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('#') && ERRORS.iter().any(|error| error.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_formulas_and_what_only_looks_like_one() {
        for (text, expected) in [
            ("#REF!", true),
            (" #N/A ", true),
            ("#n/a", true),
            ("#DIV/0!", true),
            ("#", false),
            ("#REF!1", false),
            ("REF!", false),
            ("", false),
        ] {
            assert_eq!(is_formula_error(text), expected, "{text}");
        }
    }
}
