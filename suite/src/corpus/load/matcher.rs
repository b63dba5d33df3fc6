//! Matchers: a scalar, a list, a map of one matcher word, or a map compared member by member.

use regex::Regex;
use ropg_fixtures::document::{Data, Node};

use super::reading::Reading;
use crate::corpus::expectation::Matcher;
use crate::corpus::template::Part;

/// The words that make a map a matcher.
const WORDS: &[&str] = &[
    "absent",
    "present",
    "matches",
    "one_of",
    "non_empty",
    "kind",
    "length",
    "contains_word",
    "media_type",
    "near_now",
    "from_now",
    "includes",
    "unguessable",
    "equals",
    "if_present",
    "not",
];

/// The kinds of JSON values.
const KINDS: &[(&str, &str)] = &[
    ("integer", "integer"),
    ("number", "number"),
    ("string", "string"),
    ("boolean", "boolean"),
    ("array", "array"),
    ("object", "object"),
];

/// The matchers of a value by path: one, or one for each leaf of a map that is no matcher.
pub(super) fn leaves(reading: &mut Reading<'_>, node: &Node, path: &[String]) -> Vec<(Vec<String>, Matcher)> {
    if is_matcher(reading, node) {
        return vec![(path.to_vec(), matcher(reading, node))];
    }
    let mut all = Vec::new();
    for (key, value) in node.members() {
        let mut inner = path.to_vec();
        inner.push(key.text.clone());
        all.extend(leaves(reading, value, &inner));
    }
    all
}

/// Whether the value is a matcher as a whole.
fn is_matcher(reading: &mut Reading<'_>, node: &Node) -> bool {
    match node.members() {
        [] => true,
        [(key, _)] => WORDS.contains(&key.text.as_str()),
        several => {
            if let Some((key, _)) = several.iter().find(|(key, _)| WORDS.contains(&key.text.as_str())) {
                let message = format!("`{}` beside other members: a matcher is a map of one word", key.text);
                reading.wrong_but(
                    key.at,
                    message,
                    "use `equals` to compare a value with such a member".to_owned(),
                );
            }
            false
        }
    }
}

/// One matcher.
pub(super) fn matcher(reading: &mut Reading<'_>, node: &Node) -> Matcher {
    let [(key, value)] = node.members() else { return Matcher::Equals(reading.json(node)) };
    match key.text.as_str() {
        "absent" => when_true(reading, value, Matcher::Absent),
        "present" => when_true(reading, value, Matcher::Present),
        "non_empty" => when_true(reading, value, Matcher::NonEmpty),
        "matches" => Matcher::Matches(regex(reading, value)),
        "one_of" => Matcher::OneOf(list(reading, value)),
        "includes" => Matcher::Includes(list(reading, value)),
        "kind" => Matcher::Kind(reading.one_of(value, KINDS).unwrap_or_default().to_owned()),
        "length" => Matcher::Length(usize::try_from(reading.whole(value)).unwrap_or(usize::MAX)),
        "contains_word" => Matcher::ContainsWord(reading.text(value)),
        "media_type" => Matcher::MediaType(reading.text(value)),
        "near_now" => Matcher::NearNow(reading.whole(value)),
        "from_now" => from_now(reading, value),
        "unguessable" => Matcher::Unguessable(u32::try_from(reading.whole(value)).unwrap_or(u32::MAX)),
        "if_present" => Matcher::IfPresent(Box::new(matcher(reading, value))),
        "not" => Matcher::Not(Box::new(matcher(reading, value))),
        "equals" => Matcher::Equals(reading.json(value)),
        _ => Matcher::Equals(reading.json(node)),
    }
}

fn when_true(reading: &mut Reading<'_>, value: &Node, matcher: Matcher) -> Matcher {
    if value.bool() != Some(true) {
        reading.wrong(value.at, "only `true` means something here; use `not` for the reverse");
    }
    matcher
}

/// Two seconds counted from now, the second not before the first; the past has a minus.
fn from_now(reading: &mut Reading<'_>, value: &Node) -> Matcher {
    let whole = |node: &Node| node.to_json().as_i64();
    match value.items() {
        [low, high]
            if let (Some(low), Some(high)) = (whole(low), whole(high))
                && low <= high =>
        {
            Matcher::FromNow(low, high)
        }
        _ => {
            reading
                .wrong(value.at, "`from_now` is a list of two whole numbers of seconds, the earlier first");
            Matcher::FromNow(0, 0)
        }
    }
}

fn regex(reading: &mut Reading<'_>, value: &Node) -> String {
    let text = reading.text(value);
    if let Err(error) = Regex::new(&filled(reading, value, &text)) {
        let last = error.to_string().lines().last().unwrap_or_default().to_owned();
        reading.wrong(value.at, format!("`{text}` is no regular expression: {last}"));
    }
    text
}

/// The pattern with a word for each value that will stand there.
fn filled(reading: &mut Reading<'_>, value: &Node, text: &str) -> String {
    if !text.contains("{{") {
        return text.to_owned();
    }
    let parts = reading.template_of(value.at, text).parts;
    parts.iter().map(|part| if let Part::Literal(text) = part { text.as_str() } else { "x" }).collect()
}

fn list(reading: &mut Reading<'_>, value: &Node) -> Vec<serde_json::Value> {
    match &value.data {
        Data::List(items) => items.iter().map(|item| reading.json(item)).collect(),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Map(_) => {
            reading.wrong(value.at, format!("{} where a list belongs", value.kind()));
            Vec::new()
        }
    }
}
