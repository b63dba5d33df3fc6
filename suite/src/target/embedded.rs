//! The embedded server: a fresh tenant for each case, behind a real listener that is reached like any other.
//! The only file that names the server.

use ropg_server::{Message, PushAnswer, Server};
use serde_json::{Value, json};

use super::reference::{self, Tenant};
use super::{Driver, PushAct, Unmet, World};
use crate::corpus::case::Case;
use crate::corpus::flavour::Flavour;

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
        let tried = ropg_server::Tenant::from_value(json!({}));
        let tried = tried.and_then(|tenant| tenant.deviate_with(id, how));
        tried.map_err(|problems| problems.render(false))?;
        self.deviations.push((id.to_owned(), how.clone()));
        Ok(self)
    }

    fn tenant(&self, document: Value) -> Result<ropg_server::Tenant, String> {
        let tenant = ropg_server::Tenant::from_value(document);
        let mut tenant = tenant.map_err(|problems| problems.render(false))?;
        for (id, how) in &self.deviations {
            tenant = tenant.deviate_with(id, how).map_err(|problems| problems.render(false))?;
        }
        Ok(tenant)
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
        reference::parallel()
    }

    fn prepare(&self, case: &Case, flavour: &Flavour) -> Result<World, Unmet> {
        reference::prepare(case, flavour, |document| {
            let server = Server::start(self.tenant(document)?).map_err(|error| error.to_string())?;
            Ok(Own { server, driver: self.clone() })
        })
    }
}

/// The server of one case, in this process.
struct Own {
    server: Server,
    driver: Embedded,
}

impl Tenant for Own {
    fn url(&self) -> String {
        self.server.url()
    }

    fn issuer(&self) -> String {
        self.server.issuer()
    }

    fn configure(&self, document: Value) -> Result<(), String> {
        self.server.configure(self.driver.tenant(document)?);
        Ok(())
    }

    fn freeze(&self) -> Result<(), String> {
        self.server.clock().freeze();
        Ok(())
    }

    fn pass(&self, seconds: i64) -> Result<(), String> {
        let moved = self.server.clock().advance(seconds);
        moved.then_some(()).ok_or_else(|| "the clock cannot be moved so far".to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deviation_that_is_none_is_refused() {
        assert!(Embedded::deviating("x", &json!({ "behaviour": { "no.such": false } })).is_err());
    }
}
