//! A case holds a refusal, a relation or a signature: something that no canned answer can give to all of its steps.

use serde_json::Value;

use super::Lint;
use crate::corpus::Corpus;
use crate::corpus::expectation::{Block, Check, Expectation, Matcher, Outcome, ScopeSet, Status, What};
use crate::corpus::template::Template;

pub(super) fn check(lint: &mut Lint<'_>) {
    let mut expectations = lint.case.steps.iter().flat_map(|step| &step.expect);
    if !expectations.any(|expectation| telling(lint.corpus, expectation)) {
        let message = "nothing here that a canned answer could not give";
        let help =
            "a step that must be refused, a relation (`same_as`, a template in a matcher) or a signature";
        lint.wrong(&["steps"], message).help = Some(help.to_owned());
    }
}

fn telling(corpus: &Corpus, expectation: &Expectation) -> bool {
    match expectation {
        Expectation::Answer { .. } => true,
        Expectation::Block(block) => telling_block(block),
        Expectation::Shape { name, .. } => corpus.shape(name).is_some_and(|shape| {
            shape.outcome() == Some(Outcome::Refused)
                || shape.blocks.iter().any(|(_, block)| telling_block(block))
        }),
        Expectation::Choice { labels, .. } => {
            labels.iter().all(|(_, all)| all.iter().any(|expectation| telling(corpus, expectation)))
        }
    }
}

fn telling_block(block: &Block) -> bool {
    block.checks.iter().any(telling_check)
}

fn telling_check(check: &Check) -> bool {
    match &check.what {
        What::Outcome(outcome) => *outcome == Outcome::Refused,
        What::Status(statuses) => {
            statuses.iter().all(|status| matches!(status, Status::Code(400..) | Status::Class(4..)))
        }
        What::SameAs(_) | What::Verified => true,
        What::ScopeSet(ScopeSet::Exactly(set) | ScopeSet::Superset(set) | ScopeSet::Subset(set)) => {
            relates(set)
        }
        What::Header(_, matcher)
        | What::Bearer(_, matcher)
        | What::Json(_, matcher)
        | What::Jose(_, matcher)
        | What::Claim(_, matcher)
        | What::Lifetime(matcher)
        | What::Body(matcher) => relation(matcher),
        What::ScopeSet(ScopeSet::Absent) | What::Exactly(_) | What::Order(_) | What::ClaimOrder(_) => false,
    }
}

fn relation(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Equals(value) => value_relates(value),
        Matcher::Matches(pattern) => text_relates(pattern),
        Matcher::OneOf(values) | Matcher::Includes(values) => values.iter().any(value_relates),
        Matcher::Not(inner) => relation(inner),
        Matcher::Absent
        | Matcher::Present
        | Matcher::NonEmpty
        | Matcher::Kind(_)
        | Matcher::Length(_)
        | Matcher::ContainsWord(_)
        | Matcher::MediaType(_)
        | Matcher::NearNow(_)
        | Matcher::FromNow(..)
        | Matcher::IfPresent(_)
        | Matcher::Unguessable(_) => false,
    }
}

fn value_relates(value: &Value) -> bool {
    match value {
        Value::String(text) => text_relates(text),
        Value::Array(items) => items.iter().any(value_relates),
        Value::Object(members) => members.values().any(value_relates),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn text_relates(text: &str) -> bool {
    Template::parse(text).is_ok_and(|template| relates(&template))
}

fn relates(template: &Template) -> bool {
    template.references().next().is_some()
}
