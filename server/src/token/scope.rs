//! What a scope grants: the truth table over what was asked and for which API (SCP-07…SCP-15, SCP-20…SCP-22). Pure.

use super::permission::Ceiling;
use crate::tenant::behaviour::{Behaviour, NothingGrantable, OmittedScope, Switch};
use crate::tenant::scope::ScopeSet;

/// The scopes of OIDC's standard claims, in the order in which they are told.
pub(crate) const STANDARD: [&str; 5] = ["openid", "profile", "email", "address", "phone"];

/// Asks for a refresh token.
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";

/// What a login asks for, and what limits it.
pub(super) struct Question<'a> {
    pub(super) asked: Option<&'a ScopeSet>,
    pub(super) api: Option<Offer<'a>>,
    /// API and client allow refresh tokens.
    pub(super) offline: bool,
    /// Whether what is not asked for comes with it: at the tenant's own API nothing does (MFA-MGR-02).
    pub(super) widens: bool,
    pub(super) behaviour: &'a Behaviour,
}

/// What an API has, and what of it can be granted here.
#[derive(Clone, Copy)]
pub(super) struct Offer<'a> {
    /// All its scopes, in its own order.
    pub(super) scopes: &'a [String],
    pub(super) ceiling: &'a Ceiling,
}

/// The scopes of a login: standard ones first, then the API's in its own order, `offline_access` last. `None`: something
/// was asked, nothing of it can be granted, and the tenant refuses that.
pub(super) fn granted(question: &Question<'_>) -> Option<ScopeSet> {
    let Question { api, offline, behaviour, .. } = *question;
    let folded = question.asked.filter(|_| !behaviour.keeps(Switch::ScopeCase)).map(ScopeSet::lower_case);
    let asked = folded.as_ref().or(question.asked).filter(|asked| !asked.is_empty());
    let kept =
        |scope: &&str| api.is_none_or(|api| !api.ceiling.standard_too || api.ceiling.scope.contains(scope));
    let mut granted: ScopeSet = standard(question, asked).into_iter().filter(kept).collect();
    let nothing_known = asked.is_some_and(|asked| {
        let of_the_api = api.is_some_and(|api| !api.ceiling.scope.intersection(asked).is_empty());
        granted.is_empty() && !of_the_api && !(offline && asked.contains(OFFLINE_ACCESS))
    });
    if nothing_known && behaviour.choices.nothing_grantable == NothingGrantable::Refused {
        return None;
    }
    let of_the_api = api.map(|api| of_the_api(behaviour, api, asked)).unwrap_or_default();
    of_the_api.iter().for_each(|scope| granted.insert(scope));
    if !behaviour.keeps(Switch::ScopeKnownOnly) {
        for scope in asked.into_iter().flat_map(ScopeSet::iter).filter(|scope| *scope != OFFLINE_ACCESS) {
            granted.insert(scope);
        }
    }
    if offline
        && (asked.is_some_and(|asked| asked.contains(OFFLINE_ACCESS))
            || !behaviour.keeps(Switch::OfflineNeedsAsking))
    {
        granted.insert(OFFLINE_ACCESS);
    }
    Some(granted)
}

/// The API's part: what was asked for of what can be granted. If nothing of the API was asked, the password equals full
/// access (SCP-07); but what was asked in vain was asked (SCP-14).
fn of_the_api(behaviour: &Behaviour, api: Offer<'_>, asked: Option<&ScopeSet>) -> ScopeSet {
    let Offer { scopes, ceiling } = api;
    let counts = |scope: &str| behaviour.keeps(Switch::ForbiddenRestricts) || ceiling.scope.contains(scope);
    let named = asked.filter(|asked| scopes.iter().any(|scope| asked.contains(scope) && counts(scope)));
    match named.filter(|_| behaviour.keeps(Switch::ScopeRestricts)) {
        Some(named) => ceiling.scope.intersection(named),
        None if ceiling.by_name_only => ScopeSet::default(),
        None => ceiling.scope.clone(),
    }
}

