//! HTTP Basic (CLI-05): id and secret, taken form-decoded as RFC 6749 §2.3.1 says and as they are, as the documents show
//! (CLI-06). Only the scheme Basic authenticates a client; any other means nothing (TOK-36).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::error::TokenError;
use super::form;
use crate::tenant::behaviour::{BasicEncoding, Behaviour, Switch};
use crate::tenant::secret::Secret;

/// What an `Authorization: Basic` header said.
#[derive(Clone, Debug)]
pub(crate) enum Basic {
    /// The readings of the header: as it is, and form-decoded where that differs.
    Credentials(Vec<(String, Secret)>),
    /// It could not be read; whoever sent it has failed to authenticate.
    Unreadable,
}

impl Basic {
    /// Reads the header, if there is one of the scheme Basic.
    pub(super) fn read(headers: &HeaderMap, behaviour: &Behaviour) -> Result<Option<Self>, TokenError> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(TokenError::MalformedRequest("there are two Authorization headers".to_owned()));
        }
        // Bytes that are no text spoil the credentials, not the scheme.
        let value = String::from_utf8_lossy(value.as_bytes());
        let (scheme, rest) = value.split_once(' ').unwrap_or((&value, ""));
        if !scheme.eq_ignore_ascii_case("basic") {
            let ignored = behaviour.keeps(Switch::OtherSchemesIgnored);
            return Ok((!ignored).then_some(Self::Unreadable));
        }
        Ok(Some(Self::credentials(rest.trim(), behaviour).unwrap_or(Self::Unreadable)))
    }

    fn credentials(encoded: &str, behaviour: &Behaviour) -> Option<Self> {
        let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        let mut readings = Vec::new();
        let encoding = behaviour.choices.basic_encoding;
        if encoding != BasicEncoding::FormEncoded {
            readings.push((id.to_owned(), Secret::new(secret)));
        }
        if let (Ok(id), Ok(secret)) = (form::decode(id.as_bytes()), form::decode(secret.as_bytes()))
            && encoding != BasicEncoding::Plain
            && !readings.contains(&(id.clone(), Secret::new(secret.as_str())))
        {
            readings.push((id, Secret::new(secret)));
        }
        Some(Self::Credentials(readings))
    }

    /// Whether one reading of the header names this client.
    pub(super) fn names(&self, client_id: &str) -> bool {
        match self {
            Self::Credentials(readings) => readings.iter().any(|(id, _)| id == client_id),
            Self::Unreadable => true,
        }
    }
}
