//! People to whom something was due and who were not paid.

use chrono::NaiveDate;

use super::super::age::{birthday, first_due};
use super::super::bars::Tier;
use super::super::parameter_day;
use super::{Glance, Person, Told, holds};
use crate::domain::{CitizenId, Fen, Month, MonthSpan};
use crate::ingest::{Column, Fields, RegistryRow, StoredRow, Table};
use crate::messages::{Detail, LeadReason, Uncompared, UnpaidDetail};
use crate::rulebook::{
    Check, EntitledCheck, Offset, RevivedCheck, Rulebook, StoppedCheck, StoppedWhy, UnpaidCheck,
};

pub(super) fn judge(check: &UnpaidCheck, person: &Person<'_>, told: &mut Told<'_>) {
    match check {
        UnpaidCheck::Entitled(check) => entitled(check, person, told),
        UnpaidCheck::Stopped(check) => stopped(check, person, told),
        UnpaidCheck::Revived(check) => revived(check, person, told),
    }
}

/// Somebody old enough, with enough years, for whom the roster has no line and no list a reason.
fn entitled(check: &EntitledCheck, person: &Person<'_>, told: &mut Told<'_>) {
    if !person.is_unknown_to_roster || is_unjudged(person, &[]) {
        return;
    }
    let due = of_age(check, (person.rulebook, person.region), person.id, person.period);
    // A month for which the rosters pay nobody was not given.
    let is_due = |month: &Month| person.roster_months.contains(month) && !person.may_be_barred(*month);
    let months: Vec<Month> = due.months().filter(is_due).collect();
    let (Some(&first), Some(&last)) = (months.first(), months.last()) else { return };
    let needed = months_needed(check, (person.rulebook, person.region, person.as_of), person.id);
    for row in person.rows(Table::Participants) {
        let Some(paid) = entitling_months(check, person.rulebook, needed, row) else { continue };
        // Who is paid under a number that cannot be used is not left out.
        let may_be_paid = !row.name_form.is_empty() && person.damaged_names.contains(&row.name_form);
        let (months, uncompared) = (months.len() as u32, uncompared(person));
        let detail = Detail::Unpaid(UnpaidDetail::Entitled { months, paid, needed, may_be_paid, uncompared });
        told.tell(person, &row.name, (Some(MonthSpan::through(first, last)), None), detail, [row.place()]);
        return;
    }
}

/// The months of a period for which somebody is old enough. Most places pay from the month after the
/// birthday; where nobody could say, that asks for less.
pub(in crate::engine) fn of_age(
    check: &EntitledCheck,
    (rulebook, region): (&Rulebook, &str),
    id: CitizenId,
    period: MonthSpan,
) -> MonthSpan {
    let first = first_due(id, check.age).map_or(period.until, |birthday| {
        let offset = birthday.first_day().and_then(|day| rulebook.offset(&check.start, region, day));
        if offset == Some(Offset::Same) { birthday } else { birthday.next() }
    });
    MonthSpan::new(first, period.until).intersect(period)
}

/// Whether a row may be that of somebody who is entitled.
pub(super) fn may_be_entitled(check: &EntitledCheck, glance: &Glance<'_>, row: &StoredRow<'_>) -> bool {
    !of_age(check, (glance.rulebook, glance.region), row.id, glance.period).is_empty()
        && entitling_months(
            check,
            glance.rulebook,
            months_needed(check, (glance.rulebook, glance.region, glance.as_of), row.id),
            row,
        )
        .is_some()
}

/// How many months of contributions entitle: no more than the full years that lay between the beginning of
/// the scheme and the age, and none for those who were of that age already. Where nobody could say when the
/// scheme began, the full number is asked for.
pub(in crate::engine) fn months_needed(
    check: &EntitledCheck,
    (rulebook, region, as_of): (&Rulebook, &str, NaiveDate),
    id: CitizenId,
) -> u32 {
    let start = parameter_day(rulebook, region, as_of, &check.scheme_start);
    let years = start.zip(birthday(id.birth_date(), check.age)).map_or(check.years, |(start, due)| {
        due.years_since(start).map_or(0, |possible| possible.min(check.years))
    });
    years * 12
}

