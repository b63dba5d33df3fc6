//! Asking a control listener, and a tenant, over a connection of its own.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use ropg_server::{Control, Server, Tenant};
use serde_json::{Value, json};

/// An answer: status and body.
pub(crate) type Answer = (u16, Value);

/// Sends one request over a connection of its own; `headers` replace the usual ones.
pub(crate) fn send(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let authority = base.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(authority).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("set");
    let mut head =
        format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "Host") {
        head += &format!("Host: {authority}\r\n");
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect(body) })
}

pub(crate) fn ask(control: &Control, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(&control.url(), method, path, &[], &body)
}

pub(crate) fn get(control: &Control, path: &str) -> Answer {
    ask(control, "GET", path, &Value::Null)
}

/// What a refusal says, which must be one.
pub(crate) fn refused(answer: Answer, status: u16, error: &str) -> String {
    assert_eq!((answer.0, &answer.1["error"]), (status, &json!(error)), "{}", answer.1);
    answer.1["message"].as_str().expect("a message").to_owned()
}

pub(crate) fn control() -> Control {
    Control::start([Server::start(Tenant::acme()).expect("starts")]).expect("starts")
}

pub(crate) fn login(url: &str, user: &str, password: &str) -> Answer {
    let form = format!(
        "grant_type=password&client_id=acme-web&client_secret=acme-web-secret&username={user}&password={password}"
    );
    send(url, "POST", "/oauth/token", &[("Content-Type", "application/x-www-form-urlencoded")], &form)
}

pub(crate) const ANN: (&str, &str) = ("ann@acme.test", "Correct-Horse-9");

/// A tenant with one client as acme has it and one user.
pub(crate) fn document(user: &str) -> Value {
    json!({
        "tenant": { "default_directory": "people" },
        "clients": [{
            "name": "web",
            "grant_types": ["password"],
            "token_endpoint_auth_method": "client_secret_post",
        }],
        "databases": [{ "name": "people", "enabled_clients": ["web"] }],
        "ropg": {
            "clients": { "web": { "client_id": "acme-web", "client_secret": "acme-web-secret" } },
            "users": { "people": [{ "email": user, "password": "Right-Horse-9" }] },
        },
    })
}
