//! The generator's own source of chance: xoshiro256**, seeded by splitmix64.
//!
//! Owns the sequence of numbers that a seed stands for, which must never change: the sample project is
//! committed and compared byte by byte. Must not take anything from the machine.

/// A seeded sequence of numbers.
#[derive(Clone, Debug)]
pub(super) struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The sequence of a seed.
    pub(super) fn new(seed: u64) -> Rng {
        let mut mixed = seed;
        let mut state = [0; 4];
        for word in &mut state {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = mixed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *word = z ^ (z >> 31);
        }
        Rng { state }
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number from 0 up to but not including `limit`; 0 for a limit of 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// A number from `least` through `most`.
    pub(super) fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below((most - least + 1).max(1) as u64) as i64
    }

    /// True in `cases` of `of` draws.
    pub(super) fn chance(&mut self, cases: u64, of: u64) -> bool {
        self.below(of) < cases
    }

    /// An index below `length`.
    pub(super) fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// An index below `length` that is more often small: the least of two.
    pub(super) fn low_index(&mut self, length: usize) -> usize {
        self.index(length).min(self.index(length))
    }

    /// One of several words.
    pub(super) fn pick<T: Copy>(&mut self, words: &[T]) -> T {
        words[self.index(words.len())]
    }

    /// Puts a list into chance order.
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.index(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn a_seed_always_stands_for_the_same_numbers() {
        let mut rng = Rng::new(1);
        let drawn: Vec<u64> = (0..4).map(|_| rng.below(1_000_000)).collect();
        let mut again = Rng::new(1);
        assert_eq!(drawn, (0..4).map(|_| again.below(1_000_000)).collect::<Vec<_>>());
        assert_ne!(drawn, (0..4).map(|_| Rng::new(2).below(1_000_000)).collect::<Vec<_>>());
    }
}