/// The months of contributions by which a participant's row entitles, if it does. Of those who need none the
/// lists often state none.
pub(in crate::engine) fn entitling_months(
    check: &EntitledCheck,
    rulebook: &Rulebook,
    needed: u32,
    row: &impl Fields,
) -> Option<u32> {
    let is_here = || check.conditions.iter().all(|condition| holds(rulebook, condition, row));
    let paid = paid_months(row).or((needed == 0).then_some(0))?;
    (paid >= needed && is_here()).then_some(paid)
}

/// What no rule held against the person: a death, a sentence or another pension would be the reason.
fn uncompared(person: &Person<'_>) -> Uncompared {
    // A rule of which nobody could say what it returns, or from when, bars nothing either.
    let runs =
        |check: &&Check| person.rulebook.unknown_parameter(check, person.region, person.as_of).is_none();
    let checks = || person.runnable.iter().map(|&rule| &person.rulebook.rules[rule].check).filter(runs);
    Uncompared {
        deaths: !checks().any(|check| matches!(check, Check::Death(_))),
        custody: !checks().any(|check| matches!(check, Check::Custody(_))),
        other_pensions: !checks().any(|check| matches!(check, Check::Pension(_))),
    }
}

/// Whether a list has other rows of the person that no rule held against the months: what they would bar,
/// nobody knows.
fn is_unjudged(person: &Person<'_>, own: &[&RegistryRow]) -> bool {
    let Uncompared { deaths, custody, other_pensions } = uncompared(person);
    let tables = [(deaths, Table::Deaths), (custody, Table::Custody), (other_pensions, Table::OtherPensions)];
    tables.into_iter().any(|(is_uncompared, table)| {
        is_uncompared && person.rows(table).any(|row| !own.iter().any(|own| std::ptr::eq(*own, row)))
    })
}

/// For how many months contributions were paid: years are whole numbers, months stand in a column of their
/// own.
pub(super) fn paid_months(row: &impl Fields) -> Option<u32> {
    let number = |column: Column| row.text_of(column).trim().parse::<u32>().ok().filter(|&n| n < 1_000);
    number(Column::PaidMonths).or_else(|| number(Column::PaidYears).map(|years| years * 12))
}

/// Months of the period that others were paid for and this person was not, although nothing bars them:
/// those of some spans, and those that follow without a break.
fn missed(person: &Person<'_>, spans: &[MonthSpan], is_barred: impl Fn(Month) -> bool) -> Vec<Month> {
    let paid = person.paid_months();
    let mut missed: Vec<Month> = Vec::new();
    for &month in person.roster_months {
        let is_inside = spans.iter().any(|span| span.contains(month));
        let follows = missed.last().is_some_and(|last| last.next() == month);
        if (is_inside || follows) && !paid.contains_key(&month) && !is_barred(month) {
            missed.push(month);
        }
    }
    missed
}

/// Somebody who was paid, then was not, although a row says that nothing stopped the pension.
fn stopped(check: &StoppedCheck, person: &Person<'_>, told: &mut Told<'_>) {
    if person.is_unknown_to_roster {
        return;
    }
    let fits = |row: &&RegistryRow| {
        let holds = |condition: &_| holds(person.rulebook, condition, row);
        check.conditions.iter().all(holds)
            && (check.any.is_empty() || check.any.iter().any(holds))
            && person.is_paid_as(row)
    };
    let rows: Vec<&RegistryRow> = person.rows(check.table).filter(fits).collect();
    if is_unjudged(person, &rows) {
        return;
    }
    let spans: Vec<MonthSpan> = rows.iter().filter_map(|row| span_of(check, person, row)).collect();
    let missed = missed(person, &spans, |month| person.may_be_barred(month));
    let Some(&first) = missed.first() else { return };
    let Some(owed) = Owed::of(person, &missed) else { return };
    // Who was never paid before was not stopped.
    let Some(monthly) = owed.monthly else { return };
    let detail = match check.why {
        StoppedWhy::NotBarring => UnpaidDetail::Stopped { first, months: owed.months, monthly },
        StoppedWhy::Acquitted => UnpaidDetail::Acquitted { first, months: owed.months, monthly },
    };
    owed.tell(person, person.paid_name(), detail, &rows, told);
}

