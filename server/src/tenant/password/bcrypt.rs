//! bcrypt: `$2b$COST$` and 53 characters, salt and hash. It knows the first 72 bytes of a password only (PWD-40).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

use super::encoding::Salt;
use super::same;
use crate::tenant::behaviour::{Behaviour, Switch};

/// Bytes of a password beyond which bcrypt does not look.
pub(in crate::tenant) const BCRYPT_LIMIT: usize = 72;

/// The most rounds that a hash may cost, as a power of two: some seconds.
const MOST: u32 = 16;

/// Some libraries leave bits in the last character that belong to no byte.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD.with_decode_allow_trailing_bits(true));

/// A hash of this family.
#[derive(Clone)]
pub(in crate::tenant) struct BcryptHash {
    cost: u32,
    own: [u8; 16],
    hash: [u8; 23],
    /// Hashed with the password besides; it counts towards the limit.
    extra: Salt,
}

impl BcryptHash {
    /// Reads a hash whose version is one of `versions`.
    pub(in crate::tenant) fn read(text: &str, versions: &[&str], extra: Salt) -> Result<Self, String> {
        let form = || format!("a bcrypt hash has 60 characters and begins with {}", versions.join(" or "));
        let version = versions.iter().find_map(|version| text.strip_prefix(version));
        let rest = version.filter(|_| text.len() == 60 && text.is_ascii()).ok_or_else(form)?;
        let (cost, rest) = rest.split_once('$').ok_or_else(form)?;
        let cost = cost.parse().ok().filter(|_| cost.len() == 2).ok_or_else(form)?;
        if !(4..=MOST).contains(&cost) {
            return Err(format!("a bcrypt hash costs 4 to {MOST}, not {cost}"));
        }
        let (own, hash) = rest.split_at(22);
        let bytes = |text: &str| BASE64.decode(text).ok();
        let own = bytes(own).and_then(|bytes| bytes.try_into().ok());
        let hash = bytes(hash).and_then(|bytes| bytes.try_into().ok());
        match (own, hash) {
            (Some(own), Some(hash)) => Ok(Self { cost, own, hash, extra }),
            _ => Err(form()),
        }
    }

    pub(super) fn fits(&self, password: &[u8], behaviour: &Behaviour) -> bool {
        let salted = behaviour.keeps(Switch::ImportedSalt);
        let mut bytes = if salted { self.extra.with(password) } else { password.to_vec() };
        if bytes.len() > BCRYPT_LIMIT && !behaviour.keeps(Switch::BcryptLimit) {
            return false;
        }
        // The text ends with a zero byte if there is room for one.
        bytes.push(0);
        bytes.truncate(BCRYPT_LIMIT);
        same(&bcrypt::bcrypt(self.cost, self.own, &bytes)[..23], &self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::behaviour::Preset;

    const VERSIONS: &[&str] = &["$2a$", "$2b$", "$2y$"];

    #[test]
    fn hashes_of_other_implementations() {
        let kept = Behaviour::preset(Preset::Auth0);
        // From the test vectors of jBCrypt and of Openwall's crypt_blowfish.
        for (password, text) in [
            ("", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."),
            ("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
            ("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"),
            ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
            (
                "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
                "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
            ),
        ] {
            let hash = BcryptHash::read(text, VERSIONS, Salt::default()).unwrap();
            assert!(hash.fits(password.as_bytes(), &kept), "{text}");
            assert!(!hash.fits(format!("x{password}").as_bytes(), &kept), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        for text in [
            "",
            "$2x$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
            "$2a$6$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe0",
            "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfx",
            "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVf!e",
            "$2a$03$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
            "$2a$17$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
        ] {
            assert!(BcryptHash::read(text, VERSIONS, Salt::default()).is_err(), "{text}");
        }
        let newer = "$2y$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe";
        assert!(BcryptHash::read(newer, &["$2a$", "$2b$"], Salt::default()).is_err());
    }
}
