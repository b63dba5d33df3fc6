//! What a password is compared with: a hash made here of a plain password, or one that another system made and that was
//! imported with its user (PWD-38…PWD-40). One file for each family of algorithms.
//!
//! A hash is read once, when its tenant is loaded: a request meets parsed parameters only, at a cost that was found
//! bearable. Comparisons take the same time whichever byte differs.

mod encoding;
mod digest;
mod phc;
mod argon2;
mod bcrypt;
mod digested;
mod ldap;
mod pbkdf2;
mod scrypt;

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;

pub(in crate::tenant) use self::argon2::Argon2Hash;
pub(in crate::tenant) use self::bcrypt::{BCRYPT_LIMIT, BcryptHash};
pub(in crate::tenant) use self::digest::Digest;
pub(in crate::tenant) use self::digested::DigestedHash;
pub(in crate::tenant) use self::encoding::{Encoding, PasswordEncoding, Salt};
pub(in crate::tenant) use self::ldap::LdapHash;
pub(in crate::tenant) use self::pbkdf2::Pbkdf2Hash;
pub(in crate::tenant) use self::scrypt::ScryptHash;

use super::behaviour::{Behaviour, BeyondMaximum, Switch};

/// What a right password fits. Prints as `…`.
#[derive(Clone)]
pub(crate) struct PasswordHash {
    algorithm: Algorithm,
    /// How the other system wrote passwords as bytes.
    encoding: PasswordEncoding,
    /// Of a plain password longer than [`BCRYPT_LIMIT`]: the hash of its beginning, for tenants that compare no more.
    beginning: Option<Argon2Hash>,
}

/// The families.
#[derive(Clone)]
pub(in crate::tenant) enum Algorithm {
    Argon2(Argon2Hash),
    Bcrypt(BcryptHash),
    Digested(DigestedHash),
    Ldap(LdapHash),
    Pbkdf2(Pbkdf2Hash),
    Scrypt(ScryptHash),
}

impl PasswordHash {
    /// The hash of a password that is known: cheap argon2id, salted by whose it is, so that the same file gives the same
    /// tenant.
    pub(in crate::tenant) fn of(whose: &str, password: &str) -> Self {
        let bytes = password.as_bytes();
        let beginning = bytes.get(..BCRYPT_LIMIT).filter(|_| bytes.len() > BCRYPT_LIMIT);
        Self {
            algorithm: Algorithm::Argon2(Argon2Hash::of(whose, bytes)),
            encoding: PasswordEncoding::Utf8,
            beginning: beginning.map(|beginning| Argon2Hash::of(whose, beginning)),
        }
    }

    /// One that another system made.
    pub(in crate::tenant) fn imported(algorithm: Algorithm, encoding: PasswordEncoding) -> Self {
        Self { algorithm, encoding, beginning: None }
    }

    /// A hash at the cost of [`PasswordHash::of`] that no password fits: an unknown user is verified against it.
    pub(crate) fn nobodys() -> Self {
        let algorithm = Algorithm::Argon2(Argon2Hash::nobodys());
        Self { algorithm, encoding: PasswordEncoding::Utf8, beginning: None }
    }

    /// Whether `password` is the one, exactly: nothing is trimmed, folded or normalised (PWD-12); by the tenant's choice
    /// it is compared whole, or as far as its beginning goes (PWD-13).
    pub(crate) fn fits(&self, password: &str, behaviour: &Behaviour) -> bool {
        let encoding =
            if behaviour.keeps(Switch::ImportedEncoding) { self.encoding } else { PasswordEncoding::Utf8 };
        // What the encoding cannot write fits nothing, at the same cost.
        let written = encoding.bytes(password);
        let bytes = written.as_deref().unwrap_or_default();
        let truncated = behaviour.choices.beyond_maximum == BeyondMaximum::Truncated;
        let fits = match bytes.get(..BCRYPT_LIMIT).filter(|_| truncated) {
            Some(cut) => match &self.beginning {
                Some(beginning) => beginning.fits(cut),
                None => self.algorithm.fits(cut, behaviour),
            },
            None => self.algorithm.fits(bytes, behaviour),
        };
        fits && written.is_some()
    }
}

impl Algorithm {
    fn fits(&self, password: &[u8], behaviour: &Behaviour) -> bool {
        match self {
            Self::Argon2(hash) => hash.fits(password),
            Self::Bcrypt(hash) => hash.fits(password, behaviour),
            Self::Digested(hash) => hash.fits(password, behaviour),
            Self::Ldap(hash) => hash.fits(password, behaviour),
            Self::Pbkdf2(hash) => hash.fits(password),
            Self::Scrypt(hash) => hash.fits(password, behaviour),
        }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// In the same time wherever they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::behaviour::Preset;
    use super::*;

    #[test]
    fn nobody_fits_nobodys_hash_at_the_cost_of_a_verification() {
        let kept = Behaviour::preset(Preset::Auth0);
        assert!(!PasswordHash::nobodys().fits("x", &kept));
        assert_eq!(Argon2Hash::nobodys().cost(), Argon2Hash::of("somebody", b"x").cost());
    }

    #[test]
    fn a_long_password_is_compared_whole_or_by_its_beginning() {
        let long = "x".repeat(BCRYPT_LIMIT) + "yz";
        let hash = PasswordHash::of("somebody", &long);
        let mut behaviour = Behaviour::preset(Preset::Auth0);
        assert!(hash.fits(&long, &behaviour));
        assert!(!hash.fits(&long[..BCRYPT_LIMIT + 1], &behaviour));
        behaviour.set("password.beyond_maximum", "truncated").unwrap();
        assert!(hash.fits(&long, &behaviour));
        assert!(hash.fits(&long[..BCRYPT_LIMIT], &behaviour));
        assert!(!hash.fits(&long[..BCRYPT_LIMIT - 1], &behaviour));
    }
}
