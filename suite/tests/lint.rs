//! Each lint rule is tripped by a tiny broken corpus, and the tiny corpus that breaks nothing is accepted.

use ropg_suite::corpus::Corpus;
use ropg_suite::corpus::lint::{complete, unregistered};

const ROWS: &str = "
schema: 1
section: Password grant
rows:
  - { id: PWD-01, statement: A right password is granted, level: MUST, basis: documented, effect: denial, source: here, status: implemented }
  - { id: PWD-07, statement: A wrong password is refused, level: MUST, basis: recorded, effect: takeover, source: here, status: implemented }
  - { id: PWD-30, statement: Something later, source: here, status: { planned: later } }
";
const SHAPE: &str = "
schema: 1
shape: token-response
title: A token
blocks:
  token: { for: PWD-01, json: { access_token: { non_empty: true } } }
";
const ANSWERS: &str = "
schema: 1
answers:
  wrong_password:
    auth0: { status: 403, error: invalid_grant, error_description: 'no {{ with.what }}' }
    rfc6749: { status: 400, error: invalid_grant }
";
const DEVIATIONS: &str = "
schema: 1
deviations:
  - { id: password.any, title: Any password, violates: [PWD-07], how: { behaviour: { password.verified: false } } }
";
const FLAVOUR: &str = "
name = 'auth0'
title = 'As documented'
preset = 'auth0'
label = 'auth0'
sections = ['Password grant']
endpoints = { token = '/oauth/token', userinfo = '/userinfo' }
";
const CASES: &str = "
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
const IDS: &str = "case password.login\ndeviation password.any\n";

