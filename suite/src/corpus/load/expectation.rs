//! Expectations: a map, or a list of maps, of elementary checks, shapes, answers and choices.

use ropg_fixtures::document::{Data, Key, Node};

use super::matcher::{leaves, matcher};
use super::reading::Reading;
use crate::corpus::expectation::{
    Block, Check, Expectation, Facet, Matcher, Outcome, ScopeSet, Status, What,
};

/// The members of an expectation that are checks of their own.
pub(super) const CHECKS: &[&str] = &[
    "outcome",
    "status",
    "headers",
    "absent_headers",
    "bearer",
    "json",
    "exactly",
    "order",
    "scope_set",
    "text",
    "same_as",
    "verified",
    "jose",
    "claims",
    "claim_order",
    "lifetime",
];

/// The members of an expectation.
const MEMBERS: &[&str] = &[
    "for",
    "facet",
    "is",
    "answer",
    "with",
    "choice",
    "labels",
    "outcome",
    "status",
    "headers",
    "absent_headers",
    "bearer",
    "json",
    "exactly",
    "order",
    "scope_set",
    "text",
    "same_as",
    "verified",
    "jose",
    "claims",
    "claim_order",
    "lifetime",
];

/// Granted and refused.
pub(super) const OUTCOMES: &[(&str, Outcome)] =
    &[("granted", Outcome::Granted), ("refused", Outcome::Refused)];

const FACETS: &[(&str, Facet)] =
    &[("outcome", Facet::Outcome), ("protocol", Facet::Protocol), ("text", Facet::Text)];

/// All expectations of a step; `default` are the rows of those that name none.
pub(super) fn expectations(reading: &mut Reading<'_>, node: &Node, default: &[String]) -> Vec<Expectation> {
    match &node.data {
        Data::List(items) => items.iter().flat_map(|item| one(reading, item, default)).collect(),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Map(_) => {
            one(reading, node, default)
        }
    }
}

fn one(reading: &mut Reading<'_>, node: &Node, default: &[String]) -> Vec<Expectation> {
    reading.map(node, MEMBERS);
    let said = node.member("for").map(|rows| reading.texts(rows));
    let rows = said.clone().unwrap_or_else(|| default.to_vec());
    let checks = checks(reading, node);
    let alone = checks.is_empty() && node.member("answer").is_none() && node.member("choice").is_none();
    let mut all = Vec::new();
    if let Some(name) = node.member("is") {
        // Beside other checks, `for` speaks of them; alone it demands the answer as such.
        let requirements = if alone { said.unwrap_or_default() } else { Vec::new() };
        all.push(Expectation::Shape { name: reading.text(name), requirements });
    }
    if let Some(name) = node.member("answer") {
        all.push(Expectation::Answer {
            name: reading.text(name),
            with: with(reading, node),
            requirements: rows.clone(),
        });
    }
    if let Some(name) = node.member("choice") {
        let name = reading.text(name);
        let labels =
            reading.required(node, "labels").map(|labels| reading.any_map(labels)).unwrap_or_default();
        let labels =
            labels.iter().map(|(key, value)| (key.text.clone(), expectations(reading, value, &rows)));
        all.push(Expectation::Choice { name, labels: labels.collect() });
    }
    for (needed, by) in [("answer", "with"), ("choice", "labels")] {
        if node.member(by).is_some() && node.member(needed).is_none() {
            reading.wrong(node.at, format!("`{by}` without `{needed}`"));
        }
    }
    if !checks.is_empty() {
        all.push(Expectation::Block(Block { requirements: rows, shared: None, checks }));
    }
    if all.is_empty() {
        reading.wrong(node.at, "this expectation expects nothing");
    }
    all
}

fn with(reading: &mut Reading<'_>, node: &Node) -> Vec<(String, crate::corpus::template::Template)> {
    let values = node.member("with").map(|with| reading.any_map(with)).unwrap_or_default();
    values.iter().map(|(key, value)| (key.text.clone(), reading.template(value))).collect()
}

/// The elementary checks of a map, in file order.
pub(super) fn checks(reading: &mut Reading<'_>, node: &Node) -> Vec<Check> {
    let facet = node.member("facet").and_then(|facet| reading.one_of(facet, FACETS));
    let mut all = Vec::new();
    for (key, value) in node.members() {
        if CHECKS.contains(&key.text.as_str()) {
            all.extend(check(reading, &key.text, value));
        }
    }
    for check in &mut all {
        check.facet = facet.unwrap_or(check.facet);
    }
    all
}

