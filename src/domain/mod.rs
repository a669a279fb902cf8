//! The scalars of the domain: ID numbers, money, months, names.
//!
//! Owns what one cell can mean. Must not read a file, ask a clock, or know of tables, rules or polars.

mod calendar;
mod citizen_id;
mod death_date;
mod digits;
mod fen;
mod formula;
mod month;
mod name;

pub use calendar::{DateReading, is_serial, parse_date};
pub use citizen_id::{
    CitizenId, IdDefect, IdReading, IdRepairs, IdWarning, PersonKey, mask_id_text, mask_number_text,
};
pub use death_date::{DateOrder, DateSource, LikelyDeath};
pub(crate) use digits::parse_digits;
pub use fen::{Fen, FenError, WAN};
pub use formula::is_formula_error;
pub use month::{Month, MonthSpan, parse_month_or_span};
pub use name::Name;
