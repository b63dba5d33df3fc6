//! Collects what is wrong with a tenant document, and what of it means nothing here.

use ropg_fixtures::document::{At, Node};
use ropg_fixtures::{Document, Problem, Problems, schema};

/// The problems and the ignored members of one load.
pub(super) struct Check<'a> {
    document: &'a Document,
    problems: Problems,
    /// How many of them the schema found.
    of_the_schema: usize,
    pub(super) ignored: Vec<String>,
}

impl<'a> Check<'a> {
    /// Begins with what the schema has found: whoever wrote the file wants the rest too.
    pub(super) fn new(document: &'a Document, problems: Problems) -> Self {
        Self { document, of_the_schema: problems.0.len(), problems, ignored: Vec::new() }
    }

    /// `Ok(value)` if nothing is wrong, else every problem in the order of the file.
    pub(super) fn or<T>(mut self, value: T) -> Result<T, Problems> {
        self.problems.0.sort_by_key(|problem| problem.at.map(|at| at.start));
        self.problems.or(value)
    }

    pub(super) fn problem(&mut self, at: At, message: impl Into<String>) {
        self.push(Problem::new(self.document, at, message));
    }

    /// A second problem of a place that the schema refuses is mostly its consequence.
    fn push(&mut self, problem: Problem) {
        let mut found = self.problems.0[..self.of_the_schema].iter();
        if !found.any(|known| known.at.is_some() && known.at == problem.at) {
            self.problems.push(problem);
        }
    }

    /// A name that nothing has, with the nearest that something has.
    pub(super) fn unknown(&mut self, at: At, message: String, name: &str, known: &[String]) {
        let problem = Problem::new(self.document, at, message);
        // What has no name is a problem of its own.
        let known: Vec<String> = known.iter().filter(|name| !name.is_empty()).cloned().collect();
        self.push(match schema::nearest(name, &known) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None if known.is_empty() => problem,
            None => problem.help(format!("known: {}", known.join(", "))),
        });
    }

    /// Lists the members of an imported object that are not read; a slip of the pen is told with what was meant.
    pub(super) fn ignore_unknown(&mut self, node: &Node, whose: &str, known: &[&str]) {
        for (key, _) in node.members().iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            let owned: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
            let place = place(key.at);
            let meant = schema::nearest(&key.text, &owned).map(|near| format!(" (did you mean `{near}`?)"));
            let dot = if whose.is_empty() { "" } else { "." };
            self.ignored.push(format!("{place}{whose}{dot}{}{}", key.text, meant.unwrap_or_default()));
        }
    }

    /// Lists a known member that means nothing where it stands.
    pub(super) fn ignore(&mut self, node: &Node, member: &str, why: &str) {
        self.ignored.push(format!("{}{member} ({why})", place(node.at)));
    }
}

fn place(at: At) -> String {
    if at.line > 0 { format!("line {}: ", at.line) } else { String::new() }
}
