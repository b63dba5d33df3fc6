//! Which of a profile's clients, users, APIs and directories play which part in a case: exact, or stronger.

use super::Unmet;
use super::capability::within;
use super::export::twin;
use super::profile::{Api, Client, Connection, Profile, User};
use super::reach;
use crate::corpus::case::{Case, ClientAuth, GRANTS, GivenApi, GivenClient, GivenUser};
use crate::corpus::mfa::Enrolled;

/// The parts by alias.
#[derive(Debug)]
pub(super) struct Picked<'a> {
    pub(super) connections: Vec<(&'a str, &'a Connection)>,
    pub(super) clients: Vec<(&'a str, &'a Client)>,
    pub(super) apis: Vec<(&'a str, &'a Api)>,
    pub(super) users: Vec<(&'a str, &'a User)>,
}

/// Gives each alias of `case` an object of its own.
///
/// # Errors
/// The stanza to add for the first alias that nothing fits.
pub(super) fn pick<'a>(profile: &'a Profile, case: &'a Case) -> Result<Picked<'a>, Unmet> {
    let given = &case.given;
    let connections = cast(
        &given.connections,
        &profile.connections,
        |connection| connection.alias.as_deref(),
        |one, other| one.name == other.name,
        |alias, wanted, connection| {
            let strategy = connection.strategy.as_deref().unwrap_or("auth0");
            let default = profile.target.default_directory.as_deref();
            let right_place = default.is_none_or(|name| is_default(case, alias) == (name == connection.name));
            strategy == wanted.strategy && right_place && within(&wanted.settings, &connection.settings)
        },
        |alias, wanted| {
            format!(
                "[[connections]]\nalias = \"{alias}\"\nname = \"…\"\nrealm = \"…\"\nstrategy = \"{}\"",
                wanted.strategy
            )
        },
        case,
    )?;
    let apis = cast(
        &given.apis,
        &profile.apis,
        |api| api.alias.as_deref(),
        |one, other| one.audience.is_some() && one.audience == other.audience,
        |alias, wanted, api| api_fits(wanted, api) && audience_fits(profile, case, alias, api),
        api_stanza,
        case,
    )?;
    let clients = cast(
        &given.clients,
        &profile.clients,
        |client| client.alias.as_deref(),
        |one, other| one.id == other.id,
        |_, wanted, client| client_fits(case, wanted, client) && reach::client(given, &apis, wanted, client),
        |alias, wanted| client_stanza(case, alias, wanted),
        case,
    )?;
    let users = cast(
        &given.users,
        &profile.users,
        |user| user.alias.as_deref(),
        |one, other| one.username == other.username && one.connection == other.connection,
        |_, wanted, user| {
            let wanted = twin(given, wanted);
            user_fits(case, &wanted, user)
                && directory_fits(profile, case, &connections, &wanted, user)
                && reach::user(given, profile, &apis, &wanted, user)
        },
        user_stanza,
        case,
    )?;
    Ok(Picked { connections, clients, apis, users })
}

/// Distinct objects for all aliases: those meant for the alias first, those meant for another one last.
fn cast<'a, W, T>(
    wanted: &'a [(String, W)],
    all: &'a [T],
    meant: impl Fn(&T) -> Option<&str>,
    same: impl Fn(&T, &T) -> bool,
    fits: impl Fn(&str, &W, &T) -> bool,
    stanza: impl Fn(&str, &W) -> String,
    case: &Case,
) -> Result<Vec<(&'a str, &'a T)>, Unmet> {
    let mut choices = Vec::new();
    for (alias, want) in wanted {
        let mut fitting: Vec<usize> =
            (0..all.len()).filter(|&index| fits(alias, want, &all[index])).collect();
        fitting.sort_by_key(|&index| match meant(&all[index]) {
            Some(name) if name == alias => 0,
            None => 1,
            Some(_) => 2,
        });
        choices.push(fitting);
    }
    let mut taken = Vec::new();
    if distinct(&choices, &mut taken, &|one, other| same(&all[one], &all[other])) {
        return Ok(wanted
            .iter()
            .zip(taken)
            .map(|((alias, _), index)| (alias.as_str(), &all[index]))
            .collect());
    }
    // The alias with the fewest choices is what is missing.
    let scarce = wanted.iter().zip(&choices).min_by_key(|(_, choices)| choices.len());
    let text = scarce.map(|((alias, want), _)| stanza(alias, want)).unwrap_or_default();
    Err(Unmet::Missing(format!("nothing in the profile fits `{}`; add\n{text}", case.id)))
}

