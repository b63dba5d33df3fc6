//! A JSON body as a tree that remembers where each value stands, as a JSON Pointer (RFC 6901): whoever sends what a program
//! has written has no lines to look at. A member that occurs twice is an error, which serde's own maps would hide.

use std::cell::RefCell;
use std::fmt;

use ropg_fixtures::document::{At, Key};
use ropg_fixtures::{Data, Document, Node, Problem};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::refusal::{Fault, Refusal};

/// An object.
pub(super) struct Body {
    root: Node,
    /// Each place, by its number.
    places: Vec<Place>,
}

/// Where a value stands: in what, under which name or number. Pointers are made of it when somebody asks: together they
/// would be as long as the body times its depth.
struct Place {
    inside: Option<usize>,
    part: Part,
}

enum Part {
    Name(String),
    Number(usize),
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let places = RefCell::new(Vec::new());
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let root = Reader { places: &places, inside: None, part: Part::Number(0) }.deserialize(&mut reader);
        let root = root.and_then(|root| reader.end().map(|()| root));
        let root = root.map_err(|fault| Refusal::invalid(format!("the body is not right: {fault}")))?;
        let Data::Map(_) = root.data else {
            return Err(Refusal::invalid(format!("the body is {}; it must be an object", root.kind())));
        };
        Ok(Self { root, places: places.into_inner() })
    }

    /// The names of its members, and where their values stand.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, String)> {
        self.root.members().iter().map(|(key, value)| (&*key.text, self.pointer(value.at)))
    }

    pub(super) fn member(&self, name: &str) -> Option<&Node> {
        self.root.member(name)
    }

    /// A member that must be text if it is there.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        self.member(name).map(|node| node.text().ok_or_else(|| self.wrong(node, "text"))).transpose()
    }

    /// A value of another kind than `wanted`.
    pub(super) fn wrong(&self, node: &Node, wanted: &str) -> Refusal {
        Refusal::invalid(format!("`{}` is {}; it must be {wanted}", self.pointer(node.at), node.kind()))
    }

    /// A member as a document of its own, whose problems stand in this body.
    pub(super) fn document(node: &Node) -> Document {
        Document { path: String::new(), text: String::new(), root: node.clone() }
    }

    /// A problem of such a document; one without a place is one of `otherwise`.
    pub(super) fn fault(&self, problem: Problem, otherwise: At) -> Fault {
        let at = self.pointer(problem.at.unwrap_or(otherwise));
        Fault { at, message: problem.message, help: problem.help }
    }

    pub(super) fn pointer(&self, at: At) -> String {
        pointer(&self.places, at.start)
    }
}

/// The pointer of a place by its number.
fn pointer(places: &[Place], mut number: usize) -> String {
    let mut parts = Vec::new();
    while let Some(Place { inside: Some(around), part }) = places.get(number) {
        parts.push(match part {
            Part::Name(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            Part::Number(number) => format!("/{number}"),
        });
        number = *around;
    }
    parts.into_iter().rev().collect()
}

/// Reads one value, at one place.
struct Reader<'a> {
    places: &'a RefCell<Vec<Place>>,
    inside: Option<usize>,
    part: Part,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let Self { places, inside, part } = self;
        let number = places.borrow().len();
        places.borrow_mut().push(Place { inside, part });
        // Places count lines from 1: 0 would mean that this one is not known.
        let at = At { line: 1, column: 1, start: number, len: 0 };
        Ok(Node { data: deserializer.deserialize_any(Inside { places, number })?, at })
    }
}

/// Reads what stands at a place.
struct Inside<'a> {
    places: &'a RefCell<Vec<Place>>,
    number: usize,
}

impl Inside<'_> {
    fn below(&self, part: Part) -> Reader<'_> {
        Reader { places: self.places, inside: Some(self.number), part }
    }
}

impl<'de> Visitor<'de> for Inside<'_> {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Data, E> {
        Ok(Data::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Data, E> {
        Ok(Data::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Data, E> {
        Ok(Data::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Data, E> {
        Number::from_f64(value).map(Data::Number).ok_or_else(|| E::custom("a number must be finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Data, E> {
        Ok(Data::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Data, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.below(Part::Number(items.len())))? {
            items.push(item);
        }
        Ok(Data::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut members: Vec<(Key, Node)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some(text) = map.next_key::<String>()? {
            if !seen.insert(text.clone()) {
                let mut places = self.places.borrow_mut();
                places.push(Place { inside: Some(self.number), part: Part::Name(text) });
                let again = pointer(&places, places.len() - 1);
                return Err(A::Error::custom(format!("`{again}` is there twice")));
            }
            let value = map.next_value_seed(self.below(Part::Name(text.clone())))?;
            members.push((Key { text, at: value.at }, value));
        }
        Ok(Data::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_pointer() {
        let body = Body::read(br#"{"a":{"b/c":[1,{"d~e":"\ud83d\ude00"}]},"f":null}"#).unwrap();
        let list = body.member("a").and_then(|a| a.member("b/c")).unwrap();
        assert_eq!(body.pointer(list.items()[0].at), "/a/b~1c/0");
        let emoji = list.items()[1].member("d~e").unwrap();
        assert_eq!((body.pointer(emoji.at), emoji.text()), ("/a/b~1c/1/d~0e".to_owned(), Some("\u{1f600}")));
        assert_eq!(body.pointer(body.member("f").unwrap().at), "/f");
    }

    #[test]
    fn many_values_below_a_long_name_cost_no_more_than_they_do() {
        let (long, many) = (200_000, 200_000);
        let body = format!("{{\"{}\":[{}0]}}", "n".repeat(long), "0,".repeat(many));
        let body = Body::read(body.as_bytes()).unwrap();
        let last = body.root.members()[0].1.items().last().unwrap().at;
        assert_eq!(body.pointer(last).len(), "//200000".len() + long);
    }

    #[test]
    fn what_is_no_single_object_is_refused() {
        let deep = "[".repeat(1000);
        for bytes in
            ["", "null", "[]", "{", "{}{}", r#"{"a":1,"a":2}"#, r#"{"a":{"b":1,"b":1}}"#, "{'a':1}", &deep]
        {
            assert!(Body::read(bytes.as_bytes()).is_err(), "{bytes}");
        }
        assert!(Body::read(b"{\"a\":\"\xff\"}").is_err());
    }
}
