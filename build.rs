//! Lists the files of rules/, so that the binary carries all of them.

use std::fmt::Write;
use std::path::{Path, PathBuf};

// The build tool tells a build script by its environment where things are.
#[allow(clippy::disallowed_methods)]
fn main() -> std::io::Result<()> {
    println!("cargo:rerun-if-changed=rules");
    let root = std::env::var("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let folder = root.join("rules");
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for file in files {
        let below = file.strip_prefix(&folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let _ = writeln!(list, "    ({below:?}, include_str!({:?})),", file.to_string_lossy());
    }
    list.push_str("]\n");
    let out = std::env::var("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join("builtin.rs"), list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
