//! The router: (method, path) → endpoint. The whole list is on this screen.

mod api;
mod authorize;
mod bearer;
mod cors;
mod discovery;
mod legacy;
mod limit;
mod message;
mod mfa;
mod passwordless;
mod reply;
mod revoke;
mod token;
mod userinfo;

use bytes::Bytes;
use http::Response;
use http::request::Parts;

use crate::ledger::LogEntry;
use crate::tenant::behaviour::Answer;
use crate::token::client::{AuthenticatedClient, Method, authenticate};
use crate::token::{GrantType, TokenError, TokenRequest};
use crate::turn::Turn;

/// A request whose body was read.
pub(crate) struct Request<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) body: &'a Bytes,
}

/// What an endpoint answered, and the facts about it that a deviation can select by and people want to read.
pub(crate) struct Answered {
    pub(crate) response: Response<Bytes>,
    pub(crate) facts: Facts,
}

/// The facts of an exchange.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// `token`, `revoke`, `userinfo`, `discovery`, `jwks`, `authorize`, `api`, `mfa.challenge`, `mfa.associate`, `mfa.authenticators`,
    /// `passwordless.start`; empty for anything else.
    pub(crate) endpoint: &'static str,
    pub(crate) granted: bool,
    pub(crate) answer: Option<Answer>,
    pub(crate) grant: Option<GrantType>,
    /// How the client authenticated, or tried to: `none`, `post`, `basic`, `private_key_jwt`.
    pub(crate) client: Option<&'static str>,
    pub(crate) method: http::Method,
    /// What was decided and why.
    pub(crate) told: String,
    /// What the tenant log gets.
    pub(crate) log: Vec<LogEntry>,
}

/// Answers a request.
pub(crate) fn route(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let path = request.parts.uri.path();
    let (methods, endpoint): (&'static str, Endpoint) = match path {
        "/oauth/token" => ("POST", token::answer),
        "/oauth/revoke" => ("POST", revoke::answer),
        "/userinfo" => ("GET, HEAD, POST", userinfo::answer),
        "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server" => {
            ("GET, HEAD", discovery::metadata)
        }
        "/.well-known/jwks.json" => ("GET, HEAD", discovery::keys),
        "/authorize" => ("GET, HEAD", authorize::answer),
        "/mfa/challenge" => ("POST", mfa::challenge),
        "/mfa/associate" => ("POST", mfa::associate),
        "/mfa/authenticators" => ("GET, HEAD", mfa::list),
        path if path.starts_with(mfa::PREFIX) => ("DELETE", mfa::delete),
        "/passwordless/start" => ("POST", passwordless::answer),
        "/oauth/ro" => ("POST", legacy::answer),
        path if path.starts_with(api::PREFIX) => return api::answer(turn, request),
        _ => return reply::refused(turn, Answer::NotFound, 404, "not_found", None, "nothing is there"),
    };
    if let Some(answered) = cors::preflight(turn, request, methods) {
        return answered;
    }
    let mut answered = if methods.split(", ").any(|method| method == request.parts.method.as_str()) {
        endpoint(turn, request)
    } else {
        reply::method_not_allowed(turn, path, methods)
    };
    cors::share(turn, request, &mut answered.response);
    reply::choose(turn, &answered.facts, &mut answered.response);
    answered
}

/// Who asks: the authenticated client, and the fact by which method it tried.
fn client(
    turn: &Turn<'_>,
    request: &TokenRequest,
    facts: &mut Facts,
) -> Result<AuthenticatedClient, TokenError> {
    let by = Method::of(request).name();
    facts.client = Some(by);
    let client = authenticate(turn, request)?;
    turn.trace.client(&client.application, by);
    Ok(client)
}

type Endpoint = fn(&mut Turn<'_>, &Request<'_>) -> Answered;

/// What is left to say where an endpoint has panicked (TOK-30).
pub(crate) fn internal_failure(turn: &Turn<'_>) -> Answered {
    let told = "a fault of this server (a panic); please report it";
    reply::refused(turn, Answer::InternalFailure, 500, "server_error", None, told)
}

/// A request for a host that is not the tenant's (DSC-13).
pub(crate) fn foreign_host(turn: &Turn<'_>, host: &str) -> Answered {
    let told = format!("host {host} is not this server's; see --allow-host");
    reply::refused(turn, Answer::ForeignHost, 400, "invalid_request", Some("host is not allowed"), &told)
}
