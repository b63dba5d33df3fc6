//! `run`: chooses cases and target, listens, reports, and ends with the code that the run has earned.

use std::collections::BTreeSet;
use std::path::Path;

use ropg_fixtures::{Problem, Problems};

use super::arguments::{Format, RunArgs};
use super::exit::Exit;
use super::select::{self, Selection};
use super::{invalid, output, unknown, usage};
use crate::baseline::{Baseline, SHAPE};
use crate::claim::Claiming;
use crate::corpus::case::Case;
use crate::corpus::claim::Claim;
use crate::corpus::flavour::Flavour;
use crate::corpus::{Corpus, Resolved, resolve};
use crate::proof::matrix::{FILE, KillMatrix};
use crate::report::background::{Background, Sketch};
use crate::report::ndjson::Ndjson;
use crate::report::record::Record;
use crate::report::score::{Score, Terms};
use crate::report::terminal::{self, Look, Progress};
use crate::report::{Chorus, Paint, junit, summary};
use crate::run::event::Listener;
use crate::run::{self, Plan};
use crate::target::{Driver, Embedded, Mock, Profile, Quick, Static};

/// Runs the command.
pub(super) fn run(args: &RunArgs) -> Exit {
    match attempt(args) {
        Ok(exit) | Err(exit) => exit,
    }
}

/// Who is judged, under what, and the arguments that say so.
struct Judgee<'a> {
    driver: Box<dyn Driver>,
    flavours: Vec<&'a Flavour>,
    arguments: String,
}

fn attempt(args: &RunArgs) -> Result<Exit, Exit> {
    let corpus = super::corpus(args.corpus.as_deref())?;
    let claims = select::claims(&corpus, &args.claim).map_err(|why| usage(&why))?;
    let Selection { cases, mut named } = select::select(&corpus, &args.pattern).map_err(|why| usage(&why))?;
    let judgee = judgee(args, &corpus, &claims)?;
    let baseline = baseline(args, &corpus)?;
    let everything = args.pattern.is_empty();
    let demanded: BTreeSet<(&str, &str)> = claims.iter().flat_map(|claim| demanded(&corpus, claim)).collect();
    let claimed = |flavour: &Flavour, case: &Case| {
        claims.is_empty() || demanded.contains(&(flavour.name.as_str(), case.id.as_str()))
    };
    let work: Vec<(&Flavour, &Case)> = judgee
        .flavours
        .iter()
        .flat_map(|flavour| cases.iter().map(move |case| (*flavour, *case)))
        .filter(|(flavour, case)| corpus.applies(flavour, case))
        .filter(|(flavour, case)| !everything || claimed(flavour, case))
        .collect();
    if work.is_empty() && claims.is_empty() {
        unjudged(&corpus, &cases);
    }
    named.extend(demanded.iter().map(|(_, case)| (*case).to_owned()));
    let plan = Plan {
        corpus: &corpus,
        driver: &*judgee.driver,
        work,
        limits: judgee.driver.limits(),
        deviations: args.deviate.clone(),
    };
    let terms = Terms { named, strict: judgee.driver.strict(), baseline, today: Some(today()) };
    let background = background(&corpus, args.corpus.as_deref());
    let record = listen(&plan, args, &claims)?;
    let score = Score::of(&record, &background, &terms);
    show(args, &record, &background, &score, &judgee.arguments)?;
    Ok(score.exit())
}

/// Tells of cases that are judged only where somebody claims something.
fn unjudged(corpus: &Corpus, cases: &[&Case]) {
    let unasked = |claim: &&Claim| corpus.flavour(&claim.flavour).is_some_and(|flavour| flavour.claimed);
    for claim in corpus.claims.iter().filter(unasked) {
        let demanded: BTreeSet<(&str, &str)> = demanded(corpus, claim).collect();
        if cases.iter().any(|case| demanded.contains(&(claim.flavour.as_str(), case.id.as_str()))) {
            eprintln!("ropg-suite: no selected case is judged here; --claim {} judges some", claim.name);
        }
    }
}

/// Flavour and id of the cases that a claim demands.
fn demanded<'a>(corpus: &'a Corpus, claim: &'a Claim) -> impl Iterator<Item = (&'a str, &'a str)> {
    claim.cases(corpus).into_iter().map(|case| (claim.flavour.as_str(), case.id.as_str()))
}

