//! A target's profile: where it is, what it can, and which of its clients, users and APIs the suite may use.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use ropg_fixtures::{Document, Problem, Problems, schema};
use serde::Deserialize;
use serde_json::Value;

use super::reach::Reach;
use super::tree;
use crate::corpus::mfa::Enrolled;
use crate::run::Limits;

/// A profile, read from TOML or made by [`super::Quick`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Who and where.
    pub target: Target,
    /// Paths (or whole addresses) by endpoint name; what is not named here is the flavour's.
    pub endpoints: BTreeMap<String, String>,
    /// Capabilities that the target has (`true`) or has not; others follow from the inventory.
    pub capabilities: BTreeMap<String, bool>,
    /// Documented choices that the target takes, by the behaviour's name.
    pub behaviour: BTreeMap<String, String>,
    /// Clients.
    pub clients: Vec<Client>,
    /// Users.
    pub users: Vec<User>,
    /// APIs.
    pub apis: Vec<Api>,
    /// Roles of its users, as far as they concern these APIs.
    pub roles: Vec<Role>,
    /// Directories.
    pub connections: Vec<Connection>,
    /// What a run may cost.
    pub limits: Costs,
}

/// Who and where.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Target {
    /// The name in reports.
    pub name: String,
    /// Scheme, host and port.
    pub base: String,
    /// The issuer of its tokens; `base` with a slash if left out.
    pub issuer: Option<String>,
    /// The flavour under which it is judged; `auth0` if left out.
    pub flavour: Option<String>,
    /// The audience that stands in for one that is not sent.
    pub default_audience: Option<String>,
    /// The name of the connection in which `grant_type=password` looks.
    pub default_directory: Option<String>,
    /// When a second factor is demanded, and which are enabled; left out: never, and none.
    pub mfa: Option<Mfa>,
    /// What an administrator set, in the form of Auth0's export; a case that asks for more does not apply.
    #[serde(default)]
    pub settings: serde_json::Map<String, Value>,
}

/// Second factors of a target.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Mfa {
    /// `never`, `always` or `adaptive`; `never` if left out.
    pub policy: Option<String>,
    /// The factors that are enabled.
    pub factors: Vec<String>,
}

/// A client that the suite may use.
#[derive(Clone, Debug, Deserialize)]
pub struct Client {
    /// The alias in cases for which it is meant; left out: any that fits.
    pub alias: Option<String>,
    /// `client_id`
    pub id: String,
    /// Its secret, if it has one.
    pub secret: Option<Text>,
    /// `none`, `post`, `basic` or `private_key_jwt`; left out: `post` with a secret, else `none`.
    pub auth: Option<String>,
    /// The private RSA key of `private_key_jwt`, in PEM.
    pub key: Option<Text>,
    /// The name of that key at the target, if it has one.
    pub kid: Option<String>,
    /// The algorithm that it signs with; `RS256` if left out.
    pub alg: Option<String>,
    /// The grants that it may use; left out: `password` and `refresh_token`.
    pub grants: Option<Vec<String>>,
    /// Whether it is a first-party client; true if left out.
    pub first_party: Option<bool>,
    /// What its client grants let it ask for users: names of scopes by the identifier of an API.
    #[serde(default)]
    pub user_access: Reach,
    /// The same for itself, without a user.
    #[serde(default)]
    pub client_access: Reach,
    /// What an administrator set, in the form of Auth0's export; a case that asks for more does not apply.
    #[serde(default)]
    pub settings: serde_json::Map<String, Value>,
}

/// A user as whom the suite may log in.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// The alias in cases for which it is meant.
    pub alias: Option<String>,
    /// `username`
    pub username: String,
    /// `password`
    pub password: Text,
    /// The e-mail address; `username` if left out.
    pub email: Option<String>,
    /// The directory, by its `name`.
    pub connection: Option<String>,
    /// Whether the user is blocked.
    #[serde(default)]
    pub blocked: bool,
    /// The secret of the user's authenticator app, in Base32, if one is enrolled.
    pub otp_secret: Option<Text>,
    /// The number to which a second factor's codes go, if one is enrolled.
    pub phone: Option<String>,
    /// The address to which a second factor's codes go, if one is enrolled.
    pub mfa_email: Option<String>,
    /// Profile members that the target gives out as claims.
    #[serde(default)]
    pub profile: serde_json::Map<String, Value>,
    /// Roles, by name.
    #[serde(default)]
    pub roles: Vec<String>,
    /// What the user may do besides, by itself: names of scopes by the identifier of an API.
    #[serde(default)]
    pub permissions: Reach,
    /// What an administrator set, in the form of Auth0's export; a case that asks for more does not apply.
    #[serde(default)]
    pub settings: serde_json::Map<String, Value>,
}

