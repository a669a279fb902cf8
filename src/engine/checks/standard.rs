//! Amounts held against the standards of their months.
//!
//! Owns what a standard comes to for a person and a month, and how far a payment is from it. A standard
//! that is not known is never guessed: its months are left out, and the coverage tells them.

use std::collections::BTreeMap;

use super::super::age::birthday;
use super::super::bars::event_day;
use super::super::money::{MoneyPart, spread};
use super::months::{Group, groups};
use super::unpaid::paid_months;
use super::{Asks, Oddity, Person, Sees, Told, irregular};
use crate::domain::{Fen, Month, MonthSpan};
use crate::ingest::{Column, Component, RegistryRow, Table};
use crate::messages::{Detail, StandardDetail, StandardPart, Sureness};
use crate::rulebook::{AgeTier, Check, ParameterStatus, ParameterValue, ROUNDINGS, Rulebook, StandardCheck};

/// What was due for a month, from the least to the most; without a most only the least is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    least: Fen,
    most: Option<Fen>,
    sureness: Sureness,
    /// A difference of so much is none.
    tolerance: Fen,
}

impl Due {
    fn exactly(fen: Fen, sureness: Sureness) -> Due {
        Due { least: fen, most: Some(fen), sureness, tolerance: Fen::ZERO }
    }

    /// What is due for both together.
    fn and(self, other: Due) -> Due {
        Due {
            least: [self.least, other.least].into_iter().sum(),
            most: self.most.zip(other.most).map(|(a, b)| [a, b].into_iter().sum()),
            sureness: self.sureness.max(other.sureness),
            tolerance: [self.tolerance, other.tolerance].into_iter().sum(),
        }
    }

    /// What is due where either may hold.
    fn or(self, other: Due) -> Due {
        Due {
            least: self.least.min(other.least),
            most: self.most.zip(other.most).map(|(a, b)| a.max(b)),
            sureness: self.sureness.max(other.sureness),
            tolerance: self.tolerance.max(other.tolerance),
        }
    }

    /// What would have been right, where an amount is not.
    fn missed_by(self, paid: Fen) -> Option<Fen> {
        let misses = |right: Fen| difference(paid, right) > self.tolerance;
        let too_low = (paid < self.least).then_some(self.least);
        let too_high = || self.most.filter(|&most| paid > most);
        too_low.or_else(too_high).filter(|&right| misses(right))
    }
}

/// The sums of the layers, by rule, for each month of the period: the same for everybody.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Layers {
    period: MonthSpan,
    by_rule: BTreeMap<usize, Vec<Option<Due>>>,
    /// For each month, the least and the most that miss nothing under any rule, and if the most is known.
    bounds: Vec<(Fen, Fen, bool)>,
}

impl Layers {
    pub(in crate::engine) fn of(rulebook: &Rulebook, region: &str, period: MonthSpan) -> Layers {
        let mut layers = Layers { period, by_rule: BTreeMap::new(), bounds: Vec::new() };
        for (at, rule) in rulebook.rules.iter().enumerate() {
            if let Check::Standard(StandardCheck::Basic { layers: ids }) = &rule.check {
                let sums = period.months().map(|month| sum_of_layers(rulebook, region, ids, month));
                layers.by_rule.insert(at, sums.collect());
            }
        }
        layers.bounds = period.months().map(|month| layers.bounds_of(month)).collect();
        layers
    }

    fn bounds_of(&self, month: Month) -> (Fen, Fen, bool) {
        let dues = || self.by_rule.values().filter_map(|sums| self.due_of(sums, month));
        let most = dues().filter_map(|due| due.most).min();
        let least = dues().map(|due| due.least).max();
        (least.unwrap_or(Fen(i64::MIN)), most.unwrap_or(Fen(i64::MAX)), most.is_some())
    }

    fn due(&self, rule: usize, month: Month) -> Option<Due> {
        self.by_rule.get(&rule).and_then(|sums| self.due_of(sums, month))
    }