/// The tiny corpus with one text replaced in one file.
fn with(path: &str, old: &str, new: &str) -> Result<Corpus, String> {
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

fn case(old: &str, new: &str) -> Result<Corpus, String> {
    with("cases/password/login.yaml", old, new)
}

#[track_caller]
fn trips(loaded: Result<Corpus, String>, message: &str) {
    let problems = loaded.expect_err(message);
    assert!(problems.contains(message), "expected `{message}` in:\n{problems}");
}

#[track_caller]
fn gap(loaded: Result<Corpus, String>, message: &str) {
    let corpus = loaded.unwrap_or_else(|problems| panic!("{problems}"));
    let gaps = complete(&corpus).to_string();
    assert!(gaps.contains(message), "expected `{message}` in:\n{gaps}");
}

#[test]
fn the_tiny_corpus_is_whole() {
    let corpus = case("password", "password").unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(complete(&corpus).to_string(), "");
    assert!(unregistered(&corpus).is_empty());
}

#[test]
fn a_problem_has_file_line_case_and_suggestion() {
    let problems = case("reveals:", "revels:").unwrap_err();
    assert!(
        problems.contains("cases/password/login.yaml:8:5: password.login: unknown member `revels`"),
        "{problems}"
    );
    assert!(problems.contains("did you mean `reveals`?"), "{problems}");
}

#[test]
fn a_negative_step_has_one_fault_and_a_control() {
    let two = "{ password: '{{ token }}', scope: x }";
    trips(case("{ password: '{{ token }}' }", two), "`wrong` has 2 faults at once");
    trips(case("but: { form: { password: '{{ token }}' } }", "but: {}"), "changes nothing");
    let reasoned = case(
        "but: { form: { password: '{{ token }}' } }",
        &format!("but: {{ form: {two} }}\n        multi_fault: both"),
    );
    assert!(reasoned.is_ok(), "{reasoned:?}");
    trips(
        case("      - name: wrong\n", "      - name: wrong\n        multi_fault: none\n"),
        "`multi_fault` is not needed",
    );
    trips(
        case(
            "      - name: control\n        send: login",
            "      - name: control\n        send: login\n        but: { method: GET }",
        ),
        "which no earlier step sends as it is",
    );
    let raw = "raw: { to: token, body: x, after: nobody }";
    trips(
        case("send: login\n        but: { form: { password: '{{ alice.password }}x' } }", raw),
        "`after: nobody` names no control",
    );
}

#[test]
fn steps_and_requests_are_named_once_and_exist() {
    trips(case("name: wrong-again", "name: wrong"), "two steps are called `wrong`");
    trips(
        case("        send: login\n        expect: { is", "        send: logon\n        expect: { is"),
        "did you mean `login`?",
    );
    trips(case("{ to: token,", "{ to: tokn,"), "there is no endpoint `tokn`");
}

#[test]
fn names_are_produced_before_they_are_used() {
    trips(case("{{ token }}", "{{ tokens }}"), "`tokens` is no alias and no capture (did you mean `token`?)");
    trips(
        case("grant_type: password", "grant_type: '{{ token }}'"),
        "`token` is used before a step captures it",
    );
    trips(case("{{ alice.password }}", "{{ alice.secret }}"), "the user `alice` has no `secret`");
    trips(case("{{ alice.password }}", "{{ fresh.mail }}"), "`fresh.mail` does not exist");
    trips(case("{{ alice.password }}", "{{ row.x }}"), "in a case without such a row");
    trips(case("{{ alice.password }}", "{{ alice.password | rot13 }}"), "unknown filter `rot13`");
    trips(case("client: web, user: alice", "client: alice, user: alice"), "there is no client `alice`");
    trips(case("{{ alice.password }}", "{{ known }}"), "it serves `same_as` alone");
    trips(case("same_as: known", "same_as: token"), "`same_as: token` needs");
}

#[test]
fn nothing_is_left_over() {
    trips(case("{{ token }}", "x"), "nobody uses the capture `token`");
    trips(case("user.alice: {}", "user.alice: {}\n      user.bob: {}"), "nobody uses the user `bob`");
    let second = "    requests:\n      other: { to: userinfo }\n";
    trips(case("    requests:\n", second), "nobody sends the request `other`");
    trips(
        case("capture: { known: answer }", "capture: { known: answer, alice: body }"),
        "is an alias of `given`",
    );
    trips(case("capture: { known: answer }", "capture: { known: claims }"), "has no `claims` to capture");
}

#[test]
fn answers_get_the_values_that_they_use() {
    trips(case("with: { what: way }, ", ""), "needs `with: { what: … }`");
    trips(case("{ what: way }", "{ what: way, why: x }"), "has no use for `with: { why: … }`");
    trips(case("answer: wrong_password", "answer: wrong_pasword"), "did you mean `wrong_password`?");
    trips(case("is: token-response", "is: token-respons"), "did you mean `token-response`?");
}

#[test]
fn every_expectation_rests_on_a_covered_row() {
    trips(case("same_as: known, for: PWD-07", "same_as: known"), "an expectation without a row");
    trips(case("same_as: known, for: PWD-07", "same_as: known, for: PWD-70"), "no row of the catalogue");
    trips(case("covers: [PWD-01, PWD-07]", "covers: [PWD-01]"), "`PWD-07` is judged but not covered");
    trips(
        case("covers: [PWD-01, PWD-07]", "covers: [PWD-01, PWD-07, PWD-08]"),
        "the catalogue has no row `PWD-08`",
    );
    let unused = case("outcome: granted, for: PWD-01", "outcome: granted, for: PWD-07");
    assert!(unused.is_ok(), "the shape demands PWD-01: {unused:?}");
    trips(
        case("is: token-response, outcome: granted, for: PWD-01", "outcome: granted, for: PWD-07"),
        "no expectation is `for` `PWD-01`",
    );
    trips(case("outcome: granted, ", ""), "demands nothing: say the outcome too");
}

#[test]
fn a_case_holds_something_that_cannot_be_canned() {
    let start = CASES.find("        capture: { token").unwrap();
    trips(case(&CASES[start..], ""), "nothing here that a canned answer could not give");
}

#[test]
fn ids_are_well_formed_and_unique() {
    trips(case("id: password.login", "id: Password_login"), "Password_login");
    let twice = CASES[CASES.find("  - id:").unwrap()..].to_owned();
    trips(
        case(&twice, &format!("{twice}{twice}")),
        "the id `password.login` was given to another case before",
    );
    let line = "  - { id: password.any, title: Any password, violates: [PWD-07], how: { behaviour: { password.verified: false } } }\n";
    trips(
        with("deviations/password.yaml", line, &format!("{line}{line}")),
        "the id `password.any` was given to another deviation before",
    );
    let row = ROWS.lines().find(|line| line.contains("PWD-07")).unwrap();
    trips(with("requirements/password.yaml", row, &format!("{row}\n{row}")), "stands in the catalogue twice");
}

#[test]
fn what_is_named_exists() {
    trips(
        with("deviations/password.yaml", "[PWD-07]", "[PWD-77]"),
        "password.any: the catalogue has no row `PWD-77`",
    );
    trips(with("deviations/password.yaml", "how:", "flavours: [auth1], how:"), "there is no flavour `auth1`");
    trips(
        with("shapes/token-response.yaml", "for: PWD-01", "for: PWD-10"),
        "the catalogue has no row `PWD-10`",
    );
    trips(
        with("shapes/token-response.yaml", "blocks:", "applies: [tokn]\nblocks:"),
        "no flavour has the endpoint `tokn`",
    );
    trips(with("answers/token.yaml", "answers:", "shape: nothing\nanswers:"), "there is no shape `nothing`");
    trips(
        with("flavours/auth0.toml", "['Password grant']", "['Pasword grant']"),
        "no section `Pasword grant`",
    );
    trips(
        with("flavours/auth0.toml", "title", "labels = { wrong_password = 'auth1' }\ntitle"),
        "`wrong_password` has no label `auth1`",
    );
    trips(
        with("flavours/auth0.toml", "title", "labels = { right_password = 'auth0' }\ntitle"),
        "no answer and no choice",
    );
    let any = with("flavours/auth0.toml", "title", "labels = { wrong_password = 'any documented' }\ntitle");
    assert!(any.is_ok(), "{any:?}");
}

#[test]
fn ids_are_registered_for_ever() {
    gap(with("ids.lock", "case password.login\n", ""), "`case password.login` is not registered");
    gap(
        with("ids.lock", "deviation password.any", "retired deviation password.any"),
        "was retired and is used again",
    );
    gap(
        with("ids.lock", "case password.login", "case password.login\ncase password.old"),
        "`case password.old` is gone",
    );
    gap(
        with("ids.lock", "case password.login", "case password.login\ncase password.login"),
        "is registered twice",
    );
    trips(with("ids.lock", "case password.login", "casus password.login"), "line 1 is no entry");
    let retired =
        with("ids.lock", "case password.login", "case password.login\nretired case password.old").unwrap();
    assert_eq!(complete(&retired).to_string(), "");
}

#[test]
fn every_row_that_is_carried_out_is_covered_and_every_deviation_concerns_a_case() {
    let more = "  - { id: PWD-09, statement: More, level: MUST, basis: documented, effect: none, source: here, status: implemented }\n";
    let last = ROWS.lines().find(|line| line.contains("PWD-07")).unwrap();
    gap(
        with("requirements/password.yaml", last, &format!("{last}\n{more}")),
        "PWD-09: implemented, but no case judges it",
    );
    let planned = last.replace("status: implemented", "status: { planned: later }");
    gap(with("requirements/password.yaml", last, &planned), "PWD-07: planned, but a case judges it");
    gap(
        with("deviations/password.yaml", "[PWD-07]", "[PWD-30]"),
        "password.any: no case judges a row that it violates",
    );
}

#[test]
fn rows_of_a_case_are_filled_in_on_the_tree() {
    let rows = "    title: Right and wrong {{ row.row }}\n    for_each:\n      - { row: text, value: x, form: { password: a } }\n      - { row: none, value: null, form: { password: '{{ token }}' } }\n";
    let text = CASES
        .replace("    title: Right and wrong\n", rows)
        .replace("{ grant_type: password }", "{ grant_type: password, scope: '{{ row.value }}' }")
        .replace("{ form: { password: '{{ token }}' } }", "{ form: '{{ row.form }}' }")
        .replace("{{ alice.password }}x", "{{ token }}x");
    let corpus = case(CASES, &text).unwrap_or_else(|problems| panic!("{problems}"));
    let ids: Vec<&str> = corpus.cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["password.login[text]", "password.login[none]"]);
    assert_eq!(corpus.cases[0].title, "Right and wrong text");
    let lonely = text
        .replace("{ password: a }", "{ username: a }")
        .replace("user.alice: {}", "user.alice: {}\n      user.bob: {}");
    trips(case(CASES, &lonely), "nobody uses the user `bob`");
    let once = lonely.replace("{ username: a }", "{ password: '{{ bob.password }}' }");
    assert!(case(CASES, &once).is_ok(), "one row uses bob: {:?}", case(CASES, &once));
    let scope = |index: usize| corpus.cases[index].requests[0].1.form[1].1.as_ref().map(ToString::to_string);
    assert_eq!((scope(0).as_deref(), scope(1)), (Some("x"), None), "a row's null removes the member");
    trips(
        case(CASES, &text.replace("{{ row.value }}", "{{ row.valeu }}")),
        "the row `text` has no member `valeu`",
    );
    trips(case(CASES, &text.replace("row: none", "row: text")), "the row `text` stands there twice");
}

