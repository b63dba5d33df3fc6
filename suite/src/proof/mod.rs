//! The evidence that a check can fail.
//!
//! ```text
//! matrix       which assertions each deviation makes fail: the committed file, and the lookup of a probable bug
//! touch        which cases a deviation concerns, and what it broke in one
//! null_target  servers that know nothing and must pass no case
//! kill         deviations × cases × flavours on all cores
//! gate         what must hold of all that
//! ```

pub mod matrix;
pub mod null_target;
