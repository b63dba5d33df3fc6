//! `/mfa/authenticators`: what a user has enrolled, and its end (MFA-AUT-01…MFA-AUT-17).

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::super::{Answered, Facts, Request, reply};
use super::{By, holder};
use crate::factor::{Authenticator, Kind};
use crate::tenant::behaviour::{AuthenticatorType, EmailName, Switch};
use crate::tenant::user::User;
use crate::token::{MfaError, TokenError, enrolled};
use crate::turn::Turn;

/// Where each of them stands.
pub(in crate::endpoint) const PREFIX: &str = "/mfa/authenticators/";

/// `GET /mfa/authenticators`
pub(in crate::endpoint) fn list(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let facts = Facts { endpoint: "mfa.authenticators", ..Facts::default() };
    let holder = match holder(turn, request, "read:authenticators") {
        Ok(holder) => holder,
        Err(refusal) => return super::refused(turn, &refusal, facts),
    };
    let everybody = !turn.tenant.behaviour.keeps(Switch::AuthenticatorsOwn);
    let users = turn.tenant.users.all.iter().filter(|user| everybody && user.subject != holder.user.subject);
    let all = std::iter::once(&holder.user).chain(users);
    let listed: Vec<Value> = all
        .flat_map(|user| enrolled::authenticators(turn, user))
        .map(|authenticator| told(turn, &authenticator))
        .collect();
    let told = format!("{} of {}", listed.len(), holder.user.identifier());
    reply::granted(200, Some(&json!(listed)), facts, told)
}

/// An authenticator as it is listed: `id, authenticator_type, active, oob_channel, name`, in the recorded order.
fn told(turn: &Turn<'_>, authenticator: &Authenticator) -> Value {
    let behaviour = &turn.tenant.behaviour;
    let kind = &authenticator.kind;
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    set("id", json!(authenticator.id));
    set("authenticator_type", json!(kind.wire()));
    set("active", json!(authenticator.active));
    if let Some(channel) = kind.channel() {
        set("oob_channel", json!(channel.wire()));
    }
    let clear = matches!(kind, Kind::Email(_)) && behaviour.choices.email_name == EmailName::Clear;
    if let Some(name) = kind.name(behaviour.keeps(Switch::NamesMasked) && !clear) {
        set("name", json!(name));
    }
    if behaviour.choices.authenticator_type == AuthenticatorType::Listed {
        set("type", json!(kind.requirement()));
    }
    Value::Object(members)
}

/// `DELETE /mfa/authenticators/ID`
pub(in crate::endpoint) fn delete(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "mfa.authenticators", ..Facts::default() };
    match deleted(turn, request) {
        Ok(told) => {
            super::log(turn, &request.parts.headers, &mut facts, &["gd_unenroll"]);
            reply::granted(204, None, facts, told)
        }
        Err(refusal) => super::refused(turn, &refusal, facts),
    }
}

fn deleted(turn: &Turn<'_>, request: &Request<'_>) -> Result<String, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let holder = holder(turn, request, "remove:authenticators")?;
    if matches!(holder.by, By::MfaToken(_)) && behaviour.keeps(Switch::DeleteByAccessToken) {
        return Err(MfaError::BearerInvalid("an mfa_token deletes nothing").into());
    }
    let early = matches!(holder.by, By::AccessToken { stepped_up: false, .. });
    if early && enrolled::is_enrolled(turn, &enrolled::authenticators(turn, &holder.user)) {
        return Err(MfaError::BearerInvalid("it was issued before there was a factor to show").into());
    }
    let path = request.parts.uri.path();
    let id = percent_decode_str(path.strip_prefix(PREFIX).unwrap_or_default()).decode_utf8_lossy();
    let (owner, authenticator) = named(turn, &holder.user, &id).ok_or(MfaError::InvalidAuthenticator)?;
    if authenticator.is_derived() && behaviour.keeps(Switch::DeleteKeepsMail) {
        return Err(MfaError::AuthenticatorKept("A verified email address cannot be removed.").into());
    }
    if !authenticator.is_factor() && behaviour.keeps(Switch::DeleteKeepsRecovery) {
        return Err(MfaError::AuthenticatorKept("A recovery code cannot be removed.").into());
    }
    if behaviour.keeps(Switch::DeleteEnds) {
        let pairs = behaviour.keeps(Switch::DeletePairs);
        let gone = turn.ledgers.enrolments.delete(&owner, &id, pairs);
        turn.ledgers.challenges.forget(&owner.subject, &gone);
    }
    Ok(format!("{id} of {} is gone", owner.identifier()))
}

/// The user's own authenticator of an id.
fn named(turn: &Turn<'_>, user: &Arc<User>, id: &str) -> Option<(Arc<User>, Authenticator)> {
    let everybody = !turn.tenant.behaviour.keeps(Switch::DeleteOwn);
    let others = turn.tenant.users.all.iter().filter(|_| everybody);
    std::iter::once(user).chain(others).find_map(|user| {
        let own = enrolled::authenticators(turn, user);
        let found = own.into_iter().find(|one| one.id == id)?;
        Some((Arc::clone(user), found))
    })
}
