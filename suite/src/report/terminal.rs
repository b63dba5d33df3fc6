//! The report for people: quiet on success, cards for what does not hold, progress while a long run lasts.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::background::Background;
use super::card::Cards;
use super::cause::{self, Cause};
use super::layout::Paint;
use super::record::Record;
use super::score::Score;
use super::summary;
use crate::corpus::requirement::Effect;
use crate::run::event::{Assertion, Event, Listener};
use crate::verdict::Verdict;

/// How many causes have a card; the others have a line. A server that gets everything wrong would fill a book.
const CARDS: usize = 16;

/// Shows a bar on standard error once a run has lasted a second; it hides itself where there is no terminal.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    began: Instant,
    shown: bool,
}

impl Progress {
    /// A bar that is not yet shown.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "how long a bar has been waiting is not protocol time")]
    pub fn new() -> Self {
        Self { bar: ProgressBar::hidden(), began: Instant::now(), shown: false }
    }

    /// Another `done` of `all`, and what is going on.
    pub fn at(&mut self, done: u64, all: u64, now: &str) {
        if !self.shown && self.began.elapsed() > Duration::from_secs(1) {
            self.shown = true;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
                self.bar.set_style(style);
            }
        }
        self.bar.set_length(all);
        self.bar.set_position(done);
        self.bar.set_message(now.to_owned());
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Listener for Progress {
    fn on(&mut self, event: &Event) {
        match event {
            Event::RunStarted(started) => {
                self.bar.set_length(u64::try_from(started.planned).unwrap_or(u64::MAX));
            }
            Event::CaseFinished(finished) => {
                let all = self.bar.length().unwrap_or(0);
                self.at(self.bar.position() + 1, all, &finished.case);
            }
            Event::RunFinished(_) => self.end(),
            Event::CaseStarted { .. }
            | Event::Exchange(_)
            | Event::Assertion(_)
            | Event::Fingerprint { .. }
            | Event::ClaimJudged(_) => {}
        }
    }
}

/// How the report looks.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Columns.
    pub width: usize,
    /// Colours.
    pub paint: Paint,
    /// The arguments that lead to the same target: ` --target acme.toml`, or empty for the embedded server.
    pub target: &'a str,
}

/// The whole report of a run.
#[must_use]
pub fn render(record: &Record, background: &Background, score: &Score<'_>, look: Look<'_>) -> String {
    let Look { width, paint, target } = look;
    let cards = Cards { record, background, width, paint, target };
    let mut out = summary::head(record, paint);
    out.push('\n');
    let unknown = |one: &Assertion| !score.is_known(one);
    let mut causes = cause::causes(record, Verdict::Fail, &unknown);
    causes.extend(cause::causes(record, Verdict::Warn, &unknown));
    // What lets somebody in stands before what breaks a client.
    causes.sort_by_key(|cause| (Reverse(cause.verdict), Reverse(effect(cause, background))));
    for cause in causes.iter().take(CARDS) {
        out.push_str(&cards.render(cause));
        if !background.scored(&cause.findings[0].case.case) {
            out.push_str("  (the case is provisional or disputed: it does not count)\n");
        }
        out.push('\n');
    }
    if let Some(rest) = causes.get(CARDS..).filter(|rest| !rest.is_empty()) {
        out.push_str(&summary::lines(rest, width, paint));
        out.push('\n');
    }
    out.push_str(&summary::unjudged(record, width, paint));
    let taken = if target.is_empty() { String::new() } else { summary::fingerprint(record, width, paint) };
    let notes = cause::causes(record, Verdict::Note, &unknown);
    let lines =
        [summary::lines(&notes, width, paint), taken, summary::baseline(score, width, paint)].concat();
    if !lines.is_empty() {
        out.push_str(&lines);
        out.push('\n');
    }
    out.push_str(&summary::areas(record, background, paint));
    out.push('\n');
    out.push_str(&summary::claims(record, width, paint));
    out.push_str(&summary::foot(record, score, paint));
    out
}

fn effect(cause: &Cause<'_>, background: &Background) -> Option<Effect> {
    let rows = cause.findings[0].rows();
    rows.iter().filter_map(|row| background.requirements.get(row)?.effect).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use crate::report::score::Terms;

    fn text(record: &Record, terms: &Terms, target: &str) -> String {
        let background = samples::background();
        let score = Score::of(record, &background, terms);
        render(record, &background, &score, Look { width: 100, paint: Paint::default(), target })
    }

    #[test]
    fn a_failing_run_ends_with_counts_of_all_states() {
        let shown = text(&samples::failing(), &Terms::default(), "");
        assert!(shown.starts_with("embedded · corpus 2026.1 (3f9c21aa) · auth0\n"), "{shown}");
        assert!(shown.contains("\n  password   2 fail\n"), "{shown}");
        let counts =
            "\n0 pass · 0 n/a · 0 note · 0 warn · 0 unrun · 0 inconclusive · 0 blocked · 2 fail · 0 error\n";
        assert!(shown.contains(counts), "{shown}");
        assert!(shown.ends_with("Exit 1: an unexpected failure.\n"), "{shown}");
    }

    #[test]
    fn blocked_cases_stand_under_their_reason_once() {
        let shown = text(&samples::blocked(), &Terms::default(), " --target acme.toml");
        assert_eq!(shown.matches("[[connections]]").count(), 1, "{shown}");
        assert!(shown.contains("BLOCKED  2 cases\n  no connection with the realm Employees"), "{shown}");
        assert!(shown.contains("realm.wrong-directory (auth0), realm.unknown (auth0)"), "{shown}");
    }

    #[test]
    fn a_known_failure_has_a_line_and_no_card() {
        let shown = text(&samples::external(), &samples::external_terms(), " --target acme.toml");
        assert!(!shown.contains("FAIL"), "{shown}");
        assert!(
            shown.contains("known      password.credentials#wrong-password/status (rfc6749): answers 401"),
            "{shown}"
        );
        assert!(shown.contains("WARN  password.credentials#wrong-password/header.pragma"), "{shown}");
        assert!(
            shown.contains("\nnote  password.credentials#wrong-password/json.error_description"),
            "{shown}"
        );
        assert!(shown.ends_with("As expected. (1 known failure)\n"), "{shown}");
        for line in shown.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }

    #[test]
    fn a_claim_says_what_is_missing() {
        let mut record = samples::external();
        record.claims = vec![samples::claim(true), samples::claim(false)];
        let shown = text(&record, &samples::external_terms(), " --target acme.toml");
        let granted =
            "\nGRANTED  rfc6749/ropg@2026.1  2 of 2 statements\n  Serves the grant as RFC 6749 prescribes\n";
        assert!(shown.contains(granted), "{shown}");
        let missing = "\nNOT PROVEN  rfc6749/ropg@2026.1  1 of 2 statements\n  Serves the grant as RFC 6749 prescribes\n  \
                       fail          PWD-07 (1 case)\n                password.credentials#wrong-password/status: expected 400";
        assert!(shown.contains(missing), "{shown}");
        assert!(
            shown.ends_with("Exit 5: nothing was judged, or a claim is not proven. (1 known failure)\n"),
            "{shown}"
        );
    }
}
