//! The digests that imported hashes are made of, plain and keyed (RFC 1321, FIPS 180-4, RFC 2104).

use aws_lc_rs::{digest, hmac};
use md5::{Digest as _, Md5};

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tenant) enum Digest {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// Bytes of a block of MD5.
const MD5_BLOCK: usize = 64;

impl Digest {
    /// By its name in a tenant file.
    pub(in crate::tenant) fn named(name: &str) -> Option<Self> {
        match name {
            "md5" => Some(Self::Md5),
            "sha1" => Some(Self::Sha1),
            "sha224" => Some(Self::Sha224),
            "sha256" => Some(Self::Sha256),
            "sha384" => Some(Self::Sha384),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Bytes of its output.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Md5 => return Md5::digest(bytes).to_vec(),
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }

    /// HMAC.
    pub(super) fn keyed(self, key: &[u8], bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Md5 => return hmac_md5(key, bytes),
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => hmac::HMAC_SHA224,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), bytes).as_ref().to_vec()
    }
}

fn hmac_md5(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut block = if key.len() > MD5_BLOCK { Md5::digest(key).to_vec() } else { key.to_vec() };
    block.resize(MD5_BLOCK, 0);
    let padded = |with: u8| block.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = Md5::digest([padded(0x36).as_slice(), bytes].concat());
    Md5::digest([padded(0x5c).as_slice(), inner.as_slice()].concat()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::super::encoding::Encoding;
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        Encoding::Hex.decode(text).unwrap()
    }

    #[test]
    fn digests_of_abc() {
        // RFC 1321 A.5; FIPS 180-4 examples.
        for (digest, expected) in [
            (Digest::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Digest::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Digest::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (Digest::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            assert_eq!(digest.of(b"abc"), hex(expected));
            assert_eq!(digest.of(b"abc").len(), digest.len());
        }
        for digest in [Digest::Sha384, Digest::Sha512] {
            assert_eq!(digest.of(b"abc").len(), digest.len());
        }
    }

    #[test]
    fn hmac_of_the_rfcs() {
        // RFC 2202 test cases 2 and 6; RFC 4231 test case 2.
        let (key, text) = (b"Jefe", b"what do ya want for nothing?");
        assert_eq!(Digest::Md5.keyed(key, text), hex("750c783e6ab0b503eaa86e310a5db738"));
        assert_eq!(Digest::Sha1.keyed(key, text), hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
        assert_eq!(
            Digest::Sha256.keyed(key, text),
            hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        );
        let long = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(Digest::Md5.keyed(&[0xaa; 80], long), hex("6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"));
    }
}
