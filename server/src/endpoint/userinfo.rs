//! `/userinfo`: who the bearer of a token is (IDT-13…IDT-18, IDT-24; RFC 6750).

use bytes::Bytes;
use http::Response;
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use serde_json::{Map, Value};

use super::bearer::{self, Flaw, Refusal};
use super::{Answered, Facts, Request, cors, limit, reply};
use crate::ledger::{Counted, Level};
use crate::tenant::behaviour::{Answer, Switch};
use crate::tenant::rate::Rate;
use crate::tenant::scope::ScopeSet;
use crate::token::{TOO_MANY_REQUESTS, Trusted, userinfo_claims};
use crate::turn::Turn;

/// The recorded text for a token that cannot be read.
const UNREADABLE: &str = "The access token signature could not be validated. A common cause of this is requesting multiple \
                          audiences for an access token signed with HS256, as that signature scheme requires only a single \
                          recipient for its security. Please change your API to employ RS256 if you wish to have multiple \
                          audiences for your access tokens";

/// What is told to those who are refused (recorded): their limit is another one.
const REFUSED: Rate = Rate { limit: 1000, refill: 1_000_000 };

/// Answers with the claims that the token's scopes allow.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "userinfo", ..Facts::default() };
    let found = bearer::token(turn, request).and_then(|token| claims(turn, &token));
    let (mut response, level) = match found {
        Ok(mut found) => match limit::count(turn, counted(turn, &mut found), Rate::USERINFO) {
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

/// Each user has a bucket (IDT-21).
fn counted(turn: &Turn<'_>, found: &mut Found) -> Counted {
    let subject = std::mem::take(&mut found.subject);
    let own = turn.tenant.behaviour.keeps(Switch::UserinfoPerUser);
    Counted::Userinfo(if own { subject } else { String::new() })
}

fn too_many(turn: &Turn<'_>, level: Level, facts: &mut Facts) -> Response<Bytes> {
    facts.answer = Some(Answer::TooManyRequests);
    facts.told = "the endpoint's rate limit".to_owned();
    let mut response = reply::error(turn, 429, "too_many_requests", Some(TOO_MANY_REQUESTS));
    limit::retry_after(&mut response, level);
    response
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
    let (subject, scope) = bearer_of(turn, token).map_err(Refusal::Invalid)?;
    turn.trace.decided("token", format!("of {subject} [{scope}]"));
    if !scope.contains("openid") && turn.tenant.behaviour.keeps(Switch::UserinfoOpenid) {
        return Err(Refusal::Scope("openid".to_owned()));
    }
    let profile = turn.ledgers.directory.profile(turn.tenant, &subject);
    let profile = profile.ok_or(Refusal::Invalid(Flaw::UserGone))?;
    let told = format!("{} [{scope}]", profile.user.identifier());
    Ok(Found { subject, claims: userinfo_claims(&turn.tenant.behaviour, &profile, &scope), told })
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
