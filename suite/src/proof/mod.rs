//! The evidence that a check can fail.
//!
//! ```text
//! matrix       which assertions each deviation makes fail: the committed file, and the lookup of a probable bug
//! evidence     what one case showed at one target
//! null_target  servers that know nothing and must pass no case
//! bench        reference, deviations × cases, null targets × cases; on all cores
//! gate         what must hold of all that
//! ```

pub mod matrix;
pub mod evidence;
pub mod null_target;
pub mod bench;
pub mod gate;
