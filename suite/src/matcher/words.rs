//! Matchers and checks, for people.

use serde_json::Value;

use crate::corpus::expectation::{Matcher, Outcome, ScopeSet, Status, What};

/// What a check demands.
pub(crate) fn demanded(what: &What, strict: bool) -> String {
    match what {
        What::Outcome(Outcome::Granted) => "granted".to_owned(),
        What::Outcome(Outcome::Refused) => "refused, without any token".to_owned(),
        What::Status(all) => statuses(all, strict),
        What::Header(name, matcher) => format!("header {name}: {}", matched(matcher)),
        What::Bearer(name, matcher) => format!("{name} in the bearer challenge: {}", matched(matcher)),
        What::Json(path, matcher) => format!("{} in the body: {}", path.join("."), matched(matcher)),
        What::Exactly(names) => format!("exactly the members {}", names.join(", ")),
        What::Order(names) => format!("members in the order {}", names.join(", ")),
        What::ScopeSet(set) => scopes(set),
        What::Body(matcher) => format!("body: {}", matched(matcher)),
        What::SameAs(name) => format!("the same answer as `{name}`"),
        What::Verified => "a signature that verifies".to_owned(),
        What::Jose(name, matcher) => format!("{name} in the token's header: {}", matched(matcher)),
        What::Claim(path, matcher) => format!("claim {}: {}", path.join("."), matched(matcher)),
        What::ClaimOrder(names) => format!("claims in the order {}", names.join(", ")),
        What::Lifetime(matcher) => format!("a lifetime in seconds: {}", matched(matcher)),
    }
}

/// What a matcher takes.
pub(crate) fn matched(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Equals(value) => shown(value),
        Matcher::Absent => "absent".to_owned(),
        Matcher::Present => "present".to_owned(),
        Matcher::Matches(pattern) => format!("matching /{pattern}/"),
        Matcher::OneOf(all) => format!("one of {}", list(all)),
        Matcher::NonEmpty => "a text that is not empty".to_owned(),
        Matcher::Kind(kind) => format!("of the type {kind}"),
        Matcher::Length(length) => format!("of length {length}"),
        Matcher::ContainsWord(word) => format!("with the word {word}"),
        Matcher::MediaType(name) => format!("the media type {name}"),
        Matcher::NearNow(seconds) => format!("now, within {seconds} s"),
        Matcher::FromNow(low, high) => format!("a time {low} to {high} s from now"),
        Matcher::Includes(all) => format!("a list with {}", list(all)),
        Matcher::Unguessable(bits) => format!("a text that takes {bits} bits to guess"),
        Matcher::IfPresent(inner) => format!("absent, or {}", matched(inner)),
        Matcher::Not(inner) => format!("not {}", matched(inner)),
    }
}

/// A value as people read it: text in quotes only where it would be mistaken.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && text.trim() == text && !number_like(text) => text.clone(),
        other => other.to_string(),
    }
}

fn number_like(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

fn list(all: &[Value]) -> String {
    all.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn statuses(all: &[Status], strict: bool) -> String {
    let all = if strict { all.get(..1).unwrap_or_default() } else { all };
    let words: Vec<String> = all
        .iter()
        .map(|status| match status {
            Status::Code(code) => code.to_string(),
            Status::Class(class) => format!("{class}xx"),
        })
        .collect();
    format!("status {}", words.join(" or "))
}

fn scopes(set: &ScopeSet) -> String {
    match set {
        ScopeSet::Exactly(scopes) => format!("exactly the scopes {scopes}"),
        ScopeSet::Superset(scopes) => format!("at least the scopes {scopes}"),
        ScopeSet::Subset(scopes) => format!("at most the scopes {scopes}"),
        ScopeSet::Absent => "no scope".to_owned(),
    }
}
