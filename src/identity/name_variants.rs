//! Names that may be one name in two writings: other forms of a character, and characters that a system
//! could not show.
//!
//! Owns the comparison. Which characters stand for one another is data, with its sources.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Name;

/// How alike two names are, the most alike first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameLikeness {
    /// The comparison forms are equal.
    Equal,
    /// They are equal but for separators, variants of a character, or a character that one system lacks.
    Variant,
    /// One character is another, or is missing.
    OneCharacter,
    /// They are different names.
    Different,
    /// One of the two is empty.
    Missing,
}

/// Which characters stand for one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameVariants {
    /// By character, the characters that may stand for it. To stand for one another is not handed on: what
    /// stands for two characters does not make them one.
    variants: BTreeMap<char, BTreeSet<char>>,
}

impl NameVariants {
    /// Adds a group of characters that all stand for one another.
    pub fn add(&mut self, group: &str) {
        for character in group.chars() {
            let others = group.chars().filter(|&other| other != character);
            self.variants.entry(character).or_default().extend(others);
        }
    }

    fn is_same(&self, one: char, other: char) -> bool {
        let stands_for = || self.variants.get(&one).is_some_and(|variants| variants.contains(&other));
        one == other || stands_for() || is_unshown(one) || is_unshown(other)
    }

    /// Compares two names as written.
    pub fn compare(&self, one: &str, other: &str) -> NameLikeness {
        // Neither is normalised nor compared character by character: it may be as long as a cell.
        if is_too_long(one) || is_too_long(other) {
            return NameLikeness::Different;
        }
        let (one, other) = (Name::comparison_form(one), Name::comparison_form(other));
        if one.is_empty() || other.is_empty() {
            return NameLikeness::Missing;
        }
        if one == other {
            return NameLikeness::Equal;
        }
        let plain = |form: &str| -> Vec<char> { form.chars().filter(|&c| c != '\u{b7}').collect() };
        let (one, other) = (plain(&one), plain(&other));
        match self.differences(&one, &other) {
            Some(0) => NameLikeness::Variant,
            Some(1) if one.len().max(other.len()) >= 2 => NameLikeness::OneCharacter,
            _ => NameLikeness::Different,
        }
    }

    /// How many characters differ, if at most one does: another one, or one that is missing.
    fn differences(&self, one: &[char], other: &[char]) -> Option<usize> {
        // A name of which nothing is shown is no name.
        let is_shown = |name: &[char]| name.iter().any(|&c| !is_unshown(c));
        if !is_shown(one) || !is_shown(other) {
            return None;
        }
        if one.len() == other.len() {
            let count = one.iter().zip(other).filter(|&(&a, &b)| !self.is_same(a, b)).count();
            return (count <= 1).then_some(count);
        }
        let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
        let is_without = |at: usize| {
            let rest = long.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, c)| c);
            rest.zip(short).all(|(&a, &b)| self.is_same(a, b))
        };
        let is_one_missing = long.len() == short.len() + 1 && (0..long.len()).any(is_without);
        (is_one_missing && short.len() >= 2).then_some(1)
    }
}

/// More characters than this are nobody's name.
const LONGEST_NAME: usize = 100;

fn is_too_long(name: &str) -> bool {
    name.chars().nth(LONGEST_NAME).is_some()
}

/// Whether a character stands where a system lacked one: private-use, a box, a question mark.
fn is_unshown(c: char) -> bool {
    let is_private = ('\u{e000}'..='\u{f8ff}').contains(&c) || c >= '\u{f0000}';
    is_private || matches!(c, '?' | '\u{fffd}' | '\u{25a1}' | '\u{3013}' | '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table() -> NameVariants {
        let mut table = NameVariants::default();
        ["张張", "傅付", "龑䶮", "兰蘭", "兰蓝"].into_iter().for_each(|group| table.add(group));
        table
    }

    #[test]
    fn names_are_compared_as_people_read_them() {
        let cases = [
            ("张三", "张 三", NameLikeness::Equal),
            ("張三", "张三", NameLikeness::Variant),
            ("付三", "傅三", NameLikeness::Variant),
            ("蘭三", "兰三", NameLikeness::Variant),
            ("蘭三", "蓝三", NameLikeness::OneCharacter),
            ("阿木", "阿·木", NameLikeness::Variant),
            ("张\u{e000}", "张龑", NameLikeness::Variant),
            ("张?", "张龑", NameLikeness::Variant),
            ("张三丰", "张三", NameLikeness::OneCharacter),
            ("张三", "李三", NameLikeness::OneCharacter),
            ("张三", "李四", NameLikeness::Different),
            ("张", "李", NameLikeness::Different),
            ("张三", "", NameLikeness::Missing),
            ("??", "张三", NameLikeness::Different),
        ];
        for (one, other, likeness) in cases {
            assert_eq!(table().compare(one, other), likeness, "{one} {other}");
            assert_eq!(table().compare(other, one), likeness, "{other} {one}");
        }
    }

    #[test]
    fn what_is_longer_than_any_name_is_nobodys() {
        let (name, long) = ("阿".repeat(100), "阿".repeat(101));
        assert_eq!(table().compare(&name, &name), NameLikeness::Equal);
        assert_eq!(table().compare(&name, &long), NameLikeness::Different);
        assert_eq!(table().compare(&long, &long), NameLikeness::Different);
        assert_eq!(table().compare(&long, ""), NameLikeness::Different);
    }

    proptest! {
        #[test]
        fn every_name_equals_itself_and_order_does_not_matter(one in "\\PC{0,4}", other in "\\PC{0,4}") {
            let table = table();
            let is_empty = Name::comparison_form(&one).is_empty();
            prop_assert!(is_empty || table.compare(&one, &one) == NameLikeness::Equal);
            prop_assert_eq!(table.compare(&one, &other), table.compare(&other, &one));
        }
    }
}
