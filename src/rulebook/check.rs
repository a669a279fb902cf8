//! What a rule checks: few kinds, each typed. A field that its registry lacks is an error of the rule file.

use chrono::NaiveDate;
use serde::Deserialize;

use super::kinds::{
    AgeCheck, ConflictCheck, ListedCheck, RepeatedRowsCheck, SharedCheck, StandardCheck, UnpaidCheck,
};
use super::load::CheckReader;
use crate::domain::Month;
use crate::ingest::{Amounts, Column, Component, Table};

/// A set of components: what is returnable of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(pub u8);

impl Scope {
    /// Nothing.
    pub const NONE: Scope = Scope(0);
    /// Every component.
    pub const ALL: Scope = Scope(0b1_1111);

    /// The scope of some components.
    pub fn of(components: impl IntoIterator<Item = Component>) -> Scope {
        Scope(components.into_iter().fold(0, |bits, component| bits | 1 << component as u8))
    }

    /// Whether a component is inside.
    pub fn contains(self, component: Component) -> bool {
        self.0 & (1 << component as u8) != 0
    }

    /// Whether nothing is inside.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is inside either.
    pub fn union(self, other: Scope) -> Scope {
        Scope(self.0 | other.0)
    }

    /// What is inside this but not the other.
    pub fn minus(self, other: Scope) -> Scope {
        Scope(self.0 & !other.0)
    }

    /// The amounts inside; zero outside.
    pub fn of_amounts(self, amounts: &Amounts) -> Amounts {
        let mut inside = [0; 5];
        for component in Component::ALL {
            if self.contains(component) {
                inside[component as usize] = amounts[component as usize];
            }
        }
        inside
    }

    /// The components inside, by name.
    pub fn names(self) -> Vec<&'static str> {
        Component::ALL
            .into_iter()
            .filter(|&component| self.contains(component))
            .map(Component::name)
            .collect()
    }
}

/// What is returnable under a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returns {
    /// Everywhere the same.
    Fixed(Scope),
    /// What a parameter says for the region on the audit's day.
    Parameter(String),
}

impl Returns {
    /// The words of such a parameter, each with what is returned: everything; the basic part, to which the
    /// local additions belong; and beside it what was not paid out of the person's own contributions. What is
    /// called `other` is named by neither of the last two, so that they leave it.
    const WORDS: [(&'static str, Scope); 3] = [
        ("all", Scope::ALL),
        ("basic", Scope(1 << Component::Basic as u8 | 1 << Component::Addition as u8)),
        (
            "basic_and_not_own",
            Scope(
                1 << Component::Basic as u8
                    | 1 << Component::Addition as u8
                    | 1 << Component::AccountSubsidy as u8,
            ),
        ),
    ];
    /// Those words, as parameters write them.
    pub(super) const NAMES: &'static [&'static str] =
        &[Returns::WORDS[0].0, Returns::WORDS[1].0, Returns::WORDS[2].0];

    /// What a word returns.
    pub fn of_word(word: &str) -> Option<Scope> {
        Returns::WORDS.iter().find(|(name, _)| *name == word).map(|(_, scope)| *scope)
    }

    /// The parameter that says it, where one does.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Returns::Fixed(_) => None,
            Returns::Parameter(id) => Some(id),
        }
    }
}

/// How a day becomes the month at which a bar starts or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offset {
    /// The month of the day itself.
    Same,
    /// The month after it.
    Next,
}

impl Offset {
    /// The names, as rule files and parameters write them.
    pub(super) const NAMES: &'static [&'static str] = &["same", "next"];

    /// The month of a day.
    pub fn month(self, day: NaiveDate) -> Month {
        match self {
            Offset::Same => Month::containing(day),
            Offset::Next => Month::containing(day).next(),
        }
    }
}

/// The month at which a bar starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartMonth {
    /// Everywhere the same.
    Fixed(Offset),
    /// What a parameter says for the region on the day of the event.
    Parameter(String),
}

/// A check, ready to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// Payments after a death.
    Death(DeathCheck),
    /// Payments during a term served inside.
    Custody(CustodyCheck),
    /// Payments while another pension of one's own is drawn.
    Pension(PensionCheck),
    /// A component of one benefit month paid by more than one line.
    Repeated,
    /// Two grants for one death of which only one is due.
    Exclusive(ExclusiveCheck),
    /// A payee whom a registry does not know: a mark, never an amount.
    Absent(AbsentCheck),
    /// Payments in months of which a row of a list speaks.
    Listed(ListedCheck),
    /// Payments before an age.
    Age(AgeCheck),
    /// Two things that cannot both be true.
    Conflict(ConflictCheck),
    /// Somebody to whom something was due and who was not paid.
    Unpaid(UnpaidCheck),
    /// Amounts held against dated standards.
    Standard(StandardCheck),
    /// Something that several payees share.
    Shared(SharedCheck),
    /// More than one amount in a list where one is due.
    RepeatedRows(RepeatedRowsCheck),
}

