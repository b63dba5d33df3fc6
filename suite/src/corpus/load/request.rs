//! Requests, their changes (`but`), and the steps.

use ropg_fixtures::document::{Data, Key, Node};
use serde_json::Value;

use super::expectation::expectations;
use super::forge::forge;
use super::reading::Reading;
use crate::corpus::case::{Action, But, Jwt, JwtKey, Raw, Request, Step};
use crate::corpus::template::Template;

const REQUEST: &[&str] =
    &["to", "method", "client", "user", "api", "form", "json", "query", "headers", "basic", "bearer"];
const BUT: &[&str] = &[
    "client",
    "user",
    "api",
    "method",
    "form",
    "json",
    "query",
    "headers",
    "basic",
    "bearer",
    "unauthenticated",
];
const STEP: &[&str] =
    &["name", "send", "raw", "jwt", "forge", "probe", "but", "record", "expect", "capture", "multi_fault"];

/// A named request.
pub(super) fn request(reading: &mut Reading<'_>, node: &Node) -> Request {
    let mut request = Request::default();
    if reading.required(node, "to").is_none() {
        return request;
    }
    for (key, value) in reading.map(node, REQUEST) {
        match key.text.as_str() {
            "to" => request.to = reading.text(value),
            "method" => request.method = Some(reading.text(value)),
            "client" => request.client = Some(reading.text(value)),
            "user" => request.user = Some(reading.text(value)),
            "api" => request.api = Some(reading.text(value)),
            "form" => request.form = form(reading, value),
            "json" => request.json = Some(json(reading, value)),
            "query" => request.query = query(reading, value),
            "headers" => request.headers = headers(reading, value),
            "basic" => request.basic = basic(reading, value),
            "bearer" => request.bearer = Some(reading.template(value)),
            _ => {}
        }
    }
    if request.json.is_some() && !request.form.is_empty() {
        reading.wrong(node.at, "a body is either `form` or `json`");
    }
    request
}

fn but(reading: &mut Reading<'_>, node: &Node) -> But {
    let mut but = But::default();
    for (key, value) in reading.map(node, BUT) {
        match key.text.as_str() {
            "client" => but.client = Some(reading.text(value)),
            "user" => but.user = Some(reading.text(value)),
            "api" => but.api = Some(reading.text(value)),
            "method" => but.method = Some(reading.text(value)),
            "form" => but.form = form(reading, value),
            "json" => but.json = json(reading, value),
            "query" => but.query = query(reading, value),
            "headers" => but.headers = headers(reading, value),
            "basic" => but.basic = basic(reading, value),
            "bearer" => but.bearer = Some(reading.template(value)),
            "unauthenticated" => but.unauthenticated = reading.flag(value),
            _ => {}
        }
    }
    but
}

fn form(reading: &mut Reading<'_>, node: &Node) -> Vec<(Template, Option<Template>)> {
    let members = reading.any_map(node);
    members
        .iter()
        .map(|(key, value)| (reading.template_of(key.at, &key.text), optional(reading, value)))
        .collect()
}

fn headers(reading: &mut Reading<'_>, node: &Node) -> Vec<(String, Option<Template>)> {
    let members = reading.any_map(node);
    members.iter().map(|(key, value)| (key.text.clone(), optional(reading, value))).collect()
}

fn query(reading: &mut Reading<'_>, node: &Node) -> Vec<(Template, Template)> {
    let members = reading.any_map(node);
    members
        .iter()
        .map(|(key, value)| (reading.template_of(key.at, &key.text), reading.template(value)))
        .collect()
}

fn json(reading: &mut Reading<'_>, node: &Node) -> Vec<(String, Value)> {
    let members = reading.any_map(node);
    members.iter().map(|(key, value)| (key.text.clone(), reading.json(value))).collect()
}

/// A template, or `null`, which removes.
fn optional(reading: &mut Reading<'_>, node: &Node) -> Option<Template> {
    if matches!(node.data, Data::Null) { None } else { Some(reading.template(node)) }
}

fn basic(reading: &mut Reading<'_>, node: &Node) -> Option<(Template, Template)> {
    let [id, secret] = node.items() else {
        reading.wrong(node.at, "`basic` is a list of two: id and secret");
        return None;
    };
    Some((reading.template(id), reading.template(secret)))
}

