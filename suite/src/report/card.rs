//! The failure card: everything that is needed to understand one cause, on one screen.

use std::collections::BTreeSet;

use super::background::Background;
use super::cause::{self, Cause, Finding};
use super::command_line;
use super::layout::{Paint, Sheet, clip, count, duration, many};
use super::record::Record;
use crate::run::event::{Assertion, Exchange};
use crate::verdict::Verdict;

/// How many characters of a body are shown.
const BODY: usize = 400;
/// How many assertions of one step are shown.
const ASSERTIONS: usize = 6;
/// How many further places of one cause are shown.
const PLACES: usize = 5;

/// What all cards of a run share.
#[derive(Clone, Copy, Debug)]
pub struct Cards<'a> {
    /// The run.
    pub record: &'a Record,
    /// What is known beyond it.
    pub background: &'a Background,
    /// Columns.
    pub width: usize,
    /// Colours.
    pub paint: Paint,
    /// The arguments that lead to the same target: ` --target acme.toml`, or empty.
    pub target: &'a str,
}

impl Cards<'_> {
    /// The card of one cause.
    #[must_use]
    pub fn render(&self, cause: &Cause<'_>) -> String {
        let first = &cause.findings[0];
        let mut sheet = Sheet::new(self.width, self.paint);
        let rows = first.rows();
        sheet.head(&cause.verdict.word().to_uppercase(), &first.main().id, &self.background.standing(&rows));
        for line in super::layout::wrap(&first.case.title, self.width - 2) {
            sheet.line(format!("  {line}"));
        }
        self.statement(&mut sheet, &rows);
        if let Some(exchange) = first.case.exchange(&first.main().step) {
            sent(&mut sheet, exchange);
            got(&mut sheet, exchange);
        }
        expected(&mut sheet, &first.assertions);
        control(&mut sheet, first);
        self.so(&mut sheet, cause);
        also(&mut sheet, cause);
        self.again(&mut sheet, first);
        self.accept(&mut sheet, cause, first);
        sheet.text()
    }

    fn statement(&self, sheet: &mut Sheet, rows: &[String]) {
        for (index, id) in rows.iter().take(2).enumerate() {
            let Some(row) = self.background.requirements.get(id) else { continue };
            let label = if index == 0 { "Statement" } else { "and" };
            sheet.field(label, &row.statement);
            sheet.field("", &format!("{id} · {}", first_source(&row.source)));
        }
    }

    fn so(&self, sheet: &mut Sheet, cause: &Cause<'_>) {
        let first = &cause.findings[0];
        let flavour = &first.case.flavour;
        let of_flavour = || self.record.cases.iter().filter(|case| case.flavour == *flavour);
        let judged: BTreeSet<&str> = of_flavour().flat_map(|case| &case.heard).map(String::as_str).collect();
        let mismatch =
            |one: &&Assertion| matches!(one.verdict, Verdict::Fail | Verdict::Warn | Verdict::Note);
        let broken = of_flavour().flat_map(|case| &case.assertions).filter(mismatch).map(key).collect();
        let these: Vec<&str> = first.assertions.iter().map(|one| key(one)).collect();
        match self.background.matrix.like(flavour, &these, &broken, &judged) {
            Some(like) => {
                let title =
                    self.background.deviations.get(like.deviation).map_or(like.deviation, String::as_str);
                let how = match (like.exact, like.share > 0.99) {
                    (true, _) => "fails in exactly these places",
                    (false, true) => "fails in all these places",
                    (false, false) => "fails in most of these places",
                };
                sheet.field("So", &format!("probably: {}", lower_first(title)));
                sheet.field("", &format!("(the deviation {} {how})", like.deviation));
            }
            None => {
                if let Some(sketch) =
                    self.background.cases.get(&first.case.case).filter(|one| !one.reveals.is_empty())
                {
                    sheet.field("So", &format!("perhaps: {}", lower_first(&sketch.reveals)));
                }
            }
        }
    }

    fn again(&self, sheet: &mut Sheet, finding: &Finding<'_>) {
        let case = &finding.case;
        let deviate: String = self.record.started.iter().flat_map(|head| &head.deviations).fold(
            String::new(),
            |mut all, deviation| {
                all.push_str(" --deviate ");
                all.push_str(deviation);
                all
            },
        );
        let id = if case.case.contains('[') { format!("'{}'", case.case) } else { case.case.clone() };
        let command = format!("ropg-suite run {id} --flavour {}{}{deviate}", case.flavour, self.target);
        for (index, line) in command_line::broken(&command, sheet.inner()).iter().enumerate() {
            sheet.put(if index == 0 { "Again" } else { "" }, line);
        }
        let Some(exchange) = case.exchange(&finding.main().step) else { return };
        // The embedded server's port is gone when the run ends.
        if self.target.is_empty() {
            return;
        }
        for line in command_line::broken(&exchange.curl, sheet.inner()) {
            sheet.put("", &line);
        }
    }

    fn accept(&self, sheet: &mut Sheet, cause: &Cause<'_>, finding: &Finding<'_>) {
        // Whoever fails at the reference mends it; a baseline is for servers that one cannot mend today.
        if self.target.is_empty() {
            return;
        }
        let shared = finding.main().shared.is_some();
        let each = if shared {
            "one entry for all answers that lack it:"
        } else {
            "one entry for each assertion that is listed:"
        };
        sheet.put("Accept", &format!("in the file of --baseline, {each}"));
        sheet.put("", "[[entry]]");
        sheet.put("", &format!("id = \"{}\"", key(finding.main())));
        sheet.put("", &format!("expect = \"{}\"", cause.verdict.word()));
        let cites = finding.rows().iter().map(|row| format!("\"{row}\"")).collect::<Vec<_>>().join(", ");
        sheet.put("", "reason = \"…\"");
        sheet.put("", &format!("cites = [{cites}]"));
        sheet.put("", "observed = \"…\"");
    }
}

