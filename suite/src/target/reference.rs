//! What the reference server is to a case, in this process or in another: a tenant of its own, made from what the case
//! needs, behind a real listener, with a hand on its clock, its log, its outbox and its telephones.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::Url;

use super::export::{Export, export};
use super::{Control, PushAct, Unmet, World};
use crate::corpus::case::{Case, Given};
use crate::corpus::flavour::Flavour;

/// The key of every tenant that brings none of its own.
const SIGNING_KEY: &str = "keys/insecure-test-rs256.pem";

/// A tenant that was made for one case, and ends with it. What it says is what [`Control`] says.
pub(super) trait Tenant: Send {
    /// Its base address.
    fn url(&self) -> String;

    /// The issuer of its tokens.
    fn issuer(&self) -> String;

    /// Makes it what `document` says; what happened before is kept.
    fn configure(&self, document: Value) -> Result<(), String>;

    /// Lets its clock stand still until it is moved.
    fn freeze(&self) -> Result<(), String>;

    /// Moves its clock by so many seconds.
    fn pass(&self, seconds: i64) -> Result<(), String>;

    fn log(&self) -> Result<Vec<Value>, String>;

    fn outbox(&self) -> Result<Vec<Value>, String>;

    fn push(&self, act: &PushAct) -> Result<Value, String>;
}

/// The world of a case; `make` makes a tenant of a document in the form of Auth0's export.
pub(super) fn prepare<T: Tenant + 'static>(
    case: &Case,
    flavour: &Flavour,
    make: impl FnOnce(Value) -> Result<T, String>,
) -> Result<World, Unmet> {
    let Export { tenant, mut objects, secrets } = export(&case.given, flavour, &BTreeMap::new());
    let tenant = make(tenant).map_err(Unmet::Broken)?;
    // Where time is let pass or codes come and go with it, nothing else may let it pass: a second more would cross
    // the boundary.
    if case.steps.iter().any(|step| step.action.minds_the_clock()) {
        tenant.freeze().map_err(Unmet::Broken)?;
    }
    let base = tenant.url();
    let known = objects.clone();
    objects.insert("target".to_owned(), target(&base, &tenant.issuer()));
    let endpoints: BTreeMap<String, String> =
        flavour.endpoints.iter().map(|(name, path)| (name.clone(), format!("{base}{path}"))).collect();
    let running = Running { tenant, flavour: flavour.clone(), objects: known };
    Ok(World { endpoints, objects, secrets, control: Some(Box::new(running)) })
}

/// How many cases may run at once.
pub(super) fn parallel() -> usize {
    // A case mostly waits: for its server, its answers, one signature.
    std::thread::available_parallelism().map_or(2, Into::into).saturating_mul(2)
}

/// What the case sees of the server itself; it answers to two names.
fn target(base: &str, issuer: &str) -> Value {
    let port = Url::parse(base).ok().and_then(|url| url.port_or_known_default()).unwrap_or_default();
    json!({
        "base": base,
        "issuer": issuer,
        "host": format!("127.0.0.1:{port}"),
        "other_host": format!("localhost:{port}"),
        "signing_key": ropg_fixtures::file(SIGNING_KEY),
    })
}

/// The running tenant of one case.
struct Running<T> {
    tenant: T,
    flavour: Flavour,
    /// What is known of the objects: configured anew, they stay who they are.
    objects: BTreeMap<String, Value>,
}

impl<T: Tenant> Control for Running<T> {
    fn pass(&self, seconds: i64) -> Result<(), String> {
        self.tenant.pass(seconds)
    }

    fn configure(&mut self, given: &Given) -> Result<(BTreeMap<String, Value>, Vec<String>), String> {
        let Export { tenant, objects, secrets } = export(given, &self.flavour, &self.objects);
        self.tenant.configure(tenant)?;
        self.objects.extend(objects.clone());
        Ok((objects, secrets))
    }

    fn log(&self) -> Result<Vec<Value>, String> {
        self.tenant.log()
    }

    fn outbox(&self) -> Result<Vec<Value>, String> {
        self.tenant.outbox()
    }

    fn push(&self, act: &PushAct) -> Result<Value, String> {
        self.tenant.push(act)
    }
}
