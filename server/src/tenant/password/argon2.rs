//! argon2, of its three kinds, in PHC form (RFC 9106); the hashes that are made here are of this family.

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::digest::{SHA256, digest};

use super::same;

/// A hash of this family.
#[derive(Clone)]
pub(in crate::tenant) struct Argon2Hash {
    hasher: Argon2<'static>,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

/// The cost of a password that is given in plain text, in KiB, passes and lanes: a true argon2id hash that costs
/// microseconds. Who wants another cost imports a hash.
const CHEAP: (u32, u32, u32) = (8, 1, 1);

/// Bytes of the hashes that are made here.
const LENGTH: usize = 32;

/// The most that a hash may cost, in KiB and passes.
const MOST: (u32, u32) = (1 << 20, 100);

impl Argon2Hash {
    /// Reads the PHC form.
    pub(in crate::tenant) fn read(text: &str) -> Result<Self, String> {
        let form = "an argon2 hash has the form `$argon2id$v=19$m=…,t=…,p=…$salt$hash`";
        let read = phc::PasswordHash::new(text).map_err(|_| form)?;
        let algorithm = Algorithm::try_from(read.algorithm.as_str()).map_err(|_| form)?;
        let parameters = "the parameters of the argon2 hash are not valid";
        let version = read.version.map_or(Ok(Version::V0x13), Version::try_from).map_err(|_| parameters)?;
        let params = Params::try_from(&read).map_err(|_| parameters)?;
        if params.m_cost() > MOST.0 || params.t_cost() > MOST.1 {
            return Err("the argon2 hash costs more than 1 GiB or 100 passes".to_owned());
        }
        match (read.salt, read.hash) {
            (Some(salt), Some(hash)) => Ok(Self {
                hasher: Argon2::new(algorithm, version, params),
                salt: salt.as_ref().to_vec(),
                hash: hash.as_bytes().to_vec(),
            }),
            _ => Err("the argon2 hash lacks its salt or the hash itself".to_owned()),
        }
    }

    /// The cheap hash of a password, salted by whose it is.
    pub(super) fn of(whose: &str, password: &[u8]) -> Self {
        let salt = digest(&SHA256, whose.as_bytes()).as_ref()[..16].to_vec();
        let mut made = Self { hasher: cheap(), salt, hash: vec![0; LENGTH] };
        made.hash = made.hashed(password);
        made
    }

    /// A cheap hash whose password nobody knows.
    pub(super) fn nobodys() -> Self {
        Self { hasher: cheap(), salt: b"nobody's salt".to_vec(), hash: vec![0; LENGTH] }
    }

    pub(super) fn fits(&self, password: &[u8]) -> bool {
        same(&self.hashed(password), &self.hash)
    }

    fn hashed(&self, password: &[u8]) -> Vec<u8> {
        let mut hash = vec![0; self.hash.len()];
        let done = self.hasher.hash_password_into(password, &self.salt, &mut hash);
        // It fails for lengths that no password has, and for parameters that `read` has refused.
        if done.is_ok() { hash } else { Vec::new() }
    }

    #[cfg(test)]
    pub(super) fn cost(&self) -> (u32, u32, u32) {
        let params = self.hasher.params();
        (params.m_cost(), params.t_cost(), params.p_cost())
    }
}

fn cheap() -> Argon2<'static> {
    let (memory, passes, lanes) = CHEAP;
    let params = Params::new(memory, passes, lanes, None).expect("the cheapest cost is a valid one");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_the_reference_implementation() {
        // From its `test.c`.
        for text in [
            "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        ] {
            let hash = Argon2Hash::read(text).unwrap();
            assert!(hash.fits(b"password"), "{text}");
            assert!(!hash.fits(b"Password"), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        for (text, fault) in [
            ("", "form"),
            ("$argon2id$v=19$m=8,t=1,p=1$bm9ib2R5J3Mgc2FsdA", "lacks"),
            (
                "$argon3$v=19$m=8,t=1,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "form",
            ),
            (
                "$argon2id$v=19$m=1,t=1,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "parameters",
            ),
            (
                "$argon2id$v=19$m=2097152,t=1,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "1 GiB",
            ),
        ] {
            let Err(told) = Argon2Hash::read(text) else { panic!("{text} was read") };
            assert!(told.contains(fault), "{text}: {told}");
        }
    }
}
