//! Documented statements, deviations, answers, shapes and flavours.

use std::fmt::Write as _;

use super::phrase;
use crate::corpus::Corpus;
use crate::corpus::requirement::{Effect, Requirement, Status};
use crate::proof::matrix::KillMatrix;
use crate::report::background::{basis_word, level_word};

/// A documented statement.
pub(super) fn requirement(corpus: &Corpus, matrix: &KillMatrix, id: &str) -> Option<String> {
    let row = corpus.requirement(id)?;
    let mut out = format!("{id}: a documented statement ({})\n  {}\n", row.section, row.statement);
    let _ = writeln!(out, "  {}", standing(row));
    let _ = writeln!(out, "  source   {}", row.source);
    if let Some(old) = &row.alternative {
        let _ = writeln!(out, "  overruled {old}");
    }
    let status = match &row.status {
        Status::Implemented => "implemented".to_owned(),
        Status::NotObservable(reason) => format!("not observable: {reason}"),
        Status::Excluded(reason) => format!("excluded: {reason}"),
        Status::Planned(area) => format!("planned with {area}"),
    };
    let _ = writeln!(out, "  status   {status}");
    let flavours: Vec<&str> = corpus
        .flavours
        .iter()
        .filter(|flavour| flavour.judges(&row.section))
        .map(|flavour| flavour.name.as_str())
        .collect();
    let _ = writeln!(out, "  judged under {}", or_none(&flavours));
    let cases: Vec<&str> = corpus
        .cases
        .iter()
        .filter(|case| case.covers.iter().any(|covered| covered == id))
        .map(|case| case.id.as_str())
        .collect();
    list(&mut out, "cases", &cases);
    if cases.is_empty() {
        let beside = corpus.cases.iter().filter(|case| corpus.rows(case).contains(id)).count();
        if beside > 0 {
            let _ = writeln!(out, "  judged by a shape in {beside} cases");
        }
    }
    let deviations: Vec<String> = corpus
        .deviations
        .iter()
        .filter(|deviation| deviation.violates.iter().any(|row| row == id))
        .map(|deviation| {
            let killed = matrix
                .kills
                .iter()
                .any(|kill| kill.deviation == deviation.id && kill.requirements.iter().any(|row| row == id));
            format!("{}{}", deviation.id, if killed { " (noticed)" } else { "" })
        })
        .collect();
    list(&mut out, "deviations", &deviations);
    Some(out)
}

/// `MUST · documented · effect takeover`
pub(super) fn standing(row: &Requirement) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(row.level.map(|level| level_word(level).to_owned()));
    parts.extend(row.basis.map(|basis| basis_word(basis).to_owned()));
    parts.extend(row.effect.map(|effect| {
        let effect = match effect {
            Effect::None => "none",
            Effect::Interop => "interop",
            Effect::Denial => "denial",
            Effect::Leak => "leak",
            Effect::Takeover => "takeover",
        };
        format!("effect {effect}")
    }));
    parts.join(" · ")
}

/// A deviation.
pub(super) fn deviation(corpus: &Corpus, matrix: &KillMatrix, id: &str) -> Option<String> {
    let deviation = corpus.deviation(id)?;
    let mut out = format!("{id}: a deliberate misbehaviour ({})\n  {}\n", deviation.file, deviation.title);
    let _ = writeln!(out, "  how      {}", deviation.how);
    for row in &deviation.violates {
        let statement = corpus.requirement(row).map_or("", |row| row.statement.as_str());
        let _ = writeln!(out, "  violates {row}: {statement}");
    }
    let cases: Vec<&str> = corpus.touching(deviation).map(|case| case.id.as_str()).collect();
    list(&mut out, "cases", &cases);
    for kill in matrix.kills.iter().filter(|kill| kill.deviation == id) {
        let _ = writeln!(out, "  noticed under {} by {} assertions:", kill.flavour, kill.by.len());
        for by in kill.by.iter().take(6) {
            let _ = writeln!(out, "    {by}");
        }
    }
    let _ = writeln!(out, "  see it   ropg-suite run --deviate {id}");
    Some(out)
}

/// A named answer.
pub(super) fn answer(corpus: &Corpus, id: &str) -> Option<String> {
    let answer = corpus.answer(id)?;
    let mut out = format!("{id}: a named answer ({})\n", answer.file);
    if let Some(shape) = &answer.shape {
        let _ = writeln!(out, "  shape    {shape}");
    }
    for (label, checks) in &answer.labels {
        let _ = writeln!(out, "  {label}");
        for check in checks {
            let _ = writeln!(out, "    {}: {}", check.name, phrase::what(&check.what));
        }
    }
    for flavour in &corpus.flavours {
        let picked = flavour.labels.get(id).cloned();
        let picked = picked.or_else(|| answer.label(&flavour.label).map(|_| flavour.label.clone()));
        let picked = picked.unwrap_or_else(|| "auth0".to_owned());
        let _ = writeln!(out, "  under {}: {picked}", flavour.name);
    }
    Some(out)
}

/// A shape, by its name or by the shared id of one of its checks.
pub(super) fn shape(corpus: &Corpus, id: &str) -> Option<String> {
    let name = id.strip_prefix("shape/").unwrap_or(id);
    let name = name.split(['.', '/']).next().unwrap_or(name);
    let shape = corpus.shape(name)?;
    let mut out = format!("{name}: a shape ({})\n  {}\n", shape.file, shape.title);
    if !shape.applies.is_empty() {
        let _ = writeln!(out, "  applied to every answer of {}", shape.applies.join(", "));
    }
    for (block, checks) in &shape.blocks {
        let _ = writeln!(out, "  {block} [{}]", checks.requirements.join(" "));
        for check in &checks.checks {
            let _ = writeln!(out, "    {}: {}", check.name, phrase::what(&check.what));
        }
    }
    Some(out)
}

/// A flavour.
pub(super) fn flavour(corpus: &Corpus, id: &str) -> Option<String> {
    let flavour = corpus.flavour(id)?;
    let mut out = format!("{id}: a flavour\n  {}\n", flavour.title);
    let _ = writeln!(out, "  judges   {}", flavour.sections.join(", "));
    let _ = writeln!(out, "  label    {}", flavour.label);
    for (answer, label) in &flavour.labels {
        let _ = writeln!(out, "  {answer}: {label}");
    }
    for (endpoint, path) in &flavour.endpoints {
        let _ = writeln!(out, "  {endpoint} is {path}");
    }
    Some(out)
}

/// A heading and the items below it; nothing if there is none.
fn list(out: &mut String, heading: &str, items: &[impl std::fmt::Display]) {
    for (index, item) in items.iter().enumerate() {
        let heading = if index == 0 { heading } else { "" };
        let _ = writeln!(out, "  {heading:10} {item}");
    }
}

fn or_none(names: &[&str]) -> String {
    if names.is_empty() { "no flavour".to_owned() } else { names.join(", ") }
}