/// One step; `default` are the rows of expectations that name none.
pub(super) fn step(reading: &mut Reading<'_>, node: &Node, default: &[String]) -> Step {
    reading.map(node, STEP);
    let name = reading.required_text(node, "name");
    let action = action(reading, node);
    let capture = node.member("capture").map(|capture| reading.any_map(capture)).unwrap_or_default();
    Step {
        name,
        action,
        expect: node
            .member("expect")
            .map(|expect| expectations(reading, expect, default))
            .unwrap_or_default(),
        capture: capture.iter().map(|(key, path)| captured(reading, key, path)).collect(),
        multi_fault: node.member("multi_fault").map(|reason| reading.text(reason)),
    }
}

fn captured(reading: &mut Reading<'_>, key: &Key, path: &Node) -> (String, Vec<String>) {
    let text = reading.text(path);
    let path_names: Vec<String> = text.split('.').map(str::to_owned).collect();
    let plain = matches!(text.as_str(), "answer" | "claims" | "token" | "body") || text.starts_with("body.");
    if !plain || path_names.iter().any(String::is_empty) {
        let help = "`body`, `body.MEMBER`, `answer`, `claims` or `token`".to_owned();
        reading.wrong_but(path.at, format!("`{text}` cannot be captured"), help);
    }
    (key.text.clone(), path_names)
}

fn action(reading: &mut Reading<'_>, node: &Node) -> Action {
    let words = ["send", "raw", "jwt", "forge", "probe"];
    let present: Vec<&str> = words.into_iter().filter(|word| node.member(word).is_some()).collect();
    if present.len() != 1 {
        reading.wrong(node.at, "a step does exactly one thing: `send`, `raw`, `jwt`, `forge` or `probe`");
    }
    let changes = node.member("but");
    if let (Some(changes), Some(word @ ("raw" | "jwt" | "forge"))) = (changes, present.first().copied()) {
        reading.wrong(changes.at, format!("`but` has no meaning beside `{word}`"));
    }
    if let (Some(record), false) = (node.member("record"), present.contains(&"probe")) {
        reading.wrong(record.at, "`record` belongs to `probe`");
    }
    let changes = changes.map(|changes| but(reading, changes));
    match present.first().and_then(|word| node.member(word).map(|value| (*word, value))) {
        Some(("raw", value)) => Action::Raw(raw(reading, value)),
        Some(("jwt", value)) => Action::Jwt(jwt(reading, value)),
        Some(("forge", value)) => Action::Forge(forge(reading, value)),
        Some(("probe", value)) => Action::Probe {
            request: reading.text(value),
            but: changes,
            record: reading.required_text(node, "record"),
        },
        Some((_, value)) => Action::Send { request: reading.text(value), but: changes },
        None => Action::Send { request: String::new(), but: changes },
    }
}

fn raw(reading: &mut Reading<'_>, node: &Node) -> Raw {
    reading.map(node, &["to", "method", "headers", "body", "after"]);
    let mut headers = Vec::new();
    for pair in node.member("headers").map(Node::items).unwrap_or_default() {
        match pair.items() {
            [name, value] => headers.push((reading.text(name), reading.template(value))),
            _ => reading.wrong(pair.at, "a header field is a list of two: name and value"),
        }
    }
    Raw {
        to: reading.required_text(node, "to"),
        method: node.member("method").map_or_else(|| "POST".to_owned(), |method| reading.text(method)),
        headers,
        body: node.member("body").map(|body| reading.template(body)),
        after: node.member("after").map(|after| reading.text(after)),
    }
}

fn jwt(reading: &mut Reading<'_>, node: &Node) -> Jwt {
    reading.map(node, &["of", "key"]);
    let of = reading.required(node, "of").map(|of| reading.template(of)).unwrap_or_default();
    let key = match reading.required(node, "key") {
        Some(key) if !key.members().is_empty() => {
            reading.map(key, &["secret"]);
            JwtKey::Secret(key.member("secret").map(|secret| reading.template(secret)).unwrap_or_default())
        }
        Some(key) => {
            let unverified = reading.one_of(key, &[("jwks", false), ("unverified", true)]);
            if unverified == Some(true) { JwtKey::Unverified } else { JwtKey::Jwks }
        }
        None => JwtKey::Jwks,
    };
    Jwt { of, key }
}
