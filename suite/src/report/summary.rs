//! What stands under the cards: areas, what could not be judged and why, known failures, counts of all nine states.

use std::collections::BTreeMap;

use super::background::Background;
use super::cause::Cause;
use super::layout::{Paint, clip, count, duration, many, wrap};
use super::record::Record;
use super::score::Score;
use crate::baseline::Entry;
use crate::run::event::Assertion;
use crate::verdict::Verdict;

/// How many causes are told by a line.
const LINES: usize = 12;

/// The head line: who was judged by what.
#[must_use]
pub fn head(record: &Record, paint: Paint) -> String {
    let Some(started) = &record.started else { return String::new() };
    let digest: String = started.digest.chars().take(8).collect();
    let url = started.url.as_ref().map(|url| format!(" at {url}")).unwrap_or_default();
    let mut line = format!(
        "{}{url} · corpus {} ({digest}) · {}",
        paint.bold(&started.target),
        started.corpus,
        started.flavours.join(", ")
    );
    if !started.deviations.is_empty() {
        line.push_str(&format!(
            " · {}",
            paint.yellow(&format!("deviating: {}", started.deviations.join(", ")))
        ));
    }
    line.push('\n');
    line
}

/// One line for each area, one column for each flavour.
#[must_use]
pub fn areas(record: &Record, background: &Background, paint: Paint) -> String {
    let mut rows: BTreeMap<&str, BTreeMap<(usize, Verdict), usize>> = BTreeMap::new();
    let flavours = record.flavours();
    for case in &record.cases {
        let column = flavours.iter().position(|flavour| *flavour == case.flavour).unwrap_or(0);
        let verdict = case.verdict.unwrap_or(Verdict::Error);
        *rows.entry(background.area(&case.case)).or_default().entry((column, verdict)).or_default() += 1;
    }
    let names = rows.keys().map(|area| count(area)).max().unwrap_or(0);
    let cell = |counts: &BTreeMap<(usize, Verdict), usize>, column: usize| {
        let part =
            |verdict: &Verdict| counts.get(&(column, *verdict)).map(|n| format!("{n} {}", verdict.word()));
        Verdict::ALL.iter().filter_map(part).collect::<Vec<_>>().join(" · ")
    };
    let wide: Vec<usize> = (0..flavours.len())
        .map(|column| {
            let cells = rows.values().map(|counts| count(&cell(counts, column))).max().unwrap_or(0);
            cells.max(count(&flavours[column]))
        })
        .collect();
    let line = |first: &str, cells: &[String]| {
        let cells =
            cells.iter().zip(&wide).map(|(cell, wide)| format!("   {cell:<wide$}")).collect::<String>();
        format!("  {first:<names$}{cells}").trim_end().to_owned()
    };
    let mut out = paint.dim(&line("", flavours));
    out.push('\n');
    for (area, counts) in &rows {
        let cells: Vec<String> = (0..flavours.len()).map(|column| cell(counts, column)).collect();
        let text = line(area, &cells);
        let worst = counts.keys().map(|(_, verdict)| *verdict).max().unwrap_or(Verdict::Pass);
        out.push_str(&match worst {
            Verdict::Fail | Verdict::Error => paint.red(&text),
            Verdict::Warn | Verdict::Blocked | Verdict::Inconclusive => paint.yellow(&text),
            Verdict::Pass | Verdict::NotApplicable | Verdict::Note | Verdict::Unrun => text,
        });
        out.push('\n');
    }
    out
}

/// Cases that could not be judged, by reason: each reason once, with what would help.
#[must_use]
pub fn unjudged(record: &Record, width: usize, paint: Paint) -> String {
    let mut out = String::new();
    for verdict in [Verdict::Error, Verdict::Blocked, Verdict::Inconclusive, Verdict::Unrun] {
        let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
        for case in record.cases.iter().filter(|case| case.verdict == Some(verdict)) {
            let reason = case.reason.as_deref().unwrap_or("no reason was given");
            let name = format!("{} ({})", case.case, case.flavour);
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, cases)) => cases.push(name),
                None => reasons.push((reason, vec![name])),
            }
        }
        for (reason, cases) in reasons {
            let word = verdict.word().to_uppercase();
            out.push_str(&format!("{}  {}\n", paint.yellow(&word), many(cases.len(), "case")));
            for line in wrap(reason, width - 2) {
                out.push_str(&format!("  {line}\n"));
            }
            let shown = cases.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
            let more = cases.len().checked_sub(4).filter(|more| *more > 0);
            let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
            for line in wrap(&format!("{shown}{more}"), width - 2) {
                out.push_str(&format!("  {}\n", paint.dim(&line)));
            }
            out.push('\n');
        }
    }
    out
}

