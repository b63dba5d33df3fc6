//! A tenant whose every login needs a second factor, and people in it: Ann, whom somebody attacks; Eve, an attacker with an
//! account of her own who knows Ann's password too; Nina, who has no factor yet.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use data_encoding::BASE32_NOPAD;
use http::Request;
use jiff::Timestamp;
use ropg_server::{Authority, Clock, Entropy, Tenant};
use ropg_tests::ask;
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "Correct-Horse-9";
pub(crate) const MFA: &str = "http://localhost:8080/mfa/";
pub(crate) const ALL: &str = "enroll read:authenticators remove:authenticators offline_access";
pub(crate) const ANN: &str = "ann@acme.test";
pub(crate) const EVE: &str = "eve@acme.test";
pub(crate) const NINA: &str = "nina@acme.test";
pub(crate) const ANNS_APP: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
pub(crate) const EVES_APP: &str = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";

pub(crate) fn tenant() -> Value {
    let grants = |name: &str| format!("http://auth0.com/oauth/grant-type/{name}");
    let grants = [
        "password".to_owned(),
        "refresh_token".to_owned(),
        grants("password-realm"),
        grants("mfa-otp"),
        grants("mfa-oob"),
        grants("mfa-recovery-code"),
        grants("passwordless/otp"),
    ];
    let client = |name: &str| json!({ "name": name, "app_type": "native", "token_endpoint_auth_method": "none", "grant_types": grants });
    let factors = ["otp", "sms", "email", "push-notification", "recovery-code"];
    let factors = factors.map(|name| json!({ "name": name, "enabled": true }));
    json!({
        "tenant": { "default_directory": "people" },
        "clients": [client("web"), client("other")],
        "databases": [{ "name": "people", "enabled_clients": ["web", "other"] }],
        "connections": [{ "name": "email", "strategy": "email", "enabled_clients": ["web", "other"] }],
        "guardianFactors": factors,
        "guardianPolicies": { "policies": ["all-applications"] },
        "ropg": {
            "clients": { "web": { "client_id": "web" }, "other": { "client_id": "other" } },
            "users": {
                "people": [
                    { "email": ANN, "password": PASSWORD, "mfa_factors": [{ "totp": { "secret": ANNS_APP } }, { "phone": { "value": "+15550100" } }] },
                    { "email": EVE, "password": PASSWORD, "mfa_factors": [{ "totp": { "secret": EVES_APP } }, { "phone": { "value": "+15550101" } }] },
                    { "email": NINA, "password": PASSWORD },
                ],
                "email": [{ "email": ANN }],
            },
        },
    })
}

pub(crate) struct World {
    pub(crate) authority: Authority,
}

pub(crate) type Answer = (u16, Value);

impl World {
    pub(crate) fn new() -> Self {
        Self::of(tenant())
    }

    pub(crate) fn of(tenant: Value) -> Self {
        let start = Timestamp::from_second(1_800_000_000).expect("valid");
        let tenant = Tenant::from_value(tenant).unwrap_or_else(|problems| panic!("{problems}"));
        Self { authority: Authority::new(tenant, Clock::manual(start), Entropy::seeded(7)) }
    }

    pub(crate) fn configure(&self, tenant: Value) {
        self.authority.configure(Tenant::from_value(tenant).unwrap_or_else(|problems| panic!("{problems}")));
    }

