//! `POST /mfa/associate`: a user begins to enrol a factor; the first good code will confirm it (MFA-ASC-01…MFA-ASC-25).

use std::sync::Arc;

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::super::{Answered, Facts, Request};
use super::{By, Holder, holder, send};
use crate::factor::{Authenticator, Channel, Enrolled, Factor, Kind, email, otp, phone, push, recovery_code};
use crate::ledger::{Awaited, Presented, Ticket, TooMany, hidden};
use crate::tenant::behaviour::{AssociateClient, OobChannels, Switch};
use crate::tenant::secret::Secret;
use crate::token::request::BODY_LIMIT;
use crate::token::{MfaError, TokenError, audience, enrolled, json_members};
use crate::turn::Turn;

/// Types and channels that other ways enrol, and this one does not (MFA-ASC-18).
const ELSEWHERE: &[&str] = &["duo", "webauthn", "webauthn-roaming", "webauthn-platform", "push-notification"];

/// What an id is made of.
const ID: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Begins an enrolment.
pub(in crate::endpoint) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "mfa.associate", ..Facts::default() };
    match carry_out(turn, request, &mut facts) {
        Ok((body, told)) => super::granted(200, Some(&Value::Object(body)), facts, told),
        Err(refusal) => super::refused(turn, &refusal, facts),
    }
}

/// What shall be enrolled.
#[derive(Debug)]
enum Wanted {
    Otp,
    Phone(Channel, String),
    Email(String),
    Push,
}

type Body = Map<String, Value>;

fn carry_out(
    turn: &mut Turn<'_>,
    request: &Request<'_>,
    facts: &mut Facts,
) -> Result<(Body, String), TokenError> {
    let holder = holder(turn, request, "enroll")?;
    let body = body(request)?;
    own_client(turn, &holder, &body)?;
    let own = enrolled::authenticators(turn, &holder.user);
    let by = provenance(turn, &holder, &own)?;
    let wanted = wanted(turn, &body)?;
    let new = authenticators(turn, &holder.token, &wanted, by);
    let recovery = recovery(turn, &holder.token);
    let always = !turn.tenant.behaviour.keeps(Switch::RecoveryFirst);
    let told = recovery.as_ref().map(|(_, code)| code.clone());
    if !turn.ledgers.enrolments.has_room(&holder.user, new.len()) {
        return Err(full(turn, request, facts));
    }
    // What is sent comes first: where nothing can be sent, nothing is enrolled.
    let bound = matches!(holder.by, By::MfaToken(_)).then_some(&holder.token);
    let sent = match &wanted {
        Wanted::Phone(channel, _) => {
            let to = new.iter().find(|one| one.kind.channel() == Some(*channel));
            to.map(|to| send::send(turn, &holder.user, to, bound)).transpose()?
        }
        Wanted::Email(_) => Some(send::send(turn, &holder.user, &new[0], bound)?),
        Wanted::Otp | Wanted::Push => None,
    };
    let added = new.clone();
    let associated = turn.ledgers.enrolments.associate(
        &holder.user,
        added,
        recovery.map(|(authenticator, _)| authenticator),
        always,
    );
    let recovery = match associated {
        Ok(first) => told.filter(|_| first),
        // Others took the place meanwhile.
        Err(TooMany) => return Err(full(turn, request, facts)),
    };
    remember(turn, &holder, &new);
    let headers = &request.parts.headers;
    super::log(turn, headers, facts, &["gd_start_enroll"]);
    if let Some(sent) = &sent {
        super::log(turn, headers, facts, &[sent.logged]);
    }
    let told = format!("{} of {}", new[0].id, holder.user.identifier());
    Ok((response(turn, &holder, &wanted, &new, sent, recovery), told))
}

fn full(turn: &Turn<'_>, request: &Request<'_>, facts: &mut Facts) -> TokenError {
    super::log(turn, &request.parts.headers, facts, &["too_many_records"]);
    MfaError::TooManyAuthenticators.into()
}