/// Causes that have no card of their own: one line each, as many as fit on a screen.
#[must_use]
pub fn lines(causes: &[Cause<'_>], width: usize, paint: Paint) -> String {
    let mut out = String::new();
    for cause in causes.iter().take(LINES) {
        let first = cause.findings[0].main();
        let more = if cause.findings.len() > 1 {
            format!(" (+{})", cause.findings.len() - 1)
        } else {
            String::new()
        };
        let word = cause.verdict.word();
        let id = clip(&format!("{}{more}  {}", first.id, first.requirements.join(" ")), width - 6);
        let painted = if cause.verdict == Verdict::Note { paint.dim(word) } else { paint.yellow(word) };
        let what = format!("expected {}, got {}", first.expected, first.got).replace('\n', " ");
        out.push_str(&format!("{painted}  {id}\n      {}\n", clip(&what, width - 6)));
    }
    if let Some(more) = causes.len().checked_sub(LINES).filter(|more| *more > 0) {
        let text = format!("      and {}; --format ndjson has all", many(more, "more cause"));
        out.push_str(&format!("{}\n", paint.dim(&text)));
    }
    out
}

/// Which documented answer and choice a stranger takes, and what its probes showed: one line for each name.
#[must_use]
pub fn fingerprint(record: &Record, width: usize, paint: Paint) -> String {
    let mut names: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (_, _, name, value) in &record.fingerprints {
        *names.entry(name).or_default().entry(value).or_default() += 1;
    }
    let wide = names.keys().map(|name| count(name)).max().unwrap_or(0);
    let line = |(name, values): (&&str, &BTreeMap<&str, usize>)| {
        let values: Vec<String> = values.iter().map(|(value, times)| format!("{value} ×{times}")).collect();
        let text = format!("{name:<wide$}  {}", values.join(", "));
        format!("{}  {}\n", paint.dim("takes"), clip(&text, width - 7))
    };
    names.iter().map(line).collect()
}

/// Whether the claims are proven, and what is missing, the cheapest first.
#[must_use]
pub fn claims(record: &Record, width: usize, paint: Paint) -> String {
    let mut out = String::new();
    for claim in &record.claims {
        let word = if claim.granted { paint.green("GRANTED") } else { paint.red("NOT PROVEN") };
        let name = paint.bold(&claim.claim);
        let of = format!("{} of {} statements", claim.proven, claim.required);
        out.push_str(&format!("{word}  {name}  {of}\n"));
        for line in wrap(&claim.title, width - 2) {
            out.push_str(&format!("  {line}\n"));
        }
        if !claim.excused.is_empty() {
            let text = format!("not demanded of this server: {}", claim.excused.join(" "));
            out.extend(wrap(&text, width - 2).iter().map(|line| format!("  {}\n", paint.dim(line))));
        }
        for missing in claim.missing.iter().take(LINES) {
            let mut what = missing.requirements.join(" ");
            if !missing.cases.is_empty() {
                what.push_str(&format!(" ({})", many(missing.cases.len(), "case")));
            }
            let word = paint.yellow(&format!("{:<12}", missing.verdict.word()));
            out.push_str(&format!("  {word}  {}\n", clip(what.trim_start(), width - 16)));
            for line in wrap(&missing.why, width - 16) {
                out.push_str(&format!("  {:12}  {line}\n", ""));
            }
        }
        if let Some(more) = claim.missing.len().checked_sub(LINES).filter(|more| *more > 0) {
            let text = format!("and {}; --format ndjson has all", many(more, "more reason"));
            out.push_str(&format!("  {}\n", paint.dim(&text)));
        }
        out.push('\n');
    }
    out
}

/// What the baseline had to say.
#[must_use]
pub fn baseline(score: &Score<'_>, width: usize, paint: Paint) -> String {
    let mut out = String::new();
    let mut line =
        |word: String, text: String| out.push_str(&format!("{word}  {}\n", clip(&text, width - 12)));
    let mut told: Vec<(&str, &str)> = Vec::new();
    for (assertion, entry) in &score.known {
        let flavour = assertion.flavour.as_str();
        let here = |other: &&(&Assertion, &Entry)| other.0.flavour == flavour && other.1.id == entry.id;
        match score.known.iter().filter(here).count() {
            1 => line(paint.dim("known    "), format!("{} ({flavour}): {}", assertion.id, entry.reason)),
            _ if told.contains(&(&entry.id, flavour)) => {}
            times => {
                told.push((&entry.id, flavour));
                line(paint.dim("known    "), format!("{} ({flavour}) ×{times}: {}", entry.id, entry.reason));
            }
        }
    }
    for (entry, verdict) in &score.stale {
        let text = format!(
            "{}: {} was expected, {} came; remove the entry",
            entry.id,
            entry.expect.word(),
            verdict.word()
        );
        line(paint.yellow("stale    "), text);
    }
    for entry in &score.expired {
        let until = entry.until.map(|date| date.to_string()).unwrap_or_default();
        line(paint.red("expired  "), format!("{}: it was accepted until {until}", entry.id));
    }
    for entry in &score.unreached {
        line(paint.dim("unreached"), format!("{}: its case did not come so far", entry.id));
    }
    out
}

/// Counts of all nine states, requests and time, and how the run ends.
#[must_use]
pub fn foot(record: &Record, score: &Score<'_>, paint: Paint) -> String {
    let Some(finished) = &record.finished else {
        return format!("{}\n", paint.red("the run broke off: its events have no end"));
    };
    let counts = |all: &[(Verdict, usize)]| {
        let of = |verdict: Verdict| {
            all.iter().filter(|(known, _)| *known == verdict).map(|(_, n)| n).sum::<usize>()
        };
        Verdict::ALL.map(|verdict| format!("{} {}", of(verdict), verdict.word())).join(" · ")
    };
    let judged: usize = finished.assertions.iter().map(|(_, n)| n).sum();
    let mut out = format!(
        "{}, {}, {}, {}\n{}\n",
        many(record.cases.len(), "case"),
        many(judged, "assertion"),
        many(finished.requests, "request"),
        duration(finished.millis),
        counts(&finished.cases)
    );
    let exit = score.exit();
    let known = score.known.len();
    let known = if known == 0 { String::new() } else { format!(" ({})", many(known, "known failure")) };
    out.push_str(&match exit.code() {
        0 => format!("{}{known}\n", paint.green("As expected.")),
        code => format!("{}{known}\n", paint.red(&format!("Exit {code}: {}.", exit.meaning()))),
    });
    out
}
