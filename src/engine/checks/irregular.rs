//! Payments that no standard has to be known for to be odd: paid again as arrears, sharply changed,
//! without money, raised while a sentence was served outside.
//!
//! Owns these readings. Where another rule speaks of a line, or nobody knows that it was paid, they are
//! silent.

use super::super::bars::event_day;
use super::super::money::MoneyPart;
use super::super::netting::{LineKind, SetAside, payment_order, read_kind};
use super::months::{Group, groups, is_doubtful};
use super::{Person, Told};
use crate::domain::{Fen, Month, MonthSpan};
use crate::ingest::{Column, Component, NO_TOTAL, RegistryRow, Table};
use crate::messages::{Detail, StandardDetail};
use crate::rulebook::Scope;

/// Arrears for months whose basic part was paid already at least as high: paid twice rather than topped up.
pub(super) fn arrears(person: &Person<'_>, told: &mut Told<'_>) {
    let payments = person.payments;
    let of_kind = |wanted: LineKind| person.net.paid.iter().filter(move |(_, kind)| *kind == wanted);
    let mut earlier: Vec<usize> = of_kind(LineKind::Normal).map(|&(line, _)| line).collect();
    let mut arrears: Vec<usize> = of_kind(LineKind::Arrears).map(|&(line, _)| line).collect();
    arrears.sort_by(|&a, &b| payment_order(payments, a).cmp(&payment_order(payments, b)));
    for line in arrears {
        let months = payments.months[line];
        let is_clear = !is_doubtful(person, line)
            && !person.bars.iter().any(|bar| !bar.span.intersect(months).is_empty())
            && !person.net.unmatched.iter().any(|span| !span.intersect(months).is_empty());
        if is_clear {
            paid_again(line, &earlier, person, told);
        }
        earlier.push(line);
    }
}

fn paid_again(line: usize, earlier: &[usize], person: &Person<'_>, told: &mut Told<'_>) {
    let payments = person.payments;
    let months = payments.months[line];
    let shares = |other: &usize| !payments.months[*other].intersect(months).is_empty();
    let before: Vec<usize> = earlier.iter().copied().filter(shares).collect();
    let is_paid = |month: &Month| before.iter().any(|&other| payments.months[other].contains(*month));
    let again: Vec<Month> = months.intersect(person.period).months().filter(is_paid).collect();
    let (Some(&first), Some(&last)) = (again.first(), again.last()) else { return };
    if before.iter().any(|&other| is_doubtful(person, other)) {
        return;
    }
    // A line with a total only says nothing of the basic part: then totals are compared.
    let in_totals = before.iter().chain([&line]).any(|&line| payments.total_only[line]);
    let parts: &[Component] = if in_totals { &Component::ALL } else { &[Component::Basic] };
    let share = |line: usize, parts: &[Component]| {
        let of_line = payments.months[line];
        let count = again.iter().filter(|&&month| of_line.contains(month)).count() as i128;
        let sum: i128 = parts.iter().map(|&part| i128::from(payments.amounts[line][part as usize])).sum();
        sum * count / of_line.len().max(1) as i128
    };
    let had: i128 = before.iter().map(|&other| share(other, parts)).sum();
    if had <= 0 || share(line, parts) < had {
        return;
    }
    let fen = |amount: i128| i64::try_from(amount).ok().map(Fen);
    let Some(before_fen) = fen(before.iter().map(|&other| share(other, &Component::ALL)).sum()) else {
        return;
    };
    let detail = StandardDetail::Arrears { months: again.len() as u32, before: before_fen };
    let span = Some(MonthSpan::through(first, last));
    let evidence = before.iter().chain([&line]).map(|&line| payments.place(line));
    let amounts = Scope::of(parts.iter().copied()).of_amounts(&payments.amounts[line]);
    let share_of = (MonthSpan::through(first, last), (again.len(), months.len()));
    let money = vec![MoneyPart::of_months(payments, line, amounts, share_of)];
    let amount = fen(share(line, parts));
    told.tell_money(person, payments.name(line), (span, amount), money, Detail::Standard(detail), evidence);
}

/// The months of one month each whose pension is certain, without arrears.
fn plain_months(groups: &[Group]) -> Vec<&Group> {
    let is_plain = |group: &&Group| group.is_decided && !group.has_arrears && group.span.len() == 1;
    groups.iter().filter(is_plain).collect()
}

/// Pairs of plain months that follow one another.
fn pairs<'g>(months: &'g [&'g Group]) -> impl Iterator<Item = (&'g Group, &'g Group)> {
    let follows = |pair: &&[&Group]| pair[0].span.until == pair[1].span.from;
    months.windows(2).filter(follows).map(|pair| (pair[0], pair[1]))
}

/// Months whose basic part and additions are far from those of the month before.
pub(super) fn swing(percent: u32, person: &Person<'_>, told: &mut Told<'_>) {
    let groups = groups(person);
    let months = plain_months(&groups);
    let parts = [Component::Basic, Component::Addition];
    let mut swings: Vec<(i64, Month, Fen, Fen)> = Vec::new();
    let mut lines: Vec<usize> = Vec::new();
    for (earlier, later) in pairs(&months) {
        let (from, to) = (earlier.paid(person, &parts), later.paid(person, &parts));
        let change = (to.0 - from.0).abs();
        let is_far = i128::from(change) * 100 > i128::from(from.0) * i128::from(percent);
        if from > Fen::ZERO && to > Fen::ZERO && is_far {
            swings.push((change, later.span.from, from, to));
            lines.extend(earlier.lines.iter().chain(&later.lines));
        }
    }
    // Of equal changes the first is named.
    let largest = swings.iter().max_by_key(|(change, month, ..)| (*change, std::cmp::Reverse(*month)));
    let Some(&(_, month, from, to)) = largest else { return };
    let detail = StandardDetail::Swing { month, from, to, times: swings.len() as u32 };
    let span = swings.first().zip(swings.last()).map(|(first, last)| MonthSpan::through(first.1, last.1));
    let evidence = lines.into_iter().map(|line| person.payments.place(line));
    told.tell(person, person.paid_name(), (span, None), Detail::Standard(detail), evidence);
}

