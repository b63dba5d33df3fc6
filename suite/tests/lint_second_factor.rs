//! The lint rules for the steps and words that second factors need, each tripped by a tiny broken corpus.

mod tiny;

use ropg_suite::corpus::{Corpus, Resolved, resolve};

use tiny::{CASES, case, trips, with};

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
    let held = "send: login, holds: invalid_grant, capture: { kept: body }";
    assert!(stepping(held).is_ok(), "{:?}", stepping(held));
    trips(stepping(&held.replace("holds", "but: { method: GET }, holds")), "`holds` belongs to a `send`");
    trips(
        stepping("probe: login, record: x, holds: y, capture: { kept: body }"),
        "`holds` belongs to a `send`",
    );
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

#[test]
fn a_form_that_comes_with_a_success_demands_no_refusal() {
    let names = |status: &str| {
        let corpus =
            with("answers/token.yaml", "auth0: { status: 403", &format!("auth0: {{ status: {status}"))
                .unwrap_or_else(|problems| panic!("{problems}"));
        let (case, flavour) = (&corpus.cases[0], corpus.flavour("auth0").unwrap());
        let resolved = resolve(&corpus, flavour, case, &case.steps[1]);
        let name = |resolved: Resolved| match resolved {
            Resolved::Check(judged) => judged.name,
            Resolved::Choice { name, .. } => name,
        };
        resolved.into_iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(names("403"), ["outcome", "status", "json.error", "json.error_description"]);
    assert_eq!(names("200"), ["status", "json.error", "json.error_description"]);
    assert_eq!(names("[200, 403]"), ["outcome", "status", "json.error", "json.error_description"]);
}
