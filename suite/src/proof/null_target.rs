//! Servers that know nothing of the flow and answer every request alike. None of them may pass a whole case: a case
//! that one passes proves nothing.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::corpus::case::{Case, ClientAuth};
use crate::corpus::flavour::Flavour;
use crate::run::Limits;
use crate::target::{Driver, Unmet, World};

/// A token answer that looks right: three parts of Base64url, no signature worth the name.
const TOKENS: &str = "{\"access_token\":\"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL251bGwudGVzdC8iLCJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJlc2lnbmF0dXJl\",\"refresh_token\":\"v1.MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A\",\"id_token\":\"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJlc2lnbmF0dXJl\",\"scope\":\"openid profile email\",\"expires_in\":86400,\"token_type\":\"Bearer\"}";

/// What a null target does with every request.
#[derive(Clone, Copy, Debug)]
enum Reply {
    /// Status, media type, body.
    Canned(u16, &'static str, &'static str),
    /// The request's own body, as JSON's media type.
    Echo,
    /// Closes without a byte.
    Reset,
    /// Says nothing for a while, then closes.
    Hang,
    /// Less of the body than it announced.
    Truncated,
    /// To a login page.
    Redirect,
}

const JSON: &str = "application/json";

/// All null targets by name.
const ALL: &[(&str, Reply)] = &[
    ("200 empty", Reply::Canned(200, "text/plain", "")),
    ("200 plausible tokens", Reply::Canned(200, JSON, TOKENS)),
    ("200 tokens as text", Reply::Canned(200, "text/html", TOKENS)),
    ("200 HTML page", Reply::Canned(200, "text/html", "<!doctype html><title>Welcome</title><p>It works.")),
    (
        "400 invalid_request",
        Reply::Canned(400, JSON, "{\"error\":\"invalid_request\",\"error_description\":\"x\"}"),
    ),
    ("400 invalid_grant", Reply::Canned(400, JSON, "{\"error\":\"invalid_grant\"}")),
    ("401 invalid_client", Reply::Canned(401, JSON, "{\"error\":\"invalid_client\"}")),
    (
        "403 invalid_grant",
        Reply::Canned(
            403,
            JSON,
            "{\"error\":\"invalid_grant\",\"error_description\":\"Wrong email or password.\"}",
        ),
    ),
    (
        "403 mfa_required",
        Reply::Canned(
            403,
            JSON,
            "{\"error\":\"mfa_required\",\"error_description\":\"Multifactor authentication required\",\"mfa_token\":\"Fe26.2*1*cGxhdXNpYmxlLWJ1dC1jYW5uZWQtdGlja2V0LW9mLXNvbWUtbGVuZ3Ro*a1b2c3d4e5f6\",\"mfa_requirements\":{\"challenge\":[{\"type\":\"otp\"}]}}",
        ),
    ),
    ("404 not found", Reply::Canned(404, JSON, "{\"error\":\"not_found\"}")),
    ("429 too many", Reply::Canned(429, JSON, "{\"error\":\"too_many_requests\"}")),
    ("500 server error", Reply::Canned(500, JSON, "{\"error\":\"server_error\"}")),
    ("echo", Reply::Echo),
    ("reset", Reply::Reset),
    ("hang", Reply::Hang),
    ("truncated JSON", Reply::Truncated),
    ("redirect to a login page", Reply::Redirect),
];

/// A running null target; it ends when dropped.
#[derive(Debug)]
pub struct NullTarget {
    name: &'static str,
    address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl NullTarget {
    /// Starts all of them on loopback.
    ///
    /// # Errors
    /// If no port can be had.
    pub fn start_all() -> io::Result<Vec<Self>> {
        ALL.iter().map(|(name, reply)| Self::start(name, *reply)).collect()
    }

    fn start(name: &'static str, reply: Reply) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                // A broken connection is what half of these are for.
                thread::spawn(move || answer(stream, reply).ok());
            }
        });
        Ok(Self { name, address, stop })
    }
}

impl Drop for NullTarget {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the listener so that it sees the flag.
        drop(TcpStream::connect(self.address));
    }
}

fn answer(mut stream: TcpStream, reply: Reply) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let body = request_body(&mut stream)?;
    let whole = |status: u16, media: &str, extra: &str, announced: usize| {
        format!(
            "HTTP/1.1 {status} X\r\ncontent-type: {media}\r\ncontent-length: {announced}\r\n\
             cache-control: no-store\r\npragma: no-cache\r\n{extra}connection: close\r\n\r\n"
        )
    };
    match reply {
        Reply::Canned(status, media, text) => {
            stream.write_all(whole(status, media, "", text.len()).as_bytes())?;
            stream.write_all(text.as_bytes())
        }
        Reply::Echo => {
            stream.write_all(whole(200, JSON, "", body.len()).as_bytes())?;
            stream.write_all(&body)
        }
        Reply::Reset => Ok(()),
        Reply::Hang => {
            stream.set_read_timeout(Some(Duration::from_millis(10)))?;
            // Waits for bytes that nobody sends; the suite's own limit is longer than a gate may take.
            stream.read(&mut [0]).map(drop)
        }
        Reply::Truncated => {
            stream.write_all(whole(200, JSON, "", TOKENS.len()).as_bytes())?;
            stream.write_all(&TOKENS.as_bytes()[..TOKENS.len() / 2])
        }
        Reply::Redirect => stream.write_all(whole(302, "text/html", "location: /login\r\n", 0).as_bytes()),
    }
}

