//! Bearer tokens (RFC 6750): the one token of a request, what a signed one says, and the challenge to who has none.

use http::HeaderValue;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Map, Value};

use super::Request;
use crate::tenant::behaviour::Switch;
use crate::token::{Trusted, read_jwt};
use crate::turn::Turn;

/// Why a request is not served.
pub(super) enum Refusal {
    /// No token.
    Missing,
    /// A token that nobody may trust.
    Invalid(Flaw),
    /// A good token, but not for this; all scopes that are needed.
    Scope(String),
    /// More than one token.
    Twice,
}

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Unreadable,
    Algorithm,
    Signature,
    Issuer,
    Audience,
    Expired,
    NotYet,
    UserGone,
}

impl Flaw {
    /// For people.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Unreadable => "The access token cannot be read",
            Self::Algorithm => "The access token is not signed as it should be",
            Self::Signature => "The access token signature could not be validated",
            Self::Issuer => "The access token was issued by somebody else",
            Self::Audience => "The access token is not meant for this",
            Self::Expired => "The access token expired",
            Self::NotYet => "The access token is not valid yet",
            Self::UserGone => "The user of the access token does not exist",
        }
    }
}

/// The one token of the request, from the Authorization header; query and form do not count (RFC 6750 §2, §5.3).
pub(super) fn token(turn: &Turn<'_>, request: &Request<'_>) -> Result<String, Refusal> {
    let behaviour = &turn.tenant.behaviour;
    let caseless = behaviour.keeps(Switch::BearerSchemeCase);
    let of_header = |value: &HeaderValue| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let (scheme, token) = value.split_once(' ')?;
        let same = scheme == "Bearer" || (caseless && scheme.eq_ignore_ascii_case("bearer"));
        same.then(|| token.trim().to_owned())
    };
    let headers = &request.parts.headers;
    let tokens: Vec<String> = headers.get_all(AUTHORIZATION).iter().filter_map(of_header).collect();
    let elsewhere = |text: &[u8]| {
        form_urlencoded::parse(text)
            .find(|(name, _)| name == "access_token")
            .map(|(_, value)| value.into_owned())
    };
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let form = kind.to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded");
    let beside = elsewhere(request.parts.uri.query().unwrap_or_default().as_bytes())
        .or_else(|| elsewhere(request.body).filter(|_| form));
    let twice = tokens.len() > 1 || (!tokens.is_empty() && beside.is_some());
    if twice && behaviour.keeps(Switch::BearerOneToken) {
        return Err(Refusal::Twice);
    }
    let beside = beside.filter(|_| !behaviour.keeps(Switch::BearerHeaderOnly));
    tokens.into_iter().next().or(beside).ok_or(Refusal::Missing)
}

/// The claims of a JWT of this tenant that somebody `trusted` signed, for an audience that is `meant`, and that is alive (RFC
/// 7519 §7.2, RFC 8725 §3).
pub(super) fn verified(
    turn: &Turn<'_>,
    token: &str,
    trusted: &Trusted<'_>,
    meant: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>, Flaw> {
    let rules = &turn.tenant.behaviour;
    let parts = read_jwt(token).ok_or(Flaw::Unreadable)?;
    // There is no extension that we understand (RFC 7515 §4.1.11).
    if parts.header.get("crit").is_some() && rules.keeps(Switch::BearerCritical) {
        return Err(Flaw::Unreadable);
    }
    let pinned = trusted.signs_with(&parts.header["alg"]);
    if !pinned && rules.keeps(Switch::BearerAlgorithm) {
        return Err(Flaw::Algorithm);
    }
    let signed = trusted.signed(&parts, rules.keeps(Switch::BearerKey));
    if pinned && !signed && rules.keeps(Switch::BearerSignature) {
        return Err(Flaw::Signature);
    }
    let claim = |name: &str| parts.claims.get(name);
    let issuer = claim("iss").and_then(Value::as_str).unwrap_or_default();
    if !turn.owns(issuer) && rules.keeps(Switch::BearerIssuer) {
        return Err(Flaw::Issuer);
    }
    let meant = match claim("aud") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).any(meant),
        Some(one) => one.as_str().is_some_and(meant),
        None => false,
    };
    if !meant && rules.keeps(Switch::BearerAudience) {
        return Err(Flaw::Audience);
    }
    alive(turn, claim("exp").and_then(Value::as_i64).unwrap_or_default())?;
    let leeway = leeway(turn);
    let begins = claim("nbf").map(|nbf| nbf.as_i64().unwrap_or(i64::MAX));
    if begins.is_some_and(|nbf| turn.seconds() + leeway < nbf) && rules.keeps(Switch::BearerNotBefore) {
        return Err(Flaw::NotYet);
    }
    Ok(parts.claims)
}

/// A token is over at its second of expiry (RFC 7519 §4.1.4).
pub(super) fn alive(turn: &Turn<'_>, expires: i64) -> Result<(), Flaw> {
    let over = turn.seconds() - leeway(turn) >= expires;
    if over && turn.tenant.behaviour.keeps(Switch::BearerExpiry) { Err(Flaw::Expired) } else { Ok(()) }
}

/// None, but under a deviation.
fn leeway(turn: &Turn<'_>) -> i64 {
    i64::from(!turn.tenant.behaviour.keeps(Switch::BearerExact))
}

/// `WWW-Authenticate`: an error is named if a token was sent (RFC 6750 §3).
pub(super) fn challenge(realm: &str, refusal: &Refusal, text: &str) -> HeaderValue {
    let realm = quotable(realm);
    let challenge = match refusal {
        Refusal::Missing | Refusal::Twice => format!("Bearer realm=\"{realm}\""),
        Refusal::Invalid(_) => {
            format!("Bearer realm=\"{realm}\", error=\"invalid_token\", error_description=\"{text}\"")
        }
        Refusal::Scope(scope) => {
            format!("Bearer realm=\"{realm}\", error=\"insufficient_scope\", scope=\"{scope}\"")
        }
    };
    HeaderValue::from_str(&challenge).expect("what is quoted is plain ASCII")
}

/// A name as it may stand between quotes in a header.
fn quotable(name: &str) -> String {
    let plain = |c: char| (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\');
    name.chars().map(|c| if plain(c) { c } else { '?' }).collect()
}