/// A role that users have.
#[derive(Clone, Debug, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// What users who have it may do: names of scopes by the identifier of an API.
    #[serde(default)]
    pub permissions: Reach,
}

/// An API for which tokens are issued.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Api {
    /// The alias in cases for which it is meant.
    pub alias: Option<String>,
    /// Its identifier, if the target's APIs have such.
    pub audience: Option<String>,
    /// Real names by role: `read = "read:sample"`.
    pub scopes: BTreeMap<String, String>,
    /// `RS256` if left out.
    pub signing_alg: Option<String>,
    /// The shared key of `HS256`.
    pub signing_secret: Option<Text>,
    /// Seconds.
    pub token_lifetime: Option<u64>,
    /// True if left out.
    pub allow_offline_access: Option<bool>,
    /// The scope that asks for a refresh token, at targets where it must be asked for: `offline_access`.
    pub offline_scope: Option<String>,
    /// What an administrator set, in the form of Auth0's export; a case that asks for more does not apply.
    #[serde(default)]
    pub settings: serde_json::Map<String, Value>,
    /// What of it can be called, by the name that cases have for it: `read`.
    pub routes: BTreeMap<String, Route>,
}

/// A route of an API, which takes bearer tokens.
#[derive(Clone, Debug, Deserialize)]
pub struct Route {
    /// Its address, or a path below the target's base.
    pub address: String,
    /// `GET` if left out.
    pub method: Option<String>,
    /// Roles of the scopes that it needs, all of them.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// A directory of users.
#[derive(Clone, Debug, Deserialize)]
pub struct Connection {
    /// The alias in cases for which it is meant.
    pub alias: Option<String>,
    /// Its name.
    pub name: String,
    /// The name by which a realm request finds it; its own if left out.
    pub realm: Option<String>,
    /// `auth0` if left out.
    pub strategy: Option<String>,
    /// What an administrator set, in the form of Auth0's export; a case that asks for more does not apply.
    #[serde(default)]
    pub settings: serde_json::Map<String, Value>,
}

/// What a run may cost the target.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Costs {
    /// Failed logins of one user in a row.
    pub failed_logins_per_user: u32,
    /// Requests per second.
    pub requests_per_second: Option<f64>,
    /// Requests in all.
    pub max_requests: Option<usize>,
    /// Seconds until an answer is given up.
    pub timeout_seconds: f64,
    /// Seconds that one step may really wait where nobody can move the target's clock.
    pub longest_wait_seconds: u64,
    /// Cases at once.
    pub parallel: usize,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            failed_logins_per_user: 5,
            requests_per_second: None,
            max_requests: None,
            timeout_seconds: 10.0,
            longest_wait_seconds: 0,
            parallel: 1,
        }
    }
}

/// A text, or the name of the environment variable that holds it. Prints as `…`.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// As it stands.
    Plain(String),
    /// `{ env = "X" }`; gone once the profile was read.
    Environment {
        /// The variable.
        env: String,
    },
}

impl Text {
    /// The text; empty for a variable that was never looked up.
    #[must_use]
    pub fn reveal(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Environment { .. } => "",
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Profile {
    /// Reads a profile file; secrets may come from the process' environment.
    ///
    /// # Errors
    /// All problems, with their places.
    pub fn from_file(path: &Path) -> Result<Self, Problems> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Problems(vec![Problem::of_file(&name, format!("cannot be read: {error}"))]))?;
        Self::from_toml(&name, &text, &|name| std::env::var(name).ok())
    }

