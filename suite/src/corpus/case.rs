//! A case as typed values: what it needs, what it sends, what must come back.
//!
//! Decoded by hand from the tree (`decode`), after `for_each` rows were filled in (`expand`): a [`Case`] is always one row.

use super::expectation::Expectation;
use super::forge::Forge;
use super::mfa::{Enrolled, GivenMfa, Push, Totp, Until};
use super::template::Template;

/// One case, or one row of a case with `for_each`.
#[derive(Clone, Debug)]
pub struct Case {
    /// Permanent id: words, lower case, dots; rows add `[row]`.
    pub id: String,
    /// The area of its file: `password-grant`.
    pub area: String,
    /// A sentence that says what holds.
    pub title: String,
    /// The file below the corpus folder: `cases/password/credentials.yaml`.
    pub file: String,
    /// The line of the case in its file; 0 when it was embedded.
    pub line: u32,
    /// The catalogue rows that the case covers.
    pub covers: Vec<String>,
    /// The bug that a failure reveals, in words: `the server accepts any password`.
    pub reveals: String,
    /// Capabilities without which the case means nothing: `grant.password-realm`.
    pub needs: Vec<String>,
    /// What must exist at the target.
    pub given: Given,
    /// The named requests, in file order.
    pub requests: Vec<(String, Request)>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// How settled the case is.
    pub state: State,
}

/// How settled a case is (suite.md 3.15).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Judged.
    #[default]
    Stable,
    /// Runs and is reported, never scored: new in this release.
    Provisional,
    /// Runs and is reported, never scored: somebody showed that the case may be wrong.
    Disputed,
}

/// What must exist at the target before the first step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// Settings of the tenant.
    pub tenant: GivenTenant,
    /// Directories. Without one, users live in one default directory.
    pub connections: Vec<(String, GivenConnection)>,
    /// APIs.
    pub apis: Vec<(String, GivenApi)>,
    /// Roles that users may have.
    pub roles: Vec<(String, GivenRole)>,
    /// Clients.
    pub clients: Vec<(String, GivenClient)>,
    /// Users.
    pub users: Vec<(String, GivenUser)>,
}

/// Members of an object in the form of Auth0's export.
pub type Settings = serde_json::Map<String, serde_json::Value>;

/// Scopes of APIs: the alias of an API, and the parts that its scopes play.
pub type ApiScopes = Vec<(String, Vec<String>)>;

/// A role.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenRole {
    /// What users who have it may do.
    pub permissions: ApiScopes,
}

/// Settings of the tenant that a case depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenTenant {
    /// Named behaviours set to a documented alternative: `realm.in_password_grant: used`.
    pub behaviour: Vec<(String, String)>,
    /// The default directory by alias; `Some(None)`: explicitly none. `None`: the first connection.
    pub default_directory: Option<Option<String>>,
    /// The default audience, by the alias of an API.
    pub default_audience: Option<String>,
    /// The issuer that the tenant pins; else it follows the request.
    pub issuer: Option<String>,
    /// Second factors; `None`: nothing is said of them.
    pub mfa: Option<GivenMfa>,
    /// Further members of the exported object, as they are: `{ refresh_token: { rotation_type: rotating } }`.
    pub settings: Settings,
}

/// A directory of users.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenConnection {
    /// The names by which a realm request finds it; empty: its own name.
    pub realms: Vec<String>,
    /// Its strategy; `auth0` (a database) by default. `email` and `sms` log in with a code that was sent.
    pub strategy: String,
    /// Aliases of the clients for which it is enabled; `None`: all.
    pub enabled_clients: Option<Vec<String>>,
    /// Further members of the exported object, as they are: `{ refresh_token: { rotation_type: rotating } }`.
    pub settings: Settings,
}

