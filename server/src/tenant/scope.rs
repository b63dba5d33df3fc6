//! A set of scopes that remembers its order (SCP-13).

/// Scopes: each once, compared with case, in the order in which they are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// Reads a space-separated list.
    pub(crate) fn read(text: &str) -> Self {
        text.split(' ').filter(|scope| !scope.is_empty()).collect()
    }

    pub(crate) fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|one| one == scope)
    }

    pub(crate) fn insert(&mut self, scope: &str) {
        if !self.contains(scope) {
            self.0.push(scope.to_owned());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The members that are in `other` too, in this set's order.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        self.iter().filter(|scope| other.contains(scope)).collect()
    }

    /// The same without upper-case letters.
    pub(crate) fn lower_case(&self) -> Self {
        let lower: Vec<String> = self.0.iter().map(|scope| scope.to_ascii_lowercase()).collect();
        lower.iter().map(String::as_str).collect()
    }
}

impl<'a> FromIterator<&'a str> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        let mut set = Self::default();
        for scope in scopes {
            set.insert(scope);
        }
        set
    }
}

impl std::fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
