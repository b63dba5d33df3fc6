//! The smaller files: requirements, answers, shapes and deviations.

use ropg_fixtures::document::{Data, Node};

use super::expectation::{CHECKS, OUTCOMES, bearer, checks, header, json, statuses};
use super::matcher::matcher;
use super::reading::Reading;
use crate::corpus::answer::Answer;
use crate::corpus::deviation::Deviation;
use crate::corpus::expectation::{Block, Check, Facet, Matcher, What};
use crate::corpus::requirement::{Basis, Effect, Level, Requirement, Status};
use crate::corpus::shape::Shape;

/// The rows of a catalogue file; a file of disagreements has none.
pub(super) fn requirements(reading: &mut Reading<'_>, root: &Node) -> Vec<Requirement> {
    if root.member("disagreements").is_some() {
        return Vec::new();
    }
    reading.map(root, &["schema", "section", "rows"]);
    let section = reading.required_text(root, "section");
    let rows = reading.required(root, "rows").map(Node::items).unwrap_or_default();
    rows.iter().map(|row| requirement(reading, row, &section)).collect()
}

fn requirement(reading: &mut Reading<'_>, node: &Node, section: &str) -> Requirement {
    reading.about = node.member("id").and_then(Node::text).unwrap_or_default().to_owned();
    reading.map(
        node,
        &[
            "id",
            "statement",
            "level",
            "basis",
            "effect",
            "source",
            "status",
            "alternative",
            "disagreement",
            "disagreements",
        ],
    );
    let status =
        reading.required(node, "status").map_or(Status::Implemented, |status| self::status(reading, status));
    let row = Requirement {
        id: reading.required_text(node, "id"),
        section: section.to_owned(),
        statement: reading.required_text(node, "statement"),
        level: node.member("level").and_then(|level| reading.one_of(level, LEVELS)),
        basis: node.member("basis").and_then(|basis| reading.one_of(basis, BASES)),
        effect: node.member("effect").and_then(|effect| reading.one_of(effect, EFFECTS)),
        source: reading.required_text(node, "source"),
        alternative: node.member("alternative").map(|text| reading.text(text)),
        status,
    };
    if row.observable() && (row.level.is_none() || row.basis.is_none() || row.effect.is_none()) {
        reading.wrong(node.at, "an implemented row says level, basis and effect");
    }
    reading.about.clear();
    row
}

const LEVELS: &[(&str, Level)] =
    &[("MUST", Level::Must), ("SHOULD", Level::Should), ("MAY", Level::May), ("advice", Level::Advice)];

const BASES: &[(&str, Basis)] = &[
    ("rfc", Basis::Rfc),
    ("recorded", Basis::Recorded),
    ("documented", Basis::Documented),
    ("older", Basis::Older),
    ("fixture", Basis::Fixture),
    ("report", Basis::Report),
    ("inferred", Basis::Inferred),
];

const EFFECTS: &[(&str, Effect)] = &[
    ("none", Effect::None),
    ("interop", Effect::Interop),
    ("denial", Effect::Denial),
    ("leak", Effect::Leak),
    ("takeover", Effect::Takeover),
];

fn status(reading: &mut Reading<'_>, node: &Node) -> Status {
    if node.text() == Some("implemented") {
        return Status::Implemented;
    }
    match reading.map(node, &["not_observable", "excluded", "planned"]) {
        [(key, reason)] => {
            let reason = reading.text(reason);
            match key.text.as_str() {
                "not_observable" => Status::NotObservable(reason),
                "excluded" => Status::Excluded(reason),
                _ => Status::Planned(reason),
            }
        }
        _ => {
            let help = "`implemented`, or a map of one of `not_observable`, `excluded`, `planned`".to_owned();
            reading.wrong_but(node.at, "this is no status", help);
            Status::Implemented
        }
    }
}

