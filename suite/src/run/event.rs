//! What happens in a run, as a stream: every report is derived from it, nothing is computed in a report.
//!
//! Serialized it is the canonical NDJSON: one event a line, each with `schema` and `event`.

use serde::Serialize;

use crate::verdict::{Severity, Verdict};

/// The version of the events' form.
pub const SCHEMA: u32 = 1;

/// One event. Secrets were redacted before it was made.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The first event.
    RunStarted(RunStarted),
    /// A case begins.
    CaseStarted {
        /// The flavour under which it is judged.
        flavour: String,
        /// The case.
        case: String,
        /// Its title.
        title: String,
    },
    /// A request was sent and answered, or not.
    Exchange(Exchange),
    /// An assertion was judged.
    Assertion(Assertion),
    /// A probe's observation, or the label that an answer took.
    Fingerprint {
        /// The flavour.
        flavour: String,
        /// The case.
        case: String,
        /// The answer, choice or probe.
        name: String,
        /// The label, or `STATUS ERROR`.
        value: String,
    },
    /// A case ended.
    CaseFinished(CaseFinished),
    /// Whether the run proves a claim.
    ClaimJudged(ClaimJudged),
    /// The last event; its counts must equal the plan.
    RunFinished(RunFinished),
}

/// The head of a run.
#[derive(Clone, Debug, Serialize)]
pub struct RunStarted {
    /// The suite's version.
    pub suite: String,
    /// The corpus's version.
    pub corpus: String,
    /// SHA-256 of the corpus, hex.
    pub digest: String,
    /// Who is judged: `embedded`, or the profile's name.
    pub target: String,
    /// Its base address, if it has one address.
    pub url: Option<String>,
    /// Deviations that were switched on.
    pub deviations: Vec<String>,
    /// The flavours, in order.
    pub flavours: Vec<String>,
    /// How many cases (case × flavour) are planned.
    pub planned: usize,
}

/// One exchange, redacted.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// The flavour.
    pub flavour: String,
    /// The case.
    pub case: String,
    /// The step.
    pub step: String,
    /// `POST`
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Header fields as sent.
    pub request_headers: Vec<(String, String)>,
    /// The body as sent.
    pub request_body: Option<String>,
    /// The answer, or why there is none.
    pub answer: Result<Answer, String>,
    /// Milliseconds from the first byte sent to the last received.
    pub millis: f64,
    /// A command line that repeats the request, secrets from the environment.
    pub curl: String,
}

/// An answer, redacted.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Header fields in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    pub body: String,
}

/// One judged assertion.
#[derive(Clone, Debug, Serialize)]
pub struct Assertion {
    /// The flavour.
    pub flavour: String,
    /// The case.
    pub case: String,
    /// The step.
    pub step: String,
    /// `CASE#STEP/NAME`
    pub id: String,
    /// The same for all steps that share a shape's check; for the proof.
    pub shared: Option<String>,
    /// The rows that demand it and are judged under the flavour.
    pub requirements: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// How much a mismatch weighs at this target.
    pub severity: Severity,
    /// What was expected, for people.
    pub expected: String,
    /// What came, for people.
    pub got: String,
}

/// The end of a case.
#[derive(Clone, Debug, Serialize)]
pub struct CaseFinished {
    /// The flavour.
    pub flavour: String,
    /// The case.
    pub case: String,
    /// Worst of its assertions, or why it could not be judged.
    pub verdict: Verdict,
    /// For a case that could not be judged: why, and what would help.
    pub reason: Option<String>,
    /// Milliseconds in all.
    pub millis: f64,
}

/// Whether a run proves a claim.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimJudged {
    /// The claim with the version of the corpus: `ropg/core@2026.1`.
    pub claim: String,
    /// What is claimed, in a sentence.
    pub title: String,
    /// The flavour under which it is judged.
    pub flavour: String,
    /// Whether nothing is missing.
    pub granted: bool,
    /// How many statements it demands.
    pub required: usize,
    /// How many of them the run has shown.
    pub proven: usize,
    /// Statements about something that a server may lack and still claim it, and that this one lacks.
    pub excused: Vec<String>,
    /// What is missing, the cheapest first.
    pub missing: Vec<Missing>,
}

/// Evidence that a claim lacks, for one reason.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// What came instead of a pass.
    pub verdict: Verdict,
    /// Why.
    pub why: String,
    /// The statements that are not proven for it.
    pub requirements: Vec<String>,
    /// The cases that would prove them.
    pub cases: Vec<String>,
}

/// The end of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunFinished {
    /// Cases by verdict, in the order of [`Verdict::ALL`].
    pub cases: Vec<(Verdict, usize)>,
    /// Assertions by verdict.
    pub assertions: Vec<(Verdict, usize)>,
    /// Requests sent.
    pub requests: usize,
    /// Milliseconds in all.
    pub millis: f64,
}

/// Somebody who is told what happens.
pub trait Listener: Send {
    /// Called for each event, in order within a case.
    fn on(&mut self, event: &Event);
}
