//! A claim names what is there, demands something, and leaves nothing out that it would not demand anyway.

use std::collections::HashSet;

use ropg_fixtures::{Problem, Problems};

use super::{Places, near, place};
use crate::corpus::Corpus;
use crate::corpus::claim::Claim;

pub(super) fn check(corpus: &Corpus, places: &Places, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for claim in &corpus.claims {
        let mut wrong = |member: &str, message: String, help: Option<String>| {
            let mut problem = match places.files.get(&claim.file) {
                Some(document) => Problem::new(document, place(&document.root, &[member]), message),
                None => Problem::of_file(&claim.file, message),
            };
            problem.help = help;
            problems.push(problem);
        };
        if !seen.insert(&claim.name) {
            wrong("claim", format!("there is another claim `{}`", claim.name), None);
        }
        let Some(flavour) = corpus.flavour(&claim.flavour) else {
            let known: Vec<String> = corpus.flavours.iter().map(|flavour| flavour.name.clone()).collect();
            wrong(
                "flavour",
                format!("there is no flavour `{}`", claim.flavour),
                near(&claim.flavour, &known),
            );
            continue;
        };
        let sections: HashSet<&str> = corpus.requirements.iter().map(|row| row.section.as_str()).collect();
        for section in &claim.sections {
            if !sections.contains(section.as_str()) {
                let known: Vec<String> = sections.iter().map(|&section| section.to_owned()).collect();
                wrong("sections", format!("the catalogue has no section `{section}`"), near(section, &known));
            } else if !flavour.judges(section) && carried_out(corpus, section) {
                wrong("sections", format!("`{}` does not judge the section `{section}`", flavour.name), None);
            }
        }
        for row in &claim.rows {
            match corpus.requirement(row) {
                Some(known) if !flavour.judges(&known.section) => {
                    wrong("rows", format!("`{}` does not judge {row}", flavour.name), None);
                }
                Some(_) => {}
                None => wrong("rows", format!("the catalogue has no row `{row}`"), None),
            }
        }
        for (row, _) in &claim.without {
            if !corpus.requirement(row).is_some_and(|known| claim.concerns(&known.section, row)) {
                wrong("without", format!("{row} is left out, but not demanded in the first place"), None);
            }
        }
        optional(corpus, claim, &mut wrong);
    }
}

fn carried_out(corpus: &Corpus, section: &str) -> bool {
    corpus.requirements.iter().any(|row| row.section == section && row.observable())
}

fn optional(corpus: &Corpus, claim: &Claim, wrong: &mut dyn FnMut(&str, String, Option<String>)) {
    let known: Vec<String> = corpus.cases.iter().flat_map(|case| case.needs.clone()).collect();
    for (capability, _) in &claim.optional {
        if !known.contains(capability) {
            wrong("optional", format!("no case needs `{capability}`"), near(capability, &known));
        }
    }
}
