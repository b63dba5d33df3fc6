//! Text with `{{ name.path | filter }}` in it: the only string syntax of a case.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::pem::public_key;

/// A parsed template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text as it stands.
    Literal(String),
    /// `{{ alice.username | urlenc }}`
    Reference {
        /// `["alice", "username"]`
        path: Vec<String>,
        /// Filters in order.
        filters: Vec<Filter>,
    },
}

/// The closed list of filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Base64url without padding.
    B64Url,
    /// Standard Base64 with padding (for Basic headers written by hand).
    B64,
    /// Percent-encoding of everything but unreserved characters.
    UrlEnc,
    /// Percent-encoding of every byte, the unreserved too.
    Percent,
    /// Upper case (ASCII).
    Upper,
    /// What an ID token says of the access token beside it: the left half of its SHA-256 in Base64url (OpenID Connect Core
    /// §3.1.3.6, for algorithms of 256 bits).
    AtHash,
    /// An RSA key of a key set as the PEM text of a public key; anything else stays as it is.
    Pem,
}

impl Template {
    /// Parses `text`.
    ///
    /// # Errors
    /// What is wrong, as a lower-case fragment: an open brace, an empty path, an unknown filter.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            if start > 0 {
                parts.push(Part::Literal(rest[..start].to_owned()));
            }
            let inside = &rest[start + 2..];
            let end = inside.find("}}").ok_or_else(|| format!("`{{{{` without `}}}}` in `{text}`"))?;
            parts.push(reference(inside[..end].trim())?);
            rest = &inside[end + 2..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// The paths that it refers to.
    pub fn references(&self) -> impl Iterator<Item = &[String]> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reference { path, .. } => Some(path.as_slice()),
            Part::Literal(_) => None,
        })
    }

    /// The path, if the whole template is one reference without filters: then the value keeps its type.
    #[must_use]
    pub fn alone(&self) -> Option<&[String]> {
        match self.parts.as_slice() {
            [Part::Reference { path, filters }] if filters.is_empty() => Some(path),
            _ => None,
        }
    }
}

impl std::fmt::Display for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in &self.parts {
            match part {
                Part::Literal(text) => f.write_str(text)?,
                Part::Reference { path, filters } => {
                    write!(f, "{{{{ {}", path.join("."))?;
                    for filter in filters {
                        write!(f, " | {}", filter.word())?;
                    }
                    f.write_str(" }}")?;
                }
            }
        }
        Ok(())
    }
}

fn reference(inside: &str) -> Result<Part, String> {
    let mut pieces = inside.split('|').map(str::trim);
    let path: Vec<String> = pieces.next().unwrap_or_default().split('.').map(str::to_owned).collect();
    if path.iter().any(|name| name.is_empty() || name.contains(char::is_whitespace)) {
        return Err(format!("`{{{{ {inside} }}}}` names nothing"));
    }
    let filters = pieces.map(|word| {
        let known = Filter::ALL.into_iter().find(|filter| filter.word() == word);
        known.ok_or_else(|| {
            format!("unknown filter `{word}`: b64, b64url, urlenc, percent, upper, at_hash, pem")
        })
    });
    Ok(Part::Reference { path, filters: filters.collect::<Result<_, _>>()? })
}

impl Filter {
    /// All filters.
    pub const ALL: [Self; 7] =
        [Self::B64, Self::B64Url, Self::UrlEnc, Self::Percent, Self::Upper, Self::AtHash, Self::Pem];

    /// Its word in a template.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::B64 => "b64",
            Self::B64Url => "b64url",
            Self::UrlEnc => "urlenc",
            Self::Percent => "percent",
            Self::Upper => "upper",
            Self::AtHash => "at_hash",
            Self::Pem => "pem",
        }
    }

    /// The filtered text.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        match self {
            Self::B64 => STANDARD.encode(text),
            Self::B64Url => URL_SAFE_NO_PAD.encode(text),
            Self::UrlEnc => {
                percent_encoded(text, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
            }
            Self::Percent => percent_encoded(text, |_| false),
            Self::Upper => text.to_ascii_uppercase(),
            Self::Pem => public_key(text).unwrap_or_else(|| text.to_owned()),
            Self::AtHash => URL_SAFE_NO_PAD.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..16]),
        }
    }
}

fn percent_encoded(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_literals_and_references() {
        let template = Template::parse("Basic {{ web.id | urlenc | b64 }}!").unwrap();
        assert_eq!(template.parts.len(), 3);
        assert_eq!(template.to_string(), "Basic {{ web.id | urlenc | b64 }}!");
        assert_eq!(
            Template::parse("{{ row.x }}").unwrap().alone(),
            Some(&["row".to_owned(), "x".to_owned()][..])
        );
    }

    #[test]
    fn a_broken_template_says_why() {
        for text in ["{{ a", "{{ }}", "{{ a b }}", "{{ a. }}", "{{ a | rot13 }}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn at_hash_is_half_a_digest() {
        // The access token and hash of OpenID Connect Core, appendix A.3.
        assert_eq!(
            Filter::AtHash.apply("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }

    #[test]
    fn percent_encoding_leaves_only_the_unreserved() {
        assert_eq!(Filter::UrlEnc.apply("ä b+c~"), "%C3%A4%20b%2Bc~");
        assert_eq!(Filter::Percent.apply("ä b"), "%C3%A4%20%62");
    }
}
