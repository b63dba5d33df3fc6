//! Names in templates → values: objects of the world, captures, words that nobody else has.

use std::cell::RefCell;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Answer, assertion, member};
use crate::corpus::expectation::{Matcher, ScopeSet, What};
use crate::corpus::template::{Part, Template};
use crate::target::World;

/// The longest text that a case may ask for.
const LONGEST: usize = 8 * 1024 * 1024;

/// Values for `{{ with.NAME }}`.
pub(crate) type With = [(String, Template)];

/// All that templates of one case may name.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    objects: BTreeMap<String, Value>,
    captures: BTreeMap<String, Value>,
    answers: BTreeMap<String, Answer>,
    fresh: RefCell<BTreeMap<String, String>>,
    now: i64,
}

impl Bindings {
    /// The names that a world gives.
    pub(crate) fn of(world: &World) -> Self {
        let mut objects = world.objects.clone();
        for object in objects.values_mut() {
            add_basic(object);
        }
        let endpoints: serde_json::Map<String, Value> =
            world.endpoints.iter().map(|(name, url)| (name.clone(), url.clone().into())).collect();
        objects.insert("endpoint".to_owned(), Value::Object(endpoints));
        Self { objects, ..Self::default() }
    }

    /// Objects that have changed, or are new.
    pub(crate) fn update(&mut self, objects: BTreeMap<String, Value>) {
        for (alias, mut object) in objects {
            add_basic(&mut object);
            self.objects.insert(alias, object);
        }
    }

    /// An object of the world by its alias.
    pub(crate) fn object(&self, alias: &str) -> Result<&Value, String> {
        self.objects.get(alias).ok_or_else(|| format!("the target has no `{alias}`"))
    }

    /// Keeps a value for later steps.
    pub(crate) fn keep(&mut self, name: &str, value: Value) {
        self.captures.insert(name.to_owned(), value);
    }

    /// Forgets a value that a later step did not find again.
    pub(crate) fn forget(&mut self, name: &str) {
        self.captures.remove(name);
        self.answers.remove(name);
    }

    /// Keeps a whole answer for `same_as`.
    pub(crate) fn keep_answer(&mut self, name: &str, answer: Answer) {
        self.answers.insert(name.to_owned(), answer);
    }

    /// An answer that was kept.
    pub(crate) fn answer(&self, name: &str) -> Option<&Answer> {
        self.answers.get(name)
    }

    /// Forgets the fresh words: each step has its own, the same wherever the step uses them. `now` is the target's time.
    pub(crate) fn next_step(&mut self, now: i64) {
        self.fresh.get_mut().clear();
        self.now = now;
    }

    /// A new assertion of a client with a key, for the target.
    pub(crate) fn assertion(&self, client: &Value) -> Result<String, String> {
        let issuer = self.object("target")?.get("issuer").and_then(Value::as_str).unwrap_or_default();
        assertion::sign(client, issuer, self.now)
    }

    /// The text of a template.
    pub(crate) fn text(&self, template: &Template, with: &With) -> Result<String, String> {
        self.joined(template, with, &str::to_owned)
    }

    /// The value of a template: a reference alone keeps its type.
    pub(crate) fn value(&self, template: &Template, with: &With) -> Result<Value, String> {
        match template.alone() {
            Some(path) => self.look_up(path, with),
            None => self.text(template, with).map(Value::String),
        }
    }