fn judgee<'a>(args: &RunArgs, corpus: &'a Corpus, claims: &[&Claim]) -> Result<Judgee<'a>, Exit> {
    let mut claimed: Vec<String> = claims.iter().map(|claim| claim.flavour.clone()).collect();
    claimed.dedup();
    let wanted = if args.flavour.is_empty() { claimed } else { args.flavour.clone() };
    if let Some(claim) = claims.iter().find(|claim| !wanted.contains(&claim.flavour)) {
        return Err(usage(&format!("{} is judged under --flavour {}", claim.name, claim.flavour)));
    }

    let (profile, arguments) = if let Some(url) = args.target.as_deref().and_then(control) {
        let mock = Mock::connect(url).map_err(|why| set_up(&why))?;
        return reference(Box::new(mock), format!(" --target {url}"), corpus, wanted);
    } else if let Some(path) = &args.target {
        let profile = Profile::from_file(path).map_err(|problems| invalid(&problems))?;
        (profile, format!(" --target {}", path.display()))
    } else if let Some(url) = &args.url {
        let quick = Quick {
            url: url.clone(),
            client: args.client.clone(),
            user: args.user.clone(),
            token_path: args.token_path.clone(),
            flavour: wanted.first().cloned(),
        };
        let profile =
            quick.discover(&|name| std::env::var(name).ok()).map_err(|problems| invalid(&problems))?;
        (profile, quick_arguments(args, url))
    } else {
        return embedded(args, corpus, wanted);
    };
    let name = profile.target.flavour.clone().unwrap_or_else(|| "auth0".to_owned());
    let wanted = if wanted.is_empty() { vec![name] } else { wanted };
    Ok(Judgee { driver: Box::new(Static::new(profile)), flavours: flavours(corpus, &wanted)?, arguments })
}

fn embedded<'a>(args: &RunArgs, corpus: &'a Corpus, wanted: Vec<String>) -> Result<Judgee<'a>, Exit> {
    let mut driver = Embedded::new();
    for id in &args.deviate {
        let Some(deviation) = corpus.deviation(id) else {
            let known: Vec<String> = corpus.deviations.iter().map(|one| one.id.clone()).collect();
            return Err(usage(&unknown("deviation", id, &known, "`ropg-suite list --deviations` shows all")));
        };
        driver = driver.and_deviating(id, &deviation.how).map_err(|why| {
            invalid(&Problems(vec![Problem::of_file(&deviation.file, format!("{id}: {why}"))]))
        })?;
    }
    reference(Box::new(driver), String::new(), corpus, wanted)
}

/// The reference server is judged under each flavour, unless one is named.
fn reference(
    driver: Box<dyn Driver>,
    arguments: String,
    corpus: &Corpus,
    wanted: Vec<String>,
) -> Result<Judgee<'_>, Exit> {
    let unasked = corpus.flavours.iter().filter(|flavour| !flavour.claimed);
    let wanted =
        if wanted.is_empty() { unasked.map(|flavour| flavour.name.clone()).collect() } else { wanted };
    Ok(Judgee { driver, flavours: flavours(corpus, &wanted)?, arguments })
}

/// The address, where a target is no file.
fn control(target: &Path) -> Option<&str> {
    target.to_str().filter(|target| target.starts_with("http://") || target.starts_with("https://"))
}

fn flavours<'a>(corpus: &'a Corpus, wanted: &[String]) -> Result<Vec<&'a Flavour>, Exit> {
    let known: Vec<String> = corpus.flavours.iter().map(|flavour| flavour.name.clone()).collect();
    let find = |name: &String| {
        let missing = || usage(&unknown("flavour", name, &known, &format!("there are {}", known.join(", "))));
        corpus.flavour(name).ok_or_else(missing)
    };
    wanted.iter().map(find).collect()
}

fn quick_arguments(args: &RunArgs, url: &str) -> String {
    let options = [("client", &args.client), ("user", &args.user), ("token-path", &args.token_path)];
    let given =
        options.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!(" --{name} {value}")));
    format!(" --url {url}{}", given.collect::<String>())
}

fn baseline(args: &RunArgs, corpus: &Corpus) -> Result<Baseline, Exit> {
    let Some(path) = &args.baseline else { return Ok(Baseline::default()) };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        invalid(&Problems(vec![Problem::of_file(&name, format!("the baseline cannot be read: {error}"))]))
    })?;
    Baseline::read(&name, &text, &|id| unknown_id(corpus, id)).map_err(|problems| invalid(&problems))
}

