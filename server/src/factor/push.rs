//! Push notifications: a phone is enrolled by scanning, and answers questions from then on.

use super::otp::escaped;

/// What the phone scans (MFA-ASC-09, in the recorded form): which enrolment it is, and whom to tell.
pub(crate) fn barcode_uri(tenant: &str, user: &str, enrolment: &str, base: &str) -> String {
    format!(
        "otpauth://totp/{}:{}?enrollment_tx_id={enrolment}&base_url={}",
        escaped(tenant),
        escaped(user),
        escaped(base)
    )
}
