//! Deliberate misbehaviours, as data: each violates named rows, and the suite must notice.

/// One deviation.
#[derive(Clone, Debug)]
pub struct Deviation {
    /// Words, lower case, dots: `wrong-password.accepted`.
    pub id: String,
    /// What the server does wrong, in a sentence; the failure card's "probable bug".
    pub title: String,
    /// The rows that it violates.
    pub violates: Vec<String>,
    /// `behaviour`, `exchange` or `log`, as the server reads it; opaque to the suite.
    pub how: serde_json::Value,
    /// The flavours in which it must be noticed; `None`: each in which one of its rows is judged.
    pub flavours: Option<Vec<String>>,
    /// The file below the corpus folder.
    pub file: String,
}