/// An API (resource server).
#[derive(Clone, Debug, PartialEq)]
pub struct GivenApi {
    /// Roles of its scopes: `read` is used as `{{ orders.scope.read }}`; a target maps them to real names.
    pub scopes: Vec<String>,
    /// `RS256` by default, or `HS256`, `PS256`.
    pub signing_alg: String,
    /// Whether refresh tokens may be issued for it; true by default.
    pub allow_offline_access: bool,
    /// Access token lifetime in seconds, if the case depends on it.
    pub token_lifetime: Option<u64>,
    /// Further members of the exported object, as they are: `{ refresh_token: { rotation_type: rotating } }`.
    pub settings: Settings,
    /// What of it can be called, by name: a request goes `to: orders.read`.
    pub routes: Vec<(String, GivenRoute)>,
}

/// A route of an API, which takes bearer tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenRoute {
    /// GET by default.
    pub method: String,
    /// Its path at targets that make it for the case.
    pub path: String,
    /// Roles of the scopes that it needs.
    pub scopes: Vec<String>,
}

/// A client.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenClient {
    /// How it authenticates; `None`: by whatever method the target has (a confidential one).
    pub auth: Option<ClientAuth>,
    /// The grants that are enabled for it, by the words of [`GRANTS`].
    pub grants: Vec<String>,
    /// Whether a target may let a client play the part that has further grants: the case asks what becomes of it then.
    pub further_grants: bool,
    /// Whether it is a first-party client; true by default.
    pub first_party: bool,
    /// A secret that the case needs to have a special form (reserved characters); else generated.
    pub secret: Option<String>,
    /// What its client grants let it ask of an API for users.
    pub user_access: ApiScopes,
    /// The same for itself, without a user.
    pub client_access: ApiScopes,
    /// The keys of `private_key_jwt`; the first is the one that the client uses. Empty: one for RS256.
    pub credentials: Vec<GivenCredential>,
    /// Further members of the exported object, as they are: `{ refresh_token: { rotation_type: rotating } }`.
    pub settings: Settings,
}

/// Client authentication methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// A public client: `client_id` alone.
    None,
    /// `client_id` and `client_secret` in the body.
    Post,
    /// HTTP Basic.
    Basic,
    /// `private_key_jwt`: an assertion that the client signs, a new one for each request.
    PrivateKeyJwt,
}

/// A key of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenCredential {
    /// `RS256` by default, `RS384` or `PS256`.
    pub alg: String,
    /// The instant from which the target no longer takes it.
    pub expires_at: Option<String>,
}

/// A user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenUser {
    /// The directory, by alias; `None`: the default one.
    pub connection: Option<String>,
    /// The same person's twin: takes over what is not said here.
    pub like: Option<String>,
    /// Blocked by an administrator.
    pub blocked: bool,
    /// The e-mail address (also the identifier) if the case needs a special one; else generated.
    pub email: Option<String>,
    /// The password if the case needs a special one; else generated.
    pub password: Option<String>,
    /// Further profile members (`name`, `given_name`, …) as JSON.
    pub profile: Vec<(String, serde_json::Value)>,
    /// Roles, by alias; none unless it is said.
    pub roles: Option<Vec<String>>,
    /// What the user may do besides, by itself.
    pub permissions: Option<ApiScopes>,
    /// Second factors; none unless it is said.
    pub factors: Option<Vec<Enrolled>>,
    /// Further members of the exported object, as they are: `{ refresh_token: { rotation_type: rotating } }`.
    pub settings: Settings,
}

/// The grants that a client may have, and what they are called on the wire. A word that is none of them is a grant by
/// its own name.
pub const GRANTS: [(&str, &str); 7] = [
    ("password", "password"),
    ("password-realm", "http://auth0.com/oauth/grant-type/password-realm"),
    ("refresh_token", "refresh_token"),
    ("mfa-otp", "http://auth0.com/oauth/grant-type/mfa-otp"),
    ("mfa-oob", "http://auth0.com/oauth/grant-type/mfa-oob"),
    ("mfa-recovery-code", "http://auth0.com/oauth/grant-type/mfa-recovery-code"),
    ("passwordless-otp", "http://auth0.com/oauth/grant-type/passwordless/otp"),
];

