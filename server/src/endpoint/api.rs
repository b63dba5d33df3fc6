//! A protected API (API-01…API-12): the end of the flow, where a token is used. `METHOD /api/NAME/PATH`, for each route that
//! the tenant declares; what is answered is what the token says.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::bearer::{self, Refusal};
use super::{Answered, Facts, Request, reply};
use crate::tenant::Tenant;
use crate::tenant::api::{Api, ApiSigning, Route};
use crate::tenant::behaviour::{Answer, Switch};
use crate::tenant::scope::ScopeSet;
use crate::token::Trusted;
use crate::turn::Turn;

/// Where all of them stand.
pub(super) const PREFIX: &str = "/api/";

/// Finds the route, then looks at the token.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let Some((api, routes)) = place(turn.tenant, request.parts.uri.path()) else {
        return reply::refused(turn, Answer::NotFound, 404, "not_found", None, "no API has such a route");
    };
    // HEAD is GET without a body (RFC 9110 §9.3.2).
    let method = if request.parts.method == Method::HEAD { "GET" } else { request.parts.method.as_str() };
    let Some(route) = routes.iter().find(|route| route.method == method) else {
        return wrong_method(turn, &routes);
    };
    turn.trace.decided("route", format!("{} {} of {}", route.method, route.path, api.name));
    let mut facts = Facts { endpoint: "api", ..Facts::default() };
    let outcome = bearer::token(turn, request).and_then(|token| claims(turn, api, route, &token));
    let mut response = match outcome {
        Ok(claims) => {
            facts.granted = true;
            facts.told = format!("{} at {}", claims["sub"].as_str().unwrap_or("nobody"), api.name);
            reply::response(200, Some("application/json"), told(&claims).to_string())
        }
        Err(refusal) => refused(turn, api, &refusal, &mut facts),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Answered { response, facts }
}

/// The API and its routes at an address; `None` if there is none.
fn place<'a>(tenant: &'a Tenant, path: &str) -> Option<(&'a Api, Vec<&'a Route>)> {
    let (name, _) = path.strip_prefix(PREFIX)?.split_once('/')?;
    let rest = &path[PREFIX.len() + name.len()..];
    let name = percent_decode_str(name).decode_utf8().ok()?;
    let api = tenant.apis.iter().find(|api| api.name == name)?;
    let routes: Vec<&Route> = api.routes.iter().filter(|route| route.path == rest).collect();
    (!routes.is_empty()).then_some((api, routes))
}

/// What the token allows at the route.
fn claims(turn: &Turn<'_>, api: &Api, route: &Route, token: &str) -> Result<Map<String, Value>, Refusal> {
    let meant = |audience: &str| audience == api.identifier;
    let trusted = match &api.signing {
        ApiSigning::Rs256 => Trusted::Keys(vec![&turn.tenant.signing_key]),
        ApiSigning::Ps256(own) => Trusted::Keys(vec![own]),
        ApiSigning::Hs256(secret) => Trusted::Secret(secret),
    };
    let claims = bearer::verified(turn, token, &trusted, meant).map_err(Refusal::Invalid)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    turn.trace.decided("token", format!("of {}", text("sub")));
    let granted = ScopeSet::read(text("scope"));
    let enough = route.scopes.iter().all(|scope| granted.contains(scope));
    if !enough && turn.tenant.behaviour.keeps(Switch::ApiScopes) {
        return Err(Refusal::Scope(route.scopes.to_string()));
    }
    turn.trace.decided("scope", format!("[{granted}] has [{}]", route.scopes));
    Ok(claims)
}

/// Who calls, with what (API-12).
fn told(claims: &Map<String, Value>) -> Value {
    let claim = |name: &str, none: Value| claims.get(name).cloned().unwrap_or(none);
    json!({
        "sub": claim("sub", Value::Null),
        "scope": claim("scope", json!("")),
        "permissions": claim("permissions", json!([])),
        "aud": claim("aud", Value::Null),
    })
}

fn refused(turn: &Turn<'_>, api: &Api, refusal: &Refusal, facts: &mut Facts) -> Response<Bytes> {
    let (answer, status, told) = match refusal {
        Refusal::Missing => (Answer::ApiTokenMissing, 401, "no bearer token"),
        Refusal::Invalid(flaw) => (Answer::ApiTokenInvalid, 401, flaw.text()),
        Refusal::Scope(_) => {
            (Answer::ApiScopeMissing, 403, "The access token does not have all scopes needed")
        }
        Refusal::Twice => (Answer::ApiTwoTokens, 400, "the request has more than one token"),
    };
    facts.answer = Some(answer);
    facts.told = format!("{told}, at {}", api.name);
    turn.trace.decided("refused", format!("{}: {told}", answer.name()));
    let error = |code: &str| json!({ "error": code, "error_description": told });
    let body = match refusal {
        Refusal::Missing => String::new(),
        Refusal::Invalid(_) => error("invalid_token").to_string(),
        Refusal::Scope(scope) => {
            let mut body = error("insufficient_scope");
            body["scope"] = json!(scope);
            body.to_string()
        }
        Refusal::Twice => return reply::error(turn, status, "invalid_request", Some(told)),
    };
    let content_type = Some("application/json").filter(|_| !body.is_empty());
    let mut response = reply::response(status, content_type, body);
    response.headers_mut().insert(WWW_AUTHENTICATE, bearer::challenge(&api.name, refusal, told));
    response
}

fn wrong_method(turn: &Turn<'_>, routes: &[&Route]) -> Answered {
    let mut allow: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    if allow.contains(&"GET") {
        allow.push("HEAD");
    }
    let allow = allow.join(", ");
    let told = format!("only {allow}");
    let mut answered = reply::refused(turn, Answer::MethodNotAllowed, 405, "method_not_allowed", None, &told);
    answered.facts.endpoint = "api";
    let value = HeaderValue::from_str(&allow).expect("methods are words");
    answered.response.headers_mut().insert(ALLOW, value);
    answered
}
