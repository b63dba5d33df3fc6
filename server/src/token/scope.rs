//! What a scope grants: the truth table over what was asked and for which API (SCP-07…SCP-13, SCP-20). Pure.

use crate::tenant::api::Api;
use crate::tenant::behaviour::{Behaviour, NothingGrantable, OmittedScope, Switch};
use crate::tenant::scope::ScopeSet;

/// The scopes of OIDC's standard claims, in the order in which they are told.
pub(crate) const STANDARD: [&str; 5] = ["openid", "profile", "email", "address", "phone"];

/// Asks for a refresh token.
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";

/// What a login asks for, and what limits it.
pub(super) struct Question<'a> {
    pub(super) asked: Option<&'a ScopeSet>,
    pub(super) api: Option<&'a Api>,
    /// API and client allow refresh tokens.
    pub(super) offline: bool,
    pub(super) behaviour: &'a Behaviour,
}

/// The scopes of a login: standard ones first, then the API's in its own order, `offline_access` last. `None`: something
/// was asked, nothing of it can be granted, and the tenant refuses that.
pub(super) fn granted(question: &Question<'_>) -> Option<ScopeSet> {
    let Question { api, offline, behaviour, .. } = *question;
    let folded = question.asked.filter(|_| !behaviour.keeps(Switch::ScopeCase)).map(ScopeSet::lower_case);
    let asked = folded.as_ref().or(question.asked).filter(|asked| !asked.is_empty());
    let of_the_api: ScopeSet =
        api.into_iter().flat_map(|api| api.scopes.iter().map(String::as_str)).collect();
    let mut granted: ScopeSet = standard(question, asked).into_iter().collect();
    let named = asked.map(|asked| of_the_api.intersection(asked)).unwrap_or_default();
    let nothing_known = asked.is_some_and(|asked| {
        granted.is_empty() && named.is_empty() && !(offline && asked.contains(OFFLINE_ACCESS))
    });
    if nothing_known && behaviour.choices.nothing_grantable == NothingGrantable::Refused {
        return None;
    }
    // No scope of the API asked: the password equals full access (SCP-07).
    let restricted = !named.is_empty() && behaviour.keeps(Switch::ScopeRestricts);
    for scope in if restricted { named.iter() } else { of_the_api.iter() } {
        granted.insert(scope);
    }
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

/// The standard scopes: those asked for, or all five if none was, or if `openid` stands alone (SCP-08).
fn standard(question: &Question<'_>, asked: Option<&ScopeSet>) -> Vec<&'static str> {
    let Some(asked) = asked else {
        let api_only =
            question.api.is_some() && question.behaviour.choices.omitted_scope == OmittedScope::ApiOnly;
        return if api_only { Vec::new() } else { STANDARD.to_vec() };
    };
    let alone =
        asked.contains("openid") && asked.iter().all(|scope| scope == "openid" || scope == OFFLINE_ACCESS);
    if alone && question.behaviour.keeps(Switch::OpenidWidens) {
        return STANDARD.to_vec();
    }
    STANDARD.into_iter().filter(|scope| asked.contains(scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::api::ApiSigning;
    use crate::tenant::behaviour::Preset;

    const FIVE: &str = "openid profile email address phone";

    fn ask(asked: Option<&str>, api: bool, preset: Preset) -> Option<String> {
        let orders = Api {
            identifier: "https://api.test/".to_owned(),
            signing: ApiSigning::Rs256,
            token_lifetime: 86_400,
            allow_offline_access: true,
            skips_consent: true,
            scopes: vec!["read:a".to_owned(), "write:a".to_owned()],
        };
        let asked = asked.map(ScopeSet::read);
        let behaviour = Behaviour::preset(preset);
        let question = Question {
            asked: asked.as_ref(),
            api: api.then_some(&orders),
            offline: true,
            behaviour: &behaviour,
        };
        granted(&question).map(|granted| granted.to_string())
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
                ask(*asked, false, Preset::Auth0).as_deref(),
                Some(*without),
                "{asked:?} without audience"
            );
            assert_eq!(ask(*asked, true, Preset::Auth0).as_deref(), Some(*with), "{asked:?} with one");
        }
    }

    #[test]
    fn nothing_grantable_is_refused_under_the_rfc() {
        assert_eq!(ask(Some("nonsense"), true, Preset::Rfc6749), None);
        assert_eq!(ask(Some("read:a"), false, Preset::Rfc6749), None);
        assert_eq!(ask(None, false, Preset::Rfc6749).as_deref(), Some(FIVE));
    }
}