/// First words of endpoint names that hold a dot (`mfa.challenge`): no API has such an alias.
pub const ENDPOINT_WORDS: [&str; 2] = ["mfa", "passwordless"];

/// The kind of an endpoint: `api` for a route `ALIAS.NAME`, else its own name.
#[must_use]
pub fn kind(to: &str) -> &str {
    if route(to).is_some() { "api" } else { to }
}

/// Alias and name of a route: `orders.read`.
#[must_use]
pub fn route(to: &str) -> Option<(&str, &str)> {
    to.split_once('.').filter(|(first, _)| !to.starts_with('/') && !ENDPOINT_WORDS.contains(first))
}

/// A request to a named endpoint; the flavour or profile knows the path.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The endpoint: `token`, `userinfo`, `mfa.challenge`; or the route of an API: `orders.read`.
    pub to: String,
    /// What stands below the endpoint, after a slash: the id of an authenticator.
    pub path: Option<Template>,
    /// The method; `None`: POST where something is asked for, the route's own for one, GET for the others.
    pub method: Option<String>,
    /// The client, by alias: authenticates by the method that the target has for it.
    pub client: Option<String>,
    /// The user, by alias: adds `username` and `password`.
    pub user: Option<String>,
    /// The API, by alias: adds `audience` where the target's APIs have identifiers.
    pub api: Option<String>,
    /// Form members, in order, after those of client, user and API (same name: replaced in place); `None` removes one.
    pub form: Vec<(Template, Option<Template>)>,
    /// The same as a JSON body instead of a form; values may be any JSON with templates in its texts.
    pub json: Option<Vec<(String, serde_json::Value)>>,
    /// Query members.
    pub query: Vec<(Template, Template)>,
    /// Further header fields; `None` removes one that the suite would send.
    pub headers: Vec<(String, Option<Template>)>,
    /// HTTP Basic by hand: id and secret.
    pub basic: Option<(Template, Template)>,
    /// A bearer token in the `Authorization` header.
    pub bearer: Option<Template>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Permanent name inside the case: `control`, `wrong-password`.
    pub name: String,
    /// What is done.
    pub action: Action,
    /// What must come back; each with its requirement.
    pub expect: Vec<Expectation>,
    /// Values kept for later steps: name and path of members (`body`, then members of the JSON body).
    pub capture: Vec<(String, Vec<String>)>,
    /// The error code with which it must be refused for the case to go on: a control that is no grant.
    pub holds: Option<String>,
    /// How often it is done before it is looked at: the last answer is judged.
    pub times: u64,
    /// The reason why this step has more than one fault, if it has.
    pub multi_fault: Option<String>,
    /// How often a `send` step sends at the same time, if it does; what is looked at counts the outcomes.
    pub at_once: Option<usize>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Sends a named request, with changes.
    Send {
        /// The name of the request.
        request: String,
        /// The faults; none: the request as it is (a control).
        but: Option<But>,
    },
    /// Sends bytes as they are.
    Raw(Raw),
    /// Decodes a token and looks at it.
    Jwt(Jwt),
    /// Makes a token that nobody issued.
    Forge(Forge),
    /// Sends a named request and records which answer came; never judged.
    Probe {
        /// The name of the request.
        request: String,
        /// Changes to it.
        but: Option<But>,
        /// The name under which the observed status and error code go to the fingerprint.
        record: String,
    },
    /// Lets time pass at the target.
    Clock(Pass),
    /// Configures the target anew; the whole of what exists from now on.
    Configure(Box<Given>),
    /// Reads what the tenant log got since the last exchange began.
    Log,
    /// Computes the code of an authenticator app.
    Totp(Totp),
    /// Reads what was sent to somebody since the last exchange began; `None`: to anybody.
    Outbox(Option<Template>),
    /// Does something with a telephone that gets push messages.
    Push(Push),
    /// Sends a named request until somebody has answered.
    Until(Until),
}

