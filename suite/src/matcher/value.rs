//! One matcher against one value.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use crate::corpus::expectation::Matcher;

/// Whether `value` (`None`: it is not there) is as `matcher` says. `now`: the target's time, in Unix seconds.
pub(crate) fn holds(matcher: &Matcher, value: Option<&Value>, now: i64) -> bool {
    match matcher {
        Matcher::Absent => return value.is_none(),
        Matcher::IfPresent(inner) => return value.is_none() || holds(inner, value, now),
        Matcher::Not(inner) => return !holds(inner, value, now),
        _ => {}
    }
    let Some(value) = value else { return false };
    let text = value.as_str();
    match matcher {
        Matcher::Equals(expected) => equal(expected, value),
        Matcher::Present => true,
        Matcher::Matches(pattern) => {
            text.is_some_and(|text| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text)))
        }
        Matcher::OneOf(all) => all.iter().any(|expected| equal(expected, value)),
        Matcher::NonEmpty => text.is_some_and(|text| !text.is_empty()),
        Matcher::Kind(kind) => is_kind(kind, value),
        Matcher::Length(length) => size(value) == Some(*length),
        Matcher::ContainsWord(word) => text.is_some_and(|text| contains_word(text, word)),
        Matcher::MediaType(wanted) => text.is_some_and(|text| media_type(text).eq_ignore_ascii_case(wanted)),
        Matcher::NearNow(seconds) => {
            let near = |time: i64| time.abs_diff(now) <= *seconds;
            value.as_i64().is_some_and(near)
        }
        Matcher::FromNow(low, high) => {
            // A header tells a number as a text.
            let time = value.as_i64().or_else(|| text.and_then(|text| text.parse().ok()));
            time.is_some_and(|time: i64| (*low..=*high).contains(&time.saturating_sub(now)))
        }
        Matcher::Includes(all) => {
            let items = value.as_array();
            items.is_some_and(|items| all.iter().all(|one| items.iter().any(|item| equal(one, item))))
        }
        Matcher::Unguessable(bits) => text.is_some_and(|text| entropy(text) >= f64::from(*bits)),
        Matcher::Absent | Matcher::IfPresent(_) | Matcher::Not(_) => false,
    }
}

/// Equality in which numbers compare as numbers and the order of members has no meaning.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| equal(left, right)))
        }
        _ => left == right,
    }
}

fn is_kind(kind: &str, value: &Value) -> bool {
    match kind {
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn size(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

fn contains_word(text: &str, word: &str) -> bool {
    text.split(|char: char| char == ',' || char.is_whitespace()).any(|part| part.eq_ignore_ascii_case(word))
}

fn media_type(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}

/// Bits that a guess would need at least: characters times the bits of the alphabet that they seem to come from.
///
/// A text of a few repeated characters comes from no such alphabet, whatever classes they belong to.
fn entropy(text: &str) -> f64 {
    let seen: BTreeSet<char> = text.chars().collect();
    let length = text.chars().count();
    let alphabet = if seen.len() < (length / 4).min(10) { seen.len() } else { alphabet(&seen) };
    let bits = f64::from(u32::try_from(alphabet.max(1)).unwrap_or(u32::MAX)).log2();
    bits * f64::from(u32::try_from(length).unwrap_or(u32::MAX))
}

fn alphabet(seen: &BTreeSet<char>) -> usize {
    let any = |test: fn(&char) -> bool| seen.iter().any(test);
    if seen.iter().all(|char| matches!(char, '0'..='9' | 'a'..='f')) && any(char::is_ascii_digit) {
        return 16;
    }
    let others = seen.iter().filter(|char| !char.is_ascii_alphanumeric()).count();
    [
        (any(char::is_ascii_digit), 10),
        (any(char::is_ascii_lowercase), 26),
        (any(char::is_ascii_uppercase), 26),
    ]
    .into_iter()
    .filter_map(|(used, size)| used.then_some(size))
    .sum::<usize>()
        + others
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Each matcher, a value that it takes, and one that it does not; `null` stands for an absent value.
    fn table() -> Vec<(Matcher, Value, Value)> {
        vec![
            (Matcher::Equals(json!(200)), json!(200.0), json!("200")),
            (Matcher::Equals(json!({ "a": [1] })), json!({ "a": [1] }), json!({ "a": [1, 2] })),
            (Matcher::Absent, Value::Null, json!("x")),
            (Matcher::Present, json!(false), Value::Null),
            (Matcher::Matches("^v1\\.".to_owned()), json!("v1.x"), json!("xv1.")),
            (Matcher::OneOf(vec![json!("a"), json!("b")]), json!("b"), json!("c")),
            (Matcher::NonEmpty, json!("x"), json!("")),
            (Matcher::Kind("integer".to_owned()), json!(7), json!("7")),
            (Matcher::Kind("number".to_owned()), json!(7.5), json!(true)),
            (Matcher::Kind("string".to_owned()), json!("7"), json!(7)),
            (Matcher::Kind("boolean".to_owned()), json!(true), json!("true")),
            (Matcher::Kind("array".to_owned()), json!([]), json!({})),
            (Matcher::Kind("object".to_owned()), json!({}), json!([])),
            (Matcher::Length(2), json!("zë"), json!("zoë")),
            (Matcher::Length(1), json!([7]), json!([])),
            (Matcher::ContainsWord("no-store".to_owned()), json!("private,No-Store"), json!("no-stored")),
            (
                Matcher::MediaType("application/json".to_owned()),
                json!("Application/JSON; charset=utf-8"),
                json!("application/json5"),
            ),
            (Matcher::NearNow(5), json!(1_005), json!(1_006)),
            (Matcher::FromNow(864, 866), json!("1866"), json!("1867")),
            (Matcher::FromNow(-5, 0), json!(995), json!(1_001)),
            (Matcher::Includes(vec![json!("a")]), json!(["b", "a"]), json!(["b"])),
            (Matcher::Unguessable(128), json!("9f86d081884c7d659a2feaa0c55ad015"), json!("9f86d081884c7d65")),
            (Matcher::Unguessable(64), json!("q7Xz-p0_Lm4RtY2w"), json!("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
            (Matcher::IfPresent(Box::new(Matcher::Equals(json!("a")))), Value::Null, json!("b")),
            (Matcher::Not(Box::new(Matcher::Equals(json!("a")))), json!("b"), json!("a")),
        ]
    }

    #[test]
    fn each_matcher_takes_and_refuses() {
        for (matcher, good, bad) in table() {
            let there = |value: Value| (!value.is_null()).then_some(value);
            assert!(holds(&matcher, there(good.clone()).as_ref(), 1_000), "{matcher:?} takes {good}");
            assert!(!holds(&matcher, there(bad.clone()).as_ref(), 1_000), "{matcher:?} refuses {bad}");
        }
    }

    #[test]
    fn an_absent_value_is_nothing_but_absent() {
        for (matcher, ..) in table() {
            let takes = matches!(matcher, Matcher::Absent | Matcher::IfPresent(_) | Matcher::Not(_));
            assert_eq!(holds(&matcher, None, 0), takes, "{matcher:?}");
        }
    }
}