    pub(crate) fn send(&self, method: &str, path: &str, bearer: Option<&str>, body: &Value) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(token) = bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        ask(&self.authority, request, if body.is_null() { String::new() } else { body.to_string() })
    }

    /// Asks for a token: `grant` in its short name.
    pub(crate) fn token(&self, client: &str, grant: &str, parameters: &[(&str, &str)]) -> Answer {
        let grant = match grant {
            "password" | "refresh_token" => grant.to_owned(),
            short => format!("http://auth0.com/oauth/grant-type/{short}"),
        };
        let mut body = json!({ "grant_type": grant, "client_id": client });
        for (name, value) in parameters {
            body[*name] = json!(value);
        }
        self.send("POST", "/oauth/token", None, &body)
    }

    /// The `mfa_token` of a login.
    pub(crate) fn suspended(&self, user: &str) -> String {
        let (status, body) = self.token("web", "password", &[("username", user), ("password", PASSWORD)]);
        text(&body, "mfa_token").unwrap_or_else(|| panic!("{status} {body}"))
    }

    /// What the password alone gets of the MFA API: an access token, or an `mfa_token`.
    pub(crate) fn manage(&self, user: &str) -> Value {
        let asked = [("username", user), ("password", PASSWORD), ("audience", MFA), ("scope", ALL)];
        self.token("web", "password", &asked).1
    }

    pub(crate) fn associate(&self, bearer: &str, body: &Value) -> Answer {
        self.send("POST", "/mfa/associate", Some(bearer), body)
    }

    pub(crate) fn challenge(&self, mfa_token: &str, kind: &str) -> Answer {
        let body = json!({ "client_id": "web", "mfa_token": mfa_token, "challenge_type": kind });
        self.send("POST", "/mfa/challenge", None, &body)
    }

    pub(crate) fn otp(&self, mfa_token: &str, secret: &str) -> Answer {
        self.token("web", "mfa-otp", &[("mfa_token", mfa_token), ("otp", &self.code(secret))])
    }

    pub(crate) fn list(&self, bearer: &str) -> Vec<Value> {
        let (status, body) = self.send("GET", "/mfa/authenticators", Some(bearer), &Value::Null);
        body.as_array().unwrap_or_else(|| panic!("{status} {body}")).clone()
    }

    /// The ids of what counts, as its owner sees it.
    pub(crate) fn active(&self, bearer: &str) -> HashSet<String> {
        let counts = |one: &Value| (one["active"] == true).then(|| one["id"].to_string());
        self.list(bearer).iter().filter_map(counts).collect()
    }

    /// Enrols an app by the password alone, and confirms it; its secret and the recovery code.
    pub(crate) fn enrol(&self, user: &str) -> (String, String) {
        let mfa_token = self.suspended(user);
        let (status, begun) = self.associate(&mfa_token, &json!({ "authenticator_types": ["otp"] }));
        assert_eq!(status, 200, "{begun}");
        let secret = text(&begun, "secret").expect("a secret");
        let done = self.otp(&mfa_token, &secret);
        assert_eq!(done.0, 200, "{}", done.1);
        (secret, begun["recovery_codes"][0].as_str().unwrap_or_default().to_owned())
    }

    /// The code that an app shows now.
    pub(crate) fn code(&self, secret: &str) -> String {
        code(secret, self.authority.clock().now().as_second() / 30)
    }

    pub(crate) fn pass(&self, seconds: i64) {
        assert!(self.authority.clock().advance(seconds));
    }

    /// The last code that was sent to somebody.
    pub(crate) fn sent(&self, to: &str) -> Option<String> {
        self.authority.outbox().into_iter().rev().find(|message| message.to == to)?.code
    }

    /// Whose an access token is, by whatever would take it.
    pub(crate) fn owner(&self, access_token: &str) -> String {
        let claims = access_token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
        match claims.and_then(|claims| serde_json::from_slice::<Value>(&claims).ok()) {
            Some(claims) => claims["sub"].as_str().unwrap_or_default().to_owned(),
            None => self.send("GET", "/userinfo", Some(access_token), &Value::Null).1["sub"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        }
    }
}

pub(crate) fn text(body: &Value, name: &str) -> Option<String> {
    body[name].as_str().map(str::to_owned)
}

/// RFC 6238, computed here and not by the server.
fn code(secret: &str, step: i64) -> String {
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("Base32");
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = aws_lc_rs::hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7FFF_FFFF;
    format!("{:06}", number % 1_000_000)
}
