//! `private_key_jwt`: a client proves who it is with a JWT that it signed for this request alone (CLI-12…CLI-18; RFC 7521,
//! RFC 7523).
//!
//! ```text
//! read ── signed by the client's key ── for us, now ── spent ── the client
//! ```

use std::sync::Arc;

use serde_json::{Map, Value};

use super::error::TokenError;
use super::jwt::{self, Parts};
use super::parameters::Parameters;
use crate::ledger::Spent;
use crate::tenant::application::Application;
use crate::tenant::behaviour::{Number, Switch};
use crate::tenant::credential::{AssertionAlg, Credential};
use crate::turn::Turn;

/// The one type of assertion.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Whether a request authenticates by an assertion, or tries to.
pub(super) fn is_presented(parameters: &Parameters) -> bool {
    parameters.value("client_assertion").is_some() || parameters.value("client_assertion_type").is_some()
}

/// The client that signed the assertion; from here on the assertion is spent, whatever becomes of the request (CLI-15).
pub(super) fn authenticate(turn: &Turn<'_>, parameters: &Parameters) -> Result<Arc<Application>, TokenError> {
    let verified = verified(turn, parameters).map_err(TokenError::AssertionFailed)?;
    let Verified { application, jti, expires } = verified;
    if !turn.tenant.behaviour.keeps(Switch::AssertionOnce) {
        return Ok(application);
    }
    match turn.ledgers.assertions.spend(&application.client_id, &jti, expires, turn.seconds()) {
        Spent::First => Ok(application),
        Spent::Again => Err(TokenError::AssertionFailed("client_assertion was used before")),
        Spent::Full => Err(TokenError::LedgerFull("used assertions")),
    }
}

/// What is known of an assertion that is good, apart from whether it was used.
struct Verified {
    application: Arc<Application>,
    jti: String,
    expires: i64,
}

