//! `--url`: a profile in memory for a server of which only the address, one client and one user are known.

use std::collections::BTreeMap;
use std::time::Duration;

use ropg_fixtures::{Problem, Problems};
use serde_json::Value;

use super::profile::{Client, Costs, Profile, Target, Text, User};
use crate::step::Sending;
use crate::step::send::{Fault, send};

/// Enough to tell whether a server speaks the flow; more is done on a server whose owner wrote a profile.
const MOST_REQUESTS: usize = 20;

/// What the command line says of a target.
#[derive(Clone, Debug, Default)]
pub struct Quick {
    /// The issuer, or the base address.
    pub url: String,
    /// `client_id`
    pub client: Option<String>,
    /// `username`
    pub user: Option<String>,
    /// The token endpoint's path, if there is no discovery document.
    pub token_path: Option<String>,
    /// The flavour; `auth0` for an address of Auth0, else `rfc6749` if left out.
    pub flavour: Option<String>,
}

impl Quick {
    /// Asks the target for its metadata and makes a profile; secrets come from `environment`
    /// (`ROPG_CLIENT_SECRET`, `ROPG_PASSWORD`).
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn discover(self, environment: &dyn Fn(&str) -> Option<String>) -> Result<Profile, Problems> {
        let base = self.base()?;
        let (mut clients, users) = self.inventory(environment)?;
        let metadata =
            if self.token_path.is_some() { None } else { metadata(&base, self.url.trim_end_matches('/')) };
        if metadata.as_ref().is_some_and(only_basic) {
            clients.iter_mut().filter(|client| client.secret.is_some()).for_each(|client| {
                client.auth = Some("basic".to_owned());
            });
        }
        if let Some(served) = metadata.as_ref().and_then(grants_without_password) {
            clients.iter_mut().for_each(|client| client.grants = Some(served.clone()));
        }
        let auth0 = base.host_str().is_some_and(|host| host.ends_with(".auth0.com"));
        let flavour =
            self.flavour.clone().unwrap_or_else(|| if auth0 { "auth0" } else { "rfc6749" }.to_owned());
        let said = |name: &str| metadata.as_ref()?.get(name)?.as_str().map(str::to_owned);
        let mut endpoints = BTreeMap::new();
        let pairs = [
            ("token", "token_endpoint"),
            ("revoke", "revocation_endpoint"),
            ("userinfo", "userinfo_endpoint"),
            ("jwks", "jwks_uri"),
        ];
        for (name, member) in pairs {
            endpoints.extend(said(member).map(|address| (name.to_owned(), address)));
        }
        if let Some(path) = &self.token_path {
            endpoints.insert("token".to_owned(), format!("/{}", path.trim_start_matches('/')));
        }
        Ok(Profile {
            target: Target {
                name: base.host_str().unwrap_or_default().to_owned(),
                base: base.origin().ascii_serialization(),
                issuer: said("issuer").or_else(|| Some(self.url.clone())),
                flavour: Some(flavour),
                ..Target::default()
            },
            endpoints,
            capabilities: capabilities(metadata.as_ref()),
            clients,
            users,
            limits: Costs { max_requests: Some(MOST_REQUESTS), ..Costs::default() },
            ..Profile::default()
        })
    }

    fn base(&self) -> Result<url::Url, Problems> {
        let bad = |why: String| {
            Problems(vec![Problem::of_file("--url", why).help("for example https://id.example.com")])
        };
        let url = url::Url::parse(&self.url).map_err(|error| bad(format!("`{}`: {error}", self.url)))?;
        if url.has_host() && matches!(url.scheme(), "http" | "https") {
            Ok(url)
        } else {
            Err(bad(format!("`{}` is not an http address", self.url)))
        }
    }