/// By what the holder enrols: with the password alone the first factor only (MFA-ASC-13, MFA-ASC-14).
fn provenance(turn: &Turn<'_>, holder: &Holder, own: &[Authenticator]) -> Result<Enrolled, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let enrolled = enrolled::is_enrolled(turn, own);
    let refused = match holder.by {
        By::MfaToken(_) | By::AccessToken { stepped_up: false, .. } => {
            enrolled && behaviour.keeps(Switch::AssociateFirst)
                || !own.is_empty() && !behaviour.keeps(Switch::AssociateAgain)
        }
        By::AccessToken { stepped_up: true, .. } => enrolled && !behaviour.keeps(Switch::AssociateFurther),
    };
    match holder.by {
        _ if refused => Err(MfaError::AlreadyEnrolled.into()),
        By::AccessToken { .. } if enrolled => Ok(Enrolled::StepUp),
        // Who has no factor gets an access token for the password alone: it proves no more than an mfa_token does.
        By::AccessToken { .. } | By::MfaToken(_) => Ok(Enrolled::ByPassword),
    }
}

/// The members of the body, each once.
fn body(request: &Request<'_>) -> Result<Body, TokenError> {
    if request.body.len() > BODY_LIMIT {
        return Err(TokenError::BodyTooLarge);
    }
    let mut kinds = request.parts.headers.get_all(CONTENT_TYPE).iter();
    let kind = kinds.next().and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kinds.next().is_some() {
        return Err(TokenError::MalformedRequest("there are two content types".to_owned()));
    }
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(TokenError::MalformedRequest("the body must be JSON".to_owned()));
    }
    let mut body = Body::new();
    for (name, value) in json_members(request.body).map_err(TokenError::MalformedRequest)? {
        if body.contains_key(&name) {
            return Err(TokenError::MalformedRequest(format!("parameter {name} is repeated")));
        }
        // `null` and an empty text count as omitted, as everywhere.
        let omitted = value.is_null() || value == "";
        body.insert(name, if omitted { Value::Null } else { value });
    }
    body.retain(|_, value| !value.is_null());
    Ok(body)
}

fn text<'a>(body: &'a Body, name: &'static str) -> Result<Option<&'a str>, TokenError> {
    let wrong = || TokenError::MalformedRequest(format!("parameter {name} must be a string"));
    body.get(name).map(|value| value.as_str().ok_or_else(wrong)).transpose()
}

/// A client that is named beside the token is the token's own (MFA-ASC-02).
fn own_client(turn: &Turn<'_>, holder: &Holder, body: &Body) -> Result<(), TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let own = match &holder.by {
        By::MfaToken(ticket) => &ticket.login.application.client_id,
        By::AccessToken { client_id, .. } => client_id,
    };
    match text(body, "client_id")? {
        None if behaviour.choices.associate_client == AssociateClient::Required => {
            Err(TokenError::MissingParameter("client_id"))
        }
        Some(named) if named != own && behaviour.keeps(Switch::AssociateOwnClient) => {
            Err(MfaError::TokenForeign.into())
        }
        _ => Ok(()),
    }
}

/// What the client wants to enrol: the first of the types and channels that it names (MFA-ASC-03…MFA-ASC-08).
fn wanted(turn: &Turn<'_>, body: &Body) -> Result<Wanted, TokenError> {
    let types = words(body, "authenticator_types", false)?;
    let wanted = match types.first().map(String::as_str) {
        None => return Err(TokenError::MissingParameter("authenticator_types")),
        Some("otp") => Wanted::Otp,
        Some("oob") => out_of_band(turn, body)?,
        Some(other) if ELSEWHERE.contains(&other) => {
            return Err(MfaError::FactorDisabled(format!("{other} cannot be enrolled here.")).into());
        }
        Some(other) => {
            return Err(TokenError::MalformedRequest(format!("authenticator type {other} is unknown")));
        }
    };
    let factor = match &wanted {
        Wanted::Otp => Factor::Otp,
        Wanted::Phone(channel, _) => channel.factor(),
        Wanted::Email(_) => Factor::Email,
        Wanted::Push => Factor::Push,
    };
    if !turn.tenant.mfa.enables(factor) && turn.tenant.behaviour.keeps(Switch::AssociateEnabled) {
        let told = format!("The factor {} is not enabled.", factor.name());
        return Err(MfaError::FactorDisabled(told).into());
    }
    Ok(wanted)
}

