//! Names as written, and the form in which two of them are compared.

use unicode_normalization::UnicodeNormalization;

/// A person's name as a file wrote it. The stored text is never changed; only the comparison form is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub String);

impl Name {
    /// The comparison form: NFKC, every separator of a compound name (· • ‧ ・ ･ ． .) written `·`, all blanks
    /// removed. Two names agree if their forms are equal and not empty; anything else makes a lead.
    pub fn comparison_form(text: &str) -> String {
        let is_plain = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        if text.chars().all(is_plain) {
            return text.to_string();
        }
        // The separators are mapped both before and after NFKC, because NFKC turns U+FF65 into U+30FB.
        text.nfkc().filter(|c| !c.is_whitespace()).map(unify_separator).collect()
    }

    /// Whether two names agree. An empty name never agrees, not even with another empty one.
    pub fn agrees(&self, other: &Name) -> bool {
        let form = Name::comparison_form(&self.0);
        !form.is_empty() && form == Name::comparison_form(&other.0)
    }
}

fn unify_separator(c: char) -> char {
    match c {
        '\u{2022}' | '\u{2027}' | '\u{30fb}' | '\u{ff65}' | '\u{ff0e}' | '.' => '\u{b7}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_blanks_do_not_part_two_writings() {
        let name = |text: &str| Name(text.to_string());
        for text in
            ["阿·木", "阿•木", "阿‧木", "阿・木", "阿･木", "阿．木", "阿.木", "阿 · 木", "阿\u{3000}·木"]
        {
            assert!(name("阿·木").agrees(&name(text)), "{text}");
        }
        assert!(!name("阿木").agrees(&name("阿·木")));
        assert!(!name("").agrees(&name("")));
        assert!(!name(" ").agrees(&name("\u{3000}")));
    }
}
