//! What an exchange leaves in the tenant log: which entries, in which order, with which members (LOG-01…LOG-04, LOG-08,
//! LOG-12…LOG-14; the order is recorded).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::USER_AGENT;
use serde_json::{Map, Value, json};

use super::error::TokenError;
use super::grant::GrantType;
use super::mfa_error::MfaError;
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
    if let Some(grant) = grant.filter(|grant| grant.is_second_factor()) {
        return writer.second_factor(grant, refusal);
    }
    let codes = grant == Some(GrantType::PasswordlessOtp);
    match refusal {
        // No type is listed for its success (LOG-11): what is listed is the login.
        None if codes => vec![writer.login("s", "Success Login")],
        Some(TokenError::Mfa(MfaError::Required { .. })) => vec![writer.mfa_required(grant)],
        Some(TokenError::RefreshReused) => {
            vec![writer.exchange("ferrt", "Reused rotating refresh token detected, revoked the family")]
        }
        None if refresh => vec![writer.exchange("sertft", "Successful exchange of a refresh token")],
        None => vec![writer.exchange("sepft", "Successful exchange of a password")],
        Some(refusal) => {
            let told = printable(&refusal.wire(turn).description.unwrap_or_default());
            let exchange = writer.exchange(
                if refresh {
                    "fertft"
                } else if codes {
                    "fepotpft"
                } else {
                    "fepft"
                },
                &told,
            );
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

/// An entry of what the MFA API did: `gd_start_enroll`, `gd_send_sms` (LOG-07), `too_many_records` (MFA-ASC-24).
pub(crate) fn guardian(turn: &Turn<'_>, headers: &HeaderMap, kind: &str) -> LogEntry {
    let writer = Writer { turn, headers, known: turn.trace.known() };
    writer.guardian(kind, told(kind))
}

/// What the entries of the MFA API say.
fn told(kind: &str) -> &'static str {
    match kind {
        "gd_start_auth" => "Second factor authentication started",
        "gd_auth_succeed" => "Second factor authentication succeeded",
        "gd_auth_failed" => "Second factor authentication failed",
        "gd_auth_rejected" => "Second factor authentication rejected",
        "gd_start_enroll" => "Second factor enrollment started",
        "gd_enrollment_complete" => "Second factor enrollment completed",
        "gd_unenroll" => "Second factor removed",
        "gd_recovery_succeed" => "Recovery succeeded",
        "gd_recovery_failed" => "Recovery failed",
        "gd_otp_rate_limit_exceed" => "Too many failed codes",
        "gd_recovery_rate_limit_exceed" => "Too many failed recovery codes",
        "gd_send_sms" => "Text message sent",
        "gd_send_voice" => "Call made",
        "gd_send_email" => "Email sent",
        "gd_send_pn" => "Push notification sent",
        "too_many_records" => "Too many authenticators",
        _ => "",
    }
}

/// The entry of a code that was sent in place of a password: `cls` by mail, `cs` as a text message.
pub(crate) fn code_sent(turn: &Turn<'_>, headers: &HeaderMap, kind: &str) -> LogEntry {
    let writer = Writer { turn, headers, known: turn.trace.known() };
    writer.login(kind, "Passwordless login code sent")
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

    /// A login waits for its second factor: `mfar` alone (LOG-06, LOG-13, MFA-REQ-13).
    fn mfa_required(&self, grant: Option<GrantType>) -> LogEntry {
        let mut entry = self.login("mfar", "MFA required");
        let user = self.known.user.as_ref();
        for (name, value) in [
            ("details", json!({ "grant_type": grant.map(GrantType::wire) })),
            ("user_id", json!(user.map(|user| user.subject.as_str()).unwrap_or_default())),
            ("hostname", json!(self.turn.origin.host)),
        ] {
            entry.members.insert(name.to_owned(), value);
        }
        entry
    }

    /// What came of a second factor: Guardian's entry, then the exchange's (LOG-05, LOG-07, MFA-OTP-13, MFA-OOB-17,
    /// MFA-REC-13). A phone that has not answered yet is no event.
    fn second_factor(&self, grant: GrantType, refusal: Option<&TokenError>) -> Vec<LogEntry> {
        let recovery = grant == GrantType::MfaRecoveryCode;
        let (failed, what) = match grant {
            GrantType::MfaOtp => ("feotpft", "an OTP"),
            GrantType::MfaOob => ("feoobft", "an out-of-band code"),
            _ => ("fercft", "a recovery code"),
        };
        let Some(refusal) = refusal else {
            let mut kinds = vec![if recovery { "gd_recovery_succeed" } else { "gd_auth_succeed" }];
            kinds.extend(self.known.enrolled.then_some("gd_enrollment_complete"));
            let mut entries: Vec<LogEntry> =
                kinds.into_iter().map(|kind| self.guardian(kind, told(kind))).collect();
            let succeeded = format!("s{}", &failed[1..]);
            entries.push(self.exchange(&succeeded, &format!("Successful exchange of {what}")));
            return entries;
        };
        let event = match refusal {
            TokenError::Mfa(MfaError::AuthorizationPending | MfaError::SlowDown) => return Vec::new(),
            TokenError::Mfa(MfaError::PushRejected) => Some("gd_auth_rejected"),
            TokenError::Mfa(MfaError::TooManyFailedCodes) if recovery => {
                Some("gd_recovery_rate_limit_exceed")
            }
            TokenError::Mfa(MfaError::TooManyFailedCodes) => Some("gd_otp_rate_limit_exceed"),
            TokenError::Mfa(MfaError::InvalidRecoveryCode) => Some("gd_recovery_failed"),
            TokenError::Mfa(MfaError::InvalidOtp(_) | MfaError::InvalidBindingCode) => Some("gd_auth_failed"),
            _ => None,
        };
        let mut entries: Vec<LogEntry> =
            event.into_iter().map(|kind| self.guardian(kind, told(kind))).collect();
        let why = printable(&refusal.wire(self.turn).description.unwrap_or_default());
        entries.push(self.exchange(failed, &why));
        entries
    }

    /// `gd_…`: what the second factor did.
    fn guardian(&self, kind: &str, told: &str) -> LogEntry {
        let mut members = self.heading(told);
        let user = self.known.user.as_ref();
        for (name, value) in [
            ("ip", self.peer()),
            ("user_agent", self.user_agent()),
            ("details", json!({})),
            ("user_id", json!(user.map(|user| user.subject.as_str()).unwrap_or_default())),
            ("user_name", json!(user.map(|user| user.identifier()).unwrap_or_default())),
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
