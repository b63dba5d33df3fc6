//! What a case has on stage while its steps go by: the aliases of `given` by kind, what was captured, what was used.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::case::{Action, Case, ClientAuth};
use crate::corpus::mfa::Enrolled;

/// The kinds of aliases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Connection,
    Api,
    Role,
    Client,
    User,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Api => "API",
            Self::Role => "role",
            Self::Client => "client",
            Self::User => "user",
        }
    }
}

/// What a capture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// A value: a body, a member of one, claims.
    Value,
    /// A whole answer, for `same_as` alone.
    Answer,
}

/// The state of the walk through a case.
pub(super) struct Scene<'a> {
    pub(super) case: &'a Case,
    pub(super) aliases: BTreeMap<&'a str, Kind>,
    pub(super) endpoints: Vec<String>,
    pub(super) captured: BTreeMap<&'a str, Held>,
    pub(super) used: BTreeSet<String>,
    /// Whether the target was asked something, and has told its time.
    pub(super) asked: bool,
}

/// First names of templates that are no aliases.
const RESERVED: &[&str] = &["fresh", "letters", "target", "endpoint", "row", "with"];

impl<'a> Scene<'a> {
    pub(super) fn new(case: &'a Case, endpoints: Vec<String>) -> Self {
        let given = &case.given;
        let mut aliases = BTreeMap::new();
        aliases.extend(given.connections.iter().map(|(alias, _)| (alias.as_str(), Kind::Connection)));
        aliases.extend(given.apis.iter().map(|(alias, _)| (alias.as_str(), Kind::Api)));
        aliases.extend(given.roles.iter().map(|(alias, _)| (alias.as_str(), Kind::Role)));
        aliases.extend(given.clients.iter().map(|(alias, _)| (alias.as_str(), Kind::Client)));
        aliases.extend(given.users.iter().map(|(alias, _)| (alias.as_str(), Kind::User)));
        Self { case, aliases, endpoints, captured: BTreeMap::new(), used: BTreeSet::new(), asked: false }
    }

    /// Why `name` cannot be given to a new alias or capture.
    pub(super) fn taken(&self, name: &str) -> Option<&'static str> {
        if RESERVED.contains(&name) {
            Some("is a word of templates")
        } else if self.aliases.contains_key(name) {
            Some("is an alias of `given`")
        } else if self.captured.contains_key(name) && !self.used.contains(name) {
            Some("was captured before, and nobody has used it since")
        } else {
            None
        }
    }

    /// What is wrong with a reference; marks what it uses.
    pub(super) fn reference(&mut self, path: &[String]) -> Result<(), (String, Vec<String>)> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let whole = path.join(".");
        let none = |known: &[&str]| {
            let known = known.iter().map(|&name| name.to_owned()).collect();
            Err((format!("`{whole}` does not exist"), known))
        };
        match names.as_slice() {
            ["fresh", "email" | "word"] | ["target", "issuer" | "base" | "host" | "other_host"] => Ok(()),
            ["letters", length] if length.parse::<u32>().is_ok() => Ok(()),
            ["letters", ..] => none(&["letters.1048576"]),
            ["fresh", ..] => none(&["fresh.email", "fresh.word"]),
            ["target", ..] => none(&["target.issuer", "target.base", "target.host", "target.other_host"]),
            ["endpoint", name] if self.endpoints.iter().any(|endpoint| endpoint == name) => Ok(()),
            ["endpoint", ..] => none(&self.endpoints.iter().map(String::as_str).collect::<Vec<_>>()),
            ["row", ..] => Err((format!("`{whole}` in a case without such a row"), Vec::new())),
            ["with", ..] => Err((format!("`{whole}` belongs to answers"), Vec::new())),
            [first, rest @ ..] => {
                self.used.insert((*first).to_owned());
                if let Some(kind) = self.aliases.get(first).copied() {
                    self.member(kind, first, rest).map_or(Ok(()), |known| {
                        let message = format!("the {} `{first}` has no `{}`", kind.word(), rest.join("."));
                        Err((message, known))
                    })
                } else {
                    self.captured_value(first)
                }
            }
            [] => Ok(()),
        }
    }

    fn captured_value(&self, name: &str) -> Result<(), (String, Vec<String>)> {
        match self.captured.get(name) {
            Some(Held::Value) => Ok(()),
            Some(Held::Answer) => {
                Err((format!("`{name}` is a whole answer: it serves `same_as` alone"), Vec::new()))
            }
            None => {
                let later =
                    self.case.steps.iter().flat_map(|step| &step.capture).any(|(later, _)| later == name);
                if later {
                    return Err((format!("`{name}` is used before a step captures it"), Vec::new()));
                }
                let known = self.aliases.keys().chain(self.captured.keys()).map(|&name| name.to_owned());
                Err((format!("`{name}` is no alias and no capture"), known.collect()))
            }
        }
    }

    /// The factors that a user has at any time of the case, those of the original included.
    fn factors(&self, alias: &str) -> impl Iterator<Item = Enrolled> {
        let configured = self.case.steps.iter().filter_map(|step| match &step.action {
            Action::Configure(given) => Some(given.as_ref()),
            _ => None,
        });
        let mut all: Vec<Enrolled> = Vec::new();
        for given in std::iter::once(&self.case.given).chain(configured) {
            let user =
                |alias: &str| given.users.iter().find(|(known, _)| known == alias).map(|(_, user)| user);
            let Some(one) = user(alias) else { continue };
            let original = || one.like.as_deref().and_then(user).and_then(|user| user.factors.as_ref());
            all.extend(one.factors.as_ref().or_else(original).into_iter().flatten());
        }
        all.into_iter()
    }

    /// `None` if the alias has such a member, else those that it has.
    fn member(&self, kind: Kind, alias: &str, rest: &[&str]) -> Option<Vec<String>> {
        let mut known: Vec<String> = match kind {
            Kind::User => vec!["username", "password", "email"],
            Kind::Connection => vec!["name", "realm"],
            Kind::Role => Vec::new(),
            Kind::Client => match self.case.given.clients.iter().find(|(name, _)| name == alias) {
                Some((_, client)) if client.auth == Some(ClientAuth::None) => vec!["id"],
                Some((_, client)) if client.auth == Some(ClientAuth::PrivateKeyJwt) => {
                    vec!["id", "secret", "basic", "kid", "public_key", "assertion"]
                }
                Some(_) | None => vec!["id", "secret", "basic"],
            },
            Kind::Api => vec!["audience", "scopes", "lifetime"],
        }
        .into_iter()
        .map(str::to_owned)
        .collect();
        if kind == Kind::User {
            known.extend(self.factors(alias).map(|factor| factor.member().to_owned()));
        }
        if let Some((_, client)) =
            self.case.given.clients.iter().find(|(name, _)| kind == Kind::Client && name == alias)
        {
            known.extend((0..client.credentials.len()).map(|index| format!("credentials.{index}.assertion")));
        }
        if let Some((_, api)) =
            self.case.given.apis.iter().find(|(name, _)| kind == Kind::Api && name == alias)
        {
            known.extend(api.scopes.iter().map(|scope| format!("scope.{scope}")));
            known.extend(api.scopes.iter().map(|scope| format!("offline.{scope}")));
            known.push("offline.all".to_owned());
            if api.signing_alg == "HS256" {
                known.push("secret".to_owned());
            }
        }
        (!known.contains(&rest.join("."))).then_some(known)
    }
}