/// One of each, none twice, nor the `same` in two ways; a case has a handful of aliases, so trying is enough.
fn distinct(choices: &[Vec<usize>], taken: &mut Vec<usize>, same: &dyn Fn(usize, usize) -> bool) -> bool {
    let Some(mine) = choices.get(taken.len()) else { return true };
    for &index in mine {
        if taken.iter().any(|&other| other == index || same(other, index)) {
            continue;
        }
        taken.push(index);
        if distinct(choices, taken, same) {
            return true;
        }
        taken.pop();
    }
    false
}

/// The grants that each case minds; the others belong to what comes after `mfa_required`, or in place of a password.
const FIRST_STEP: [&str; 3] = ["password", "password-realm", "refresh_token"];

/// The grants that the case really uses; what is enabled besides does no harm, unless the case counts on its absence.
fn client_fits(case: &Case, wanted: &GivenClient, client: &Client) -> bool {
    let auth = match wanted.auth {
        None => client.method() != "none",
        Some(method) => client.method() == method_word(method),
    };
    // A second step that is enabled besides matters only where somebody is asked for one.
    let minded = case.given.tenant.mfa.is_some();
    let grants = GRANTS.iter().all(|(grant, _)| {
        let enabled = wanted.grants.iter().any(|known| known == grant);
        let used = case.needs.iter().any(|need| need.strip_prefix("grant.") == Some(grant));
        let harmless = wanted.further_grants || (!FIRST_STEP.contains(grant) && !minded);
        if enabled { !used || client.may(grant) } else { harmless || !client.may(grant) }
    });
    let secret = wanted.secret.as_deref();
    let secret =
        secret.is_none_or(|secret| client.secret.as_ref().is_some_and(|known| known.reveal() == secret));
    let alg = client.alg.as_deref().unwrap_or("RS256");
    // A second key is what nobody lists.
    let credentials = wanted.credentials.len() < 2 && wanted.credentials.iter().all(|one| one.alg == alg);
    auth && grants
        && secret
        && credentials
        && client.first_party.unwrap_or(true) == wanted.first_party
        && within(&wanted.settings, &client.settings)
}

fn api_fits(wanted: &GivenApi, api: &Api) -> bool {
    wanted.scopes.iter().all(|role| api.scopes.contains_key(role))
        && api.signing_alg.as_deref().unwrap_or("RS256") == wanted.signing_alg
        && api.allow_offline_access.unwrap_or(true) == wanted.allow_offline_access
        && wanted.token_lifetime.is_none_or(|lifetime| api.token_lifetime == Some(lifetime))
        && within(&wanted.settings, &api.settings)
        && wanted.routes.iter().all(|(name, wanted)| {
            api.routes.get(name).is_some_and(|route| {
                let needs = |role| route.scopes.contains(role);
                route.scopes.len() == wanted.scopes.len() && wanted.scopes.iter().all(needs)
            })
        })
}

fn audience_fits(profile: &Profile, case: &Case, alias: &str, api: &Api) -> bool {
    case.given.tenant.default_audience.as_deref() != Some(alias)
        || api.audience == profile.target.default_audience
}

fn user_fits(case: &Case, wanted: &GivenUser, user: &User) -> bool {
    let email = wanted.email.as_ref();
    // A factor too many matters only where somebody asks for one.
    let minded = case.given.tenant.mfa.is_some();
    let factors = Enrolled::ALL.into_iter().all(|factor| {
        let wanted = wanted.factors.as_ref().is_some_and(|factors| factors.contains(&factor));
        let has = user.factor(factor).is_some();
        if minded { has == wanted } else { has || !wanted }
    });
    user.blocked == wanted.blocked
        && factors
        && email.is_none_or(|email| user.email.as_ref().unwrap_or(&user.username) == email)
        && wanted.password.as_deref().is_none_or(|password| user.password.reveal() == password)
        && wanted.profile.iter().all(|(name, value)| user.profile.get(name) == Some(value))
        && within(&wanted.settings, &user.settings)
}