/// The standard scopes: those asked for, or all five if none was, or if `openid` stands alone (SCP-08).
fn standard(question: &Question<'_>, asked: Option<&ScopeSet>) -> Vec<&'static str> {
    let Some(asked) = asked else {
        let api_only =
            question.api.is_some() && question.behaviour.choices.omitted_scope == OmittedScope::ApiOnly;
        let api_only = api_only || !question.widens;
        return if api_only { Vec::new() } else { STANDARD.to_vec() };
    };
    let alone =
        asked.contains("openid") && asked.iter().all(|scope| scope == "openid" || scope == OFFLINE_ACCESS);
    if alone && question.widens && question.behaviour.keeps(Switch::OpenidWidens) {
        return STANDARD.to_vec();
    }
    STANDARD.into_iter().filter(|scope| asked.contains(scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::behaviour::Preset;

    const FIVE: &str = "openid profile email address phone";

    fn ask(asked: Option<&str>, api: Option<Ceiling>, preset: Preset) -> Option<String> {
        let scopes = ["read:a".to_owned(), "write:a".to_owned()];
        let asked = asked.map(ScopeSet::read);
        let behaviour = Behaviour::preset(preset);
        let question = Question {
            asked: asked.as_ref(),
            api: api.as_ref().map(|ceiling| Offer { scopes: &scopes, ceiling }),
            offline: true,
            widens: true,
            behaviour: &behaviour,
        };
        granted(&question).map(|granted| granted.to_string())
    }

    fn up_to(scope: &str, by_name_only: bool) -> Option<Ceiling> {
        Some(Ceiling { scope: ScopeSet::read(scope), by_name_only, standard_too: false })
    }

    fn everything() -> Option<Ceiling> {
        up_to("read:a write:a", false)
    }

    #[test]
    fn the_truth_table() {
        let table: &[(Option<&str>, &str, &str)] = &[
            (None, FIVE, "openid profile email address phone read:a write:a"),
            (Some("openid"), FIVE, "openid profile email address phone read:a write:a"),
            (Some("openid profile"), "openid profile", "openid profile read:a write:a"),
            (Some("profile"), "profile", "profile read:a write:a"),
            (Some("read:a"), "", "read:a"),
            (Some("openid read:a"), "openid", "openid read:a"),
            (Some("nonsense"), "", "read:a write:a"),
            (
                Some("openid offline_access"),
                "openid profile email address phone offline_access",
                "openid profile email address phone read:a write:a offline_access",
            ),
            (Some("offline_access"), "offline_access", "read:a write:a offline_access"),
            (Some("openid nonsense"), "openid", "openid read:a write:a"),
            (Some("online_access"), "", "read:a write:a"),
        ];
        for (asked, without, with) in table {
            assert_eq!(
                ask(*asked, None, Preset::Auth0).as_deref(),
                Some(*without),
                "{asked:?} without audience"
            );
            assert_eq!(
                ask(*asked, everything(), Preset::Auth0).as_deref(),
                Some(*with),
                "{asked:?} with one"
            );
        }
    }

    #[test]
    fn a_ceiling_cuts_what_was_asked_and_what_comes_unasked() {
        let table: &[(Option<&str>, &str, &str)] = &[
            (None, "openid profile email address phone write:a", FIVE),
            (Some("profile"), "profile write:a", "profile"),
            (Some("read:a write:a"), "write:a", "write:a"),
            (Some("read:a"), "", ""),
            (Some("openid read:a"), "openid", "openid"),
        ];
        for (asked, by_permission, by_name) in table {
            let granted = |by_name_only| ask(*asked, up_to("write:a", by_name_only), Preset::Auth0);
            assert_eq!(granted(false).as_deref(), Some(*by_permission), "{asked:?}");
            assert_eq!(granted(true).as_deref(), Some(*by_name), "{asked:?} by name only");
        }
    }

    #[test]
    fn nothing_grantable_is_refused_under_the_rfc() {
        assert_eq!(ask(Some("nonsense"), everything(), Preset::Rfc6749), None);
        assert_eq!(ask(Some("read:a"), None, Preset::Rfc6749), None);
        assert_eq!(ask(Some("read:a"), up_to("write:a", false), Preset::Rfc6749), None);
        assert_eq!(ask(None, None, Preset::Rfc6749).as_deref(), Some(FIVE));
    }
}
