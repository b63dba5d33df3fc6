//! What one case showed at one target, as far as the proof needs it.

use std::collections::BTreeSet;

use crate::run::event::{Assertion, CaseFinished, Event, Exchange, Listener};
use crate::verdict::Verdict;

/// One case under one flavour at one target.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The flavour.
    pub flavour: String,
    /// The case.
    pub case: String,
    /// How it ended.
    pub verdict: Option<Verdict>,
    /// Why it could not be judged.
    pub reason: Option<String>,
    /// Its assertions.
    pub assertions: Vec<Seen>,
    /// The form of its exchanges: what must differ if a deviation has any effect.
    pub forms: Vec<String>,
    /// Requests sent.
    pub requests: usize,
}

/// One assertion.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `CASE#STEP/NAME`
    pub id: String,
    /// The id that all users of a shape's check share.
    pub shared: Option<String>,
    /// The rows that are judged.
    pub requirements: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// What came.
    pub got: String,
}

impl Seen {
    /// The id by which it is proven: one for all users of a shape's check.
    #[must_use]
    pub fn key(&self) -> &str {
        self.shared.as_deref().unwrap_or(&self.id)
    }
}

impl Evidence {
    /// Nothing yet.
    #[must_use]
    pub fn of(flavour: &str, case: &str) -> Self {
        Self { flavour: flavour.to_owned(), case: case.to_owned(), ..Self::default() }
    }

    /// Takes note of how the case ended.
    #[must_use]
    pub fn ended(mut self, finished: CaseFinished) -> Self {
        self.verdict = Some(finished.verdict);
        self.reason = finished.reason;
        self
    }

    /// All failing assertions. That every earlier control held needs no look: after a control that does not hold
    /// nothing is judged.
    pub fn failing(&self) -> impl Iterator<Item = &Seen> {
        self.assertions.iter().filter(|seen| seen.verdict == Verdict::Fail)
    }

    /// Whether anything that can be seen differs from `other`.
    #[must_use]
    pub fn differs(&self, other: &Self) -> bool {
        let verdicts = |evidence: &Self| -> Vec<(String, Verdict)> {
            evidence.assertions.iter().map(|seen| (seen.id.clone(), seen.verdict)).collect()
        };
        self.forms != other.forms || verdicts(self) != verdicts(other)
    }
}

impl Listener for Evidence {
    fn on(&mut self, event: &Event) {
        match event {
            Event::Assertion(assertion) => self.assertions.push(seen(assertion)),
            Event::Exchange(exchange) => {
                self.requests += 1;
                self.forms.push(form(exchange));
            }
            Event::RunStarted(_)
            | Event::CaseStarted { .. }
            | Event::Fingerprint { .. }
            | Event::CaseFinished(_)
            | Event::ClaimJudged(_)
            | Event::RunFinished(_) => {}
        }
    }
}

fn seen(assertion: &Assertion) -> Seen {
    Seen {
        id: assertion.id.clone(),
        shared: assertion.shared.clone(),
        requirements: assertion.requirements.clone(),
        verdict: assertion.verdict,
        got: assertion.got.clone(),
    }
}

/// Step, status, header names and member names; values differ from run to run anyway.
fn form(exchange: &Exchange) -> String {
    let Ok(answer) = &exchange.answer else { return format!("{} no answer", exchange.step) };
    let headers: Vec<&str> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
    let members: Vec<String> = match serde_json::from_str(&answer.body) {
        Ok(serde_json::Value::Object(members)) => members.keys().cloned().collect(),
        Ok(_) | Err(_) => Vec::new(),
    };
    format!("{} {} [{}] [{}]", exchange.step, answer.status, headers.join(" "), members.join(" "))
}

/// The id without its `for_each` row: what one row proves is proven for all.
#[must_use]
pub fn without_row(id: &str) -> String {
    let (case, rest) = id.split_once('#').map_or((id, None), |(case, rest)| (case, Some(rest)));
    let case = case.split_once('[').map_or(case, |(case, _)| case);
    rest.map_or_else(|| case.to_owned(), |rest| format!("{case}#{rest}"))
}

/// Which assertion, by its key, stands for which of `rows`.
#[must_use]
pub fn stands_for<'a>(seen: impl Iterator<Item = &'a Seen>, rows: &[String]) -> BTreeSet<(String, String)> {
    let pairs = |seen: &'a Seen| {
        let among = seen.requirements.iter().filter(|row| rows.contains(row));
        among.map(|row| (seen.key().to_owned(), row.clone()))
    };
    seen.flat_map(pairs).collect()
}

/// The distinct keys of some assertions, without rows.
#[must_use]
pub fn keys<'a>(seen: impl Iterator<Item = &'a Seen>) -> BTreeSet<String> {
    seen.map(|seen| without_row(seen.key())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_row_proves_is_proven_for_all() {
        assert_eq!(without_row("a.b[x y]#step/json.error"), "a.b#step/json.error");
        assert_eq!(without_row("a.b#step/claims.x[0]"), "a.b#step/claims.x[0]");
        assert_eq!(without_row("shape/s.b/status"), "shape/s.b/status");
    }
}
