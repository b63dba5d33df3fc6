//! Takes values out of a tree. What is wrong is noted with its place and reading goes on, so that a file shows all of
//! its problems at once.

use std::fmt::Display;

use ropg_fixtures::document::{At, Data, Document, Key, Node};
use ropg_fixtures::schema::nearest;
use ropg_fixtures::{Problem, Problems};
use serde_json::Value;

use crate::corpus::template::Template;

/// A file that is being read.
pub(super) struct Reading<'a> {
    document: &'a Document,
    /// The case or other object that is being read; embedded files have no lines, so that messages name it.
    pub(super) about: String,
    problems: &'a mut Problems,
}

impl<'a> Reading<'a> {
    pub(super) fn new(document: &'a Document, problems: &'a mut Problems) -> Self {
        Self { document, about: String::new(), problems }
    }

    /// Notes a problem.
    pub(super) fn wrong(&mut self, at: At, message: impl Display) {
        self.note(at, message, None);
    }

    /// Notes a problem and what would be right.
    pub(super) fn wrong_but(&mut self, at: At, message: impl Display, help: String) {
        self.note(at, message, Some(help));
    }

    fn note(&mut self, at: At, message: impl Display, help: Option<String>) {
        let text =
            if self.about.is_empty() { message.to_string() } else { format!("{}: {message}", self.about) };
        let mut problem = Problem::new(self.document, at, text);
        problem.help = help;
        self.problems.push(problem);
    }

    /// The members of a map, all of which must be `known`; nothing at all counts as an empty map.
    pub(super) fn map<'n>(&mut self, node: &'n Node, known: &[&str]) -> &'n [(Key, Node)] {
        let members = self.any_map(node);
        for (key, _) in members {
            if !known.contains(&key.text.as_str()) {
                self.unknown(key, known);
            }
        }
        members
    }

    /// The members of a map of any names.
    pub(super) fn any_map<'n>(&mut self, node: &'n Node) -> &'n [(Key, Node)] {
        match &node.data {
            Data::Map(members) => members,
            Data::Null => &[],
            Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) => {
                self.wrong(node.at, format!("{} where a map belongs", node.kind()));
                &[]
            }
        }
    }

    /// Notes an unknown member, with the name that was probably meant.
    pub(super) fn unknown(&mut self, key: &Key, known: &[&str]) {
        let known: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
        let help = match nearest(&key.text, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known members: {}", known.join(", ")),
        };
        self.wrong_but(key.at, format!("unknown member `{}`", key.text), help);
    }

    /// A member that must be there.
    pub(super) fn required<'n>(&mut self, node: &'n Node, name: &str) -> Option<&'n Node> {
        let member = node.member(name);
        if member.is_none() {
            self.wrong(node.at, format!("missing member `{name}`"));
        }
        member
    }

    /// A member that must be there and be text; empty if it is not.
    pub(super) fn required_text(&mut self, node: &Node, name: &str) -> String {
        self.required(node, name).map(|member| self.text(member)).unwrap_or_default()
    }

    /// Text.
    pub(super) fn text(&mut self, node: &Node) -> String {
        match node.text() {
            Some(text) => text.to_owned(),
            None => {
                self.wrong(node.at, format!("{} where text belongs", node.kind()));
                String::new()
            }
        }
    }

    /// A text, or a list of texts.
    pub(super) fn texts(&mut self, node: &Node) -> Vec<String> {
        match &node.data {
            Data::List(items) => items.iter().map(|item| self.text(item)).collect(),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Map(_) => {
                vec![self.text(node)]
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, node: &Node) -> bool {
        node.bool().unwrap_or_else(|| {
            self.wrong(node.at, format!("{} where `true` or `false` belongs", node.kind()));
            false
        })
    }

    /// A whole number.
    pub(super) fn whole(&mut self, node: &Node) -> u64 {
        node.whole().unwrap_or_else(|| {
            self.wrong(node.at, format!("{} where a whole number belongs", node.kind()));
            0
        })
    }

    /// One of the named values.
    pub(super) fn one_of<T: Copy>(&mut self, node: &Node, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(node);
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() && node.text().is_some() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.wrong_but(
                node.at,
                format!("`{text}` is not allowed"),
                format!("one of {}", words.join(", ")),
            );
        }
        found
    }

    /// Seconds of `90s`, or of a number.
    pub(super) fn seconds(&mut self, node: &Node) -> i64 {
        match node.text() {
            Some(text) => self.span(node, text),
            None => i64::try_from(self.whole(node)).unwrap_or(i64::MAX),
        }
    }

    /// Seconds of `90s`, `10m`, `24h` or `30d`.
    pub(super) fn span(&mut self, node: &Node, text: &str) -> i64 {
        let units = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)];
        let unit = text.chars().last().and_then(|last| units.iter().find(|(letter, _)| *letter == last));
        let number = unit.and_then(|_| text[..text.len() - 1].parse::<u32>().ok());
        match (unit, number) {
            (Some((_, seconds)), Some(number)) => i64::from(number) * seconds,
            _ => {
                let help = "`90s`, `10m`, `24h` or `30d`".to_owned();
                self.wrong_but(node.at, format!("`{text}` is no span of time"), help);
                0
            }
        }
    }

    /// A template; a number or a boolean is its text.
    pub(super) fn template(&mut self, node: &Node) -> Template {
        let text = match &node.data {
            Data::Number(number) => number.to_string(),
            Data::Bool(value) => value.to_string(),
            Data::Null | Data::Text(_) | Data::List(_) | Data::Map(_) => self.text(node),
        };
        self.template_of(node.at, &text)
    }

    /// A template that stands as the name of a member.
    pub(super) fn template_of(&mut self, at: At, text: &str) -> Template {
        Template::parse(text).unwrap_or_else(|fault| {
            self.wrong(at, fault);
            Template::default()
        })
    }

    /// Any JSON, whose texts may be templates.
    pub(super) fn json(&mut self, node: &Node) -> Value {
        self.check_templates(node);
        node.to_json()
    }

    fn check_templates(&mut self, node: &Node) {
        match &node.data {
            Data::Text(text) => {
                self.template_of(node.at, text);
            }
            Data::List(items) => items.iter().for_each(|item| self.check_templates(item)),
            Data::Map(members) => members.iter().for_each(|(_, value)| self.check_templates(value)),
            Data::Null | Data::Bool(_) | Data::Number(_) => {}
        }
    }
}
