//! How an answer is compared with what was expected.
