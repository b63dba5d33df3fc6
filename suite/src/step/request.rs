//! A named request and its one fault → what is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::bindings::Bindings;
use super::{Sending, assertion};
use crate::corpus::case::{self, But, Request};
use crate::corpus::template::Template;

/// What is sent, and as whom.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) sending: Sending,
    /// The user name in the body: who a failed login is counted for.
    pub(crate) username: Option<String>,
}

/// Fills in `request` with the changes of `but`.
///
/// # Errors
/// A name that is not there: the step cannot be carried out.
pub(crate) fn build(bindings: &Bindings, request: &Request, but: Option<&But>) -> Result<Built, String> {
    let none = But::default();
    let but = but.unwrap_or(&none);
    let mut draft = Draft { bindings, headers: Vec::new(), members: Vec::new() };
    draft.client(request, but)?;
    draft.user_and_api(request, but)?;
    draft.own_members(request, but)?;
    draft.authorization(request, but)?;
    let body = draft.body(request.json.is_some())?;
    draft.own_headers(request, but)?;
    let username = draft.members.iter().find(|(name, _)| name == "username");
    let username = username.and_then(|(_, value)| value.as_str().map(str::to_owned));
    let method = but.method.clone().or_else(|| request.method.clone());
    let method = method.unwrap_or_else(|| usual_method(bindings, &request.to));
    let method = bindings.text(&Template::parse(&method)?, &[])?;
    let url = address(bindings, request, but)?;
    Ok(Built { sending: Sending { method, url, headers: draft.headers, body }, username })
}

/// The address of an endpoint by its name, of an API's route, or of a literal path.
pub(crate) fn endpoint(bindings: &Bindings, name: &str) -> Result<String, String> {
    let text = |object: &str, member: &str| -> Result<String, String> {
        let found = bindings.object(object)?.get(member).and_then(Value::as_str).map(str::to_owned);
        found.ok_or_else(|| format!("the target has no endpoint `{member}`"))
    };
    let below_base = |path: &str| Ok(format!("{}{path}", text("target", "base")?.trim_end_matches('/')));
    if name.starts_with('/') {
        return below_base(name);
    }
    let Some((api, route)) = case::route(name) else { return text("endpoint", name) };
    let address = bindings.object(api)?["routes"][route]["address"].as_str();
    let address = address.ok_or_else(|| format!("the target has no route `{name}`"))?;
    if address.starts_with('/') { below_base(address) } else { Ok(address.to_owned()) }
}

fn usual_method(bindings: &Bindings, to: &str) -> String {
    let route = case::route(to).and_then(|(api, route)| {
        bindings.object(api).ok()?["routes"][route]["method"].as_str().map(str::to_owned)
    });
    let posted = matches!(to, "token" | "revoke" | "mfa.challenge" | "mfa.associate" | "passwordless.start");
    route.unwrap_or_else(|| if posted { "POST" } else { "GET" }.to_owned())
}

fn address(bindings: &Bindings, request: &Request, but: &But) -> Result<String, String> {
    let mut url = endpoint(bindings, &request.to)?;
    if let Some(path) = but.path.as_ref().or(request.path.as_ref()) {
        url = format!("{}/{}", url.trim_end_matches('/'), bindings.text(path, &[])?);
    }
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in request.query.iter().chain(&but.query) {
        pairs.append_pair(&bindings.text(name, &[])?, &bindings.text(value, &[])?);
    }
    let query = pairs.finish();
    if !query.is_empty() {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&query);
    }
    Ok(url)
}

/// A request in the making.
struct Draft<'a> {
    bindings: &'a Bindings,
    headers: Vec<(String, String)>,
    members: Vec<(String, Value)>,
}