/// What the findings of a check are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Claims or leads on money that was paid: it needs a case type.
    Money,
    /// Marks, never an amount: it has no case type.
    Mark,
    /// Leads where the rule names a case type, marks where it does not.
    Either,
    /// Money that was not paid and was due: it has no case type.
    Owed,
    /// Leads on what was paid beyond a standard, and what is owed below it: it needs a case type.
    Compared,
}

impl Check {
    /// The registries without which it cannot run.
    pub fn registries(&self) -> Vec<Table> {
        match self {
            Check::Death(_) => vec![Table::Deaths],
            Check::Custody(_) => vec![Table::Custody],
            Check::Pension(_) => vec![Table::OtherPensions],
            Check::Repeated => vec![Table::Payments],
            Check::Exclusive(_) => vec![Table::FuneralGrants, Table::OtherDeathBenefits],
            Check::Absent(_) => vec![Table::Participants],
            Check::Listed(check) => vec![check.table],
            Check::Age(_) => vec![Table::Payments],
            Check::Conflict(check) => check.tables(),
            Check::Shared(check) => vec![check.table()],
            Check::RepeatedRows(check) => vec![check.table],
            Check::Unpaid(check) => vec![check.table()],
            Check::Standard(check) => vec![check.registry()],
        }
    }

    /// Whether it compiles into bars.
    pub fn bars(&self) -> bool {
        matches!(
            self,
            Check::Death(_) | Check::Custody(_) | Check::Pension(_) | Check::Listed(_) | Check::Age(_)
        )
    }

    /// Whether a rule with this check may establish at all: nothing that rests on a bare list, on a pension
    /// of another place, or on a look at the whole person ever does.
    pub fn may_establish(&self) -> bool {
        match self {
            Check::Death(_) | Check::Custody(_) | Check::Age(_) | Check::Repeated | Check::Exclusive(_) => {
                true
            }
            Check::Pension(check) => check.elsewhere.is_none(),
            _ => false,
        }
    }

    /// What of a line is returnable, where that is the rule's to say.
    pub fn returns(&self) -> Option<&Returns> {
        match self {
            Check::Death(check) => Some(&check.returns),
            Check::Custody(check) => Some(&check.returns),
            Check::Pension(check) => Some(&check.returns),
            Check::Listed(check) => Some(&check.returns),
            Check::Age(check) => Some(&check.returns),
            _ => None,
        }
    }

    /// From which month on its events bar payment, of those that begin on a day.
    pub fn start(&self) -> Option<&StartMonth> {
        match self {
            Check::Death(check) => Some(&check.start),
            Check::Custody(check) => Some(&check.start),
            _ => None,
        }
    }

    /// What its findings are.
    pub fn outcome(&self) -> Outcome {
        match self {
            Check::Death(_)
            | Check::Custody(_)
            | Check::Pension(_)
            | Check::Repeated
            | Check::Exclusive(_)
            | Check::Listed(_)
            | Check::Age(_) => Outcome::Money,
            Check::Absent(_) | Check::Shared(_) => Outcome::Mark,
            Check::Conflict(_) | Check::RepeatedRows(_) => Outcome::Either,
            Check::Unpaid(_) => Outcome::Owed,
            Check::Standard(check) => check.outcome(),
        }
    }
}

impl Check {
    /// The dictionaries by whose words it decides: table, column, dictionary. Left out are those that only
    /// look for exceptions (of sources, of chosen schemes), for which an unknown word is an ordinary one.
    pub fn dictionaries(&self) -> Vec<(Table, Column, &str)> {
        match self {
            Check::Death(check) => vec![
                (Table::Deaths, Column::Reason, &check.reasons),
                (Table::OtherPensions, Column::Scheme, &check.signs_of_life.pension_dictionary),
            ],
            Check::Custody(check) => vec![
                (Table::Custody, Column::Sentence, &check.words.exempt),
                (Table::Custody, Column::Sentence, &check.words.sentence),
                (Table::Custody, Column::Enforcement, &check.words.exempt),
                (Table::Custody, Column::Enforcement, &check.words.enforcement),
            ],
            Check::Pension(check) => vec![
                (Table::OtherPensions, Column::Scheme, &check.schemes),
                (Table::OtherPensions, Column::Status, &check.statuses),
            ],
            Check::Repeated => Vec::new(),
            Check::Exclusive(check) => vec![
                (Table::OtherDeathBenefits, Column::Benefit, &check.benefits),
                (Table::OtherDeathBenefits, Column::State, &check.states),
            ],
            Check::Absent(check) => vec![(Table::Participants, Column::Kind, &check.kinds)],
            Check::Conflict(check) => check.dictionaries(),
            Check::Listed(_)
            | Check::Age(_)
            | Check::Unpaid(_)
            | Check::Standard(_)
            | Check::Shared(_)
            | Check::RepeatedRows(_) => Vec::new(),
        }
    }
}

