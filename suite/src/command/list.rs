//! `list`: the cases, the documented statements, the deviations or the claims, one a line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::arguments::ListArgs;
use super::exit::Exit;
use super::select;
use super::{output, usage};
use crate::corpus::Corpus;
use crate::corpus::case::{Case, State};
use crate::corpus::flavour::Flavour;
use crate::corpus::requirement::Status;
use crate::proof::matrix::KillMatrix;

/// Runs the command.
pub(super) fn run(args: &ListArgs) -> Exit {
    let corpus = match super::corpus(args.corpus.as_deref()) {
        Ok(corpus) => corpus,
        Err(exit) => return exit,
    };
    let listed = flavour(&corpus, args.flavour.as_deref()).and_then(|flavour| {
        if args.requirements {
            requirements(&corpus, &args.pattern, flavour)
        } else if args.deviations {
            deviations(&corpus, &args.pattern, flavour)
        } else if args.claims {
            claims(&corpus, &args.pattern, flavour)
        } else {
            cases(&corpus, &args.pattern, flavour)
        }
    });
    match listed.and_then(|text| output::write(None, &text)) {
        Ok(()) => Exit::AsExpected,
        Err(why) => usage(&why),
    }
}

fn flavour<'a>(corpus: &'a Corpus, name: Option<&str>) -> Result<Option<&'a Flavour>, String> {
    let Some(name) = name else { return Ok(None) };
    let names: Vec<&str> = corpus.flavours.iter().map(|flavour| flavour.name.as_str()).collect();
    let unknown = || format!("there is no flavour `{name}`: {}", names.join(", "));
    corpus.flavour(name).map(Some).ok_or_else(unknown)
}

fn cases(corpus: &Corpus, patterns: &[String], flavour: Option<&Flavour>) -> Result<String, String> {
    let mut by_area: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in select::select(corpus, patterns)?.cases {
        let judged = |flavour: &Flavour| corpus.rows(case).iter().any(|row| corpus.judged(flavour, row));
        if flavour.is_none_or(judged) {
            by_area.entry(case.area.as_str()).or_default().push(case);
        }
    }
    let mut out = String::new();
    let count: usize = by_area.values().map(Vec::len).sum();
    for (area, cases) in by_area {
        let _ = writeln!(out, "{area}");
        let width = cases.iter().map(|case| case.id.len()).max().unwrap_or_default().min(48);
        for case in cases {
            let state = match case.state {
                State::Stable => "",
                State::Provisional => " (provisional)",
                State::Disputed => " (disputed)",
            };
            let _ = writeln!(out, "  {:width$}  {}{state}", case.id, case.title);
        }
    }
    let _ = writeln!(out, "{count} cases; `ropg-suite explain CASE` says what one sends and demands");
    Ok(out)
}

fn requirements(corpus: &Corpus, patterns: &[String], flavour: Option<&Flavour>) -> Result<String, String> {
    let mut out = String::new();
    let mut section = "";
    let mut count = 0;
    for row in &corpus.requirements {
        let wanted = patterns.is_empty()
            || patterns.iter().any(|pattern| {
                row.id == *pattern || row.section == *pattern || select::glob(pattern, &row.id)
            });
        if !wanted || flavour.is_some_and(|flavour| !flavour.judges(&row.section)) {
            continue;
        }
        if section != row.section {
            let _ = writeln!(out, "{}", row.section);
            section = &row.section;
        }
        let status = match &row.status {
            Status::Implemented => String::new(),
            Status::NotObservable(_) => " (not observable)".to_owned(),
            Status::Excluded(_) => " (excluded)".to_owned(),
            Status::Planned(area) => format!(" (planned: {area})"),
        };
        let _ = writeln!(out, "  {:16}  {}{status}", row.id, row.statement);
        count += 1;
    }
    if count == 0 {
        return Err(format!("no documented statement matches `{}`", patterns.join(" ")));
    }
    let _ = writeln!(
        out,
        "{count} statements; `ropg-suite explain ID` says where one stands and which cases judge it"
    );
    Ok(out)
}

fn deviations(corpus: &Corpus, patterns: &[String], flavour: Option<&Flavour>) -> Result<String, String> {
    let matrix = KillMatrix::embedded();
    let mut out = String::new();
    let mut count = 0;
    for deviation in &corpus.deviations {
        let wanted = patterns.is_empty()
            || patterns.iter().any(|pattern| {
                deviation.id == *pattern
                    || deviation.id.strip_prefix(pattern.as_str()).is_some_and(|rest| rest.starts_with('.'))
                    || deviation.violates.contains(pattern)
                    || select::glob(pattern, &deviation.id)
            });
        let judged = flavour.is_none_or(|flavour| {
            deviation.flavours.as_ref().is_none_or(|named| named.contains(&flavour.name))
                && deviation.violates.iter().any(|row| corpus.judged(flavour, row))
        });
        if wanted && judged {
            let killed = matrix.kills.iter().any(|kill| kill.deviation == deviation.id);
            let note = if killed || matrix.kills.is_empty() { "" } else { " (not noticed)" };
            let _ = writeln!(out, "{:40}  {}{note}", deviation.id, deviation.title);
            count += 1;
        }
    }
    if count == 0 && !patterns.is_empty() {
        return Err(format!("no deviation matches `{}`", patterns.join(" ")));
    }
    let _ = writeln!(out, "{count} deviations; `ropg-suite run --deviate NAME` shows what one looks like");
    Ok(out)
}

fn claims(corpus: &Corpus, patterns: &[String], flavour: Option<&Flavour>) -> Result<String, String> {
    let mut out = String::new();
    let mut count = 0;
    for claim in &corpus.claims {
        let wanted = patterns.is_empty() || patterns.iter().any(|pattern| select::glob(pattern, &claim.name));
        if wanted && flavour.is_none_or(|flavour| flavour.name == claim.flavour) {
            let (statements, cases) = (claim.required(corpus).len(), claim.cases(corpus).len());
            let scope = format!("{}, {statements} statements, {cases} cases", claim.flavour);
            let _ = writeln!(out, "{:30}  {} ({scope})", claim.versioned(corpus), claim.title);
            count += 1;
        }
    }
    if count == 0 {
        return Err(format!("no claim matches `{}`", patterns.join(" ")));
    }
    let _ = writeln!(out, "{count} claims; `ropg-suite run --claim NAME` says whether one is proven");
    Ok(out)
}
