//! One-time passwords by time (MFA-OTP-02; RFC 6238 over RFC 4226): SHA-1, six digits, thirty seconds.

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use data_encoding::BASE32_NOPAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::tenant::secret::Secret;

/// Seconds that a code stands for.
pub(crate) const PERIOD: i64 = 30;

/// Bytes of a secret: 32 Base32 characters, as recorded.
pub(crate) const SECRET: usize = 20;

/// What stands in an address as it is (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The step at which a second lies.
pub(crate) fn step(seconds: i64) -> i64 {
    seconds.div_euclid(PERIOD)
}

/// The code of a step.
pub(crate) fn code(secret: &[u8], step: i64) -> String {
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = sign(&key, &step.to_be_bytes());
    let mac = tag.as_ref();
    // Dynamic truncation (RFC 4226 §5.3): the last half-byte says where four bytes are taken.
    let at = usize::from(mac.last().copied().unwrap_or_default() & 0x0F);
    let taken = mac.iter().skip(at).take(4).fold(0_u32, |number, &byte| (number << 8) | u32::from(byte));
    format!("{:06}", (taken & 0x7FFF_FFFF) % 1_000_000)
}

/// The steps, nearest first, whose code is taken at `now`: `window` before and after it (MFA-OTP-05).
pub(crate) fn steps(now: i64, window: i64) -> impl Iterator<Item = i64> {
    let middle = step(now);
    std::iter::once(middle).chain((1..=window).flat_map(move |away| [middle - away, middle + away]))
}

/// The bytes of a Base32 secret, however it is cased and padded.
pub(crate) fn decode(base32: &str) -> Option<Vec<u8>> {
    let tidy: String = base32.chars().filter(|c| !matches!(c, ' ' | '-' | '=')).collect();
    BASE32_NOPAD.decode(tidy.to_ascii_uppercase().as_bytes()).ok().filter(|bytes| !bytes.is_empty())
}

/// The secret as it is told.
pub(crate) fn encode(secret: &[u8]) -> Secret {
    Secret::new(BASE32_NOPAD.encode(secret))
}

/// What an app scans (MFA-ASC-06, in the recorded form).
pub(crate) fn barcode_uri(tenant: &str, user: &str, secret: &Secret) -> String {
    let (tenant, user) = (escaped(tenant), escaped(user));
    let secret = secret.expose();
    format!(
        "otpauth://totp/{tenant}:{user}?secret={secret}&issuer={tenant}&algorithm=SHA1&digits=6&period={PERIOD}"
    )
}

pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_rfcs() {
        let secret = b"12345678901234567890";
        // RFC 4226, appendix D.
        for (count, expected) in
            ["755224", "287082", "359152", "969429", "338314", "254676"].iter().enumerate()
        {
            assert_eq!(code(secret, i64::try_from(count).unwrap()), *expected);
        }
        // RFC 6238, appendix B, the last six of eight digits.
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, step(seconds)), expected);
        }
    }

    #[test]
    fn a_window_is_one_step_each_way() {
        assert_eq!(steps(60, 1).collect::<Vec<_>>(), [2, 1, 3]);
        assert_eq!(steps(89, 0).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn secrets_come_in_every_spelling() {
        let bytes = decode("jbsw y3dp-EHPK3PXP===").unwrap();
        assert_eq!(encode(&bytes).expose(), "JBSWY3DPEHPK3PXP");
        assert_eq!(decode("1"), None);
        assert_eq!(decode(""), None);
    }

    #[test]
    fn names_are_escaped() {
        let uri = barcode_uri("a b", "ann@acme.test", &Secret::new("X"));
        assert!(uri.starts_with("otpauth://totp/a%20b:ann%40acme.test?secret=X&issuer=a%20b&"));
    }
}
