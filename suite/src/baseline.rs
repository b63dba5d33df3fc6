//! The baseline: failures that an implementer knows, one entry each, with reason and sources.
//!
//! ```toml
//! [[entry]]
//! id = "password.credentials#wrong-password/status"    # an assertion, a whole case, or what a shape demands of every
//!                                                      # answer: "shape/token-response.caching/header.pragma"
//! flavour = "auth0"                                    # optional
//! expect = "fail"                                      # fail, warn or note
//! reason = "answers 401 until release 4"
//! cites = ["PWD-07", "https://example.com/issues/12"]  # what says that it is wrong, or right
//! observed = "2026-11-02, build 1893"
//! until = "2027-03-01"                                 # optional: after this day it excuses nothing
//! ```
//! There are no wildcards: each new failure is seen once. An entry whose failure is gone is stale.

use jiff::civil::Date;
use ropg_fixtures::document::At;
use ropg_fixtures::{Document, Node, Problem, Problems};
use serde::Deserialize;

use crate::report::record::CaseRecord;
use crate::run::event::Assertion;
use crate::verdict::Verdict;

/// What the id of a shape's check begins with.
pub const SHAPE: &str = "shape/";

/// All entries of one file.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The file.
    pub path: String,
    /// The entries, in order.
    pub entries: Vec<Entry>,
}

/// One known failure.
#[derive(Clone, Debug)]
pub struct Entry {
    /// An assertion, a case, or a check of a shape.
    pub id: String,
    /// The flavour; `None`: each.
    pub flavour: Option<String>,
    /// The verdict that is expected.
    pub expect: Verdict,
    /// Why it is accepted.
    pub reason: String,
    /// What says so: rows, issues, pages.
    pub cites: Vec<String>,
    /// When and where it was seen.
    pub observed: String,
    /// Where it is followed up.
    pub link: Option<String>,
    /// The last day on which it excuses anything.
    pub until: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    entry: Vec<toml::Spanned<RawEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    id: Option<String>,
    flavour: Option<String>,
    expect: Option<String>,
    reason: Option<String>,
    cites: Option<Cites>,
    observed: Option<String>,
    link: Option<String>,
    until: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cites {
    One(String),
    Many(Vec<String>),
}

impl Baseline {
    /// Reads a baseline. `unknown` says what is wrong with an id, if it names nothing in the corpus.
    ///
    /// # Errors
    /// All problems of the file.
    pub fn read(path: &str, text: &str, unknown: &dyn Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let place = Place { document: shell(path, text) };
        let mut problems = Problems::default();
        let file = match toml::from_str::<File>(text) {
            Ok(file) => file,
            Err(error) => {
                let at = place.at(error.span().unwrap_or(0..1));
                problems.push(Problem::new(&place.document, at, first_line(error.message())));
                return Err(problems);
            }
        };
        let mut entries: Vec<Entry> = Vec::new();
        for raw in file.entry {
            let at = place.at(raw.span());
            let mut faults = Vec::new();
            let entry = decode(raw.into_inner(), unknown, &mut faults);
            if entries.iter().any(|known| known.id == entry.id && known.flavour == entry.flavour) {
                faults.push(format!("a second entry for `{}`", entry.id));
            }
            for fault in faults {
                problems.push(Problem::new(&place.document, at, fault));
            }
            entries.push(entry);
        }
        problems.or(Self { path: path.to_owned(), entries })
    }
}

impl Entry {
    /// Whether the entry speaks of something in this case: what a shape demands may be missing in each.
    #[must_use]
    pub fn concerns(&self, case: &str) -> bool {
        self.id.starts_with(SHAPE)
            || self.id.split_once('#').map_or(self.id.as_str(), |(case, _)| case) == case
    }

    fn names(&self, one: &Assertion) -> bool {
        one.id == self.id || one.shared.as_ref() == Some(&self.id)
    }

    /// The verdict of what the entry speaks of; `None` if the case did not come so far.
    #[must_use]
    pub fn found(&self, case: &CaseRecord) -> Option<Verdict> {
        if self.id == case.case {
            return case.verdict;
        }
        // Passing assertions of a passing case are not kept; that they were heard is.
        match case.assertions.iter().filter(|one| self.names(one)).map(|one| one.verdict).max() {
            Some(verdict) => Some(verdict),
            None => case.heard.contains(&self.id).then_some(Verdict::Pass),
        }
    }

