//! `/userinfo`: who the bearer of a token is (IDT-13…IDT-18, IDT-24; RFC 6750).

use http::HeaderValue;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
};
use http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use serde_json::Value;

use super::{Answered, Facts, Request, reply};
use crate::tenant::behaviour::{Answer, Switch};
use crate::tenant::scope::ScopeSet;
use crate::token::{read_jwt, userinfo_claims};
use crate::turn::Turn;

/// The recorded text for a token that cannot be read.
const UNREADABLE: &str = "The access token signature could not be validated. A common cause of this is requesting multiple \
                          audiences for an access token signed with HS256, as that signature scheme requires only a single \
                          recipient for its security. Please change your API to employ RS256 if you wish to have multiple \
                          audiences for your access tokens";

/// Why a token is not served.
enum Refusal {
    Missing,
    Invalid(&'static str),
    Scope,
    Twice,
}

/// Answers with the claims that the token's scopes allow.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "userinfo", ..Facts::default() };
    let outcome = bearer(turn, request).and_then(|token| claims(turn, &token));
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

/// The one token of the request, from the Authorization header; query and form do not count (RFC 6750 §2, §5.3).
fn bearer(turn: &Turn<'_>, request: &Request<'_>) -> Result<String, Refusal> {
    let behaviour = &turn.tenant.behaviour;
    let caseless = behaviour.keeps(Switch::UserinfoSchemeCase);
    let of_header = |value: &HeaderValue| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let (scheme, token) = value.split_once(' ')?;
        let same = scheme == "Bearer" || (caseless && scheme.eq_ignore_ascii_case("bearer"));
        same.then(|| token.trim().to_owned())
    };
    let tokens: Vec<String> =
        request.parts.headers.get_all(AUTHORIZATION).iter().filter_map(of_header).collect();
    let elsewhere = |text: &[u8]| {
        form_urlencoded::parse(text)
            .find(|(name, _)| name == "access_token")
            .map(|(_, value)| value.into_owned())
    };
    let beside = elsewhere(request.parts.uri.query().unwrap_or_default().as_bytes())
        .or_else(|| elsewhere(request.body));
    let twice = tokens.len() > 1 || (!tokens.is_empty() && beside.is_some());
    if twice && behaviour.keeps(Switch::UserinfoOneToken) {
        return Err(Refusal::Twice);
    }
    let beside = beside.filter(|_| !behaviour.keeps(Switch::UserinfoHeaderOnly));
    tokens.into_iter().next().or(beside).ok_or(Refusal::Missing)
}

type Claims = serde_json::Map<String, Value>;

/// Whose token it is, and what of the user it may tell.
fn claims(turn: &Turn<'_>, token: &str) -> Result<(Claims, String), Refusal> {
    let (subject, scope) = match turn.ledgers.access_tokens.find(token) {
        Some(grant) if turn.seconds() >= grant.expires => {
            return Err(Refusal::Invalid("The access token expired"));
        }
        Some(grant) => (grant.subject, grant.scope),
        None => signed(turn, token)?,
    };
    if !scope.contains("openid") && turn.tenant.behaviour.keeps(Switch::UserinfoOpenid) {
        return Err(Refusal::Scope);
    }
    let profile = turn.ledgers.directory.profile(turn.tenant, &subject);
    let profile = profile.ok_or(Refusal::Invalid("The user of the access token does not exist"))?;
    if profile.user.blocked && !turn.tenant.behaviour.keeps(Switch::OutlivesBlock) {
        return Err(Refusal::Invalid("The user of the access token is blocked"));
    }
    let filtered = turn.tenant.behaviour.keeps(Switch::UserinfoScopes);
    let told = format!("{} [{scope}]", profile.user.identifier());
    Ok((userinfo_claims(&profile, &scope, filtered), told))
}

/// A JWT that this tenant signed, for userinfo, still alive.
fn signed(turn: &Turn<'_>, token: &str) -> Result<(String, ScopeSet), Refusal> {
    let behaviour = &turn.tenant.behaviour;
    let parts = read_jwt(token).ok_or(Refusal::Invalid(UNREADABLE))?;
    let keys = turn.tenant.public_keys();
    let ours = keys
        .iter()
        .find(|key| parts.header["kid"] == key.kid.as_str() && parts.header["alg"] == key.padding.alg());
    let verified = ours.is_some_and(|key| key.verify(parts.signed.as_bytes(), &parts.signature));
    if !verified && behaviour.keeps(Switch::UserinfoSignature) && behaviour.keeps(Switch::UserinfoAudience) {
        return Err(Refusal::Invalid(UNREADABLE));
    }
    let claim = |name: &str| parts.claims.get(name);
    let text = |name: &str| claim(name).and_then(Value::as_str).unwrap_or_default();
    if !turn.owns(text("iss")) {
        return Err(Refusal::Invalid("The access token was issued by somebody else"));
    }
    let for_userinfo = |audience: &Value| {
        audience.as_str().and_then(|one| one.strip_suffix("userinfo")).is_some_and(|one| turn.owns(one))
    };
    let meant = match claim("aud") {
        Some(Value::Array(all)) => all.iter().any(for_userinfo),
        Some(one) => for_userinfo(one),
        None => false,
    };
    if !meant && behaviour.keeps(Switch::UserinfoAudience) {
        return Err(Refusal::Invalid("The access token is not meant for userinfo"));
    }
    if claim("exp").and_then(Value::as_i64).is_none_or(|exp| turn.seconds() >= exp) {
        return Err(Refusal::Invalid("The access token expired"));
    }
    Ok((text("sub").to_owned(), ScopeSet::read(text("scope"))))
}

fn refused(turn: &Turn<'_>, refusal: &Refusal, facts: &mut Facts) -> http::Response<bytes::Bytes> {
    let (answer, status, told) = match refusal {
        Refusal::Missing => (Answer::BearerMissing, 401, "no bearer token"),
        Refusal::Invalid(UNREADABLE) => (Answer::BearerInvalid, 401, "the token cannot be read"),
        Refusal::Invalid(why) => (Answer::BearerInvalid, 401, *why),
        Refusal::Scope => (Answer::BearerInsufficientScope, 403, "the token was issued without openid"),
        Refusal::Twice => (Answer::BearerTwice, 400, "two tokens"),
    };
    facts.answer = Some(answer);
    facts.told = told.to_owned();
    let challenge = match refusal {
        Refusal::Missing => "Bearer realm=\"Users\"".to_owned(),
        Refusal::Invalid(why) => {
            format!("Bearer realm=\"Users\", error=\"invalid_token\", error_description=\"{why}\"")
        }
        Refusal::Scope => "Bearer realm=\"Users\", error=\"insufficient_scope\", scope=\"openid\"".to_owned(),
        Refusal::Twice => {
            return reply::error(turn, 400, "invalid_request", Some("the request has more than one token"));
        }
    };
    let body = if status == 401 { "Unauthorized" } else { "Forbidden" };
    let mut response = reply::response(status, None, body);
    let challenge = HeaderValue::from_str(&challenge).expect("the texts are plain ASCII");
    response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    response
}
