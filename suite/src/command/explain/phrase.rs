//! A check as a phrase.

use serde_json::Value;

use crate::corpus::expectation::{Matcher, Outcome, ScopeSet, Status, What};

/// What a check demands.
pub(super) fn what(what: &What) -> String {
    match what {
        What::Outcome(Outcome::Granted) => "granted".to_owned(),
        What::Outcome(Outcome::Refused) => "refused, and no token in the body".to_owned(),
        What::Status(statuses) => {
            let statuses: Vec<String> = statuses.iter().map(|status| one_status(*status)).collect();
            statuses.join(" or ")
        }
        What::Header(_, matcher)
        | What::Bearer(_, matcher)
        | What::Json(_, matcher)
        | What::Body(matcher)
        | What::Jose(_, matcher)
        | What::Claim(_, matcher) => self::matcher(matcher),
        What::Lifetime(matcher) => format!("{} seconds", self::matcher(matcher)),
        What::Exactly(names) => format!("these members and no others: {}", names.join(", ")),
        What::Order(names) | What::ClaimOrder(names) => format!("in this order: {}", names.join(", ")),
        What::ScopeSet(ScopeSet::Exactly(set)) => format!("exactly the scopes {set}"),
        What::ScopeSet(ScopeSet::Superset(set)) => format!("at least the scopes {set}"),
        What::ScopeSet(ScopeSet::Subset(set)) => format!("at most the scopes {set}"),
        What::ScopeSet(ScopeSet::Absent) => "no member `scope`".to_owned(),
        What::SameAs(name) => format!("the same answer as `{name}`, but for what varies"),
        What::Verified => "the signature verifies".to_owned(),
    }
}

fn one_status(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Class(class) => format!("{class}xx"),
    }
}

fn matcher(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Equals(value) => value.to_string(),
        Matcher::Absent => "absent".to_owned(),
        Matcher::Present => "present".to_owned(),
        Matcher::Matches(regex) => format!("matches {regex}"),
        Matcher::OneOf(values) => format!("one of {}", list(values)),
        Matcher::NonEmpty => "not empty".to_owned(),
        Matcher::Kind(kind) => format!("of kind {kind}"),
        Matcher::Length(length) => format!("of length {length}"),
        Matcher::ContainsWord(word) => format!("contains {word}"),
        Matcher::MediaType(kind) => format!("the media type {kind}"),
        Matcher::FromNow(low, high) => format!("{low} to {high} s from the target's clock"),
        Matcher::NearNow(seconds) => format!("within {seconds} s of the target's clock"),
        Matcher::Includes(values) => format!("includes {}", list(values)),
        Matcher::Unguessable(bits) => format!("at least {bits} bits that nobody can guess"),
        Matcher::IfPresent(inner) => format!("absent, or {}", self::matcher(inner)),
        Matcher::Not(inner) => format!("not {}", self::matcher(inner)),
    }
}

fn list(values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(Value::to_string).collect();
    values.join(", ")
}