    fn inventory(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(Vec<Client>, Vec<User>), Problems> {
        let mut problems = Problems::default();
        let mut missing = |what: &str, help: &str| problems.push(Problem::of_file("--url", what).help(help));
        if self.client.is_none() {
            missing("no client is named", "--client ID, and its secret in ROPG_CLIENT_SECRET if it has one");
        }
        if self.user.is_none() {
            missing("no user is named", "--user NAME, and the password in ROPG_PASSWORD");
        }
        let password = environment("ROPG_PASSWORD");
        if self.user.is_some() && password.is_none() {
            missing("the variable `ROPG_PASSWORD` is not set", "export ROPG_PASSWORD=…");
        }
        let secret = environment("ROPG_CLIENT_SECRET").map(Text::Plain);
        let client = self.client.clone().map(|id| Client {
            alias: None,
            id,
            secret,
            auth: None,
            key: None,
            kid: None,
            alg: None,
            settings: serde_json::Map::new(),
            user_access: Default::default(),
            client_access: Default::default(),
            grants: Some(vec!["password".to_owned()]),
            first_party: None,
        });
        let user = self.user.clone().zip(password).map(|(username, password)| User {
            alias: None,
            username,
            password: Text::Plain(password),
            email: None,
            connection: None,
            roles: Vec::new(),
            permissions: Default::default(),
            blocked: false,
            otp_secret: None,
            phone: None,
            mfa_email: None,
            settings: serde_json::Map::new(),
            profile: serde_json::Map::new(),
        });
        problems.or((client.into_iter().collect(), user.into_iter().collect()))
    }
}

/// OpenID Connect Discovery first, then RFC 8414, which puts the issuer's path behind the well-known one.
fn metadata(base: &url::Url, issuer: &str) -> Option<Value> {
    let origin = base.origin().ascii_serialization();
    let path = base.path().trim_end_matches('/');
    let places = [
        format!("{issuer}/.well-known/openid-configuration"),
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
    ];
    places.into_iter().find_map(|url| {
        let sending = Sending { method: "GET".to_owned(), url, ..Sending::default() };
        let answer: Result<_, Fault> = send("discovery", &sending, Duration::from_secs(10));
        let answer = answer.ok().filter(|answer| answer.status == 200)?;
        answer.json.filter(|json| json.get("token_endpoint").is_some_and(Value::is_string))
    })
}

/// What the metadata claims; what it does not is not asked.
fn capabilities(metadata: Option<&Value>) -> BTreeMap<String, bool> {
    let has = |name: &str| metadata.is_some_and(|metadata| metadata.get(name).is_some());
    [
        ("userinfo", has("userinfo_endpoint")),
        ("jwt", false),
        ("openid", false),
        ("json-body", false),
        ("discovery", has("issuer")),
    ]
    .into_iter()
    .map(|(name, claimed)| (name.to_owned(), claimed))
    .collect()
}

/// The grants of a server that says which ones it serves and has retired this one: the client is then known by another.
fn grants_without_password(metadata: &Value) -> Option<Vec<String>> {
    let listed = metadata.get("grant_types_supported")?.as_array()?;
    let listed: Vec<String> = listed.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    (!listed.iter().any(|grant| grant == "password")).then_some(listed)
}

/// Whether secrets are taken in the header alone (RFC 8414, section 2: left out means so, but few who leave it out do).
fn only_basic(metadata: &Value) -> bool {
    let methods = metadata.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
    let has = |name: &str| methods.is_some_and(|all| all.iter().any(|method| method == name));
    has("client_secret_basic") && !has("client_secret_post")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_at_once() {
        let quick = Quick { url: "http://127.0.0.1:9/".to_owned(), ..Quick::default() };
        assert_eq!(quick.discover(&|_| None).unwrap_err().0.len(), 2);
        let quick = Quick { url: "x".to_owned(), ..Quick::default() };
        assert!(quick.discover(&|_| None).is_err());
    }

    #[test]
    fn a_server_that_takes_secrets_in_the_header_alone_says_so() {
        let says = |methods: Value| {
            only_basic(&serde_json::json!({ "token_endpoint_auth_methods_supported": methods }))
        };
        assert!(says(serde_json::json!(["client_secret_basic"])));
        assert!(!says(serde_json::json!(["client_secret_basic", "client_secret_post"])));
        assert!(!only_basic(&serde_json::json!({})));
    }

    #[test]
    fn a_client_of_a_server_that_retired_the_grant_has_the_grants_that_are_left() {
        let says =
            |grants: Value| grants_without_password(&serde_json::json!({ "grant_types_supported": grants }));
        assert_eq!(says(serde_json::json!(["refresh_token"])), Some(vec!["refresh_token".to_owned()]));
        assert_eq!(says(serde_json::json!(["password", "refresh_token"])), None);
        assert_eq!(grants_without_password(&serde_json::json!({})), None);
    }

    #[test]
    fn a_server_without_metadata_has_the_token_path_that_is_said() {
        let quick = Quick {
            url: "http://127.0.0.1:9".to_owned(),
            client: Some("c".to_owned()),
            user: Some("u".to_owned()),
            token_path: Some("token".to_owned()),
            flavour: None,
        };
        let profile = quick.discover(&|name| Some(name.to_owned())).unwrap();
        assert_eq!(profile.endpoints["token"], "/token");
        assert_eq!(profile.clients[0].method(), "post");
        assert_eq!(profile.target.flavour.as_deref(), Some("rfc6749"));
    }
}
