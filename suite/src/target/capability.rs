//! What a listed target can: said in its profile, or following from its inventory or its flavour.

use super::Unmet;
use super::profile::Profile;
use serde_json::Value;

use crate::corpus::case::{Action, Case, Settings};
use crate::corpus::flavour::Flavour;
use crate::corpus::mfa::{GivenMfa, MfaPolicy};

/// Whether the target has all that `case` needs and cannot be picked from an inventory.
pub(super) fn check(profile: &Profile, case: &Case, flavour: &Flavour) -> Result<(), Unmet> {
    for need in &case.needs {
        if !has(profile, flavour, need) {
            return Err(Unmet::Capability(format!(
                "the target does not claim `{need}`; if it has it: [capabilities] \"{need}\" = true"
            )));
        }
    }
    for step in &case.steps {
        let cannot = match &step.action {
            Action::Configure(_) => "nobody configures the target while it runs",
            Action::Log => "nobody reads the target's log",
            Action::Outbox(_) => "nobody reads what the target sends",
            Action::Push(_) => "nobody answers the target's push messages",
            _ => continue,
        };
        return Err(Unmet::Capability(cannot.to_owned()));
    }
    let calls = case.given.apis.iter().any(|(_, api)| !api.routes.is_empty());
    if calls && profile.apis.iter().all(|api| api.routes.is_empty()) {
        let message =
            "the profile names no route of an API that takes tokens; if there is one: [[apis]] routes";
        return Err(Unmet::Capability(message.to_owned()));
    }
    settings(profile, case)
}

fn has(profile: &Profile, flavour: &Flavour, need: &str) -> bool {
    if let Some(said) = profile.capabilities.get(need) {
        return *said;
    }
    let any_may = |grant: &str| profile.clients.iter().any(|client| client.may(grant));
    let any_signs = |alg: &str| profile.apis.iter().any(|api| api.signing_alg.as_deref() == Some(alg));
    match need {
        grant if grant.starts_with("grant.") => any_may(grant.trim_start_matches("grant.")),
        "audience" => profile.apis.iter().any(|api| api.audience.is_some()),
        "hs256" => any_signs("HS256"),
        "ps256" => any_signs("PS256"),
        "realms" => !profile.connections.is_empty() && any_may("password-realm"),
        "clients.private_key_jwt" => {
            profile.clients.iter().any(|client| client.method() == "private_key_jwt" && client.key.is_some())
        }
        "clients.public" => profile.clients.iter().any(|client| client.method() == "none"),
        "users.blocked" => profile.users.iter().any(|user| user.blocked),
        "revocation" if profile.endpoints.contains_key("revoke") => true,
        _ => flavour.capabilities.iter().any(|known| known == need),
    }
}

/// Settings of the tenant that nobody changes for a case.
fn settings(profile: &Profile, case: &Case) -> Result<(), Unmet> {
    let tenant = &case.given.tenant;
    for (name, value) in &tenant.behaviour {
        if profile.behaviour.get(name) != Some(value) {
            return Err(Unmet::Capability(format!(
                "the target does not claim to take `{value}` for `{name}`; if it does: [behaviour] \"{name}\" = \"{value}\""
            )));
        }
    }
    if !within(&tenant.settings, &profile.target.settings) {
        return Err(Unmet::Capability(format!(
            "the target does not claim the settings {}; if it has them: [target.settings]",
            serde_json::Value::Object(tenant.settings.clone())
        )));
    }
    second_factor(profile, tenant.mfa.as_ref())?;
    if tenant.issuer.is_some() {
        return Err(Unmet::Capability("the target does not pin the issuer of the case".to_owned()));
    }
    let no_directory = tenant.default_directory == Some(None);
    if no_directory && (profile.target.default_directory.is_some() || !profile.connections.is_empty()) {
        return Err(Unmet::Capability("the target has a default directory".to_owned()));
    }
    if no_directory {
        return Err(Unmet::Capability("the target does not say that it has no default directory".to_owned()));
    }
    if tenant.default_audience.is_none() != profile.target.default_audience.is_none() {
        let has = if profile.target.default_audience.is_some() { "a" } else { "no" };
        return Err(Unmet::Capability(format!("the target has {has} default audience")));
    }
    let clients = &case.given.clients;
    let outside = case.given.connections.iter().any(|(_, connection)| {
        let enabled = connection.enabled_clients.as_ref();
        enabled.is_some_and(|enabled| clients.iter().any(|(alias, _)| !enabled.contains(alias)))
    });
    if outside && profile.capabilities.get("connection.enabled_clients") != Some(&true) {
        return Err(Unmet::Capability("the target cannot close a connection to a client".to_owned()));
    }
    Ok(())
}

/// Who is asked for a second factor, and whom nobody expects to be asked.
fn second_factor(profile: &Profile, wanted: Option<&GivenMfa>) -> Result<(), Unmet> {
    let has = profile.target.mfa.clone().unwrap_or_default();
    let policy = wanted.map_or(MfaPolicy::Never, |mfa| mfa.policy).word();
    let demands = has.policy.as_deref().unwrap_or(MfaPolicy::Never.word());
    let factors = wanted.map(|mfa| mfa.factors.as_slice()).unwrap_or_default();
    // A factor too many is told in `mfa_requirements`.
    let same = wanted.is_none() || has.factors.len() == factors.len();
    if policy == demands && same && factors.iter().all(|factor| has.factors.contains(factor)) {
        return Ok(());
    }
    let factors = serde_json::json!(factors);
    Err(Unmet::Capability(format!(
        "the target does not claim to demand a second factor {policy}, of {factors}; if it does: [target.mfa] policy = \"{policy}\", factors = {factors}"
    )))
}

/// Whether an object has all settings that a case asks for.
pub(super) fn within(wanted: &Settings, has: &Settings) -> bool {
    wanted.iter().all(|(name, value)| match (value, has.get(name)) {
        (Value::Object(wanted), Some(Value::Object(has))) => within(wanted, has),
        (value, has) => Some(value) == has,
    })
}