/// The tiny corpus with a forged token in its case.
fn forging(forge: &str) -> Result<Corpus, String> {
    let steps = format!(
        "      - {{ name: forge, {forge}, capture: {{ bad: token }} }}
      - name: wrong
        send: login
        but: {{ form: {{ password: '{{{{ token }}}}{{{{ bad }}}}' }} }}"
    );
    let old = "      - name: wrong
        send: login
        but: { form: { password: '{{ token }}' } }";
    case(old, &steps)
}

#[test]
fn a_forged_token_has_one_fault_and_a_key_that_is_there() {
    let good = forging("forge: { from: '{{ token }}', key: other }");
    assert!(good.is_ok(), "{}", good.unwrap_err());
    trips(
        forging("forge: { from: '{{ token }}', key: other, claims: { aud: null } }"),
        "has 2 faults at once",
    );
    trips(
        forging("forge: { from: '{{ token }}', key: keep }, multi_fault: x"),
        "`multi_fault` is not needed",
    );
    trips(forging("forge: { from: '{{ later }}', key: other }"), "`later` is no alias and no capture");
    trips(forging("forge: { from: '{{ token }}', key: signing }"), "`needs: [keys.known]`");
    trips(forging("forge: { key: { of: app } }"), "there is no client `app`");
    trips(forging("forge: { key: keep }"), "say `from` which token");
    trips(
        forging("forge: { key: none }, expect: { status: 200, for: PWD-01 }"),
        "is a `forge`: it judges nothing",
    );
    trips(case("body.access_token", "token"), "has no `token` to capture");
}

