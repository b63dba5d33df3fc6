//! A target whose clients, users and APIs are listed by hand: each case is given what fits.

use super::profile::Profile;
use super::{Driver, Unmet, World};
use crate::corpus::case::Case;
use crate::corpus::flavour::Flavour;
use crate::run::Limits;

/// Looks into a profile's inventory.
#[derive(Clone, Debug)]
pub struct Static {
    profile: Profile,
}

impl Static {
    /// A driver for `profile`.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self { profile }
    }

    /// The profile.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }
}

impl Driver for Static {
    fn name(&self) -> &str {
        &self.profile.target.name
    }

    fn url(&self) -> Option<&str> {
        Some(&self.profile.target.base)
    }

    fn strict(&self) -> bool {
        false
    }

    fn parallel(&self) -> usize {
        self.profile.limits.parallel
    }

    fn limits(&self) -> Limits {
        self.profile.costs()
    }

    fn prepare(&self, _case: &Case, _flavour: &Flavour) -> Result<World, Unmet> {
        Err(Unmet::Broken("not there yet".to_owned()))
    }
}
