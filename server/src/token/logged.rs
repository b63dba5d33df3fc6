//! What an exchange leaves in the tenant log: which entries, in which order, with which members (LOG-01…LOG-04, LOG-08,
//! LOG-12…LOG-14; the order is recorded).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::USER_AGENT;
use serde_json::{Map, Value, json};

use super::error::TokenError;
use super::grant::GrantType;
use crate::ledger::LogEntry;
use crate::tenant::behaviour::FailedLogin;
use crate::trace::{Known, printable};
use crate::turn::Turn;

/// Bytes of telemetry that are kept.
const TELEMETRY: usize = 2048;

/// The entries of a token request.
pub(crate) fn exchange(
    turn: &Turn<'_>,
    headers: &HeaderMap,
    grant: Option<GrantType>,
    refusal: Option<&TokenError>,
) -> Vec<LogEntry> {
    let writer = Writer { turn, headers, known: turn.trace.known() };
    let refresh = grant == Some(GrantType::RefreshToken);
    match refusal {
        Some(TokenError::RefreshReused) => {
            vec![writer.exchange("ferrt", "Reused rotating refresh token detected, revoked the family")]
        }
        None if refresh => vec![writer.exchange("sertft", "Successful exchange of a refresh token")],
        None => vec![writer.exchange("sepft", "Successful exchange of a password")],
        Some(refusal) => {
            let told = printable(&refusal.wire(turn).description.unwrap_or_default());
            let exchange = writer.exchange(if refresh { "fertft" } else { "fepft" }, &told);
            match refusal {
                TokenError::WrongPassword { known, .. } => {
                    let login = writer.login(if *known { "fp" } else { "fu" }, &told);
                    match turn.tenant.behaviour.choices.failed_login {
                        FailedLogin::Both => vec![login, exchange],
                        FailedLogin::Login => vec![login],
                        FailedLogin::Exchange => vec![exchange],
                    }
                }
                // What names no grant is no exchange, unless somebody failed to prove a client.
                TokenError::ClientFailed { .. }
                | TokenError::MissingClientId
                | TokenError::AssertionFailed(_) => vec![exchange],
                _ if grant.is_none() => Vec::new(),
                _ => vec![exchange],
            }
        }
    }
}

/// The entry of a revocation that ended something (REV-15).
pub(crate) fn revocation(turn: &Turn<'_>, headers: &HeaderMap) -> LogEntry {
    let writer = Writer { turn, headers, known: turn.trace.known() };
    writer.exchange("srrt", "Successfully revoked a refresh token")
}

struct Writer<'a> {
    turn: &'a Turn<'a>,
    headers: &'a HeaderMap,
    known: Known,
}

impl Writer<'_> {
    /// `fp`, `fu`: what happened to the password.
    fn login(&self, kind: &str, told: &str) -> LogEntry {
        let mut members = self.heading(told);
        let connection = self.known.connection.as_ref();
        let details = json!({ "error": { "message": told } });
        let strategy = connection.map_or("auth0", |connection| connection.strategy.as_str());
        for (name, value) in [
            ("ip", self.peer()),
            ("user_agent", self.user_agent()),
            ("details", details),
            ("user_id", json!(if kind == "fp" { self.tried() } else { String::new() })),
            ("user_name", json!(self.known.username)),
            ("strategy", json!(strategy)),
            ("strategy_type", json!(if strategy == "auth0" { "database" } else { "enterprise" })),
            ("isMobile", json!(false)),
        ] {
            members.insert(name.to_owned(), value);
        }
        LogEntry { kind: kind.to_owned(), members }
    }

    /// `sepft`, `fepft`, `sertft`, `fertft`, `ferrt`, `srrt`: what came of the exchange.
    fn exchange(&self, kind: &str, told: &str) -> LogEntry {
        let failed = kind.starts_with('f');
        let known = &self.known;
        let mut members = self.heading(told);
        let mut set = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
        set("ip", self.peer());
        set("client_ip", self.peer());
        set("user_agent", self.user_agent());
        set("details", if failed { json!({ "error": { "message": told } }) } else { json!({}) });
        if failed {
            set("hostname", json!(self.turn.origin.host));
        }
        let user = known.user.as_ref().filter(|_| !failed);
        set("user_id", json!(user.map(|user| user.subject.clone()).unwrap_or_default()));
        let name = known.username.clone().or_else(|| user.map(|user| user.identifier().to_owned()));
        set("user_name", json!(name.unwrap_or_default()));
        let userinfo = || format!("{}userinfo", self.turn.issuer());
        set("audience", json!(known.audience.clone().unwrap_or_else(userinfo)));
        set("scope", json!(known.scope.clone().unwrap_or_default()));
        if let Some(client) = self.auth0_client() {
            set("auth0_client", client);
        }
        set("environment_name", json!("ropg"));
        set("tenant_name", json!(self.turn.tenant.name()));
        set("isMobile", json!(false));
        LogEntry { kind: kind.to_owned(), members }
    }

    /// With what all entries begin.
    fn heading(&self, told: &str) -> Map<String, Value> {
        let connection = self.known.connection.as_ref();
        let application = self.known.application.as_ref();
        let mut members = Map::new();
        for (name, value) in [
            ("description", Some(told.to_owned())),
            ("connection", connection.map(|connection| connection.name.clone())),
            ("connection_id", connection.map(|connection| connection.id())),
            ("client_id", application.map(|application| application.client_id.clone())),
            ("client_name", application.map(|application| application.name.clone())),
        ] {
            members.insert(name.to_owned(), json!(value.unwrap_or_default()));
        }
        members
    }

    /// Whose password was wrong.
    fn tried(&self) -> String {
        let (Some(connection), Some(username)) = (&self.known.connection, &self.known.username) else {
            return String::new();
        };
        let user = self.turn.ledgers.directory.find(self.turn.tenant, &connection.name, username);
        user.map(|user| user.subject.clone()).unwrap_or_default()
    }

    fn peer(&self) -> Value {
        json!(self.turn.origin.peer.to_canonical().to_string())
    }

    fn user_agent(&self) -> Value {
        let agent = self.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        json!(printable(agent.unwrap_or_default()))
    }

    /// What the client library tells of itself, if it does: Base64 of JSON.
    fn auth0_client(&self) -> Option<Value> {
        let sent = self.headers.get("auth0-client").filter(|sent| sent.len() <= TELEMETRY)?.as_bytes();
        let decoded = STANDARD.decode(sent).or_else(|_| URL_SAFE_NO_PAD.decode(sent)).ok()?;
        serde_json::from_slice(&decoded).ok().filter(Value::is_object)
    }
}
