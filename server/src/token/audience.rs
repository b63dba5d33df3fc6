//! Step 7: which API, which scopes. Here an authenticated user becomes a `ResolvedLogin`: what would be granted, if nothing
//! else is needed.

use std::sync::Arc;

use super::authenticate::{AuthenticatedUser, Refreshed};
use super::connection::LoginAttempt;
use super::error::TokenError;
use super::grant::GrantType;
use super::permission::{self, Ceiling};
use super::scope::{self, OFFLINE_ACCESS, Offer, Question};
use crate::ledger::SuspendedLogin;
use crate::tenant::api::Api;
use crate::tenant::application::Application;
use crate::tenant::behaviour::{AudienceChecked, MfaAudience, Number, Switch, WiderScope};
use crate::tenant::scope::ScopeSet;
use crate::tenant::user::User;
use crate::turn::Turn;

/// What would be granted: these tokens, for this user, to this client.
#[derive(Debug)]
pub(crate) struct ResolvedLogin {
    pub(crate) user: Arc<User>,
    pub(crate) application: Arc<Application>,
    /// `None`: no audience, an opaque token.
    pub(crate) api: Option<Arc<Api>>,
    pub(crate) scope: ScopeSet,
    /// What the token says that the user may do at the API, if it says so (SCP-18).
    pub(crate) permissions: Option<ScopeSet>,
    /// A login, which begins a family of refresh tokens, has none; a refresh carries its family on.
    pub(crate) refreshed: Option<Refreshed>,
}

/// Decides (SCP-01…SCP-23; at a refresh RFT-07…RFT-09, RFT-34, SCP-31).
pub(crate) fn resolve(turn: &Turn<'_>, user: AuthenticatedUser) -> Result<ResolvedLogin, TokenError> {
    match user.refreshed.clone() {
        None => login(turn, user),
        Some(refreshed) => refresh(turn, user, refreshed),
    }
}

/// Some servers refuse an unknown audience before they look at the password (PWD-30).
pub(crate) fn checked_early(turn: &Turn<'_>, attempt: &LoginAttempt) -> Result<(), TokenError> {
    match turn.tenant.behaviour.choices.audience_checked {
        AudienceChecked::AfterPassword => Ok(()),
        AudienceChecked::BeforePassword => api(turn, attempt.asked.audience.as_deref()).map(|_| ()),
    }
}

fn login(turn: &Turn<'_>, user: AuthenticatedUser) -> Result<ResolvedLogin, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let default =
        turn.tenant.default_audience.as_deref().filter(|_| behaviour.keeps(Switch::DefaultAudience));
    let api = api(turn, user.asked.audience.as_deref().or(default))?;
    if api.as_ref().is_some_and(|api| !api.skips_consent) && !behaviour.keeps(Switch::ConsentNotAsked) {
        return Err(TokenError::NothingGrantable);
    }
    let by_api =
        api.as_ref().is_none_or(|api| api.allow_offline_access) || !behaviour.keeps(Switch::OfflineNeedsApi);
    let by_client = user.client.application.may_use(GrantType::RefreshToken.wire())
        || !behaviour.keeps(Switch::OfflineNeedsClient);
    let offline_asked = user.asked.scope.as_ref().is_some_and(|asked| asked.contains(OFFLINE_ACCESS));
    if offline_asked && !(by_api && by_client) && !behaviour.keeps(Switch::OfflineDropped) {
        return Err(TokenError::NothingGrantable);
    }
    let ceiling = ceiling(turn, &user, api.as_deref())?;
    let question = Question {
        asked: user.asked.scope.as_ref(),
        api: api.as_ref().zip(ceiling.as_ref()).map(|(api, ceiling)| Offer { scopes: &api.scopes, ceiling }),
        offline: by_api && by_client,
        widens: api.as_ref().is_none_or(|api| !api.is_mfa),
        behaviour,
    };
    let scope = scope::granted(&question).ok_or(TokenError::NothingGrantable)?;
    Ok(decided(turn, user, api, scope))
}

/// Nothing widens at a refresh: the answer is what was granted, or what of it was asked for (RFT-34: also where a login
/// has to name its scopes).
fn refresh(
    turn: &Turn<'_>,
    user: AuthenticatedUser,
    refreshed: Refreshed,
) -> Result<ResolvedLogin, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let original = &refreshed.original;
    let bound = behaviour.keeps(Switch::RefreshAudienceBound);
    let other = user.asked.audience.as_deref().filter(|_| !bound);
    let api = api(turn, other.or(original.audience.as_deref()))?;
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
    let scope = still_allowed(turn, &user, api.as_deref(), scope)?;
    Ok(decided(turn, user, api, scope))
}

