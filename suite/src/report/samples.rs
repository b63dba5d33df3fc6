//! Hand-made runs for the tests of the reports.

use crate::baseline::Baseline;
use crate::corpus::requirement::{Basis, Effect, Level, Requirement, Status};
use crate::proof::matrix::{Kill, KillMatrix};
use crate::report::background::{Background, Sketch};
use crate::report::record::Record;
use crate::report::score::Terms;
use crate::run::event::{
    Answer, Assertion, CaseFinished, ClaimJudged, Event, Exchange, Listener, Missing, RunFinished, RunStarted,
};
use crate::verdict::{Severity, Verdict};

/// The first card of [`failing`].
pub(super) const CARD: &str = include_str!("samples/card.txt");

/// Two catalogue rows, one case, one deviation.
pub(super) fn background() -> Background {
    let row = |id: &str, statement: &str, source: &str| {
        let row = Requirement {
            id: id.to_owned(),
            section: "Password grant".to_owned(),
            statement: statement.to_owned(),
            level: Some(Level::Must),
            basis: Some(Basis::Documented),
            effect: Some(Effect::Takeover),
            source: source.to_owned(),
            alternative: None,
            status: Status::Implemented,
        };
        (id.to_owned(), row)
    };
    let wrong =
        "A wrong password is refused with `invalid_grant`; the answer does not say whether the user exists.";
    let caching = "Token answers carry `Cache-Control: no-store`.";
    let sketch = Sketch {
        title: "A wrong password is refused without saying which part was wrong".to_owned(),
        reveals: "the server accepts any password".to_owned(),
        area: "password".to_owned(),
        ..Sketch::default()
    };
    let kill = Kill {
        deviation: "password.any-accepted".to_owned(),
        flavour: "auth0".to_owned(),
        by: vec!["password.credentials#wrong-password/outcome".to_owned()],
        requirements: vec!["PWD-07".to_owned()],
    };
    Background {
        requirements: [
            row("PWD-07", wrong, "Authentication API, Resource Owner Password › Remarks"),
            row("TOK-10", caching, "RFC 6749 section 5.1"),
        ]
        .into(),
        cases: [("password.credentials".to_owned(), sketch)].into(),
        deviations: [("password.any-accepted".to_owned(), "The server accepts any password".to_owned())]
            .into(),
        matrix: KillMatrix {
            schema: 1,
            corpus: "2026.1".to_owned(),
            kills: vec![kill],
            unproven: Vec::new(),
        },
    }
}

/// The reference with a bug: one case accepts a wrong password, two steps lack a header.
pub(super) fn failing() -> Record {
    let mut events = vec![started("embedded", "auth0", 2), begun("auth0", "password.credentials")];
    events.push(exchange("auth0", "password.credentials", "control", "pw", 200));
    events.push(judged("auth0", "password.credentials#control/status", None, Verdict::Pass, "200", "200"));
    events.push(exchange("auth0", "password.credentials", "wrong-password", "pwx", 200));
    let bad = "password.credentials#wrong-password";
    events.push(judged("auth0", &format!("{bad}/status"), None, Verdict::Fail, "403", "200"));
    events.push(judged("auth0", &format!("{bad}/outcome"), None, Verdict::Fail, "refused", "granted"));
    events.push(judged(
        "auth0",
        &format!("{bad}/json.error"),
        None,
        Verdict::Fail,
        "\"invalid_grant\"",
        "no member error",
    ));
    events.push(ended("auth0", "password.credentials", Verdict::Fail, None));
    events.push(begun("auth0", "password.login"));
    for step in ["control", "again"] {
        events.push(exchange("auth0", "password.login", step, "pw", 200));
        let id = format!("password.login#{step}/token-response.caching.header.cache-control");
        let shared = Some("shape/token-response.caching/header.cache-control");
        events.push(judged("auth0", &id, shared, Verdict::Fail, "the word no-store", "no such header"));
    }
    events.push(ended("auth0", "password.login", Verdict::Fail, None));
    events.push(Event::RunFinished(totals(&[(Verdict::Fail, 2)], 4)));
    heard(&events)
}

/// A stranger without a second directory.
pub(super) fn blocked() -> Record {
    let reason =
        "no connection with the realm Employees; add to the profile:\n[[connections]]\nrealm = \"Employees\"";
    heard(&[
        started("acme-staging", "auth0", 3),
        begun("auth0", "password.login"),
        ended("auth0", "password.login", Verdict::Pass, None),
        begun("auth0", "realm.wrong-directory"),
        ended("auth0", "realm.wrong-directory", Verdict::Blocked, Some(reason)),
        begun("auth0", "realm.unknown"),
        ended("auth0", "realm.unknown", Verdict::Blocked, Some(reason)),
        Event::RunFinished(totals(&[(Verdict::Pass, 1), (Verdict::Blocked, 2)], 3)),
    ])
}

