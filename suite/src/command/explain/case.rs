//! Cases and assertions: what is sent, what is demanded, and why.

use std::fmt::Write as _;

use super::{catalogue, phrase};
use crate::corpus::case::{Action, But, Case, State, Step};
use crate::corpus::flavour::Flavour;
use crate::corpus::mfa::Push;
use crate::corpus::{Corpus, Judged, Resolved, resolve};
use crate::proof::matrix::KillMatrix;

/// A case, or all rows of one.
pub(super) fn case(corpus: &Corpus, id: &str) -> Option<String> {
    let rows: Vec<&Case> = corpus
        .cases
        .iter()
        .filter(|case| case.id == id || case.id.strip_prefix(id).is_some_and(|rest| rest.starts_with('[')))
        .collect();
    let case = rows.first()?;
    let mut out = format!("{id}: a case ({})\n  {}\n", place(case), case.title);
    let _ = writeln!(out, "  reveals  {}", case.reveals);
    if !case.needs.is_empty() {
        let _ = writeln!(out, "  needs    {}", case.needs.join(", "));
    }
    match case.state {
        State::Stable => {}
        State::Provisional => out.push_str("  provisional: runs and is reported, never scored\n"),
        State::Disputed => out.push_str("  disputed: runs and is reported, never scored\n"),
    }
    for row in &case.covers {
        let statement = corpus.requirement(row).map_or("", |row| row.statement.as_str());
        let _ = writeln!(out, "  {row:8} {statement}");
    }
    if rows.len() > 1 {
        let names: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let _ = writeln!(out, "  rows     {}", names.join(", "));
        let _ = writeln!(out, "  the first of them:");
    }
    for step in &case.steps {
        self::step(corpus, case, step, &mut out);
    }
    let _ = writeln!(out, "  run it   ropg-suite run '{id}'");
    Some(out)
}

fn place(case: &Case) -> String {
    if case.line > 0 { format!("{}:{}", case.file, case.line) } else { case.file.clone() }
}

fn step(corpus: &Corpus, case: &Case, step: &Step, out: &mut String) {
    let _ = writeln!(out, "\n  {} — {}", step.name, action(step));
    if let Some(reason) = &step.multi_fault {
        let _ = writeln!(out, "    several faults: {reason}");
    }
    for flavour in &corpus.flavours {
        let judged = all(corpus, flavour, case, step);
        if judged.is_empty() {
            continue;
        }
        let _ = writeln!(out, "    under {}", flavour.name);
        for (label, one) in judged {
            let label = label.map(|label| format!(" (if {label})")).unwrap_or_default();
            let rows = one.requirements.join(" ");
            let _ = writeln!(out, "      {}{label}: {} [{rows}]", one.name, phrase::what(&one.check.what));
        }
    }
}

/// What is judged, with the label where the flavour accepts several.
fn all(corpus: &Corpus, flavour: &Flavour, case: &Case, step: &Step) -> Vec<(Option<String>, Judged)> {
    let mut judged = Vec::new();
    for resolved in resolve(corpus, flavour, case, step) {
        match resolved {
            Resolved::Check(one) => judged.push((None, one)),
            Resolved::Choice { alternatives, .. } => {
                for (label, checks) in alternatives {
                    judged.extend(checks.into_iter().map(|one| (Some(label.clone()), one)));
                }
            }
        }
    }
    judged
}

