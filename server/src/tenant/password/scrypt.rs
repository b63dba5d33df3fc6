//! scrypt (RFC 7914), with its parameters beside the hash.

use scrypt::Params;

use super::encoding::Salt;
use super::same;
use crate::tenant::behaviour::{Behaviour, Switch};

/// A hash of this family.
#[derive(Clone)]
pub(in crate::tenant) struct ScryptHash {
    params: Params,
    salt: Salt,
    hash: Vec<u8>,
}

/// The most that a hash may cost: bytes of memory, bytes mixed, bytes of output.
const MOST: (u64, u64, u64) = (1 << 30, 1 << 32, 1024);

impl ScryptHash {
    /// A hash and what it was made with: its length, N, r and p.
    pub(in crate::tenant) fn new(
        hash: Vec<u8>,
        salt: Salt,
        length: u64,
        [cost, block_size, parallelization]: [u64; 3],
    ) -> Result<Self, String> {
        if hash.len() as u64 != length {
            return Err(format!("the hash has {} bytes, `keylen` says {length}", hash.len()));
        }
        if cost < 2 || !cost.is_power_of_two() {
            return Err(format!("the `cost` of scrypt is a power of two, not {cost}"));
        }
        let memory = block_size.checked_mul(128).and_then(|block| block.checked_mul(cost));
        let mixed = memory.and_then(|memory| memory.checked_mul(parallelization));
        let bearable = memory.is_some_and(|memory| memory <= MOST.0)
            && mixed.is_some_and(|mixed| mixed <= MOST.1)
            && (1..=MOST.2).contains(&length);
        let whole = |number: u64| u32::try_from(number).ok().filter(|_| bearable);
        let log = u8::try_from(cost.trailing_zeros()).ok();
        let params = match (log, whole(block_size), whole(parallelization)) {
            (Some(log), Some(r), Some(p)) => Params::new(log, r, p).ok(),
            _ => None,
        };
        let params =
            params.ok_or("the scrypt hash costs more than 1 GiB, or its parameters are not valid")?;
        Ok(Self { params, salt, hash })
    }

    pub(super) fn fits(&self, password: &[u8], behaviour: &Behaviour) -> bool {
        let salted = behaviour.keeps(Switch::ImportedSalt);
        let salt = if salted { self.salt.bytes.as_slice() } else { &[] };
        let mut hash = vec![0; self.hash.len()];
        let done = scrypt::scrypt(password, salt, &self.params, &mut hash);
        done.is_ok() && same(&hash, &self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::super::encoding::Encoding;
    use super::*;
    use crate::tenant::behaviour::Preset;

    fn salt(text: &str) -> Salt {
        Salt { bytes: text.as_bytes().to_vec(), suffix: false }
    }

    #[test]
    fn vectors_of_the_rfc() {
        let kept = Behaviour::preset(Preset::Auth0);
        // RFC 7914 section 12.
        for (password, salted, cost, expected) in [
            (
                "",
                "",
                [16, 1, 1],
                "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906",
            ),
            (
                "password",
                "NaCl",
                [1024, 8, 16],
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
            ),
        ] {
            let hash = Encoding::Hex.decode(expected).unwrap();
            let read = ScryptHash::new(hash, salt(salted), 64, cost).unwrap();
            assert!(read.fits(password.as_bytes(), &kept));
            assert!(!read.fits(b"Password", &kept));
        }
    }

    #[test]
    fn what_costs_too_much_or_cannot_be_is_refused() {
        let hash = || vec![0; 8];
        for cost in [
            [0, 8, 1],
            [1, 8, 1],
            [3, 8, 1],
            [16, 0, 1],
            [16, 8, 0],
            [1 << 21, 8, 1],
            [1 << 20, 8, 5],
            [1 << 63, 8, 1],
            [16, 1 << 40, 1],
            [16, 8, 1 << 40],
        ] {
            assert!(ScryptHash::new(hash(), Salt::default(), 8, cost).is_err(), "{cost:?}");
        }
        assert!(ScryptHash::new(hash(), Salt::default(), 64, [16, 8, 1]).is_err());
        assert!(ScryptHash::new(Vec::new(), Salt::default(), 0, [16, 8, 1]).is_err());
        assert!(ScryptHash::new(hash(), Salt::default(), 8, [16, 8, 1]).is_ok());
    }
}
