//! Whether two rows may be of one person although their ID numbers do not say so.
//!
//! Owns what is proposed: possible numbers, name variants, numbers that were replaced, and how strongly
//! each field speaks. Nothing proposed here ever becomes more than a lead. Must not read a file, nor know a
//! payment line or a rule.

mod aliases;
mod likeness;
mod name_variants;
mod numbers;

pub use aliases::{AliasProblem, Aliases};
pub use likeness::{Agreement, Grade, Likeness};
pub use name_variants::{NameLikeness, NameVariants};
pub use numbers::{Damage, Possible, PossibleNumbers};
