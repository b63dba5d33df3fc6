//! What a case needs → a tenant in the form of Auth0's export, and what the case sees of it. All secrets are made up
//! anew for each case, so that nothing can pass by knowing them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{keys, second_factor};
use crate::corpus::case::{ApiScopes, ClientAuth, GRANTS, Given, GivenApi, GivenClient, GivenUser, Settings};
use crate::corpus::flavour::Flavour;
use crate::step::bindings::random_word;

/// The directory of users for a case that names none.
const ONLY_DIRECTORY: &str = "people";

/// A tenant and its objects.
pub(super) struct Export {
    /// The document that the server loads.
    pub(super) tenant: Value,
    /// The objects by alias, as [`super::World::objects`] has them.
    pub(super) objects: BTreeMap<String, Value>,
    /// Secrets and passwords.
    pub(super) secrets: Vec<String>,
}

/// The tenant that `given` asks for, under `flavour`. What `known` has of an object is not made up anew.
pub(super) fn export(given: &Given, flavour: &Flavour, known: &BTreeMap<String, Value>) -> Export {
    let mut making = Making { given, known, objects: BTreeMap::new(), secrets: Vec::new() };
    let (clients, client_halves) = making.clients();
    let (apis, api_halves) = making.apis();
    let routes = making.routes();
    let (passwordless, databases) = making.connections();
    let users = making.users();
    let given_here = given.tenant.behaviour.iter().map(|(name, value)| (name, value));
    let behaviour: Map<String, Value> = flavour
        .behaviour
        .iter()
        .chain(given_here)
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect();
    let mut tenant = json!({
        "tenant": making.settings(),
        "clients": clients,
        "resourceServers": apis,
        "clientGrants": client_grants(given),
        "roles": roles(given),
        "databases": databases,
        "connections": passwordless,
        "ropg": {
            "preset": flavour.preset,
            "behaviour": behaviour,
            "clients": client_halves,
            "apis": api_halves,
            "api_routes": routes,
            "users": users,
        },
    });
    if let Some(mfa) = &given.tenant.mfa {
        second_factor::enable(mfa, &mut tenant);
    }
    if let Some(issuer) = &given.tenant.issuer {
        tenant["ropg"]["issuer"] = issuer.as_str().into();
    }
    Export { tenant, objects: making.objects, secrets: making.secrets }
}

/// The identifier of an API.
fn identifier(alias: &str) -> String {
    format!("https://{alias}.test/")
}

/// The name of the scope that plays `role` at the API `alias`.
fn scope(alias: &str, role: &str) -> String {
    if role.contains(':') { role.to_owned() } else { format!("{role}:{alias}") }
}

/// Permissions in the form of the export.
fn permissions(scopes: &ApiScopes) -> Vec<Value> {
    let one = |api: &str, part: &str| json!({ "resource_server_identifier": identifier(api), "permission_name": scope(api, part) });
    scopes.iter().flat_map(|(api, parts)| parts.iter().map(move |part| one(api, part))).collect()
}

fn roles(given: &Given) -> Vec<Value> {
    let all = given.roles.iter();
    all.map(|(alias, role)| json!({ "name": alias, "permissions": permissions(&role.permissions) })).collect()
}

fn client_grants(given: &Given) -> Vec<Value> {
    let mut all = Vec::new();
    for (alias, client) in &given.clients {
        for (subject, access) in [("user", &client.user_access), ("client", &client.client_access)] {
            all.extend(access.iter().map(|(api, parts)| {
                let names: Vec<String> = parts.iter().map(|part| scope(api, part)).collect();
                json!({ "client_id": alias, "audience": identifier(api), "subject_type": subject, "scope": names })
            }));
        }
    }
    all
}

struct Making<'a> {
    given: &'a Given,
    known: &'a BTreeMap<String, Value>,
    objects: BTreeMap<String, Value>,
    secrets: Vec<String>,
}

