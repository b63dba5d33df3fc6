//! `POST /mfa/challenge`: which factor shall be shown, and, if it is sent, the sending (MFA-CHL-01…MFA-CHL-17).

use std::sync::Arc;

use serde_json::json;

use super::super::{Answered, Facts, Request, reply};
use super::send;
use crate::factor::{Authenticator, Channel, Kind};
use crate::tenant::behaviour::{ChallengeType, Switch};
use crate::tenant::secret::Secret;
use crate::tenant::user::User;
use crate::token::{MfaError, TokenError, TokenRequest, challenge, enrolled};
use crate::turn::Turn;

/// What a client can say that it takes.
const TYPES: [&str; 2] = ["oob", "otp"];

/// Authenticates the client, finds the login that waits, and asks for one of the user's factors.
pub(in crate::endpoint) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "mfa.challenge", ..Facts::default() };
    match carry_out(turn, request, &mut facts) {
        Ok((body, told)) => reply::granted(200, Some(&body), facts, told),
        Err(refusal) => super::refused(turn, &refusal, facts),
    }
}

fn carry_out(
    turn: &mut Turn<'_>,
    request: &Request<'_>,
    facts: &mut Facts,
) -> Result<(serde_json::Value, String), TokenError> {
    let headers = &request.parts.headers;
    let request = TokenRequest::parse_challenge(&turn.tenant.behaviour, request.parts, request.body)?;
    let client = super::super::client(turn, &request, facts)?;
    let parameters = &request.parameters;
    let mfa_token = Secret::new(parameters.required("mfa_token")?);
    let suspended =
        challenge::suspended_login(turn, &client, &mfa_token).map_err(|refusal| match refusal {
            MfaError::TokenMalformed(why) => MfaError::BearerInvalid(why),
            MfaError::TokenExpired => MfaError::BearerExpired,
            other => other,
        })?;
    if suspended.ticket.only.is_some() {
        return Err(MfaError::BearerInvalid("it is an access token").into());
    }
    let types = types(turn, parameters.value("challenge_type"))?;
    let channel = parameters.value("oob_channel").map(channel).transpose()?;
    let user = Arc::clone(&suspended.user);
    let (owner, chosen) = chosen(turn, &user, &types, channel, parameters.value("authenticator_id"))?;
    let told = format!("{} of {}", chosen.id, user.identifier());
    if matches!(chosen.kind, Kind::Otp(_)) {
        super::log(turn, headers, facts, &["gd_start_auth"]);
        return Ok((json!({ "challenge_type": "otp" }), told));
    }
    let permit = send::permit(turn, &owner, &chosen)?;
    let sent = send::send(turn, &owner, &chosen, Some(&mfa_token), permit);
    super::log(turn, headers, facts, &["gd_start_auth", sent.logged]);
    let mut body = json!({ "challenge_type": "oob", "oob_code": sent.oob_code.expose() });
    if !matches!(chosen.kind, Kind::Push { .. }) {
        body["binding_method"] = json!("prompt");
    }
    Ok((body, told))
}

/// The types that the client takes; all if it does not say (MFA-CHL-02, MFA-CHL-14).
fn types(turn: &Turn<'_>, said: Option<&str>) -> Result<Vec<&'static str>, TokenError> {
    let Some(said) = said else {
        return match turn.tenant.behaviour.choices.challenge_type {
            ChallengeType::Optional => Ok(TYPES.to_vec()),
            ChallengeType::Required => Err(TokenError::MissingParameter("challenge_type")),
        };
    };
    let read = |word: &str| {
        let known = TYPES.into_iter().find(|known| *known == word);
        known.ok_or_else(|| TokenError::MalformedRequest(format!("challenge_type {word} is unknown")))
    };
    said.split_whitespace().map(read).collect()
}

fn channel(said: &str) -> Result<Channel, TokenError> {
    Channel::read(said).ok_or_else(|| TokenError::MalformedRequest(format!("oob_channel {said} is unknown")))
}

/// The factor that is named, or the first enrolled that fits, and whose it is (MFA-CHL-03, MFA-CHL-07…MFA-CHL-10).
fn chosen(
    turn: &Turn<'_>,
    user: &Arc<User>,
    types: &[&'static str],
    channel: Option<Channel>,
    named: Option<&str>,
) -> Result<(Arc<User>, Authenticator), TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let counts =
        |one: &Authenticator| one.is_factor() && (one.active || !behaviour.keeps(Switch::ChallengeConfirmed));
    let of = |user: &Arc<User>| {
        let own = enrolled::authenticators(turn, user).into_iter().filter(counts);
        own.map(|one| (Arc::clone(user), one)).collect::<Vec<_>>()
    };
    let own = of(user);
    if own.is_empty() {
        return Err(MfaError::UserNotEnrolled.into());
    }
    let found = match named.filter(|_| behaviour.keeps(Switch::ChallengeNamed)) {
        None => own.clone(),
        Some(id) => {
            let all = if behaviour.keeps(Switch::ChallengeOwn) {
                own.clone()
            } else {
                turn.tenant.users.all.iter().flat_map(of).collect()
            };
            let one = all.into_iter().find(|(_, one)| one.id == id);
            vec![one.ok_or(MfaError::InvalidAuthenticator)?]
        }
    };
    let fits = |one: &Authenticator| {
        let of_type = types.contains(&one.kind.wire()) || !behaviour.keeps(Switch::ChallengeTypeKept);
        of_type && channel.is_none_or(|channel| one.kind.channel() == Some(channel))
    };
    let fitting = found.into_iter().find(|(_, one)| fits(one));
    fitting.ok_or_else(|| {
        let mut supported: Vec<&str> = own.iter().map(|(_, one)| one.kind.wire()).collect();
        supported.sort_unstable();
        supported.dedup();
        let (asked, supported) = (types.join(" "), supported.join(" "));
        MfaError::UnsupportedChallengeType { asked, supported }.into()
    })
}
