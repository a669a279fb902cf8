//! The program: parse, run, map the error to an exit code.

use std::process::ExitCode;

use pension_audit::cli;

fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    match std::panic::catch_unwind(|| cli::run(&arguments)) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(_) => ExitCode::from(cli::report_bug(&arguments) as u8),
    }
}
