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
    /// Under what its users log in (PWD-09).
    pub(crate) identifiers: Vec<Identifier>,
    /// Seconds that a code serves which was sent in place of a password.
    pub(crate) code_lifetime: i64,
}

/// What a user can be known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identifier {
    Email,
    Username,
    PhoneNumber,
}

impl Identifier {
    /// In the order in which people are called by them.
    pub(crate) const ALL: [Self; 3] = [Self::Email, Self::Username, Self::PhoneNumber];

    /// The name of the attribute.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Username => "username",
            Self::PhoneNumber => "phone_number",
        }
    }

    /// Those of a connection that says nothing: a database of this service knows e-mail addresses (PWD-10), somebody
    /// else's directory knows names too (PWD-26).
    pub(crate) fn of_strategy(strategy: &str) -> Vec<Self> {
        match strategy {
            "ad" | "auth0-adldap" | "adfs" | "waad" => vec![Self::Email, Self::Username],
            "sms" => vec![Self::PhoneNumber],
            _ => vec![Self::Email],
        }
    }
}

impl Connection {
    /// The id, as the service forms it; it derives from the name.
    pub(crate) fn id(&self) -> String {
        format!("con_{}", derived::hex(&["connection", &self.name], 16))
    }

    /// Whether the strategy verifies passwords itself (PWD-06, PWD-26, RLM-08).
    pub(crate) fn takes_passwords(&self) -> bool {
        self.is_database() || matches!(self.strategy.as_str(), "auth0-adldap" | "ad" | "adfs" | "waad")
    }

    /// Whether it sends codes in place of passwords (RLM-05, RLM-18).
    pub(crate) fn sends_codes(&self) -> bool {
        matches!(self.strategy.as_str(), "email" | "sms")
    }

    /// Whether it is a database of this service rather than somebody else's directory.
    pub(crate) fn is_database(&self) -> bool {
        self.strategy == "auth0"
    }

    pub(crate) fn enabled_for(&self, client_id: &str) -> bool {
        self.enabled_clients.iter().any(|enabled| enabled == client_id)
    }
}