#[test]
fn a_route_is_one_of_its_api() {
    let calling = |to: &str| {
        let request = format!(
            "      login: {{ to: token, client: web, user: alice, form: {{ grant_type: password }} }}
      call: {{ to: {to}, bearer: x }}"
        );
        let old = "      login: { to: token, client: web, user: alice, form: { grant_type: password } }";
        let called = CASES
            .replace(old, &request)
            .replace("      - name: wrong\n", "      - { name: call, send: call }\n      - name: wrong\n");
        let given = "      user.alice: {}\n      api.orders: { routes: { read: { path: /orders } } }\n";
        case(CASES, &called.replace("      user.alice: {}\n", given))
    };
    let good = calling("orders.read");
    assert!(good.is_ok(), "{}", good.unwrap_err());
    trips(calling("orders.write"), "there is no route `write`");
    trips(calling("bills.read"), "there is no API `bills`");
}

/// The tiny corpus with one more step in its case, what it keeps used by a later one, and a user who has an app.
fn stepping(step: &str) -> Result<Corpus, String> {
    let steps = format!(
        "      - {{ name: more, {step} }}
      - name: wrong
        send: login
        but: {{ form: {{ password: '{{{{ token }}}}{{{{ kept }}}}' }} }}"
    );
    let old = "      - name: wrong
        send: login
        but: { form: { password: '{{ token }}' } }";
    case(CASES, &CASES.replace(old, &steps).replace("user.alice: {}", "user.alice: { factors: [otp] }"))
}

