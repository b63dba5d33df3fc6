//! What an association asks for, strictly read (MFA-ASC-03…MFA-ASC-08).

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::super::Request;
use crate::factor::{Channel, Factor, email, phone};
use crate::tenant::behaviour::{OobChannels, Switch};
use crate::token::request::BODY_LIMIT;
use crate::token::{MfaError, TokenError, json_members};
use crate::turn::Turn;

/// Types and channels that other ways enrol, and this one does not (MFA-ASC-18).
const ELSEWHERE: &[&str] = &["duo", "webauthn", "webauthn-roaming", "webauthn-platform", "push-notification"];

/// What shall be enrolled.
#[derive(Debug)]
pub(super) enum Wanted {
    Otp,
    /// The number, and by which way it is reached first.
    Phone(Channel, String),
    Email(String),
    Push,
}

impl Wanted {
    /// The first of the types and channels that the client names, if the tenant has enabled it.
    pub(super) fn read(turn: &Turn<'_>, body: &Body) -> Result<Self, TokenError> {
        let types = body.words("authenticator_types", false)?;
        let wanted = match types.first().map(String::as_str) {
            None => return Err(TokenError::MissingParameter("authenticator_types")),
            Some("otp") => Self::Otp,
            Some("oob") => Self::out_of_band(turn, body)?,
            Some(other) if ELSEWHERE.contains(&other) => {
                return Err(MfaError::FactorDisabled(format!("{other} cannot be enrolled here.")).into());
            }
            Some(other) => {
                return Err(TokenError::MalformedRequest(format!("authenticator type {other} is unknown")));
            }
        };
        let factor = wanted.factor();
        if !turn.tenant.mfa.enables(factor) && turn.tenant.behaviour.keeps(Switch::AssociateEnabled) {
            let told = format!("The factor {} is not enabled.", factor.name());
            return Err(MfaError::FactorDisabled(told).into());
        }
        Ok(wanted)
    }

    fn out_of_band(turn: &Turn<'_>, body: &Body) -> Result<Self, TokenError> {
        let behaviour = &turn.tenant.behaviour;
        let text_too = behaviour.choices.oob_channels == OobChannels::ArrayOrText;
        let channels = body.words("oob_channels", text_too)?;
        let named = channels.first().ok_or(TokenError::MissingParameter("oob_channels"))?;
        let unknown = || TokenError::MalformedRequest(format!("oob_channel {named} is unknown"));
        match Channel::read(named).ok_or_else(unknown)? {
            channel @ (Channel::Sms | Channel::Voice) => {
                let number =
                    body.text("phone_number")?.ok_or(TokenError::MissingParameter("phone_number"))?;
                if !phone::is_valid(number) && behaviour.keeps(Switch::AssociateNumberChecked) {
                    return Err(MfaError::InvalidPhoneNumber.into());
                }
                Ok(Self::Phone(channel, number.to_owned()))
            }
            Channel::Email => {
                let address = body.text("email")?.ok_or(TokenError::MissingParameter("email"))?;
                if !email::is_valid(address) {
                    return Err(TokenError::MalformedRequest("the e-mail address is invalid".to_owned()));
                }
                Ok(Self::Email(address.to_owned()))
            }
            Channel::Push => Ok(Self::Push),
        }
    }

    fn factor(&self) -> Factor {
        match self {
            Self::Otp => Factor::Otp,
            Self::Phone(channel, _) => channel.factor(),
            Self::Email(_) => Factor::Email,
            Self::Push => Factor::Push,
        }
    }
}

/// The members of the body, each once; `null` and an empty text count as omitted, as everywhere.
pub(super) struct Body(Map<String, Value>);

impl Body {
    pub(super) fn read(request: &Request<'_>) -> Result<Self, TokenError> {
        if request.body.len() > BODY_LIMIT {
            return Err(TokenError::BodyTooLarge);
        }
        let mut kinds = request.parts.headers.get_all(CONTENT_TYPE).iter();
        let kind = kinds.next().and_then(|kind| kind.to_str().ok());
        if kinds.next().is_some() {
            return Err(TokenError::MalformedRequest("there are two content types".to_owned()));
        }
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(TokenError::MalformedRequest("the body must be JSON".to_owned()));
        }
        let mut members = Map::new();
        for (name, value) in json_members(request.body).map_err(TokenError::MalformedRequest)? {
            if members.contains_key(&name) {
                return Err(TokenError::MalformedRequest(format!("parameter {name} is repeated")));
            }
            members.insert(name, value);
        }
        members.retain(|_, value| !value.is_null() && value != "");
        Ok(Self(members))
    }

    /// A text.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, TokenError> {
        let wrong = || TokenError::MalformedRequest(format!("parameter {name} must be a string"));
        self.0.get(name).map(|value| value.as_str().ok_or_else(wrong)).transpose()
    }

    /// A list of texts; with `text_too` one text is a list of one.
    fn words(&self, name: &'static str, text_too: bool) -> Result<Vec<String>, TokenError> {
        let wrong = || TokenError::MalformedRequest(format!("parameter {name} must be a list of strings"));
        match self.0.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
            }
            Some(Value::String(text)) if text_too => Ok(vec![text.clone()]),
            Some(_) => Err(wrong()),
        }
    }
}
