//! `md5`, `sha1`, `sha256`, `sha512` and `hmac`: a digest of password and salt, keyed or not.

use super::digest::Digest;
use super::encoding::Salt;
use super::same;
use crate::tenant::behaviour::{Behaviour, Switch};

/// A hash of this family.
#[derive(Clone)]
pub(in crate::tenant) struct DigestedHash {
    digest: Digest,
    key: Option<Vec<u8>>,
    salt: Salt,
    hash: Vec<u8>,
}

impl DigestedHash {
    /// A hash whose length must be the digest's.
    pub(in crate::tenant) fn new(
        digest: Digest,
        key: Option<Vec<u8>>,
        salt: Salt,
        hash: Vec<u8>,
    ) -> Result<Self, String> {
        if hash.len() == digest.len() {
            return Ok(Self { digest, key, salt, hash });
        }
        Err(format!("the hash has {} bytes, its digest {}", hash.len(), digest.len()))
    }

    pub(super) fn fits(&self, password: &[u8], behaviour: &Behaviour) -> bool {
        let bytes = salted(&self.salt, password, behaviour);
        let hash = match &self.key {
            Some(key) => self.digest.keyed(key, &bytes),
            None => self.digest.of(&bytes),
        };
        same(&hash, &self.hash)
    }
}

/// What was hashed.
pub(super) fn salted(salt: &Salt, password: &[u8], behaviour: &Behaviour) -> Vec<u8> {
    if !behaviour.keeps(Switch::ImportedSalt) {
        return password.to_vec();
    }
    if !behaviour.keeps(Switch::ImportedSaltPlace) {
        return Salt { suffix: false, ..salt.clone() }.with(password);
    }
    salt.with(password)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::behaviour::Preset;

    #[test]
    fn salt_and_key_take_part() {
        let kept = Behaviour::preset(Preset::Auth0);
        let salt = |suffix| Salt { bytes: b"ab".to_vec(), suffix };
        let hash = Digest::Sha256.of(b"abc");
        let before = DigestedHash::new(Digest::Sha256, None, salt(false), hash.clone()).unwrap();
        assert!(before.fits(b"c", &kept));
        assert!(!before.fits(b"abc", &kept));
        let after = DigestedHash::new(Digest::Sha256, None, salt(true), Digest::Sha256.of(b"cab")).unwrap();
        assert!(after.fits(b"c", &kept));
        let keyed = Digest::Sha256.keyed(b"key", b"cab");
        let keyed = DigestedHash::new(Digest::Sha256, Some(b"key".to_vec()), salt(true), keyed).unwrap();
        assert!(keyed.fits(b"c", &kept));
        assert!(DigestedHash::new(Digest::Sha512, None, Salt::default(), hash).is_err());
    }
}
