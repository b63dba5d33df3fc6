//! A name is produced before it is used, by something that has such a member, and nothing is left over.

use serde_json::Value;

use super::Lint;
use super::names::endpoints;
use super::scene::{Held, Kind, Scene};
use crate::corpus::case::{Action, ApiScopes, But, ENDPOINT_WORDS, Given, JwtKey, Request, Step, route};
use crate::corpus::expectation::{Check, Expectation, Matcher, ScopeSet, What};
use crate::corpus::forge::{Claim, Forge, ForgeKey};
use crate::corpus::mfa::Push;
use crate::corpus::template::Template;

/// What nobody uses: the path of the name, and a message.
pub(super) type Unused = (Vec<String>, String);

/// Follows the names through the steps; the result is what this row of the case does not use.
pub(super) fn check(lint: &mut Lint<'_>) -> Vec<Unused> {
    let case = lint.case;
    let mut flow = Flow { scene: Scene::new(case, endpoints(lint.corpus)), present: None, lint };
    flow.given();
    let mut sent = Vec::new();
    for (index, step) in case.steps.iter().enumerate() {
        let index = index.to_string();
        let here = ["steps", index.as_str()];
        flow.action(&here, step);
        sent.extend(step.action.request());
        for expectation in &step.expect {
            flow.expectation(&["steps", &index, "expect"], expectation);
        }
        flow.capture(&["steps", &index, "capture"], step);
        flow.scene.asked |= step.action.request().is_some() || matches!(step.action, Action::Raw(_));
    }
    flow.left_over(&sent)
}

struct Flow<'a, 'b> {
    scene: Scene<'a>,
    /// What exists, once a step has configured the target.
    present: Option<&'a Given>,
    lint: &'b mut Lint<'a>,
}

