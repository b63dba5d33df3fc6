//! A target whose clients, users and APIs are listed by hand: each case is given what fits, or is told what to add.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::capability;
use super::fit::{self, Picked};
use super::profile::{Profile, Text};
use super::{Driver, Unmet, World};
use crate::corpus::case::Case;
use crate::corpus::flavour::Flavour;
use crate::corpus::mfa::Enrolled;
use crate::run::Limits;

/// Looks into a profile's inventory.
#[derive(Clone, Debug)]
pub struct Static {
    profile: Profile,
}

impl Static {
    /// A driver for `profile`.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self { profile }
    }

    /// The profile.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    fn base(&self) -> &str {
        self.profile.target.base.trim_end_matches('/')
    }

    fn endpoints(&self, flavour: &Flavour) -> BTreeMap<String, String> {
        let mut endpoints = flavour.endpoints.clone();
        endpoints.extend(self.profile.endpoints.clone());
        for address in endpoints.values_mut().filter(|address| address.starts_with('/')) {
            *address = format!("{}{address}", self.base());
        }
        endpoints
    }

    fn objects(&self, picked: &Picked<'_>) -> BTreeMap<String, Value> {
        let mut objects = BTreeMap::new();
        let issuer = self.profile.target.issuer.clone().unwrap_or_else(|| format!("{}/", self.base()));
        objects.insert("target".to_owned(), json!({ "base": self.base(), "issuer": issuer }));
        for (alias, client) in &picked.clients {
            let mut object = json!({ "id": client.id, "auth": client.method() });
            if let Some(secret) = &client.secret {
                object["secret"] = secret.reveal().into();
            }
            if let Some(key) = &client.key {
                object["key"] = key.reveal().into();
            }
            for (name, value) in [("kid", &client.kid), ("alg", &client.alg)] {
                if let Some(value) = value {
                    object[name] = value.as_str().into();
                }
            }
            objects.insert((*alias).to_owned(), object);
        }
        for (alias, user) in &picked.users {
            let email = user.email.as_ref().unwrap_or(&user.username);
            let mut object =
                json!({ "username": user.username, "password": user.password.reveal(), "email": email });
            let factors = Enrolled::ALL.into_iter().filter_map(|factor| Some((factor, user.factor(factor)?)));
            factors.for_each(|(factor, value)| object[factor.member()] = value.into());
            objects.insert((*alias).to_owned(), object);
        }
        for (alias, api) in &picked.apis {
            let all: Vec<&str> = api.scopes.values().map(String::as_str).collect();
            let mut object = json!({ "scope": api.scopes, "scopes": all.join(" ") });
            let pairs = api.scopes.iter().map(|(role, name)| (role.as_str(), name.as_str()));
            let routes = api.routes.iter().map(|(name, route)| {
                let method = route.method.as_deref().unwrap_or("GET");
                (name.clone(), json!({ "method": method, "address": route.address }))
            });
            object["routes"] = Value::Object(routes.collect());
            object["offline"] = super::offline(pairs, api.offline_scope.as_deref());
            let secret = api.signing_secret.as_ref().map(|secret| json!(secret.reveal()));
            let members = [
                ("audience", api.audience.as_ref().map(|audience| json!(audience))),
                ("lifetime", api.token_lifetime.map(|lifetime| json!(lifetime))),
                ("secret", secret),
            ];
            for (name, value) in members {
                if let Some(value) = value {
                    object[name] = value;
                }
            }
            objects.insert((*alias).to_owned(), object);
        }
        for (alias, connection) in &picked.connections {
            let realm = connection.realm.as_ref().unwrap_or(&connection.name);
            objects.insert((*alias).to_owned(), json!({ "name": connection.name, "realm": realm }));
        }
        objects
    }

    /// All of the profile's: a server may answer with what another client knows.
    fn secrets(&self) -> Vec<String> {
        let profile = &self.profile;
        let clients = profile.clients.iter().flat_map(|client| client.secret.iter().chain(client.key.iter()));
        let apis = profile.apis.iter().filter_map(|api| api.signing_secret.as_ref());
        let users = profile
            .users
            .iter()
            .flat_map(|user| std::iter::once(&user.password).chain(user.otp_secret.iter()));
        clients.chain(apis).chain(users).map(Text::reveal).map(str::to_owned).collect()
    }
}

impl Driver for Static {
    fn name(&self) -> &str {
        &self.profile.target.name
    }

    fn url(&self) -> Option<&str> {
        Some(&self.profile.target.base)
    }

    fn strict(&self) -> bool {
        false
    }

    fn parallel(&self) -> usize {
        self.profile.limits.parallel
    }

    fn limits(&self) -> Limits {
        self.profile.costs()
    }

    fn prepare(&self, case: &Case, flavour: &Flavour) -> Result<World, Unmet> {
        capability::check(&self.profile, case, flavour)?;
        let picked = fit::pick(&self.profile, case)?;
        let objects = self.objects(&picked);
        Ok(World { endpoints: self.endpoints(flavour), objects, secrets: self.secrets(), control: None })
    }
}

#[cfg(test)]
#[path = "inventory_tests.rs"]
mod tests;
