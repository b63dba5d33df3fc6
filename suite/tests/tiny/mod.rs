//! A corpus of one case, and what is said of it once one text in it was replaced.

#![allow(dead_code, unreachable_pub, reason = "each file of tests uses what it needs")]

use ropg_suite::corpus::Corpus;
use ropg_suite::corpus::lint::complete;

pub const ROWS: &str = "
schema: 1
section: Password grant
rows:
  - { id: PWD-01, statement: A right password is granted, level: MUST, basis: documented, effect: denial, source: here, status: implemented }
  - { id: PWD-07, statement: A wrong password is refused, level: MUST, basis: recorded, effect: takeover, source: here, status: implemented }
  - { id: PWD-30, statement: Something later, source: here, status: { planned: later } }
";
pub const SHAPE: &str = "
schema: 1
shape: token-response
title: A token
blocks:
  token: { for: PWD-01, json: { access_token: { non_empty: true } } }
";
pub const ANSWERS: &str = "
schema: 1
answers:
  wrong_password:
    auth0: { status: 403, error: invalid_grant, error_description: 'no {{ with.what }}' }
    rfc6749: { status: 400, error: invalid_grant }
";
pub const DEVIATIONS: &str = "
schema: 1
deviations:
  - { id: password.any, title: Any password, violates: [PWD-07], how: { behaviour: { password.verified: false } } }
";
pub const FLAVOUR: &str = "
name = 'auth0'
title = 'As documented'
preset = 'auth0'
label = 'auth0'
sections = ['Password grant']
endpoints = { token = '/oauth/token', userinfo = '/userinfo' }
";
pub const CASES: &str = "
schema: 1
area: password
cases:
  - id: password.login
    title: Right and wrong
    covers: [PWD-01, PWD-07]
    reveals: anybody gets in
    given:
      client.web: {}
      user.alice: {}
    requests:
      login: { to: token, client: web, user: alice, form: { grant_type: password } }
    steps:
      - name: control
        send: login
        expect: { is: token-response, outcome: granted, for: PWD-01 }
        capture: { token: body.access_token }
      - name: wrong
        send: login
        but: { form: { password: '{{ token }}' } }
        expect: { answer: wrong_password, with: { what: way }, for: PWD-07 }
        capture: { known: answer }
      - name: wrong-again
        send: login
        but: { form: { password: '{{ alice.password }}x' } }
        expect: { same_as: known, for: PWD-07 }
";
pub const IDS: &str = "case password.login\ndeviation password.any\n";

/// The tiny corpus with one text replaced in one file.
pub fn with(path: &str, old: &str, new: &str) -> Result<Corpus, String> {
    let files = [
        ("requirements/password.yaml", ROWS),
        ("shapes/token-response.yaml", SHAPE),
        ("answers/token.yaml", ANSWERS),
        ("cases/password/login.yaml", CASES),
        ("deviations/password.yaml", DEVIATIONS),
        ("flavours/auth0.toml", FLAVOUR),
        ("ids.lock", IDS),
    ];
    assert!(files.iter().any(|(name, text)| *name == path && text.contains(old)), "{path} has no `{old}`");
    let changed = |name: &str, text: &str| {
        let text = if name == path { text.replacen(old, new, 1) } else { text.to_owned() };
        (name.to_owned(), text)
    };
    let files = files.iter().map(|(name, text)| changed(name, text)).collect();
    Corpus::from_files(files).map_err(|problems| problems.to_string())
}

pub fn case(old: &str, new: &str) -> Result<Corpus, String> {
    with("cases/password/login.yaml", old, new)
}

/// A corpus that does not load, and of whose problems one says this.
#[track_caller]
pub fn trips(loaded: Result<Corpus, String>, message: &str) {
    let problems = loaded.expect_err(message);
    assert!(problems.contains(message), "expected `{message}` in:\n{problems}");
}

/// A corpus that loads, and of whose gaps one says this.
#[track_caller]
pub fn gap(loaded: Result<Corpus, String>, message: &str) {
    let corpus = loaded.unwrap_or_else(|problems| panic!("{problems}"));
    let gaps = complete(&corpus).to_string();
    assert!(gaps.contains(message), "expected `{message}` in:\n{gaps}");
}
