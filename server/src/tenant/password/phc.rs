//! The PHC string form, `$id$name=value,…$salt$hash`, of hashes that carry their own parameters.

use super::encoding::base64;

/// The parts of such a string without a version.
#[derive(Debug)]
pub(super) struct Phc<'a> {
    pub(super) id: &'a str,
    pub(super) parameters: Vec<(&'a str, u32)>,
    pub(super) salt: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl<'a> Phc<'a> {
    /// `None` if it is none.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let parts: Vec<&str> = text.strip_prefix('$')?.split('$').collect();
        let (id, listed, salt, hash) = match parts.as_slice() {
            [id, salt, hash] => (*id, "", *salt, *hash),
            [id, listed, salt, hash] => (*id, *listed, *salt, *hash),
            _ => return None,
        };
        let parameter = |one: &'a str| {
            let (name, value) = one.split_once('=')?;
            Some((name, value.parse().ok()?))
        };
        let listed = listed.split(',').filter(|one| !one.is_empty());
        let parameters: Option<Vec<_>> = listed.map(parameter).collect();
        let (salt, hash) = (base64(salt)?, base64(hash)?);
        (!hash.is_empty()).then_some(Self { id, parameters: parameters?, salt, hash })
    }

    /// The value of a parameter, if it is there.
    pub(super) fn parameter(&self, name: &str) -> Option<u32> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        let read = Phc::read("$pbkdf2-sha1$i=2,l=20$c2FsdA$AQI").unwrap();
        assert_eq!((read.id, read.parameter("i"), read.parameter("l")), ("pbkdf2-sha1", Some(2), Some(20)));
        assert_eq!((read.salt.as_slice(), read.hash.as_slice()), (&b"salt"[..], &[1, 2][..]));
        assert_eq!(Phc::read("$x$c2FsdA$AQI").unwrap().parameter("i"), None);
        for text in [
            "",
            "x$c2FsdA$AQI",
            "$x$i=2$c2FsdA",
            "$x$i=-2$c2FsdA$AQI",
            "$x$i$c2FsdA$AQI",
            "$x$c2FsdA$",
            "$x$*$AQI",
        ] {
            assert!(Phc::read(text).is_none(), "{text}");
        }
    }
}
