//! Each lint rule is tripped by a tiny broken corpus, and the tiny corpus that breaks nothing is accepted.

mod tiny;

use ropg_suite::corpus::Corpus;
use ropg_suite::corpus::lint::{complete, unregistered};

use tiny::{CASES, ROWS, case, gap, trips, with};

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