fn out_of_band(turn: &Turn<'_>, body: &Body) -> Result<Wanted, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let text_too = behaviour.choices.oob_channels == OobChannels::ArrayOrText;
    let channels = words(body, "oob_channels", text_too)?;
    let named = channels.first().ok_or(TokenError::MissingParameter("oob_channels"))?;
    let unknown = || TokenError::MalformedRequest(format!("oob_channel {named} is unknown"));
    match Channel::read(named).ok_or_else(unknown)? {
        channel @ (Channel::Sms | Channel::Voice) => {
            let number = text(body, "phone_number")?.ok_or(TokenError::MissingParameter("phone_number"))?;
            if !phone::is_valid(number) && behaviour.keeps(Switch::AssociateNumberChecked) {
                return Err(MfaError::InvalidPhoneNumber.into());
            }
            Ok(Wanted::Phone(channel, number.to_owned()))
        }
        Channel::Email => {
            let address = text(body, "email")?.ok_or(TokenError::MissingParameter("email"))?;
            if !email::is_valid(address) {
                return Err(TokenError::MalformedRequest("the e-mail address is invalid".to_owned()));
            }
            Ok(Wanted::Email(address.to_owned()))
        }
        Channel::Push => Ok(Wanted::Push),
    }
}

/// A list of texts.
fn words(body: &Body, name: &'static str, text_too: bool) -> Result<Vec<String>, TokenError> {
    let wrong = || TokenError::MalformedRequest(format!("parameter {name} must be a list of strings"));
    match body.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        Some(Value::String(text)) if text_too => Ok(vec![text.clone()]),
        Some(_) => Err(wrong()),
    }
}

/// The authenticators that begin: text messages bring calls along, push brings codes (MFA-ASC-22, MFA-ASC-23).
fn authenticators(turn: &mut Turn<'_>, token: &Secret, wanted: &Wanted, by: Enrolled) -> Vec<Authenticator> {
    let pairs = turn.tenant.behaviour.keeps(Switch::AssociatePairs);
    let kinds = match wanted {
        Wanted::Otp => vec![app(turn)],
        Wanted::Phone(channel, number) => {
            let other = if *channel == Channel::Sms { Channel::Voice } else { Channel::Sms };
            let both = [*channel, other];
            let with = |one: &Channel| one == channel || (pairs && turn.tenant.mfa.enables(one.factor()));
            let channels = both.into_iter().filter(with);
            channels.map(|channel| Kind::Phone { channel, number: number.clone() }).collect()
        }
        Wanted::Email(address) => vec![Kind::Email(address.clone())],
        Wanted::Push if pairs => vec![Kind::Push { device: None }, app(turn)],
        Wanted::Push => vec![Kind::Push { device: None }],
    };
    let active = !turn.tenant.behaviour.keeps(Switch::AssociateUnconfirmed);
    let pair = turn.dice.hex(32);
    let begun = hidden(token.expose());
    let begin = |kind: Kind| {
        let id = format!("{}|dev_{}", kind.prefix(), turn.dice.pick(ID, 16));
        Authenticator {
            id,
            kind,
            active,
            pair: pair.clone(),
            by,
            begun: begun.clone(),
            used_steps: Vec::new(),
        }
    };
    kinds.into_iter().map(begin).collect()
}

/// An app with a new secret.
fn app(turn: &mut Turn<'_>) -> Kind {
    let mut secret = [0; otp::SECRET];
    turn.dice.fill(&mut secret);
    Kind::Otp(otp::encode(&secret))
}

/// A recovery code, where the tenant wants them; it counts once a factor is confirmed (MFA-REC-05, MFA-REC-08).
fn recovery(turn: &mut Turn<'_>, token: &Secret) -> Option<(Authenticator, Secret)> {
    let enabled = turn.tenant.mfa.enables(Factor::RecoveryCode);
    if !enabled && turn.tenant.behaviour.keeps(Switch::RecoveryEnabled) {
        return None;
    }
    let code = Secret::new(turn.dice.pick(recovery_code::ALPHABET, recovery_code::LENGTH));
    let authenticator = Authenticator {
        id: format!("recovery-code|dev_{}", turn.dice.pick(ID, 16)),
        kind: Kind::RecoveryCode(code.clone()),
        active: false,
        pair: turn.dice.hex(32),
        by: Enrolled::ByPassword,
        begun: hidden(token.expose()),
        used_steps: Vec::new(),
    };
    Some((authenticator, code))
}