/// Reads head and body, a megabyte at most.
fn request_body(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(head) = all.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&all[..head]).to_ascii_lowercase();
            let length =
                text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if all.len() >= head + 4 + length.unwrap_or(0) {
                return Ok(all.split_off(head + 4));
            }
        }
        let count = stream.read(&mut chunk)?;
        if count == 0 || all.len() > 1 << 20 {
            return Ok(all);
        }
        all.extend_from_slice(&chunk[..count]);
    }
}

impl Driver for NullTarget {
    fn name(&self) -> &str {
        self.name
    }

    fn url(&self) -> Option<&str> {
        None
    }

    /// Judged as a stranger: whoever is lenient is deceived more easily.
    fn strict(&self) -> bool {
        false
    }

    fn parallel(&self) -> usize {
        4
    }

    /// Only a whole pass is looked for.
    fn limits(&self) -> Limits {
        Limits { until_failure: true, ..Limits::default() }
    }

    fn prepare(&self, case: &Case, flavour: &Flavour) -> Result<World, Unmet> {
        let host = self.address.to_string();
        let base = format!("http://{host}");
        let endpoints =
            flavour.endpoints.iter().map(|(name, path)| (name.clone(), format!("{base}{path}"))).collect();
        let mut world = World {
            endpoints,
            objects: std::collections::BTreeMap::new(),
            secrets: Vec::new(),
            control: None,
        };
        let mut add = |alias: &str, object: Value| world.objects.insert(alias.to_owned(), object);
        add(
            "target",
            json!({ "base": base, "issuer": format!("{base}/"), "host": host, "other_host": host }),
        );
        for (alias, connection) in &case.given.connections {
            let realm = connection.realms.first().unwrap_or(alias);
            add(alias, json!({ "name": alias, "realm": realm }));
        }
        for (alias, api) in &case.given.apis {
            let scope: serde_json::Map<String, Value> =
                api.scopes.iter().map(|role| (role.clone(), format!("{role}:{alias}").into())).collect();
            let scopes = scope.values().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
            let pairs = scope.iter().filter_map(|(role, name)| Some((role.as_str(), name.as_str()?)));
            let offline = crate::target::offline(pairs, Some("offline_access"));
            let lifetime = api.token_lifetime.unwrap_or(86_400);
            let audience = format!("https://{alias}.null.test/");
            add(
                alias,
                json!({
                    "audience": audience, "scope": scope, "scopes": scopes, "lifetime": lifetime, "offline": offline,
                    "secret": "null-shared-key-of-thirty-two-bytes",
                    "routes": crate::target::routes(api, str::to_owned),
                }),
            );
        }
        for (index, (alias, client)) in case.given.clients.iter().enumerate() {
            let auth = match client.auth {
                Some(ClientAuth::None) => "none",
                Some(ClientAuth::Basic) => "basic",
                Some(ClientAuth::PrivateKeyJwt) => "private_key_jwt",
                Some(ClientAuth::Post) | None => "post",
            };
            let secret = client.secret.clone().unwrap_or_else(|| "null-secret-of-no-value".to_owned());
            let mut object = json!({ "id": format!("null-{alias}"), "secret": secret, "auth": auth });
            if auth == "private_key_jwt" {
                crate::target::publish_keys(&mut object, index, &client.credentials);
            }
            add(alias, object);
        }
        for (alias, user) in &case.given.users {
            let email = user.email.clone().unwrap_or_else(|| format!("{alias}@null.test"));
            let password = user.password.clone().unwrap_or_else(|| format!("Null-password-{alias}-1"));
            let mut object = json!({ "username": email, "email": email, "password": password });
            let twin = crate::target::twin(&case.given, user);
            let factors =
                crate::target::pretended_factors(alias, twin.factors.as_deref().unwrap_or_default());
            factors.into_iter().for_each(|(name, value)| object[name] = value);
            add(alias, object);
        }
        Ok(world)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(target: &NullTarget) -> String {
        let mut stream = TcpStream::connect(target.address).unwrap();
        stream.write_all(b"POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\na=b").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).ok();
        text
    }

    #[test]
    fn each_answers_as_it_is_called() {
        let all = NullTarget::start_all().unwrap();
        let by = |name: &str| ask(all.iter().find(|one| one.name == name).unwrap());
        assert!(by("200 plausible tokens").contains("\"access_token\""));
        assert!(by("echo").ends_with("\r\n\r\na=b"));
        assert!(by("429 too many").starts_with("HTTP/1.1 429"));
        assert!(by("truncated JSON").len() < by("200 plausible tokens").len());
        assert_eq!(by("hang"), "");
        assert_eq!(by("reset"), "");
    }
}