#[test]
fn an_app_is_told_its_secret_and_asked_after_the_target() {
    let totp = "totp: { secret: '{{ alice.otp_secret }}', offset: -1 }";
    let good = stepping(&format!("{totp}, capture: {{ kept: code }}"));
    assert!(good.is_ok(), "{}", good.unwrap_err());
    trips(stepping("totp: { offset: 1 }, capture: { kept: code }"), "either a `secret` or a `uri`");
    trips(
        stepping("totp: { secret: '{{ alice.phone }}' }, capture: { kept: code }"),
        "the user `alice` has no `phone` (there are: username, password, email, otp_secret)",
    );
    trips(stepping(&format!("{totp}, capture: {{ kept: body }}")), "has no `body` to capture");
    trips(
        stepping(&format!("{totp}, capture: {{ kept: code }}, expect: {{ status: 200, for: PWD-01 }}")),
        "is a `totp`: it judges nothing",
    );
    let first = CASES.replace(
        "    steps:\n",
        &format!("    steps:\n      - {{ name: app, {totp}, capture: {{ kept: code }} }}\n"),
    );
    let first = first
        .replace("user.alice: {}", "user.alice: { factors: [otp] }")
        .replace("{{ token }}", "{{ token }}{{ kept }}");
    trips(case(CASES, &first), "some step before it sends");
    trips(case("user.alice: {}", "user.alice: { factors: [pigeon] }"), "pigeon");
    trips(case("given:\n", "given:\n      tenant: { mfa: { policy: sometimes } }\n"), "sometimes");
}

#[test]
fn a_telephone_does_one_thing_and_messages_are_answers() {
    for good in [
        "push: { scan: '{{ token }}', device: Phone }, capture: { kept: body.secret }",
        "outbox: { to: '{{ alice.email }}' }, capture: { kept: body.newest.code }, expect: { json: { count: 1 }, for: PWD-01 }",
        "until: { send: login, every: 5s, limit: 6 }, capture: { kept: body.access_token }, expect: { outcome: granted, for: PWD-01 }",
    ] {
        let good = stepping(good);
        assert!(good.is_ok(), "{}", good.unwrap_err());
    }
    trips(stepping("push: { accept: x, reject: y }, capture: { kept: body }"), "one thing at a time");
    trips(stepping("push: { accept: x, device: y }, capture: { kept: body }"), "one thing at a time");
    trips(stepping("push: { accept: x }, capture: { kept: body }"), "a `push` step has no `body` to capture");
    trips(stepping("outbox: { to: '{{ later }}' }, capture: { kept: body }"), "`later` is no alias");
    trips(
        stepping("until: { send: logon, every: 5s, limit: 6 }, capture: { kept: body }"),
        "did you mean `login`?",
    );
    trips(
        stepping("until: { send: login, every: 0s, limit: 6 }, capture: { kept: body }"),
        "at least a second",
    );
    trips(stepping("until: { send: login, every: 5s, limit: 1 }, capture: { kept: body }"), "minimum");
    trips(
        stepping(
            "until: { send: login, every: 5s, limit: 6 }, but: { method: GET }, capture: { kept: body }",
        ),
        "`but` has no meaning beside `until`",
    );
}

#[test]
fn what_is_captured_anew_was_used() {
    let again = |first: &str, second: &str| {
        let text = CASES
            .replace("{{ token }}", first)
            .replace("capture: { known: answer }", "capture: { known: answer, token: body.error }")
            .replace("{{ alice.password }}x", second);
        case(CASES, &text)
    };
    let good = again("{{ token }}", "{{ token }}");
    assert!(good.is_ok(), "{}", good.unwrap_err());
    trips(again("x", "{{ token }}"), "`token` was captured before, and nobody has used it since");
    trips(again("{{ token }}", "x"), "nobody uses the capture `token`");
}

#[test]
fn an_endpoint_with_a_dot_is_no_route() {
    let endpoint = |name: &str| {
        with("flavours/auth0.toml", "userinfo = '/userinfo'", &format!("userinfo = '/u', '{name}' = '/x'"))
    };
    assert!(endpoint("mfa.challenge").is_ok());
    trips(endpoint("sms.start"), "the endpoint `sms.start` looks like the route of an API");
    trips(
        case("user.alice: {}", "user.alice: {}\n      api.mfa: {}"),
        "`mfa` is a word of endpoint names: call the API something else",
    );
    trips(
        case("{ form: { password: '{{ token }}' } }", "{ path: x, form: { password: '{{ token }}' } }"),
        "`wrong` has 2 faults at once",
    );
}
