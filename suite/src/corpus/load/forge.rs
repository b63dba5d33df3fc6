//! The step `forge`: which token is made, from what, and who signs it.

use ropg_fixtures::document::{Data, Node};
use serde_json::Value;

use super::reading::Reading;
use crate::corpus::forge::{Claim, Forge, ForgeKey};

/// What stands under `forge`.
pub(super) fn forge(reading: &mut Reading<'_>, node: &Node) -> Forge {
    reading.map(node, &["from", "key", "alg", "header", "claims", "length"]);
    let forge = Forge {
        from: node.member("from").map(|from| reading.template(from)),
        key: reading.required(node, "key").map_or(ForgeKey::None, |node| key(reading, node)),
        alg: node.member("alg").map(|alg| reading.text(alg)),
        header: node.member("header").map(|header| members(reading, header)).unwrap_or_default(),
        claims: node.member("claims").map(|all| claims(reading, all)).unwrap_or_default(),
        length: node.member("length").map(|length| reading.whole(length)),
    };
    if forge.from.is_none() && matches!(forge.key, ForgeKey::Keep) {
        reading.wrong(node.at, "`key: keep` keeps a signature: say `from` which token");
    }
    forge
}

fn key(reading: &mut Reading<'_>, node: &Node) -> ForgeKey {
    if node.members().is_empty() {
        let words = [("signing", 0), ("other", 1), ("none", 2), ("keep", 3)];
        return match reading.one_of(node, &words) {
            Some(0) => ForgeKey::Signing,
            Some(1) => ForgeKey::Other,
            Some(3) => ForgeKey::Keep,
            Some(_) | None => ForgeKey::None,
        };
    }
    reading.map(node, &["secret", "of"]);
    match (node.member("secret"), node.member("of")) {
        (Some(secret), None) => ForgeKey::Secret(reading.template(secret)),
        (None, Some(of)) => ForgeKey::Of(reading.text(of)),
        _ => {
            reading.wrong(node.at, "a key is either a `secret` or the key `of` a client");
            ForgeKey::None
        }
    }
}

/// Members set; `null` removes.
fn members(reading: &mut Reading<'_>, node: &Node) -> Vec<(String, Option<Value>)> {
    let all = reading.any_map(node);
    all.iter().map(|(key, value)| (key.text.clone(), optional(reading, value))).collect()
}

fn optional(reading: &mut Reading<'_>, node: &Node) -> Option<Value> {
    (!matches!(node.data, Data::Null)).then(|| reading.json(node))
}

fn claims(reading: &mut Reading<'_>, node: &Node) -> Vec<(String, Claim)> {
    let all = reading.any_map(node);
    all.iter().map(|(key, value)| (key.text.clone(), claim(reading, value))).collect()
}

/// A map of one word that counts seconds is arithmetic; any other JSON is the claim itself.
fn claim(reading: &mut Reading<'_>, node: &Node) -> Claim {
    let seconds = |word: &str| {
        let only = node.members().len() == 1;
        node.member(word).filter(|_| only).and_then(|seconds| seconds.to_json().as_i64())
    };
    match (seconds("shift"), seconds("from_now")) {
        (Some(seconds), _) => Claim::Shift(seconds),
        (_, Some(seconds)) => Claim::FromNow(seconds),
        (None, None) => optional(reading, node).map_or(Claim::Remove, Claim::Set),
    }
}
