//! Runs as they might be heard, for claims of the compiled-in corpus.

use super::*;
use crate::verdict::Severity;

#[derive(Default)]
struct Heard(Vec<Event>);

impl Listener for Heard {
    fn on(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

/// What is found if each case of the claim ends as `ends` says: not at all, or with a verdict.
fn judged(name: &str, ends: impl Fn(&Case) -> Option<Verdict>) -> ClaimJudged {
    let corpus = Corpus::embedded().unwrap();
    let claim = corpus.claim(name).unwrap();
    let mut heard = Heard::default();
    let mut claiming = Claiming::new(&corpus, &[claim], &mut heard);
    for case in claim.cases(&corpus) {
        let Some(verdict) = ends(case) else { continue };
        let told = !matches!(verdict, Verdict::NotApplicable | Verdict::Blocked);
        if told {
            claiming.on(&Event::Assertion(Assertion {
                flavour: claim.flavour.clone(),
                case: case.id.clone(),
                step: "s".to_owned(),
                id: format!("{}#s/outcome", case.id),
                shared: None,
                requirements: corpus.rows(case).into_iter().collect(),
                verdict,
                severity: Severity::Fail,
                expected: "refused".to_owned(),
                got: "granted".to_owned(),
            }));
        }
        claiming.on(&Event::CaseFinished(CaseFinished {
            flavour: claim.flavour.clone(),
            case: case.id.clone(),
            verdict,
            reason: (!told).then(|| format!("because of {}", case.needs.join(", "))),
            millis: 0.0,
        }));
    }
    claiming.on(&Event::RunFinished(crate::run::event::RunFinished::default()));
    assert!(matches!(heard.0.last(), Some(Event::RunFinished(_))), "the claim is told before the last event");
    let found = heard.0.into_iter().find_map(|event| match event {
        Event::ClaimJudged(judged) => Some(judged),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn a_claim_is_granted_if_every_case_passes() {
    for claim in Corpus::embedded().unwrap().claims {
        let found = judged(&claim.name, |_| Some(Verdict::Pass));
        assert_eq!((found.granted, found.proven), (found.required > 0, found.required), "{found:?}");
    }
}

#[test]
fn a_failure_leaves_its_statements_unproven_and_a_warning_only_where_the_claim_is_strict() {
    let verdict = |case: &Case, id: &str, verdict: Verdict| {
        Some(if case.id.starts_with(id) { verdict } else { Verdict::Pass })
    };
    let found = judged("ropg/realm", |case| verdict(case, "realm.", Verdict::Fail));
    assert!(!found.granted && found.proven < found.required, "{found:?}");
    assert!(found.missing[0].why.contains("expected refused, got granted"), "{found:?}");
    assert!(judged("ropg/realm", |case| verdict(case, "realm.", Verdict::Warn)).granted);
    let strict = judged("rfc9700/ropg-retired", |case| verdict(case, "retired.metadata", Verdict::Warn));
    assert_eq!((strict.granted, &strict.missing[0].requirements[..]), (false, &["RET-01".to_owned()][..]));
}

#[test]
fn what_a_server_may_lack_is_excused_and_everything_else_cannot_be_declared_away() {
    let without = |case: &Case, needs: &str| {
        Some(if case.needs.iter().any(|need| need == needs) { Verdict::NotApplicable } else { Verdict::Pass })
    };
    let found = judged("rfc6749/ropg", |case| without(case, "grant.refresh_token"));
    assert!(found.granted && !found.excused.is_empty(), "{found:?}");
    assert_eq!(found.proven + found.excused.len(), found.required);
    let found = judged("rfc9700/ropg-retired", |case| without(case, "grant.refresh_token"));
    let why: Vec<&str> = found.missing.iter().map(|one| one.why.as_str()).collect();
    assert!(!found.granted && why.iter().all(|why| why.contains("grant.refresh_token")), "{why:?}");
}

#[test]
fn the_cheapest_missing_evidence_stands_first() {
    let corpus = Corpus::embedded().unwrap();
    let cases: Vec<String> =
        corpus.claim("ropg/core").unwrap().cases(&corpus).iter().map(|case| case.id.clone()).collect();
    let found = judged("ropg/core", |case| match cases.iter().position(|id| *id == case.id)? % 3 {
        0 => Some(Verdict::Fail),
        1 => Some(Verdict::Blocked),
        _ => None,
    });
    let order: Vec<Verdict> = found.missing.iter().map(|one| one.verdict).collect();
    assert!(order.is_sorted_by_key(|verdict| dearness(*verdict)), "{order:?}");
    assert_eq!(order.first(), Some(&Verdict::Unrun));
    assert_eq!(found.missing[0].why, "not selected: leave the pattern out");
}
