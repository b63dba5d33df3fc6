//! `ids.lock`: every id that was ever given out. Ids are permanent, because baselines and kill matrices of other
//! people point at them: a new one is added, a removed one stays with `retired` before it, none is used twice.

use std::fmt;

/// The lines of `ids.lock`.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    /// The entries, in file order.
    pub entries: Vec<Id>,
    /// Whether the corpus has the file at all; a private corpus need not.
    pub kept: bool,
}

/// One line: `case password.credentials`, `retired deviation x.y`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    /// What it names.
    pub kind: Kind,
    /// The id.
    pub id: String,
    /// Whether it must not be used any more.
    pub retired: bool,
}

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A case, or one row of a case with `for_each`.
    Case,
    /// A deviation.
    Deviation,
}

impl Ids {
    /// Reads the file; the second value is the lines (counted from 1) that are none.
    #[must_use]
    pub fn read(text: &str) -> (Self, Vec<usize>) {
        let mut entries = Vec::new();
        let mut bad = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match Id::read(line) {
                Some(id) => entries.push(id),
                None => bad.push(index + 1),
            }
        }
        (Self { entries, kept: true }, bad)
    }

    /// The entry of an id.
    #[must_use]
    pub fn find(&self, kind: Kind, id: &str) -> Option<&Id> {
        self.entries.iter().find(|entry| entry.kind == kind && entry.id == id)
    }
}

impl Id {
    fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (retired, kind, id) = match words.as_slice() {
            ["retired", kind, id] => (true, *kind, *id),
            [kind, id] => (false, *kind, *id),
            _ => return None,
        };
        let kind = match kind {
            "case" => Kind::Case,
            "deviation" => Kind::Deviation,
            _ => return None,
        };
        Some(Self { kind, id: id.to_owned(), retired })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Case => "case",
            Kind::Deviation => "deviation",
        };
        write!(f, "{}{kind} {}", if self.retired { "retired " } else { "" }, self.id)
    }
}
