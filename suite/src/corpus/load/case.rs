//! One expanded case → [`Case`].

use ropg_fixtures::document::{Data, Document, Node};

use super::given::given;
use super::reading::Reading;
use super::request::request;
use super::step::step;
use crate::corpus::case::{Case, State};

const CASE: &[&str] =
    &["id", "title", "covers", "reveals", "needs", "state", "given", "requests", "steps", "notes"];

/// Decodes the case that is the root of `document`.
pub(super) fn case(reading: &mut Reading<'_>, document: &Document, area: &str) -> Case {
    let node = &document.root;
    reading.map(node, CASE);
    let covers = reading.required(node, "covers").map(|rows| reading.texts(rows)).unwrap_or_default();
    let default = if covers.len() == 1 { covers.clone() } else { Vec::new() };
    let states =
        [("stable", State::Stable), ("provisional", State::Provisional), ("disputed", State::Disputed)];
    let requests = node.member("requests").map(|requests| reading.any_map(requests)).unwrap_or_default();
    let steps = reading.required(node, "steps").map(Node::items).unwrap_or_default();
    // What exists: each `configure` step changes what the one before it left.
    let nothing = Node { data: Data::Null, at: node.at };
    let mut world = node.member("given").unwrap_or(&nothing).clone();
    let given_at_first = given(reading, &world);
    let steps = steps.iter().map(|node| step(reading, node, &default, &mut world)).collect();
    Case {
        id: reading.required_text(node, "id"),
        area: area.to_owned(),
        title: reading.required_text(node, "title"),
        file: document.path.clone(),
        line: node.at.line,
        reveals: reading.required_text(node, "reveals"),
        needs: node.member("needs").map(|needs| reading.texts(needs)).unwrap_or_default(),
        given: given_at_first,
        requests: requests.iter().map(|(key, value)| (key.text.clone(), request(reading, value))).collect(),
        steps,
        state: node.member("state").and_then(|state| reading.one_of(state, &states)).unwrap_or_default(),
        covers,
    }
}
