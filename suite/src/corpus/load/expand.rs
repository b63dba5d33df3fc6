//! `for_each` on the tree: one case per row, `{{ row.x }}` filled in before anything is decoded, so that a row may
//! stand for a text, a list, a matcher or nothing at all.

use ropg_fixtures::document::{Data, Document, Key, Node};

use super::reading::Reading;
use crate::corpus::template::{Part, Template};

/// The rows of a case, each a case of its own; the case itself if it has no `for_each`.
pub(super) fn expand(reading: &mut Reading<'_>, document: &Document, case: &Node) -> Vec<Document> {
    let Some(rows) = case.member("for_each") else { return vec![single(document, case.clone())] };
    if rows.items().is_empty() {
        reading.wrong(rows.at, "`for_each` is a list of at least one row");
    }
    let mut names = Vec::new();
    let mut all = Vec::new();
    for row in rows.items() {
        let name = reading.required_text(row, "row");
        if names.contains(&name) {
            reading.wrong(row.at, format!("the row `{name}` stands there twice"));
        }
        let mut filled = Filling { reading, row }.node(case);
        if let Data::Map(members) = &mut filled.data {
            members.retain(|(key, _)| key.text != "for_each");
            for (_, id) in members.iter_mut().filter(|(key, _)| key.text == "id") {
                id.data = Data::Text(format!("{}[{name}]", id.text().unwrap_or_default()));
            }
        }
        names.push(name);
        all.push(single(document, filled));
    }
    all
}

/// A document whose root is one case.
fn single(document: &Document, root: Node) -> Document {
    Document { path: document.path.clone(), text: document.text.clone(), root }
}

struct Filling<'a, 'b> {
    reading: &'a mut Reading<'b>,
    row: &'a Node,
}

impl Filling<'_, '_> {
    fn node(&mut self, node: &Node) -> Node {
        let data = match &node.data {
            Data::Text(text) => return self.text(node, text),
            Data::List(items) => Data::List(items.iter().map(|item| self.node(item)).collect()),
            Data::Map(members) => {
                let filled = members.iter().map(|(key, value)| {
                    // The rows themselves are not filled in; they may hold anything.
                    let value = if key.text == "for_each" { value.clone() } else { self.node(value) };
                    (self.key(key), value)
                });
                Data::Map(filled.collect())
            }
            Data::Null | Data::Bool(_) | Data::Number(_) => node.data.clone(),
        };
        Node { data, at: node.at }
    }

    fn key(&mut self, key: &Key) -> Key {
        let node = Node { data: Data::Text(key.text.clone()), at: key.at };
        let filled = self.text(&node, &key.text);
        Key { text: filled.text().unwrap_or(&key.text).to_owned(), at: key.at }
    }

    fn text(&mut self, node: &Node, text: &str) -> Node {
        let Some(template) = Template::parse(text).ok().filter(has_row) else { return node.clone() };
        if let Some([_, name]) = template.alone() {
            return Node { data: self.value(node, name).data, at: node.at };
        }
        let mut out = String::new();
        for part in template.parts {
            match &part {
                Part::Reference { path, filters } if path[0] == "row" => {
                    let value = self.value(node, &path[1..].join("."));
                    let mut value = plain(&value);
                    if !filters.is_empty() && value.contains("{{") {
                        self.reading
                            .wrong(node.at, "a filter cannot look into a template that comes from a row");
                    }
                    for filter in filters {
                        value = filter.apply(&value);
                    }
                    out.push_str(&value);
                }
                Part::Literal(_) | Part::Reference { .. } => {
                    out.push_str(&Template { parts: vec![part] }.to_string())
                }
            }
        }
        Node { data: Data::Text(out), at: node.at }
    }

    fn value(&mut self, node: &Node, name: &str) -> Node {
        self.row.member(name).cloned().unwrap_or_else(|| {
            let row = self.row.member("row").and_then(Node::text).unwrap_or_default();
            self.reading.wrong(node.at, format!("the row `{row}` has no member `{name}`"));
            Node { data: Data::Null, at: node.at }
        })
    }
}

fn has_row(template: &Template) -> bool {
    template.references().any(|path| path[0] == "row")
}

fn plain(value: &Node) -> String {
    match &value.data {
        Data::Text(text) => text.clone(),
        Data::Null => String::new(),
        Data::Bool(_) | Data::Number(_) | Data::List(_) | Data::Map(_) => value.to_json().to_string(),
    }
}
