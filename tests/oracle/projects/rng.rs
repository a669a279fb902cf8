//! Owns the random numbers: splitmix64, so that a seed means the same on every machine. Must not ask a clock.

use chrono::{Duration, NaiveDate};

#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x0bad_5eed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but not including `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// A number from `low` through `high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// True in `percent` of a hundred cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// The index of one of several choices, by weight.
    pub(crate) fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut rest = self.below(weights.iter().sum());
        for (index, &weight) in weights.iter().enumerate() {
            if rest < weight {
                return index;
            }
            rest -= weight;
        }
        unreachable!("the weights were summed")
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }

    /// A day in the months about the period, with a taste for the ends of months and leap days.
    pub(crate) fn day_about(&mut self) -> NaiveDate {
        let special =
            [(2020, 2, 29), (2024, 2, 29), (2023, 1, 31), (2022, 12, 31), (2023, 12, 31), (2023, 2, 28)];
        let first = |year, month| NaiveDate::from_ymd_opt(year, month, 1).expect("a day");
        let month = self.between(0, 14) as u32;
        let (year, month) = if month < 3 { (2022, 10 + month) } else { (2023, month - 2) };
        match self.weighted(&[60, 20, 12, 8]) {
            0 => first(year, month) + Duration::days(self.between(0, 27)),
            1 => first(year, month) + Duration::days(31) - Duration::days(self.between(1, 2)),
            2 => first(year, month),
            _ => {
                let (year, month, day) = self.pick(&special);
                NaiveDate::from_ymd_opt(year, month, day).expect("a day")
            }
        }
    }
}
