//! The engine against servers that hang, reset, lie and babble: always a verdict, never a panic.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::super::event::{Assertion, Event, Listener};
use super::super::{Limits, judge};
use super::*;
use crate::target::World;

const TOKEN: &str = r#"{"access_token":"a-token-of-some-length","token_type":"Bearer","expires_in":60}"#;

/// What the fake target does with its n-th connection.
type Script = Arc<dyn Fn(usize, &mut TcpStream) + Send + Sync>;

struct Fake {
    base: String,
    strict: bool,
    until_failure: bool,
}

impl Fake {
    fn playing(strict: bool, script: impl Fn(usize, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let script: Script = Arc::new(script);
        thread::spawn(move || {
            for (index, stream) in listener.incoming().enumerate() {
                let (script, mut stream) = (Arc::clone(&script), stream.unwrap());
                thread::spawn(move || {
                    let mut request = [0; 8192];
                    // A request that cannot be read is answered all the same.
                    let _read = stream.read(&mut request);
                    script(index, &mut stream);
                });
            }
        });
        Self { base, strict, until_failure: false }
    }
}

impl Driver for Fake {
    fn name(&self) -> &str {
        "fake"
    }

    fn url(&self) -> Option<&str> {
        Some(&self.base)
    }

    fn strict(&self) -> bool {
        self.strict
    }

    fn parallel(&self) -> usize {
        1
    }

    fn limits(&self) -> Limits {
        Limits { timeout: Duration::from_millis(300), until_failure: self.until_failure, ..Limits::default() }
    }

