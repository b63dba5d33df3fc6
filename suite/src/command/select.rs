//! Which cases a pattern means: an id, its beginning, an area, a documented statement, or a pattern with `*`.

use std::collections::BTreeSet;

use crate::corpus::Corpus;
use crate::corpus::case::Case;
use crate::corpus::claim::Claim;

/// The selected cases.
#[derive(Debug)]
pub struct Selection<'a> {
    /// In the order of the corpus.
    pub cases: Vec<&'a Case>,
    /// Ids of those that were named one by one.
    pub named: BTreeSet<String>,
}

/// Selects by patterns; no pattern selects all.
///
/// # Errors
/// A message for people if a pattern selects nothing.
pub fn select<'a>(corpus: &'a Corpus, patterns: &[String]) -> Result<Selection<'a>, String> {
    if patterns.is_empty() {
        return Ok(Selection { cases: corpus.cases.iter().collect(), named: BTreeSet::new() });
    }
    let mut named = BTreeSet::new();
    let mut chosen = BTreeSet::new();
    for pattern in patterns {
        // An assertion's id selects its case: it is what stands at the head of a card.
        let wanted = pattern.split_once('#').map_or(pattern.as_str(), |(case, _)| case);
        let before = chosen.len();
        let mut any = false;
        for (index, case) in corpus.cases.iter().enumerate() {
            if is_named(case, wanted) {
                named.insert(case.id.clone());
            } else if !belongs(case, wanted) {
                continue;
            }
            any = true;
            chosen.insert(index);
        }
        if !any {
            debug_assert_eq!(before, chosen.len(), "nothing was chosen");
            return Err(nothing(corpus, pattern));
        }
    }
    Ok(Selection { cases: chosen.into_iter().map(|index| &corpus.cases[index]).collect(), named })
}

/// The claims of these names; `@VERSION` may stand behind one, and is then the corpus' own.
///
/// # Errors
/// A message for people if there is no such claim.
pub fn claims<'a>(corpus: &'a Corpus, names: &[String]) -> Result<Vec<&'a Claim>, String> {
    let known: Vec<String> = corpus.claims.iter().map(|claim| claim.name.clone()).collect();
    let find = |name: &String| {
        let (name, version) = name.split_once('@').unwrap_or((name, &corpus.version));
        if version != corpus.version {
            return Err(format!("{name}@{version}: this is the corpus {}", corpus.version));
        }
        let missing = || super::unknown("claim", name, &known, "`ropg-suite list --claims` shows all");
        corpus.claim(name).ok_or_else(missing)
    };
    names.iter().map(find).collect()
}

fn is_named(case: &Case, pattern: &str) -> bool {
    case.id == pattern || case.id.strip_prefix(pattern).is_some_and(|rest| rest.starts_with('['))
}

fn belongs(case: &Case, pattern: &str) -> bool {
    let below = |whole: &str, separator: char| {
        whole == pattern || whole.strip_prefix(pattern).is_some_and(|rest| rest.starts_with(separator))
    };
    below(&case.id, '.')
        || case.area == pattern
        || case.covers.iter().any(|row| row == pattern)
        || (pattern.contains('*')
            && (glob(pattern, &case.id) || case.covers.iter().any(|row| glob(pattern, row))))
}

/// `*` stands for any text.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len()).any(|at| text.get(at..).is_some_and(|tail| glob(rest, tail)))
        }),
    }
}

fn nothing(corpus: &Corpus, pattern: &str) -> String {
    let mut known: BTreeSet<String> = corpus.requirements.iter().map(|row| row.id.clone()).collect();
    for case in &corpus.cases {
        known.insert(case.id.clone());
        known.insert(case.area.clone());
        let bare = case.id.split('[').next().unwrap_or(&case.id);
        known.extend(bare.match_indices('.').map(|(end, _)| bare[..end].to_owned()));
        known.insert(bare.to_owned());
    }
    if let Some(row) = corpus.requirement(pattern) {
        return format!("no case covers {pattern}: {}", row.statement);
    }
    let known: Vec<String> = known.into_iter().collect();
    match ropg_fixtures::schema::nearest(pattern, &known) {
        Some(near) => format!("no case matches `{pattern}`; did you mean `{near}`?"),
        None => format!("no case matches `{pattern}`; `ropg-suite list` shows all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        assert!(glob("PWD-*", "PWD-07") && glob("*", "") && glob("a*b*c", "a-b-b-c"));
        assert!(!glob("PWD-*", "RLM-07") && !glob("a*b", "abc"));
    }
}