/// How much time passes.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Seconds, as a number: `3600`, or `{{ orders.lifetime }}`.
    pub seconds: Template,
    /// Seconds more, or less if negative: the second before a lifetime ends.
    pub more: i64,
}

impl Action {
    /// The word of the step in a case file.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Send { .. } => "send",
            Self::Raw(_) => "raw",
            Self::Jwt(_) => "jwt",
            Self::Forge(_) => "forge",
            Self::Probe { .. } => "probe",
            Self::Clock(_) => "clock",
            Self::Configure(_) => "configure",
            Self::Log => "log",
            Self::Totp(_) => "totp",
            Self::Outbox(_) => "outbox",
            Self::Push(_) => "push",
            Self::Until(_) => "until",
        }
    }

    /// Whether it changes the world instead of asking it: after a control, that is the one fault.
    #[must_use]
    pub fn changes_world(&self) -> bool {
        matches!(self, Self::Clock(_) | Self::Configure(_) | Self::Push(_))
    }

    /// Whether it depends on the second at which it is done: a target whose clock can be stopped stops it for the case.
    #[must_use]
    pub fn minds_the_clock(&self) -> bool {
        matches!(self, Self::Clock(_) | Self::Totp(_) | Self::Outbox(_) | Self::Push(_) | Self::Until(_))
    }

    /// The named request that it sends.
    #[must_use]
    pub fn request(&self) -> Option<&str> {
        match self {
            Self::Send { request, .. } | Self::Probe { request, .. } => Some(request),
            Self::Until(until) => Some(&until.request),
            _ => None,
        }
    }
}

/// Changes to a request. One member, or one swapped subject, is one fault.
#[derive(Clone, Debug, Default)]
pub struct But {
    /// Another user: every member that belongs to the subject follows.
    pub user: Option<String>,
    /// Another client.
    pub client: Option<String>,
    /// Another API.
    pub api: Option<String>,
    /// Another method.
    pub method: Option<String>,
    /// Something else below the endpoint.
    pub path: Option<Template>,
    /// Form members set, or removed with `None`.
    pub form: Vec<(Template, Option<Template>)>,
    /// JSON members set (any JSON).
    pub json: Vec<(String, serde_json::Value)>,
    /// Query members added.
    pub query: Vec<(Template, Template)>,
    /// Header fields set, or removed with `None`.
    pub headers: Vec<(String, Option<Template>)>,
    /// HTTP Basic by hand, replacing the client's own authentication.
    pub basic: Option<(Template, Template)>,
    /// Another bearer token.
    pub bearer: Option<Template>,
    /// Sends no client authentication at all: no secret, no Basic header; `client_id` stays in the body.
    pub unauthenticated: bool,
}

/// An HTTP request as header list and body, sent byte for byte; repeats and order are kept.
#[derive(Clone, Debug)]
pub struct Raw {
    /// The endpoint.
    pub to: String,
    /// The method; POST by default.
    pub method: String,
    /// Header fields in order; `Host`, `Connection: close` and `Content-Length` are added unless given.
    pub headers: Vec<(String, Template)>,
    /// The body; `%{NAME}` has no meaning here, templates have (`{{ web.id | urlenc }}`).
    pub body: Option<Template>,
    /// True if this request differs in one fault from a control of the case (lint demands the name of that control).
    pub after: Option<String>,
}

/// A look into a token.
#[derive(Clone, Debug)]
pub struct Jwt {
    /// The token.
    pub of: Template,
    /// Where the key is.
    pub key: JwtKey,
}

/// Where the key of a token is.
#[derive(Clone, Debug)]
pub enum JwtKey {
    /// In the target's JWKS, by `kid`.
    Jwks,
    /// A shared secret (HS256).
    Secret(Template),
    /// Nowhere: the token is only decoded.
    Unverified,
}