/// The answers of a file.
pub(super) fn answers(reading: &mut Reading<'_>, root: &Node, file: &str) -> Vec<Answer> {
    reading.map(root, &["schema", "shape", "answers"]);
    let shape = root.member("shape").map(|shape| reading.text(shape));
    let answers =
        reading.required(root, "answers").map(|answers| reading.any_map(answers)).unwrap_or_default();
    let mut all = Vec::new();
    for (key, node) in answers {
        reading.about.clone_from(&key.text);
        let labels = reading.any_map(node).iter();
        let labels = labels.map(|(label, node)| (label.text.clone(), self::label(reading, node))).collect();
        all.push(Answer { name: key.text.clone(), shape: shape.clone(), labels, file: file.to_owned() });
    }
    reading.about.clear();
    all
}

fn label(reading: &mut Reading<'_>, node: &Node) -> Vec<Check> {
    let mut checks = Vec::new();
    reading.required(node, "status");
    for (key, value) in reading.map(node, &["status", "error", "error_description", "challenge", "bearer"]) {
        checks.push(match key.text.as_str() {
            "status" => {
                let what = What::Status(statuses(reading, value));
                Check { name: "status".to_owned(), what, facet: Facet::Protocol }
            }
            "error" => json(&["error"], error(reading, value)),
            "error_description" => json(&["error_description"], matcher(reading, value)),
            "bearer" => {
                checks.extend(bearer(reading, value));
                continue;
            }
            "challenge" => header("www-authenticate", matcher(reading, value)),
            _ => continue,
        });
    }
    checks
}

fn error(reading: &mut Reading<'_>, value: &Node) -> Matcher {
    match &value.data {
        Data::List(items) => Matcher::OneOf(items.iter().map(Node::to_json).collect()),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Map(_) => {
            matcher(reading, value)
        }
    }
}

/// The shape of a file.
pub(super) fn shape(reading: &mut Reading<'_>, root: &Node, file: &str) -> Shape {
    reading.map(root, &["schema", "shape", "title", "applies", "when", "blocks"]);
    let name = reading.required_text(root, "shape");
    reading.about.clone_from(&name);
    let blocks = reading.required(root, "blocks").map(|blocks| reading.any_map(blocks)).unwrap_or_default();
    let mut known = vec!["for", "facet"];
    known.extend(CHECKS);
    let mut all = Vec::new();
    for (key, node) in blocks {
        reading.map(node, &known);
        let requirements = reading.required(node, "for").map(|rows| reading.texts(rows)).unwrap_or_default();
        let shared = Some(format!("shape/{name}.{}", key.text));
        all.push((key.text.clone(), Block { requirements, shared, checks: checks(reading, node) }));
    }
    let shape = Shape {
        title: reading.required_text(root, "title"),
        applies: root.member("applies").map(|applies| reading.texts(applies)).unwrap_or_default(),
        when: root.member("when").and_then(|when| reading.one_of(when, OUTCOMES)),
        blocks: all,
        file: file.to_owned(),
        name,
    };
    reading.about.clear();
    shape
}

/// The deviations of a file.
pub(super) fn deviations(reading: &mut Reading<'_>, root: &Node, file: &str) -> Vec<Deviation> {
    reading.map(root, &["schema", "deviations"]);
    let deviations = reading.required(root, "deviations").map(Node::items).unwrap_or_default();
    let mut all = Vec::new();
    for node in deviations {
        reading.about = node.member("id").and_then(Node::text).unwrap_or_default().to_owned();
        reading.map(node, &["id", "title", "violates", "flavours", "how"]);
        all.push(Deviation {
            id: reading.required_text(node, "id"),
            title: reading.required_text(node, "title"),
            violates: reading.required(node, "violates").map(|rows| reading.texts(rows)).unwrap_or_default(),
            how: reading.required(node, "how").map(Node::to_json).unwrap_or_default(),
            flavours: node.member("flavours").map(|flavours| reading.texts(flavours)),
            file: file.to_owned(),
        });
    }
    reading.about.clear();
    all
}
