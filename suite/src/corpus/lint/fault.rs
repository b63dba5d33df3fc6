//! A negative step is a control plus one fault: without the control a refusal may have any reason, with two faults
//! nobody knows which one was noticed.

use std::collections::HashSet;

use super::Lint;
use crate::corpus::case::{Action, But, Case, Step};

pub(super) fn check(lint: &mut Lint<'_>) {
    let case = lint.case;
    let mut sent = HashSet::new();
    let mut controls = HashSet::new();
    let mut names = HashSet::new();
    let requests: Vec<String> = case.requests.iter().map(|(name, _)| name.clone()).collect();
    for (index, step) in case.steps.iter().enumerate() {
        let index = index.to_string();
        let here = ["steps", index.as_str()];
        if !names.insert(step.name.as_str()) {
            lint.wrong(&here, format!("two steps are called `{}`", step.name));
        }
        if let Some(request) = step.action.request()
            && requests.iter().all(|known| known != request)
        {
            lint.unknown(&here, "request", request, &requests);
        }
        let faults = changes(step);
        match &step.action {
            Action::Send { request, but: Some(_) } => {
                if !sent.contains(request.as_str()) && requests.contains(request) {
                    let message =
                        format!("`{}` changes `{request}`, which no earlier step sends as it is", step.name);
                    lint.wrong(&here, message).help =
                        Some(format!("a step `send: {request}` without `but` before it"));
                }
            }
            Action::Send { request, but: None } => {
                sent.insert(request.as_str());
                controls.insert(step.name.as_str());
            }
            Action::Raw(raw) => match &raw.after {
                Some(after) if !controls.contains(after.as_str()) => {
                    lint.wrong(&here, format!("`after: {after}` names no control before `{}`", step.name));
                }
                Some(_) => {}
                None => {
                    controls.insert(step.name.as_str());
                }
            },
            Action::Until(until) => {
                sent.insert(until.request.as_str());
                controls.insert(step.name.as_str());
            }
            Action::Jwt(_)
            | Action::Forge(_)
            | Action::Probe { .. }
            | Action::Clock(_)
            | Action::Configure(_)
            | Action::Log
            | Action::Totp(_)
            | Action::Outbox(_)
            | Action::Push(_) => {}
        }
        one_fault(lint, &here, step, faults);
    }
    some_judge_nothing(lint, case);
}

fn one_fault(lint: &mut Lint<'_>, here: &[&str; 2], step: &Step, faults: usize) {
    let path = [here[0], here[1], "but"];
    let forge = matches!(step.action, Action::Forge(_));
    let changing = forge || step_but(step).is_some();
    match (changing, faults, &step.multi_fault) {
        (true, 0, _) if !forge => {
            lint.wrong(&path, format!("`{}` has a `but` that changes nothing", step.name));
        }
        (true, 2.., None) => {
            let message = format!("`{}` has {faults} faults at once", step.name);
            lint.wrong(&path, message).help =
                Some("one fault a step, or `multi_fault: REASON` on it".to_owned());
        }
        (true, 0 | 1, Some(_)) => {
            lint.wrong(here, format!("`{}` has no second fault: `multi_fault` is not needed", step.name));
        }
        (false, _, Some(_)) => {
            lint.wrong(here, format!("`{}` has no `but`: `multi_fault` has no meaning", step.name));
        }
        (true | false, _, _) => {}
    }
}

/// The faults of a step: changes of a request, or of a token that was good.
fn changes(step: &Step) -> usize {
    match &step.action {
        Action::Forge(forge) => forge.faults(),
        Action::Send { .. }
        | Action::Raw(_)
        | Action::Jwt(_)
        | Action::Probe { .. }
        | Action::Clock(_)
        | Action::Configure(_)
        | Action::Log
        | Action::Totp(_)
        | Action::Outbox(_)
        | Action::Push(_)
        | Action::Until(_) => step_but(step).map_or(0, faults),
    }
}

fn step_but(step: &Step) -> Option<&But> {
    match &step.action {
        Action::Send { but, .. } | Action::Probe { but, .. } => but.as_ref(),
        Action::Raw(_)
        | Action::Jwt(_)
        | Action::Forge(_)
        | Action::Clock(_)
        | Action::Configure(_)
        | Action::Log
        | Action::Totp(_)
        | Action::Outbox(_)
        | Action::Push(_)
        | Action::Until(_) => None,
    }
}

/// How many faults a change holds: a swapped subject is one, each member is one.
fn faults(but: &But) -> usize {
    let subjects = [&but.user, &but.client, &but.api, &but.method].into_iter().flatten().count();
    let members = but.form.len() + but.json.len() + but.query.len() + but.headers.len();
    subjects
        + members
        + usize::from(but.path.is_some())
        + usize::from(but.basic.is_some())
        + usize::from(but.bearer.is_some())
        + usize::from(but.unauthenticated)
}

fn some_judge_nothing(lint: &mut Lint<'_>, case: &Case) {
    for (index, step) in case.steps.iter().enumerate() {
        let silent = matches!(step.action, Action::Probe { .. } | Action::Forge(_) | Action::Totp(_));
        if silent && !step.expect.is_empty() {
            let index = index.to_string();
            lint.wrong(
                &["steps", &index, "expect"],
                format!("`{}` is a `{}`: it judges nothing", step.name, step.action.word()),
            );
        }
    }
}