/// The months of which a row says that nothing stopped the pension; an end that is not stated is open.
fn span_of(check: &StoppedCheck, person: &Person<'_>, row: &RegistryRow) -> Option<MonthSpan> {
    let start = check.from.iter().find_map(|&column| person.day(row, column))?;
    let from = match check.offset {
        Offset::Same => Month::containing(start),
        Offset::Next => Month::containing(start).next(),
    };
    let end = check.until.iter().find_map(|&column| row.date(column));
    Some(MonthSpan::new(from, end.map_or(Month::OPEN, |day| Month::containing(day).next())))
}

/// Somebody who was recorded as dead, is not, and was not paid since.
fn revived(check: &RevivedCheck, person: &Person<'_>, told: &mut Told<'_>) {
    let rows: Vec<&RegistryRow> = person.rows(Table::Deaths).collect();
    let words = person.rulebook.dictionary(&check.reasons);
    let takes_back = |row: &&&RegistryRow| {
        let class = words.class_of(row.text(Column::Reason));
        class.is_some_and(|class| check.classes.iter().any(|own| own == class))
            && (person.is_unknown_to_roster || person.is_paid_as(row))
    };
    let is_sign = |tier: Tier| tier == Tier::Lead(LeadReason::SignOfLife);
    let is_revoked = rows.iter().any(|row| takes_back(&row));
    if !is_revoked && !person.bars.iter().any(|bar| is_sign(bar.tier)) {
        return;
    }
    // Of somebody whom the roster does not know only the list of participants says that a pension is due.
    if person.is_unknown_to_roster && person.rows(Table::Participants).next().is_none() {
        return;
    }
    let day_of = |row: &&RegistryRow| check.from.iter().find_map(|&column| person.day(row, column));
    let died = rows.iter().filter_map(day_of).min();
    let from = died.map_or(person.period.from, |day| Month::containing(day).next());
    let Some(birthday) = first_due(person.id, check.age) else { return };
    let span = MonthSpan::from_on(from.max(birthday.next()));
    let is_barred =
        |month: Month| person.bars.iter().any(|bar| !is_sign(bar.tier) && bar.span.contains(month));
    let missed = missed(person, &[span], is_barred);
    let Some(mut owed) = Owed::of(person, &missed) else { return };
    if !is_revoked {
        // A sign of life may be somebody else's doing: first it must be known whether the person lives.
        (owed.monthly, owed.amount) = (None, None);
    }
    let detail = UnpaidDetail::Revived { died, is_revoked, months: owed.months, monthly: owed.monthly };
    let name = if person.is_unknown_to_roster { rows[0].name.as_str() } else { person.paid_name() };
    owed.tell(person, name, detail, &rows, told);
}

/// What some months that were missed come to, by what was paid last before them.
struct Owed {
    span: MonthSpan,
    months: u32,
    monthly: Option<Fen>,
    amount: Option<Fen>,
    lines: Vec<usize>,
}

impl Owed {
    fn of(person: &Person<'_>, missed: &[Month]) -> Option<Owed> {
        let (&first, &last) = (missed.first()?, missed.last()?);
        let before = person.last_paid_before(first);
        let months = missed.len() as u32;
        let monthly = before.as_ref().map(|(sum, _)| *sum);
        Some(Owed {
            span: MonthSpan::through(first, last),
            months,
            monthly,
            amount: monthly.and_then(|sum| sum.0.checked_mul(i64::from(months))).map(Fen),
            lines: before.map(|(_, lines)| lines).unwrap_or_default(),
        })
    }

    fn tell(
        self,
        person: &Person<'_>,
        name: &str,
        detail: UnpaidDetail,
        rows: &[&RegistryRow],
        told: &mut Told<'_>,
    ) {
        let lines = self.lines.iter().map(|&line| person.payments.place(line));
        let evidence = rows.iter().map(|row| row.place()).chain(lines);
        told.tell(person, name, (Some(self.span), self.amount), Detail::Unpaid(detail), evidence);
    }
}
