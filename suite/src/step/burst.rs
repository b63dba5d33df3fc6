//! One request many times at once, and what came back, counted: whoever checks first and acts later is found out.

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::send::{Fault, send};
use super::{Answer, Sending};
use crate::corpus::expectation::Outcome;

/// Sends `count` times, all before the first answer is waited for.
pub(crate) fn at_once(
    count: usize,
    endpoint: &str,
    sending: &Sending,
    timeout: Duration,
) -> Vec<Result<Answer, Fault>> {
    thread::scope(|scope| {
        let sent: Vec<_> = (0..count).map(|_| scope.spawn(|| send(endpoint, sending, timeout))).collect();
        let died = || Err(Fault::Transport("the exchange broke down".to_owned()));
        sent.into_iter().map(|one| one.join().unwrap_or_else(|_| died())).collect()
    })
}

/// An answer whose body is `{ "granted": N, "refused": N, "other": N, "first": { … } }`, `first` the body of the first granted.
pub(crate) fn counted<'a>(answers: impl Iterator<Item = &'a Answer>) -> Answer {
    let (mut granted, mut refused, mut other, mut first) = (0, 0, 0, None);
    for answer in answers {
        match answer.outcome() {
            Some(Outcome::Granted) => {
                granted += 1;
                first = first.or_else(|| answer.json.clone());
            }
            Some(Outcome::Refused) => refused += 1,
            None => other += 1,
        }
    }
    let body = json!({ "granted": granted, "refused": refused, "other": other, "first": first });
    Answer::new("burst", 200, Vec::new(), body.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_counted() {
        let answer = |status, body: &str| Answer::new("token", status, Vec::new(), body.as_bytes());
        let token = r#"{"access_token":"a","refresh_token":"r"}"#;
        let all =
            [answer(403, r#"{"error":"x"}"#), answer(200, token), answer(200, "{}"), answer(200, token)];
        let body = counted(all.iter()).json.unwrap_or_default();
        assert_eq!((&body["granted"], &body["refused"], &body["other"]), (&json!(2), &json!(1), &json!(1)));
        assert_eq!(body["first"]["refresh_token"], "r");
    }
}
