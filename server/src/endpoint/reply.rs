//! Replies that several endpoints share: JSON, its cache headers (recorded), refusals of the OAuth family.

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, SET_COOKIE, STRICT_TRANSPORT_SECURITY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::response::Builder;
use http::{HeaderValue, Response};
use serde_json::{Map, Value, json};

use super::{Answered, Facts};
use crate::tenant::behaviour::{Answer, Cookies, Hsts, Preset};
use crate::turn::Turn;

/// What every answer but a token carries (recorded 2021).
pub(super) const NEVER_CACHED: HeaderValue = HeaderValue::from_static(
    "private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform",
);

/// The recorded content type of what the MFA API answers, and of what is said where a code is sent.
pub(super) const JSON: &str = "application/json; charset=utf-8";

/// A success of those: never cached.
pub(super) fn granted(status: u16, body: Option<&Value>, mut facts: Facts, told: String) -> Answered {
    facts.granted = true;
    facts.told = told;
    let text = body.map(ToString::to_string).unwrap_or_default();
    let mut response = response(status, Some(JSON), text);
    response.headers_mut().insert(CACHE_CONTROL, NEVER_CACHED);
    Answered { response, facts }
}

/// A response with the headers that the service puts on all of them, and a content type if the body has one.
pub(super) fn response(
    status: u16,
    content_type: Option<&'static str>,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut builder: Builder = Response::builder().status(status);
    if let Some(content_type) = content_type {
        builder = builder.header(CONTENT_TYPE, content_type);
    }
    let built = builder
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(VARY, "Accept-Encoding, Origin")
        .body(body.into());
    built.expect("status and header names are constants")
}

/// Tokens (TOK-07): `no-store` alone, and `Pragma`.
pub(super) fn tokens(members: &Map<String, Value>) -> Response<Bytes> {
    let mut response = response(200, Some("application/json"), json!(members).to_string());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// A refusal: `error` and, where there is one, `error_description`, in this order (TOK-11, ERR-10).
pub(super) fn error(turn: &Turn<'_>, status: u16, error: &str, description: Option<&str>) -> Response<Bytes> {
    let body = Value::Object(members(error, description, Map::new())).to_string();
    let mut response = response(status, Some("application/json"), body);
    let headers = response.headers_mut();
    match turn.tenant.behaviour.which() {
        Preset::Auth0 => {
            headers.insert(CACHE_CONTROL, NEVER_CACHED);
        }
        Preset::Rfc6749 => {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        }
    }
    response
}

/// The members of a refusal, and what follows them.
pub(super) fn members(
    error: &str,
    description: Option<&str>,
    mut more: Map<String, Value>,
) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("error".to_owned(), json!(error));
    if let Some(description) = description {
        members.insert("error_description".to_owned(), json!(description));
    }
    members.append(&mut more);
    members
}

/// Headers that the service was recorded to send, and this server sends where the tenant chooses so.
pub(super) fn choose(turn: &mut Turn<'_>, facts: &Facts, response: &mut Response<Bytes>) {
    let choices = &turn.tenant.behaviour.choices;
    if choices.hsts == Hsts::Sent {
        let a_year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, a_year);
    }
    if choices.cookies == Cookies::Did && matches!(facts.endpoint, "token" | "userinfo") {
        let device = turn.dice.hex(32);
        for (name, site) in [("did", "; SameSite=None"), ("did_compat", "")] {
            let cookie =
                format!("{name}=s%3Av0%3A{device}; Max-Age=31557600; Path=/; HttpOnly; Secure{site}");
            let cookie = HeaderValue::try_from(cookie).expect("hexadecimal digits are plain text");
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
}

/// A refusal that no endpoint owns.
pub(super) fn refused(
    turn: &Turn<'_>,
    answer: Answer,
    status: u16,
    code: &str,
    description: Option<&str>,
    told: &str,
) -> Answered {
    let facts = Facts { answer: Some(answer), told: told.to_owned(), ..Facts::default() };
    Answered { response: error(turn, status, code, description), facts }
}

/// 405 with what would be allowed (TOK-02, ERR-14).
pub(super) fn method_not_allowed(turn: &Turn<'_>, path: &str, allow: &'static str) -> Answered {
    let mut answered =
        refused(turn, Answer::MethodNotAllowed, 405, "method_not_allowed", None, &format!("only {allow}"));
    answered.facts.endpoint = match path {
        "/oauth/token" => "token",
        "/oauth/revoke" => "revoke",
        "/mfa/challenge" => "mfa.challenge",
        "/mfa/associate" => "mfa.associate",
        "/passwordless/start" => "passwordless.start",
        path if path.starts_with("/mfa/authenticators") => "mfa.authenticators",
        _ => "",
    };
    answered.response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    answered
}
