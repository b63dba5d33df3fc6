//! What an administrator configures; immutable once loaded. A tenant is a value: cheap to clone, shared by requests.

pub(crate) mod application;
pub(crate) mod credential;
pub(crate) mod refresh_policy;
pub(crate) mod api;
pub(crate) mod connection;
pub(crate) mod role;
pub(crate) mod client_grant;
pub(crate) mod user;
pub(crate) mod mfa;
pub(crate) mod password;
pub(crate) mod secret;
pub(crate) mod signing_key;
pub(crate) mod deviation;
pub mod behaviour;
pub(crate) mod scope;
pub(crate) mod rate;
pub(crate) mod derived;
mod load;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use ropg_fixtures::{Document, Problems};

use api::{Api, ApiSigning};
use application::Application;
use behaviour::Behaviour;
use client_grant::ClientGrant;
use connection::Connection;
use deviation::Deviation;
use mfa::Mfa;
use rate::Rate;
use signing_key::SigningKey;
use user::User;

/// A tenant: applications, APIs, connections, users, keys and behaviour.
#[derive(Clone, Debug)]
pub struct Tenant(Arc<Definition>);

/// The parts of a tenant.
#[derive(Clone, Debug)]
pub struct Definition {
    pub(crate) name: String,
    pub(crate) behaviour: Behaviour,
    /// By client id.
    pub(crate) applications: HashMap<String, Arc<Application>>,
    pub(crate) apis: Vec<Arc<Api>>,
    pub(crate) connections: Vec<Arc<Connection>>,
    pub(crate) users: Users,
    /// The connection of the plain password grant; it may name one that is gone (PWD-04).
    pub(crate) default_directory: Option<String>,
    pub(crate) default_audience: Option<String>,
    /// Whether revoking a refresh token ends the others of its grant too (REV-09).
    pub(crate) revokes_grant: bool,
    /// Whether `resource` stands in for an `audience` that was not sent (SCP-06): the profile `compatibility`.
    pub(crate) resource_names_api: bool,
    pub(crate) client_grants: Vec<ClientGrant>,
    pub(crate) signing_key: Arc<SigningKey>,
    /// Pinned by a custom domain; else it follows the request.
    pub(crate) issuer: Option<String>,
    /// Hosts beside loopback by which requests may come.
    pub(crate) allowed_hosts: Vec<String>,
    /// What one address may log in (`attackProtection.suspiciousIpThrottling.stage.pre-login`).
    pub(crate) logins: Rate,
    /// Second factors, and when they are needed.
    pub(crate) mfa: Mfa,
    pub(crate) deviations: Vec<Deviation>,
    /// Members of an export that mean nothing here.
    pub(crate) ignored: Vec<String>,
}

/// The users of a tenant by connection and identifier.
#[derive(Clone, Debug, Default)]
pub(crate) struct Users {
    pub(crate) all: Vec<Arc<User>>,
    /// (connection name, folded identifier) → place in `all`.
    pub(crate) by_identifier: HashMap<(String, String), usize>,
    pub(crate) by_subject: HashMap<String, usize>,
}

/// A deviation that the shipped data does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no deviation is called `{name}`{}", near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
pub struct UnknownDeviation {
    /// The name that was given.
    pub name: String,
    /// The nearest known one.
    pub near: Option<String>,
}

impl Tenant {
    /// The built-in tenant `acme` (`fixtures/tenants/acme.yaml`).
    #[must_use]
    pub fn acme() -> Self {
        static ACME: std::sync::OnceLock<Tenant> = std::sync::OnceLock::new();
        ACME.get_or_init(|| {
            let file = ropg_fixtures::under("tenants").find(|file| file.path == "tenants/acme.yaml");
            let document = file.expect("acme ships with the server").document();
            load::load("acme", &document).unwrap_or_else(|problems| unreachable!("acme is valid: {problems}"))
        })
        .clone()
    }

    /// Reads a tenant in the form of Auth0's `tenant.yaml`, with what an export lacks under `ropg`.
    ///
    /// # Errors
    /// All problems at once, each with its place.
    pub fn from_yaml(text: &str) -> Result<Self, Problems> {
        Self::from_file("tenant.yaml", text)
    }

    /// The same, with the path that problems shall name; the tenant is called after the file.
    ///
    /// # Errors
    /// All problems at once, each with its place.
    pub fn from_file(path: &str, text: &str) -> Result<Self, Problems> {
        let document = Document::read(path, text)
            .map_err(|fault| Problems(vec![ropg_fixtures::Problem::malformed(path, text, fault)]))?;
        let name =
            std::path::Path::new(path).file_stem().map_or("tenant".into(), |stem| stem.to_string_lossy());
        load::load(&name, &document)
    }

