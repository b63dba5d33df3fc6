//! Step 6: which API, which scopes. Here a login becomes an `Authorization`: the decision that tokens may be issued.

use std::sync::Arc;

use super::authenticate::AuthenticatedUser;
use super::connection::LoginAttempt;
use super::error::TokenError;
use super::grant::GrantType;
use super::scope::{self, OFFLINE_ACCESS, Question};
use crate::ledger::RefreshGrant;
use crate::tenant::api::Api;
use crate::tenant::application::Application;
use crate::tenant::behaviour::{AudienceChecked, Switch, WiderScope};
use crate::tenant::scope::ScopeSet;
use crate::tenant::user::User;
use crate::turn::Turn;

/// The decision: these tokens, for this user, to this client.
#[derive(Debug)]
pub(crate) struct Authorization {
    pub(crate) user: Arc<User>,
    pub(crate) application: Arc<Application>,
    /// `None`: no audience, an opaque token.
    pub(crate) api: Option<Arc<Api>>,
    pub(crate) scope: ScopeSet,
    /// Whether this is a login, which begins a family of refresh tokens, or a refresh, which does not.
    pub(crate) login: bool,
}

/// Decides (SCP-01…SCP-13, SCP-20; at a refresh RFT-07…RFT-09).
pub(crate) fn resolve(turn: &Turn<'_>, user: AuthenticatedUser) -> Result<Authorization, TokenError> {
    match user.refreshed.clone() {
        None => login(turn, user),
        Some(original) => refresh(turn, user, &original),
    }
}

/// Some servers refuse an unknown audience before they look at the password (PWD-30).
pub(crate) fn checked_early(turn: &Turn<'_>, attempt: &LoginAttempt) -> Result<(), TokenError> {
    match turn.tenant.behaviour.choices.audience_checked {
        AudienceChecked::AfterPassword => Ok(()),
        AudienceChecked::BeforePassword => api(turn, attempt.asked.audience.as_deref()).map(|_| ()),
    }
}

fn login(turn: &Turn<'_>, user: AuthenticatedUser) -> Result<Authorization, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let default =
        turn.tenant.default_audience.as_deref().filter(|_| behaviour.keeps(Switch::DefaultAudience));
    let api = api(turn, user.asked.audience.as_deref().or(default))?;
    if api.as_ref().is_some_and(|api| !api.skips_consent) && !behaviour.keeps(Switch::ConsentNotAsked) {
        return Err(TokenError::NothingGrantable);
    }
    let application = user.client.application;
    let by_api =
        api.as_ref().is_none_or(|api| api.allow_offline_access) || !behaviour.keeps(Switch::OfflineNeedsApi);
    let by_client =
        application.may_use(GrantType::RefreshToken.wire()) || !behaviour.keeps(Switch::OfflineNeedsClient);
    let offline_asked = user.asked.scope.as_ref().is_some_and(|asked| asked.contains(OFFLINE_ACCESS));
    if offline_asked && !(by_api && by_client) && !behaviour.keeps(Switch::OfflineDropped) {
        return Err(TokenError::NothingGrantable);
    }
    let question = Question {
        asked: user.asked.scope.as_ref(),
        api: api.as_deref(),
        offline: by_api && by_client,
        behaviour,
    };
    let scope = scope::granted(&question).ok_or(TokenError::NothingGrantable)?;
    Ok(Authorization { user: user.user, application, api, scope, login: true })
}

/// Nothing widens at a refresh: the answer is what was granted, or what of it was asked for.
fn refresh(
    turn: &Turn<'_>,
    user: AuthenticatedUser,
    original: &RefreshGrant,
) -> Result<Authorization, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let api = api(turn, original.audience.as_deref())?;
    let scope = match &user.asked.scope {
        None => original.scope.clone(),
        Some(asked) if !behaviour.keeps(Switch::RefreshScopeBound) => {
            let mut wider = original.scope.intersection(asked);
            asked.iter().for_each(|scope| wider.insert(scope));
            wider
        }
        Some(asked) => {
            let wider = asked.iter().any(|scope| !original.scope.contains(scope));
            if wider && behaviour.choices.wider_scope == WiderScope::Refused {
                return Err(TokenError::WiderScope);
            }
            original.scope.intersection(asked)
        }
    };
    Ok(Authorization { user: user.user, application: user.client.application, api, scope, login: false })
}

/// Whether an audience is the tenant's own userinfo, which equals none (SCP-03).
pub(crate) fn is_userinfo(turn: &Turn<'_>, audience: &str) -> bool {
    audience.strip_suffix("userinfo").is_some_and(|issuer| turn.owns(issuer))
}

/// The API of an audience; none for no audience, and for that of userinfo itself (SCP-02, SCP-03, SCP-05).
fn api(turn: &Turn<'_>, audience: Option<&str>) -> Result<Option<Arc<Api>>, TokenError> {
    let Some(audience) = audience.filter(|audience| !is_userinfo(turn, audience)) else { return Ok(None) };
    match turn.tenant.apis.iter().find(|api| api.identifier == audience) {
        Some(api) => Ok(Some(Arc::clone(api))),
        None if !turn.tenant.behaviour.keeps(Switch::AudienceKnownOnly) => {
            Ok(turn.tenant.apis.first().map(Arc::clone))
        }
        None => Err(TokenError::UnknownAudience(audience.to_owned())),
    }
}

impl Authorization {
    /// Whether a refresh token comes with it (RFT-01).
    pub(super) fn begins_family(&self) -> bool {
        self.login && self.scope.contains(OFFLINE_ACCESS)
    }
}
