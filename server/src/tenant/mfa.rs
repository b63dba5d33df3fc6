//! Which second factors a tenant has enabled, and when a login needs one (MFA-REQ-10, MFA-REQ-11).

use crate::factor::Factor;

/// The settings of an export: `guardianPolicies`, `guardianFactors`, `guardianPhoneFactorMessageTypes`.
#[derive(Clone, Debug)]
pub(crate) struct Mfa {
    pub(crate) policy: MfaPolicy,
    pub(crate) factors: Vec<Factor>,
}

/// When a login needs a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MfaPolicy {
    /// No policy: only what a request itself demands.
    Never,
    /// `confidence-score`: a login of low confidence.
    Adaptive,
    /// `all-applications`
    Always,
}

impl Mfa {
    pub(crate) fn enables(&self, factor: Factor) -> bool {
        self.factors.contains(&factor)
    }
}

impl MfaPolicy {
    /// For people.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Never => "when the MFA API is asked for",
            Self::Adaptive => "at a login of low confidence",
            Self::Always => "at every login",
        }
    }
}