    /// The assertions that the entry excuses.
    pub fn excused<'a>(&self, case: &'a CaseRecord) -> impl Iterator<Item = &'a Assertion> {
        let whole = self.id == case.case;
        case.assertions.iter().filter(move |one| one.verdict == self.expect && (whole || self.names(one)))
    }
}

fn decode(raw: RawEntry, unknown: &dyn Fn(&str) -> Option<String>, faults: &mut Vec<String>) -> Entry {
    let mut demand = |name: &str, value: Option<String>| match value {
        Some(value) if !value.trim().is_empty() => value,
        Some(_) | None => {
            faults.push(format!("an entry needs `{name}`"));
            String::new()
        }
    };
    let id = demand("id", raw.id);
    let expect = demand("expect", raw.expect);
    let reason = demand("reason", raw.reason);
    let observed = demand("observed", raw.observed);
    let cites = match raw.cites {
        Some(Cites::One(one)) => vec![one],
        Some(Cites::Many(many)) => many,
        None => Vec::new(),
    };
    if cites.iter().all(|one| one.trim().is_empty()) {
        faults.push("an entry needs `cites`: the rows, issues or pages that speak of it".to_owned());
    }
    if id.contains('*') {
        faults.push("an id is written out; wildcards would hide what is new".to_owned());
    } else if let Some(fault) = Some(&id).filter(|id| !id.is_empty()).and_then(|id| unknown(id)) {
        faults.push(fault);
    }
    let expect = match expect.as_str() {
        "fail" | "" => Verdict::Fail,
        "warn" => Verdict::Warn,
        "note" => Verdict::Note,
        other => {
            faults.push(format!("`expect` is fail, warn or note, not `{other}`"));
            Verdict::Fail
        }
    };
    let until = raw.until.and_then(|text| match text.parse() {
        Ok(date) => Some(date),
        Err(_) => {
            faults.push(format!("`until` is a day such as 2027-03-01, not `{text}`"));
            None
        }
    });
    Entry { id, flavour: raw.flavour, expect, reason, cites, observed, link: raw.link, until }
}

struct Place {
    document: Document,
}

impl Place {
    fn at(&self, span: std::ops::Range<usize>) -> At {
        let before = self.document.text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let narrow = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        // The caret stands under the head of the entry, not under all of it.
        let len =
            self.document.text.get(span.clone()).and_then(|text| text.lines().next()).map_or(1, str::len);
        At { line: narrow(line), column: narrow(column), start: span.start, len }
    }
}

fn shell(path: &str, text: &str) -> Document {
    let root = Node { data: ropg_fixtures::Data::Null, at: At::default() };
    Document { path: path.to_owned(), text: text.to_owned(), root }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[entry]]\nid = \"a.b#s/status\"\nexpect = \"fail\"\nreason = \"r\"\n\
                        cites = [\"PWD-07\"]\nobserved = \"today\"\nuntil = \"2027-03-01\"\n";

    #[test]
    fn an_entry_is_read() {
        let baseline = Baseline::read("b.toml", GOOD, &|_| None).unwrap();
        assert!(baseline.entries[0].concerns("a.b") && !baseline.entries[0].concerns("a"));
        assert_eq!(baseline.entries[0].until, Some(jiff::civil::date(2027, 3, 1)));
    }

    #[test]
    fn all_problems_are_told_with_their_lines() {
        let text = format!("{GOOD}\n[[entry]]\nid = \"x\"\nexpect = \"pass\"\n\n[[entry]]\nid = \"a.*\"\n");
        let Err(problems) = Baseline::read("b.toml", &text, &|id| (id == "x").then(|| "no such id".into()))
        else {
            panic!("it is wrong");
        };
        let all = problems.to_string();
        for part in ["b.toml:9:1", "no such id", "not `pass`", "needs `reason`", "needs `cites`", "wildcards"]
        {
            assert!(all.contains(part), "{part} in {all}");
        }
        let Err(typo) = Baseline::read("b.toml", "[[entry]]\nreasn = 1\n", &|_| None) else {
            panic!("a typo")
        };
        assert!(typo.to_string().starts_with("b.toml:2:1"), "{typo}");
    }
}
