//! The ways in which persons may be held against bars, side by side: what DESIGN.md says of them was
//! measured here.
//!
//! A year of a district: twelve months of sorted keys, most persons in every month, a part of them with a
//! bar.

#![allow(clippy::expect_used, missing_docs)]

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const PERSONS: u64 = 1_000_000;
const MONTHS: usize = 12;

#[derive(Default)]
struct Fibonacci(u64);

impl Hasher for Fibonacci {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
    }
}

type Keys = HashSet<u64, BuildHasherDefault<Fibonacci>>;

/// Keys as ID numbers give them: an area, a day of birth, an order.
fn key(person: u64) -> u64 {
    let scattered = person.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let (area, day, order) = (scattered % 20, scattered / 20 % 16_000, scattered / 320_000 % 1000);
    ((53_049_900 + area) * 10_000_000 + day * 300 + 19_300_101) * 1000 + order
}

fn months() -> Vec<Vec<u64>> {
    let month = |month: u64| {
        let mut keys: Vec<u64> =
            (0..PERSONS).filter(|person| !(person * 7 + month * 13).is_multiple_of(25)).map(key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    (0..MONTHS as u64).map(month).collect()
}

fn merged(keys: &[u64], bars: &[u64]) -> usize {
    let (mut found, mut bar) = (0, 0);
    for &key in keys {
        while bar < bars.len() && bars[bar] < key {
            bar += 1;
        }
        found += usize::from(bars.get(bar) == Some(&key));
    }
    found
}

fn galloping(keys: &[u64], bars: &[u64]) -> usize {
    let (mut found, mut start) = (0, 0);
    for bar in bars {
        start += keys[start..].partition_point(|key| key < bar);
        found += usize::from(keys.get(start) == Some(bar));
    }
    found
}

fn filtered(keys: &[u64], filter: &[u64], set: &Keys) -> usize {
    let may_be_in = |key: u64| {
        let bit = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 42;
        filter[(bit / 64) as usize] >> (bit % 64) & 1 == 1
    };
    keys.iter().filter(|key| may_be_in(**key) && set.contains(key)).count()
}

fn alternatives(c: &mut Criterion) {
    let months = months();
    let mut bars: Vec<u64> = (0..PERSONS).filter(|person| person.is_multiple_of(7)).map(key).collect();
    bars.sort_unstable();
    bars.dedup();
    let set: Keys = bars.iter().copied().collect();
    let mut filter = vec![0u64; 1 << 16];
    for bar in &bars {
        let bit = bar.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 42;
        filter[(bit / 64) as usize] |= 1 << (bit % 64);
    }
    let expected: usize = months.iter().map(|keys| merged(keys, &bars)).sum();
    let mut group = c.benchmark_group("lines against bars");
    group.sample_size(10).throughput(Throughput::Elements(months.iter().map(|keys| keys.len() as u64).sum()));
    type Way<'a> = (&'a str, &'a dyn Fn(&[u64]) -> usize);
    let ways: [Way<'_>; 4] = [
        ("hash set", &|keys| keys.iter().filter(|key| set.contains(key)).count()),
        ("filter, then hash set", &|keys| filtered(keys, &filter, &set)),
        ("sorted merge", &|keys| merged(keys, &bars)),
        ("bars looked up in sorted keys", &|keys| galloping(keys, &bars)),
    ];
    for (name, way) in ways {
        let count = || months.iter().map(|keys| way(black_box(keys))).sum::<usize>();
        assert_eq!(count(), expected, "{name}");
        group.bench_function(name, |b| b.iter(count));
    }
    group.finish();
    let mut group = c.benchmark_group("persons of a year");
    group.sample_size(10);
    group.bench_function("hash set over all lines", |b| {
        b.iter(|| months.iter().flatten().copied().collect::<Keys>().len());
    });
    group.bench_function("hash tables of ranges that fit the cache", |b| b.iter(|| by_ranges(&months)));
    group.finish();
}

/// Counts the persons range by range, so that each table is small.
fn by_ranges(months: &[Vec<u64>]) -> usize {
    const RANGES: usize = 180;
    let longest = months.iter().max_by_key(|keys| keys.len()).expect("there are months");
    let cuts = (0..=RANGES).map(|at| match at {
        0 => 0,
        RANGES => u64::MAX,
        _ => longest[longest.len() * at / RANGES],
    });
    let cuts: Vec<u64> = cuts.collect();
    let mut persons = 0;
    let mut table = Keys::default();
    for range in cuts.windows(2) {
        table.clear();
        for keys in months {
            let start = keys.partition_point(|key| *key < range[0]);
            let end = keys.partition_point(|key| *key < range[1]);
            table.extend(&keys[start..end]);
        }
        persons += table.len();
    }
    persons
}

criterion_group!(benches, alternatives);
criterion_main!(benches);
