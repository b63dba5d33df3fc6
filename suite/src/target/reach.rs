//! Whether somebody in a profile may do at its APIs what a case says: roles, permissions, client grants.
//!
//! Compared only where it matters: permissions at an API with RBAC, grants at one whose policy speaks of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::profile::{Api, Client, Profile, User};
use crate::corpus::case::{ApiScopes, Given, GivenApi, GivenClient, GivenUser};

/// Real names of scopes by the identifier of an API, as a profile says them.
pub(super) type Reach = BTreeMap<String, Vec<String>>;

/// The APIs of a case that were picked, by alias.
pub(super) type Apis<'a> = [(&'a str, &'a Api)];

/// Whether the client has the same client grants as the one of the case.
pub(super) fn client(given: &Given, apis: &Apis<'_>, wanted: &GivenClient, client: &Client) -> bool {
    let asks = |api: &GivenApi| api.settings.contains_key("subject_type_authorization");
    concerned(given, apis, asks).all(|(alias, api)| {
        names(&[&wanted.user_access], alias, api) == said(&[&client.user_access], api)
            && names(&[&wanted.client_access], alias, api) == said(&[&client.client_access], api)
    })
}

/// Whether the user may do the same, itself and by its roles, as the one of the case.
pub(super) fn user(
    given: &Given,
    profile: &Profile,
    apis: &Apis<'_>,
    wanted: &GivenUser,
    user: &User,
) -> bool {
    let asks = |api: &GivenApi| api.settings.get("enforce_policies") == Some(&Value::Bool(true));
    let wanted_roles: Vec<&ApiScopes> = wanted
        .roles
        .iter()
        .flatten()
        .filter_map(|alias| given.roles.iter().find(|(name, _)| name == alias))
        .map(|(_, role)| &role.permissions)
        .collect();
    let roles: Vec<&Reach> = user
        .roles
        .iter()
        .filter_map(|name| profile.roles.iter().find(|role| role.name == *name))
        .map(|role| &role.permissions)
        .collect();
    let wanted_own: Vec<&ApiScopes> = wanted.permissions.iter().collect();
    concerned(given, apis, asks).all(|(alias, api)| {
        let same = |wanted: &[&ApiScopes], has: &[&Reach]| {
            names(wanted, alias, api).unwrap_or_default() == said(has, api).unwrap_or_default()
        };
        same(&wanted_roles, &roles) && same(&wanted_own, &[&user.permissions])
    })
}

/// A line of the stanza that would help.
pub(super) fn stanza(member: &str, scopes: &[(String, Vec<String>)]) -> String {
    let one = |(alias, parts): &(String, Vec<String>)| format!("{} of {alias}", parts.join(" and "));
    let all: Vec<String> = scopes.iter().map(one).collect();
    if all.is_empty() {
        return String::new();
    }
    format!("\n{member} = {{ \"…\" = [\"…\"] }}   # by audience: {}", all.join("; "))
}

/// The APIs of which the case asks something.
fn concerned<'a>(
    given: &'a Given,
    apis: &'a Apis<'_>,
    asks: impl Fn(&GivenApi) -> bool + 'a,
) -> impl Iterator<Item = (&'a str, &'a Api)> {
    let wanted = |alias: &str| given.apis.iter().find(|(name, _)| name == alias);
    let picked = apis.iter().filter(move |(alias, _)| wanted(alias).is_some_and(|(_, api)| asks(api)));
    picked.map(|(alias, api)| (*alias, *api))
}

/// What a case says of one API, by real names; `None` if it says nothing of it.
fn names<'a>(all: &[&'a ApiScopes], alias: &str, api: &'a Api) -> Option<BTreeSet<&'a str>> {
    let mut here = all.iter().flat_map(|scopes| scopes.iter()).filter(|(name, _)| name == alias).peekable();
    here.peek()?;
    let parts = here.flat_map(|(_, parts)| parts);
    Some(parts.filter_map(|part| api.scopes.get(part)).map(String::as_str).collect())
}

/// The same of a profile.
fn said<'a>(all: &[&'a Reach], api: &Api) -> Option<BTreeSet<&'a str>> {
    let audience = api.audience.as_ref()?;
    let mut here = all.iter().filter_map(|reach| reach.get(audience)).peekable();
    here.peek()?;
    Some(here.flatten().map(String::as_str).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::case::GivenRole;

    fn profile() -> Profile {
        let text = r#"
            [target]
            name = "x"
            base = "http://x"
            [[roles]]
            name = "Buyers"
            permissions = { "https://o/" = ["order.read"], "https://elsewhere/" = ["all"] }
            [[users]]
            username = "ann"
            password = "p"
            roles = ["Buyers"]
            [[users]]
            username = "bob"
            password = "p"
            permissions = { "https://o/" = ["order.read"] }
            [[clients]]
            id = "web"
            user_access = { "https://o/" = ["order.read"] }
            [[apis]]
            audience = "https://o/"
            scopes = { read = "order.read", write = "order.write" }
            settings = { enforce_policies = true }
        "#;
        Profile::from_toml("x.toml", text, &|_| None).unwrap()
    }

    fn given(name: &str, value: Value) -> Given {
        let api = GivenApi {
            scopes: vec!["read".to_owned(), "write".to_owned()],
            signing_alg: "RS256".to_owned(),
            allow_offline_access: true,
            token_lifetime: None,
            routes: Vec::new(),
            settings: [(name.to_owned(), value)].into_iter().collect(),
        };
        let permissions = vec![("orders".to_owned(), vec!["read".to_owned()])];
        let role = GivenRole { permissions };
        Given {
            apis: vec![("orders".to_owned(), api)],
            roles: vec![("buyer".to_owned(), role)],
            ..Given::default()
        }
    }

    #[test]
    fn who_may_do_the_same_in_the_same_way_fits() {
        let profile = profile();
        let given = given("enforce_policies", true.into());
        let apis = [("orders", &profile.apis[0])];
        let fitting = |wanted: &GivenUser| -> Vec<&str> {
            let users = profile.users.iter().filter(|one| user(&given, &profile, &apis, wanted, one));
            users.map(|user| user.username.as_str()).collect()
        };
        let by_role = GivenUser { roles: Some(vec!["buyer".to_owned()]), ..GivenUser::default() };
        let own = |part: &str| GivenUser {
            permissions: Some(vec![("orders".to_owned(), vec![part.to_owned()])]),
            ..GivenUser::default()
        };
        assert_eq!(fitting(&by_role), ["ann"]);
        assert_eq!(fitting(&own("read")), ["bob"]);
        assert!(fitting(&own("write")).is_empty());
        assert!(fitting(&GivenUser::default()).is_empty());
    }

    #[test]
    fn without_rbac_nobody_asks_for_permissions() {
        let profile = profile();
        let given = given("enforce_policies", false.into());
        let apis = [("orders", &profile.apis[0])];
        let anybody = GivenUser::default();
        assert!(profile.users.iter().all(|one| user(&given, &profile, &apis, &anybody, one)));
    }
}