/// Lines without money, lines below zero that undo nothing, and reversals that undo nothing. A line that says
/// that payment is suspended has no money for a reason.
pub(super) fn odd_lines(suspended: &str, person: &Person<'_>, told: &mut Told<'_>) {
    let payments = person.payments;
    let in_period = |line: &usize| !payments.months[*line].intersect(person.period).is_empty();
    let is_zero = |line: &usize| {
        payments.amounts[*line].iter().all(|&fen| fen == 0)
            && (payments.total[*line] == NO_TOTAL || payments.total[*line] == 0)
    };
    let dictionary = person.rulebook.dictionary(suspended);
    let is_suspended = |line: &usize| {
        let words = &payments.words[*line];
        let texts = [words.line_kind, words.pay_status].map(|word| payments.strings.text(word));
        texts.into_iter().any(|text| dictionary.is(text, "suspended"))
    };
    let zero: Vec<usize> = person.lines().filter(|line| is_zero(line) && !is_suspended(line)).collect();
    let lone = |(line, why): &(usize, SetAside)| (*why == SetAside::WithoutPartner).then_some(*line);
    let lone: Vec<usize> = person.net.set_aside.iter().filter_map(lone).filter(in_period).collect();
    let is_payment = |line: &usize| {
        let kind = read_kind(person.rulebook, payments.strings.text(payments.words[*line].line_kind)).0;
        matches!(kind, LineKind::Normal | LineKind::Arrears)
    };
    let negative = lone.iter().filter(|line| is_payment(line)).count() as u32;
    let odd: Vec<usize> = zero.iter().chain(&lone).copied().collect();
    let first = odd.iter().map(|&line| payments.months[line].from).min();
    let last = odd.iter().map(|&line| payments.months[line].last()).max();
    let Some((first, last)) = first.zip(last) else { return };
    let detail = StandardDetail::OddLines {
        negative,
        zero: zero.len() as u32,
        without_partner: lone.len() as u32 - negative,
    };
    let latest = odd.iter().max_by_key(|&&line| (payments.months[line].last(), line));
    let name = latest.map_or("", |&line| payments.name(line));
    let span = Some(MonthSpan::through(first, last));
    let evidence = odd.iter().map(|&line| payments.place(line));
    told.tell(person, name, (span, None), Detail::Standard(detail), evidence);
}

/// Raises of the basic part in months in which a sentence was served outside.
pub(super) fn frozen(words: &str, person: &Person<'_>, told: &mut Told<'_>) {
    let dictionary = person.rulebook.dictionary(words);
    let is_outside = |row: &&RegistryRow| {
        let texts = [row.text(Column::Sentence), row.text(Column::Enforcement)];
        texts.iter().any(|text| dictionary.is(text, "frozen"))
    };
    let rows: Vec<&RegistryRow> = person.rows(Table::Custody).filter(is_outside).collect();
    if rows.is_empty() {
        return;
    }
    let groups = groups(person);
    let months = plain_months(&groups);
    for row in rows {
        let Some(span) = sentence_months(person, row) else { continue };
        let raises = pairs(&months).filter_map(|(earlier, later)| {
            let by = later.paid(person, &[Component::Basic]).0 - earlier.paid(person, &[Component::Basic]).0;
            let is_inside = span.contains(earlier.span.from) && span.contains(later.span.from);
            (by > 0 && is_inside).then_some((later, Fen(by)))
        });
        let raises: Vec<(&Group, Fen)> = raises.collect();
        let (Some(&(first, _)), Some(&(last, _))) = (raises.first(), raises.last()) else { continue };
        let by: Fen = raises.iter().map(|&(_, by)| by).sum();
        let names_agree = person.is_paid_as(row);
        let detail = StandardDetail::Frozen { month: first.span.from, by, names_agree };
        let lines = raises.iter().flat_map(|(group, _)| &group.lines);
        let lines = lines.map(|&line| person.payments.place(line));
        let evidence: Vec<String> = lines.chain([row.place()]).collect();
        let months = Some(MonthSpan::through(first.span.from, last.span.from));
        told.tell(person, person.paid_name(), (months, None), Detail::Standard(detail), evidence);
    }
}

/// The months that lie wholly inside a sentence, from the month after its start; `None` where nobody
/// knows it.
fn sentence_months(person: &Person<'_>, row: &RegistryRow) -> Option<MonthSpan> {
    let day = |column: Column| event_day(row, column, person.id, person.as_of);
    let starts = [Column::StatusFrom, Column::TermFrom, Column::EffectiveOn, Column::SentencedOn];
    let start = starts.into_iter().find_map(day)?;
    let end = day(Column::ReleasedOn).or_else(|| row.date(Column::TermTo));
    let until = end.map_or(Month::OPEN, Month::containing);
    Some(MonthSpan::new(Month::containing(start), until))
}
