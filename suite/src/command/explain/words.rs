//! The words of reports: verdicts, exit codes, levels, bases, effects, capabilities.

use crate::command::exit::Exit;
use crate::corpus::Corpus;
use crate::verdict::Verdict;

/// The words that this file explains, for suggestions.
pub(super) fn all() -> Vec<String> {
    let mut all: Vec<String> = Verdict::ALL.iter().map(|verdict| verdict.word().to_owned()).collect();
    all.extend(WORDS.iter().map(|(word, _)| (*word).to_owned()));
    all
}

/// The levels, bases and effects of the catalogue.
const WORDS: &[(&str, &str)] = &[
    ("MUST", "Level. What the service does. Well founded, a mismatch fails."),
    ("SHOULD", "Level. A recommendation. A mismatch warns, or is a note where the basis is weak."),
    ("MAY", "Level. A permission. What the server does is only recorded."),
    ("advice", "Level. It speaks to people; a mismatch warns."),
    ("rfc", "Basis. An RFC says it."),
    ("recorded", "Basis. A recording of the live service shows it."),
    ("documented", "Basis. A current page of the documentation says it."),
    ("older", "Basis. Only an older page says it: a mismatch with a MUST warns."),
    ("fixture", "Basis. A client library's source or test data says it: a mismatch with a MUST warns."),
    ("report", "Basis. Only reports or drafts say it: a mismatch is a note."),
    ("inferred", "Basis. It follows from other statements, or had to be decided: a mismatch is a note."),
    ("takeover", "Effect. Somebody gets in. A wrong outcome fails whatever the basis."),
    ("leak", "Effect. More is given away than was granted. A wrong outcome fails whatever the basis."),
    ("denial", "Effect. Somebody rightful is refused."),
    ("interop", "Effect. A client that follows the documents breaks."),
];

/// A level, basis or effect.
pub(super) fn level(id: &str) -> Option<String> {
    let (word, text) = WORDS.iter().find(|(word, _)| *word == id)?;
    Some(format!("{word}\n  {text}\n"))
}

/// A verdict.
pub(super) fn verdict(id: &str) -> Option<String> {
    let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.word() == id)?;
    let text = match verdict {
        Verdict::Pass => "The server does what the documents say.",
        Verdict::NotApplicable => {
            "Not asked for here: the flavour judges none of the rows, or the target does not have a capability that \
             the case needs."
        }
        Verdict::Note => {
            "The server differs in a way that is only worth telling: text for people, or a weak basis."
        }
        Verdict::Warn => "The server differs in a way that clients may stumble over. The run does not fail.",
        Verdict::Unrun => "Not run: over a budget, or filtered.",
        Verdict::Inconclusive => {
            "Could not be told: the network failed, the target limits the rate of requests, or it answered with a \
             fault of its own. Run it again."
        }
        Verdict::Blocked => {
            "Could not start. Something is missing at the target (the report says what to add to the profile), or a \
             control did not hold: then a refusal would have proven nothing, so nothing after it was judged."
        }
        Verdict::Fail => {
            "The server does not do what the documents say. The card says what was sent and expected."
        }
        Verdict::Error => "A fault of the suite itself, never of the target. Please report it.",
    };
    Some(format!("{id}: a verdict\n  {text}\n"))
}

/// An exit code.
pub(super) fn exit(id: &str) -> Option<String> {
    let code: u8 = id.parse().ok()?;
    let every = [Exit::AsExpected, Exit::Usage];
    let exit = Exit::PRECEDENCE.into_iter().chain(every).find(|exit| exit.code() == code)?;
    let order: Vec<String> = Exit::PRECEDENCE.iter().map(|exit| exit.code().to_string()).collect();
    let order = order.join(", ");
    Some(format!(
        "{code}: an exit code\n  {}.\n  If several hold, the first of {order} wins.\n",
        exit.meaning()
    ))
}

/// A capability, and the cases that need it.
pub(super) fn capability(corpus: &Corpus, id: &str) -> Option<String> {
    let cases = corpus.cases.iter().filter(|case| case.needs.iter().any(|need| need == id));
    let names: Vec<&str> = cases.map(|case| case.id.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let shown = names.iter().take(12).copied().collect::<Vec<_>>().join(", ");
    let more = if names.len() > 12 { format!(" and {} more", names.len() - 12) } else { String::new() };
    let known = corpus.capabilities.get(id);
    let means = known.map(|known| format!("  {}.\n", known.means)).unwrap_or_default();
    let follows = known.and_then(|known| known.follows.as_ref());
    let follows = follows.map(|follows| format!(" Unsaid it follows if {follows}.")).unwrap_or_default();
    Some(format!(
        "{id}: a capability\n{means}  Without it {} cases are not applicable at a target. In a profile: \
         `[capabilities]`, `\"{id}\" = true` or `false`.{follows}\n  Needed by {shown}{more}\n",
        names.len()
    ))
}
