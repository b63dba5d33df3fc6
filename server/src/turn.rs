//! One request's turn at a tenant: its only clock, its only dice, and what it has found out.

use jiff::Timestamp;

use crate::entropy::Dice;
use crate::ledger::{Ledgers, Taken};
use crate::origin::Origin;
use crate::tenant::Tenant;
use crate::tenant::behaviour::{IssuerSlash, Switch};
use crate::trace::Trace;

/// What the steps of a request share. Time is read once.
pub(crate) struct Turn<'a> {
    /// The tenant as it was when the request came.
    pub(crate) tenant: &'a Tenant,
    /// The running state, of one epoch to the end of the request.
    pub(crate) ledgers: &'a Ledgers,
    /// The instant of the request.
    pub(crate) now: Timestamp,
    /// The request's randomness.
    pub(crate) dice: Dice,
    /// By which way the request came.
    pub(crate) origin: &'a Origin,
    /// The token that the address's bucket gave for this request, once it was asked.
    pub(crate) charged: Option<Taken>,
    /// What the steps have decided so far.
    pub(crate) trace: Trace,
}

impl Turn<'_> {
    /// The issuer under which this request is answered: pinned, or the scheme and host by which it came (ATK-04).
    pub(crate) fn issuer(&self) -> String {
        match &self.tenant.issuer {
            Some(pinned) => pinned.clone(),
            None => self.origin.issuer(),
        }
    }

    /// The same as tokens and metadata name it, which a tenant may want without the slash (IDT-03).
    pub(crate) fn named_issuer(&self) -> String {
        let issuer = self.issuer();
        match self.tenant.behaviour.choices.issuer_slash {
            IssuerSlash::Present => issuer,
            IssuerSlash::Absent => issuer.trim_end_matches('/').to_owned(),
        }
    }

    /// Whether `issuer` is one of the tenant's own (DSC-13).
    pub(crate) fn owns(&self, issuer: &str) -> bool {
        if issuer == self.issuer() || issuer == self.named_issuer() {
            return true;
        }
        let Some((scheme, rest)) = issuer.split_once("://") else { return false };
        let Some(host) = rest.strip_suffix('/') else { return false };
        if !self.tenant.behaviour.keeps(Switch::IssuersShared) {
            return false;
        }
        matches!(scheme, "http" | "https") && self.tenant.owns_host(scheme, host, self.origin.port)
    }

    /// Seconds since 1970.
    pub(crate) fn seconds(&self) -> i64 {
        self.now.as_second()
    }
}
