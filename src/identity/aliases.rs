//! Numbers that were replaced by others: which numbers are of one person.
//!
//! Owns the graph. Its parts are found the same way whatever the order of the rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::PersonKey;

/// What is odd about a replaced number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AliasProblem {
    /// A number is said to have replaced itself.
    Same,
    /// One old number became several new ones.
    SeveralNew,
    /// Numbers are said to have replaced one another.
    Circle,
    /// More numbers are tied together than one person can have: none of them is used.
    Crowded,
}

/// A person with more numbers than this is a mistake of the table.
const MOST_NUMBERS: usize = 8;

/// The numbers of persons who have several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    /// By number, the person's place in `persons`.
    places: BTreeMap<PersonKey, usize>,
    /// The numbers of each person, ascending.
    persons: Vec<Vec<PersonKey>>,
}

impl Aliases {
    /// Joins pairs of an old and a new number; with the problem of each pair that has one, by its place.
    pub fn of(pairs: &[(PersonKey, PersonKey)]) -> (Aliases, BTreeMap<usize, AliasProblem>) {
        let mut new_of: Neighbours = BTreeMap::new();
        let mut neighbours: Neighbours = BTreeMap::new();
        for &(old, new) in pairs.iter().filter(|(old, new)| old != new) {
            new_of.entry(old).or_default().insert(new);
            neighbours.entry(old).or_default().insert(new);
            neighbours.entry(new).or_default().insert(old);
        }
        let mut aliases = Aliases::default();
        let mut crowded = BTreeSet::new();
        for &start in neighbours.keys() {
            if aliases.places.contains_key(&start) || crowded.contains(&start) {
                continue;
            }
            let numbers: Vec<PersonKey> = reachable(&neighbours, start).into_iter().collect();
            if numbers.len() > MOST_NUMBERS {
                crowded.extend(numbers);
                continue;
            }
            aliases.places.extend(numbers.iter().map(|&number| (number, aliases.persons.len())));
            aliases.persons.push(numbers);
        }
        let circles = on_circles(&new_of);
        let problem = |(old, new): &(PersonKey, PersonKey)| {
            Some(if old == new {
                AliasProblem::Same
            } else if crowded.contains(old) {
                AliasProblem::Crowded
            } else if circles.contains(old) && circles.contains(new) {
                AliasProblem::Circle
            } else if new_of.get(old).is_some_and(|new| new.len() > 1) {
                AliasProblem::SeveralNew
            } else {
                return None;
            })
        };
        let problems = pairs.iter().enumerate().filter_map(|(at, pair)| Some((at, problem(pair)?)));
        let problems = problems.collect();
        (aliases, problems)
    }

    /// Whether nobody has several numbers.
    pub fn is_empty(&self) -> bool {
        self.persons.is_empty()
    }

    /// The other numbers of a person, ascending.
    pub fn others(&self, number: PersonKey) -> impl Iterator<Item = PersonKey> + '_ {
        let all = self.places.get(&number).map_or(&[][..], |&place| self.persons[place].as_slice());
        all.iter().copied().filter(move |&other| other != number)
    }

    /// Every number that is one of several, ascending.
    pub fn numbers(&self) -> impl Iterator<Item = PersonKey> + '_ {
        self.places.keys().copied()
    }

    /// The numbers of each person, ascending.
    pub fn persons(&self) -> impl Iterator<Item = &[PersonKey]> {
        self.persons.iter().map(Vec::as_slice)
    }
}

type Neighbours = BTreeMap<PersonKey, BTreeSet<PersonKey>>;

/// The numbers that stand on a circle of replacements, or between two: those that are left when every number
/// that replaced none, or was replaced by none, is taken away, again and again.
fn on_circles(new_of: &Neighbours) -> BTreeSet<PersonKey> {
    let mut old_of: Neighbours = BTreeMap::new();
    for (&old, news) in new_of {
        news.iter().for_each(|&new| {
            old_of.entry(new).or_default().insert(old);
        });
    }
    let mut left: BTreeSet<PersonKey> = new_of.keys().chain(old_of.keys()).copied().collect();
    let mut forward = new_of.clone();
    let mut pending: Vec<PersonKey> = left.iter().copied().collect();
    while let Some(number) = pending.pop() {
        let has = |map: &Neighbours| map.get(&number).is_some_and(|others| !others.is_empty());
        if !left.contains(&number) || (has(&forward) && has(&old_of)) {
            continue;
        }
        left.remove(&number);
        for new in forward.remove(&number).into_iter().flatten() {
            old_of.entry(new).or_default().remove(&number);
            pending.push(new);
        }
        for old in old_of.remove(&number).into_iter().flatten() {
            forward.entry(old).or_default().remove(&number);
            pending.push(old);
        }
    }
    left
}

fn reachable(next: &Neighbours, from: PersonKey) -> BTreeSet<PersonKey> {
    let (mut seen, mut pending) = (BTreeSet::from([from]), vec![from]);
    while let Some(number) = pending.pop() {
        for &other in next.get(&number).into_iter().flatten() {
            if seen.insert(other) {
                pending.push(other);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(numbers: &[(u64, u64)]) -> Vec<(PersonKey, PersonKey)> {
        numbers.iter().map(|&(old, new)| (PersonKey(old), PersonKey(new))).collect()
    }

    #[test]
    fn chains_are_one_person_and_oddities_are_told() {
        let numbers = [(1, 2), (2, 3), (5, 6), (5, 7), (8, 8), (9, 10), (10, 9)];
        let (aliases, problems) = Aliases::of(&pairs(&numbers));
        let others = |number: u64| aliases.others(PersonKey(number)).map(|key| key.0).collect::<Vec<_>>();
        assert_eq!(others(1), [2, 3]);
        assert_eq!(others(3), [1, 2]);
        assert_eq!(others(6), [5, 7]);
        assert_eq!(others(8), [0; 0]);
        let expected = [
            (2, AliasProblem::SeveralNew),
            (3, AliasProblem::SeveralNew),
            (4, AliasProblem::Same),
            (5, AliasProblem::Circle),
            (6, AliasProblem::Circle),
        ];
        assert_eq!(problems.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(aliases.persons().count(), 3);
    }

    #[test]
    fn a_crowd_of_numbers_is_nobody() {
        let chain: Vec<(u64, u64)> = (1..50_000).map(|number| (number, number + 1)).collect();
        let (aliases, problems) = Aliases::of(&pairs(&chain));
        assert!(aliases.is_empty());
        assert_eq!(problems.len(), chain.len());
        assert!(problems.values().all(|problem| *problem == AliasProblem::Crowded));
    }

    proptest! {
        #[test]
        fn the_order_of_rows_does_not_matter(
            numbers in proptest::collection::vec((0u64..8, 0u64..8), 0..12),
        ) {
            let mut reversed = numbers.clone();
            reversed.reverse();
            prop_assert_eq!(Aliases::of(&pairs(&numbers)).0, Aliases::of(&pairs(&reversed)).0);
        }
    }
}