impl Making<'_> {
    fn known(&self, alias: &str, member: &str) -> Option<&str> {
        self.known.get(alias)?.get(member)?.as_str()
    }

    /// What the object has already, or a new word.
    fn word(&self, alias: &str, member: &str, prefix: &str, length: usize) -> String {
        self.known(alias, member).map_or_else(|| random_word(prefix, length), str::to_owned)
    }

    fn settings(&self) -> Value {
        let mut settings = json!({ "friendly_name": "Suite" });
        let mut directories =
            self.given.connections.iter().filter(|(_, connection)| !passwordless(&connection.strategy));
        let first = directories.next().map(|(alias, _)| alias.as_str());
        match &self.given.tenant.default_directory {
            None if self.given.connections.is_empty() => {
                settings["default_directory"] = ONLY_DIRECTORY.into()
            }
            // Nobody logs in with a password where codes are sent.
            None => {
                if let Some(first) = first {
                    settings["default_directory"] = first.into();
                }
            }
            Some(Some(alias)) => settings["default_directory"] = alias.as_str().into(),
            Some(None) => {}
        }
        if let Some(alias) = &self.given.tenant.default_audience {
            settings["default_audience"] = identifier(alias).into();
        }
        set(&mut settings, &self.given.tenant.settings);
        settings
    }

    fn clients(&mut self) -> (Vec<Value>, Map<String, Value>) {
        let given = self.given;
        let all = given.clients.iter().enumerate();
        all.map(|(index, (alias, client))| self.client(index, alias, client)).unzip()
    }

    fn client(&mut self, index: usize, alias: &str, client: &GivenClient) -> (Value, (String, Value)) {
        let auth = match client.auth {
            Some(ClientAuth::None) => "none",
            Some(ClientAuth::Post) | None => "post",
            Some(ClientAuth::Basic) => "basic",
            Some(ClientAuth::PrivateKeyJwt) => "private_key_jwt",
        };
        let id = self.word(alias, "id", &format!("{alias}-"), 8);
        let mut object = json!({ "id": id, "auth": auth });
        let mut half = json!({ "client_id": id });
        if auth != "none" {
            let secret = client.secret.clone().unwrap_or_else(|| self.word(alias, "secret", "Sec-", 24));
            object["secret"] = secret.as_str().into();
            half["client_secret"] = secret.as_str().into();
            self.secrets.push(secret);
        }
        if auth == "private_key_jwt" {
            half["credentials"] = keys::publish(&mut object, index, &client.credentials);
        }
        self.objects.insert(alias.to_owned(), object);
        let grants: Vec<&str> = client.grants.iter().map(|grant| grant_type(grant)).collect();
        let mut exported = json!({
            "name": alias,
            "app_type": if auth == "none" { "native" } else { "regular_web" },
            "is_first_party": client.first_party,
            "grant_types": grants,
        });
        match auth {
            "none" => exported["token_endpoint_auth_method"] = auth.into(),
            "private_key_jwt" => {
                exported["client_authentication_methods"] = json!({ auth: { "credentials": [] } })
            }
            _ => exported["token_endpoint_auth_method"] = format!("client_secret_{auth}").into(),
        }
        set(&mut exported, &client.settings);
        (exported, (alias.to_owned(), half))
    }

    fn apis(&mut self) -> (Vec<Value>, Map<String, Value>) {
        let given = self.given;
        given.apis.iter().map(|(alias, api)| self.api(alias, api)).unzip()
    }

    fn api(&mut self, alias: &str, api: &GivenApi) -> (Value, (String, Value)) {
        let names: Map<String, Value> =
            api.scopes.iter().map(|role| (role.clone(), scope(alias, role).into())).collect();
        let all: Vec<&str> = names.values().filter_map(Value::as_str).collect();
        let mut exported = json!({
            "name": alias,
            "identifier": identifier(alias),
            "signing_alg": api.signing_alg,
            "allow_offline_access": api.allow_offline_access,
            "scopes": all.iter().map(|name| json!({ "value": name })).collect::<Vec<_>>(),
        });
        let mut object = json!({ "audience": identifier(alias), "scope": names, "scopes": all.join(" ") });
        let pairs = names.iter().filter_map(|(role, name)| Some((role.as_str(), name.as_str()?)));
        object["offline"] = super::offline(pairs, Some("offline_access"));
        // What Auth0 documents for an API that says nothing.
        let lifetime = api.token_lifetime.unwrap_or(86_400);
        exported["token_lifetime"] = lifetime.into();
        object["lifetime"] = lifetime.into();
        object["routes"] = super::routes(api, |path| format!("/api/{alias}{path}"));
        let mut half = json!({});
        if api.signing_alg == "HS256" {
            let secret = self.word(alias, "secret", "Key-", 40);
            half["signing_secret"] = secret.as_str().into();
            object["secret"] = secret.as_str().into();
            self.secrets.push(secret);
        }
        self.objects.insert(alias.to_owned(), object);
        set(&mut exported, &api.settings);
        (exported, (alias.to_owned(), half))
    }

    /// What can be called, by the API's name.
    fn routes(&self) -> Map<String, Value> {
        let with_routes = self.given.apis.iter().filter(|(_, api)| !api.routes.is_empty());
        let exported = with_routes.map(|(alias, api)| {
            let routes = api.routes.iter().map(|(_, route)| {
                let scopes: Vec<String> = route.scopes.iter().map(|role| scope(alias, role)).collect();
                json!({ "method": route.method, "path": route.path, "scopes": scopes })
            });
            (alias.clone(), routes.collect())
        });
        exported.collect()
    }

    /// Connections without passwords, and directories.
    fn connections(&mut self) -> (Vec<Value>, Vec<Value>) {
        let all: Vec<&str> = self.given.clients.iter().map(|(alias, _)| alias.as_str()).collect();
        if self.given.connections.is_empty() {
            let only = json!({ "name": ONLY_DIRECTORY, "strategy": "auth0", "enabled_clients": all });
            return (Vec::new(), vec![only]);
        }
        let mut exported = Vec::new();
        for (alias, connection) in &self.given.connections {
            let realm = connection.realms.first().unwrap_or(alias);
            self.objects.insert(alias.clone(), json!({ "name": alias, "realm": realm }));
            let mut one = json!({ "name": alias, "strategy": connection.strategy });
            one["enabled_clients"] = match &connection.enabled_clients {
                Some(enabled) => json!(enabled),
                None => json!(all),
            };
            if !connection.realms.is_empty() {
                one["realms"] = json!(connection.realms);
            }
            set(&mut one, &connection.settings);
            exported.push(one);
        }
        exported.into_iter().partition(|one| one["strategy"].as_str().is_some_and(passwordless))
    }

    fn users(&mut self) -> Map<String, Value> {
        let given = self.given;
        let mut by_connection: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let first = given.connections.first().map_or(ONLY_DIRECTORY, |(alias, _)| alias);
        for (alias, user) in &given.users {
            let twin = twin(given, user);
            let connection = twin.connection.as_deref().unwrap_or(first).to_owned();
            let strategy = given.connections.iter().find(|(known, _)| *known == connection);
            let user = match strategy.map(|(_, connection)| connection.strategy.as_str()) {
                Some(strategy) if passwordless(strategy) => self.passwordless_user(alias, &twin, strategy),
                Some(_) | None => self.user(alias, &twin),
            };
            by_connection.entry(connection).or_default().push(user);
        }
        by_connection.into_iter().map(|(connection, users)| (connection, users.into())).collect()
    }

    fn user(&mut self, alias: &str, user: &GivenUser) -> Value {
        let email = user.email.clone().or_else(|| self.known(alias, "email").map(str::to_owned));
        let email = email.unwrap_or_else(|| format!("{}@example.test", random_word(&format!("{alias}."), 6)));
        let password = user.password.clone();
        let password = password.unwrap_or_else(|| self.word(alias, "password", "Pass-Word-", 12));
        let mut exported = json!({
            "email": email,
            "email_verified": true,
            "blocked": user.blocked,
            "password": password,
        });
        for (name, value) in &user.profile {
            exported[name] = value.clone();
        }
        let mut object = json!({ "username": email, "email": email, "password": password });
        self.common(alias, user, &mut exported, &mut object);
        // A hash stands for the password; the suite knows both.
        if ["password_hash", "custom_password_hash"].iter().any(|hash| user.settings.contains_key(*hash))
            && let Some(members) = exported.as_object_mut()
        {
            members.remove("password");
        }
        self.objects.insert(alias.to_owned(), object);
        self.secrets.push(password);
        exported
    }

    /// A user who logs in with a code that is sent to an address or a number.
    fn passwordless_user(&mut self, alias: &str, user: &GivenUser, strategy: &str) -> Value {
        let new = || match strategy {
            "sms" => second_factor::new_phone(),
            _ => format!("{}@example.test", random_word(&format!("{alias}."), 6)),
        };
        let said = user.email.as_deref().or_else(|| self.known(alias, "username"));
        let identifier = said.map_or_else(new, str::to_owned);
        let (name, verified) =
            if strategy == "sms" { ("phone_number", "phone_verified") } else { ("email", "email_verified") };
        let mut exported = json!({ name: identifier, verified: true, "blocked": user.blocked });
        for (name, value) in &user.profile {
            exported[name] = value.clone();
        }
        let mut object = json!({ "username": identifier, name: identifier });
        self.common(alias, user, &mut exported, &mut object);
        self.objects.insert(alias.to_owned(), object);
        exported
    }

    /// What users of every kind of connection may have.
    fn common(&mut self, alias: &str, user: &GivenUser, exported: &mut Value, object: &mut Value) {
        if let Some(roles) = &user.roles {
            exported["roles"] = json!(roles);
        }
        if let Some(scopes) = &user.permissions {
            exported["permissions"] = json!(permissions(scopes));
        }
        if let Some(factors) = &user.factors {
            let enrolled = second_factor::enrol(alias, factors, self.known.get(alias), object);
            exported["mfa_factors"] = enrolled.into();
            self.secrets.extend(object["otp_secret"].as_str().map(str::to_owned));
        }
        set(exported, &user.settings);
    }
}

