//! Two answers that must not be told apart, but for what always differs.

use serde_json::Value;

use crate::step::{Answer, SECRETS};

/// Header fields that differ from answer to answer, or that belong to the connection and not to the answer.
const VOLATILE: [&str; 7] = [
    "date",
    "x-auth0-requestid",
    "set-cookie",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
];

/// The first difference between two answers, for people.
pub(crate) fn difference(known: &Answer, now: &Answer) -> Option<String> {
    if known.status != now.status {
        return Some(format!("status {} instead of {}", now.status, known.status));
    }
    let (left, right) = (fields(known), fields(now));
    if let Some((name, value)) = right.iter().find(|field| !left.contains(field)) {
        return Some(format!("header {name}: {value}"));
    }
    if let Some((name, value)) = left.iter().find(|field| !right.contains(field)) {
        return Some(format!("no header {name}: {value}"));
    }
    let same = match (&known.json, &now.json) {
        (Some(left), Some(right)) => without_tokens(left) == without_tokens(right),
        _ => known.text == now.text,
    };
    (!same).then(|| format!("body {} instead of {}", now.text, known.text))
}

fn fields(answer: &Answer) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| !VOLATILE.contains(&name.as_str()) && !name.starts_with("x-ratelimit-"))
        .cloned()
        .collect();
    fields.sort();
    fields
}

fn without_tokens(body: &Value) -> Value {
    let mut body = body.clone();
    for (name, _) in SECRETS {
        if let Some(token) = body.get_mut(name).filter(|token| token.is_string()) {
            *token = Value::from("a token");
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer::new("token", status, headers, body.as_bytes())
    }

    #[test]
    fn what_always_differs_does_not_count() {
        let left = answer(
            200,
            &[("date", "1"), ("x-ratelimit-remaining", "9"), ("a", "b")],
            r#"{"access_token":"x","mfa_token":"x"}"#,
        );
        let right = answer(200, &[("a", "b"), ("date", "2")], r#"{"access_token":"y","mfa_token":"z"}"#);
        assert_eq!(difference(&left, &right), None);
    }

    #[test]
    fn everything_else_counts() {
        let known = answer(403, &[("a", "b")], r#"{"error":"x"}"#);
        for other in [
            answer(400, &[("a", "b")], r#"{"error":"x"}"#),
            answer(403, &[("a", "c")], r#"{"error":"x"}"#),
            answer(403, &[], r#"{"error":"x"}"#),
            answer(403, &[("a", "b")], r#"{"error":"y"}"#),
            answer(403, &[("a", "b")], "x"),
        ] {
            assert!(difference(&known, &other).is_some(), "{other:?}");
        }
    }
}
