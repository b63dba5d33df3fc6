//! Second factors: what `given` says of them, and the steps `totp`, `outbox`, `push` and `until`.

use ropg_fixtures::document::Node;

use super::reading::Reading;
use crate::corpus::mfa::{Enrolled, FACTORS, GivenMfa, MfaPolicy, Push, Totp, TotpKey, Until};
use crate::corpus::template::Template;

/// `mfa` of the tenant.
pub(super) fn mfa(reading: &mut Reading<'_>, node: &Node) -> GivenMfa {
    reading.map(node, &["policy", "factors"]);
    let policies = MfaPolicy::ALL.map(|policy| (policy.word(), policy));
    let known = FACTORS.map(|factor| (factor, factor));
    let factors = node.member("factors").map(Node::items).unwrap_or_default();
    GivenMfa {
        policy: node
            .member("policy")
            .and_then(|policy| reading.one_of(policy, &policies))
            .unwrap_or_default(),
        factors: factors
            .iter()
            .filter_map(|factor| reading.one_of(factor, &known))
            .map(str::to_owned)
            .collect(),
    }
}

/// `factors` of a user.
pub(super) fn enrolled(reading: &mut Reading<'_>, node: &Node) -> Vec<Enrolled> {
    let known = Enrolled::ALL.map(|factor| (factor.word(), factor));
    node.items().iter().filter_map(|factor| reading.one_of(factor, &known)).collect()
}

/// What stands under `totp`.
pub(super) fn totp(reading: &mut Reading<'_>, node: &Node) -> Totp {
    reading.map(node, &["secret", "uri", "offset"]);
    let mut template = |name: &str| node.member(name).map(|value| reading.template(value));
    let key = match (template("secret"), template("uri")) {
        (Some(secret), None) => TotpKey::Secret(secret),
        (None, Some(uri)) => TotpKey::Uri(uri),
        _ => {
            reading.wrong(node.at, "an authenticator app is told either a `secret` or a `uri`");
            TotpKey::Secret(Template::default())
        }
    };
    let offset = node.member("offset").map(|offset| match offset.to_json().as_i64() {
        Some(steps) => steps,
        None => {
            reading.wrong(offset.at, format!("{} where a whole number of steps belongs", offset.kind()));
            0
        }
    });
    Totp { key, offset: offset.unwrap_or_default() }
}

/// Whose messages `outbox` reads.
pub(super) fn outbox(reading: &mut Reading<'_>, node: &Node) -> Option<Template> {
    reading.map(node, &["to"]);
    node.member("to").map(|to| reading.template(to))
}

/// What stands under `push`.
pub(super) fn push(reading: &mut Reading<'_>, node: &Node) -> Push {
    reading.map(node, &["scan", "accept", "reject", "device"]);
    let mut template = |name: &str| node.member(name).map(|value| reading.template(value));
    let device = template("device");
    match (template("scan"), template("accept"), template("reject")) {
        (Some(enrollment), None, None) => Push::Scan { enrollment, device },
        (None, Some(transaction), None) if device.is_none() => Push::Accept(transaction),
        (None, None, Some(transaction)) if device.is_none() => Push::Reject(transaction),
        _ => {
            let help = "`scan` of a `barcode_uri`, with a `device` or without; `accept` or `reject` of a `transaction`";
            reading.wrong_but(node.at, "a telephone does one thing at a time", help.to_owned());
            Push::Accept(Template::default())
        }
    }
}

/// What stands under `until`.
pub(super) fn until(reading: &mut Reading<'_>, node: &Node) -> Until {
    reading.map(node, &["send", "every", "limit"]);
    let until = Until {
        request: reading.required_text(node, "send"),
        every: reading.required(node, "every").map_or(1, |every| reading.seconds(every)),
        limit: reading.required(node, "limit").map_or(2, |limit| reading.whole(limit)),
    };
    if until.every < 1 {
        reading.wrong(node.at, "`every` is at least a second");
    }
    until
}
