//! Headings and fixed words of the written files.

/// The subtype of a funeral claim where both schemes have paid.
pub const SUBTYPE_BOTH_PAID: &str = "both_paid";
/// The subtype of a funeral claim where the family has chosen the other scheme.
pub const SUBTYPE_ELECTION: &str = "election";
