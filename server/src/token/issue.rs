//! Step 8: an `Authorization` becomes tokens. Nothing else does.

use serde_json::{Map, Value, json};

use super::challenge::{self, Authorization};
use super::error::TokenError;
use super::{claims, jwt};
use crate::ledger::{Exchanged, OpaqueGrant, RefreshGrant, RefreshRules, Ticket};
use crate::tenant::api::TokenProfile;
use crate::tenant::behaviour::Switch;
use crate::tenant::secret::Secret;
use crate::turn::Turn;

/// Seconds that an opaque access token lives (ATK-10, recorded).
const OPAQUE_LIFETIME: i64 = 86_400;

/// A successful answer, before it is a body.
pub(crate) struct TokenResponse {
    /// The members in the recorded order: `access_token, refresh_token, id_token, scope, expires_in, token_type`.
    pub(crate) members: Map<String, Value>,
    /// Who got it, for people: `ann@acme.test, openid read:orders`.
    pub(crate) told: String,
}

impl TokenResponse {
    /// The same with the recovery code that takes the place of the one that was used, in the documented order (MFA-REC-02).
    pub(crate) fn with_recovery_code(mut self, code: &Secret) -> Self {
        let place = self.members.len().saturating_sub(1);
        self.members.shift_insert(place, "recovery_code".to_owned(), json!(code.expose()));
        self
    }

    /// The same with the refresh token that goes on serving, unless another one has taken its place (RFT-06).
    pub(crate) fn repeating(mut self, token: &Secret) -> Self {
        if !self.members.contains_key("refresh_token") {
            self.members.shift_insert(1, "refresh_token".to_owned(), json!(token.expose()));
        }
        self
    }
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenResponse({})", self.told)
    }
}

/// Issues what was decided. The login is counted before the tokens are made (PWD-24).
pub(crate) fn tokens(turn: &mut Turn<'_>, authorization: Authorization) -> Result<TokenResponse, TokenError> {
    let audience = authorization.api.as_ref().map(|api| api.identifier.as_str());
    turn.trace.granted(audience, &authorization.scope.to_string());
    let subject = &authorization.user.subject;
    let behaviour = &turn.tenant.behaviour;
    let counted = match authorization.is_login() {
        true => behaviour.keeps(Switch::LoginRecorded),
        false => !behaviour.keeps(Switch::RefreshNotRecorded),
    };
    if counted {
        turn.ledgers.directory.record_login(subject, turn.now);
    }
    let (access_token, lifetime) = access_token(turn, &authorization);
    let id_token = id_token(turn, &authorization, &access_token)?;
    // Last: a refusal up to here has not used up the token that was presented.
    let refresh_token = refresh_token(turn, &authorization)?;
    let mut members = Map::new();
    members.insert("access_token".to_owned(), json!(access_token));
    for (name, token) in [("refresh_token", refresh_token), ("id_token", id_token)] {
        token.map(|token| members.insert(name.to_owned(), json!(token)));
    }
    // Told also when it is what was asked for (recorded 2021); nothing granted, nothing told (SCP-12).
    if !authorization.scope.is_empty() {
        members.insert("scope".to_owned(), json!(authorization.scope.to_string()));
    }
    members.insert("expires_in".to_owned(), json!(lifetime));
    members.insert("token_type".to_owned(), json!("Bearer"));
    let told = format!("{} gets [{}]", authorization.user.identifier(), authorization.scope);
    Ok(TokenResponse { members, told })
}

/// A JWT for an API; 32 characters that only `/userinfo` understands without one (SCP-02).
fn access_token(turn: &mut Turn<'_>, authorization: &Authorization) -> (String, i64) {
    let Some(api) = &authorization.api else {
        let token = turn.dice.token(32);
        let expires = turn.seconds() + OPAQUE_LIFETIME;
        let subject = authorization.user.subject.clone();
        turn.ledgers
            .access_tokens
            .issue(&token, OpaqueGrant { subject, scope: authorization.scope.clone(), expires });
        return (token, OPAQUE_LIFETIME);
    };
    let claims = claims::access_token(turn, authorization, api);
    let mut header = Map::new();
    if api.dialect.profile == TokenProfile::Rfc9068 {
        header.insert("typ".to_owned(), json!("at+jwt"));
    }
    let token = jwt::write(&turn.tenant.signing_key, &api.signing, &claims, &header);
    if api.is_mfa && !turn.tenant.behaviour.keeps(Switch::MfaTokenIsOpaque) {
        let expires = turn.seconds() + api.token_lifetime;
        let login = challenge::suspended(turn, authorization);
        turn.ledgers.tickets.issue(&token, Ticket { login, only: None, expires });
    }
    (token, api.token_lifetime)
}

/// Who logged in (IDT-01).
fn id_token(
    turn: &mut Turn<'_>,
    authorization: &Authorization,
    access_token: &str,
) -> Result<Option<String>, TokenError> {
    if !authorization.scope.contains("openid") && turn.tenant.behaviour.keeps(Switch::IdTokenNeedsOpenid) {
        return Ok(None);
    }
    let subject = &authorization.user.subject;
    let profile = turn.ledgers.directory.profile(turn.tenant, subject).ok_or(TokenError::RefreshUserGone)?;
    let claims = claims::id_token(turn, authorization, &profile, access_token);
    let signing = &authorization.application.id_token_signing;
    Ok(Some(jwt::write(&turn.tenant.signing_key, signing, &claims, &Map::new())))
}

/// A new refresh token: of a login that may have one (RFT-01), of an exchange if it replaces the token presented (RFT-16).
fn refresh_token(turn: &mut Turn<'_>, authorization: &Authorization) -> Result<Option<String>, TokenError> {
    let ledger = &turn.ledgers.refresh_tokens;
    let rules =
        RefreshRules { policy: &authorization.application.refresh, behaviour: &turn.tenant.behaviour };
    if authorization.is_login() && !authorization.begins_family() {
        return Ok(None);
    }
    let now = turn.now.as_second();
    let token = format!("v1.{}", turn.dice.token(64));
    let Some(refreshed) = &authorization.refreshed else {
        let grant = RefreshGrant {
            client_id: authorization.application.client_id.clone(),
            subject: authorization.user.subject.clone(),
            audience: authorization.api.as_ref().map(|api| api.identifier.clone()),
            scope: authorization.scope.clone(),
            stepped_up: authorization.stepped_up,
        };
        ledger.begin(&token, grant, rules, now);
        return Ok(Some(token));
    };
    match ledger.exchange(refreshed.token.expose(), &token, rules, now) {
        Exchanged::Replaced => Ok(Some(token)),
        // Rotation that keeps a token is a deviation's.
        Exchanged::Kept => Ok(rules.policy.rotating.then(|| refreshed.token.expose().to_owned())),
        Exchanged::Lost if !rules.behaviour.keeps(Switch::RefreshTokenKnown) => Ok(None),
        Exchanged::Lost => Err(TokenError::BadRefreshToken("its family ended meanwhile")),
        Exchanged::Reused => Err(TokenError::RefreshReused),
        Exchanged::Full => Err(TokenError::LedgerFull("refresh tokens")),
    }
}
