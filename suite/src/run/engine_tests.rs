//! The engine against servers that hang, reset, lie and babble: always a verdict, never a panic.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::event::{Assertion, CaseFinished, Event, Listener};
use super::super::{Limits, judge};
use super::*;
use crate::corpus::case::Given;
use crate::corpus::mfa::{Push, Until};
use crate::corpus::template::Template;
use crate::target::{Control, PushAct, World};

const TOKEN: &str = r#"{"access_token":"a-token-of-some-length","token_type":"Bearer","expires_in":60}"#;

/// What the fake target does with its n-th connection.
type Script = Arc<dyn Fn(usize, &mut TcpStream) + Send + Sync>;

struct Fake {
    base: String,
    strict: bool,
    until_failure: bool,
    /// Seconds that were let pass, where somebody can.
    passed: Option<Arc<AtomicI64>>,
}

/// A clock, and nothing else.
struct Moved(Arc<AtomicI64>);

impl Control for Moved {
    fn pass(&self, seconds: i64) -> Result<(), String> {
        self.0.fetch_add(seconds, Ordering::Relaxed);
        Ok(())
    }

    fn configure(&mut self, _given: &Given) -> Result<(BTreeMap<String, Value>, Vec<String>), String> {
        Err("a fake is what it is".to_owned())
    }

    fn log(&self) -> Result<Vec<Value>, String> {
        Ok(Vec::new())
    }

    fn outbox(&self) -> Result<Vec<Value>, String> {
        Ok(vec![
            json!({ "number": 7, "to": "+1", "code": "135790" }),
            json!({ "number": 8, "to": "+2", "code": "246801" }),
        ])
    }

    fn push(&self, act: &PushAct) -> Result<Value, String> {
        match act {
            PushAct::Scan { enrollment, .. } => Ok(json!({ "secret": format!("GEZDGNBV-{enrollment}") })),
            PushAct::Accept(_) | PushAct::Reject(_) => Ok(json!({})),
        }
    }
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
        Self { base, strict, until_failure: false, passed: None }
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
            control: self.passed.clone().map(|passed| Box::new(Moved(passed)) as Box<dyn Control>),
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

/// The case `client.post` with another first step: the verdict, and the exchanges of that step.
fn beginning(action: Action, driver: &Fake) -> (CaseFinished, usize, String) {
    let corpus = Corpus::embedded().unwrap();
    let mut case = corpus.case("client.post").unwrap().clone();
    case.steps[0].action = action;
    let mut heard = Heard::default();
    let finished = judge(&corpus, corpus.flavour("rfc6749").unwrap(), &case, driver, &mut heard);
    let first = |event: &&Event| matches!(event, Event::Exchange(one) if one.step == case.steps[0].name);
    let count = heard.0.iter().filter(first).count();
    (finished, count, serde_json::to_string(&heard.0).unwrap())
}

#[test]
fn a_request_is_repeated_while_nobody_has_answered() {
    let request = Corpus::embedded().unwrap().case("client.post").unwrap().requests[0].0.clone();
    let until = Action::Until(Until { request, every: 5, limit: 3 });
    let error = |code: &'static str| {
        move |stream: &mut TcpStream| {
            say(stream, "400 Bad Request", "application/json", &format!(r#"{{"error":"{code}"}}"#))
        }
    };
    for (pending, code, sent, granted) in [
        (0, "", 1, true),
        (2, "authorization_pending", 3, true),
        (9, "authorization_pending", 3, false),
        (9, "slow_down", 1, false),
    ] {
        let mut fake = Fake::playing(true, move |index, stream| match index {
            index if index < pending => error(code)(stream),
            _ => grant(stream),
        });
        let passed = Arc::new(AtomicI64::new(0));
        fake.passed = Some(Arc::clone(&passed));
        let (_, count, text) = beginning(until.clone(), &fake);
        assert_eq!(
            (count, passed.load(Ordering::Relaxed)),
            (sent, 5 * i64::try_from(sent).unwrap()),
            "{code}"
        );
        assert_eq!(text.contains("did not hold"), !granted, "{code}");
    }
    let nobody_waits = Fake::playing(true, |_, _| panic!("nothing is sent"));
    let (finished, count, _) = beginning(until, &nobody_waits);
    assert_eq!((finished.verdict, count), (Verdict::Unrun, 0));
}

#[test]
fn a_telephone_is_used_where_there_is_one() {
    let scan = Template::parse("otpauth://totp/x?enrollment_tx_id=tx-1").unwrap();
    let scan = Action::Push(Push::Scan { enrollment: scan, device: None });
    let mut fake = Fake::playing(true, |_, stream| grant(stream));
    assert_eq!(beginning(scan.clone(), &fake).0.verdict, Verdict::Blocked);
    fake.passed = Some(Arc::default());
    let (finished, _, text) = beginning(scan, &fake);
    assert_eq!(finished.verdict, Verdict::Fail, "what a telephone gets is no token");
    assert!(text.contains("‹token›") && !text.contains("GEZDGNBV"), "what a scan brings is a secret: {text}");
}

#[test]
fn only_what_the_last_exchange_sent_is_read() {
    let mut fake = Fake::playing(true, |_, stream| grant(stream));
    fake.passed = Some(Arc::default());
    let (_, _, text) = beginning(Action::Outbox(Some(Template::parse("+2").unwrap())), &fake);
    assert!(text.contains("‹code›") && !text.contains("246801") && !text.contains("135790"), "{text}");
}

#[test]
fn a_control_may_hold_by_a_refusal() {
    let corpus = Corpus::embedded().unwrap();
    let mut case = corpus.case("client.post").unwrap().clone();
    case.steps[0].holds = Some("mfa_required".to_owned());
    case.steps[0].expect.clear();
    for (status, code, blocked) in [
        ("403 Forbidden", "mfa_required", false),
        ("403 Forbidden", "invalid_grant", true),
        ("200 OK", "mfa_required", true),
    ] {
        let fake = Fake::playing(true, move |_, stream| {
            say(stream, status, "application/json", &format!(r#"{{"error":"{code}"}}"#))
        });
        let mut heard = Heard::default();
        judge(&corpus, corpus.flavour("rfc6749").unwrap(), &case, &fake, &mut heard);
        let text = serde_json::to_string(&heard.0).unwrap();
        assert_eq!(text.contains("`right-secret` did not hold"), blocked, "{status} {code}: {text}");
    }
}
