//! `/userinfo`: who the bearer of a token is (IDT-13…IDT-18, IDT-24; RFC 6750).

use http::HeaderValue;
use http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use serde_json::{Map, Value};

use super::{Answered, Facts, Request, cors, limit, reply};
use crate::ledger::{Counted, Level};
use crate::tenant::behaviour::{Answer, Switch};
use crate::tenant::rate::Rate;
use crate::tenant::scope::ScopeSet;
use crate::token::{TOO_MANY_REQUESTS, read_jwt, userinfo_claims};
use crate::turn::Turn;

/// The recorded text for a token that cannot be read.
const UNREADABLE: &str = "The access token signature could not be validated. A common cause of this is requesting multiple \
                          audiences for an access token signed with HS256, as that signature scheme requires only a single \
                          recipient for its security. Please change your API to employ RS256 if you wish to have multiple \
                          audiences for your access tokens";

/// What is told to those who are refused (recorded): their limit is another one.
const REFUSED: Rate = Rate { limit: 1000, refill: 1_000_000 };

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
    let found = bearer(turn, request).and_then(|token| claims(turn, &token));
    let (mut response, level) = match found {
        Ok(found) => match limit::count(turn, Counted::Userinfo(found.subject), Rate::USERINFO) {
            Ok(level) => {
                facts.granted = true;
                facts.told = found.told;
                let body = Value::Object(found.claims).to_string();
                (reply::response(200, Some("application/json; charset=utf-8"), body), level)
            }
            Err(level) => (too_many(turn, level, &mut facts), level),
        },
        Err(refusal) => (refused(turn, &refusal, &mut facts), limit::one_taken(turn, REFUSED)),
    };
    response.headers_mut().insert(CACHE_CONTROL, reply::NEVER_CACHED);
    limit::show(&mut response, level);
    cors::share_with_all(&mut response);
    Answered { response, facts }
}

fn too_many(turn: &Turn<'_>, level: Level, facts: &mut Facts) -> http::Response<bytes::Bytes> {
    facts.answer = Some(Answer::TooManyRequests);
    facts.told = "the endpoint's rate limit".to_owned();
    let mut response = reply::error(turn, 429, "too_many_requests", Some(TOO_MANY_REQUESTS));
    limit::retry_after(&mut response, level);
    response
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

/// What a token opens.
struct Found {
    subject: String,
    claims: Map<String, Value>,
    /// For people.
    told: String,
}

/// Whose token it is, and what of the user it may tell.
fn claims(turn: &Turn<'_>, token: &str) -> Result<Found, Refusal> {
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
    let filtered = turn.tenant.behaviour.keeps(Switch::UserinfoScopes);
    let told = format!("{} [{scope}]", profile.user.identifier());
    Ok(Found { subject, claims: userinfo_claims(&profile, &scope, filtered), told })
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
