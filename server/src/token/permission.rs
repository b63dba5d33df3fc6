//! What of an API a user may have through a client: the API's policy and the client's grant (SCP-21…SCP-23), and under
//! RBAC the user's permissions (SCP-14, SCP-15, SCP-19). What of it was asked for is the business of `scope`.

use super::error::TokenError;
use crate::tenant::api::{Api, UserAccess};
use crate::tenant::application::Application;
use crate::tenant::behaviour::{Behaviour, Switch};
use crate::tenant::client_grant::{ClientGrant, GrantSubject};
use crate::tenant::role::Permission;
use crate::tenant::scope::ScopeSet;
use crate::tenant::user::User;
use crate::turn::Turn;

/// The most that can be granted of an API.
#[derive(Clone, Debug)]
pub(super) struct Ceiling {
    /// In the API's own order.
    pub(super) scope: ScopeSet,
    /// Nothing of it comes unasked: what a client grant allows has to be named (SCP-21).
    pub(super) by_name_only: bool,
    /// It cuts the standard scopes too: a violation (SCP-19).
    pub(super) standard_too: bool,
}

/// The most that this user gets of this API through this client.
pub(super) fn ceiling(
    turn: &Turn<'_>,
    application: &Application,
    user: &User,
    api: &Api,
) -> Result<Ceiling, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let mut scope: ScopeSet = api.scopes.iter().map(String::as_str).collect();
    let grant = client_grant(turn, application, api)?;
    if let Some(grant) = grant.filter(|_| behaviour.keeps(Switch::ClientGrantCuts)) {
        scope = scope.intersection(&grant.scope);
    }
    if api.rbac && behaviour.keeps(Switch::RbacEnforced) {
        scope = scope.intersection(&permissions(behaviour, user, api));
    }
    let by_name_only = grant.is_some() && behaviour.keeps(Switch::ClientGrantByName);
    let standard_too = api.rbac && !behaviour.keeps(Switch::RbacSparesStandard);
    Ok(Ceiling { scope, by_name_only, standard_too })
}

/// The claim `permissions`: all that the user may do at the API, whatever was asked (SCP-18, ATK-15).
pub(super) fn claim(turn: &Turn<'_>, user: &User, api: &Api, granted: &ScopeSet) -> Option<ScopeSet> {
    let behaviour = &turn.tenant.behaviour;
    let listed = api.rbac && api.dialect.permissions;
    listed.then(|| match permissions(behaviour, user, api) {
        all if behaviour.keeps(Switch::PermissionsWhole) => all,
        all => all.intersection(granted),
    })
}

/// What the user may do at the API, by its roles and by itself, in the API's own order.
fn permissions(behaviour: &Behaviour, user: &User, api: &Api) -> ScopeSet {
    let by_roles = user.roles.iter().flat_map(|role| &role.permissions);
    let by_roles = by_roles.filter(|_| behaviour.keeps(Switch::RolesCount));
    let direct = user.permissions.iter().filter(|_| behaviour.keeps(Switch::DirectPermissionsCount));
    let here = |permission: &&Permission| {
        permission.api == api.identifier || !behaviour.keeps(Switch::PermissionsOfTheApi)
    };
    let held: Vec<&Permission> = by_roles.chain(direct).filter(here).collect();
    let defined = api.scopes.iter().map(String::as_str);
    defined.filter(|scope| held.iter().any(|permission| permission.name == *scope)).collect()
}

/// The grant that the API's policy demands; `None` if it demands none.
fn client_grant<'a>(
    turn: &'a Turn<'_>,
    application: &Application,
    api: &Api,
) -> Result<Option<&'a ClientGrant>, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let refused = || match behaviour.keeps(Switch::UserAccessEnforced) {
        true => Err(TokenError::ApiNotAllowed(api.identifier.clone())),
        false => Ok(None),
    };
    // For a client's own business is another grant than for users.
    let for_users = |grant: &&ClientGrant| {
        grant.subject == GrantSubject::User || !behaviour.keeps(Switch::ClientGrantForUsers)
    };
    let ours =
        |grant: &&ClientGrant| grant.client_id == application.client_id && grant.audience == api.identifier;
    // "All" are the first parties; somebody else's client needs a grant even there.
    let open = behaviour.keeps(Switch::OpenToAll)
        && (application.first_party || !behaviour.keeps(Switch::ThirdPartyNeedsGrant));
    match api.user_access {
        UserAccess::AllowAll if open => Ok(None),
        UserAccess::DenyAll => refused(),
        UserAccess::AllowAll | UserAccess::RequireClientGrant => {
            let mut grants = turn.tenant.client_grants.iter().filter(ours).filter(for_users);
            grants.next().map_or_else(refused, |grant| Ok(Some(grant)))
        }
    }
}
