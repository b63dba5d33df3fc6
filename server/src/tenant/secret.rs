//! A text that must not be printed: opens by `expose` alone.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};

/// A secret; prints as `…`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Compares digests, so that the time says nothing of where two texts differ, nor of how long the secret is.
    pub(crate) fn matches(&self, other: &str) -> bool {
        let digests = [&self.0, other].map(|text| digest(&SHA256, text.as_bytes()));
        verify_slices_are_equal(digests[0].as_ref(), digests[1].as_ref()).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
