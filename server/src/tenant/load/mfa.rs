//! Second factors: what the tenant enables, and what users come with (members `mfa_factors` of the bulk import).

use ropg_fixtures::document::Node;

use super::super::derived;
use super::super::mfa::{Mfa, MfaPolicy};
use super::check::Check;
use super::{list, text, texts};
use crate::factor::{Authenticator, Channel, Enrolled, Factor, Kind, email, otp, phone};

/// Factors of an export that no grant of this flow can use (MFA-ASC-18).
const UNUSED: &[&str] = &["duo", "webauthn-roaming", "webauthn-platform"];

/// Policy and factors.
pub(super) fn settings(root: &Node, check: &mut Check<'_>) -> Mfa {
    let policies = root.member("guardianPolicies").map(|node| texts(node, "policies")).unwrap_or_default();
    let policy = match policies.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => MfaPolicy::Never,
        // Whoever demands it of all demands it of the risky ones too.
        ref all if all.contains(&"all-applications") => MfaPolicy::Always,
        _ => MfaPolicy::Adaptive,
    };
    let types = root.member("guardianPhoneFactorMessageTypes");
    let types = types.map(|node| texts(node, "message_types")).filter(|types| !types.is_empty());
    let types = types.unwrap_or_else(|| vec!["sms".to_owned()]);
    let mut factors = Vec::new();
    for node in list(root, "guardianFactors") {
        check.ignore_unknown(node, "guardianFactors", &["name", "enabled"]);
        let enabled = node.member("enabled").and_then(Node::bool).unwrap_or(false);
        let name = text(node, "name").unwrap_or_default();
        let means = match name.as_str() {
            "otp" => vec![Factor::Otp],
            "email" => vec![Factor::Email],
            "push-notification" => vec![Factor::Push],
            "recovery-code" => vec![Factor::RecoveryCode],
            "sms" => [("sms", Factor::Sms), ("voice", Factor::Voice)]
                .into_iter()
                .filter(|(word, _)| types.iter().any(|known| known == word))
                .map(|(_, factor)| factor)
                .collect(),
            unused if UNUSED.contains(&unused) => {
                if enabled {
                    check.ignore(node, &format!("guardianFactors.{unused}"), "no grant of this flow uses it");
                }
                Vec::new()
            }
            other => {
                let known = ["otp", "sms", "email", "push-notification", "recovery-code"].map(str::to_owned);
                let fault = match other {
                    "voice" => "calls are a message type of the factor `sms`: \
                                `guardianPhoneFactorMessageTypes: { message_types: [voice] }`"
                        .to_owned(),
                    _ => format!("no factor is called `{other}`"),
                };
                check.unknown(node.at, fault, other, &known);
                Vec::new()
            }
        };
        factors.extend(means.into_iter().filter(|_| enabled));
    }
    Mfa { policy, factors }
}

/// What a user comes with: confirmed, and without a recovery code (MFA-REC-09).
pub(super) fn authenticators(
    user: &Node,
    subject: &str,
    mfa: &Mfa,
    check: &mut Check<'_>,
) -> Vec<Authenticator> {
    let mut all = Vec::new();
    for (place, node) in list(user, "mfa_factors").iter().enumerate() {
        let pair = derived::hex(&["authenticator", subject, &place.to_string()], 16);
        let said = |member: &str, value: &str| node.member(member).and_then(|one| text(one, value));
        let kinds = match (said("totp", "secret"), said("phone", "value"), said("email", "value")) {
            (Some(secret), None, None) => match otp::decode(&secret) {
                Some(bytes) => vec![Kind::Otp(otp::encode(&bytes))],
                None => {
                    check.problem(
                        node.at,
                        "the secret of `totp` is not Base32 (letters A to Z and digits 2 to 7)",
                    );
                    continue;
                }
            },
            (None, Some(number), None) if phone::is_valid(&number) => {
                let spoken = mfa.enables(Factor::Voice);
                let channels =
                    [(Channel::Sms, mfa.enables(Factor::Sms) || !spoken), (Channel::Voice, spoken)];
                let used = channels.into_iter().filter(|(_, used)| *used);
                used.map(|(channel, _)| Kind::Phone { channel, number: number.clone() }).collect()
            }
            (None, Some(number), None) => {
                check
                    .problem(node.at, format!("`{number}` is no phone number in E.164 form, as `+15550100`"));
                continue;
            }
            (None, None, Some(address)) if email::is_valid(&address) => vec![Kind::Email(address)],
            (None, None, Some(address)) => {
                check.problem(node.at, format!("`{address}` is no e-mail address"));
                continue;
            }
            _ => {
                let right = "`totp: { secret }`, `phone: { value }` or `email: { value }`";
                check.problem(node.at, format!("a factor is one of {right}"));
                continue;
            }
        };
        all.extend(kinds.into_iter().map(|kind| Authenticator {
            id: format!("{}|dev_{pair}", kind.prefix()),
            kind,
            active: true,
            pair: pair.clone(),
            by: Enrolled::WithUser,
            begun: String::new(),
            used_steps: Vec::new(),
        }));
    }
    all
}
