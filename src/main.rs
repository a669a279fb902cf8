//! x
fn main() {
    let mut args = std::env::args().skip(1);
    let project = std::path::PathBuf::from(args.next().unwrap_or_default());
    let out = args.next().map(Into::into);
    let o = pension_audit::pipeline::RunOptions { out, ..Default::default() };
    match pension_audit::pipeline::run(&project, &o) {
        Ok(r) => eprintln!("{} cases {} leads", r.audit.findings.cases.len(), r.audit.findings.leads.len()),
        Err(e) => eprintln!("{e}"),
    }
}
