//! What a case can do.