fn verified(turn: &Turn<'_>, parameters: &Parameters) -> Result<Verified, &'static str> {
    let behaviour = &turn.tenant.behaviour;
    let of_type = parameters.value("client_assertion_type") == Some(JWT_BEARER);
    if !of_type && behaviour.keeps(Switch::AssertionType) {
        return Err("client_assertion_type is not urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    }
    let assertion = parameters.value("client_assertion").ok_or("client_assertion is missing")?;
    if longer(assertion.len(), behaviour.number(Number::AssertionBytes)) {
        return Err("client_assertion is too long");
    }
    let parts = jwt::read(assertion).ok_or("client_assertion is not a JWT")?;
    let issuer = name(turn, &parts.claims, "iss").ok_or("iss of client_assertion is not a client id")?;
    let subject = name(turn, &parts.claims, "sub").ok_or("sub of client_assertion is not a client id")?;
    if issuer != subject && behaviour.keeps(Switch::AssertionIssuer) {
        return Err("iss and sub of client_assertion differ");
    }
    let agrees = match parameters.value("client_id") {
        Some(id) => id == subject || !behaviour.keeps(Switch::AssertionAgrees),
        None => behaviour.keeps(Switch::AssertionNamesClient),
    };
    if !agrees {
        return Err("client_id is not the subject of client_assertion");
    }
    let application = turn.tenant.applications.get(subject).ok_or("the client is unknown")?;
    signed(turn, application, &parts)?;
    audience(turn, parts.claims.get("aud"))?;
    let expires = times(turn, &parts.claims)?;
    let jti = match (name(turn, &parts.claims, "jti"), parts.claims.get("jti")) {
        (Some(jti), _) => jti.to_owned(),
        (None, None) if !behaviour.keeps(Switch::AssertionIdentified) => turn.seconds().to_string(),
        (None, _) => return Err("jti of client_assertion is missing or too long"),
    };
    Ok(Verified { application: Arc::clone(application), jti, expires })
}

/// A claim that is a name of bounded length (CLI-17).
fn name<'a>(turn: &Turn<'_>, claims: &'a Map<String, Value>, claim: &str) -> Option<&'a str> {
    let most = turn.tenant.behaviour.number(Number::AssertionName);
    let text = claims.get(claim).and_then(Value::as_str)?;
    (!text.is_empty() && !longer(text.chars().count(), most)).then_some(text)
}

fn longer(length: usize, most: i64) -> bool {
    i64::try_from(length).is_ok_and(|length| length > most)
}

/// Whether one of the client's living keys made the signature, by that key's own algorithm (CLI-16, CLI-18). A public key
/// is never taken for a shared secret, since no algorithm with one is known here.
fn signed(turn: &Turn<'_>, application: &Application, parts: &Parts<'_>) -> Result<(), &'static str> {
    let behaviour = &turn.tenant.behaviour;
    if !behaviour.keeps(Switch::AssertionSignature) {
        return Ok(());
    }
    // RFC 7515, section 4.1.11: whoever does not understand a critical member must not go on.
    if parts.header.get("crit").is_some() {
        return Err("the header of client_assertion has critical members");
    }
    let alg = parts.header.get("alg").and_then(Value::as_str).unwrap_or_default();
    if alg == "none" && !behaviour.keeps(Switch::AssertionSigned) {
        return Ok(());
    }
    let alg = AssertionAlg::read(alg).ok_or("alg of client_assertion is not one of RS256, RS384, PS256")?;
    let named = parts.header.get("kid").filter(|_| behaviour.keeps(Switch::CredentialNamed));
    let living = |credential: &&Credential| {
        let expired = credential.expires_at.is_some_and(|at| turn.now >= at);
        !expired || !behaviour.keeps(Switch::CredentialExpiry)
    };
    let by_name = |credential: &&Credential| {
        let kid = credential.kid.as_deref();
        named.is_none() || kid.is_none() || named.and_then(Value::as_str) == kid
    };
    let by_alg =
        |credential: &&Credential| credential.alg == alg || !behaviour.keeps(Switch::AssertionAlgorithm);
    if parts.header.get("kid").is_none() && !behaviour.keeps(Switch::CredentialKidOptional) {
        return Err("client_assertion names no key");
    }
    let each = if behaviour.keeps(Switch::CredentialEach) { usize::MAX } else { 1 };
    let mut candidates =
        application.credentials.iter().take(each).filter(living).filter(by_name).filter(by_alg);
    let verified =
        candidates.any(|credential| credential.verify(alg, parts.signed.as_bytes(), &parts.signature));
    if verified { Ok(()) } else { Err("no key of the client verifies client_assertion") }
}

/// The audience is one of the tenant's own issuers, as a text or as a list of one (CLI-13).
fn audience(turn: &Turn<'_>, said: Option<&Value>) -> Result<(), &'static str> {
    let behaviour = &turn.tenant.behaviour;
    if !behaviour.keeps(Switch::AssertionAudience) {
        return Ok(());
    }
    let ours = |audience: &Value| {
        let audience = audience.as_str().unwrap_or_default();
        let own = |path: &str| audience.strip_suffix(path).is_some_and(|issuer| turn.owns(issuer));
        own("") || (own("oauth/token") && !behaviour.keeps(Switch::AssertionOwnEndpoint))
    };
    let meant = match said {
        Some(Value::Array(_)) if !behaviour.keeps(Switch::AssertionAudienceListed) => false,
        Some(Value::Array(all)) if all.len() == 1 || !behaviour.keeps(Switch::AssertionOneAudience) => {
            all.iter().any(ours)
        }
        Some(one) => ours(one),
        None => false,
    };
    if meant { Ok(()) } else { Err("aud of client_assertion is not this issuer") }
}

/// The second from which the assertion is no longer good; it must be now, and short-lived (CLI-14).
fn times(turn: &Turn<'_>, claims: &Map<String, Value>) -> Result<i64, &'static str> {
    let behaviour = &turn.tenant.behaviour;
    let now = turn.seconds();
    let number = |number: Number| behaviour.number(number);
    let issued = seconds(claims, "iat").map_err(|()| "iat of client_assertion is not a number")?;
    if issued.is_none() && !behaviour.keeps(Switch::AssertionIatOptional) {
        return Err("iat of client_assertion is missing");
    }
    let from = seconds(claims, "nbf").map_err(|()| "nbf of client_assertion is not a number")?;
    let expires = match seconds(claims, "exp") {
        Ok(Some(expires)) => expires,
        Ok(None) if !behaviour.keeps(Switch::AssertionExpires) => now + 1,
        Ok(None) | Err(()) => return Err("exp of client_assertion is missing"),
    };
    let dead = expires.saturating_add(number(Number::AssertionGrace));
    if now >= dead {
        return Err("client_assertion is expired");
    }
    let latest = now + number(Number::AssertionSkew);
    if [issued, from].into_iter().flatten().any(|at| at > latest) {
        return Err("client_assertion is not yet valid");
    }
    let lifetime = issued.map_or(0, |issued| expires.saturating_sub(issued));
    if lifetime > number(Number::AssertionLifetime) || expires - now > number(Number::AssertionHorizon) {
        return Err("client_assertion lives too long");
    }
    Ok(dead)
}

/// A NumericDate in whole seconds (RFC 7519, section 2); it may have a fraction.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, ()> {
    match claims.get(name) {
        None => Ok(None),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "beyond the range of seconds the nearest one serves"
        )]
        Some(Value::Number(number)) => {
            Ok(number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64)))
        }
        Some(_) => Err(()),
    }
}
