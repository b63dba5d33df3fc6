//! Second factors of a tenant and its users in the form of Auth0's export; secrets and addresses are made up.

use serde_json::{Map, Value, json};

use crate::corpus::mfa::{Enrolled, FACTORS, GivenMfa, MfaPolicy};
use crate::step::bindings::{random_digits, random_word};
use crate::step::totp::new_secret;

/// Says in the export of a tenant which factors there are, and when one is demanded.
pub(super) fn enable(mfa: &GivenMfa, tenant: &mut Value) {
    let has = |name: &str| mfa.factors.iter().any(|factor| factor == name);
    // A voice that reads the code aloud is one of two ways of the factor `sms`.
    let enabled = FACTORS.iter().filter(|factor| match **factor {
        "sms" => has("sms") || has("voice"),
        "voice" => false,
        factor => has(factor),
    });
    tenant["guardianFactors"] =
        enabled.map(|factor| json!({ "name": factor, "enabled": true })).collect::<Vec<_>>().into();
    let ways: Vec<&str> = ["sms", "voice"].into_iter().filter(|way| has(way)).collect();
    if !ways.is_empty() {
        tenant["guardianPhoneFactorMessageTypes"] = json!({ "message_types": ways });
    }
    let policies: &[&str] = match mfa.policy {
        MfaPolicy::Never => &[],
        MfaPolicy::Always => &["all-applications"],
        MfaPolicy::Adaptive => &["confidence-score"],
    };
    tenant["guardianPolicies"] = json!({ "policies": policies });
}

/// The exported `mfa_factors` of a user; `object` tells the case of them. What `known` has is not made up anew.
pub(super) fn enrol(
    alias: &str,
    factors: &[Enrolled],
    known: Option<&Value>,
    object: &mut Value,
) -> Vec<Value> {
    let one = |factor: &Enrolled| {
        let had = known.and_then(|known| known[factor.member()].as_str()).map(str::to_owned);
        let value = had.unwrap_or_else(|| match factor {
            Enrolled::Otp => new_secret(),
            Enrolled::Phone => new_phone(),
            Enrolled::Email => format!("{}@factor.test", random_word(&format!("{alias}."), 6)),
        });
        object[factor.member()] = value.as_str().into();
        match factor {
            Enrolled::Otp => json!({ "totp": { "secret": value } }),
            Enrolled::Phone => json!({ "phone": { "value": value } }),
            Enrolled::Email => json!({ "email": { "value": value } }),
        }
    };
    factors.iter().map(one).collect()
}

/// A telephone number that nobody has: 555 is nobody's area.
pub(super) fn new_phone() -> String {
    format!("+1555{}", random_digits(7))
}

/// What a target that makes nothing up has of each factor, for the null targets.
pub(crate) fn pretended(alias: &str, factors: &[Enrolled]) -> Map<String, Value> {
    let mut object = json!({});
    enrol(alias, factors, None, &mut object);
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voice_is_a_way_of_sms() {
        let mfa = |factors: &[&str], policy| GivenMfa {
            policy,
            factors: factors.iter().map(|&factor| factor.to_owned()).collect(),
        };
        let mut tenant = json!({});
        enable(&mfa(&["otp", "voice"], MfaPolicy::Always), &mut tenant);
        assert_eq!(
            tenant,
            json!({
                "guardianFactors": [{ "name": "sms", "enabled": true }, { "name": "otp", "enabled": true }],
                "guardianPhoneFactorMessageTypes": { "message_types": ["voice"] },
                "guardianPolicies": { "policies": ["all-applications"] },
            })
        );
        let mut tenant = json!({});
        enable(&mfa(&["email"], MfaPolicy::Never), &mut tenant);
        assert_eq!(tenant["guardianPolicies"]["policies"], json!([]));
        assert!(tenant.get("guardianPhoneFactorMessageTypes").is_none());
    }

    #[test]
    fn a_factor_is_made_up_once() {
        let mut first = json!({});
        let all = [Enrolled::Otp, Enrolled::Phone, Enrolled::Email];
        let exported = enrol("alice", &all, None, &mut first);
        assert_eq!(exported[0]["totp"]["secret"], first["otp_secret"]);
        assert_eq!(exported[1]["phone"]["value"], first["phone"]);
        assert_eq!(exported[2]["email"]["value"], first["mfa_email"]);
        let phone = first["phone"].as_str().unwrap();
        assert!(phone.len() == 12 && phone.starts_with("+1555"), "{phone}");
        let mut again = json!({});
        enrol("alice", &all, Some(&first), &mut again);
        assert_eq!(again, first);
        let mut other = json!({});
        enrol("alice", &all, None, &mut other);
        assert_ne!(other["otp_secret"], first["otp_secret"]);
    }
}
