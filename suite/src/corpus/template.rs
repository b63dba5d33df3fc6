//! Text with `{{ name.path | filter }}` in it: the only string syntax of a case.

/// A parsed template.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Upper case (ASCII).
    Upper,
}
