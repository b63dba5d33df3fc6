//! `POST /mfa/associate`: a user begins to enrol a factor; the first good code will confirm it (MFA-ASC-01…MFA-ASC-25).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::{Answered, Facts, Request, reply};
use super::wanted::{Body, Wanted};
use super::{By, Holder, holder, send};
use crate::factor::{Authenticator, Channel, Enrolled, Factor, Kind, otp, push, recovery_code};
use crate::ledger::{Awaited, TooMany, hidden};
use crate::tenant::behaviour::{AssociateClient, Switch};
use crate::tenant::secret::Secret;
use crate::token::{MfaError, TokenError, audience, enrolled};
use crate::turn::Turn;

/// What an id is made of.
const ID: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Begins an enrolment.
pub(in crate::endpoint) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "mfa.associate", ..Facts::default() };
    match carry_out(turn, request, &mut facts) {
        Ok((body, told)) => reply::granted(200, Some(&Value::Object(body)), facts, told),
        Err(refusal) => super::refused(turn, &refusal, facts),
    }
}

type Members = Map<String, Value>;

fn carry_out(
    turn: &mut Turn<'_>,
    request: &Request<'_>,
    facts: &mut Facts,
) -> Result<(Members, String), TokenError> {
    let holder = holder(turn, request, "enroll")?;
    let body = Body::read(request)?;
    own_client(turn, &holder, &body)?;
    let own = enrolled::authenticators(turn, &holder.user);
    let by = provenance(turn, &holder, &own)?;
    let wanted = Wanted::read(turn, &body)?;
    // What was asked for stands first.
    let new = authenticators(turn, &holder.token, &wanted, by);
    let (recovery, code) = recovery(turn, &holder.token).unzip();
    let always = !turn.tenant.behaviour.keeps(Switch::RecoveryFirst);
    // Nothing is enrolled where nothing may be sent, and nothing is sent where nothing is enrolled.
    let permit = match wanted {
        Wanted::Phone(..) | Wanted::Email(_) => Some(send::permit(turn, &holder.user, &new[0])?),
        Wanted::Otp | Wanted::Push => None,
    };
    let headers = &request.parts.headers;
    let associated = turn.ledgers.enrolments.associate(&holder.user, new.clone(), recovery, always);
    let first = match associated {
        Ok(first) => first,
        Err(TooMany) => {
            if let Some(permit) = permit {
                permit.give_back(turn);
            }
            super::log(turn, headers, facts, &["too_many_records"]);
            return Err(MfaError::TooManyAuthenticators.into());
        }
    };
    remember(turn, &holder, &new);
    let bound = matches!(holder.by, By::MfaToken(_)).then_some(&holder.token);
    let sent = permit.map(|permit| send::send(turn, &holder.user, &new[0], bound, permit));
    super::log(turn, headers, facts, &["gd_start_enroll"]);
    if let Some(sent) = &sent {
        super::log(turn, headers, facts, &[sent.logged]);
    }
    let oob_code = sent.map(|sent| sent.oob_code);
    let told = format!("{} of {}", new[0].id, holder.user.identifier());
    Ok((response(turn, &holder, &wanted, &new, oob_code, code.filter(|_| first)), told))
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

/// A client that is named beside the token is the token's own (MFA-ASC-02).
fn own_client(turn: &Turn<'_>, holder: &Holder, body: &Body) -> Result<(), TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let own = match &holder.by {
        By::MfaToken(ticket) => &ticket.login.application.client_id,
        By::AccessToken { client_id, .. } => client_id,
    };
    match body.text("client_id")? {
        None if behaviour.choices.associate_client == AssociateClient::Required => {
            Err(TokenError::MissingParameter("client_id"))
        }
        Some(named) if named != own && behaviour.keeps(Switch::AssociateOwnClient) => {
            Err(MfaError::TokenForeign.into())
        }
        _ => Ok(()),
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
    let pairs = new.iter().map(|one| one.pair.clone()).collect();
    let login = audience::of_mfa_api(turn, Arc::clone(&holder.user), Arc::clone(application), scope.clone());
    turn.ledgers.tickets.confirm_by(holder.token.expose(), pairs, login, *expires);
}

/// What is told, in the recorded order of each kind.
fn response(
    turn: &mut Turn<'_>,
    holder: &Holder,
    wanted: &Wanted,
    new: &[Authenticator],
    oob_code: Option<Secret>,
    recovery: Option<Secret>,
) -> Members {
    let mut body = Members::new();
    let user = holder.user.identifier().to_owned();
    let name = turn.tenant.name().to_owned();
    let recovery = recovery.map(|code| json!([code.expose()]));
    let oob_code = oob_code.map(|code| json!(code.expose()));
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