    /// Reads a profile; `environment` answers for `{ env = "X" }`.
    ///
    /// # Errors
    /// All problems, with their places.
    pub fn from_toml(
        path: &str,
        text: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problems> {
        let document = tree::read(path, text)?;
        let mut problems = Problems::default();
        schema::check("profile", &document, &mut problems);
        let mut profile = match serde_json::from_value::<Self>(document.root.to_json()) {
            Ok(profile) => profile,
            Err(_) if !problems.0.is_empty() => return Err(problems),
            Err(error) => return Err(Problems(vec![Problem::of_file(path, error.to_string())])),
        };
        profile.look_up(environment, &document, &mut problems);
        profile.check_names(&document, &mut problems);
        problems.or(profile)
    }

    /// What a run may cost.
    #[must_use]
    pub fn costs(&self) -> Limits {
        Limits {
            max_requests: self.limits.max_requests,
            failed_logins_per_user: Some(self.limits.failed_logins_per_user),
            requests_per_second: self.limits.requests_per_second,
            timeout: Duration::try_from_secs_f64(self.limits.timeout_seconds)
                .unwrap_or_else(|_| Limits::default().timeout),
            longest_wait: Duration::from_secs(self.limits.longest_wait_seconds),
            until_failure: false,
        }
    }

    fn look_up(
        &mut self,
        environment: &dyn Fn(&str) -> Option<String>,
        document: &Document,
        problems: &mut Problems,
    ) {
        let clients = self.clients.iter_mut().enumerate().flat_map(|(index, client)| {
            let secret = client.secret.as_mut().map(|secret| ("clients", index, "secret", secret));
            secret.into_iter().chain(client.key.as_mut().map(|key| ("clients", index, "key", key)))
        });
        let users = self.users.iter_mut().enumerate();
        let users = users.flat_map(|(index, user)| {
            let app = user.otp_secret.as_mut().map(|secret| ("users", index, "otp_secret", secret));
            std::iter::once(("users", index, "password", &mut user.password)).chain(app)
        });
        let apis = self.apis.iter_mut().enumerate().filter_map(|(index, api)| {
            api.signing_secret.as_mut().map(|secret| ("apis", index, "signing_secret", secret))
        });
        for (list, index, member, text) in clients.chain(users).chain(apis) {
            let Text::Environment { env } = text else { continue };
            match environment(env) {
                Some(value) => *text = Text::Plain(value),
                None => {
                    let node = document.root.member(list).and_then(|list| list.items().get(index));
                    let at =
                        node.and_then(|node| node.member(member)).map(|node| node.at).unwrap_or_default();
                    let problem = Problem::new(document, at, format!("the variable `{env}` is not set"));
                    problems
                        .push(problem.help(format!("export {env}=…, or write the text into the profile")));
                }
            }
        }
    }

    fn check_names(&self, document: &Document, problems: &mut Problems) {
        let connections: Vec<String> =
            self.connections.iter().map(|connection| connection.name.clone()).collect();
        let roles: Vec<String> = self.roles.iter().map(|role| role.name.clone()).collect();
        let mut check = |index: usize, member: &str, name: &String, known: &[String]| {
            if known.contains(name) {
                return;
            }
            let node = document.root.member("users").and_then(|users| users.items().get(index));
            let at = node.and_then(|user| user.member(member)).map(|node| node.at).unwrap_or_default();
            let kind = member.trim_end_matches('s');
            let problem = Problem::new(document, at, format!("no {kind} is named `{name}`"));
            problems.push(match schema::nearest(name, known) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help(format!("add [[{kind}s]] with name = \"{name}\"")),
            });
        };
        for (index, user) in self.users.iter().enumerate() {
            user.connection.iter().for_each(|name| check(index, "connection", name, &connections));
            user.roles.iter().for_each(|name| check(index, "roles", name, &roles));
        }
    }
}

impl User {
    /// The secret or address of a factor that is enrolled.
    #[must_use]
    pub fn factor(&self, factor: Enrolled) -> Option<&str> {
        match factor {
            Enrolled::Otp => self.otp_secret.as_ref().map(Text::reveal),
            Enrolled::Phone => self.phone.as_deref(),
            Enrolled::Email => self.mfa_email.as_deref(),
        }
    }
}

impl Client {
    /// How it authenticates.
    #[must_use]
    pub fn method(&self) -> &str {
        let by_secret = if self.secret.is_some() { "post" } else { "none" };
        self.auth.as_deref().unwrap_or(by_secret)
    }

    /// Whether it may use `grant`.
    #[must_use]
    pub fn may(&self, grant: &str) -> bool {
        match &self.grants {
            Some(grants) => grants.iter().any(|known| known == grant),
            None => matches!(grant, "password" | "refresh_token"),
        }
    }
}