/// Who enrols by an access token may confirm by that same token, as if it was an `mfa_token`, and nothing else.
fn remember(turn: &Turn<'_>, holder: &Holder, new: &[Authenticator]) {
    let By::AccessToken { client_id, scope, expires, .. } = &holder.by else { return };
    let Some(application) = turn.tenant.applications.get(client_id) else { return };
    let token = holder.token.expose();
    let mut only = match turn.ledgers.tickets.find(token, turn.seconds(), 0) {
        Presented::Good(ticket) => ticket.only.clone().unwrap_or_default(),
        Presented::Expired | Presented::Unknown => Vec::new(),
    };
    only.extend(new.iter().map(|one| one.pair.clone()));
    let login = audience::of_mfa_api(turn, Arc::clone(&holder.user), Arc::clone(application), scope.clone());
    turn.ledgers.tickets.issue(token, Ticket { login, only: Some(only), expires: *expires });
}

/// What is told, in the recorded order of each kind.
fn response(
    turn: &mut Turn<'_>,
    holder: &Holder,
    wanted: &Wanted,
    new: &[Authenticator],
    sent: Option<send::Sent>,
    recovery: Option<Secret>,
) -> Body {
    let mut body = Body::new();
    let user = holder.user.identifier().to_owned();
    let name = turn.tenant.name().to_owned();
    let recovery = recovery.map(|code| json!([code.expose()]));
    let oob_code = sent.map(|sent| json!(sent.oob_code.expose()));
    let members: Vec<(&str, Option<Value>)> = match wanted {
        Wanted::Otp => {
            let secret = secret(new).unwrap_or_else(|| Secret::new(""));
            let uri = otp::barcode_uri(&name, &user, &secret);
            vec![
                ("authenticator_type", Some(json!("otp"))),
                ("secret", Some(json!(secret.expose()))),
                ("barcode_uri", Some(json!(uri))),
                ("recovery_codes", recovery),
            ]
        }
        Wanted::Phone(channel, _) => vec![
            ("authenticator_type", Some(json!("oob"))),
            ("binding_method", Some(json!("prompt"))),
            ("recovery_codes", recovery),
            ("oob_channel", Some(json!(channel.wire()))),
            ("oob_code", oob_code),
        ],
        Wanted::Email(_) => vec![
            ("authenticator_type", Some(json!("oob"))),
            ("binding_method", Some(json!("prompt"))),
            ("oob_code", oob_code),
            ("oob_channel", Some(json!(Channel::Email.wire()))),
            ("recovery_codes", recovery),
        ],
        Wanted::Push => {
            let enrolment = turn.dice.token(32);
            let bound = matches!(holder.by, By::MfaToken(_)).then_some(&holder.token);
            let awaited = Awaited::Answer { transaction: enrolment.clone(), accepted: None };
            let oob_code = send::await_answer(turn, &holder.user, &new[0], bound, awaited);
            let uri = push::barcode_uri(&name, &user, &enrolment, turn.issuer().trim_end_matches('/'));
            vec![
                ("authenticator_type", Some(json!("oob"))),
                ("barcode_uri", Some(json!(uri))),
                ("recovery_codes", recovery),
                ("oob_channel", Some(json!(Channel::Push.wire()))),
                ("oob_code", Some(json!(oob_code.expose()))),
            ]
        }
    };
    for (name, value) in members {
        value.map(|value| body.insert(name.to_owned(), value));
    }
    body
}

/// The secret of the app among them.
fn secret(new: &[Authenticator]) -> Option<Secret> {
    new.iter().find_map(|one| match &one.kind {
        Kind::Otp(secret) => Some(secret.clone()),
        Kind::Phone { .. } | Kind::Email(_) | Kind::Push { .. } | Kind::RecoveryCode(_) => None,
    })
}
