//! The claims, one file each, and the capabilities that cases need.

use ropg_fixtures::document::Node;

use super::reading::Reading;
use crate::corpus::Capability;
use crate::corpus::claim::Claim;

const MEMBERS: &[&str] =
    &["schema", "claim", "title", "flavour", "strict", "sections", "rows", "without", "optional"];

/// The claim of a file.
pub(super) fn claim(reading: &mut Reading<'_>, root: &Node, file: &str) -> Claim {
    reading.map(root, MEMBERS);
    let name = reading.required_text(root, "claim");
    reading.about.clone_from(&name);
    let texts = |reading: &mut Reading<'_>, member: &str| {
        root.member(member).map(|list| reading.texts(list)).unwrap_or_default()
    };
    let claim = Claim {
        title: reading.required_text(root, "title"),
        flavour: reading.required_text(root, "flavour"),
        strict: root.member("strict").is_some_and(|flag| reading.flag(flag)),
        sections: texts(reading, "sections"),
        rows: texts(reading, "rows"),
        without: reasoned(reading, root, "without", "rows"),
        optional: reasoned(reading, root, "optional", "capabilities"),
        file: file.to_owned(),
        name,
    };
    reading.about.clear();
    claim
}

/// The words of `needs`.
pub(super) fn capabilities(reading: &mut Reading<'_>, root: &Node) -> Vec<(String, Capability)> {
    reading.map(root, &["schema", "capabilities"]);
    let mut all = Vec::new();
    let words =
        reading.required(root, "capabilities").map(|words| reading.any_map(words)).unwrap_or_default();
    for (word, node) in words {
        reading.map(node, &["means", "follows"]);
        let means = reading.required_text(node, "means");
        let follows = node.member("follows").map(|follows| reading.text(follows));
        all.push((word.text.clone(), Capability { means, follows }));
    }
    all
}

/// A list of `{ WHAT: […], because: … }`, one pair for each name.
fn reasoned(reading: &mut Reading<'_>, root: &Node, member: &str, what: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for item in root.member(member).map(Node::items).unwrap_or_default() {
        reading.map(item, &[what, "because"]);
        let because = reading.required_text(item, "because");
        let names = reading.required(item, what).map(|names| reading.texts(names)).unwrap_or_default();
        all.extend(names.into_iter().map(|name| (name, because.clone())));
    }
    all
}