/// Policies, grants and permissions may have changed since the login: they are judged anew (SCP-31).
fn still_allowed(
    turn: &Turn<'_>,
    user: &AuthenticatedUser,
    api: Option<&Api>,
    scope: ScopeSet,
) -> Result<ScopeSet, TokenError> {
    let ceiling = ceiling(turn, user, api)?;
    let Some((api, ceiling)) = api.zip(ceiling) else { return Ok(scope) };
    let anew = turn.tenant.behaviour.keeps(Switch::RefreshPermissionsAnew);
    let of_the_api = |one: &str| api.scopes.iter().any(|defined| defined == one);
    Ok(scope.iter().filter(|one| !anew || !of_the_api(one) || ceiling.scope.contains(one)).collect())
}

/// What this user may have of the API through this client, if there is one.
fn ceiling(
    turn: &Turn<'_>,
    user: &AuthenticatedUser,
    api: Option<&Api>,
) -> Result<Option<Ceiling>, TokenError> {
    let of = |api| permission::ceiling(turn, &user.client.application, &user.user, api);
    api.map(of).transpose()
}

fn decided(
    turn: &Turn<'_>,
    user: AuthenticatedUser,
    api: Option<Arc<Api>>,
    scope: ScopeSet,
) -> ResolvedLogin {
    let permissions = api.as_ref().and_then(|api| permission::claim(turn, &user.user, api, &scope));
    let AuthenticatedUser { user, client, refreshed, .. } = user;
    ResolvedLogin { user, application: client.application, api, scope, permissions, refreshed }
}

/// A login that was suspended goes on with what was decided (MFA-TOK-10, RFT-32); who the user is may have changed.
pub(super) fn resumed(turn: &Turn<'_>, login: &SuspendedLogin, user: Arc<User>) -> ResolvedLogin {
    let behaviour = &turn.tenant.behaviour;
    let lost = !behaviour.keeps(Switch::MfaKeepsLogin);
    let scope = if lost { crate::token::STANDARD.into_iter().collect() } else { login.scope.clone() };
    ResolvedLogin {
        user,
        application: Arc::clone(&login.application),
        api: login.api.clone().filter(|_| behaviour.keeps(Switch::MfaKeepsApi)),
        scope,
        permissions: login.permissions.clone(),
        refreshed: None,
    }
}

/// What an access token of the MFA API stands for, as a login that waits: who holds it, and what it may do there.
pub(crate) fn of_mfa_api(
    turn: &Turn<'_>,
    user: Arc<User>,
    application: Arc<Application>,
    scope: ScopeSet,
) -> SuspendedLogin {
    SuspendedLogin { user, application, api: Some(mfa_api(turn)), scope, permissions: None, charged: None }
}

fn mfa_api(turn: &Turn<'_>) -> Arc<Api> {
    let lifetime = turn.tenant.behaviour.number(Number::MfaApiLifetime);
    Arc::new(Api::mfa(format!("{}mfa/", turn.issuer()), lifetime))
}

/// Whether an audience is the tenant's own MFA API (MFA-MGR-01, MFA-MGR-04).
pub(crate) fn is_mfa_api(turn: &Turn<'_>, audience: &str) -> bool {
    let slash = turn.tenant.behaviour.choices.mfa_audience;
    let without = audience.strip_suffix("mfa").filter(|_| slash == MfaAudience::Optional);
    audience.strip_suffix("mfa/").or(without).is_some_and(|issuer| turn.owns(issuer))
}

/// Whether an audience is the tenant's own userinfo, which equals none (SCP-03).
pub(crate) fn is_userinfo(turn: &Turn<'_>, audience: &str) -> bool {
    audience.strip_suffix("userinfo").is_some_and(|issuer| turn.owns(issuer))
}

/// The API of an audience; none for no audience, and for that of userinfo itself (SCP-02, SCP-03, SCP-05).
fn api(turn: &Turn<'_>, audience: Option<&str>) -> Result<Option<Arc<Api>>, TokenError> {
    let counts = |audience: &&str| {
        !is_userinfo(turn, audience) || !turn.tenant.behaviour.keeps(Switch::UserinfoIsNoApi)
    };
    let Some(audience) = audience.filter(counts) else { return Ok(None) };
    if is_mfa_api(turn, audience) {
        return Ok(Some(mfa_api(turn)));
    }
    match turn.tenant.apis.iter().find(|api| api.identifier == audience) {
        Some(api) => Ok(Some(Arc::clone(api))),
        None if !turn.tenant.behaviour.keeps(Switch::AudienceKnownOnly) => {
            Ok(turn.tenant.apis.first().map(Arc::clone))
        }
        None => Err(TokenError::UnknownAudience(audience.to_owned())),
    }
}

impl ResolvedLogin {
    /// Whether it is a login and not a refresh.
    pub(crate) fn is_login(&self) -> bool {
        self.refreshed.is_none()
    }

    /// Whether a refresh token comes with it (RFT-01).
    pub(super) fn begins_family(&self) -> bool {
        self.is_login() && self.scope.contains(OFFLINE_ACCESS)
    }
}
