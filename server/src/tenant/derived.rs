//! Ids that nobody chose derive from names, so that they are the same at every start and people can snapshot them.

use aws_lc_rs::digest::{SHA256, digest};

/// `len` hexadecimal digits of the names' SHA-256; `len` at most 64.
pub(crate) fn hex(names: &[&str], len: usize) -> String {
    let joined = names.join("\u{0}");
    let mut digits: String =
        digest(&SHA256, joined.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    digits.truncate(len);
    digits
}
