//! The public keys by which a client proves who it is (`private_key_jwt`): parsed once at load, never per request.

use std::fmt;

use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

/// How many a client may have (CLI-18).
pub(crate) const MOST: usize = 2;

/// A public key of a client.
#[derive(Clone)]
pub(crate) struct Credential {
    /// An assertion that names a key is verified by that one alone; a key without a name serves whatever is named.
    pub(crate) kid: Option<String>,
    /// The one algorithm that the key serves (CLI-16).
    pub(crate) alg: AssertionAlg,
    /// From this instant on it no longer authenticates (CLI-18).
    pub(crate) expires_at: Option<Timestamp>,
    key: ParsedPublicKey,
}

/// The algorithms that an assertion may be signed with (CLI-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AssertionAlg {
    Rs256,
    Rs384,
    Ps256,
}

impl AssertionAlg {
    /// All of them, in the order of the metadata (DSC-05).
    pub(crate) const ALL: [Self; 3] = [Self::Rs256, Self::Rs384, Self::Ps256];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Ps256 => "PS256",
        }
    }

    pub(crate) fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.name() == name)
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
        }
    }
}

impl Credential {
    /// Reads a public RSA key in PEM: `PUBLIC KEY` (SPKI) or `RSA PUBLIC KEY` (PKCS#1).
    ///
    /// # Errors
    /// A fragment that says what the text is not.
    pub(crate) fn from_pem(
        pem: &str,
        alg: AssertionAlg,
        kid: Option<String>,
        expires_at: Option<Timestamp>,
    ) -> Result<Self, String> {
        if pem.contains("PRIVATE KEY") {
            return Err(
                "a private key: give the public half, the private one stays with the client".to_owned()
            );
        }
        if pem.contains("BEGIN CERTIFICATE") {
            return Err("a certificate: give the public key in it (`openssl x509 -pubkey -noout`)".to_owned());
        }
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
        let der = STANDARD.decode(body).ok().filter(|der| !der.is_empty());
        let der = der.ok_or_else(|| "not a public key in PEM".to_owned())?;
        let key = ParsedPublicKey::new(alg.verification(), &der)
            .map_err(|_| "not a public RSA key of 2048 to 8192 bits".to_owned())?;
        Ok(Self { kid, alg, expires_at, key })
    }

    /// Whether `signature` over `message` was made with the private half by `alg`, which is the credential's own unless a
    /// deviation lets in others.
    pub(crate) fn verify(&self, alg: AssertionAlg, message: &[u8], signature: &[u8]) -> bool {
        if alg == self.alg {
            return self.key.verify_sig(message, signature).is_ok();
        }
        UnparsedPublicKey::new(alg.verification(), &self.key).verify(message, signature).is_ok()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({} {})", self.kid.as_deref().unwrap_or("unnamed"), self.alg.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pem: &str) -> Result<Credential, String> {
        Credential::from_pem(pem, AssertionAlg::Rs256, None, None)
    }

    fn shipped(name: &str) -> &'static str {
        ropg_fixtures::file(name).expect("the test keys ship")
    }

    #[test]
    fn what_is_no_public_key_is_told_apart() {
        assert!(read(shipped("keys/insecure-test-client-a.pub.pem")).is_ok());
        for (name, word) in [
            ("keys/insecure-test-client-a.pem", "private"),
            ("keys/insecure-test-rs256.crt.pem", "certificate"),
        ] {
            assert!(read(shipped(name)).is_err_and(|fault| fault.contains(word)), "{name}");
        }
        for text in ["", "nonsense", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
