//! `userPassword` of a directory: `{SCHEME}Base64`, where a salted scheme has its salt after the digest (RFC 2307 §5.3).

use super::digest::Digest;
use super::encoding::{Salt, base64};
use super::same;
use crate::tenant::behaviour::{Behaviour, Switch};

/// A hash of this family.
#[derive(Clone)]
pub(in crate::tenant) struct LdapHash {
    digest: Digest,
    salt: Salt,
    hash: Vec<u8>,
}

impl LdapHash {
    /// Reads `{MD5}`, `{SMD5}`, `{SHA…}` or `{SSHA…}`; the scheme is compared without case.
    pub(in crate::tenant) fn read(text: &str) -> Result<Self, String> {
        let form = "an LDAP hash has the form `{SSHA256}` and Base64";
        let (scheme, value) = text.strip_prefix('{').and_then(|rest| rest.split_once('}')).ok_or(form)?;
        let scheme = scheme.to_ascii_lowercase();
        let (digest, salted) = match scheme.as_str() {
            "md5" => (Digest::Md5, false),
            "smd5" => (Digest::Md5, true),
            "sha" => (Digest::Sha1, false),
            "ssha" => (Digest::Sha1, true),
            "crypt" => {
                return Err("`{CRYPT}` is not read: its form depends on the system it came from".to_owned());
            }
            other => {
                let salted = other.starts_with("ssha");
                let name = other.strip_prefix('s').filter(|_| salted).unwrap_or(other);
                let digest = Digest::named(&name.replace('-', "")).filter(|digest| *digest != Digest::Md5);
                (digest.ok_or_else(|| format!("nobody knows the scheme `{{{scheme}}}`"))?, salted)
            }
        };
        let mut hash = base64(value).ok_or(form)?;
        if hash.len() < digest.len() || (hash.len() > digest.len()) != salted {
            let more = if salted { " and a salt" } else { "" };
            return Err(format!("the hash has {} bytes, its digest {}{more}", hash.len(), digest.len()));
        }
        let salt = Salt { bytes: hash.split_off(digest.len()), suffix: true };
        Ok(Self { digest, salt, hash })
    }

    pub(super) fn fits(&self, password: &[u8], behaviour: &Behaviour) -> bool {
        let salted = behaviour.keeps(Switch::ImportedSalt);
        let bytes = if salted { self.salt.with(password) } else { password.to_vec() };
        same(&self.digest.of(&bytes), &self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::behaviour::Preset;

    #[test]
    fn hashes_of_other_software() {
        let kept = Behaviour::preset(Preset::Auth0);
        // Made by Python's hashlib.
        for text in [
            "{MD5}X03MO1qnZdYdgyfeuILPmQ==",
            "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
            "{sha256}XohImNooBHFR0OVvjcYpJ3NgPQ1qq73WKhHvch0VQtg=",
            "{SHA-256}XohImNooBHFR0OVvjcYpJ3NgPQ1qq73WKhHvch0VQtg=",
        ] {
            let hash = LdapHash::read(text).unwrap();
            assert!(hash.fits(b"password", &kept), "{text}");
            assert!(!hash.fits(b"Password", &kept), "{text}");
        }
    }

    #[test]
    fn a_salted_scheme_has_its_salt_at_the_end() {
        let kept = Behaviour::preset(Preset::Auth0);
        let digest = Digest::Sha512.of(b"passwordsalty");
        let text = {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.encode([digest.as_slice(), b"salty"].concat())
        };
        assert!(LdapHash::read(&format!("{{SSHA512}}{text}")).unwrap().fits(b"password", &kept));
        assert!(LdapHash::read(&format!("{{SHA512}}{text}")).is_err());
        assert!(LdapHash::read("{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=").is_err());
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        for (text, fault) in [
            ("X03MO1qnZdYdgyfeuILPmQ==", "form"),
            ("{CRYPT}$1$x$y", "CRYPT"),
            ("{MD4}X03MO1qnZdYdgyfeuILPmQ==", "nobody knows"),
            ("{SMD4}X03MO1qnZdYdgyfeuILPmQ==", "nobody knows"),
            ("{MD5}*", "form"),
            ("{MD5}X03M", "bytes"),
        ] {
            let Err(told) = LdapHash::read(text) else { panic!("{text} was read") };
            assert!(told.contains(fault), "{text}: {told}");
        }
    }
}
