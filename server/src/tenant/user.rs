//! A user of a directory, as configured; what logins change stands in the ledger.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::connection::Identifier;
use super::password::PasswordHash;
use super::role::{Permission, Role};
use crate::factor::Authenticator;

/// A user. Members are those of the bulk user import.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// `auth0|…`
    pub(crate) subject: String,
    /// The connection's name.
    pub(crate) connection: String,
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) username: Option<String>,
    pub(crate) phone_number: Option<String>,
    pub(crate) phone_verified: bool,
    /// A claim of the standard form, an object (IDT-08).
    pub(crate) address: Option<Value>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) nickname: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) blocked: bool,
    pub(crate) password: PasswordHash,
    /// What it may do by its roles.
    pub(crate) roles: Vec<Arc<Role>>,
    /// What it may do itself.
    pub(crate) permissions: Vec<Permission>,
    /// The second factors that it came with.
    pub(crate) authenticators: Vec<Authenticator>,
}

impl User {
    /// What the user has of a kind.
    pub(crate) fn known_by(&self, identifier: Identifier) -> Option<&str> {
        match identifier {
            Identifier::Email => self.email.as_deref(),
            Identifier::Username => self.username.as_deref(),
            Identifier::PhoneNumber => self.phone_number.as_deref(),
        }
    }

    /// Whether somebody comes with the same second factors, by whichever channels a tenant reaches a number.
    pub(crate) fn comes_with_the_same(&self, other: &Self) -> bool {
        let factors = |user: &Self| {
            let values =
                user.authenticators.iter().map(|one| (one.pair.clone(), one.kind.value().to_owned()));
            values.collect::<BTreeSet<_>>()
        };
        factors(self) == factors(other)
    }

    /// The name by which people know the account.
    pub(crate) fn identifier(&self) -> &str {
        Identifier::ALL.into_iter().find_map(|kind| self.known_by(kind)).unwrap_or(&self.subject)
    }
}

/// The form in which identifiers are compared: ASCII letters fold, nothing is trimmed, no Unicode normalisation (PWD-11);
/// a phone number with its country loses its separators (PWD-37).
pub(crate) fn folded(identifier: &str) -> String {
    let digits = identifier.bytes().filter(u8::is_ascii_digit).count();
    let number = identifier.strip_prefix('+').filter(|_| digits >= 7);
    match number.map(|number| number.replace([' ', '-', '.', '(', ')'], "")) {
        Some(number) if number.len() == digits => format!("+{number}"),
        _ => identifier.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_lose_separators_and_nothing_else_does() {
        assert_eq!(folded("+1 (555) 010-0199"), "+15550100199");
        for name in ["+1-555", "1-555-010-0199", "+ann.1234567", "++15550100199", "+15550100199 "] {
            let expected = if name.ends_with(' ') { "+15550100199" } else { name };
            assert_eq!(folded(name), expected);
        }
        assert_eq!(folded("Ann@ACME.test"), "ann@acme.test");
        assert_eq!(folded("ZOË"), "zoË");
    }
}
