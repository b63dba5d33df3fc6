//! TOML files as the tree that all data files become: so they are checked by the same schemas, with the same messages.

use ropg_fixtures::document::{At, Data, Document, Key, Node};
use ropg_fixtures::{Problem, Problems};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads `text` as TOML.
///
/// # Errors
/// The place of the first fault.
pub(crate) fn read(path: &str, text: &str) -> Result<Document, Problems> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map(|span| place(text, &span)).unwrap_or_default();
        let empty =
            Document { path: path.to_owned(), text: text.to_owned(), root: Node { data: Data::Null, at } };
        Problems(vec![Problem::new(&empty, at, error.message().to_lowercase())])
    })?;
    let root = Node { data: members(text, table.get_ref()), at: place(text, &table.span()) };
    Ok(Document { path: path.to_owned(), text: text.to_owned(), root })
}

fn members(text: &str, table: &DeTable<'_>) -> Data {
    let mut members: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            (Key { text: key.get_ref().to_string(), at: place(text, &key.span()) }, node(text, value))
        })
        .collect();
    members.sort_by_key(|(key, _)| key.at.start);
    Data::Map(members)
}

fn node(text: &str, value: &Spanned<DeValue<'_>>) -> Node {
    let data = match value.get_ref() {
        DeValue::String(value) => Data::Text(value.to_string()),
        DeValue::Integer(value) => {
            let number = i64::from_str_radix(value.as_str(), value.radix()).unwrap_or(i64::MAX);
            Data::Number(number.into())
        }
        DeValue::Float(value) => {
            let number = value.as_str().parse().ok().and_then(serde_json::Number::from_f64);
            number.map_or(Data::Null, Data::Number)
        }
        DeValue::Boolean(value) => Data::Bool(*value),
        DeValue::Datetime(value) => Data::Text(value.to_string()),
        DeValue::Array(items) => Data::List(items.iter().map(|item| node(text, item)).collect()),
        DeValue::Table(table) => members(text, table),
    };
    Node { data, at: place(text, &value.span()) }
}

fn place(text: &str, span: &std::ops::Range<usize>) -> At {
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let narrow = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    At { line: narrow(line), column: narrow(column), start: span.start, len: span.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_file() {
        let document = read("p.toml", "a = 1\n[b]\nc = \"x\"\n").unwrap();
        let c = document.root.member("b").and_then(|b| b.member("c")).unwrap();
        assert_eq!((c.text(), c.at.line, c.at.column), (Some("x"), 3, 5));
    }

    #[test]
    fn a_fault_has_its_line() {
        let problems = read("p.toml", "a = 1\nb = \n").unwrap_err();
        assert_eq!(problems.0[0].at.map(|at| at.line), Some(2));
    }
}