/// A stranger with one known failure, one warning and one note.
pub(super) fn external() -> Record {
    let bad = "password.credentials#wrong-password";
    heard(&[
        started("acme-staging", "rfc6749", 1),
        begun("rfc6749", "password.credentials"),
        exchange("rfc6749", "password.credentials", "control", "pw", 200),
        exchange("rfc6749", "password.credentials", "wrong-password", "pwx", 401),
        judged("rfc6749", &format!("{bad}/status"), None, Verdict::Fail, "400", "401"),
        judged(
            "rfc6749",
            &format!("{bad}/header.pragma"),
            None,
            Verdict::Warn,
            "\"no-cache\"",
            "no such header",
        ),
        judged("rfc6749", &format!("{bad}/json.error_description"), None, Verdict::Note, "a text", "absent"),
        ended("rfc6749", "password.credentials", Verdict::Fail, None),
        Event::RunFinished(totals(&[(Verdict::Fail, 1)], 2)),
    ])
}

/// What excuses the failure of [`external`].
pub(super) fn external_terms() -> Terms {
    let text = "[[entry]]\nid = \"password.credentials#wrong-password/status\"\nexpect = \"fail\"\n\
                reason = \"answers 401 until release 4\"\ncites = [\"PWD-07\"]\nobserved = \"2026-11-02\"\n\
                until = \"2027-03-01\"\n";
    let baseline = Baseline::read("baseline.toml", text, &|_| None).expect("it is well-formed");
    Terms { baseline, today: Some(jiff::civil::date(2026, 11, 25)), ..Terms::default() }
}

/// A claim that is granted, or lacks one statement.
pub(super) fn claim(granted: bool) -> ClaimJudged {
    let missing = Missing {
        verdict: Verdict::Fail,
        why: "password.credentials#wrong-password/status: expected 400, got 401".to_owned(),
        requirements: vec!["PWD-07".to_owned()],
        cases: vec!["password.credentials".to_owned()],
    };
    ClaimJudged {
        claim: "rfc6749/ropg@2026.1".to_owned(),
        title: "Serves the grant as RFC 6749 prescribes".to_owned(),
        flavour: "rfc6749".to_owned(),
        granted,
        required: 2,
        proven: if granted { 2 } else { 1 },
        excused: Vec::new(),
        missing: if granted { Vec::new() } else { vec![missing] },
    }
}

fn heard(events: &[Event]) -> Record {
    let mut record = Record::default();
    for event in events {
        record.on(event);
    }
    record
}

pub(super) fn started(target: &str, flavour: &str, planned: usize) -> Event {
    Event::RunStarted(RunStarted {
        suite: "0.1.0".to_owned(),
        corpus: "2026.1".to_owned(),
        digest: "3f9c21aa".repeat(8),
        target: target.to_owned(),
        url: None,
        deviations: Vec::new(),
        flavours: vec![flavour.to_owned()],
        planned,
    })
}

fn begun(flavour: &str, case: &str) -> Event {
    let title = "A wrong password is refused without saying which part was wrong".to_owned();
    Event::CaseStarted { flavour: flavour.to_owned(), case: case.to_owned(), title }
}

fn ended(flavour: &str, case: &str, verdict: Verdict, reason: Option<&str>) -> Event {
    Event::CaseFinished(CaseFinished {
        flavour: flavour.to_owned(),
        case: case.to_owned(),
        verdict,
        reason: reason.map(str::to_owned),
        millis: 4.0,
    })
}

fn exchange(flavour: &str, case: &str, step: &str, password: &str, status: u16) -> Event {
    let url = "http://127.0.0.1:41234/oauth/token".to_owned();
    let body = match status {
        200 => "{\"access_token\":\"‹jwt›\",\"expires_in\":86400,\"token_type\":\"Bearer\"}",
        _ => "{\"error\":\"invalid_grant\"}",
    };
    let _ = password;
    Event::Exchange(Exchange {
        flavour: flavour.to_owned(),
        case: case.to_owned(),
        step: step.to_owned(),
        method: "POST".to_owned(),
        url: url.clone(),
        request_headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        request_body: Some(
            "grant_type=password&client_id=web-1&client_secret=‹redacted›&username=alice%40example.test\
             &password=‹redacted›&scope=openid"
                .to_owned(),
        ),
        answer: Ok(Answer {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_owned(),
        }),
        millis: 3.4,
        curl: format!(
            "curl -sS -i --data-urlencode 'grant_type=password' --data-urlencode 'client_id=web-1' \
             --data-urlencode \"client_secret=$ROPG_CLIENT_SECRET\" --data-urlencode \"password=$ROPG_PASSWORD\" {url}"
        ),
    })
}

fn judged(
    flavour: &str,
    id: &str,
    shared: Option<&str>,
    verdict: Verdict,
    expected: &str,
    got: &str,
) -> Event {
    let (case, rest) = id.split_once('#').expect("an assertion id");
    let (step, _) = rest.split_once('/').expect("an assertion id");
    let row = if shared.is_some() { "TOK-10" } else { "PWD-07" };
    Event::Assertion(Assertion {
        flavour: flavour.to_owned(),
        case: case.to_owned(),
        step: step.to_owned(),
        id: id.to_owned(),
        shared: shared.map(str::to_owned),
        requirements: vec![row.to_owned()],
        verdict,
        severity: Severity::Fail,
        expected: expected.to_owned(),
        got: got.to_owned(),
    })
}

fn totals(cases: &[(Verdict, usize)], requests: usize) -> RunFinished {
    RunFinished { cases: cases.to_vec(), assertions: cases.to_vec(), requests, millis: 1234.0 }
}