/// What is wrong with an id of a baseline, if it names nothing.
fn unknown_id(corpus: &Corpus, id: &str) -> Option<String> {
    if id.starts_with(SHAPE) {
        let blocks = corpus.shapes.iter().flat_map(|shape| &shape.blocks);
        let known: Vec<String> = blocks
            .filter_map(|(_, block)| Some((block.shared.as_ref()?, &block.checks)))
            .flat_map(|(shared, checks)| checks.iter().map(move |check| format!("{shared}/{}", check.name)))
            .collect();
        let missing = !known.iter().any(|check| check == id);
        return missing
            .then(|| unknown("check of a shape", id, &known, "`ropg-suite explain SHAPE` lists them"));
    }
    let (case_id, rest) = id.split_once('#').map_or((id, None), |(case, rest)| (case, Some(rest)));
    let Some(case) = corpus.case(case_id) else {
        let known: Vec<String> = corpus.cases.iter().map(|case| case.id.clone()).collect();
        return Some(unknown("case", case_id, &known, "`ropg-suite list` shows all"));
    };
    let (step_name, name) = rest?.split_once('/').unwrap_or((rest?, ""));
    let steps: Vec<String> = case.steps.iter().map(|step| step.name.clone()).collect();
    let Some(step) = case.steps.iter().find(|step| step.name == step_name) else {
        return Some(unknown("step", step_name, &steps, &format!("{case_id} has {}", steps.join(", "))));
    };
    // A control is judged by its outcome whether or not its expectations name one.
    let mut names = vec!["outcome".to_owned()];
    for resolved in corpus.flavours.iter().flat_map(|flavour| resolve(corpus, flavour, case, step)) {
        match resolved {
            Resolved::Check(judged) => names.push(judged.name),
            Resolved::Choice { alternatives, .. } => {
                names.extend(alternatives.into_iter().flat_map(|(_, all)| all).map(|judged| judged.name));
            }
        }
    }
    let missing = !names.iter().any(|known| known == name);
    missing.then(|| {
        unknown("assertion", name, &names, &format!("step {step_name} of {case_id} has none of that name"))
    })
}

/// Runs the plan; NDJSON is written meanwhile.
fn listen(plan: &Plan<'_>, args: &RunArgs, claims: &[&Claim]) -> Result<Record, Exit> {
    let mut record = Record::default();
    let mut progress = Progress::new();
    let mut listeners: Vec<&mut dyn Listener> = vec![&mut record, &mut progress];
    if args.format == Format::Ndjson {
        let out = output::open(args.output.as_deref()).map_err(|why| fault(&why))?;
        let mut ndjson = Ndjson::new(out);
        listeners.push(&mut ndjson);
        run::run(plan, &mut Claiming::new(plan.corpus, claims, &mut Chorus(listeners)));
        ndjson.end().map_err(|error| fault(&format!("the events cannot be written: {error}")))?;
    } else {
        run::run(plan, &mut Claiming::new(plan.corpus, claims, &mut Chorus(listeners)));
    }
    Ok(record)
}

fn show(
    args: &RunArgs,
    record: &Record,
    background: &Background,
    score: &Score<'_>,
    target: &str,
) -> Result<(), Exit> {
    if args.format == Format::Junit {
        let xml = junit::render(record, background, score, target).map_err(|why| fault(&why))?;
        output::write(args.output.as_deref(), &xml).map_err(|why| fault(&why))?;
    }
    let to_file = args.output.is_some();
    if args.format != Format::Terminal && !to_file {
        // Standard output belongs to the program that reads it; people look at the other stream.
        let paint = Paint { colour: output::colour(&std::io::stderr()) };
        eprint!("{}{}", summary::claims(record, output::width(), paint), summary::foot(record, score, paint));
        return Ok(());
    }
    let people = |colour: bool| {
        let look = Look { width: output::width(), paint: Paint { colour }, target };
        terminal::render(record, background, score, look)
    };
    if args.format == Format::Terminal && to_file {
        output::write(args.output.as_deref(), &people(false)).map_err(|why| fault(&why))?;
    }
    output::write(None, &people(output::colour(&std::io::stdout()))).map_err(|why| fault(&why))
}

fn set_up(message: &str) -> Exit {
    eprintln!("ropg-suite: {message}");
    Exit::SetUp
}

fn fault(message: &str) -> Exit {
    eprintln!("ropg-suite: {message}");
    Exit::SuiteFault
}

fn background(corpus: &Corpus, folder: Option<&Path>) -> Background {
    let sketch = |case: &crate::corpus::case::Case| Sketch {
        title: case.title.clone(),
        reveals: case.reveals.clone(),
        area: case.area.clone(),
        state: case.state,
    };
    let matrix = match folder {
        // A corpus without a matrix is reported without probable bugs.
        Some(folder) => {
            let text = std::fs::read_to_string(folder.join(FILE)).unwrap_or_default();
            KillMatrix::read(&text).unwrap_or_default()
        }
        None => KillMatrix::embedded(),
    };
    Background {
        requirements: corpus.requirements.iter().map(|row| (row.id.clone(), row.clone())).collect(),
        cases: corpus.cases.iter().map(|case| (case.id.clone(), sketch(case))).collect(),
        deviations: corpus.deviations.iter().map(|one| (one.id.clone(), one.title.clone())).collect(),
        matrix,
    }
}

/// Today in UTC: entries of a baseline end with a day of the world, whatever the target's clock says.
#[expect(clippy::disallowed_methods, reason = "the day on which the suite runs is not protocol time")]
fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}
