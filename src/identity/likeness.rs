//! What each field of two rows says of whether they are of one person, and what follows.
//!
//! Owns the grades. A grade orders the work of people; it never decides.

use super::{Damage, NameLikeness};

/// What a field of both rows says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// Both say the same.
    Agrees,
    /// One of them says nothing.
    Unknown,
    /// They say different things.
    Differs,
}

impl Agreement {
    /// Compares what two rows say, where both say something.
    pub fn of<T: PartialEq>(one: Option<T>, other: Option<T>) -> Agreement {
        match (one, other) {
            (Some(one), Some(other)) if one == other => Agreement::Agrees,
            (Some(_), Some(_)) => Agreement::Differs,
            _ => Agreement::Unknown,
        }
    }

    /// Compares two places as people write them: one may name more of it than the other.
    pub fn of_places(one: &str, other: &str) -> Agreement {
        let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let (one, other) = (plain(one), plain(other));
        if one.is_empty() || other.is_empty() {
            Agreement::Unknown
        } else if one.contains(&other) || other.contains(&one) {
            Agreement::Agrees
        } else {
            Agreement::Differs
        }
    }
}

/// How strongly two rows point at one person, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// The number differs by one slip of writing, or was replaced, and the names agree.
    Strong,
    /// Name and birth date agree and so does the place, or the number differs by more.
    Medium,
    /// Something speaks against it, or little speaks for it.
    Weak,
}

/// Why two rows may be of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Likeness {
    /// How the numbers differ.
    pub damage: Damage,
    /// How alike the names are.
    pub name: NameLikeness,
    /// The birth dates.
    pub birth: Agreement,
    /// The sexes.
    pub sex: Agreement,
    /// The villages, or the townships.
    pub place: Agreement,
    /// Whether the row may be of another person just as well.
    pub is_ambiguous: bool,
}

impl Likeness {
    /// How strongly this points at one person; `None` where it is not worth anybody's time.
    pub fn grade(&self) -> Option<Grade> {
        let base = match (self.damage, self.name) {
            (_, NameLikeness::Different) => match self.damage {
                Damage::Replaced => Grade::Weak,
                _ => return None,
            },
            (Damage::Replaced | Damage::LookAlike | Damage::CheckCharacter, NameLikeness::Missing) => {
                Grade::Weak
            }
            (_, NameLikeness::Missing) => return None,
            (Damage::SamePlaceAndBirth | Damage::Absent, NameLikeness::OneCharacter) => return None,
            (_, NameLikeness::OneCharacter) => Grade::Weak,
            (Damage::SamePlaceAndBirth, _) => Grade::Medium,
            // A name and a birth date are shared by some; the place tells them apart.
            (Damage::Absent, _) if self.sex == Agreement::Differs => return None,
            (Damage::Absent, _) if self.birth != Agreement::Agrees => return None,
            (Damage::Absent, _) if self.place == Agreement::Agrees => Grade::Medium,
            (Damage::Absent, _) => Grade::Weak,
            (_, NameLikeness::Equal | NameLikeness::Variant) => Grade::Strong,
        };
        let against = [self.birth, self.sex].contains(&Agreement::Differs);
        Some(if against { Grade::Weak } else { base })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(damage: Damage, name: NameLikeness) -> Likeness {
        let unknown = Agreement::Unknown;
        Likeness { damage, name, birth: unknown, sex: unknown, place: unknown, is_ambiguous: false }
    }

    #[test]
    fn grades() {
        use NameLikeness::{Different, Equal, Missing, OneCharacter, Variant};
        let cases = [
            (Damage::OneDigit, Equal, Some(Grade::Strong)),
            (Damage::OneDigit, Variant, Some(Grade::Strong)),
            (Damage::OneDigit, OneCharacter, Some(Grade::Weak)),
            (Damage::OneDigit, Missing, None),
            (Damage::OneDigit, Different, None),
            (Damage::CheckCharacter, Missing, Some(Grade::Weak)),
            (Damage::Replaced, Different, Some(Grade::Weak)),
            (Damage::SamePlaceAndBirth, Equal, Some(Grade::Medium)),
            (Damage::SamePlaceAndBirth, OneCharacter, None),
            // Without a birth date a name alone is nothing.
            (Damage::Absent, Equal, None),
        ];
        for (damage, name, grade) in cases {
            assert_eq!(likeness(damage, name).grade(), grade, "{damage:?} {name:?}");
        }
        let born = Likeness { birth: Agreement::Agrees, ..likeness(Damage::Absent, Equal) };
        assert_eq!(born.grade(), Some(Grade::Weak));
        assert_eq!(Likeness { place: Agreement::Agrees, ..born }.grade(), Some(Grade::Medium));
        assert_eq!(Likeness { sex: Agreement::Differs, ..born }.grade(), None);
        let digit = likeness(Damage::OneDigit, Equal);
        assert_eq!(Likeness { sex: Agreement::Differs, ..digit }.grade(), Some(Grade::Weak));
    }

    #[test]
    fn a_place_may_be_written_in_more_words() {
        assert_eq!(Agreement::of_places("大营街道 杯湖社区", "杯湖社区"), Agreement::Agrees);
        assert_eq!(Agreement::of_places("杯湖社区", "赵桅社区"), Agreement::Differs);
        assert_eq!(Agreement::of_places("", "赵桅社区"), Agreement::Unknown);
    }
}
