//! A person's net lines by the months that they share: what can be held against a standard.
//!
//! Owns which months stand or fall together: an amount for several months says nothing of each of them.
//! Must not know what the amounts should be.

use super::super::money::{MoneyPart, spread};
use super::super::netting::LineKind;
use super::Person;
use crate::domain::{Fen, MonthSpan};
use crate::ingest::Component;
use crate::rulebook::Scope;

/// Months that lines tie together, and those lines.
pub(super) struct Group {
    /// The months, without a gap.
    pub(super) span: MonthSpan,
    /// The lines, each of which covers some of the months.
    pub(super) lines: Vec<usize>,
    /// Whether any line is of arrears.
    pub(super) has_arrears: bool,
    /// Whether the components of all lines are known, all of them were paid, and no rule doubts any of them.
    pub(super) is_decided: bool,
}

impl Group {
    /// What the lines come to in some components.
    pub(super) fn paid(&self, person: &Person<'_>, components: &[Component]) -> Fen {
        let of = |&line: &usize| components.iter().map(move |&part| (line, part));
        let parts = self.lines.iter().flat_map(of);
        parts.map(|(line, part)| Fen(person.payments.amounts[line][part as usize])).sum()
    }

    /// Of which lines an amount is that was paid too much in some components: of the last ones.
    pub(super) fn excess(&self, person: &Person<'_>, components: &[Component], fen: Fen) -> Vec<MoneyPart> {
        let scope = Scope::of(components.iter().copied());
        let whole = |&line: &usize| {
            MoneyPart::of_line(person.payments, line, scope.of_amounts(&person.payments.amounts[line]))
        };
        spread(fen, self.lines.iter().map(whole).collect())
    }
}

/// The groups that lie in the period as a whole, in order of their months.
pub(super) fn groups(person: &Person<'_>) -> Vec<Group> {
    let span_of = |line: usize| person.payments.months[line];
    let mut lines = person.net.paid.clone();
    lines.sort_unstable_by_key(|&(line, _)| (span_of(line), line));
    let mut groups: Vec<Group> = Vec::new();
    for (line, kind) in lines {
        let span = span_of(line);
        let is_arrears = kind == LineKind::Arrears;
        match groups.last_mut().filter(|group| span.from < group.span.until) {
            Some(group) => {
                group.span.until = group.span.until.max(span.until);
                group.has_arrears |= is_arrears;
                group.lines.push(line);
            }
            None => {
                groups.push(Group { span, lines: vec![line], has_arrears: is_arrears, is_decided: true });
            }
        }
    }
    groups.retain(|group| person.period.covers(group.span));
    for group in &mut groups {
        group.is_decided = group.lines.iter().all(|&line| is_decided(person, line))
            && !person.bars.iter().any(|bar| !bar.span.intersect(group.span).is_empty())
            && !person.net.unmatched.iter().any(|span| !span.intersect(group.span).is_empty());
    }
    groups
}

/// Whether a line has components, was paid, and no rule says anything of it.
fn is_decided(person: &Person<'_>, line: usize) -> bool {
    !person.payments.total_only[line] && !is_doubtful(person, line)
}

/// Whether nobody knows that a line was paid, or a rule says something of it already.
pub(super) fn is_doubtful(person: &Person<'_>, line: usize) -> bool {
    person.net.doubtful.contains(&line) || person.verdict(line).is_some()
}
