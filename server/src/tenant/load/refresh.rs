//! `refresh_token` of a client: what it leaves out is filled in, what contradicts itself is refused (RFT-19, RFT-21, RFT-33).

use ropg_fixtures::document::Node;

use super::check::Check;
use super::{seconds, text};
use crate::tenant::refresh_policy::RefreshPolicy;

const MEMBERS: &[&str] = &[
    "rotation_type",
    "expiration_type",
    "leeway",
    "token_lifetime",
    "idle_token_lifetime",
    "infinite_token_lifetime",
    "infinite_idle_token_lifetime",
];

/// The policy of the client `node`.
pub(super) fn policy(node: &Node, check: &mut Check<'_>) -> RefreshPolicy {
    let single_page = text(node, "app_type").as_deref() == Some("spa");
    let default = RefreshPolicy::default_for(single_page);
    let Some(said) = node.member("refresh_token") else { return default };
    check.ignore_unknown(said, "clients.refresh_token", MEMBERS);
    let word = |name: &str| said.member(name).and_then(Node::text);
    let flag = |name: &str| said.member(name).and_then(Node::bool) == Some(true);
    let at = |name: &str| said.member(name).map_or(said.at, |node| node.at);
    let rotating = word("rotation_type").map_or(default.rotating, |word| word == "rotating");
    let expiring = match word("expiration_type") {
        Some(word) => word == "expiring",
        None => rotating || single_page,
    };
    let endless = if !expiring {
        Some("expiration_type")
    } else {
        Some("infinite_token_lifetime").filter(|name| flag(name))
    };
    if let Some(endless) = endless {
        if rotating {
            check.problem(at(endless), "refresh tokens that rotate must expire");
        } else if single_page {
            check.problem(at(endless), "refresh tokens of a single-page application must expire");
        }
    }
    if let Some(lifetime) = said.member("token_lifetime").or_else(|| said.member("idle_token_lifetime"))
        && !expiring
        && word("expiration_type").is_none()
    {
        check.problem(lifetime.at, "a lifetime means nothing without `expiration_type: expiring`");
    }
    let lifetime =
        endless.is_none().then(|| seconds(said.member("token_lifetime")).unwrap_or(RefreshPolicy::LIFETIME));
    let own_idle = seconds(said.member("idle_token_lifetime"));
    let idle_lifetime = (expiring && !flag("infinite_idle_token_lifetime")).then(|| {
        // The default of the one never exceeds what was said of the other.
        own_idle.unwrap_or(RefreshPolicy::IDLE_LIFETIME.min(lifetime.unwrap_or(RefreshPolicy::LONGEST)))
    });
    if let (Some(idle), Some(whole)) = (idle_lifetime, lifetime)
        && idle > whole
    {
        let message = format!("an idle lifetime of {idle} s exceeds the whole lifetime of {whole} s");
        check.problem(at("idle_token_lifetime"), message);
    }
    RefreshPolicy { rotating, leeway: seconds(said.member("leeway")).unwrap_or(0), lifetime, idle_lifetime }
}

#[cfg(test)]
mod tests {
    use ropg_fixtures::{Document, Problems};
    use serde_json::{Value, json};

    use super::*;

    /// The policy of a client of that type, or what is wrong.
    fn read(app_type: &str, said: Value) -> Result<RefreshPolicy, String> {
        let client = json!({ "name": "c", "app_type": app_type, "refresh_token": said });
        let document = Document::embedded("tenant", client);
        let mut check = Check::new(&document, Problems::default());
        let policy = policy(&document.root, &mut check);
        check.or(policy).map_err(|problems| problems.render(false))
    }

    fn expiring(rotating: bool, leeway: i64, lifetime: i64, idle: i64) -> RefreshPolicy {
        RefreshPolicy { rotating, leeway, lifetime: Some(lifetime), idle_lifetime: Some(idle) }
    }

    #[test]
    fn what_is_left_out_is_documented() {
        let whole = RefreshPolicy { rotating: false, leeway: 0, lifetime: None, idle_lifetime: None };
        assert_eq!(read("regular_web", json!({})), Ok(whole.clone()));
        assert_eq!(read("native", json!({})), Ok(whole.clone()));
        assert_eq!(read("spa", json!({})), Ok(expiring(true, 0, 2_592_000, 1_296_000)));
        assert_eq!(
            read("native", json!({ "rotation_type": "rotating", "leeway": 7 })),
            Ok(expiring(true, 7, 2_592_000, 1_296_000))
        );
        assert_eq!(
            read("spa", json!({ "rotation_type": "non-rotating" })),
            Ok(expiring(false, 0, 2_592_000, 1_296_000))
        );
        assert_eq!(
            read("native", json!({ "expiration_type": "expiring", "token_lifetime": 60 })),
            Ok(expiring(false, 0, 60, 60))
        );
        // As a real export has it: lifetimes stand there and mean nothing.
        let exported = json!({
            "expiration_type": "non-expiring", "leeway": 0, "infinite_token_lifetime": true,
            "infinite_idle_token_lifetime": true, "token_lifetime": 2_592_000, "idle_token_lifetime": 1_296_000,
            "rotation_type": "non-rotating"
        });
        assert_eq!(read("regular_web", exported), Ok(whole));
        let idle_only = json!({ "expiration_type": "expiring", "infinite_token_lifetime": true });
        let idle_only = read("regular_web", idle_only).unwrap();
        assert_eq!((idle_only.lifetime, idle_only.idle_lifetime), (None, Some(1_296_000)));
        let never_idle = json!({ "rotation_type": "rotating", "infinite_idle_token_lifetime": true });
        let never_idle = read("regular_web", never_idle).unwrap();
        assert_eq!((never_idle.lifetime, never_idle.idle_lifetime), (Some(2_592_000), None));
    }

    #[test]
    fn contradictions_are_told() {
        for (app_type, said, told) in [
            (
                "native",
                json!({ "rotation_type": "rotating", "expiration_type": "non-expiring" }),
                "refresh tokens that rotate must expire",
            ),
            (
                "native",
                json!({ "rotation_type": "rotating", "infinite_token_lifetime": true }),
                "refresh tokens that rotate must expire",
            ),
            (
                "spa",
                json!({ "rotation_type": "non-rotating", "expiration_type": "non-expiring" }),
                "refresh tokens of a single-page application must expire",
            ),
            (
                "native",
                json!({ "expiration_type": "expiring", "token_lifetime": 60, "idle_token_lifetime": 61 }),
                "an idle lifetime of 61 s exceeds the whole lifetime of 60 s",
            ),
            (
                "native",
                json!({ "token_lifetime": 60 }),
                "a lifetime means nothing without `expiration_type: expiring`",
            ),
        ] {
            let fault = read(app_type, said.clone()).expect_err(&said.to_string());
            assert!(fault.contains(told), "{said}: {fault}");
        }
    }
}
