//! The states of an assertion and a case, and how much a mismatch weighs.

use serde::Serialize;

use crate::corpus::expectation::Facet;
use crate::corpus::requirement::{Basis, Effect, Level, Requirement};

/// A state. The order is from best to worst: the worst of its parts is the state of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// Not asked for here: no row of the flavour, or a capability is absent.
    #[serde(rename = "n/a")]
    NotApplicable,
    /// Differs in a way that is only worth telling.
    Note,
    /// Differs in a way that clients may stumble over.
    Warn,
    /// Not run: filtered, or over a budget.
    Unrun,
    /// Could not be told: network, rate limit, 5xx of the infrastructure.
    Inconclusive,
    /// Could not start: something is missing at the target, or a control did not hold.
    Blocked,
    /// It does not hold.
    Fail,
    /// A fault of the suite.
    Error,
}

impl Verdict {
    /// All states, best first.
    pub const ALL: [Self; 9] = [
        Self::Pass,
        Self::NotApplicable,
        Self::Note,
        Self::Warn,
        Self::Unrun,
        Self::Inconclusive,
        Self::Blocked,
        Self::Fail,
        Self::Error,
    ];

    /// The word in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::NotApplicable => "n/a",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Unrun => "unrun",
            Self::Inconclusive => "inconclusive",
            Self::Blocked => "blocked",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }
}

/// How much a mismatch weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Goes to the fingerprint only.
    Fingerprint,
    /// Worth telling.
    Note,
    /// Clients may stumble.
    Warn,
    /// A violation.
    Fail,
}

impl Severity {
    /// The verdict of a mismatch of this weight.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Fingerprint => Verdict::Pass,
            Self::Note => Verdict::Note,
            Self::Warn => Verdict::Warn,
            Self::Fail => Verdict::Fail,
        }
    }
}

/// How much a mismatch of `facet` weighs for one row at a stranger's server.
///
/// A row whose violation lets somebody in or gives something away fails whatever its basis, but what is demanded then
/// is the outcome; form stays with level and basis, and text for people is never more than a note.
#[must_use]
pub fn severity(requirement: &Requirement, facet: Facet) -> Severity {
    let Some((level, basis)) = requirement.level.zip(requirement.basis) else { return Severity::Note };
    if facet == Facet::Outcome && matches!(requirement.effect, Some(Effect::Takeover | Effect::Leak)) {
        return Severity::Fail;
    }
    let by_basis = match (level, basis) {
        (Level::May, _) => Severity::Fingerprint,
        (Level::Advice, _) => Severity::Warn,
        (Level::Must, Basis::Recorded | Basis::Documented | Basis::Rfc) => Severity::Fail,
        (Level::Must, Basis::Older | Basis::Fixture)
        | (Level::Should, Basis::Recorded | Basis::Documented | Basis::Rfc) => Severity::Warn,
        (Level::Must, Basis::Report | Basis::Inferred)
        | (Level::Should, Basis::Older | Basis::Fixture | Basis::Report | Basis::Inferred) => Severity::Note,
    };
    if facet == Facet::Text { by_basis.min(Severity::Note) } else { by_basis }
}