fn action(step: &Step) -> String {
    match &step.action {
        Action::Send { request, but: None } if let Some(code) = &step.holds => {
            format!("sends `{request}` as it is{}: a control that is refused as {code}", often(step))
        }
        Action::Send { request, but: None } => {
            format!("sends `{request}` as it is{}: a control", often(step))
        }
        Action::Send { request, but: Some(but) } => {
            format!("sends `{request}`{}, but {}", often(step), changes(but))
        }
        Action::Raw(raw) => format!("sends {} bytes to {} as they are", raw.method, raw.to),
        Action::Jwt(jwt) => format!("looks into the token {}", jwt.of),
        Action::Clock(pass) if pass.more == 0 => format!("lets {} s pass", pass.seconds),
        Action::Clock(pass) => format!("lets {} s and {:+} s pass", pass.seconds, pass.more),
        Action::Configure(_) => "configures the target anew".to_owned(),
        Action::Log => "reads what the tenant log got from the last exchange".to_owned(),
        Action::Totp(totp) if totp.offset == 0 => "looks at the authenticator app".to_owned(),
        Action::Totp(totp) => format!("looks at an authenticator app that is {:+} steps off", totp.offset),
        Action::Outbox(Some(to)) => format!("reads what the last exchange sent to {to}"),
        Action::Outbox(None) => "reads what the last exchange sent to anybody".to_owned(),
        Action::Push(Push::Scan { .. }) => "enrols a telephone that gets push messages".to_owned(),
        Action::Push(Push::Accept(_)) => "accepts a push message".to_owned(),
        Action::Push(Push::Reject(_)) => "rejects a push message".to_owned(),
        Action::Until(until) => format!(
            "sends `{}` every {} s while nobody has answered, {} times at most",
            until.request, until.every, until.limit
        ),
        Action::Forge(forge) => match &forge.from {
            Some(from) => format!("makes a token from {from}"),
            None => "makes a token from nothing".to_owned(),
        },
        Action::Probe { request, record, .. } => {
            format!("sends `{request}` and records what comes as {record}")
        }
    }
}

fn often(step: &Step) -> String {
    match (step.times, step.at_once) {
        (_, Some(count)) => format!(" {count} times at once, and counts the outcomes"),
        (2.., None) => format!(" {} times", step.times),
        _ => String::new(),
    }
}

fn changes(but: &But) -> String {
    let mut all = Vec::new();
    let subjects = [("user", &but.user), ("client", &but.client), ("API", &but.api), ("method", &but.method)];
    all.extend(
        subjects
            .into_iter()
            .filter_map(|(what, name)| name.as_ref().map(|name| format!("with the {what} {name}"))),
    );
    let optional = |value: &Option<crate::corpus::template::Template>| {
        value.as_ref().map_or_else(|| "left out".to_owned(), |value| format!("`{value}`"))
    };
    all.extend(but.path.iter().map(|path| format!("`{path}` below the endpoint")));
    all.extend(but.form.iter().map(|(name, value)| format!("{name} {}", optional(value))));
    all.extend(but.json.iter().map(|(name, value)| format!("{name} {value}")));
    all.extend(but.query.iter().map(|(name, value)| format!("{name} `{value}` in the query")));
    all.extend(but.headers.iter().map(|(name, value)| format!("header {name} {}", optional(value))));
    all.extend(but.basic.as_ref().map(|(id, secret)| format!("HTTP Basic `{id}` `{secret}`")));
    all.extend(but.bearer.as_ref().map(|token| format!("bearer token `{token}`")));
    if but.unauthenticated {
        all.push("without client authentication".to_owned());
    }
    all.join(", ")
}

/// One assertion: `CASE#STEP/NAME`.
pub(super) fn assertion(corpus: &Corpus, matrix: &KillMatrix, id: &str) -> Option<String> {
    let (case_id, rest) = id.split_once('#')?;
    let (step_name, name) = rest.split_once('/')?;
    let case = corpus.case(case_id)?;
    let step = case.steps.iter().find(|step| step.name == step_name)?;
    let mut out = String::new();
    for flavour in &corpus.flavours {
        for (_, one) in all(corpus, flavour, case, step).into_iter().filter(|(_, one)| one.name == name) {
            let _ = writeln!(out, "  under {}: {}", flavour.name, phrase::what(&one.check.what));
            for row in one.requirements.iter().filter_map(|row| corpus.requirement(row)) {
                let _ = writeln!(out, "    {} ({}): {}", row.id, catalogue::standing(row), row.statement);
            }
            let proof = one.shared.as_deref().unwrap_or(id);
            let kills = matrix.kills.iter().filter(|kill| kill.flavour == flavour.name);
            let kills: Vec<&str> = kills
                .filter(|kill| kill.by.iter().any(|by| by == proof))
                .map(|kill| kill.deviation.as_str())
                .collect();
            if !kills.is_empty() {
                let _ = writeln!(out, "    fails with {}", kills.join(", "));
            }
        }
    }
    if out.is_empty() {
        return None;
    }
    let head = format!("{id}: an assertion ({})\n  {}\n  {}\n", place(case), case.title, action(step));
    Some(head + &out)
}
