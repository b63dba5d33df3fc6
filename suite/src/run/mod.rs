//! Cases × target → events.

pub mod event;
