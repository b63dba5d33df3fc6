//! Step 1: bytes → a token request. Here is refused what nobody could read, or what says two things at once.

use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde_json::Value;

use super::assertion;
use super::basic::Basic;
use super::error::TokenError;
use super::parameters::Parameters;
use super::{form, json};
use crate::tenant::behaviour::{Behaviour, Switch};

/// Bytes that a body may have; a password of 1 MiB is judged even if every byte is percent-encoded (TOK-37).
pub(crate) const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// Parameters and scopes that a request may have: a hundred times what clients send, and few enough that comparing
/// each with each costs nothing.
const COUNT_LIMIT: usize = 1000;

/// The parameters whose values are text; others may be any JSON, since nobody looks at them (TOK-20, TOK-22).
const TEXTS: &[&str] = &[
    "grant_type",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "username",
    "password",
    "realm",
    "audience",
    "resource",
    "scope",
    "refresh_token",
    "mfa_token",
    "otp",
    "oob_code",
    "binding_code",
    "recovery_code",
];

/// The same at a revocation, where `token` means something.
const TEXTS_OF_REVOCATION: &[&str] =
    &["client_id", "client_secret", "client_assertion", "client_assertion_type", "token", "token_type_hint"];

/// The same at a challenge (MFA-CHL-01).
const TEXTS_OF_CHALLENGE: &[&str] = &[
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "mfa_token",
    "challenge_type",
    "authenticator_id",
    "oob_channel",
];

/// The same where a code shall be sent.
const TEXTS_OF_PASSWORDLESS: &[&str] = &[
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "connection",
    "email",
    "phone_number",
    "send",
];

/// A token request that can be read in one way only.
#[derive(Clone, Debug)]
pub(crate) struct TokenRequest {
    pub(crate) parameters: Parameters,
    pub(crate) basic: Option<Basic>,
}

impl TokenRequest {
    /// Reads a request.
    pub(crate) fn parse(behaviour: &Behaviour, parts: &Parts, body: &[u8]) -> Result<Self, TokenError> {
        Self::read(behaviour, parts, body, TEXTS)
    }