/// Whether users of such a connection have no password.
fn passwordless(strategy: &str) -> bool {
    matches!(strategy, "email" | "sms")
}

/// The user with everything that its original has and it does not say itself; but it is another person, so what
/// identifies the original stays there.
pub(crate) fn twin(given: &Given, user: &GivenUser) -> GivenUser {
    let original = user.like.as_ref().and_then(|like| given.users.iter().find(|(alias, _)| alias == like));
    let Some((_, original)) = original else { return user.clone() };
    let mut twin = user.clone();
    twin.connection = twin.connection.or_else(|| original.connection.clone());
    twin.password = twin.password.or_else(|| original.password.clone());
    twin.roles = twin.roles.or_else(|| original.roles.clone());
    twin.permissions = twin.permissions.or_else(|| original.permissions.clone());
    twin.factors = twin.factors.or_else(|| original.factors.clone());
    let mut settings = original.settings.clone();
    settings.extend(twin.settings);
    twin.settings = settings;
    twin.profile.extend(
        original
            .profile
            .iter()
            .filter(|(name, _)| user.profile.iter().all(|(known, _)| known != name))
            .cloned(),
    );
    twin
}

/// Members as they are, into the object and into what it holds.
fn set(object: &mut Value, settings: &Settings) {
    for (name, value) in settings {
        match (&mut object[name], value) {
            (old @ Value::Object(_), Value::Object(inner)) => set(old, inner),
            (old, value) => *old = value.clone(),
        }
    }
}

