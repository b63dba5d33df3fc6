//! The tenant's private key: parsed once, held, never printed.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaParameters, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// An RSA key and the one way in which it signs.
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) padding: Padding,
    pair: KeyPair,
    /// Base64url without padding (DSC-10).
    pub(crate) n: String,
    /// The same for the exponent.
    pub(crate) e: String,
    /// The certificate: Base64, and its SHA-1 in Base64url (DSC-07).
    pub(crate) x5c: String,
    pub(crate) x5t: String,
}

/// How it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    /// RS256
    Pkcs1,
    /// PS256
    Pss,
}

impl Padding {
    /// The algorithm's name in a token's header and in the key set.
    pub(crate) fn alg(self) -> &'static str {
        match self {
            Self::Pkcs1 => "RS256",
            Self::Pss => "PS256",
        }
    }

    fn signs(self) -> &'static dyn RsaEncoding {
        match self {
            Self::Pkcs1 => &RSA_PKCS1_SHA256,
            Self::Pss => &RSA_PSS_SHA256,
        }
    }

    fn verifies(self) -> &'static RsaParameters {
        match self {
            Self::Pkcs1 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Pss => &RSA_PSS_2048_8192_SHA256,
        }
    }
}

impl SigningKey {
    /// Reads a PKCS#8 key and its certificate in PEM.
    ///
    /// # Errors
    /// A fragment that says what the text is not.
    pub(crate) fn from_pem(
        kid: &str,
        padding: Padding,
        pem: &str,
        certificate: &str,
    ) -> Result<Self, String> {
        let decoded = |pem: &str| STANDARD.decode(body(pem)).map_err(|_| "not a PEM file".to_owned());
        let (der, certified) = (decoded(pem)?, decoded(certificate)?);
        let pair = KeyPair::from_pkcs8(&der).map_err(|fault| format!("not an RSA key in PKCS#8: {fault}"))?;
        if pair.public_modulus_len() < 256 {
            return Err("an RSA key of less than 2048 bits".to_owned());
        }
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let n = encoded(pair.public_key().modulus().big_endian_without_leading_zero());
        let e = encoded(pair.public_key().exponent().big_endian_without_leading_zero());
        let x5t = encoded(digest(&SHA1_FOR_LEGACY_USE_ONLY, &certified).as_ref());
        Ok(Self { kid: kid.to_owned(), padding, pair, n, e, x5c: body(certificate), x5t })
    }

    /// The key of a padding that ships with the server; everybody knows it.
    pub(crate) fn shipped(padding: Padding) -> Arc<Self> {
        static PKCS1: OnceLock<Arc<SigningKey>> = OnceLock::new();
        static PSS: OnceLock<Arc<SigningKey>> = OnceLock::new();
        let (place, kid) = match padding {
            Padding::Pkcs1 => (&PKCS1, "insecure-test-rs256"),
            Padding::Pss => (&PSS, "insecure-test-ps256"),
        };
        let parse = || {
            let file = |end: &str| {
                let name = format!("keys/{kid}{end}");
                ropg_fixtures::file(&name).expect("the test keys ship with the server")
            };
            let key = Self::from_pem(kid, padding, file(".pem"), file(".crt.pem"));
            Arc::new(key.expect("the shipped keys are some"))
        };
        Arc::clone(place.get_or_init(parse))
    }

    /// A signature over `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(self.padding.signs(), &SystemRandom::new(), message, &mut signature)
            .expect("a key that was accepted signs");
        signature
    }

    /// Whether `signature` over `message` was made with this key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(der) = self.pair.public_key().as_der() else { return false };
        UnparsedPublicKey::new(self.padding.verifies(), der.as_ref()).verify(message, signature).is_ok()
    }
}

/// What stands between the lines of dashes.
fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect()
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.kid)
    }
}
