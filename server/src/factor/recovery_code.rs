//! Recovery codes: 24 characters of `A-Z0-9`, as recorded (MFA-ASC-11, MFA-REC-02).

/// Characters of a code.
pub(crate) const LENGTH: usize = 24;

/// What a code is made of.
pub(crate) const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