fn check(reading: &mut Reading<'_>, word: &str, value: &Node) -> Vec<Check> {
    let what = match word {
        "outcome" => What::Outcome(reading.one_of(value, OUTCOMES).unwrap_or(Outcome::Refused)),
        "status" => What::Status(statuses(reading, value)),
        "headers" => return headers(reading, value),
        "absent_headers" => {
            let names = reading.texts(value);
            return names.iter().map(|name| header(name, Matcher::Absent)).collect();
        }
        "bearer" => return bearer(reading, value),
        "json" | "jose" | "claims" => return members(reading, word, value),
        "exactly" => What::Exactly(reading.texts(value)),
        "order" => What::Order(reading.texts(value)),
        "claim_order" => What::ClaimOrder(reading.texts(value)),
        "scope_set" => What::ScopeSet(scope_set(reading, value)),
        "text" => What::Body(matcher(reading, value)),
        "same_as" => What::SameAs(reading.text(value)),
        "lifetime" => What::Lifetime(matcher(reading, value)),
        _ => {
            if value.bool() != Some(true) {
                reading.wrong(value.at, "only `true` means something here");
            }
            What::Verified
        }
    };
    let facet = facet(&what);
    vec![Check { name: word.to_owned(), what, facet }]
}

/// What a check speaks of unless the file says otherwise.
fn facet(what: &What) -> Facet {
    match what {
        What::Outcome(_) | What::SameAs(_) | What::ScopeSet(_) | What::Verified | What::Claim(..) => {
            Facet::Outcome
        }
        What::Json(path, _) if path.last().is_some_and(|name| name == "error_description") => Facet::Text,
        What::Bearer(name, _) if name == "error_description" => Facet::Text,
        What::Status(_)
        | What::Header(..)
        | What::Bearer(..)
        | What::Json(..)
        | What::Exactly(_)
        | What::Order(_)
        | What::Body(_)
        | What::Jose(..)
        | What::ClaimOrder(_)
        | What::Lifetime(_) => Facet::Protocol,
    }
}

fn headers(reading: &mut Reading<'_>, value: &Node) -> Vec<Check> {
    let members = reading.any_map(value);
    members.iter().map(|(key, value)| header(&key.text, matcher(reading, value))).collect()
}

/// The check of one header field.
pub(super) fn header(name: &str, matcher: Matcher) -> Check {
    let name = name.to_ascii_lowercase();
    Check { name: format!("header.{name}"), what: What::Header(name, matcher), facet: Facet::Protocol }
}

/// The checks of a bearer challenge, attribute by attribute.
pub(super) fn bearer(reading: &mut Reading<'_>, value: &Node) -> Vec<Check> {
    let attributes = reading.any_map(value);
    let check = |(key, value): &(Key, Node)| {
        let what = What::Bearer(key.text.to_ascii_lowercase(), matcher(reading, value));
        Check { name: format!("bearer.{}", key.text), facet: facet(&what), what }
    };
    attributes.iter().map(check).collect()
}

/// The check of one member of the body.
pub(super) fn json(path: &[&str], matcher: Matcher) -> Check {
    let what = What::Json(path.iter().map(|&name| name.to_owned()).collect(), matcher);
    Check { name: format!("json.{}", path.join(".")), facet: facet(&what), what }
}

fn members(reading: &mut Reading<'_>, word: &str, value: &Node) -> Vec<Check> {
    let mut all = Vec::new();
    for (key, value) in reading.any_map(value) {
        for (path, matcher) in leaves(reading, value, std::slice::from_ref(&key.text)) {
            let name = format!("{word}.{}", path.join("."));
            let what = match word {
                "json" => What::Json(path, matcher),
                "claims" => What::Claim(path, matcher),
                _ => What::Jose(path.join("."), matcher),
            };
            all.push(Check { name, facet: facet(&what), what });
        }
    }
    all
}

/// A status, or a list of them.
pub(super) fn statuses(reading: &mut Reading<'_>, node: &Node) -> Vec<Status> {
    let one = std::slice::from_ref(node);
    let items = if matches!(node.data, Data::List(_)) { node.items() } else { one };
    if items.is_empty() {
        reading.wrong(node.at, "at least one status");
    }
    items.iter().filter_map(|item| status(reading, item)).collect()
}

fn status(reading: &mut Reading<'_>, node: &Node) -> Option<Status> {
    let code =
        node.whole().and_then(|code| u16::try_from(code).ok()).filter(|code| (100..600).contains(code));
    let class =
        node.text().and_then(|text| text.strip_suffix("xx")).and_then(|digit| digit.parse::<u16>().ok());
    let status = code.map(Status::Code).or(class.filter(|class| (1..6).contains(class)).map(Status::Class));
    if status.is_none() {
        reading.wrong(node.at, "a status is a number such as 400, or a class such as `4xx`");
    }
    status
}

fn scope_set(reading: &mut Reading<'_>, node: &Node) -> ScopeSet {
    if node.text() == Some("absent") {
        return ScopeSet::Absent;
    }
    match reading.map(node, &["exactly", "superset", "subset", "absent"]) {
        [(key, value)] => match key.text.as_str() {
            "superset" => ScopeSet::Superset(reading.template(value)),
            "subset" => ScopeSet::Subset(reading.template(value)),
            "absent" => ScopeSet::Absent,
            _ => ScopeSet::Exactly(reading.template(value)),
        },
        _ => {
            reading.wrong(node.at, "`absent`, or one of `exactly`, `superset`, `subset`");
            ScopeSet::Absent
        }
    }
}