    /// The same from a value that a program has built.
    ///
    /// # Errors
    /// All problems at once, without places.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Problems> {
        load::load("tenant", &Document::embedded("tenant", value))
    }

    /// The same from a document that was read already.
    pub(crate) fn from_document(name: &str, document: &Document) -> Result<Self, Problems> {
        load::load(name, document)
    }

    /// A copy that is called otherwise, and is reached by no host of the original's.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        let definition = Arc::make_mut(&mut self.0);
        name.clone_into(&mut definition.name);
        definition.allowed_hosts.clear();
        self
    }

    /// The tenant's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Switches on a shipped deviation (`fixtures/deviations/`) by its id.
    ///
    /// # Errors
    /// [`UnknownDeviation`], with the nearest name.
    pub fn deviate(self, id: &str) -> Result<Self, UnknownDeviation> {
        let shipped = deviation::shipped();
        let found = shipped.iter().find(|candidate| candidate.id == id).cloned();
        let Some(found) = found else {
            let names: Vec<String> = shipped.iter().map(|candidate| candidate.id.clone()).collect();
            let near = ropg_fixtures::schema::nearest(id, &names).map(str::to_owned);
            return Err(UnknownDeviation { name: id.to_owned(), near });
        };
        Ok(self.with_deviation(found))
    }

    /// Switches on a deviation that is given as data (`how` of a deviation file).
    ///
    /// # Errors
    /// What is wrong with `how`.
    pub fn deviate_with(self, id: &str, how: &serde_json::Value) -> Result<Self, Problems> {
        Ok(self.with_deviation(Deviation::read(id, how)?))
    }

    fn with_deviation(mut self, deviation: Deviation) -> Self {
        let definition = Arc::make_mut(&mut self.0);
        for (name, value) in &deviation.behaviour {
            // `Deviation::read` has tried each of them.
            definition.behaviour.set_any(name, value).unwrap_or_else(|fault| unreachable!("{fault}"));
        }
        definition.deviations.push(deviation);
        self
    }

    pub(crate) fn allow_hosts(&mut self, hosts: &[String]) {
        if !hosts.is_empty() {
            Arc::make_mut(&mut self.0).allowed_hosts.extend_from_slice(hosts);
        }
    }
}

impl Deref for Tenant {
    type Target = Definition;

    fn deref(&self) -> &Definition {
        &self.0
    }
}

impl Definition {
    /// Members of an imported tenant that mean nothing to this server, for people.
    #[must_use]
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// The ids of the deviations that are switched on.
    #[must_use]
    pub fn deviations(&self) -> Vec<String> {
        self.deviations.iter().map(|deviation| deviation.id.clone()).collect()
    }

    /// Lines that tell people which clients, routes and users there are; secrets only of users and clients meant for tests.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        let mut clients: Vec<_> = self.applications.values().collect();
        clients.sort_by(|a, b| a.client_id.cmp(&b.client_id));
        let mut lines = Vec::new();
        for client in clients {
            let grants: Vec<&str> = client.grant_types.iter().map(|grant| short(grant)).collect();
            let method = client.auth_method.name();
            lines.push(format!("client  {:<16} {:<20} {}", client.client_id, method, grants.join(" ")));
        }
        for (api, route) in self.apis.iter().flat_map(|api| api.routes.iter().map(move |route| (api, route)))
        {
            let address = format!("/api/{}{}", api.name, route.path);
            lines.push(format!("api     {:<6} {address:<21} {}", route.method, route.scopes));
        }
        for user in &self.users.all {
            let blocked = if user.blocked { "  (blocked)" } else { "" };
            let factors: Vec<&str> = user.authenticators.iter().map(|one| one.kind.factor().name()).collect();
            let factors =
                if factors.is_empty() { String::new() } else { format!("  ({})", factors.join(", ")) };
            lines.push(format!("user    {:<28} in {}{factors}{blocked}", user.identifier(), user.connection));
        }
        if !self.mfa.factors.is_empty() {
            let factors: Vec<&str> = self.mfa.factors.iter().map(|factor| factor.name()).collect();
            lines.push(format!("mfa     {:<28} {}", self.mfa.policy.told(), factors.join(" ")));
        }
        lines
    }

    /// The keys that verify what this tenant signs: its own, and those of APIs and clients that need another kind.
    pub(crate) fn public_keys(&self) -> Vec<&Arc<SigningKey>> {
        let mut keys = vec![&self.signing_key];
        let of_apis = self.apis.iter().map(|api| &api.signing);
        let of_clients = self.applications.values().map(|client| &client.id_token_signing);
        for signing in of_apis.chain(of_clients) {
            if let ApiSigning::Ps256(key) = signing
                && keys.iter().all(|known| known.kid != key.kid)
            {
                keys.push(key);
            }
        }
        keys
    }

    pub(crate) fn connection(&self, name: &str) -> Option<&Arc<Connection>> {
        self.connections.iter().find(|connection| connection.name == name)
    }

    /// By which hosts requests may come: loopback names with the listener's own port, and what was allowed besides; a name
    /// without a port at any, since a port may be mapped on the way (DSC-13).
    pub(crate) fn admits_host(&self, scheme: &str, host: &str, port: u16) -> bool {
        let (name, given) = name_and_port(host);
        (is_loopback(name) && given.unwrap_or(usual_port(scheme)) == port)
            || self.allows(name)
            || self.allows(host)
    }

    /// Whose tokens are this tenant's own: the same hosts, but a port that nobody named is no other server's.
    pub(crate) fn owns_host(&self, scheme: &str, host: &str, port: u16) -> bool {
        let (name, given) = name_and_port(host);
        self.allows(host)
            || (is_loopback(name) && given.unwrap_or(usual_port(scheme)) == port)
            || (self.allows(name) && given == Some(port))
    }

    fn allows(&self, host: &str) -> bool {
        self.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    }
}

/// `auth.test:8080` → the name, and the port if there is one.
fn name_and_port(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            (name, Some(digits.parse().unwrap_or(0)))
        }
        _ => (host, None),
    }
}

/// The port that a client leaves out.
fn usual_port(scheme: &str) -> u16 {
    if scheme == "https" { 443 } else { 80 }
}

fn is_loopback(name: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn short(grant: &str) -> &str {
    grant.rsplit('/').next().unwrap_or(grant)
}

/// Id and title of the deviations that ship with the server.
#[must_use]
pub fn shipped_deviations() -> Vec<(String, String)> {
    deviation::shipped().into_iter().map(|deviation| (deviation.id, deviation.title)).collect()
}
