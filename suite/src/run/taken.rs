//! Which of the documented forms of an answer or a choice a target takes, whether or not it is the one that passes: the
//! target's fingerprint.

use super::course::Course;
use super::event::Event;
use crate::corpus::case::Step;
use crate::corpus::expectation::{Facet, Outcome};
use crate::corpus::resolve::documented;
use crate::corpus::{Corpus, Judged};
use crate::matcher::check::{Context, check};
use crate::step::Seen;

/// Tells the form that each answer and choice of `step` has taken.
pub(super) fn tell_taken(
    corpus: &Corpus,
    course: &Course<'_>,
    step: &Step,
    seen: &Seen,
    tell: &mut dyn FnMut(Event),
) {
    for (name, forms) in documented(corpus, course.flavour, course.case, step) {
        let whole = |(_, all): &&(String, Vec<Judged>)| all.iter().all(|one| holds(course, one, seen));
        // Texts for people change more often than what programs read.
        let but_for_text = |(_, all): &&(String, Vec<Judged>)| {
            all.iter().filter(|one| one.check.facet != Facet::Text).all(|one| holds(course, one, seen))
        };
        let value = match (forms.iter().find(whole), forms.iter().find(but_for_text)) {
            (Some((label, _)), _) => label.clone(),
            (None, Some((label, _))) => format!("{label}, in other words"),
            (None, None) => format!("undocumented: {}", brief(seen)),
        };
        tell(course.fingerprint(&name, &value));
    }
}

/// Whether a check of some form holds; unlike a verdict it takes any of several statuses.
fn holds(course: &Course<'_>, one: &Judged, seen: &Seen) -> bool {
    let context = Context { bindings: &course.bindings, now: course.now(), strict: false };
    let what = course.bindings.what(&one.check.what, &one.with);
    what.is_ok_and(|what| check(&what, seen, &context).held)
}

fn brief(seen: &Seen) -> String {
    match seen {
        Seen::Answer(answer) if answer.outcome() == Some(Outcome::Granted) => "granted".to_owned(),
        Seen::Answer(answer) => answer.brief(),
        Seen::Token(_) | Seen::Made(_) => "another token".to_owned(),
        Seen::Nothing(why) => why.clone(),
    }
}
