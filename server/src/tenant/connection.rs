//! A connection: a directory of users, or a way to somebody else's.

use super::derived;

/// A registered connection.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) name: String,
    pub(crate) strategy: String,
    /// The names by which a realm request finds it; its own name if none are listed (RLM-19).
    pub(crate) realms: Vec<String>,
    /// Client ids for which it is enabled (PWD-05, RLM-07).
    pub(crate) enabled_clients: Vec<String>,
}

impl Connection {
    /// The id, as the service forms it; it derives from the name.
    pub(crate) fn id(&self) -> String {
        format!("con_{}", derived::hex(&["connection", &self.name], 16))
    }

    /// Whether the strategy verifies passwords itself (PWD-06, RLM-08).
    pub(crate) fn takes_passwords(&self) -> bool {
        matches!(self.strategy.as_str(), "auth0" | "auth0-adldap" | "ad" | "adfs" | "waad")
    }

    pub(crate) fn enabled_for(&self, client_id: &str) -> bool {
        self.enabled_clients.iter().any(|enabled| enabled == client_id)
    }
}
