//! The commands of the binary.

pub(crate) mod arguments;
mod ca_file;
mod tell;
pub(crate) mod serve;

use std::fs;
use std::io::IsTerminal as _;
use std::path::Path;

use ropg_server::Tenant;
use ropg_server::tenant::behaviour::{Behaviour, Preset};

pub(crate) use tell::tell;

/// Why the program ends: a code and what people read.
pub(crate) struct Failure(pub u8, pub String);

/// Reads a tenant file, which names the tenant.
fn read(path: &Path) -> Result<Tenant, Failure> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|fault| Failure(7, format!("{shown}: {fault}")))?;
    Tenant::from_file(&shown, &text).map_err(|problems| {
        let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let count = problems.0.len();
        let plural = if count == 1 { "problem" } else { "problems" };
        Failure(7, format!("{}\n{shown}: {count} {plural}", problems.render(colour)))
    })
}

/// `check`
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    let tenant = read(path)?;
    for line in tenant.ignored() {
        println!("ignored: {line}");
    }
    for line in tenant.describe() {
        println!("{line}");
    }
    println!("{}: no problem", path.display());
    Ok(())
}

/// `behaviours`
pub(crate) fn behaviours() {
    for entry in Behaviour::preset(Preset::Auth0).table() {
        let others: Vec<&str> =
            entry.alternatives.iter().copied().filter(|other| *other != entry.value).collect();
        let others = if others.is_empty() { String::new() } else { format!("  (or {})", others.join(", ")) };
        println!("{:<40} {}{others}  [{}]", entry.name, entry.value, entry.requirements.join(" "));
    }
}

/// `deviations`
pub(crate) fn deviations() {
    for (id, title) in ropg_server::tenant::shipped_deviations() {
        println!("{id:<44} {title}");
    }
}
