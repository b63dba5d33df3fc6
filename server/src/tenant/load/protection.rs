//! `attackProtection`: so far the bucket of an address alone, which counts logins and refuses none.

use ropg_fixtures::document::Node;

use super::check::Check;
use crate::tenant::rate::Rate;

/// What one address may log in: `max_attempts` at once, one more every `rate` milliseconds (SIP-03, SIP-08).
pub(super) fn logins(root: &Node, check: &mut Check<'_>) -> Rate {
    let Some(protection) = root.member("attackProtection") else { return Rate::ADDRESS };
    check.ignore_unknown(protection, "attackProtection", &["suspiciousIpThrottling"]);
    let Some(throttling) = protection.member("suspiciousIpThrottling") else { return Rate::ADDRESS };
    check.ignore_unknown(throttling, "attackProtection.suspiciousIpThrottling", &["stage"]);
    let stage = throttling.member("stage").and_then(|stage| stage.member("pre-login"));
    let whole = |name: &str| stage.and_then(|stage| stage.member(name)).and_then(Node::whole);
    let limit = whole("max_attempts").and_then(|most| u32::try_from(most).ok());
    let refill = whole("rate").and_then(|millis| i64::try_from(millis).ok());
    Rate {
        limit: limit.unwrap_or(Rate::ADDRESS.limit),
        refill: refill.map_or(Rate::ADDRESS.refill, |millis| millis * 1000),
    }
}
