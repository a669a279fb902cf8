//! What the commands print.

use super::{Error, Exit};

/// The pool of threads could not be made.
pub fn no_threads(why: &dyn std::fmt::Display) -> Error {
    Error::new(
        Exit::File,
        "E704",
        format!("无法启动工作线程：{why}。请减小 --threads。"),
        format!("cannot start the worker threads: {why}. Use a smaller --threads."),
    )
}

/// A bug.
pub fn internal_error(what: &str) -> Error {
    Error::new(
        Exit::Bug,
        "E900",
        format!("程序内部错误：{what}。上一次的结果没有被改动；请把这条信息报告给维护者。"),
        format!("an internal error: {what}. The last result is untouched; please report this message."),
    )
}