    /// Reads a request for a revocation (REV-01): its client and its body are those of a token request.
    pub(crate) fn parse_revocation(
        behaviour: &Behaviour,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Self, TokenError> {
        Self::read(behaviour, parts, body, TEXTS_OF_REVOCATION)
    }

    /// Reads a request for a challenge: JSON, or a form too.
    pub(crate) fn parse_challenge(
        behaviour: &Behaviour,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Self, TokenError> {
        Self::read(behaviour, parts, body, TEXTS_OF_CHALLENGE)
    }

    /// Reads a request for a code that shall be sent.
    pub(crate) fn parse_passwordless(
        behaviour: &Behaviour,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Self, TokenError> {
        Self::read(behaviour, parts, body, TEXTS_OF_PASSWORDLESS)
    }

    fn read(behaviour: &Behaviour, parts: &Parts, body: &[u8], texts: &[&str]) -> Result<Self, TokenError> {
        if body.len() > BODY_LIMIT {
            return Err(TokenError::BodyTooLarge);
        }
        if parts.headers.get_all(CONTENT_TYPE).iter().count() > 1
            && behaviour.keeps(Switch::ContentTypeChecked)
        {
            return Err(TokenError::MalformedRequest("there are two content types".to_owned()));
        }
        let pairs = match media_type(parts).as_deref() {
            Some("application/x-www-form-urlencoded") => form_pairs(behaviour, body)?,
            Some("application/json") => json_pairs(behaviour, body, texts)?,
            _ if !behaviour.keeps(Switch::ContentTypeChecked) => form::lenient_pairs(body),
            other => {
                return Err(TokenError::MalformedRequest(format!(
                    "content type {} is not supported",
                    other.unwrap_or("(none)")
                )));
            }
        };
        if pairs.len() > COUNT_LIMIT {
            return Err(TokenError::MalformedRequest("there are too many parameters".to_owned()));
        }
        let mut parameters = Parameters::collect(pairs, behaviour)?;
        if !behaviour.keeps(Switch::QueryIgnored) {
            parameters.add_missing(form::lenient_pairs(parts.uri.query().unwrap_or_default().as_bytes()));
        }
        if !behaviour.keeps(Switch::UnknownIgnored)
            && let Some(name) = parameters.names().find(|name| !texts.contains(name))
        {
            return Err(TokenError::MalformedRequest(format!("parameter {name} is unknown")));
        }
        scope_syntax(behaviour, &parameters)?;
        let basic = Basic::read(&parts.headers, behaviour)?;
        let request = Self { parameters, basic };
        request.one_method(behaviour)?;
        Ok(request)
    }

    /// Two ways of authenticating, or two clients, in one request (CLI-10; RFC 6749 §2.3).
    fn one_method(&self, behaviour: &Behaviour) -> Result<(), TokenError> {
        if !behaviour.keeps(Switch::OneMethod) {
            return Ok(());
        }
        let secret = self.parameters.value("client_secret").is_some();
        let assertion = assertion::is_presented(&self.parameters);
        let fault = match (&self.basic, secret, assertion) {
            (Some(_), true, _) => Some("the client authenticates in the header and in the body"),
            (Some(_), _, true) => Some("the client authenticates in the header and by an assertion"),
            (None, true, true) => Some("the client authenticates by a secret and by an assertion"),
            (Some(_) | None, _, _) => None,
        };
        if let Some(fault) = fault {
            return Err(TokenError::MalformedRequest(fault.to_owned()));
        }
        let Some(basic) = &self.basic else { return Ok(()) };
        match self.parameters.value("client_id") {
            Some(id) if !basic.names(id) => {
                Err(TokenError::MalformedRequest("header and body name different clients".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// The media type without parameters, in lower case.
fn media_type(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn form_pairs(behaviour: &Behaviour, body: &[u8]) -> Result<Vec<(String, String)>, TokenError> {
    match form::pairs(body) {
        Ok(pairs) => Ok(pairs),
        Err(_) if !behaviour.keeps(Switch::PercentChecked) => Ok(form::lenient_pairs(body)),
        Err(form::Undecodable::Percent) => {
            Err(TokenError::MalformedRequest("percent-encoding is broken".to_owned()))
        }
        Err(form::Undecodable::Utf8) => Err(TokenError::MalformedRequest("the form is not UTF-8".to_owned())),
    }
}

fn json_pairs(
    behaviour: &Behaviour,
    body: &[u8],
    texts: &[&str],
) -> Result<Vec<(String, String)>, TokenError> {
    let mut pairs = Vec::new();
    for (name, value) in json::members(body).map_err(TokenError::MalformedRequest)? {
        match value {
            Value::String(text) => pairs.push((name, text)),
            // Still a member: sent twice it is a repetition.
            Value::Null if behaviour.keeps(Switch::NullOmitted) => pairs.push((name, String::new())),
            Value::Array(items) if name == "scope" => pairs.push((name, joined(&items)?)),
            _ if name == "scope" => {
                return Err(TokenError::InvalidScopeForm("Scope must be an array or a string"));
            }
            _ if texts.contains(&name.as_str()) => {
                return Err(TokenError::MalformedRequest(format!("parameter {name} must be a string")));
            }
            _ => pairs.push((name, "?".to_owned())),
        }
    }
    Ok(pairs)
}

/// A list of scopes equals the space-separated list (TOK-34).
fn joined(items: &[Value]) -> Result<String, TokenError> {
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    Ok(texts.ok_or(TokenError::InvalidScopeForm("Scope must be an array or a string"))?.join(" "))
}

/// Scope tokens are made of %x21, %x23-5B and %x5D-7E (SCP-30; RFC 6749 §3.3).
fn scope_syntax(behaviour: &Behaviour, parameters: &Parameters) -> Result<(), TokenError> {
    let legal = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    match parameters.value("scope") {
        Some(scope) if !scope.bytes().all(legal) && behaviour.keeps(Switch::ScopeSyntax) => {
            Err(TokenError::InvalidScopeForm("Scope has characters that are not allowed"))
        }
        Some(scope) if scope.split(' ').count() > COUNT_LIMIT => {
            Err(TokenError::InvalidScopeForm("Scope has too many names"))
        }
        _ => Ok(()),
    }
}
