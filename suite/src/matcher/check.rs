//! One elementary check against what a step has seen.

use serde_json::Value;

use super::words::{demanded, shown};
use super::{same, scope, value};
use crate::corpus::expectation::{Matcher, Outcome, Status, What};
use crate::step::bindings::Bindings;
use crate::step::{Answer, Seen, Token, challenge, member};

/// What came of a comparison.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    pub(crate) held: bool,
    /// For people.
    pub(crate) expected: String,
    /// For people.
    pub(crate) got: String,
}

/// What a comparison depends on besides what was seen.
pub(crate) struct Context<'a> {
    /// Where answers were kept.
    pub(crate) bindings: &'a Bindings,
    /// The target's time, in Unix seconds.
    pub(crate) now: i64,
    /// Whether only the first of several statuses passes.
    pub(crate) strict: bool,
}

/// Compares; the templates of `what` are filled in.
pub(crate) fn check(what: &What, seen: &Seen, context: &Context<'_>) -> Comparison {
    let (held, got) = match seen {
        Seen::Answer(answer) => of_answer(what, answer, context),
        Seen::Token(token) => of_token(what, token, context),
        Seen::Made(_) => (false, "a token of the suite's own".to_owned()),
        Seen::Nothing(why) => (false, why.clone()),
    };
    Comparison { held, expected: demanded(what, context.strict), got }
}

fn of_answer(what: &What, answer: &Answer, context: &Context<'_>) -> (bool, String) {
    match what {
        What::Outcome(outcome) => (answer.outcome() == Some(*outcome), outcome_words(answer)),
        What::Status(all) => {
            let all = if context.strict { all.get(..1).unwrap_or_default() } else { all.as_slice() };
            (all.iter().any(|status| is_status(*status, answer.status)), format!("status {}", answer.brief()))
        }
        What::Header(name, matcher) => {
            let found = answer.header(name).map(Value::String);
            let held = value::holds(&as_text(matcher), found.as_ref(), context.now);
            (held, found.as_ref().map_or_else(|| format!("no header {name}"), shown))
        }
        What::Bearer(name, matcher) => {
            let attributes = answer.header("www-authenticate").and_then(|field| challenge::bearer(&field));
            let found = attributes.as_ref().and_then(|attributes| attributes.get(name));
            let held = value::holds(matcher, found, context.now);
            let none = || match attributes {
                Some(_) => format!("no {name} in the challenge"),
                None => "no challenge for a bearer token".to_owned(),
            };
            (held, found.map_or_else(none, shown))
        }
        What::Json(path, matcher) => {
            let found = answer.member(path);
            let got = || match &answer.json {
                Some(_) => missing(path),
                None => format!("a body that is not JSON: {}", answer.text),
            };
            (value::holds(matcher, found, context.now), found.map_or_else(got, shown))
        }
        What::Exactly(names) => {
            let found = names_of(answer.json.as_ref());
            let held = found.len() == names.len() && names.iter().all(|name| found.contains(name));
            (held, format!("members {}", found.join(", ")))
        }
        What::Order(names) => ordered(names, answer.json.as_ref()),
        What::ScopeSet(set) => {
            let found = answer.json.as_ref().and_then(|json| json.get("scope"));
            let held = answer.json.is_some() && scope::holds(set, found);
            (held, found.map_or_else(|| "no scope".to_owned(), shown))
        }
        What::Body(matcher) => {
            let text = Value::String(answer.text.clone());
            (value::holds(matcher, Some(&text), context.now), shown(&text))
        }
        What::SameAs(name) => match context.bindings.answer(name) {
            Some(known) => match same::difference(known, answer) {
                None => (true, "the same".to_owned()),
                Some(difference) => (false, difference),
            },
            None => (false, format!("nothing was kept as `{name}`")),
        },
        What::Verified | What::Jose(..) | What::Claim(..) | What::ClaimOrder(_) | What::Lifetime(_) => {
            (false, "an answer, not a token".to_owned())
        }
    }
}

fn of_token(what: &What, token: &Token, context: &Context<'_>) -> (bool, String) {
    let by = |matcher: &Matcher, found: Option<&Value>, name: String| {
        (value::holds(matcher, found, context.now), found.map_or(name, shown))
    };
    match what {
        What::Verified => match &token.verified {
            Ok(()) => (true, "verified".to_owned()),
            Err(why) => (false, why.clone()),
        },
        What::Jose(name, matcher) => by(matcher, token.header.get(name), format!("no {name}")),
        What::Claim(path, matcher) => by(matcher, member(&token.claims, path), missing(path)),
        What::ClaimOrder(names) => ordered(names, Some(&token.claims)),
        What::ScopeSet(set) => {
            let found = token.claims.get("scope");
            (scope::holds(set, found), found.map_or_else(|| "no scope".to_owned(), shown))
        }
        What::Lifetime(matcher) => {
            let claim = |name: &str| token.claims.get(name).and_then(Value::as_i64);
            let seconds =
                claim("exp").zip(claim("iat")).map(|(exp, iat)| Value::from(exp.saturating_sub(iat)));
            by(matcher, seconds.as_ref(), "no exp or iat".to_owned())
        }
        What::Outcome(_)
        | What::Status(_)
        | What::Header(..)
        | What::Bearer(..)
        | What::Json(..)
        | What::Exactly(_)
        | What::Order(_)
        | What::Body(_)
        | What::SameAs(_) => (false, "a token, not an answer".to_owned()),
    }
}

fn outcome_words(answer: &Answer) -> String {
    match answer.outcome() {
        Some(Outcome::Granted) => format!("granted ({})", answer.brief()),
        Some(Outcome::Refused) => format!("refused ({})", answer.brief()),
        None if answer.status < 300 => format!("neither: {} without an access token", answer.brief()),
        None => format!("neither: {} with a token", answer.brief()),
    }
}

fn is_status(expected: Status, status: u16) -> bool {
    match expected {
        Status::Code(code) => code == status,
        Status::Class(class) => class == status / 100,
    }
}

/// Header fields are text: `5` in a file means the text `5` there.
fn as_text(matcher: &Matcher) -> Matcher {
    match matcher {
        Matcher::Equals(Value::Number(number)) => Matcher::Equals(Value::String(number.to_string())),
        other => other.clone(),
    }
}

fn names_of(object: Option<&Value>) -> Vec<String> {
    object.and_then(Value::as_object).map(|members| members.keys().cloned().collect()).unwrap_or_default()
}

fn ordered(names: &[String], object: Option<&Value>) -> (bool, String) {
    let found: Vec<String> = names_of(object).into_iter().filter(|name| names.contains(name)).collect();
    let wanted: Vec<&String> = names.iter().filter(|name| found.contains(name)).collect();
    (
        object.is_some_and(Value::is_object) && found.iter().eq(wanted),
        format!("the order {}", found.join(", ")),
    )
}

fn missing(path: &[String]) -> String {
    format!("no {}", path.join("."))
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