    fn due_of(&self, sums: &[Option<Due>], month: Month) -> Option<Due> {
        let at = usize::try_from(month.0 - self.period.from.0).ok()?;
        *sums.get(at)?
    }

    /// Whether some months may miss the standard, of which one line pays so much. Lines for the same months
    /// only add to what it pays, which matters where the most is known.
    pub(in crate::engine) fn may_miss(&self, months: MonthSpan, (paid, is_arrears): (Fen, bool)) -> bool {
        if !self.period.covers(months) {
            return false;
        }
        if months.len() == 1 {
            let (least, most, is_most_known) = self.bounds[(months.from.0 - self.period.from.0) as usize];
            return paid != Fen::ZERO && (paid < least || paid > most || (is_arrears && is_most_known));
        }
        self.by_rule.values().any(|sums| {
            let of_months = months.months().map(|month| self.due_of(sums, month));
            let due = of_months.reduce(|all, next| all.zip(next).map(|(all, next)| all.and(next)));
            due.flatten().is_some_and(|due| {
                // Of lines for several months, others may lie in between.
                due.most.is_some() || due.missed_by(paid).is_some()
            })
        })
    }
}

/// What the layers of a month come to: all of them, or where one is not known those in force as the least.
fn sum_of_layers(rulebook: &Rulebook, region: &str, layers: &[String], month: Month) -> Option<Due> {
    let day = month.first_day()?;
    let values: Vec<Option<&ParameterValue>> =
        layers.iter().map(|layer| rulebook.value(layer, region, day)).collect();
    let amounts = values.iter().map(|value| Some((value.as_ref()?.amount()?, sureness(value.as_ref()?))));
    if let Some(known) = amounts.collect::<Option<Vec<(Fen, Sureness)>>>() {
        return known.into_iter().map(|(fen, sureness)| Due::exactly(fen, sureness)).reduce(Due::and);
    }
    let in_force = values.into_iter().flatten().filter(|value| value.status == ParameterStatus::InForce);
    let least: Fen = in_force.filter_map(ParameterValue::amount).sum();
    (least > Fen::ZERO).then_some(Due {
        least,
        most: None,
        sureness: Sureness::AtLeast,
        tolerance: Fen::ZERO,
    })
}

fn sureness(value: &ParameterValue) -> Sureness {
    if value.status == ParameterStatus::InForce { Sureness::InForce } else { Sureness::Expected }
}

/// Whom a check of standards has to see.
pub(super) fn sees(check: &StandardCheck, rulebook: &Rulebook, region: &str, period: MonthSpan) -> Sees {
    let is_known = |month: Month| {
        let day = month.first_day();
        day.is_some_and(|day| check.parameters().iter().all(|id| rulebook.value(id, region, day).is_some()))
    };
    let is_anything_known = match check {
        StandardCheck::Basic { layers } => {
            period.months().any(|month| sum_of_layers(rulebook, region, layers, month).is_some())
        }
        // The day of death decides.
        StandardCheck::Grant { .. } => true,
        _ => period.months().any(is_known),
    };
    match check {
        _ if !is_anything_known => Sees::Nobody,
        StandardCheck::Basic { .. } => Sees::PayeesWith(Oddity::OffStandard),
        StandardCheck::Arrears => Sees::PayeesWith(Oddity::PaidAgain),
        StandardCheck::Swing { percent } => Sees::PayeesWith(Oddity::Swing(*percent)),
        StandardCheck::OddLines { .. } => Sees::PayeesWith(Oddity::NoMoney),
        _ => Sees::PersonsOf(check.registry()),
    }
}

/// Which of the persons of its registry a check has to see.
pub(super) fn asks(check: &StandardCheck) -> Asks {
    match check {
        StandardCheck::Grant { .. } => Asks::Persons,
        _ => Asks::Payees,
    }
}

