//! Where the time of a run went.
//!
//! Owns the only clock of the program. What it says is told beside the result and never inside it: no output
//! and no receipt depends on it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

/// One stage of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// The rows that it handled; absent where it handles none.
    pub rows: Option<u64>,
    /// The bytes that it handled.
    pub bytes: Option<u64>,
}

/// The stages of a run, in the order in which they ended.
#[derive(Debug)]
pub struct Timings {
    begin: Instant,
    stages: Mutex<Vec<Stage>>,
}

impl Default for Timings {
    fn default() -> Timings {
        Timings { begin: Instant::now(), stages: Mutex::default() }
    }
}

/// What a stage handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handled {
    /// Rows.
    pub rows: Option<u64>,
    /// Bytes.
    pub bytes: Option<u64>,
}

impl Timings {
    /// Runs a stage; `handled` is asked for its size when it is done.
    pub fn stage<T>(
        &self,
        name: &'static str,
        work: impl FnOnce() -> T,
        handled: impl FnOnce(&T) -> Handled,
    ) -> T {
        let start = Instant::now();
        let result = work();
        let Handled { rows, bytes } = handled(&result);
        self.push(Stage { name, seconds: start.elapsed().as_secs_f64(), rows, bytes });
        result
    }

    fn push(&self, stage: Stage) {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).push(stage);
    }

    /// The seconds since the run began.
    pub fn elapsed(&self) -> f64 {
        self.begin.elapsed().as_secs_f64()
    }

    /// The stages.
    pub fn stages(&self) -> Vec<Stage> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From opening the inputs (with a warm cache: their canonical form) to sorted findings in memory, in
    /// seconds, the rules included.
    pub fn keyed_to_findings(&self) -> f64 {
        let is_inside = |stage: &&Stage| ["rules", "read", "judge", "conclude"].contains(&stage.name);
        let seconds: Duration =
            self.stages().iter().filter(is_inside).map(|stage| Duration::from_secs_f64(stage.seconds)).sum();
        seconds.as_secs_f64()
    }
}