/// The id by which the kill matrix knows an assertion.
fn key(assertion: &Assertion) -> &str {
    assertion.shared.as_deref().unwrap_or(&assertion.id)
}

fn sent(sheet: &mut Sheet, exchange: &Exchange) {
    sheet.field("Sent", &format!("{} {}", exchange.method, exchange.url));
    let told = |name: &str| matches!(name, "authorization" | "content-type" | "auth0-forwarded-for");
    for (name, value) in &exchange.request_headers {
        let name = name.to_ascii_lowercase();
        if told(&name) && value != "application/x-www-form-urlencoded" {
            sheet.field("", &format!("{name}: {value}"));
        }
    }
    if let Some(body) = exchange.request_body.as_deref().filter(|body| !body.is_empty()) {
        // A form reads better with its members apart.
        let form = !body.starts_with(['{', '[']) && body.contains('=');
        let shown = if form { body.replace('&', "  ") } else { body.to_owned() };
        sheet.field("", &clip(&shown, BODY));
    }
}

fn got(sheet: &mut Sheet, exchange: &Exchange) {
    match &exchange.answer {
        Ok(answer) => {
            let media = answer.headers.iter().find(|(name, _)| name == "content-type");
            let media = media.map_or("without content-type", |(_, value)| value.as_str());
            sheet.field("Got", &format!("{} {media}  after {}", answer.status, duration(exchange.millis)));
            let body = if answer.body.is_empty() { "(an empty body)" } else { answer.body.as_str() };
            sheet.field("", &clip(body, BODY));
        }
        Err(why) => sheet.field("Got", &format!("no answer: {why}")),
    }
}

/// One line for each assertion: name, what was expected, what came; under each other if that is too long.
fn expected(sheet: &mut Sheet, assertions: &[&Assertion]) {
    let shown = &assertions[..assertions.len().min(ASSERTIONS)];
    // The name of a single one stands at the head of the card.
    let named =
        |one: &Assertion| if shown.len() > 1 { format!("{}  ", cause::name(one)) } else { String::new() };
    let longest = |texts: &dyn Fn(&Assertion) -> usize| shown.iter().map(|one| texts(one)).max().unwrap_or(0);
    let name = longest(&|one| count(&named(one)));
    let wide = longest(&|one| count(&one.expected));
    let fits = name + wide + 6 + longest(&|one| count(&one.got)) <= sheet.inner();
    for (index, one) in shown.iter().enumerate() {
        let label = if index == 0 { "Expected" } else { "" };
        if fits {
            sheet.put(label, &format!("{:<name$}{:<wide$}  got {}", named(one), one.expected, one.got));
        } else if shown.len() == 1 {
            sheet.field(label, &clip(&one.expected, BODY));
            sheet.field("", &format!("got {}", clip(&one.got, BODY)));
        } else {
            // Several that are long: what each says first is enough, the answer stands above.
            let whole = format!("{:<name$}{}, got {}", named(one), one.expected, one.got).replace('\n', " ");
            if count(&whole) <= sheet.inner() {
                sheet.put(label, &whole);
            } else {
                let expected = format!("{:<name$}{}", named(one), one.expected);
                sheet.put(label, &clip(&expected, sheet.inner()));
                let got = format!("{}got {}", " ".repeat(name.min(24)), one.got).replace('\n', " ");
                sheet.put("", &clip(&got, sheet.inner()));
            }
        }
    }
    if let Some(more) = assertions.len().checked_sub(ASSERTIONS).filter(|more| *more > 0) {
        sheet.put("", &format!("and {} more of this step", many(more, "assertion")));
    }
}

