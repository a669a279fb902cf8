//! The integration tests, one binary so that the libraries are linked once.

// Clippy's leave to unwrap in tests does not reach the helpers of an integration test, and nobody uses a test
// binary as a library.
#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub)]

mod boundaries;
mod choice;
mod clerks;
mod cli;
mod contradictions;
mod damage;
mod errors;
mod formats;
mod identity;
mod limits;
mod merges;
mod mutants;
mod offices;
mod oracle;
mod promises;
mod proposal;
mod rules;
mod sample;
mod showcase;
mod store;
mod support;
mod tidy;
