//! The program: parse, run, map the error to an exit code.

use std::process::ExitCode;

use pension_audit::cli;

/// A run makes and drops many small texts on all threads, and large buffers over and over.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    match std::panic::catch_unwind(|| cli::run(&arguments)) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(_) => ExitCode::from(cli::report_bug(&arguments) as u8),
    }
}
