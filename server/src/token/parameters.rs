//! The parameters of a token request: each name once, empty values gone.

use std::fmt;

use super::error::TokenError;
use crate::tenant::behaviour::{Behaviour, Switch};

/// Name and value pairs in the order of the request. Values never print.
#[derive(Clone, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Takes pairs as they were sent: a repeated name is refused (TOK-18), an empty value counts as omitted (TOK-19).
    pub(super) fn collect(pairs: Vec<(String, String)>, behaviour: &Behaviour) -> Result<Self, TokenError> {
        let mut kept: Vec<(String, String)> = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            match kept.iter_mut().find(|(known, _)| *known == name) {
                Some(_) if behaviour.keeps(Switch::RepeatedRefused) => {
                    return Err(TokenError::MalformedRequest(format!("parameter {name} is repeated")));
                }
                Some(earlier) => earlier.1 = value,
                None => kept.push((name, value)),
            }
        }
        if behaviour.keeps(Switch::EmptyOmitted) {
            kept.retain(|(_, value)| !value.is_empty());
        }
        Ok(Self(kept))
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that the grant needs (TOK-16, TOK-17).
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, TokenError> {
        self.value(name).ok_or(TokenError::MissingParameter(name))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Adds what is not there yet: only a deviation reads parameters from elsewhere.
    pub(super) fn add_missing(&mut self, pairs: Vec<(String, String)>) {
        for (name, value) in pairs {
            if self.value(&name).is_none() {
                self.0.push((name, value));
            }
        }
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
