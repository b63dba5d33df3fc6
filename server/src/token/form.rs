//! `application/x-www-form-urlencoded`, strictly: repeats are kept for who counts them, and what cannot be decoded is an
//! error instead of U+FFFD (TOK-03, TOK-05).

/// Why a form cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undecodable {
    /// `%` without two hexadecimal digits.
    Percent,
    /// Bytes that are not UTF-8.
    Utf8,
}

/// The pairs of a form in order.
pub(super) fn pairs(body: &[u8]) -> Result<Vec<(String, String)>, Undecodable> {
    body.split(|&byte| byte == b'&').filter(|piece| !piece.is_empty()).map(pair).collect()
}

/// The same, but broken encoding is taken as it stands: for a deviation.
pub(super) fn lenient_pairs(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// Decodes one name, value or half of a Basic header.
pub(super) fn decode(text: &[u8]) -> Result<String, Undecodable> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|&byte| char::from(byte).to_digit(16));
                let (high, low) = (digit(), digit());
                match (high, low) {
                    (Some(high), Some(low)) => u8::try_from(high * 16 + low).unwrap_or_default(),
                    _ => return Err(Undecodable::Percent),
                }
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| Undecodable::Utf8)
}

fn pair(piece: &[u8]) -> Result<(String, String), Undecodable> {
    let middle = piece.iter().position(|&byte| byte == b'=');
    let (name, value) = match middle {
        Some(at) => (&piece[..at], &piece[at + 1..]),
        None => (piece, &piece[piece.len()..]),
    };
    Ok((decode(name)?, decode(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn plus_percent_and_repeats() {
        let read = pairs(b"a=b+c&&a=%2B%C3%A9&x").unwrap();
        assert_eq!(read, [owned("a", "b c"), owned("a", "+é"), owned("x", "")]);
    }

    #[test]
    fn what_cannot_be_decoded() {
        assert_eq!(pairs(b"a=%4"), Err(Undecodable::Percent));
        assert_eq!(pairs(b"a=%zz"), Err(Undecodable::Percent));
        assert_eq!(pairs(b"a=%ff"), Err(Undecodable::Utf8));
    }
}