    /// JSON with templates in its texts.
    pub(crate) fn json(&self, value: &Value, with: &With) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) if text.contains("{{") => self.value(&Template::parse(text)?, with)?,
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.json(item, with)).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => {
                let filled = members.iter().map(|(name, value)| Ok((name.clone(), self.json(value, with)?)));
                Value::Object(filled.collect::<Result<_, String>>()?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        })
    }

    /// A check with all its templates filled in.
    pub(crate) fn what(&self, what: &What, with: &With) -> Result<What, String> {
        let scope = |template: &Template| self.text(template, with).map(literal);
        Ok(match what {
            What::Header(name, matcher) => What::Header(name.clone(), self.matcher(matcher, with)?),
            What::Bearer(name, matcher) => What::Bearer(name.clone(), self.matcher(matcher, with)?),
            What::Json(path, matcher) => What::Json(path.clone(), self.matcher(matcher, with)?),
            What::Body(matcher) => What::Body(self.matcher(matcher, with)?),
            What::Jose(name, matcher) => What::Jose(name.clone(), self.matcher(matcher, with)?),
            What::Claim(path, matcher) => What::Claim(path.clone(), self.matcher(matcher, with)?),
            What::Lifetime(matcher) => What::Lifetime(self.matcher(matcher, with)?),
            What::ScopeSet(ScopeSet::Exactly(set)) => What::ScopeSet(ScopeSet::Exactly(scope(set)?)),
            What::ScopeSet(ScopeSet::Superset(set)) => What::ScopeSet(ScopeSet::Superset(scope(set)?)),
            What::ScopeSet(ScopeSet::Subset(set)) => What::ScopeSet(ScopeSet::Subset(scope(set)?)),
            What::ScopeSet(ScopeSet::Absent)
            | What::Outcome(_)
            | What::Status(_)
            | What::Exactly(_)
            | What::Order(_)
            | What::SameAs(_)
            | What::Verified
            | What::ClaimOrder(_) => what.clone(),
        })
    }

    fn matcher(&self, matcher: &Matcher, with: &With) -> Result<Matcher, String> {
        let all = |values: &[Value]| {
            values.iter().map(|value| self.json(value, with)).collect::<Result<Vec<_>, _>>()
        };
        let word = |text: &String| self.text(&Template::parse(text)?, with);
        Ok(match matcher {
            Matcher::Equals(value) => Matcher::Equals(self.json(value, with)?),
            Matcher::OneOf(values) => Matcher::OneOf(all(values)?),
            Matcher::Includes(values) => Matcher::Includes(all(values)?),
            Matcher::ContainsWord(text) => Matcher::ContainsWord(word(text)?),
            // A value inside a pattern stands for itself.
            Matcher::Matches(pattern) if pattern.contains("{{") => {
                Matcher::Matches(self.joined(&Template::parse(pattern)?, with, &regex::escape)?)
            }
            Matcher::IfPresent(inner) => Matcher::IfPresent(Box::new(self.matcher(inner, with)?)),
            Matcher::Not(inner) => Matcher::Not(Box::new(self.matcher(inner, with)?)),
            Matcher::Absent
            | Matcher::Present
            | Matcher::Matches(_)
            | Matcher::NonEmpty
            | Matcher::Kind(_)
            | Matcher::Length(_)
            | Matcher::MediaType(_)
            | Matcher::NearNow(_)
            | Matcher::FromNow(..)
            | Matcher::Unguessable(_) => matcher.clone(),
        })
    }

    fn joined(
        &self,
        template: &Template,
        with: &With,
        spell: &dyn Fn(&str) -> String,
    ) -> Result<String, String> {
        let mut out = String::new();
        for part in &template.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Reference { path, filters } => {
                    let text = match self.look_up(path, with)? {
                        Value::String(text) => text,
                        other => other.to_string(),
                    };
                    let filtered = filters.iter().fold(text, |text, filter| filter.apply(&text));
                    out.push_str(&spell(&filtered));
                }
            }
        }
        Ok(out)
    }

    fn look_up(&self, path: &[String], with: &With) -> Result<Value, String> {
        let (first, rest) = path.split_first().ok_or("a template names nothing")?;
        let name = rest.first().map(String::as_str).unwrap_or_default();
        if first == "fresh" {
            return self.fresh(name).map(Value::String);
        }
        if first == "letters" {
            return letters(name).map(Value::String);
        }
        if first == "with" {
            let (_, template) = with.iter().find(|(known, _)| known == name).ok_or_else(|| missing(path))?;
            return self.value(template, &[]);
        }
        let root = self.captures.get(first).or_else(|| self.objects.get(first));
        if let Some(("assertion", path)) = rest.split_last().map(|(last, path)| (last.as_str(), path))
            && let Some(client) =
                root.and_then(|root| member(root, path)).filter(|one| one.get("key").is_some())
        {
            return self.assertion(client).map(Value::String);
        }
        root.and_then(|root| member(root, rest)).cloned().ok_or_else(|| missing(path))
    }

    fn fresh(&self, kind: &str) -> Result<String, String> {
        let mut known = self.fresh.borrow_mut();
        if let Some(word) = known.get(kind) {
            return Ok(word.clone());
        }
        let word = match kind {
            "word" => random_word("w", 12),
            "email" => format!("{}@nobody.test", random_word("n", 12)),
            other => return Err(format!("`fresh.{other}` is not known: email, word")),
        };
        known.insert(kind.to_owned(), word.clone());
        Ok(word)
    }
}