impl Draft<'_> {
    /// The client's own authentication, unless it is written by hand or left out.
    fn client(&mut self, request: &Request, but: &But) -> Result<(), String> {
        let Some(alias) = but.client.as_ref().or(request.client.as_ref()) else { return Ok(()) };
        let object = self.bindings.object(alias)?;
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        let id = text("id").ok_or_else(|| format!("client `{alias}` has no id"))?;
        if but.basic.is_some() || request.basic.is_some() {
            return Ok(());
        }
        match (text("auth").unwrap_or("post"), text("secret")) {
            ("basic", Some(secret)) if !but.unauthenticated => {
                self.basic(&form_encoded(id), &form_encoded(secret))
            }
            ("post", Some(secret)) if !but.unauthenticated => {
                self.set("client_id", Some(id.into()));
                self.set("client_secret", Some(secret.into()));
            }
            ("private_key_jwt", _) if !but.unauthenticated => {
                self.set("client_id", Some(id.into()));
                self.set("client_assertion_type", Some(assertion::JWT_BEARER.into()));
                self.set("client_assertion", Some(self.bindings.assertion(object)?.into()));
            }
            _ => self.set("client_id", Some(id.into())),
        }
        Ok(())
    }

    fn user_and_api(&mut self, request: &Request, but: &But) -> Result<(), String> {
        if let Some(alias) = but.user.as_ref().or(request.user.as_ref()) {
            let user = self.bindings.object(alias)?;
            for name in ["username", "password"] {
                self.set(name, user.get(name).cloned());
            }
        }
        if let Some(alias) = but.api.as_ref().or(request.api.as_ref()) {
            self.set("audience", self.bindings.object(alias)?.get("audience").cloned());
        }
        Ok(())
    }

    fn own_members(&mut self, request: &Request, but: &But) -> Result<(), String> {
        for (name, value) in request.form.iter().chain(&but.form) {
            let name = self.bindings.text(name, &[])?;
            let value = value.as_ref().map(|value| self.bindings.text(value, &[])).transpose()?;
            self.set(&name, value.map(Value::String));
        }
        for (name, value) in request.json.iter().flatten().chain(&but.json) {
            let value = self.bindings.json(value, &[])?;
            self.set(name, Some(value));
        }
        Ok(())
    }

    /// Credentials written by hand.
    fn authorization(&mut self, request: &Request, but: &But) -> Result<(), String> {
        if but.unauthenticated {
            self.set("client_secret", None);
        } else if let Some((id, secret)) = but.basic.as_ref().or(request.basic.as_ref()) {
            let (id, secret) = (self.bindings.text(id, &[])?, self.bindings.text(secret, &[])?);
            self.basic(&id, &secret);
        }
        if let Some(token) = but.bearer.as_ref().or(request.bearer.as_ref()).filter(|_| !but.unauthenticated)
        {
            let token = self.bindings.text(token, &[])?;
            self.header("authorization", Some(format!("Bearer {token}")));
        }
        Ok(())
    }

    fn own_headers(&mut self, request: &Request, but: &But) -> Result<(), String> {
        for (name, value) in request.headers.iter().chain(&but.headers) {
            let value = value.as_ref().map(|value| self.bindings.text(value, &[])).transpose()?;
            self.header(name, value);
        }
        if but.unauthenticated {
            self.header("authorization", None);
        }
        Ok(())
    }

    fn body(&mut self, json: bool) -> Result<Option<String>, String> {
        if self.members.is_empty() {
            return Ok(None);
        }
        if json {
            self.header("content-type", Some("application/json".to_owned()));
            let members: serde_json::Map<String, Value> = self.members.iter().cloned().collect();
            return Ok(Some(Value::Object(members).to_string()));
        }
        self.header("content-type", Some("application/x-www-form-urlencoded".to_owned()));
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.members {
            match value {
                Value::String(text) => pairs.append_pair(name, text),
                other => pairs.append_pair(name, &other.to_string()),
            };
        }
        Ok(Some(pairs.finish()))
    }

    fn basic(&mut self, id: &str, secret: &str) {
        self.header("authorization", Some(format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))));
    }

    /// Sets a member where it stands, or at the end; `None` removes it.
    fn set(&mut self, name: &str, value: Option<Value>) {
        let place = self.members.iter().position(|(known, _)| known == name);
        match (place, value) {
            (Some(place), Some(value)) => self.members[place].1 = value,
            (Some(place), None) => drop(self.members.remove(place)),
            (None, Some(value)) => self.members.push((name.to_owned(), value)),
            (None, None) => {}
        }
    }

    fn header(&mut self, name: &str, value: Option<String>) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if let Some(value) = value {
            self.headers.push((name.to_ascii_lowercase(), value));
        }
    }
}

/// RFC 6749, section 2.3.1: id and secret are form-encoded before they are joined.
fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
