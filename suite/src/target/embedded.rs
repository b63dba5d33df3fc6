//! The embedded server: a fresh tenant for each case, behind a real listener. The only file that names the server.

use serde_json::Value;

use super::{Driver, Unmet, World};
use crate::corpus::case::Case;
use crate::corpus::flavour::Flavour;

/// Makes a tenant for each case, possibly one that misbehaves.
#[derive(Clone, Debug, Default)]
pub struct Embedded {
    deviations: Vec<(String, Value)>,
}

impl Embedded {
    /// The reference as it should be.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The reference with one deliberate misbehaviour.
    ///
    /// # Errors
    /// Why `how` is not a deviation that the server knows.
    pub fn deviating(id: &str, how: &Value) -> Result<Self, String> {
        Self::new().and_deviating(id, how)
    }

    /// The same with one more deliberate misbehaviour.
    ///
    /// # Errors
    /// Why `how` is not a deviation that the server knows.
    pub fn and_deviating(mut self, id: &str, how: &Value) -> Result<Self, String> {
        self.deviations.push((id.to_owned(), how.clone()));
        Ok(self)
    }
}

impl Driver for Embedded {
    fn name(&self) -> &str {
        "embedded"
    }

    fn url(&self) -> Option<&str> {
        None
    }

    fn strict(&self) -> bool {
        true
    }

    fn parallel(&self) -> usize {
        std::thread::available_parallelism().map_or(2, Into::into)
    }

    fn prepare(&self, _case: &Case, _flavour: &Flavour) -> Result<World, Unmet> {
        Err(Unmet::Broken("the embedded server is not there yet".to_owned()))
    }
}
