//! The program: parse, run, map the error to an exit code.

use std::process::ExitCode;

use pension_audit::cli;

/// A run makes and drops many small texts on all threads, and large buffers over and over.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An audit holds a file open for each input, and many systems let a program open 1,024 unless it asks for
/// more.
#[cfg(target_os = "linux")]
fn allow_many_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where the system refuses, a run that meets the limit says so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

#[cfg(not(target_os = "linux"))]
fn allow_many_open_files() {}

fn main() -> ExitCode {
    allow_many_open_files();
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    match std::panic::catch_unwind(|| cli::run(&arguments)) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(_) => ExitCode::from(cli::report_bug(&arguments) as u8),
    }
}
