//! The sum of leads, in which no money is counted twice.
//!
//! Several rules may point at the same money: a line that two rules question, a grant that is both too high
//! and paid twice. Of each component of each row the most that any lead says counts, and of months of a line
//! that several leads question their union. The sum depends on no order, neither of leads nor of rules.

use std::collections::BTreeMap;

use super::leads::Lead;
use crate::domain::MonthSpan;
use crate::engine::MoneyPart;

/// What some leads come to, in fen, every row's money once; leads of unknown amount add nothing.
pub fn potential_of<'l>(leads: impl Iterator<Item = &'l Lead>) -> i128 {
    let (mut parts, mut plain) = (Vec::new(), 0);
    for lead in leads {
        match lead.potential {
            // No row is known to hold it.
            Some(potential) if lead.money.is_empty() => plain += i128::from(potential.0),
            Some(_) => parts.extend(&lead.money),
            None => {}
        }
    }
    plain + of_parts(parts)
}

fn of_parts(mut parts: Vec<&MoneyPart>) -> i128 {
    parts.sort_unstable_by(|a, b| a.row.cmp(&b.row));
    parts.chunk_by(|a, b| a.row == b.row).map(of_row).sum()
}

/// What the leads say of one row.
fn of_row(parts: &[&MoneyPart]) -> i128 {
    // Of a line either all months are in question or so many of all its months.
    let whole = parts.iter().map(|part| part.share.1.max(1)).max().unwrap_or(1);
    let of_component = |component: usize| -> i128 {
        let mut by_amount: BTreeMap<i64, Vec<&MoneyPart>> = BTreeMap::new();
        for part in parts.iter().filter(|part| part.amounts[component] != 0) {
            by_amount.entry(part.amounts[component]).or_default().push(part);
        }
        let sums = by_amount.iter().map(|(&fen, parts)| i128::from(fen) * months_of(parts, whole) as i128);
        sums.max().unwrap_or(0)
    };
    let sum: i128 = (0..5).map(of_component).sum();
    sum.div_euclid(whole as i128)
}

/// How many of a row's months some leads question together.
fn months_of(parts: &[&MoneyPart], whole: usize) -> usize {
    let count = |part: &MoneyPart| part.share.0 * whole / part.share.1.max(1);
    if parts.iter().any(|part| count(part) >= whole) {
        return whole;
    }
    let mut spans: Vec<_> = parts.iter().map(|part| part.months).collect();
    spans.sort_unstable();
    let (mut union, mut until) = (0, None);
    for span in spans {
        let from = until.map_or(span.from, |until| span.from.max(until));
        if from < span.until {
            union += MonthSpan::new(from, span.until).len();
            until = Some(span.until);
        }
    }
    // Between the first and the last month in question there may be others.
    union.min(parts.iter().map(|part| count(part)).sum()).min(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Month;
    use crate::engine::MoneyRow;

    /// What a lead says of a row: of which components, from which month for how many, how much of an amount.
    type Said = ([bool; 5], (usize, usize), Option<i64>);

    /// A row of some months with its money, and what some leads say of it.
    #[derive(Clone, Debug)]
    struct Row {
        months: usize,
        money: [i64; 5],
        said: Vec<Said>,
    }

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let said = (any::<[bool; 5]>(), (0usize..6, 1usize..7), proptest::option::of(1i64..100));
        let row = (1usize..7, any::<[u8; 5]>(), proptest::collection::vec(said, 0..4));
        let row = row.prop_map(|(months, money, said)| Row {
            months,
            money: money.map(|fen| i64::from(fen) * 37),
            said,
        });
        proptest::collection::vec(row, 0..6)
    }

    fn parts_of(at: usize, row: &Row) -> Vec<MoneyPart> {
        let part = |(scope, (from, count), percent): &Said| {
            let from = (*from).min(row.months - 1);
            let count = (*count).min(row.months - from);
            let amounts = std::array::from_fn(|at| {
                let fen = if scope[at] { row.money[at] } else { 0 };
                percent.map_or(fen, |percent| fen * percent / 100)
            });
            let first = Month::of(2023, 1).later(from as u32);
            let (months, share) = if percent.is_some() || count == row.months {
                (MonthSpan::through(Month::of(2023, 1), Month::of(2023, row.months as u32)), (1, 1))
            } else {
                (MonthSpan::new(first, first.later(count as u32)), (count, row.months))
            };
            MoneyPart { row: MoneyRow::Line { file: 0, row: at as u32 }, amounts, months, share }
        };
        row.said.iter().map(part).collect()
    }

    fn alone(part: &MoneyPart) -> i128 {
        let sum: i128 = part.amounts.iter().map(|&fen| i128::from(fen)).sum();
        (sum * part.share.0 as i128).div_euclid(part.share.1 as i128)
    }

    proptest! {
        #[test]
        fn no_money_is_counted_twice(rows in rows(), turn in 0usize..20) {
            let parts: Vec<Vec<MoneyPart>> =
                rows.iter().enumerate().map(|(at, row)| parts_of(at, row)).collect();
            let mut all: Vec<&MoneyPart> = parts.iter().flatten().collect();
            let sum = of_parts(all.clone());
            let money: i128 = rows
                .iter()
                .filter(|row| !row.said.is_empty())
                .flat_map(|row| row.money)
                .map(i128::from)
                .sum();
            prop_assert!(sum <= money, "{} of {}", sum, money);
            let plain: i128 = all.iter().map(|part| alone(part)).sum();
            if parts.iter().all(|parts| parts.len() < 2) {
                prop_assert_eq!(sum, plain);
            }
            let least: i128 =
                parts.iter().map(|parts| parts.iter().map(alone).max().unwrap_or(0)).sum();
            prop_assert!(least <= sum, "{} below {}", sum, least);
            let turns = turn % all.len().max(1);
            all.rotate_left(turns);
            prop_assert_eq!(of_parts(all.clone()), sum);
            all.reverse();
            prop_assert_eq!(of_parts(all), sum);
        }
    }

    #[test]
    fn months_that_two_leads_share_count_once_and_others_beside() {
        let money = [600, 0, 0, 0, 0];
        let row = |said: &[(usize, usize)]| Row {
            months: 6,
            money,
            said: said.iter().map(|&span| ([true; 5], span, None)).collect(),
        };
        let sum = |said: &[(usize, usize)]| {
            let parts = parts_of(0, &row(said));
            of_parts(parts.iter().collect())
        };
        assert_eq!(sum(&[(0, 3)]), 300);
        assert_eq!(sum(&[(0, 3), (1, 3)]), 400);
        assert_eq!(sum(&[(0, 2), (4, 2)]), 400);
        assert_eq!(sum(&[(0, 2), (0, 6)]), 600);
    }
}