pub(super) fn judge(check: &StandardCheck, person: &Person<'_>, told: &mut Told<'_>) {
    match check {
        StandardCheck::Basic { .. } => {
            let due = |month: Month| person.layers.due(told.rule, month);
            let found = Held::against(person, &[Component::Basic], |_| true, due);
            found.tell(person, told, StandardPart::Basic, &[], true);
        }
        StandardCheck::Additions { tiers, year, years_beyond } => {
            additions((tiers, year, *years_beyond), person, told);
        }
        StandardCheck::Account { divisor, rounding } => account(divisor, rounding, person, told),
        StandardCheck::Grant { grant } => funeral_grant(grant, person, told),
        StandardCheck::Arrears => irregular::arrears(person, told),
        StandardCheck::Swing { percent } => irregular::swing(*percent, person, told),
        StandardCheck::OddLines { suspended } => irregular::odd_lines(suspended, person, told),
        StandardCheck::Frozen { words } => irregular::frozen(words, person, told),
    }
}

/// Months that were paid beyond the standard, or below it.
#[derive(Debug, Default)]
struct Difference {
    months: u32,
    span: Option<MonthSpan>,
    paid: Vec<Fen>,
    due: Vec<Fen>,
    sureness: Option<Sureness>,
    lines: Vec<usize>,
    /// What was paid too much, by line.
    money: Vec<MoneyPart>,
}

impl Difference {
    fn add(&mut self, group: &Group, paid: Fen, (due, sureness): (Fen, Sureness)) {
        self.months += group.span.len() as u32;
        let first = self.span.map_or(group.span.from, |span| span.from);
        self.span = Some(MonthSpan::new(first, group.span.until));
        self.paid.push(paid);
        self.due.push(due);
        self.sureness = self.sureness.max(Some(sureness));
        self.lines.extend(&group.lines);
    }
}

/// What a person's months come to, held against a standard.
#[derive(Debug, Default)]
struct Held {
    above: Difference,
    below: Difference,
}

impl Held {
    /// Holds the decided months against what was due; a month without any money in these components may
    /// stand in a roster without the column, and is left out where that is so, or may be.
    fn against(
        person: &Person<'_>,
        components: &[Component],
        may_lack_column: impl Fn(&Group) -> bool,
        due: impl Fn(Month) -> Option<Due>,
    ) -> Held {
        let mut held = Held::default();
        for group in groups(person).iter().filter(|group| group.is_decided) {
            let all = group.span.months().map(&due).collect::<Option<Vec<Due>>>();
            let Some(due) = all.and_then(|all| all.into_iter().reduce(Due::and)) else { continue };
            let paid = group.paid(person, components);
            if paid == Fen::ZERO && may_lack_column(group) {
                continue;
            }
            let Some(right) = due.missed_by(paid) else { continue };
            let found = if paid < right { &mut held.below } else { &mut held.above };
            found.add(group, paid, (right, due.sureness));
            if paid > right {
                found.money.extend(group.excess(person, components, difference(paid, right)));
            }
        }
        held
    }

    fn tell(
        self,
        person: &Person<'_>,
        told: &mut Told<'_>,
        part: StandardPart,
        rows: &[&RegistryRow],
        names_agree: bool,
    ) {
        for found in [self.above, self.below] {
            let (Some(span), Some(sureness)) = (found.span, found.sureness) else { continue };
            let paid: Fen = found.paid.into_iter().sum();
            let due: Fen = found.due.into_iter().sum();
            let months = found.months;
            let detail = StandardDetail::Amount { part, months, paid, due, sureness, names_agree };
            let lines = found.lines.iter().map(|&line| person.payments.place(line));
            let evidence: Vec<String> = lines.chain(rows.iter().map(|row| row.place())).collect();
            let amount = Some(difference(paid, due));
            let (name, detail) = (person.paid_name(), Detail::Standard(detail));
            told.tell_money(person, name, (Some(span), amount), found.money, detail, evidence);
        }
    }
}

