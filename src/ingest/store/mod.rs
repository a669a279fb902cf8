//! The canonical form of inputs: keyed, typed columns in checked blocks, in the cache between runs or in a
//! scratch file during one.
//!
//! Owns the form of entries and where they are kept. Nothing but reading an input can make an entry, and any
//! entry can be thrown away: it is never needed for a right answer.

mod bytes;
mod cache;
mod container;
mod facts;
mod lines;
mod persons;
mod registry;
mod roster;

pub(crate) use cache::{Cache, Stamp};
pub(crate) use container::Place;
pub(crate) use facts::{FileFacts, StoredRejects};
pub(crate) use lines::LineBlock;
pub(crate) use persons::UNLISTED;
pub(crate) use registry::{PackedRegistry, Registry, RegistryWriter, RowHead, StoredRow, is_event};
pub(crate) use roster::{ClassFacts, OwnLines, Roster, RosterWriter, Run, RunSlice};

/// An entry of the store.
#[derive(Debug)]
pub(crate) enum Entry {
    /// Payment lines.
    Roster(Roster),
    /// Rows of any other table.
    Registry(Registry),
}

impl Entry {
    /// What is known of the file.
    pub(crate) fn facts(&self) -> &FileFacts {
        match self {
            Entry::Roster(roster) => roster.facts(),
            Entry::Registry(registry) => registry.facts(),
        }
    }

    /// How many bytes the entry has.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Entry::Roster(roster) => roster.size(),
            Entry::Registry(registry) => registry.size(),
        }
    }
}
