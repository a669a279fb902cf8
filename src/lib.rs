//! Audits payments of the resident basic pension and writes the recovery ledger. See DESIGN.md for the flow.

pub mod claims;
pub mod cli;
pub mod domain;
pub mod engine;
pub mod explain;
pub mod findings;
pub mod generate;
pub mod identity;
pub mod ingest;
pub mod messages;
pub mod pipeline;
pub mod project;
pub mod proposal;
pub mod receipt;
pub mod report;
pub mod rule_test;
pub mod rulebook;
pub mod timings;
