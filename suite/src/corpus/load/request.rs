//! Requests and their changes (`but`).

use ropg_fixtures::document::{Data, Node};
use serde_json::Value;

use super::reading::Reading;
use crate::corpus::case::{But, Request};
use crate::corpus::template::Template;

const REQUEST: &[&str] =
    &["to", "path", "method", "client", "user", "api", "form", "json", "query", "headers", "basic", "bearer"];
const BUT: &[&str] = &[
    "client",
    "user",
    "api",
    "method",
    "path",
    "form",
    "json",
    "query",
    "headers",
    "basic",
    "bearer",
    "unauthenticated",
];
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
            "path" => request.path = Some(reading.template(value)),
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

pub(super) fn but(reading: &mut Reading<'_>, node: &Node) -> But {
    let mut but = But::default();
    for (key, value) in reading.map(node, BUT) {
        match key.text.as_str() {
            "client" => but.client = Some(reading.text(value)),
            "user" => but.user = Some(reading.text(value)),
            "api" => but.api = Some(reading.text(value)),
            "method" => but.method = Some(reading.text(value)),
            "path" => but.path = Some(reading.template(value)),
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
