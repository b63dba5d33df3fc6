//! The embedded server: a fresh tenant for each case, behind a real listener that is reached like any other.
//! The only file that names the server.

use std::collections::BTreeMap;

use ropg_server::{Server, Tenant};
use serde_json::{Value, json};

use super::export::{Export, export};
use super::{Driver, Unmet, World};
use crate::corpus::case::Case;
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

    fn start(&self, tenant: Value) -> Result<Server, String> {
        let mut tenant = Tenant::from_value(tenant).map_err(|problems| problems.render(false))?;
        for (id, how) in &self.deviations {
            tenant = tenant.deviate_with(id, how).map_err(|problems| problems.render(false))?;
        }
        Server::start(tenant).map_err(|error| error.to_string())
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
        let Export { tenant, mut objects, secrets } = export(&case.given, flavour);
        let server = self.start(tenant).map_err(Unmet::Broken)?;
        let base = server.url();
        let target = json!({ "base": base, "issuer": server.issuer(), "signing_key": ropg_fixtures::file(SIGNING_KEY) });
        objects.insert("target".to_owned(), target);
        let endpoints: BTreeMap<String, String> =
            flavour.endpoints.iter().map(|(name, path)| (name.clone(), format!("{base}{path}"))).collect();
        Ok(World { endpoints, objects, secrets, guard: Some(Box::new(server)) })
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
