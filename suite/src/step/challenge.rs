//! Reads `WWW-Authenticate` (RFC 9110, section 11.6.1): the attributes of the challenge for a bearer token.

use serde_json::{Map, Value};

/// The attributes of the first Bearer challenge among all challenges of a field, names in lower case, values as they stand
/// between their quotes. One that is repeated is a list. `None` without such a challenge.
pub(crate) fn bearer(field: &str) -> Option<Map<String, Value>> {
    let mut found: Option<Map<String, Value>> = None;
    let mut reading = false;
    let mut rest = field;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (word, after) = rest.split_at(rest.find([' ', '\t', ',', '=', '"']).unwrap_or(rest.len()));
        let value = after.trim_start_matches([' ', '\t']).strip_prefix('=');
        match value {
            Some(value) => {
                let (value, after) = value_of(value.trim_start_matches([' ', '\t']));
                if let Some(attributes) = found.as_mut().filter(|_| reading) {
                    add(attributes, word.to_ascii_lowercase(), value);
                }
                rest = after;
            }
            None if word.is_empty() => match after.strip_prefix('"') {
                // A quote where a name belongs: it cannot be told what comes.
                Some(after) => rest = after,
                None => return found,
            },
            None => {
                reading = found.is_none() && word.eq_ignore_ascii_case("bearer");
                if reading {
                    found = Some(Map::new());
                }
                rest = after;
            }
        }
    }
}

/// A quoted text without its quotes, or a word; and what comes after.
fn value_of(text: &str) -> (&str, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        return text.split_at(text.find([' ', '\t', ',']).unwrap_or(text.len()));
    };
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            '"' if !escaped => return (&quoted[..at], &quoted[at + 1..]),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    (quoted, "")
}

fn add(attributes: &mut Map<String, Value>, name: String, value: &str) {
    let value = Value::from(value);
    match attributes.get_mut(&name) {
        None => drop(attributes.insert(name, value)),
        Some(Value::Array(all)) => all.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(field: &str) -> Value {
        bearer(field).map_or(Value::Null, Value::Object)
    }

    #[test]
    fn attributes_are_read_in_any_spelling() {
        assert_eq!(read(r#"Bearer realm="a b", error="x""#), json!({ "realm": "a b", "error": "x" }));
        assert_eq!(read(r#"bearer  REALM = word ,error=x"#), json!({ "realm": "word", "error": "x" }));
        assert_eq!(read("Bearer"), json!({}));
        assert_eq!(read(r#"Bearer realm="a, error=b""#), json!({ "realm": "a, error=b" }));
    }

    #[test]
    fn a_backslash_is_kept_and_hides_a_quote() {
        assert_eq!(
            read(r#"Bearer realm="a\"b\\", error="x""#),
            json!({ "realm": r#"a\"b\\"#, "error": "x" })
        );
    }

    #[test]
    fn what_is_repeated_is_a_list() {
        assert_eq!(read(r#"Bearer a="1", b="2", A="3", a="4""#), json!({ "a": ["1", "3", "4"], "b": "2" }));
    }

    #[test]
    fn other_challenges_are_passed_over() {
        let field =
            r#"Negotiate YWJj==, Basic realm="b", Bearer realm="a", scope="s", Digest realm="d", nonce="n""#;
        assert_eq!(read(field), json!({ "realm": "a", "scope": "s" }));
        assert_eq!(read(r#"Bearer realm="a", Bearer realm="b""#), json!({ "realm": "a" }));
        assert_eq!(read(r#"Basic realm="Bearer realm=x""#), Value::Null);
    }

    #[test]
    fn nonsense_ends() {
        for field in [
            "",
            "\"",
            "=",
            ",,=",
            "Bearer =",
            "Bearer \"x",
            "Bearer a=\"",
            "Bearer a=\"b\\",
            "=\"\"=\"",
            "é=é, é",
        ] {
            let _ = bearer(field);
        }
    }
}
