//! The kill matrix: which assertions each deviation makes fail. Committed as `proof/kill-matrix.json`, one kill a line,
//! so that a change is a diff; read again to name the probable bug behind a failure.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// The file below `fixtures/`.
pub const FILE: &str = "proof/kill-matrix.json";

/// The matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KillMatrix {
    /// The version of the form: 1.
    pub schema: u32,
    /// The corpus version that was proven.
    pub corpus: String,
    /// Sorted by deviation and flavour.
    pub kills: Vec<Kill>,
    /// Assertions that no deviation makes fail, sorted.
    pub unproven: Vec<String>,
}

/// One deviation that was noticed under one flavour.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kill {
    /// The deviation.
    pub deviation: String,
    /// The flavour.
    pub flavour: String,
    /// The assertions that noticed, by shared id where they have one; sorted.
    pub by: Vec<String>,
    /// The violated rows that those assertions stand for; sorted.
    pub requirements: Vec<String>,
}

/// A deviation whose failures look like those of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness<'a> {
    /// The deviation.
    pub deviation: &'a str,
    /// Of all that it breaks among what was judged, the share that is broken: 0 to 1.
    pub share: f64,
    /// Whether the broken assertions are exactly those that it breaks.
    pub exact: bool,
}

impl KillMatrix {
    /// The matrix that was committed with this corpus; empty if there is none.
    #[must_use]
    pub fn embedded() -> Self {
        ropg_fixtures::file(FILE).and_then(|text| Self::read(text).ok()).unwrap_or_default()
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// What is wrong with it, as a lower-case fragment.
    pub fn read(text: &str) -> Result<Self, String> {
        let matrix: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if matrix.schema == 1 { Ok(matrix) } else { Err(format!("schema {} is not known", matrix.schema)) }
    }

    /// The file's text: sorted, stable, one kill a line.
    #[must_use]
    pub fn text(&self) -> String {
        let mut kills = self.kills.clone();
        kills.sort();
        let mut unproven = self.unproven.clone();
        unproven.sort();
        let line = |value: &dyn erased::Line| format!("    {}", value.json());
        let kills: Vec<String> = kills.iter().map(|kill| line(kill)).collect();
        let unproven: Vec<String> = unproven.iter().map(|id| line(id)).collect();
        let mut out = format!("{{\n  \"schema\": 1,\n  \"corpus\": {},\n", erased::Line::json(&self.corpus));
        for (name, lines, end) in [("kills", kills, ","), ("unproven", unproven, "")] {
            let body = if lines.is_empty() { String::new() } else { format!("\n{}\n  ", lines.join(",\n")) };
            // Writing to a String cannot fail.
            let _ = writeln!(out, "  \"{name}\": [{body}]{end}");
        }
        out.push_str("}\n");
        out
    }

    /// How many deviations were noticed under at least one flavour.
    #[must_use]
    pub fn killed(&self) -> usize {
        self.kills.iter().map(|kill| &kill.deviation).collect::<BTreeSet<_>>().len()
    }

    /// The rows for which a kill stands.
    #[must_use]
    pub fn proven(&self) -> BTreeSet<&str> {
        self.kills.iter().flat_map(|kill| &kill.requirements).map(String::as_str).collect()
    }

    /// The deviation whose failures are most like what is `broken` among what was `judged`, if it would explain
    /// `these`. At least half of what it breaks must be broken: less is chance.
    #[must_use]
    pub fn like(
        &self,
        flavour: &str,
        these: &[&str],
        broken: &BTreeSet<&str>,
        judged: &BTreeSet<&str>,
    ) -> Option<Likeness<'_>> {
        let mut best: Option<((f64, f64), Likeness<'_>)> = None;
        for kill in self.kills.iter().filter(|kill| kill.flavour == flavour) {
            let would: BTreeSet<&str> =
                kill.by.iter().map(String::as_str).filter(|id| judged.contains(id)).collect();
            let explained = ratio(these.iter().filter(|id| would.contains(*id)).count(), these.len());
            let share = ratio(would.intersection(broken).count(), would.len());
            if explained == 0.0 || share < 0.5 {
                continue;
            }
            // A bug breaks more than the rows for which it was noticed, so what it leaves unexplained counts last.
            let likeness = ratio(would.intersection(broken).count(), would.union(broken).count());
            let rank = (share + explained, likeness);
            if best.as_ref().is_none_or(|(known, _)| rank > *known) {
                let found = Likeness { deviation: &kill.deviation, share, exact: would == *broken };
                best = Some((rank, found));
            }
        }
        best.map(|(_, likeness)| likeness)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of assertions are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// One value as one line of JSON.
mod erased {
    pub(super) trait Line {
        fn json(&self) -> String;
    }

    impl<T: serde::Serialize> Line for T {
        fn json(&self) -> String {
            serde_json::to_string(self).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kill(deviation: &str, by: &[&str]) -> Kill {
        let by = by.iter().map(|id| (*id).to_owned()).collect();
        Kill {
            deviation: deviation.to_owned(),
            flavour: "auth0".to_owned(),
            by,
            requirements: vec!["PWD-07".to_owned()],
        }
    }

    #[test]
    fn one_kill_a_line_sorted_and_read_back() {
        let matrix = KillMatrix {
            schema: 1,
            corpus: "2026.1".to_owned(),
            kills: vec![kill("b", &["x#1/status"]), kill("a", &["x#1/outcome"])],
            unproven: vec!["z#1/order".to_owned()],
        };
        let text = matrix.text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[4].starts_with(r#"    {"deviation":"a","#), "{text}");
        assert!(lines[5].starts_with(r#"    {"deviation":"b","#), "{text}");
        assert_eq!(KillMatrix::read(&text).unwrap().text(), text);
        assert_eq!(KillMatrix::default().text().lines().count(), 6);
    }

    #[test]
    fn the_bug_that_explains_most_is_named() {
        let kills = vec![
            kill("any-accepted", &["x#1/outcome", "y#1/outcome"]),
            kill("wrong-status", &["x#1/status"]),
        ];
        let matrix = KillMatrix { kills, ..KillMatrix::default() };
        let judged = BTreeSet::from(["x#1/outcome", "x#1/status", "y#1/outcome"]);
        let broken = BTreeSet::from(["x#1/outcome", "y#1/outcome"]);
        let found = matrix.like("auth0", &["x#1/outcome"], &broken, &judged).unwrap();
        assert_eq!((found.deviation, found.exact), ("any-accepted", true));
        assert!(matrix.like("rfc6749", &["x#1/outcome"], &broken, &judged).is_none());
        assert!(matrix.like("auth0", &["z#1/outcome"], &broken, &judged).is_none());
    }
}
