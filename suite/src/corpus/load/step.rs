//! The steps of a case.

use ropg_fixtures::document::{Key, Node};

use super::expectation::expectations;
use super::forge::forge;
use super::given::{changed, given};
use super::mfa;
use super::reading::Reading;
use super::request::but;
use crate::corpus::case::{Action, Jwt, JwtKey, Pass, Raw, Step};
use crate::corpus::template::Template;

/// The actions; a step has one of them.
const ACTIONS: &[&str] =
    &["send", "raw", "jwt", "forge", "probe", "clock", "configure", "log", "totp", "outbox", "push", "until"];
/// What stands beside the action.
const BESIDE: &[&str] =
    &["name", "but", "record", "holds", "times", "at_once", "expect", "capture", "multi_fault"];

/// One step; `default` are the rows of expectations that name none, `world` is what exists before it and, then, after it.
pub(super) fn step(reading: &mut Reading<'_>, node: &Node, default: &[String], world: &mut Node) -> Step {
    reading.map(node, &[ACTIONS, BESIDE].concat());
    let name = reading.required_text(node, "name");
    let action = action(reading, node, world);
    let capture = node.member("capture").map(|capture| reading.any_map(capture)).unwrap_or_default();
    Step {
        name,
        action,
        expect: node
            .member("expect")
            .map(|expect| expectations(reading, expect, default))
            .unwrap_or_default(),
        capture: capture.iter().map(|(key, path)| captured(reading, key, path)).collect(),
        holds: holds(reading, node),
        times: node.member("times").map_or(1, |times| reading.whole(times)),
        multi_fault: node.member("multi_fault").map(|reason| reading.text(reason)),
        at_once: at_once(reading, node),
    }
}

fn holds(reading: &mut Reading<'_>, node: &Node) -> Option<String> {
    let code = node.member("holds")?;
    if node.member("send").is_none() || node.member("but").is_some() || node.member("at_once").is_some() {
        reading.wrong(code.at, "`holds` belongs to a `send` that is sent once as it is: to a control");
    }
    Some(reading.text(code))
}

fn at_once(reading: &mut Reading<'_>, node: &Node) -> Option<usize> {
    let often = node.member("at_once")?;
    if node.member("send").is_none() {
        reading.wrong(often.at, "`at_once` belongs to `send`");
    }
    if node.member("times").is_some() {
        reading.wrong(often.at, "one after the other or at once, not both");
    }
    usize::try_from(reading.whole(often)).ok()
}

fn captured(reading: &mut Reading<'_>, key: &Key, path: &Node) -> (String, Vec<String>) {
    let text = reading.text(path);
    let path_names: Vec<String> = text.split('.').map(str::to_owned).collect();
    let plain =
        matches!(text.as_str(), "answer" | "claims" | "token" | "code" | "body") || text.starts_with("body.");
    if !plain || path_names.iter().any(String::is_empty) {
        let help = "`body`, `body.MEMBER`, `answer`, `claims`, `token` or `code`".to_owned();
        reading.wrong_but(path.at, format!("`{text}` cannot be captured"), help);
    }
    (key.text.clone(), path_names)
}

fn action(reading: &mut Reading<'_>, node: &Node, world: &mut Node) -> Action {
    let present: Vec<&str> = ACTIONS.iter().copied().filter(|word| node.member(word).is_some()).collect();
    if present.len() != 1 {
        reading.wrong(node.at, format!("a step does exactly one thing: one of `{}`", ACTIONS.join("`, `")));
    }
    let changes = node.member("but");
    if let (Some(changes), Some(word)) = (changes, present.first().copied())
        && !matches!(word, "send" | "probe")
    {
        reading.wrong(changes.at, format!("`but` has no meaning beside `{word}`"));
    }
    if let (Some(record), false) = (node.member("record"), present.contains(&"probe")) {
        reading.wrong(record.at, "`record` belongs to `probe`");
    }
    let changes = changes.map(|changes| but(reading, changes));
    match present.first().and_then(|word| node.member(word).map(|value| (*word, value))) {
        Some(("raw", value)) => Action::Raw(raw(reading, value)),
        Some(("jwt", value)) => Action::Jwt(jwt(reading, value)),
        Some(("probe", value)) => Action::Probe {
            request: reading.text(value),
            but: changes,
            record: reading.required_text(node, "record"),
        },
        Some(("forge", value)) => Action::Forge(forge(reading, value)),
        Some(("clock", value)) => Action::Clock(pass(reading, value)),
        Some(("configure", value)) => {
            *world = changed(world, value);
            Action::Configure(Box::new(given(reading, world)))
        }
        Some(("log", value)) => {
            reading.map(value, &[]);
            Action::Log
        }
        Some(("totp", value)) => Action::Totp(mfa::totp(reading, value)),
        Some(("outbox", value)) => Action::Outbox(mfa::outbox(reading, value)),
        Some(("push", value)) => Action::Push(mfa::push(reading, value)),
        Some(("until", value)) => Action::Until(mfa::until(reading, value)),
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

/// `pass: 30d`, `pass: 3600` or `pass: "{{ orders.lifetime }}"`, and a second more or less.
fn pass(reading: &mut Reading<'_>, node: &Node) -> Pass {
    reading.map(node, &["pass", "more", "less"]);
    let seconds = match reading.required(node, "pass") {
        Some(pass) => match pass.text().filter(|text| !text.contains("{{")) {
            Some(text) => reading.span(pass, text).to_string(),
            None => return Pass { seconds: reading.template(pass), more: difference(reading, node) },
        },
        None => String::new(),
    };
    Pass { seconds: Template::parse(&seconds).unwrap_or_default(), more: difference(reading, node) }
}

fn difference(reading: &mut Reading<'_>, node: &Node) -> i64 {
    let mut of = |name: &str| node.member(name).map_or(0, |value| reading.seconds(value));
    of("more").saturating_sub(of("less"))
}