/// How rows of a death registry bar payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeathCheck {
    /// The day of the event.
    pub date: Column,
    /// From which month on nothing is due.
    pub start: StartMonth,
    /// Days that the event cannot follow, and of which the earlier stands in where the event's day is
    /// missing.
    pub not_after: Vec<Column>,
    /// What is returnable.
    pub returns: Returns,
    /// The dictionary of reasons: classes revoked, undecided, not_a_death, death.
    pub reasons: String,
    /// The dictionary of sources: classes village, police, medical, cremation.
    pub sources: String,
    /// The parameter that says which source names the likely day where they differ.
    pub priority: Option<String>,
    /// What shows that the person lived after the recorded death.
    pub signs_of_life: SignsOfLife,
}

/// What shows that a person lived after a recorded death.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignsOfLife {
    /// The day on which a certification was passed.
    pub certified: Column,
    /// When a custody row starts: the first present of these, else the latest of the others.
    pub custody_first_of: Vec<Column>,
    /// See `custody_first_of`.
    pub custody_latest_of: Vec<Column>,
    /// From which month another pension was drawn.
    pub pension_from: Column,
    /// The dictionary of schemes, and its classes that are a pension of one's own.
    pub pension_dictionary: String,
    /// See `pension_dictionary`.
    pub pension_classes: Vec<String>,
}

/// How rows of a custody registry bar payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustodyCheck {
    /// The start: the first present of these.
    pub first_of: Vec<Column>,
    /// Where none is: the latest of these, the months back to the earliest being a lead.
    pub latest_of: Vec<Column>,
    /// From which month on nothing is due.
    pub start: StartMonth,
    /// The end as it happened.
    pub released: Column,
    /// The end as it was ordered.
    pub term_end: Column,
    /// The month from which payment resumes.
    pub end_offset: Offset,
    /// The day of being taken in, which shows that the term is served inside.
    pub admitted: Column,
    /// What is returnable.
    pub returns: Returns,
    /// The dictionaries of its words.
    pub words: CustodyDictionaries,
}

/// The dictionaries of a custody check.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustodyDictionaries {
    /// Words in sentence or enforcement with which a row bars nothing: class not_barring.
    pub exempt: String,
    /// Sentences: classes open_ended, term.
    pub sentence: String,
    /// Enforcement: classes not_inside, inside.
    pub enforcement: String,
    /// Sources: classes community, inmates.
    pub source: String,
}

impl CustodyDictionaries {
    /// Remembers which classes of them are asked for.
    pub(super) fn refer(&self, reader: &mut CheckReader<'_>) {
        reader.classes(&self.exempt, &["not_barring"]);
        reader.classes(&self.sentence, &["open_ended", "term"]);
        reader.classes(&self.enforcement, &["not_inside", "inside"]);
        reader.classes(&self.source, &["community", "inmates"]);
    }
}

/// How rows of another pension's registry bar payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PensionCheck {
    /// The dictionary of schemes and benefits.
    pub schemes: String,
    /// The classes that bar.
    pub classes: Vec<String>,
    /// Whether rows of no class are this rule's leads.
    pub takes_unclassified: bool,
    /// The code of the place that pays: rows of the audited place itself say nothing. `None`: not asked.
    pub elsewhere: Option<Column>,
    /// The dictionary of statuses: classes undecided, ended, drawing.
    pub statuses: String,
    /// What is returnable.
    pub returns: Returns,
}

/// How two death grants exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExclusiveCheck {
    /// The dictionary of benefits: classes excluded, funeral.
    pub benefits: String,
    /// The dictionary of states: classes declined, paid, applied, eligible.
    pub states: String,
    /// The dictionary of schemes: class resident.
    pub schemes: String,
    /// The parameter that names the first day of death to which the rule applies.
    pub deaths_from: String,
}

/// How a payee's absence from a registry is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsentCheck {
    /// The mark that is set.
    pub mark: String,
    /// The dictionary of kinds: class contribution.
    pub kinds: String,
    /// The age at which the already old were exempt from contributions.
    pub exempt_age: u32,
    /// The parameter that names the scheme's start.
    pub scheme_start: String,
}
