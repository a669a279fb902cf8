//! The kinds of check that look at a person as a whole, each as it stands in a rule file and as it is run.
//!
//! Owns what such a rule may say. Must not know a payment line or a row.

mod age;
mod condition;
mod conflict;
mod entitlement;
mod listed;
mod unpaid;

pub use age::AgeCheck;
pub use condition::{Condition, Test};
pub use conflict::{ConflictCheck, OverlapMeaning};
pub use entitlement::EntitlementCheck;
pub use listed::ListedCheck;
pub use unpaid::{RevivedCheck, StoppedCheck, StoppedWhy, UnpaidCheck};

pub(super) use age::RawAge;
pub(super) use conflict::RawConflict;
pub(super) use listed::RawListed;
pub(super) use unpaid::RawUnpaid;
