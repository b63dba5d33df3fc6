//! ropg-suite: a data-driven conformance suite for the Resource Owner Password flow.
//!
//! ```text
//! corpus    cases, requirements, deviations, flavours: read with places, checked, linted
//! target    what is judged: the embedded server, or any server by its profile
//! run       plan and engine: cases × target → events
//! step      what a case can do: send, raw, jwt, probe
//! matcher   how an answer is compared with what was expected
//! verdict   the states of an assertion, and how much a mismatch weighs
//! claim     whether a run proves what is claimed, and what is missing
//! baseline  the failures that an implementer knows
//! report    terminal, NDJSON, JUnit: listeners to the events
//! proof     deviations × cases: the evidence that a check can fail
//! command   the command line
//! ```

pub mod corpus;
pub mod target;
pub mod run;
pub mod step;
pub mod matcher;
pub mod verdict;
mod clock;
pub mod redact;
pub mod baseline;
pub mod claim;
pub mod report;
pub mod proof;
pub mod command;
