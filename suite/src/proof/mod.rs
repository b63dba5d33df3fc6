//! The evidence that a check can fail.