/// The exchange before it that went well: the same request without the fault.
fn control(sheet: &mut Sheet, finding: &Finding<'_>) {
    let steps = &finding.case.exchanges;
    let here = steps.iter().position(|exchange| exchange.step == finding.main().step).unwrap_or(steps.len());
    let broke = |exchange: &Exchange| {
        let mut here = finding.case.assertions.iter().filter(|one| one.step == exchange.step);
        here.any(|one| one.verdict == Verdict::Fail && one.shared.is_none())
    };
    let granted = |exchange: &Exchange| exchange.answer.as_ref().is_ok_and(|answer| answer.status < 300);
    let went_well = |exchange: &&Exchange| granted(exchange) && !broke(exchange);
    let Some(control) = steps[..here].iter().rev().find(went_well) else { return };
    let status = control.answer.as_ref().map_or(0, |answer| answer.status);
    sheet.field("Control", &format!("step {} before it: {status}, as expected", control.step));
}

fn also(sheet: &mut Sheet, cause: &Cause<'_>) {
    let others = &cause.findings[1..];
    for (index, finding) in others.iter().take(PLACES).enumerate() {
        // The name of the assertion is the same; the place is what differs.
        let case = &finding.case;
        let place = format!("{}#{} ({})", case.case, finding.main().step, case.flavour);
        sheet.put(if index == 0 { "Also" } else { "" }, &clip(&place, sheet.inner()));
    }
    if let Some(more) = others.len().checked_sub(PLACES).filter(|more| *more > 0) {
        sheet.put("", &format!("and {}", many(more, "more place")));
    }
}

/// The first of several sources; `explain` shows them all.
fn first_source(source: &str) -> String {
    match source.split_once("; ") {
        Some((first, rest)) => format!("{first} (+{})", rest.matches("; ").count() + 1),
        None => source.to_owned(),
    }
}

/// A title goes on after a colon.
fn lower_first(title: &str) -> String {
    let mut chars = title.chars();
    let second_is_lower = title.chars().nth(1).is_none_or(|char| !char.is_uppercase());
    match chars.next() {
        Some(first) if second_is_lower => first.to_lowercase().chain(chars).collect(),
        Some(_) | None => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{cause, samples};

    fn cards(record: &Record, verdict: Verdict, target: &str) -> Vec<String> {
        let background = samples::background();
        let cards = Cards { record, background: &background, width: 100, paint: Paint::default(), target };
        cause::causes(record, verdict, &|_| true).iter().map(|cause| cards.render(cause)).collect()
    }

    #[test]
    fn a_card_says_all_on_a_hundred_columns() {
        let all = cards(&samples::failing(), Verdict::Fail, "");
        assert_eq!(all.len(), 2, "one cause of its own, one shared by two steps: {}", all.join("\n"));
        assert_eq!(all[0], samples::CARD, "\n{}", all[0]);
        assert!(all[1].contains("Also       password.login#again (auth0)"), "{}", all[1]);
        for line in all.iter().flat_map(|card| card.lines()) {
            assert!(count(line) <= 100, "{line}");
            assert!(!line.contains('\x1b') && !line.ends_with(' '), "{line:?}");
        }
    }

    #[test]
    fn a_stranger_gets_a_curl_line_and_a_stanza() {
        let card = cards(&samples::external(), Verdict::Fail, " --target acme.toml").remove(0);
        for part in [
            "Again      ropg-suite run password.credentials --flavour rfc6749 --target acme.toml",
            "$ROPG_PASSWORD",
        ] {
            assert!(card.contains(part), "{part} in\n{card}");
        }
        assert!(
            card.contains("[[entry]]\n             id = \"password.credentials#wrong-password/status\""),
            "{card}"
        );
    }
}
