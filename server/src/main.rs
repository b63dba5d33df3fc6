//! The server's command line: flags → tenant → server, until a signal.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use std::io::{IsTerminal as _, Write as _};

use clap::{Args, Parser, Subcommand};
use ropg_server::{Server, StartError, Tenant, signal};
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  ropg-server                                  the built-in tenant acme, on a free port
  ropg-server --port 8080 --tenant my.yaml     your own tenant (Auth0's tenant.yaml, with a part `ropg`)
  ropg-server --deviate password.any-accepted  a server with a known bug, to see whether your tests notice
  ropg-server check --tenant my.yaml           only look whether the file is right

When it is ready it prints one line of JSON on standard output; everything for people goes to standard error.

Exit codes:
  0   stopped by a signal, or `check` found nothing wrong
  3   cannot start: the port is in use, the address is not loopback, …
  7   the tenant is invalid; every problem is listed with its line
  64  the command line is wrong";

/// A reference in-memory authorization server for the Resource Owner Password flow. For tests, never for production.
#[derive(Debug, Parser)]
#[command(name = "ropg-server", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a tenant file and stop
    Check {
        /// The tenant file
        #[arg(long)]
        tenant: PathBuf,
    },
    /// List every named behaviour with its documented alternatives
    Behaviours,
    /// List the deviations that ship with the server
    Deviations,
}

#[derive(Debug, Args)]
struct Serve {
    /// A tenant.yaml; the built-in tenant `acme` without one
    #[arg(long, value_name = "PATH")]
    tenant: Option<PathBuf>,
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The address; both loopback addresses without one
    #[arg(long)]
    host: Option<IpAddr>,
    /// Needed for an address that is not loopback
    #[arg(long)]
    i_know_this_is_not_for_production: bool,
    /// Answer requests for another Host too (repeatable)
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Misbehave on purpose (repeatable); see `ropg-server deviations`
    #[arg(long, value_name = "NAME")]
    deviate: Vec<String>,
}

/// Why the program ends: a code and what people read.
struct Failure(u8, String);

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(fault) => {
            let _ = fault.print();
            return ExitCode::from(if fault.use_stderr() { 64 } else { 0 });
        }
    };
    let outcome = match cli.command {
        Some(Command::Check { tenant }) => check(&tenant),
        Some(Command::Behaviours) => behaviours(),
        Some(Command::Deviations) => deviations(),
        None => serve(&cli.serve),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(code, message)) => {
            tell(message.trim_end());
            ExitCode::from(code)
        }
    }
}

fn serve(flags: &Serve) -> Result<(), Failure> {
    let mut tenant = match &flags.tenant {
        Some(path) => read(path)?,
        None => Tenant::acme(),
    };
    for name in &flags.deviate {
        tenant = tenant.deviate(name).map_err(|fault| Failure(64, fault.to_string()))?;
    }
    let (teller, told) = teller();
    let mut builder = Server::builder(tenant).port(flags.port).on_request(teller);
    if let Some(host) = flags.host {
        builder = builder.host(host);
    }
    if flags.i_know_this_is_not_for_production {
        builder = builder.not_for_production();
    }
    for name in &flags.allow_host {
        builder = builder.allow_host(name);
    }
    let server = builder.start().map_err(|fault| match fault {
        StartError::NotLoopback(_) => {
            Failure(3, format!("{fault}; if you know what you do: --i-know-this-is-not-for-production"))
        }
        StartError::PortInUse(_) | StartError::Listen(_) => Failure(3, fault.to_string()),
    })?;
    let wait = signal::catch();
    introduce(&server);
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{}", ready(&server)).and_then(|()| out.flush());
    wait();
    server.stop();
    // The last lines; nobody waits long for a reader that is gone.
    let _ = told.recv_timeout(Duration::from_secs(1));
    Ok(())
}

/// Lines that may wait for a slow reader of standard error; further ones are lost.
const WAITING: usize = 10_000;

/// Tells people without waiting for them: a parent that never reads the pipe would else stop the server once it is
/// full. The receiver hears when the last line is written.
fn teller() -> (impl Fn(&str) + Send + Sync + 'static, Receiver<()>) {
    let (lines, waiting) = mpsc::sync_channel::<String>(WAITING);
    let (done, told) = mpsc::channel();
    thread::spawn(move || {
        waiting.iter().for_each(|line| tell(&line));
        done.send(())
    });
    (move |line: &str| drop(lines.try_send(line.to_owned())), told)
}

/// Writes a line for people; `eprintln!` would panic where they have closed the pipe.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The one line for programs. Members that are `null` are filled by what comes later.
fn ready(server: &Server) -> serde_json::Value {
    let tenant = server.tenant();
    json!({
        "ready": true,
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "url": server.url(),
        "https_url": null,
        "issuer": server.issuer(),
        "ca_file": null,
        "control_url": null,
        "deviations": tenant.deviations(),
        "tenants": [{ "name": tenant.name(), "url": server.url(), "https_url": null, "issuer": server.issuer() }],
    })
}

/// For people: who can log in, and a line that works as pasted.
fn introduce(server: &Server) {
    let tenant = server.tenant();
    tell(&format!("ropg-server {}, tenant {}, for tests only", env!("CARGO_PKG_VERSION"), tenant.name()));
    for line in tenant.ignored() {
        tell(&format!("ignored: {line}"));
    }
    for line in tenant.describe() {
        tell(&format!("  {line}"));
    }
    for name in tenant.deviations() {
        tell(&format!("DEVIATES on purpose: {name}"));
    }
    if tenant.name() == "acme" {
        tell(&format!(
            "\n  curl {url}/oauth/token -d grant_type=password -d client_id=acme-web -d client_secret=acme-web-secret \\\n    \
             -d username=ann@acme.test -d password=Correct-Horse-9 -d audience=https://api.acme.test/\n  \
             curl {url}/api/Orders/orders -H 'Authorization: Bearer …'   # with the access_token of the first\n",
            url = server.url()
        ));
    }
}

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

fn check(path: &Path) -> Result<(), Failure> {
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

#[expect(clippy::unnecessary_wraps, reason = "all commands have one form")]
fn behaviours() -> Result<(), Failure> {
    for entry in
        ropg_server::tenant::behaviour::Behaviour::preset(ropg_server::tenant::behaviour::Preset::Auth0)
            .table()
    {
        let others: Vec<&str> =
            entry.alternatives.iter().copied().filter(|other| *other != entry.value).collect();
        let others = if others.is_empty() { String::new() } else { format!("  (or {})", others.join(", ")) };
        println!("{:<40} {}{others}  [{}]", entry.name, entry.value, entry.requirements.join(" "));
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "all commands have one form")]
fn deviations() -> Result<(), Failure> {
    for (id, title) in ropg_server::tenant::shipped_deviations() {
        println!("{id:<44} {title}");
    }
    Ok(())
}
