//! Checks that hold several payees against each other: one account, one name and village, two numbers.
//!
//! Owns what several payees share, text by text. Nothing of it is a claim: couples share accounts.

use std::collections::{BTreeMap, BTreeSet};

use super::checks::{Remark, months_of_several};
use super::matching::read_aliases;
use super::netting::{self, LineWords, NetLines};
use super::survey::{Sharing, is_account, likeness};
use super::{Engine, Scratch, sweep};
use crate::domain::{CitizenId, Month, Name, PersonKey};
use crate::ingest::{Observations, Payments};
use crate::messages::{Detail, Error, SharedDetail};
use crate::rulebook::{Check, SharedBy, SharedCheck};

/// A payee as one of several.
struct Payee {
    name: String,
    /// The latest line.
    place: String,
    latest: (Month, u32, u32),
    months: BTreeSet<Month>,
    /// Whether an account is in this payee's name.
    is_holder: bool,
}

/// Payees by what they share.
type Shared = BTreeMap<String, BTreeMap<CitizenId, Payee>>;

/// So many lines stand as evidence at most; the detail says how many payees there are.
const MOST_PLACES: usize = 50;

impl Engine<'_> {
    /// Tells what several payees share.
    pub(super) fn judge_several(&self, sharing: &Sharing, remarks: &mut Vec<Remark>) -> Result<(), Error> {
        for &rule in &self.visits.runnable {
            let Check::Shared(check) = &self.rulebook.rules[rule].check else { continue };
            let shared = match check.by {
                SharedBy::ReplacedNumber => self.replaced_numbers()?,
                by => self.share(sharing.keys(by), by)?,
            };
            let groups = shared.values().filter(|payees| payees.len() >= check.least);
            remarks.extend(groups.filter_map(|payees| remark(rule, check, payees)));
        }
        Ok(())
    }

    /// Payees by the text of what they share.
    fn share(&self, keys: &[u64], by: SharedBy) -> Result<Shared, Error> {
        let mut shared = Shared::new();
        self.each_paid(keys, &mut |id, payments, net| {
            for line in self.lines_in_period(payments, net) {
                let words = &payments.words[line];
                let text = |number: u32| payments.strings.text(number);
                let account = text(words.bank_account);
                let thing = match by {
                    SharedBy::BankAccount if is_account(account) => account.to_string(),
                    SharedBy::NameBirthDateVillage if words.name != 0 && words.village != 0 => {
                        likeness(id, payments.name(line), text(words.township), text(words.village))
                    }
                    _ => continue,
                };
                self.note(shared.entry(thing).or_default(), id, payments, line);
            }
        })?;
        Ok(shared)
    }

    /// Payees by the first number of a person who has several.
    fn replaced_numbers(&self) -> Result<Shared, Error> {
        // What is odd about the list is told where damaged numbers are matched.
        let aliases = read_aliases(self.tables, self.as_of, &mut Observations::default())?;
        let mut keys: Vec<u64> = aliases.numbers().map(|number| number.0).collect();
        keys.sort_unstable();
        let mut first_of: BTreeMap<PersonKey, PersonKey> = BTreeMap::new();
        for numbers in aliases.persons() {
            first_of.extend(numbers.iter().map(|&number| (number, numbers[0])));
        }
        let mut shared = Shared::new();
        self.each_paid(&keys, &mut |id, payments, net| {
            let first = first_of.get(&id.key()).copied().unwrap_or(id.key());
            for line in self.lines_in_period(payments, net) {
                self.note(shared.entry(first.0.to_string()).or_default(), id, payments, line);
            }
        })?;
        Ok(shared)
    }

    fn lines_in_period<'n>(
        &'n self,
        payments: &'n Payments,
        net: &'n NetLines,
    ) -> impl Iterator<Item = usize> + 'n {
        net.paid.iter().map(|&(line, _)| line).filter(|&line| self.is_in_period(payments, line))
    }

    fn note(&self, payees: &mut BTreeMap<CitizenId, Payee>, id: CitizenId, payments: &Payments, line: usize) {
        let months = payments.months[line].intersect(self.period);
        let (file, row) = payments.position(line);
        let latest = (months.last(), file, row);
        let payee = payees.entry(id).or_insert_with(|| Payee {
            name: String::new(),
            place: String::new(),
            latest: (Month(i32::MIN), 0, 0),
            months: BTreeSet::new(),
            is_holder: false,
        });
        let form = Name::comparison_form(payments.name(line));
        let holder = Name::comparison_form(payments.strings.text(payments.words[line].account_name));
        payee.is_holder |= !form.is_empty() && form == holder;
        payee.months.extend(months.months());
        if latest >= payee.latest {
            payee.latest = latest;
            payee.name = payments.name(line).to_string();
            payee.place = payments.place(line);
        }
    }

    /// Shows the net lines of some payees, given ascending.
    fn each_paid(
        &self,
        keys: &[u64],
        take: &mut dyn FnMut(CitizenId, &Payments, &NetLines),
    ) -> Result<(), Error> {
        let mut scratch = Scratch::default();
        // What is odd about these lines is told when their payees are judged.
        let mut unheard = Observations::default();
        for range in sweep::ranges(self.tables) {
            let start = keys.partition_point(|&key| key < range.0);
            let own = &keys[start..start + keys[start..].partition_point(|&key| key < range.1)];
            if own.is_empty() {
                continue;
            }
            self.read_slices(&mut scratch, range)?;
            self.read_lines_of(&mut scratch, own, &mut unheard)?;
            let payments = &scratch.payments;
            let words = LineWords::new(payments, self.rulebook);
            for lines in scratch.order.chunk_by(|&a, &b| payments.key[a] == payments.key[b]) {
                if let Some(id) = CitizenId::from_key(PersonKey(payments.key[lines[0]])) {
                    take(id, payments, &netting::net(payments, &words, lines, &mut unheard));
                }
            }
        }
        Ok(())
    }
}

/// One remark for a thing that is shared: at the holder of an account, else at the first number.
fn remark(rule: usize, check: &SharedCheck, payees: &BTreeMap<CitizenId, Payee>) -> Option<Remark> {
    let count = payees.len() as u32;
    let holder = payees.iter().find(|(_, payee)| payee.is_holder);
    let months = || payees.values().map(|payee| &payee.months);
    let (detail, (id, payee)) = match check.by {
        SharedBy::BankAccount => (
            SharedDetail::Account { payees: count, has_holder: holder.is_some() },
            holder.or_else(|| payees.first_key_value())?,
        ),
        SharedBy::NameBirthDateVillage => {
            (SharedDetail::Likeness { payees: count }, payees.first_key_value()?)
        }
        SharedBy::ReplacedNumber => {
            let months_both = months_of_several(months());
            (SharedDetail::ReplacedNumbers { numbers: count, months_both }, payees.first_key_value()?)
        }
    };
    Some(Remark {
        rule,
        id: *id,
        name: payee.name.clone(),
        months: None,
        amount: None,
        money: Vec::new(),
        detail: Detail::Shared(detail),
        evidence: payees.values().take(MOST_PLACES).map(|payee| payee.place.clone()).collect(),
    })
}
