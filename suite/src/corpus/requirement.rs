//! The catalogue: each documented statement, its source, level, basis and effect.

/// One row.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// `PWD-07`, `RFC6749-5.2-03`.
    pub id: String,
    /// The catalogue section.
    pub section: String,
    /// The statement.
    pub statement: String,
    /// How binding it is; open while planned.
    pub level: Option<Level>,
    /// How well it is founded; open while planned.
    pub basis: Option<Basis>,
    /// What a violation lets happen; open while planned.
    pub effect: Option<Effect>,
    /// Where it is said.
    pub source: String,
    /// The old text, if a later source overruled it.
    pub alternative: Option<String>,
    /// What became of it here.
    pub status: Status,
}

/// What became of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Carried out, and observable from outside.
    Implemented,
    /// Carried out, but nothing shows outside; the reason.
    NotObservable(String),
    /// Not carried out; the reason.
    Excluded(String),
    /// Comes with a named area.
    Planned(String),
}

impl Requirement {
    /// Not `planned`.
    #[must_use]
    pub fn decided(&self) -> bool {
        !matches!(self.status, Status::Planned(_))
    }

    /// Implemented, hence to be covered by a case.
    #[must_use]
    pub fn observable(&self) -> bool {
        self.status == Status::Implemented
    }
}

/// How binding a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It speaks to people.
    Advice,
    /// A permission.
    May,
    /// A recommendation.
    Should,
    /// What the service does.
    Must,
}

/// How well a statement is founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// An RFC says it.
    Rfc,
    /// A recording of the live service shows it.
    Recorded,
    /// A current page says it.
    Documented,
    /// Only an older page says it.
    Older,
    /// A client library's source or fixture says it.
    Fixture,
    /// Reports or drafts say it.
    Report,
    /// It follows, or is needed to decide.
    Inferred,
}

/// What a violation lets happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing.
    None,
    /// A client that follows the documents breaks.
    Interop,
    /// Somebody rightful is refused.
    Denial,
    /// More is given away than was granted.
    Leak,
    /// Somebody gets in, or a protection is defeated.
    Takeover,
}
