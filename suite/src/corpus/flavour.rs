//! A flavour: how a family of servers spells the flow. Endpoints, the label that passes for each answer, and the
//! catalogue sections that are judged.

use std::collections::BTreeMap;

/// One flavour, from `flavours/NAME.toml`.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flavour {
    /// `auth0`, `rfc6749`.
    pub name: String,
    /// What it is, in a sentence.
    pub title: String,
    /// The preset of the reference tenant that is judged under this flavour.
    pub preset: String,
    /// Capabilities that a server of this family has unless its profile says otherwise.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// Whether it is judged only where it is asked for: by `--flavour`, or by a claim.
    #[serde(default)]
    pub claimed: bool,
    /// Behaviours of the reference tenant that differ from the preset.
    #[serde(default)]
    pub behaviour: BTreeMap<String, String>,
    /// The catalogue sections that are judged; `*` at the end of a name stands for any rest.
    pub sections: Vec<String>,
    /// The label that passes where `labels` says nothing and the answer has it; else `auth0`.
    pub label: String,
    /// Exceptions by answer or choice name; `any documented` accepts each label and records which one came.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Paths by endpoint name.
    pub endpoints: BTreeMap<String, String>,
}

/// The value of `labels` that accepts each label of an answer.
pub const ANY: &str = "any documented";

impl Flavour {
    /// Whether rows of the catalogue section `section` are judged.
    #[must_use]
    pub fn judges(&self, section: &str) -> bool {
        self.sections.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => section.starts_with(start),
            None => pattern == section,
        })
    }
}
