//! The embedded server: a fresh tenant for each case, behind a real listener that is reached like any other.
//! The only file that names the server.

use std::collections::BTreeMap;

use ropg_server::{Message, PushAnswer, Server, Tenant};
use serde_json::{Value, json};

use super::export::{Export, export};
use super::{Control, Driver, PushAct, Unmet, World};
use crate::corpus::case::{Case, Given};
use crate::corpus::flavour::Flavour;

/// The key of every tenant that brings none of its own.
const SIGNING_KEY: &str = "keys/insecure-test-rs256.pem";

/// Makes a tenant for each case, possibly one that misbehaves.
#[derive(Clone, Debug, Default)]
pub struct Embedded {
    deviations: Vec<(String, Value)>,
}

impl Embedded {
    /// The reference as it should be.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The reference with one deliberate misbehaviour.
    ///
    /// # Errors
    /// Why `how` is not a deviation that the server knows.
    pub fn deviating(id: &str, how: &Value) -> Result<Self, String> {
        Self::new().and_deviating(id, how)
    }

    /// The same with one more deliberate misbehaviour.
    ///
    /// # Errors
    /// Why `how` is not a deviation that the server knows.
    pub fn and_deviating(mut self, id: &str, how: &Value) -> Result<Self, String> {
        let tried = Tenant::from_value(json!({})).and_then(|tenant| tenant.deviate_with(id, how));
        tried.map_err(|problems| problems.render(false))?;
        self.deviations.push((id.to_owned(), how.clone()));
        Ok(self)
    }

    fn tenant(&self, document: Value) -> Result<Tenant, String> {
        let mut tenant = Tenant::from_value(document).map_err(|problems| problems.render(false))?;
        for (id, how) in &self.deviations {
            tenant = tenant.deviate_with(id, how).map_err(|problems| problems.render(false))?;
        }
        Ok(tenant)
    }
}

/// The running server of one case.
struct Running {
    server: Server,
    driver: Embedded,
    flavour: Flavour,
    /// What is known of the objects: configured anew, they stay who they are.
    objects: BTreeMap<String, Value>,
}

impl Control for Running {
    fn pass(&self, seconds: i64) -> Result<(), String> {
        let moved = self.server.clock().advance(seconds);
        moved.then_some(()).ok_or_else(|| "the clock cannot be moved so far".to_owned())
    }

    fn configure(&mut self, given: &Given) -> Result<(BTreeMap<String, Value>, Vec<String>), String> {
        let Export { tenant, objects, secrets } = export(given, &self.flavour, &self.objects);
        self.server.configure(self.driver.tenant(tenant)?);
        self.objects.extend(objects.clone());
        Ok((objects, secrets))
    }

    fn log(&self) -> Result<Vec<Value>, String> {
        Ok(self.server.log())
    }

    fn outbox(&self) -> Result<Vec<Value>, String> {
        Ok(self.server.outbox().iter().map(Message::to_json).collect())
    }

    fn push(&self, act: &PushAct) -> Result<Value, String> {
        let answer = match act.clone() {
            PushAct::Scan { enrollment, device } => {
                PushAnswer::Scan { enrollment, device: device.unwrap_or_else(|| "Telephone".to_owned()) }
            }
            PushAct::Accept(transaction) => PushAnswer::Accept(transaction),
            PushAct::Reject(transaction) => PushAnswer::Reject(transaction),
        };
        self.server.push(answer).map_err(|fault| fault.to_string())
    }
}

impl Driver for Embedded {
    fn name(&self) -> &str {
        "embedded"
    }

    fn url(&self) -> Option<&str> {
        None
    }

    fn strict(&self) -> bool {
        true
    }

    fn parallel(&self) -> usize {
        // A case mostly waits: for its server, its answers, one signature.
        std::thread::available_parallelism().map_or(2, Into::into).saturating_mul(2)
    }

    fn prepare(&self, case: &Case, flavour: &Flavour) -> Result<World, Unmet> {
        let Export { tenant, mut objects, secrets } = export(&case.given, flavour, &BTreeMap::new());
        let tenant = self.tenant(tenant).map_err(Unmet::Broken)?;
        let server = Server::start(tenant).map_err(|error| Unmet::Broken(error.to_string()))?;
        // Where time is let pass or codes come and go with it, nothing else may let it pass: a second more would cross
        // the boundary.
        if case.steps.iter().any(|step| step.action.minds_the_clock()) {
            server.clock().freeze();
        }
        let base = server.url();
        let known = objects.clone();
        objects.insert("target".to_owned(), target(&server));
        let endpoints: BTreeMap<String, String> =
            flavour.endpoints.iter().map(|(name, path)| (name.clone(), format!("{base}{path}"))).collect();
        let running = Running { server, driver: self.clone(), flavour: flavour.clone(), objects: known };
        Ok(World { endpoints, objects, secrets, control: Some(Box::new(running)) })
    }
}

/// What the case sees of the server itself; it answers to two names.
fn target(server: &Server) -> Value {
    let port = server.port();
    json!({
        "base": server.url(),
        "issuer": server.issuer(),
        "host": format!("127.0.0.1:{port}"),
        "other_host": format!("localhost:{port}"),
        "signing_key": ropg_fixtures::file(SIGNING_KEY),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deviation_that_is_none_is_refused() {
        assert!(Embedded::deviating("x", &json!({ "behaviour": { "no.such": false } })).is_err());
    }
}
