//! What an authenticator app does (RFC 6238 over RFC 4226, HMAC-SHA-1), with code of its own, never the server's.

use aws_lc_rs::hmac;
use url::Url;

/// The letters of Base32 (RFC 4648, section 6).
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Seconds of a step, and digits of a code, unless an address says otherwise.
const PERIOD: u32 = 30;
const DIGITS: u32 = 6;

/// An app that was told its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct App {
    key: Vec<u8>,
    period: u32,
    digits: u32,
}

impl App {
    /// An app whose owner has typed the secret in.
    ///
    /// # Errors
    /// That it is no Base32.
    pub(crate) fn of_secret(secret: &str) -> Result<Self, String> {
        Ok(Self { key: decoded(secret)?, period: PERIOD, digits: DIGITS })
    }

    /// An app that has scanned an `otpauth:` address.
    ///
    /// # Errors
    /// What the address says that no app understands.
    pub(crate) fn of_uri(uri: &str) -> Result<Self, String> {
        let url = Url::parse(uri).map_err(|fault| format!("an app cannot read this address: {fault}"))?;
        if url.scheme() != "otpauth" || url.host_str() != Some("totp") {
            return Err("an app reads addresses that begin with `otpauth://totp/`".to_owned());
        }
        let of = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value);
        let algorithm = of("algorithm").unwrap_or_else(|| "SHA1".into());
        if algorithm != "SHA1" {
            return Err(format!("an app knows the algorithm SHA1, not {algorithm}"));
        }
        let number = |name: &str, usual: u32| match of(name) {
            Some(text) => {
                let number = text.parse().ok().filter(|number| (1..=300).contains(number));
                number
                    .ok_or_else(|| format!("`{name}` of the address is no number that an app takes: {text}"))
            }
            None => Ok(usual),
        };
        let digits = number("digits", DIGITS)?;
        if !(6..=8).contains(&digits) {
            return Err(format!("an app shows 6 to 8 digits, not {digits}"));
        }
        let secret = of("secret").ok_or("the address holds no `secret`")?;
        Ok(Self { key: decoded(&secret)?, period: number("period", PERIOD)?, digits })
    }

    /// The code that it shows at a time in Unix seconds, `offset` steps off.
    pub(crate) fn code(&self, at: i64, offset: i64) -> String {
        let step = at.div_euclid(i64::from(self.period)).saturating_add(offset);
        hotp(&self.key, u64::try_from(step).unwrap_or_default(), self.digits)
    }
}

/// RFC 4226, section 5.3.
fn hotp(key: &[u8], counter: u64, digits: u32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 0x0f);
    let four = [tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]];
    let number = u32::from_be_bytes(four) % 10_u32.pow(digits);
    format!("{number:0width$}", width = digits as usize)
}

/// A new secret of 20 bytes (RFC 4226, section 4, R6), in Base32.
pub(crate) fn new_secret() -> String {
    let mut bytes = [0; 20];
    // Without randomness there would be no TLS either; zeros are a visible, harmless secret.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        bytes.fill(0);
    }
    encoded(&bytes)
}

fn encoded(bytes: &[u8]) -> String {
    let group = |five: &[u8]| {
        let mut all = [0; 8];
        all[3..3 + five.len()].copy_from_slice(five);
        let bits = u64::from_be_bytes(all);
        let letters = (five.len() * 8).div_ceil(5);
        let letter = move |index: usize| char::from(ALPHABET[(bits >> (35 - 5 * index)) as usize & 31]);
        (0..letters).map(letter).collect::<String>()
    };
    bytes.chunks(5).map(group).collect()
}

/// Bytes of Base32 as people copy it: either case, spaces, with padding or without.
fn decoded(text: &str) -> Result<Vec<u8>, String> {
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for letter in text.trim_end_matches('=').bytes().filter(|byte| *byte != b' ') {
        let value = ALPHABET.iter().position(|known| *known == letter.to_ascii_uppercase());
        let value = value.ok_or("the secret is no Base32")?;
        bits = (bits << 5) | u32::try_from(value).unwrap_or_default();
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    if out.is_empty() { Err("the secret is empty".to_owned()) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of both RFCs.
    const KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_of_rfc_4226_appendix_d() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (counter, code) in (0..).zip(codes) {
            assert_eq!(hotp(KEY, counter, 6), code);
        }
    }

    #[test]
    fn the_codes_of_rfc_6238_appendix_b() {
        let app = App { key: KEY.to_vec(), period: 30, digits: 8 };
        let table = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (at, code) in table {
            assert_eq!(app.code(at, 0), code);
        }
        assert_eq!(app.code(1_111_111_109, 1), app.code(1_111_111_111, 0));
        assert_eq!(app.code(89, -1), "94287082");
    }

    #[test]
    fn base32_of_rfc_4648_section_10() {
        let table =
            [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")];
        for (plain, text) in table {
            assert_eq!(encoded(plain.as_bytes()), text);
            assert_eq!(decoded(&format!("{text}====")), Ok(plain.as_bytes().to_vec()));
        }
        assert_eq!(decoded("mzxw 6ytb"), Ok(b"fooba".to_vec()));
        assert!(decoded("MZ1").is_err() && decoded("").is_err());
        let secret = new_secret();
        assert_eq!((secret.len(), decoded(&secret).unwrap().len()), (32, 20));
        assert_ne!(secret, new_secret());
    }

    #[test]
    fn an_address_says_what_the_app_does() {
        let secret = encoded(KEY);
        let app = App::of_secret(&secret).unwrap();
        let uri = format!(
            "otpauth://totp/T%20a:al%40x.test?secret={secret}&issuer=T&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(App::of_uri(&uri), Ok(app.clone()));
        assert_eq!(App::of_uri(&format!("otpauth://totp/x?secret={secret}")), Ok(app));
        let eight = App::of_uri(&uri.replace("digits=6", "digits=8")).unwrap();
        assert_eq!(eight.code(59, 0), "94287082");
        for (part, other, why) in [
            ("secret=", "secre=", "no `secret`"),
            ("SHA1", "SHA256", "SHA256"),
            ("digits=6", "digits=9", "6 to 8"),
            ("period=30", "period=0", "`period`"),
            ("otpauth://totp", "otpauth://hotp", "otpauth://totp/"),
            ("otpauth://totp/", "", "cannot read"),
        ] {
            assert!(App::of_uri(&uri.replace(part, other)).unwrap_err().contains(why), "{part}");
        }
    }
}