    fn prepare(&self, _case: &Case, _flavour: &Flavour) -> Result<World, Unmet> {
        let objects = [
            ("target", json!({ "base": self.base, "issuer": self.base })),
            ("web", json!({ "id": "web", "secret": "very-secret", "auth": "post" })),
            ("alice", json!({ "username": "alice", "password": "hidden-word" })),
        ];
        Ok(World {
            endpoints: BTreeMap::from([("token".to_owned(), format!("{}/token", self.base))]),
            objects: objects.into_iter().map(|(alias, object)| (alias.to_owned(), object)).collect(),
            secrets: vec!["very-secret".to_owned(), "hidden-word".to_owned()],
            control: None,
        })
    }
}

#[derive(Default)]
struct Heard(Vec<Event>);

impl Listener for Heard {
    fn on(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

fn judged(case: &str, driver: &Fake) -> (Verdict, Vec<Assertion>, String) {
    let corpus = Corpus::embedded().map_err(|problems| problems.render(false)).unwrap();
    let flavour = corpus.flavour("rfc6749").unwrap();
    let mut heard = Heard::default();
    let finished = judge(&corpus, flavour, corpus.case(case).unwrap(), driver, &mut heard);
    let text = serde_json::to_string(&heard.0).unwrap();
    let assertions = heard.0.into_iter().filter_map(|event| match event {
        Event::Assertion(assertion) => Some(assertion),
        _ => None,
    });
    (finished.verdict, assertions.collect(), text)
}

fn say(stream: &mut TcpStream, status: &str, kind: &str, body: &str) {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _sent = stream.write_all(format!("{head}{body}").as_bytes());
}

fn grant(stream: &mut TcpStream) {
    say(stream, "200 OK", "application/json", TOKEN);
}

#[test]
fn silence_and_rubbish_are_inconclusive() {
    type Plays = fn(usize, &mut TcpStream);
    let table: [(&str, Plays); 6] = [
        ("hangs", |_, _| thread::park_timeout(Duration::from_secs(2))),
        ("closes", |_, _| {}),
        ("babbles", |_, stream| drop(stream.write_all(b"\x16\x03\x01\x00garbage\r\n\r\n"))),
        ("breaks off", |_, stream| {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"access_to"));
        }),
        ("half a head", |_, stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Ty"))),
        ("half a body, then silence", |_, stream| {
            let _sent = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{");
            thread::park_timeout(Duration::from_secs(2));
        }),
    ];
    for (name, script) in table {
        let (verdict, assertions, _) = judged("client.post", &Fake::playing(true, script));
        assert_eq!(verdict, Verdict::Inconclusive, "{name}");
        assert!(
            !assertions.is_empty() && assertions.iter().all(|one| one.verdict == Verdict::Inconclusive),
            "{name}"
        );
    }
}

#[test]
fn what_came_and_does_not_fit_fails_and_blocks_the_rest() {
    type Plays = fn(usize, &mut TcpStream);
    let table: [(&str, Plays); 5] = [
        ("a page", |_, stream| say(stream, "200 OK", "text/html", "<html>Log in</html>")),
        ("a redirect", |_, stream| {
            drop(stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"));
        }),
        ("a refusal", |_, stream| {
            say(stream, "400 Bad Request", "application/json", r#"{"error":"invalid_client"}"#)
        }),
        ("half JSON", |_, stream| say(stream, "200 OK", "application/json", "{\"access_token\":\"x")),
        ("nothing", |_, stream| say(stream, "200 OK", "application/json", "")),
    ];
    for (name, script) in table {
        let (verdict, assertions, _) = judged("client.post", &Fake::playing(true, script));
        assert_eq!(verdict, Verdict::Fail, "{name}");
        assert!(assertions.iter().any(|one| one.verdict == Verdict::Blocked), "{name}");
    }
}

#[test]
fn a_body_in_pieces_is_put_together() {
    let fake = Fake::playing(false, |index, stream| {
        if index > 0 {
            return say(stream, "401 Unauthorized", "application/json", r#"{"error":"invalid_client"}"#);
        }
        let (first, second) = TOKEN.split_at(9);
        for piece in [
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nPragma: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            format!("{:x}\r\n{first}\r\n", first.len()),
            format!("{:x}\r\n{second}\r\n0\r\n\r\n", second.len()),
        ] {
            drop(stream.write_all(piece.as_bytes()));
            drop(stream.flush());
            thread::park_timeout(Duration::from_millis(20));
        }
    });
    let (_, assertions, text) = judged("client.post", &fake);
    let first = assertions.iter().filter(|one| one.step == "right-secret");
    assert!(first.clone().count() > 3 && first.clone().all(|one| one.verdict == Verdict::Pass), "{text}");
}

#[test]
fn a_server_that_accepts_everything_fails_with_its_controls_holding() {
    let (verdict, assertions, text) = judged("client.post", &Fake::playing(true, |_, stream| grant(stream)));
    assert_eq!(verdict, Verdict::Fail);
    assert!(assertions.iter().all(|one| one.verdict != Verdict::Blocked));
    for secret in ["very-secret", "hidden-word", "a-token-of-some-length"] {
        assert!(!text.contains(secret), "{secret} is written");
    }
    assert!(text.contains("$ROPG_CLIENT_SECRET"));
}

#[test]
fn where_only_whole_passes_count_nothing_follows_a_failure() {
    let mut fake = Fake::playing(true, |_, stream| grant(stream));
    let steps = |fake: &Fake| {
        let (verdict, assertions, _) = judged("client.post", fake);
        assert_eq!(verdict, Verdict::Fail);
        let steps: std::collections::BTreeSet<_> = assertions.into_iter().map(|one| one.step).collect();
        steps.len()
    };
    let all = steps(&fake);
    fake.until_failure = true;
    assert!(steps(&fake) < all);
}

#[test]
fn a_strangers_overload_is_no_failure() {
    for status in ["429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable"] {
        let fake = Fake::playing(false, move |_, stream| say(stream, status, "application/json", "{}"));
        assert_eq!(judged("client.post", &fake).0, Verdict::Inconclusive, "{status}");
        let fake = Fake::playing(true, move |_, stream| say(stream, status, "application/json", "{}"));
        assert_eq!(judged("client.post", &fake).0, Verdict::Fail, "{status} at the reference");
    }
}

#[test]
fn a_case_whose_rows_nobody_judges_sends_nothing() {
    let corpus = Corpus::embedded().unwrap();
    let mut flavour = corpus.flavour("rfc6749").unwrap().clone();
    flavour.sections.clear();
    let fake = Fake::playing(true, |_, _| panic!("nothing is sent"));
    let mut heard = Heard::default();
    let finished = judge(&corpus, &flavour, &corpus.cases[0], &fake, &mut heard);
    assert_eq!((finished.verdict, heard.0.len()), (Verdict::NotApplicable, 2));
}
