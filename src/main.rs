fn main() { let d = pension_audit::DataFrame::empty(); std::process::exit(d.height() as i32) }
