//! The kinds of check that look at a person as a whole, each as it stands in a rule file and as it is run.
//!
//! Owns what such a rule may say. Must not know a payment line or a row.

mod age;
mod condition;
mod conflict;
mod deaths;
mod entitlement;
mod listed;
mod numbers;
mod repeated_rows;
mod shared;
mod standard;
mod unpaid;

pub use age::AgeCheck;
pub use condition::{Condition, Test};
pub use conflict::{ConflictCheck, OverlapMeaning, OverlapStatus};
pub use deaths::DeathReading;
pub use entitlement::EntitlementCheck;
pub use listed::ListedCheck;
pub use numbers::NumberForm;
pub use repeated_rows::RepeatedRowsCheck;
pub use shared::{SharedBy, SharedCheck};
pub(crate) use standard::ROUNDINGS;
pub use standard::{AgeTier, StandardCheck};
pub use unpaid::{EntitledCheck, RevivedCheck, StoppedCheck, StoppedWhy, UnpaidCheck};

pub(super) use age::RawAge;
pub(super) use conflict::RawConflict;
pub(super) use listed::RawListed;
pub(super) use shared::RawShared;
pub(super) use standard::RawStandard;
pub(super) use unpaid::RawUnpaid;