/// A text of so many `x`.
fn letters(length: &str) -> Result<String, String> {
    let count = length.parse().ok().filter(|count| *count <= LONGEST);
    Ok("x"
        .repeat(count.ok_or_else(|| format!("`letters.{length}`: a length up to {LONGEST} belongs there"))?))
}

/// A word of `prefix` and `length` random hexadecimal digits.
pub(crate) fn random_word(prefix: &str, length: usize) -> String {
    let mut bytes = vec![0; length.div_ceil(2)];
    // Without randomness there would be no TLS either; zeros are a visible, harmless word.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        bytes.fill(0);
    }
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{prefix}{}", &digits[..length])
}

/// So many random decimal digits.
pub(crate) fn random_digits(length: usize) -> String {
    let mut bytes = vec![0; length];
    // As above; that some digits come a little more often harms nobody.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        bytes.fill(0);
    }
    bytes.iter().map(|byte| char::from(b'0' + byte % 10)).collect()
}

fn literal(text: String) -> Template {
    Template { parts: vec![Part::Literal(text)] }
}

fn missing(path: &[String]) -> String {
    format!("`{}` is not there", path.join("."))
}

fn add_basic(object: &mut Value) {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let Some((id, secret)) = text("id").zip(text("secret")) else { return };
    object["basic"] = json!(STANDARD.encode(format!("{id}:{secret}")));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bindings() -> Bindings {
        let objects = [
            ("web".to_owned(), json!({ "id": "w", "secret": "s" })),
            ("orders".to_owned(), json!({ "lifetime": 3600, "scope": { "read": "read:orders" } })),
        ];
        let world = World {
            endpoints: BTreeMap::from([("token".to_owned(), "http://x/t".to_owned())]),
            objects: BTreeMap::from(objects),
            secrets: Vec::new(),
            control: None,
        };
        Bindings::of(&world)
    }

    fn text(bindings: &Bindings, template: &str) -> Result<String, String> {
        bindings.text(&Template::parse(template).unwrap(), &[])
    }

    #[test]
    fn names_become_values() {
        let all = bindings();
        assert_eq!(text(&all, "{{ web.basic }} {{ endpoint.token }}").unwrap(), "dzpz http://x/t");
        assert_eq!(text(&all, "{{ orders.scope.read | upper }}").unwrap(), "READ:ORDERS");
        assert!(text(&all, "{{ web.name }}").unwrap_err().contains("web.name"));
    }

    #[test]
    fn a_reference_alone_keeps_its_type() {
        let all = bindings();
        assert_eq!(
            all.json(&json!(["{{ orders.lifetime }}", "{{ orders.lifetime }}s"]), &[]),
            Ok(json!([3600, "3600s"]))
        );
    }

    #[test]
    fn fresh_words_last_one_step() {
        let mut all = bindings();
        let first = text(&all, "{{ fresh.word }}").unwrap();
        assert_eq!(text(&all, "{{ fresh.word }}").unwrap(), first);
        all.next_step(0);
        assert_ne!(text(&all, "{{ fresh.word }}").unwrap(), first);
    }

    #[test]
    fn with_is_filled_from_the_expectation() {
        let with = [("name".to_owned(), Template::parse("{{ web.id }}").unwrap())];
        let template = Template::parse("missing {{ with.name }}").unwrap();
        assert_eq!(bindings().text(&template, &with).unwrap(), "missing w");
    }

    #[test]
    fn a_value_inside_a_pattern_stands_for_itself() {
        let mut all = bindings();
        all.keep("dot", json!("a.b"));
        let Matcher::Matches(pattern) =
            all.matcher(&Matcher::Matches("^{{ dot }}$".to_owned()), &[]).unwrap()
        else {
            panic!("a pattern stays one")
        };
        assert_eq!(pattern, r"^a\.b$");
    }
}
