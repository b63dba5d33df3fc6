//! Claims: what one demands, what it leaves out and why.

use std::fmt::Write as _;

use crate::corpus::Corpus;
use crate::corpus::requirement::Status;

/// A claim, with or without a version.
pub(super) fn claim(corpus: &Corpus, id: &str) -> Option<String> {
    let name = id.split_once('@').map_or(id, |(name, _)| name);
    let claim = corpus.claim(name)?;
    let (required, cases) = (claim.required(corpus), claim.cases(corpus));
    let mut out = format!("{}: a claim ({})\n  {}\n", claim.versioned(corpus), claim.file, claim.title);
    let _ = writeln!(out, "  judged under {}", claim.flavour);
    let _ = writeln!(out, "  demands  {} statements, which {} cases judge", required.len(), cases.len());
    for section in &claim.sections {
        let of_section = corpus.requirements.iter().filter(|row| row.section == *section);
        let (mut demanded, mut unseen, mut open, mut rest) = (0, 0, 0, 0);
        for row in of_section {
            match &row.status {
                _ if required.contains(row.id.as_str()) => demanded += 1,
                Status::NotObservable(_) => unseen += 1,
                Status::Planned(_) => open += 1,
                Status::Implemented | Status::Excluded(_) => rest += 1,
            }
        }
        let parts = [(unseen, "that nothing shows"), (rest, "left out"), (open, "planned")];
        let parts: String = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!(", {number} {what}"))
            .collect();
        let _ = writeln!(out, "    {section}: {demanded} demanded{parts}");
    }
    let good = if claim.strict {
        "each assertion passes: a warning stands in the way"
    } else {
        "each assertion passes, or warns where a mismatch weighs no more"
    };
    let _ = writeln!(out, "  granted if {good}");
    for (row, because) in &claim.without {
        let _ = writeln!(out, "  without  {row}: {because}");
    }
    for (capability, because) in &claim.optional {
        let _ = writeln!(out, "  may lack {capability}: {because}");
    }
    let _ = writeln!(out, "  judge it ropg-suite run --claim {name}");
    Some(out)
}
