//! The servers by the names of their tenants.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use ropg_fixtures::schema::nearest;

use super::refusal::Refusal;
use crate::server::{Server, ServerBuilder, StartError};
use crate::tenant::Tenant;

/// Tenants at once.
const LIMIT: usize = 1000;

/// What makes a server of a tenant.
pub(super) type Make = Box<dyn Fn(Tenant) -> ServerBuilder + Send + Sync>;

/// The servers that are controlled.
pub(super) struct Tenants {
    by_name: RwLock<BTreeMap<String, Arc<Server>>>,
    make: Make,
    limit: usize,
}

impl Tenants {
    /// With these servers; [`Server::builder`] makes further ones if `make` does not.
    pub(super) fn of(servers: Vec<Arc<Server>>, make: Option<Make>) -> Result<Self, StartError> {
        let mut by_name = BTreeMap::new();
        for server in servers {
            let name = server.tenant().name().to_owned();
            if by_name.insert(name.clone(), server).is_some() {
                return Err(StartError::SameName(name));
            }
        }
        let make = make.unwrap_or_else(|| Box::new(Server::builder));
        Ok(Self { by_name: RwLock::new(by_name), make, limit: LIMIT })
    }

    pub(super) fn find(&self, name: &str) -> Option<Arc<Server>> {
        self.read().get(name).cloned()
    }

    pub(super) fn all(&self) -> Vec<Arc<Server>> {
        self.read().values().cloned().collect()
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.read().keys().cloned().collect()
    }

    /// The same as [`Self::find`], or what is to be said.
    pub(super) fn named(&self, name: &str) -> Result<Arc<Server>, Refusal> {
        self.find(name).ok_or_else(|| self.unknown(name))
    }

    pub(super) fn unknown(&self, name: &str) -> Refusal {
        Refusal::unknown_tenant(name, nearest(name, &self.names()))
    }

    /// Starts one more.
    pub(super) fn start(&self, tenant: Tenant) -> Result<Arc<Server>, Refusal> {
        // Held while the port is opened, so that of two that want one name one is refused.
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        let name = tenant.name().to_owned();
        if by_name.contains_key(&name) {
            let help = format!("PUT /tenants/{name} configures it anew, DELETE ends it");
            return Err(Refusal::conflict(format!("a tenant is called `{name}` already; {help}")));
        }
        if by_name.len() >= self.limit {
            let limit = self.limit;
            return Err(Refusal::unavailable(format!(
                "there are {limit} tenants, which is the limit; delete some"
            )));
        }
        let server = (self.make)(tenant).start().map_err(|fault| Refusal::unavailable(fault.to_string()))?;
        let server = Arc::new(server);
        by_name.insert(name, Arc::clone(&server));
        Ok(server)
    }

    /// Takes one out; whoever holds it decides how long it runs.
    pub(super) fn remove(&self, name: &str) -> Option<Arc<Server>> {
        self.by_name.write().unwrap_or_else(PoisonError::into_inner).remove(name)
    }

    /// Takes all of them out.
    pub(super) fn forget(&self) {
        self.by_name.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<String, Arc<Server>>> {
        self.by_name.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn the_number_of_tenants_is_bounded() {
        let tenants = Tenants { limit: 2, ..Tenants::of(Vec::new(), None).unwrap() };
        let start = |name: &str| tenants.start(Tenant::acme().named(name));
        assert!(start("a").is_ok() && start("b").is_ok());
        assert_eq!(start("c").unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
        tenants.remove("a");
        assert!(start("c").is_ok());
    }
}
