//! Scopes as sets: their order and repeats have no meaning (RFC 6749, section 3.3).

use std::collections::BTreeSet;

use serde_json::Value;

use crate::corpus::expectation::ScopeSet;

/// Whether the member `scope` is as `expected` says; templates are filled in.
pub(crate) fn holds(expected: &ScopeSet, scope: Option<&Value>) -> bool {
    let granted = scope.and_then(set);
    match expected {
        ScopeSet::Absent => scope.is_none(),
        ScopeSet::Exactly(wanted) => granted.is_some_and(|granted| granted == words(&wanted.to_string())),
        ScopeSet::Superset(wanted) => {
            granted.is_some_and(|granted| granted.is_superset(&words(&wanted.to_string())))
        }
        ScopeSet::Subset(wanted) => {
            granted.is_some_and(|granted| granted.is_subset(&words(&wanted.to_string())))
        }
    }
}

fn set(scope: &Value) -> Option<BTreeSet<String>> {
    scope.as_str().map(words)
}

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corpus::template::Template;

    #[test]
    fn sets_compare_without_order() {
        let template = || Template::parse("a b").unwrap();
        let table = [
            (ScopeSet::Exactly(template()), json!("b a b"), json!("a b c")),
            (ScopeSet::Superset(template()), json!("c b a"), json!("a c")),
            (ScopeSet::Subset(template()), json!("b"), json!("b c")),
        ];
        for (expected, good, bad) in table {
            assert!(holds(&expected, Some(&good)), "{expected:?} takes {good}");
            assert!(!holds(&expected, Some(&bad)), "{expected:?} refuses {bad}");
            assert!(!holds(&expected, None), "{expected:?} refuses nothing");
            assert!(!holds(&expected, Some(&json!(["a", "b"]))), "{expected:?} refuses a list");
        }
        assert!(holds(&ScopeSet::Absent, None));
        assert!(!holds(&ScopeSet::Absent, Some(&json!(""))));
    }
}
