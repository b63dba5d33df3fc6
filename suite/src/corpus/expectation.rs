//! What must come back: elementary checks, each with a name and the catalogue rows that demand it.
//!
//! A check's id is `CASE#STEP/NAME`; it is permanent, since baselines and the kill matrix point at it.

use serde_json::Value;

use super::template::Template;

/// One expectation of a step, before a flavour has picked labels.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// Checks written in the case.
    Block(Block),
    /// A named shape: the checks that all answers of a kind share, each with rows of its own.
    Shape {
        /// The name.
        name: String,
        /// Rows that demand the answer as such: they ride on a check of the outcome.
        requirements: Vec<String>,
    },
    /// A named answer; the flavour picks the label that passes.
    Answer {
        /// The name, which is also the server's behaviour: `wrong_password`.
        name: String,
        /// Values for the answer's own templates: `name: username`.
        with: Vec<(String, Template)>,
        /// The catalogue rows that demand it.
        requirements: Vec<String>,
    },
    /// A documented choice; the flavour picks the label that passes.
    Choice {
        /// The name, which is also the server's behaviour: `realm.in_password_grant`.
        name: String,
        /// What must come back under each label.
        labels: Vec<(String, Vec<Expectation>)>,
    },
}

/// Checks that serve the same requirements.
#[derive(Clone, Debug)]
pub struct Block {
    /// The catalogue rows that demand it; one or several.
    pub requirements: Vec<String>,
    /// `shape/token-response.caching` for a check that every answer of the kind shares: proven once, not per step.
    pub shared: Option<String>,
    /// The elementary checks.
    pub checks: Vec<Check>,
}

/// One elementary comparison.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name inside the step: `status`, `header.pragma`, `json.token_type`, `token-response.caching`.
    pub name: String,
    /// What is compared.
    pub what: What,
    /// Whether it speaks of the outcome or of its form.
    pub facet: Facet,
}

/// What a check speaks of; decides how much a mismatch weighs on a stranger's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// Somebody got in, or not; something was given away, or not.
    Outcome,
    /// Status, code, shape, headers.
    Protocol,
    /// Text for people.
    Text,
}

/// The elementary comparisons.
#[derive(Clone, Debug)]
pub enum What {
    /// `granted`: 2xx with an `access_token`. `refused`: neither, and no token of any kind in the body.
    Outcome(Outcome),
    /// One of these statuses; the first is the reference server's own, which alone passes there.
    Status(Vec<Status>),
    /// The value of a header field (all values joined with `, `).
    Header(String, Matcher),
    /// An attribute of the challenge for a bearer token; one that is repeated is a list.
    Bearer(String, Matcher),
    /// A member of the JSON body, by path.
    Json(Vec<String>, Matcher),
    /// The JSON body has these members and no others.
    Exactly(Vec<String>),
    /// The members of the JSON body that are present stand in this order.
    Order(Vec<String>),
    /// A space-separated list of scopes, as a set.
    ScopeSet(ScopeSet),
    /// The body as text.
    Body(Matcher),
    /// The whole answer equals one that was captured, but for volatile parts.
    SameAs(String),
    /// A token's signature verifies.
    Verified,
    /// A member of the token's header.
    Jose(String, Matcher),
    /// A claim.
    Claim(Vec<String>, Matcher),
    /// The claims that are present stand in this order.
    ClaimOrder(Vec<String>),
    /// `exp` − `iat` in seconds.
    Lifetime(Matcher),
}

/// Whether something was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// 2xx (and an `access_token`, at the token endpoint).
    Granted,
    /// No 2xx, no token.
    Refused,
}

/// A status or a class of statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Exactly this.
    Code(u16),
    /// `4xx`: the first digit.
    Class(u16),
}

/// How the scopes of an answer compare.
#[derive(Clone, Debug)]
pub enum ScopeSet {
    /// The same set.
    Exactly(Template),
    /// At least these.
    Superset(Template),
    /// At most these.
    Subset(Template),
    /// No member `scope` at all.
    Absent,
}

/// How one value compares. In files: a scalar is [`Matcher::Equals`], a map of matcher words is one of the others,
/// any other map compares member by member.
#[derive(Clone, Debug)]
pub enum Matcher {
    /// Equal; texts may hold templates, numbers compare as numbers.
    Equals(Value),
    /// `absent: true`
    Absent,
    /// `present: true`: there, whatever its value.
    Present,
    /// `matches: REGEX` (linear time, unanchored).
    Matches(String),
    /// `one_of: [..]`
    OneOf(Vec<Value>),
    /// `non_empty: true`: a text of at least one character.
    NonEmpty,
    /// `kind: integer | number | string | boolean | array | object`
    Kind(String),
    /// `length: N`: characters of a text, items of an array.
    Length(usize),
    /// `contains_word: no-store`: one element of a comma- or space-separated list, without case.
    ContainsWord(String),
    /// `media_type: application/json`: without parameters and case.
    MediaType(String),
    /// `near_now: SECONDS`: a Unix time about the target's own `Date`.
    NearNow(u64),
    /// `from_now: [LOW, HIGH]`: a time in Unix seconds, so many seconds from the target's own; in a header as a text.
    FromNow(i64, i64),
    /// `includes: [..]`: an array holds at least these.
    Includes(Vec<Value>),
    /// `unguessable: BITS`: length times the bits of the alphabet seen is at least this.
    Unguessable(u32),
    /// `if_present: MATCHER`: absent, or as the matcher says.
    IfPresent(Box<Matcher>),
    /// `not: MATCHER`
    Not(Box<Matcher>),
}