/// A user lives where the case says; without a word, where `grant_type=password` looks.
fn directory_fits(
    profile: &Profile,
    case: &Case,
    directories: &[(&str, &Connection)],
    wanted: &GivenUser,
    user: &User,
) -> bool {
    let said = wanted.connection.as_deref();
    let alias = said.or_else(|| case.given.connections.first().map(|(alias, _)| alias.as_str()));
    let default = || profile.target.default_directory.as_deref();
    match alias {
        Some(alias) => {
            let directory = directories.iter().find(|(known, _)| *known == alias);
            directory.is_some_and(|(_, directory)| user.connection.as_ref() == Some(&directory.name))
        }
        None => user.connection.as_deref().is_none_or(|name| default().is_none_or(|default| default == name)),
    }
}

fn is_default(case: &Case, alias: &str) -> bool {
    match &case.given.tenant.default_directory {
        Some(said) => said.as_deref() == Some(alias),
        None => case.given.connections.first().is_some_and(|(first, _)| first == alias),
    }
}

fn method_word(method: ClientAuth) -> &'static str {
    match method {
        ClientAuth::None => "none",
        ClientAuth::Post => "post",
        ClientAuth::Basic => "basic",
        ClientAuth::PrivateKeyJwt => "private_key_jwt",
    }
}

fn client_stanza(case: &Case, alias: &str, wanted: &GivenClient) -> String {
    let auth = wanted.auth.map_or("post", method_word);
    let used =
        |grant: &&String| case.needs.iter().any(|need| need.strip_prefix("grant.") == Some(grant.as_str()));
    let grants: Vec<String> = wanted.grants.iter().filter(used).map(|grant| format!("\"{grant}\"")).collect();
    let mut text = format!(
        "[[clients]]\nalias = \"{alias}\"\nid = \"…\"\nauth = \"{auth}\"\ngrants = [{}]",
        grants.join(", ")
    );
    if auth == "private_key_jwt" {
        text.push_str("\nkey = { env = \"…\" }   # the private key in PEM\nkid = \"…\"");
        if let Some(first) = wanted.credentials.first() {
            text.push_str(&format!("\nalg = \"{}\"", first.alg));
        }
    } else if auth != "none" {
        let secret =
            wanted.secret.as_ref().map_or_else(|| "{ env = \"…\" }".to_owned(), |text| format!("{text:?}"));
        text.push_str(&format!("\nsecret = {secret}"));
    }
    if !wanted.first_party {
        text.push_str("\nfirst_party = false");
    }
    text.push_str(&reach::stanza("user_access", &wanted.user_access));
    text.push_str(&reach::stanza("client_access", &wanted.client_access));
    text
}

fn api_stanza(alias: &str, wanted: &GivenApi) -> String {
    let scopes: Vec<String> = wanted.scopes.iter().map(|role| format!("{role} = \"…\"")).collect();
    let mut text = format!(
        "[[apis]]\nalias = \"{alias}\"\naudience = \"…\"   # if APIs have identifiers\nscopes = {{ {} }}",
        scopes.join(", ")
    );
    if wanted.signing_alg != "RS256" {
        text.push_str(&format!(
            "\nsigning_alg = \"{}\"\nsigning_secret = {{ env = \"…\" }}",
            wanted.signing_alg
        ));
    }
    for (name, route) in &wanted.routes {
        let scopes = serde_json::json!(route.scopes);
        text.push_str(&format!("\nroutes.{name} = {{ address = \"…\", scopes = {scopes} }}"));
    }
    if !wanted.allow_offline_access {
        text.push_str("\nallow_offline_access = false");
    }
    if let Some(lifetime) = wanted.token_lifetime {
        text.push_str(&format!("\ntoken_lifetime = {lifetime}"));
    }
    text
}

fn user_stanza(alias: &str, wanted: &GivenUser) -> String {
    let email = wanted.email.as_deref().unwrap_or("…");
    let mut text =
        format!("[[users]]\nalias = \"{alias}\"\nusername = \"{email}\"\npassword = {{ env = \"…\" }}");
    if let Some(connection) = &wanted.connection {
        text.push_str(&format!("\nconnection = \"…\"   # the one that plays `{connection}`"));
    }
    if wanted.blocked {
        text.push_str("\nblocked = true");
    }
    for factor in wanted.factors.iter().flatten() {
        let value = if *factor == Enrolled::Otp { "{ env = \"…\" }" } else { "\"…\"" };
        text.push_str(&format!("\n{} = {value}", factor.member()));
    }
    if let Some(roles) = wanted.roles.as_ref().filter(|roles| !roles.is_empty()) {
        text.push_str(&format!("\nroles = [\"…\"]   # those that play {}", roles.join(", ")));
    }
    text.push_str(&reach::stanza("permissions", wanted.permissions.as_deref().unwrap_or_default()));
    text
}
