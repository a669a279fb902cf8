//! Audits payments of the resident basic pension and writes the recovery ledger. See DESIGN.md for the flow.

pub mod domain;
pub mod generate;
pub mod messages;
