//! `/userinfo`: who the bearer of a token is (IDT-13…IDT-18, IDT-24; RFC 6750).

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
};
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderValue, Response};
use serde_json::{Map, Value};

use super::bearer::{self, Flaw, Refusal};
use super::{Answered, Facts, Request, reply};
use crate::tenant::behaviour::{Answer, Switch};
use crate::tenant::scope::ScopeSet;
use crate::token::{Trusted, userinfo_claims};
use crate::turn::Turn;

/// The recorded text for a token that cannot be read.
const UNREADABLE: &str = "The access token signature could not be validated. A common cause of this is requesting multiple \
                          audiences for an access token signed with HS256, as that signature scheme requires only a single \
                          recipient for its security. Please change your API to employ RS256 if you wish to have multiple \
                          audiences for your access tokens";

/// Answers with the claims that the token's scopes allow.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "userinfo", ..Facts::default() };
    let outcome = bearer::token(turn, request).and_then(|token| claims(turn, &token));
    let mut response = match outcome {
        Ok((claims, who)) => {
            facts.granted = true;
            facts.told = who;
            reply::response(200, Some("application/json; charset=utf-8"), Value::Object(claims).to_string())
        }
        Err(refusal) => refused(turn, &refusal, &mut facts),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, reply::NEVER_CACHED);
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("false"));
    let exposed = HeaderValue::from_static("X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset");
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    Answered { response, facts }
}

/// Whose token it is, and what of the user it may tell.
fn claims(turn: &Turn<'_>, token: &str) -> Result<(Map<String, Value>, String), Refusal> {
    let (subject, scope) = bearer_of(turn, token).map_err(Refusal::Invalid)?;
    turn.trace.decided("token", format!("of {subject} [{scope}]"));
    if !scope.contains("openid") && turn.tenant.behaviour.keeps(Switch::UserinfoOpenid) {
        return Err(Refusal::Scope("openid".to_owned()));
    }
    let profile = turn.ledgers.directory.profile(turn.tenant, &subject);
    let profile = profile.ok_or(Refusal::Invalid(Flaw::UserGone))?;
    let filtered = turn.tenant.behaviour.keeps(Switch::UserinfoScopes);
    let told = format!("{} [{scope}]", profile.user.identifier());
    Ok((userinfo_claims(&profile, &scope, filtered), told))
}

/// An opaque token that is known, or a JWT that this tenant signed for userinfo; still alive.
fn bearer_of(turn: &Turn<'_>, token: &str) -> Result<(String, ScopeSet), Flaw> {
    if let Some(grant) = turn.ledgers.access_tokens.find(token) {
        bearer::alive(turn, grant.expires)?;
        return Ok((grant.subject, grant.scope));
    }
    let meant = |audience: &str| audience.strip_suffix("userinfo").is_some_and(|issuer| turn.owns(issuer));
    let keys = turn.tenant.public_keys().into_iter().map(AsRef::as_ref).collect();
    let claims = bearer::verified(turn, token, &Trusted::Keys(keys), meant)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    Ok((text("sub").to_owned(), ScopeSet::read(text("scope"))))
}

fn refused(turn: &Turn<'_>, refusal: &Refusal, facts: &mut Facts) -> Response<Bytes> {
    let (answer, status, told) = match refusal {
        Refusal::Missing => (Answer::BearerMissing, 401, "no bearer token"),
        Refusal::Invalid(flaw) => (Answer::BearerInvalid, 401, flaw.text()),
        Refusal::Scope(_) => (Answer::BearerInsufficientScope, 403, "the token was issued without openid"),
        Refusal::Twice => (Answer::BearerTwice, 400, "the request has more than one token"),
    };
    facts.answer = Some(answer);
    facts.told = told.to_owned();
    turn.trace.decided("refused", format!("{}: {told}", answer.name()));
    let text = match refusal {
        Refusal::Invalid(Flaw::Unreadable | Flaw::Algorithm | Flaw::Signature) => UNREADABLE,
        Refusal::Twice => return reply::error(turn, status, "invalid_request", Some(told)),
        Refusal::Invalid(_) | Refusal::Missing | Refusal::Scope(_) => told,
    };
    let body = if status == 401 { "Unauthorized" } else { "Forbidden" };
    let mut response = reply::response(status, None, body);
    response.headers_mut().insert(WWW_AUTHENTICATE, bearer::challenge("Users", refusal, text));
    response
}
