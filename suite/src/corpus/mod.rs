//! The corpus: cases, catalogue, deviations, flavours, answers and shapes.

pub mod case;
pub mod deviation;
pub mod expectation;
pub mod flavour;
pub mod requirement;
pub mod template;