fn grant_type(word: &str) -> &str {
    GRANTS.iter().find(|(known, _)| *known == word).map_or(word, |(_, wire)| wire)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Corpus;
    use crate::corpus::case::GivenConnection;

    fn connection(strategy: &str) -> GivenConnection {
        GivenConnection {
            realms: Vec::new(),
            strategy: strategy.to_owned(),
            enabled_clients: None,
            settings: Settings::new(),
        }
    }

    #[test]
    fn where_codes_are_sent_users_have_an_address_or_a_number_and_no_password() {
        let user =
            |connection: &str| GivenUser { connection: Some(connection.to_owned()), ..GivenUser::default() };
        let given = Given {
            connections: ["sms", "auth0", "email"]
                .map(|kind| (format!("by-{kind}"), connection(kind)))
                .to_vec(),
            users: ["sms", "auth0", "email"]
                .map(|kind| (kind.to_owned(), user(&format!("by-{kind}"))))
                .to_vec(),
            ..Given::default()
        };
        let corpus = Corpus::embedded().unwrap();
        let Export { tenant, objects, secrets } =
            export(&given, corpus.flavour("auth0").unwrap(), &BTreeMap::new());
        let names = |list: &str| -> Vec<&str> {
            tenant[list].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect()
        };
        assert_eq!(
            (names("databases"), names("connections")),
            (vec!["by-auth0"], vec!["by-sms", "by-email"])
        );
        assert_eq!(tenant["tenant"]["default_directory"], "by-auth0");
        let users = &tenant["ropg"]["users"];
        for (alias, member) in [("sms", "phone_number"), ("email", "email")] {
            let (user, object) = (&users[format!("by-{alias}")][0], &objects[alias]);
            assert_eq!((&user[member], &object["username"]), (&object[member], &object[member]));
            assert!(object[member].is_string() && user.get("password").is_none(), "{user}");
        }
        assert_eq!(secrets.len(), 1, "one of them has a password");
    }
}
