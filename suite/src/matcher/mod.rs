//! How an answer is compared with what was expected.
//!
//! ```text
//! value     one matcher against one value
//! scope     scopes as sets
//! same      two answers, but for what always differs
//! check     one elementary check against what a step has seen
//! words     matchers and checks, for people
//! ```

pub(crate) mod check;
mod value;
mod scope;
mod same;
mod words;