impl<'a> Flow<'a, '_> {
    /// The references inside `given`.
    fn given(&mut self) {
        let given = &self.scene.case.given;
        let tenant = ["given", "tenant"];
        let directory = given.tenant.default_directory.iter().flatten();
        directory.for_each(|alias| self.alias(&tenant, Kind::Connection, alias));
        given.tenant.default_audience.iter().for_each(|alias| self.alias(&tenant, Kind::Api, alias));
        for (name, _) in given.apis.iter().filter(|(name, _)| ENDPOINT_WORDS.contains(&name.as_str())) {
            let message = format!("`{name}` is a word of endpoint names: call the API something else");
            self.lint.wrong(&["given", &format!("api.{name}")], message);
        }
        for (name, connection) in &given.connections {
            let here = ["given", &format!("connection.{name}")];
            connection
                .enabled_clients
                .iter()
                .flatten()
                .for_each(|alias| self.alias(&here, Kind::Client, alias));
        }
        for (name, user) in &given.users {
            let here = ["given", &format!("user.{name}")];
            user.connection.iter().for_each(|alias| self.alias(&here, Kind::Connection, alias));
            user.like.iter().for_each(|alias| self.alias(&here, Kind::User, alias));
            user.roles.iter().flatten().for_each(|alias| self.alias(&here, Kind::Role, alias));
            user.permissions.iter().for_each(|scopes| self.api_scopes(&here, scopes));
        }
        for (name, client) in &given.clients {
            let here = ["given", &format!("client.{name}")];
            self.api_scopes(&here, &client.user_access);
            self.api_scopes(&here, &client.client_access);
        }
        for (name, role) in &given.roles {
            self.api_scopes(&["given", &format!("role.{name}")], &role.permissions);
        }
    }

    /// APIs and parts of their scopes.
    fn api_scopes(&mut self, path: &[&str], scopes: &ApiScopes) {
        for (alias, parts) in scopes {
            self.alias(path, Kind::Api, alias);
            let api = self.scene.case.given.apis.iter().find(|(name, _)| name == alias);
            let known = api.map(|(_, api)| api.scopes.as_slice()).unwrap_or_default();
            for part in parts.iter().filter(|part| !known.contains(part)) {
                self.lint.unknown(path, "scope", part, known);
            }
        }
    }

    /// What `configure` leaves: whoever is changed, new or gone was used for it.
    fn world(&mut self, given: &'a Given) {
        let before = self.present.replace(given).unwrap_or(&self.scene.case.given);
        let scene = &mut self.scene;
        differing(&before.connections, &given.connections, Kind::Connection, scene);
        differing(&before.apis, &given.apis, Kind::Api, scene);
        differing(&before.roles, &given.roles, Kind::Role, scene);
        differing(&before.clients, &given.clients, Kind::Client, scene);
        differing(&before.users, &given.users, Kind::User, scene);
    }

    /// An alias of one kind is named, and thereby used.
    fn alias(&mut self, path: &[&str], kind: Kind, alias: &str) {
        self.scene.used.insert(alias.to_owned());
        if self.scene.aliases.get(alias) != Some(&kind) {
            let known = self.scene.aliases.iter().filter(|(_, found)| **found == kind);
            let known: Vec<String> = known.map(|(name, _)| (*name).to_owned()).collect();
            self.lint.unknown(path, kind.word(), alias, &known);
        }
    }

    fn template(&mut self, path: &[&str], template: &Template) {
        for reference in template.references() {
            if let Err((message, known)) = self.scene.reference(reference) {
                let help = super::near(&reference.join("."), &known);
                self.lint.wrong(path, message).help = help;
            }
        }
    }

    fn value(&mut self, path: &[&str], value: &Value) {
        match value {
            Value::String(text) => {
                if let Ok(template) = Template::parse(text) {
                    self.template(path, &template);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.value(path, item)),
            Value::Object(members) => members.values().for_each(|value| self.value(path, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn action(&mut self, here: &[&str], step: &'a Step) {
        match &step.action {
            Action::Send { request, but } | Action::Probe { request, but, .. } => {
                let named = self.scene.case.requests.iter().find(|(name, _)| name == request);
                if let Some((_, request)) = named {
                    self.request(here, request);
                }
                but.iter().for_each(|but| self.but(here, but));
            }
            Action::Raw(raw) => {
                self.endpoint(here, &raw.to);
                raw.headers.iter().for_each(|(_, value)| self.template(here, value));
                raw.body.iter().for_each(|body| self.template(here, body));
            }
            Action::Clock(pass) => self.template(here, &pass.seconds),
            Action::Configure(given) => self.world(given),
            Action::Log => {}
            Action::Until(until) => {
                let named = self.scene.case.requests.iter().find(|(name, _)| *name == until.request);
                named.into_iter().for_each(|(_, request)| self.request(here, request));
            }
            Action::Totp(totp) => {
                self.template(here, totp.key.template());
                if !self.scene.asked {
                    self.lint.wrong(here, "an app counts from the target's time: some step before it sends");
                }
            }
            Action::Outbox(to) => to.iter().for_each(|to| self.template(here, to)),
            Action::Push(push) => push.templates().for_each(|template| self.template(here, template)),
            Action::Jwt(jwt) => {
                self.template(here, &jwt.of);
                if let JwtKey::Secret(secret) = &jwt.key {
                    self.template(here, secret);
                }
            }
            Action::Forge(forge) => self.forge(here, forge),
        }
    }

    fn forge(&mut self, here: &[&str], forge: &Forge) {
        forge.from.iter().for_each(|from| self.template(here, from));
        match &forge.key {
            ForgeKey::Secret(secret) => self.template(here, secret),
            ForgeKey::Of(alias) => self.alias(here, Kind::Client, alias),
            ForgeKey::Signing if !self.scene.case.needs.iter().any(|need| need == "keys.known") => {
                self.lint.wrong(here, "who signs with the tenant's own key `needs: [keys.known]`");
            }
            ForgeKey::Signing | ForgeKey::Other | ForgeKey::None | ForgeKey::Keep => {}
        }
        forge.header.iter().filter_map(|(_, value)| value.as_ref()).for_each(|value| self.value(here, value));
        for (_, claim) in &forge.claims {
            if let Claim::Set(value) = claim {
                self.value(here, value);
            }
        }
    }

    fn endpoint(&mut self, here: &[&str], to: &str) {
        if let Some((alias, name)) = route(to) {
            self.alias(here, Kind::Api, alias);
            let apis = &self.scene.case.given.apis;
            let api = apis.iter().find(|(known, _)| known == alias);
            let known: Vec<String> =
                api.iter().flat_map(|(_, api)| &api.routes).map(|(name, _)| name.clone()).collect();
            if api.is_some() && known.iter().all(|known| known != name) {
                self.lint.unknown(here, "route", name, &known);
            }
            return;
        }
        if !to.starts_with('/') && !self.scene.endpoints.iter().any(|known| known == to) {
            let known = self.scene.endpoints.clone();
            self.lint.unknown(here, "endpoint", to, &known);
        }
    }

    fn request(&mut self, here: &[&str], request: &Request) {
        self.endpoint(here, &request.to);
        request.path.iter().for_each(|path| self.template(here, path));
        self.subjects(here, [&request.client, &request.user, &request.api]);
        self.members(here, &request.form, &request.query, &request.headers);
        request.json.iter().flatten().for_each(|(_, value)| self.value(here, value));
        self.credentials(here, request.basic.as_ref(), request.bearer.as_ref());
    }

    fn but(&mut self, here: &[&str], but: &But) {
        but.path.iter().for_each(|path| self.template(here, path));
        self.subjects(here, [&but.client, &but.user, &but.api]);
        self.members(here, &but.form, &but.query, &but.headers);
        but.json.iter().for_each(|(_, value)| self.value(here, value));
        self.credentials(here, but.basic.as_ref(), but.bearer.as_ref());
    }

    fn subjects(&mut self, here: &[&str], subjects: [&Option<String>; 3]) {
        for (alias, kind) in subjects.into_iter().zip([Kind::Client, Kind::User, Kind::Api]) {
            alias.iter().for_each(|alias| self.alias(here, kind, alias));
        }
    }

    fn members(
        &mut self,
        here: &[&str],
        form: &[(Template, Option<Template>)],
        query: &[(Template, Template)],
        headers: &[(String, Option<Template>)],
    ) {
        for (name, value) in form {
            self.template(here, name);
            value.iter().for_each(|value| self.template(here, value));
        }
        for (name, value) in query {
            self.template(here, name);
            self.template(here, value);
        }
        headers.iter().filter_map(|(_, value)| value.as_ref()).for_each(|value| self.template(here, value));
    }

    fn credentials(
        &mut self,
        here: &[&str],
        basic: Option<&(Template, Template)>,
        bearer: Option<&Template>,
    ) {
        basic.into_iter().flat_map(|(id, secret)| [id, secret]).for_each(|part| self.template(here, part));
        bearer.into_iter().for_each(|bearer| self.template(here, bearer));
    }

    fn expectation(&mut self, path: &[&str], expectation: &Expectation) {
        match expectation {
            Expectation::Block(block) => block.checks.iter().for_each(|check| self.check(path, check)),
            Expectation::Shape { .. } => {}
            Expectation::Answer { name, with, .. } => {
                with.iter().for_each(|(_, value)| self.template(path, value));
                self.answer(path, name, with);
            }
            Expectation::Choice { labels, .. } => {
                labels
                    .iter()
                    .flat_map(|(_, all)| all)
                    .for_each(|expectation| self.expectation(path, expectation));
            }
        }
    }

    /// An answer's own templates take what `with` says, and `with` says nothing else.
    fn answer(&mut self, path: &[&str], name: &str, with: &[(String, Template)]) {
        let Some(answer) = self.lint.corpus.answer(name) else { return };
        let mut wanted = Vec::new();
        for check in answer.labels.iter().flat_map(|(_, checks)| checks) {
            values(check, &mut |text| {
                let template = Template::parse(text).unwrap_or_default();
                wanted.extend(template.references().map(|path| path.join(".")));
            });
        }
        for wanted in &wanted {
            match wanted.strip_prefix("with.") {
                Some(value) if with.iter().any(|(given, _)| given == value) => {}
                Some(value) => {
                    self.lint.wrong(path, format!("the answer `{name}` needs `with: {{ {value}: … }}`"));
                }
                None => {
                    self.lint.wrong(
                        path,
                        format!("the answer `{name}` uses `{wanted}`: only `with.NAME` exists there"),
                    );
                }
            }
        }
        for (given, _) in with.iter().filter(|(given, _)| !wanted.contains(&format!("with.{given}"))) {
            self.lint.wrong(path, format!("the answer `{name}` has no use for `with: {{ {given}: … }}`"));
        }
    }

    fn check(&mut self, path: &[&str], check: &Check) {
        match &check.what {
            What::SameAs(name) => {
                self.scene.used.insert(name.clone());
                if self.scene.captured.get(name.as_str()) != Some(&Held::Answer) {
                    let message =
                        format!("`same_as: {name}` needs `capture: {{ {name}: answer }}` in a step before");
                    self.lint.wrong(path, message);
                }
            }
            What::ScopeSet(ScopeSet::Exactly(set) | ScopeSet::Superset(set) | ScopeSet::Subset(set)) => {
                self.template(path, set);
            }
            _ => {
                let mut texts = Vec::new();
                values(check, &mut |text| texts.push(text.to_owned()));
                for text in texts {
                    self.value(path, &Value::String(text));
                }
            }
        }
    }

    fn capture(&mut self, path: &[&str], step: &'a Step) {
        for (name, from) in &step.capture {
            if let Some(why) = self.scene.taken(name) {
                self.lint.wrong(path, format!("`{name}` {why}: call the capture something else"));
            }
            let kept = from.first().map(String::as_str).unwrap_or_default();
            let fits = match &step.action {
                Action::Jwt(_) => kept == "claims",
                Action::Forge(_) => kept == "token",
                Action::Totp(_) => kept == "code",
                Action::Send { .. }
                | Action::Raw(_)
                | Action::Probe { .. }
                | Action::Until(_)
                | Action::Log
                | Action::Outbox(_) => matches!(kept, "body" | "answer"),
                Action::Push(Push::Scan { .. }) => kept == "body",
                Action::Push(_) | Action::Clock(_) | Action::Configure(_) => false,
            };
            if !fits {
                let message =
                    format!("a `{}` step has no `{}` to capture", step.action.word(), from.join("."));
                self.lint.wrong(path, message);
            }
            let held = if kept == "answer" { Held::Answer } else { Held::Value };
            // Captured anew, it is used anew.
            if self.scene.captured.insert(name, held).is_some() {
                self.scene.used.remove(name);
            }
        }
    }

    fn left_over(&self, sent: &[&str]) -> Vec<Unused> {
        let case = self.scene.case;
        let mut unused = Vec::new();
        let mut note = |path: &[&str], message: String| {
            unused.push((path.iter().map(|&name| name.to_owned()).collect(), message));
        };
        for (index, step) in case.steps.iter().enumerate() {
            for (name, _) in step.capture.iter().filter(|(name, _)| !self.scene.used.contains(name)) {
                let path = ["steps", &index.to_string(), "capture", name];
                note(&path, format!("nobody uses the capture `{name}`"));
            }
        }
        for (name, _) in case.requests.iter().filter(|(name, _)| !sent.contains(&name.as_str())) {
            note(&["requests", name], format!("nobody sends the request `{name}`"));
        }
        for (alias, kind) in self.scene.aliases.iter().filter(|(alias, _)| !self.scene.used.contains(**alias))
        {
            let member = format!("{}.{alias}", kind.word().to_ascii_lowercase());
            note(&["given", &member], format!("nobody uses the {} `{alias}`", kind.word()));
        }
        unused
    }
}

/// Marks the aliases that are not what they were, and introduces the new ones.
fn differing<'a, T: PartialEq>(
    before: &[(String, T)],
    after: &'a [(String, T)],
    kind: Kind,
    scene: &mut Scene<'a>,
) {
    let gone = before.iter().filter(|(alias, _)| after.iter().all(|(known, _)| known != alias));
    scene.used.extend(gone.map(|(alias, _)| alias.clone()));
    for object in after.iter().filter(|object| !before.contains(object)) {
        scene.aliases.insert(&object.0, kind);
        scene.used.insert(object.0.clone());
    }
}

/// All texts of a check's values that may be templates.
fn values(check: &Check, each: &mut dyn FnMut(&str)) {
    match &check.what {
        What::Header(_, matcher)
        | What::Bearer(_, matcher)
        | What::Json(_, matcher)
        | What::Jose(_, matcher)
        | What::Claim(_, matcher)
        | What::Lifetime(matcher)
        | What::Body(matcher) => matcher_values(matcher, each),
        What::ScopeSet(
            ScopeSet::Exactly(_) | ScopeSet::Superset(_) | ScopeSet::Subset(_) | ScopeSet::Absent,
        )
        | What::Outcome(_)
        | What::Status(_)
        | What::Exactly(_)
        | What::Order(_)
        | What::SameAs(_)
        | What::Verified
        | What::ClaimOrder(_) => {}
    }
}

fn matcher_values(matcher: &Matcher, each: &mut dyn FnMut(&str)) {
    match matcher {
        Matcher::Equals(value) => texts(value, each),
        Matcher::OneOf(values) | Matcher::Includes(values) => {
            values.iter().for_each(|value| texts(value, each))
        }
        Matcher::Not(inner) | Matcher::IfPresent(inner) => matcher_values(inner, each),
        Matcher::ContainsWord(text) | Matcher::Matches(text) => each(text),
        Matcher::Absent
        | Matcher::Present
        | Matcher::NonEmpty
        | Matcher::Kind(_)
        | Matcher::Length(_)
        | Matcher::MediaType(_)
        | Matcher::NearNow(_)
        | Matcher::FromNow(..)
        | Matcher::Unguessable(_) => {}
    }
}

fn texts(value: &Value, each: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, each)),
        Value::Object(members) => members.values().for_each(|value| texts(value, each)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