fn difference(paid: Fen, due: Fen) -> Fen {
    Fen((paid.0 - due.0).abs())
}

/// What is added for age and for years of contributions.
fn additions((tiers, year, years_beyond): (&[AgeTier], &str, u32), person: &Person<'_>, told: &mut Told<'_>) {
    let rows: Vec<&RegistryRow> =
        person.rows(Table::Participants).filter(|row| paid_months(row).is_some()).collect();
    let years: Vec<u32> = rows.iter().filter_map(paid_months).map(|months| months / 12).collect();
    let (Some(&fewest), Some(&most)) = (years.iter().min(), years.iter().max()) else { return };
    let due = |month: Month| {
        let for_years = |years: u32| {
            let each = due_by(person, year, month)?;
            let count = i64::from(years.saturating_sub(years_beyond));
            Some(Due {
                least: Fen(each.least.0 * count),
                most: each.most.map(|fen| Fen(fen.0 * count)),
                ..each
            })
        };
        let of_age = age_addition(person, tiers, month)?;
        Some(for_years(fewest)?.or(for_years(most)?).and(of_age))
    };
    // Where the rosters have the column, nothing in it means that nothing was added.
    let lacks_column = |&line: &usize| {
        let roster = person.payments.file[line] as usize;
        person.without_additions.get(roster).is_none_or(|&is_without| is_without)
    };
    let may_lack_column = |group: &Group| group.lines.iter().all(lacks_column);
    let found = Held::against(person, &[Component::Addition], may_lack_column, due);
    let names_agree = rows.iter().any(|row| person.is_paid_as(row));
    found.tell(person, told, StandardPart::Additions, &rows, names_agree);
}

/// What a parameter says for a month.
fn due_by(person: &Person<'_>, parameter: &str, month: Month) -> Option<Due> {
    let value = person.rulebook.value(parameter, person.region, month.first_day()?)?;
    Some(Due::exactly(value.amount()?, sureness(value)))
}

/// What is added for age. In the month of a birthday either tier may hold: some places begin with it,
/// some with the next.
fn age_addition(person: &Person<'_>, tiers: &[AgeTier], month: Month) -> Option<Due> {
    let mut before = Due::exactly(Fen::ZERO, Sureness::InForce);
    let mut after = before;
    for tier in tiers {
        let due = due_by(person, &tier.parameter, month)?;
        let reached = Month::containing(birthday(person.id.birth_date(), tier.age)?);
        if reached < month {
            before = due;
        }
        if reached <= month {
            after = due;
        }
    }
    Some(before.or(after))
}

/// The account part is the balance over the divisor, to the fen or thereabouts.
fn account(divisor: &str, rounding: &str, person: &Person<'_>, told: &mut Told<'_>) {
    let is_stated = |row: &&RegistryRow| row.amount(Column::Balance).is_some_and(|fen| fen > Fen::ZERO);
    let rows: Vec<&RegistryRow> = person.rows(Table::Accounts).filter(is_stated).collect();
    let due = |month: Month| {
        let day = month.first_day()?;
        let divisor = person.rulebook.value(divisor, person.region, day)?;
        let rounding = person.rulebook.value(rounding, person.region, day)?;
        let sureness = sureness(divisor).max(sureness(rounding));
        let balances = rows.iter().filter_map(|row| row.amount(Column::Balance));
        let parts = balances.map(|balance| {
            let part = monthly_part(balance, divisor.number()?, rounding.word()?)?;
            Some(Due { tolerance: Fen(1), ..Due::exactly(part, sureness) })
        });
        parts.collect::<Option<Vec<Due>>>()?.into_iter().reduce(Due::or)
    };
    let components = [Component::AccountOwn, Component::AccountSubsidy];
    let found = Held::against(person, &components, |_| true, due);
    let names_agree = rows.iter().any(|row| person.is_paid_as(row));
    found.tell(person, told, StandardPart::Account, &rows, names_agree);
}

