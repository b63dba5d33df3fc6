//! PBKDF2 in PHC form, `$pbkdf2-DIGEST$i=…,l=…$salt$hash` (RFC 8018 §5.2).

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;

use super::digest::Digest;
use super::phc::Phc;
use super::same;

/// A hash of this family.
#[derive(Clone)]
pub(in crate::tenant) struct Pbkdf2Hash {
    digest: pbkdf2::Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

/// What stands for a parameter that is left out: iterations, bytes.
const LEFT_OUT: (u32, u32) = (100_000, 64);

/// The most that a hash may cost: iterations, bytes.
const MOST: (u32, u32) = (10_000_000, 1024);

impl Pbkdf2Hash {
    /// Reads the PHC form.
    pub(in crate::tenant) fn read(text: &str) -> Result<Self, String> {
        let form = "a pbkdf2 hash has the form `$pbkdf2-sha256$i=…,l=…$salt$hash`";
        let read = Phc::read(text).ok_or(form)?;
        let name = read.id.strip_prefix("pbkdf2-").ok_or(form)?;
        let digest = match Digest::named(name) {
            Some(Digest::Sha1) => pbkdf2::PBKDF2_HMAC_SHA1,
            Some(Digest::Sha256) => pbkdf2::PBKDF2_HMAC_SHA256,
            Some(Digest::Sha384) => pbkdf2::PBKDF2_HMAC_SHA384,
            Some(Digest::Sha512) => pbkdf2::PBKDF2_HMAC_SHA512,
            Some(Digest::Md5 | Digest::Sha224) | None => {
                return Err(format!(
                    "pbkdf2 is read with sha1, sha256, sha384 and sha512, not with `{name}`"
                ));
            }
        };
        if let Some((name, _)) = read.parameters.iter().find(|(name, _)| !["i", "l"].contains(name)) {
            return Err(format!("a pbkdf2 hash has the parameters `i` and `l`, not `{name}`"));
        }
        let (iterations, length) =
            (read.parameter("i").unwrap_or(LEFT_OUT.0), read.parameter("l").unwrap_or(LEFT_OUT.1));
        if read.hash.len() != length as usize {
            return Err(format!("the hash has {} bytes, `l` says {length}", read.hash.len()));
        }
        let iterations = NonZeroU32::new(iterations)
            .filter(|iterations| iterations.get() <= MOST.0 && length <= MOST.1)
            .ok_or("a pbkdf2 hash costs 1 to 10 million iterations and has at most 1024 bytes")?;
        Ok(Self { digest, iterations, salt: read.salt, hash: read.hash })
    }

    pub(super) fn fits(&self, password: &[u8]) -> bool {
        let mut hash = vec![0; self.hash.len()];
        pbkdf2::derive(self.digest, self.iterations, &self.salt, password, &mut hash);
        same(&hash, &self.hash)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;

    use super::super::encoding::Encoding;
    use super::*;

    #[test]
    fn vectors_of_the_rfcs() {
        // RFC 6070 (SHA-1); RFC 7914 section 11 (SHA-256).
        for (digest, password, salt, iterations, expected) in [
            ("sha1", "password", "salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
            ("sha1", "password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1"),
            (
                "sha1",
                "passwordPASSWORDpassword",
                "saltSALTsaltSALTsaltSALTsaltSALTsalt",
                4096,
                "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038",
            ),
            (
                "sha256",
                "passwd",
                "salt",
                1,
                "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
            ),
        ] {
            let hash = Encoding::Hex.decode(expected).unwrap();
            let text = format!(
                "$pbkdf2-{digest}$i={iterations},l={}${}${}",
                hash.len(),
                STANDARD_NO_PAD.encode(salt),
                STANDARD_NO_PAD.encode(&hash)
            );
            let read = Pbkdf2Hash::read(&text).unwrap();
            assert!(read.fits(password.as_bytes()), "{text}");
            assert!(!read.fits(b"Password"), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        for (text, fault) in [
            ("$pbkdf2$i=1,l=2$c2FsdA$AQI", "form"),
            ("$pbkdf2-sha1$i=1,l=2$c2FsdA", "form"),
            ("$pbkdf2-md4$i=1,l=2$c2FsdA$AQI", "not with `md4`"),
            ("$pbkdf2-sha1$i=1,l=20$c2FsdA$AQI", "`l` says 20"),
            ("$pbkdf2-sha1$c2FsdA$AQI", "`l` says 64"),
            ("$pbkdf2-sha1$i=0,l=2$c2FsdA$AQI", "iterations"),
            ("$pbkdf2-sha1$i=10000001,l=2$c2FsdA$AQI", "iterations"),
            ("$pbkdf2-sha1$i=1,l=2,c=3$c2FsdA$AQI", "not `c`"),
        ] {
            let Err(told) = Pbkdf2Hash::read(text) else { panic!("{text} was read") };
            assert!(told.contains(fault), "{text}: {told}");
        }
    }
}
