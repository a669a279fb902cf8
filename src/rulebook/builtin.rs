//! The rulebook that the binary carries, so that it runs without any file beside it.

/// Path below rules/ and text of every built-in file; build.rs lists them.
pub(super) const BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