/// A balance over a divisor, rounded in one of the ways that rule files know.
fn monthly_part(balance: Fen, divisor: i64, rounding: &str) -> Option<Fen> {
    if divisor <= 0 || balance.0 < 0 {
        return None;
    }
    let [half_up_fen, up_to_jiao] = ROUNDINGS else { return None };
    let (balance, divisor) = (i128::from(balance.0), i128::from(divisor));
    let fen = if rounding == *half_up_fen {
        (2 * balance + divisor) / (2 * divisor)
    } else if rounding == *up_to_jiao {
        (balance + 10 * divisor - 1) / (10 * divisor) * 10
    } else {
        return None;
    };
    i64::try_from(fen).ok().map(Fen)
}

/// The funeral grant is that of the day of death.
fn funeral_grant(grant: &str, person: &Person<'_>, told: &mut Told<'_>) {
    let is_paid = |row: &&RegistryRow| row.date(Column::PaidDate).is_none_or(|day| day <= person.as_of);
    let rows: Vec<&RegistryRow> = person.rows(Table::FuneralGrants).filter(is_paid).collect();
    let amounts: Vec<Fen> = rows.iter().filter_map(|row| row.amount(Column::Amount)).collect();
    let names_agree = rows.windows(2).all(|pair| pair[0].name_form == pair[1].name_form);
    // What came back in part, or under another name, is no standard amount.
    if amounts.is_empty() || amounts.iter().any(|&fen| fen <= Fen::ZERO) || !names_agree {
        return;
    }
    let day = |row: &&RegistryRow| event_day(row, Column::DeathDate, person.id, person.as_of);
    let mut days: Vec<_> = rows.iter().filter_map(day).collect();
    if days.is_empty() {
        let agrees = |row: &&RegistryRow| row.name_form == rows[0].name_form;
        days = person.rows(Table::Deaths).filter(agrees).filter_map(|row| day(&row)).collect();
    }
    let standards = days.into_iter().map(|day| {
        let value = person.rulebook.value(grant, person.region, day)?;
        Some(Due::exactly(value.amount()?, sureness(value)))
    });
    let due = standards.collect::<Option<Vec<Due>>>().and_then(|all| all.into_iter().reduce(Due::or));
    let Some(due) = due else { return };
    let paid: Fen = amounts.into_iter().sum();
    // Whether the amount is what was left after setting off, nobody says: either may be the standard.
    let set_off: Fen = rows.iter().filter_map(|row| row.amount(Column::Deducted)).sum();
    let before: Fen = [paid, set_off].into_iter().sum();
    let most = due.most.unwrap_or(due.least);
    let (paid, due_fen) = if before < due.least {
        (before, due.least)
    } else if paid > most {
        (paid, most)
    } else {
        return;
    };
    let (part, sureness) = (StandardPart::Grant, due.sureness);
    let detail = StandardDetail::Amount { part, months: 0, paid, due: due_fen, sureness, names_agree };
    let amount = difference(paid, due_fen);
    let evidence = rows.iter().map(|row| row.place());
    let of_row = |row: &&RegistryRow| {
        let fen = row.amount(Column::Amount)?;
        Some(MoneyPart::of_row(Table::FuneralGrants, Column::Amount, row, fen))
    };
    let whole = rows.iter().filter_map(of_row).collect();
    let money = if paid > due_fen { spread(amount, whole) } else { Vec::new() };
    let (name, detail) = (&rows[0].name, Detail::Standard(detail));
    told.tell_money(person, name, (None, Some(amount)), money, detail, evidence);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_balance_over_the_divisor_is_rounded_as_the_parameter_says() {
        for (balance, divisor, half_up, jiao) in [
            (1_390_000, 139, 10_000, 10_000),
            (1_390_069, 139, 10_000, 10_010),
            (1_390_070, 139, 10_001, 10_010),
            (139, 139, 1, 10),
            (69, 139, 0, 10),
            (70, 139, 1, 10),
            (0, 139, 0, 0),
            (100_000, 139, 719, 720),
            (5, 2, 3, 10),
        ] {
            let part = |rounding| monthly_part(Fen(balance), divisor, rounding).map(|fen| fen.0);
            assert_eq!((part("half_up_fen"), part("up_to_jiao")), (Some(half_up), Some(jiao)), "{balance}");
        }
        assert_eq!(monthly_part(Fen(1), 0, "half_up_fen"), None);
        assert_eq!(monthly_part(Fen(-1), 139, "half_up_fen"), None);
        assert_eq!(monthly_part(Fen(1), 139, "by_feeling"), None);
    }

    /// A rulebook whose layers are: what is in force, what is expected, or nothing.
    fn rulebook(layers: &[Option<(i64, bool)>]) -> (Rulebook, Vec<String>) {
        let mut rulebook = crate::rulebook::load(None).unwrap();
        let ids: Vec<String> = (0..layers.len()).map(|at| format!("layer_{at}")).collect();
        for (id, layer) in ids.iter().zip(layers) {
            let Some((fen, is_in_force)) = layer else { continue };
            let mut layer = rulebook.parameters["base_national"].fixed(&Fen(*fen).yuan()).unwrap();
            if !is_in_force {
                layer.values[0].status = ParameterStatus::Expected;
            }
            rulebook.parameters.insert(id.clone(), layer);
        }
        (rulebook, ids)
    }

    #[test]
    fn layers_add_up_or_are_the_least() {
        let month = Month::of(2023, 5);
        let due = |layers: &[Option<(i64, bool)>]| {
            let (rulebook, ids) = rulebook(layers);
            let due = sum_of_layers(&rulebook, "530499", &ids, month)?;
            Some((due.least.0, due.most.map(|fen| fen.0), due.sureness))
        };
        use Sureness::{AtLeast, Expected, InForce};
        assert_eq!(due(&[Some((10_300, true)), Some((0, true))]), Some((10_300, Some(10_300), InForce)));
        assert_eq!(due(&[Some((10_300, true)), Some((500, false))]), Some((10_800, Some(10_800), Expected)));
        assert_eq!(due(&[Some((10_300, true)), None]), Some((10_300, None, AtLeast)));
        assert_eq!(due(&[Some((10_300, true)), Some((500, false)), None]), Some((10_300, None, AtLeast)));
        assert_eq!(due(&[Some((10_300, false)), None]), None);
        assert_eq!(due(&[None, None]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_sum_is_that_of_the_layers_in_any_order(
            amounts in proptest::collection::vec(0i64..1_000_000, 1..6),
            turn in 0usize..6,
        ) {
            let layers: Vec<_> = amounts.iter().map(|&fen| Some((fen, true))).collect();
            let (rulebook, mut ids) = rulebook(&layers);
            let month = Month::of(2023, 5);
            let due = sum_of_layers(&rulebook, "530499", &ids, month).unwrap();
            prop_assert_eq!(due.least.0, amounts.iter().sum::<i64>());
            prop_assert_eq!(due.most, Some(due.least));
            let turns = turn % ids.len();
            ids.rotate_left(turns);
            prop_assert_eq!(sum_of_layers(&rulebook, "530499", &ids, month), Some(due));
        }

        #[test]
        fn a_part_times_the_divisor_is_the_balance_or_nearly(balance in 0i64..1 << 40, divisor in 1i64..400) {
            let part = |rounding| monthly_part(Fen(balance), divisor, rounding).unwrap().0;
            let (half_up, jiao) = (part("half_up_fen"), part("up_to_jiao"));
            prop_assert!((2 * (half_up * divisor - balance)).abs() <= divisor);
            prop_assert!(jiao % 10 == 0 && jiao * divisor >= balance && (jiao - 10) * divisor < balance);
        }
    }
}
