//! Serving: flags → tenants → servers and their control, until a signal.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ropg_server::{Control, Server, ServerBuilder, StartError, Tenant, signal};
use serde_json::{Value, json};

use super::arguments::{Serve, Wanted};
use super::ca_file::CaFile;
use super::tell::{Teller, tell, teller};
use super::{Failure, read};

/// Serves until SIGINT or SIGTERM.
pub(crate) fn serve(flags: &Serve) -> Result<(), Failure> {
    let wanted = match &flags.tenant[..] {
        [] => vec![Wanted { path: None, port: None }],
        wanted => wanted.to_vec(),
    };
    let ports = ports(&wanted, flags.port)?;
    let tenants = tenants(&wanted, &flags.deviate)?;
    let several = tenants.len() > 1;
    let (teller, told) = teller();
    let servers: Vec<Arc<Server>> = tenants
        .into_iter()
        .zip(ports)
        .map(|(tenant, port)| {
            let name = tenant.name().to_owned();
            let server = builder(flags, tenant, several, &teller).port(port).start();
            server.map(Arc::new).map_err(|fault| cannot_start(several.then_some(&*name), &fault))
        })
        .collect::<Result<_, _>>()?;
    let control = if flags.no_control { None } else { Some(control(flags, &servers, &teller)?) };
    drop(teller);
    let ca_file = CaFile::write(Server::ca_pem())
        .map_err(|fault| Failure(3, format!("cannot write the CA's certificate: {fault}")))?;
    let wait = signal::catch();
    servers.iter().for_each(|server| introduce(server));
    tell(&format!("HTTPS on the same port, for clients that trust {}", ca_file.path().display()));
    if let Some(control) = &control {
        tell(&format!("control by {0}; {0}/openapi.json says how", control.url()));
    }
    let mut out = std::io::stdout();
    let ready = ready(&servers, control.as_ref(), &ca_file);
    let _ = writeln!(out, "{ready}").and_then(|()| out.flush());
    wait();
    drop(ca_file);
    if let Some(control) = control {
        control.stop();
    }
    thread::scope(|scope| {
        for server in &servers {
            scope.spawn(|| server.stop());
        }
    });
    drop(servers);
    // The last lines; nobody waits long for a reader that is gone.
    let _ = told.recv_timeout(Duration::from_secs(1));
    Ok(())
}

/// The port of each tenant; `rest` is for the one that names none.
fn ports(wanted: &[Wanted], rest: u16) -> Result<Vec<u16>, Failure> {
    let without = wanted.iter().filter(|one| one.port.is_none()).count();
    if rest != 0 && without != 1 {
        let why = format!("--port {rest} is for one tenant, and {without} name no port of their own");
        return Err(Failure(64, format!("{why}; write --tenant PATH@PORT")));
    }
    let mut taken = HashMap::new();
    let mut ports = Vec::new();
    for one in wanted {
        let port = one.port.unwrap_or(rest);
        if port != 0
            && let Some(other) = taken.insert(port, shown(one))
        {
            return Err(Failure(3, format!("{other} and {} both want port {port}", shown(one))));
        }
        ports.push(port);
    }
    Ok(ports)
}

/// The tenants, or what is wrong with all of them.
fn tenants(wanted: &[Wanted], deviations: &[String]) -> Result<Vec<Tenant>, Failure> {
    let mut tenants = Vec::new();
    let mut invalid = Vec::new();
    let mut taken: HashMap<String, String> = HashMap::new();
    for one in wanted {
        let mut tenant = match one.path.as_deref().map_or_else(|| Ok(Tenant::acme()), read) {
            Ok(tenant) => tenant,
            Err(Failure(_, message)) => {
                invalid.push(message);
                continue;
            }
        };
        for name in deviations {
            tenant = tenant.deviate(name).map_err(|fault| Failure(64, fault.to_string()))?;
        }
        let name = tenant.name();
        if let Some(other) = taken.insert(name.to_owned(), shown(one)) {
            let why = "a tenant is called after its file";
            invalid.push(format!("{other} and {} are both called `{name}`: {why}", shown(one)));
        }
        tenants.push(tenant);
    }
    if invalid.is_empty() { Ok(tenants) } else { Err(Failure(7, invalid.join("\n"))) }
}

fn shown(wanted: &Wanted) -> String {
    wanted.path.as_ref().map_or_else(|| "acme".to_owned(), |path| path.display().to_string())
}

/// A server as the flags want it; where there are several, the lines say whose they are.
fn builder(flags: &Serve, tenant: Tenant, several: bool, teller: &Teller) -> ServerBuilder {
    let teller = Arc::clone(teller);
    let prefix = if several { format!("[{}] ", tenant.name()) } else { String::new() };
    let mut builder = Server::builder(tenant).on_request(move |line| teller(&format!("{prefix}{line}")));
    if let Some(host) = flags.host {
        builder = builder.host(host);
    }
    if flags.i_know_this_is_not_for_production {
        builder = builder.not_for_production();
    }
    for name in &flags.allow_host {
        builder = builder.allow_host(name);
    }
    builder
}

fn control(flags: &Serve, servers: &[Arc<Server>], teller: &Teller) -> Result<Control, Failure> {
    let mut control = Control::builder().port(flags.control_port);
    for server in servers {
        control = control.server(Arc::clone(server));
    }
    let (flags, teller) = (flags.clone(), Arc::clone(teller));
    control = control.make(move |tenant| builder(&flags, tenant, true, &teller));
    control.start().map_err(|fault| cannot_start(Some("the control listener"), &fault))
}

fn cannot_start(who: Option<&str>, fault: &StartError) -> Failure {
    let who = who.map(|who| format!("{who}: ")).unwrap_or_default();
    let help = match fault {
        StartError::NotLoopback(_) => "; if you know what you do: --i-know-this-is-not-for-production",
        StartError::PortInUse(_) | StartError::SameName(_) | StartError::Listen(_) => "",
    };
    Failure(3, format!("{who}{fault}{help}"))
}

/// The one line for programs; the first tenant is the one that is meant where one is meant.
fn ready(servers: &[Arc<Server>], control: Option<&Control>, ca_file: &CaFile) -> Value {
    let tenants: Vec<Value> = servers.iter().map(|server| server.summary()).collect();
    let first = &tenants[0];
    json!({
        "ready": true,
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "url": first["url"],
        "https_url": first["https_url"],
        "issuer": first["issuer"],
        "ca_file": ca_file.path().to_string_lossy(),
        "control_url": control.map(Control::url),
        "deviations": first["deviations"],
        "tenants": tenants,
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
