//! How bytes are written in a tenant file, and how another system wrote passwords as bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// How a hash, a salt or a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tenant) enum Encoding {
    Hex,
    Base64,
    Utf8,
}

impl Encoding {
    pub(in crate::tenant) fn named(name: &str) -> Option<Self> {
        match name {
            "hex" => Some(Self::Hex),
            "base64" => Some(Self::Base64),
            "utf8" => Some(Self::Utf8),
            _ => None,
        }
    }

    /// The bytes; hex in either case, Base64 in either alphabet, with or without padding.
    pub(in crate::tenant) fn decode(self, text: &str) -> Result<Vec<u8>, &'static str> {
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::Hex => hex(text).ok_or("the value is not hexadecimal"),
            Self::Base64 => base64(text).ok_or("the value is not Base64"),
        }
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let standard = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    STANDARD_NO_PAD.decode(standard).ok()
}

/// How passwords become bytes before they are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tenant) enum PasswordEncoding {
    Utf8,
    /// One byte a character: `latin1`; its other names are `binary` and, in the importing service, `ascii`.
    Latin1,
    /// Two bytes a character, the lower first: `utf16le`; its other name is `ucs2`.
    Utf16Le,
}

impl PasswordEncoding {
    pub(in crate::tenant) fn named(name: &str) -> Option<Self> {
        match name {
            "utf8" => Some(Self::Utf8),
            "ascii" | "latin1" | "binary" => Some(Self::Latin1),
            "utf16le" | "ucs2" => Some(Self::Utf16Le),
            _ => None,
        }
    }

    /// `None` for a password that cannot be written so. Software that writes the lower half of each character instead
    /// takes different passwords for one.
    pub(super) fn bytes(self, password: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(password.as_bytes().to_vec()),
            Self::Latin1 => password.chars().map(|c| u8::try_from(c).ok()).collect(),
            Self::Utf16Le => Some(password.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        }
    }
}

/// Bytes that were hashed with the password.
#[derive(Clone, Debug, Default)]
pub(in crate::tenant) struct Salt {
    pub(in crate::tenant) bytes: Vec<u8>,
    /// After the password rather than before it.
    pub(in crate::tenant) suffix: bool,
}

impl Salt {
    /// What was hashed.
    pub(super) fn with(&self, password: &[u8]) -> Vec<u8> {
        if self.suffix { [password, &self.bytes].concat() } else { [&self.bytes, password].concat() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_in_every_spelling() {
        let bytes = vec![0xfb, 0xef, 0xff, 0x01];
        for text in ["fbefff01", "FBEFFF01", "FbEfFf01"] {
            assert_eq!(Encoding::Hex.decode(text), Ok(bytes.clone()));
        }
        for text in ["++//AQ==", "++//AQ", "--__AQ", "--__AQ=="] {
            assert_eq!(Encoding::Base64.decode(text), Ok(bytes.clone()));
        }
        for text in ["fbefff0", "fg", "ü0", "0x"] {
            assert!(Encoding::Hex.decode(text).is_err(), "{text}");
        }
        for text in ["a", "a b=", "++//AQ==x"] {
            assert!(Encoding::Base64.decode(text).is_err(), "{text}");
        }
        assert_eq!(Encoding::Utf8.decode("ü"), Ok(vec![0xc3, 0xbc]));
    }

    #[test]
    fn passwords_are_written_as_the_other_system_wrote_them() {
        assert_eq!(PasswordEncoding::Latin1.bytes("pä"), Some(vec![b'p', 0xe4]));
        assert_eq!(PasswordEncoding::Latin1.bytes("ł"), None);
        assert_eq!(PasswordEncoding::Utf16Le.bytes("p🐴"), Some(vec![b'p', 0, 0x3d, 0xd8, 0x34, 0xdc]));
    }
}
