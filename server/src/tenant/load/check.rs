//! Collects what is wrong with a tenant document, and what of it means nothing here.

use ropg_fixtures::document::{At, Node};
use ropg_fixtures::{Document, Problem, Problems, schema};

/// The problems and the ignored members of one load.
pub(super) struct Check<'a> {
    document: &'a Document,
    pub(super) problems: Problems,
    pub(super) ignored: Vec<String>,
}

impl<'a> Check<'a> {
    pub(super) fn new(document: &'a Document, _schema_holds: ()) -> Self {
        Self { document, problems: Problems::default(), ignored: Vec::new() }
    }

    pub(super) fn problem(&mut self, at: At, message: impl Into<String>) {
        self.problems.push(Problem::new(self.document, at, message));
    }

    /// A name that nothing has, with the nearest that something has.
    pub(super) fn unknown(&mut self, at: At, message: String, name: &str, known: &[String]) {
        let problem = Problem::new(self.document, at, message);
        self.problems.push(match schema::nearest(name, known) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None if known.is_empty() => problem,
            None => problem.help(format!("known: {}", known.join(", "))),
        });
    }

    /// Lists the members of an imported object that are not read; a slip of the pen is told with what was meant.
    pub(super) fn ignore_unknown(&mut self, node: &Node, whose: &str, known: &[&str]) {
        for (key, _) in node.members().iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            let owned: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
            let place = if key.at.line > 0 { format!("line {}: ", key.at.line) } else { String::new() };
            let meant = schema::nearest(&key.text, &owned).map(|near| format!(" (did you mean `{near}`?)"));
            self.ignored.push(format!("{place}{whose}.{}{}", key.text, meant.unwrap_or_default()));
        }
    }
}
