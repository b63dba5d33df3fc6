//! Every documented answer and choice, by name. A tenant selects documented alternatives; only a deviation selects a
//! violation. A behaviour is a whole answer (status, code and text together) or a whole choice, not a field of one.

mod answer;
mod choice;
mod number;
mod switch;

use std::collections::BTreeSet;

pub use answer::{Answer, Label};
pub use choice::*;
pub use number::Number;
pub use switch::Switch;

/// A set of documented alternatives that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// As Auth0 documents it.
    Auth0,
    /// As RFC 6749 section 5.2 prescribes.
    Rfc6749,
}

/// The behaviour of one tenant.
#[derive(Clone, Debug)]
pub struct Behaviour {
    preset: Preset,
    /// By [`Answer`], in the order of [`Answer::ALL`].
    labels: [Label; Answer::ALL.len()],
    /// The documented choices.
    pub choices: Choices,
    /// By [`Number`], in the order of [`Number::ALL`].
    numbers: [i64; Number::ALL.len()],
    broken: BTreeSet<Switch>,
}

/// One row of the printed table.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name: `wrong_password`, `realm.in_password_grant`, `password.verified`.
    pub name: &'static str,
    /// The catalogue rows that it carries out.
    pub requirements: &'static [&'static str],
    /// What it is set to.
    pub value: String,
    /// What a tenant may choose.
    pub alternatives: Vec<&'static str>,
    /// What only a deviation may choose.
    pub violations: Vec<&'static str>,
}

impl Behaviour {
    /// The documented defaults of a preset.
    #[must_use]
    pub fn preset(preset: Preset) -> Self {
        let labels = Answer::ALL.map(|answer| answer.default(preset));
        let numbers = Number::ALL.map(Number::documented);
        Self { preset, labels, choices: Choices::preset(preset), numbers, broken: BTreeSet::new() }
    }

    /// Which preset it began with.
    #[must_use]
    pub fn which(&self) -> Preset {
        self.preset
    }

    /// The alternative that is chosen for an answer.
    #[must_use]
    pub fn label(&self, answer: Answer) -> Label {
        self.labels[answer as usize]
    }

    /// Whether a rule is kept; false only under a deviation.
    #[must_use]
    pub fn keeps(&self, rule: Switch) -> bool {
        !self.broken.contains(&rule)
    }

    /// A documented constant; another number only under a deviation.
    #[must_use]
    pub fn number(&self, number: Number) -> i64 {
        self.numbers[number as usize]
    }

    /// Selects a documented alternative.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would be right.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let rule = Switch::ALL.iter().any(|rule| rule.name() == name);
        if rule || Number::ALL.iter().any(|number| number.name() == name) {
            return Err(format!("`{name}` is no documented choice: a deviation alone may break it"));
        }
        self.set_any(name, value)
    }

    /// Selects any alternative, a violation too.
    ///
    /// # Errors
    /// The same.
    pub fn set_any(&mut self, name: &str, value: &str) -> Result<(), String> {
        if let Some(answer) = Answer::ALL.into_iter().find(|answer| answer.name() == name) {
            let label = answer.labels().iter().find(|label| label.name() == value);
            let label = label
                .ok_or_else(|| refused(name, value, answer.labels().iter().map(|label| label.name())))?;
            self.labels[answer as usize] = *label;
            return Ok(());
        }
        if let Some(rule) = Switch::ALL.into_iter().find(|rule| rule.name() == name) {
            match value {
                "false" => self.broken.insert(rule),
                "true" => self.broken.remove(&rule),
                _ => return Err(refused(name, value, ["true", "false"].into_iter())),
            };
            return Ok(());
        }
        if let Some(number) = Number::ALL.into_iter().find(|number| number.name() == name) {
            let shifted = value.parse().map_err(|_| format!("`{name}` is a whole number, not `{value}`"))?;
            self.numbers[number as usize] = shifted;
            return Ok(());
        }
        self.choices.set(name, value).unwrap_or_else(|| Err(Self::unknown(name)))
    }

    fn unknown(name: &str) -> String {
        let names: Vec<String> =
            Self::preset(Preset::Auth0).table().iter().map(|entry| entry.name.to_owned()).collect();
        match ropg_fixtures::schema::nearest(name, &names) {
            Some(near) => format!("no behaviour is called `{name}`; did you mean `{near}`?"),
            None => format!("no behaviour is called `{name}`"),
        }
    }

    /// All behaviours with their present values.
    #[must_use]
    pub fn table(&self) -> Vec<Entry> {
        let answers = Answer::ALL.into_iter().map(|answer| Entry {
            name: answer.name(),
            requirements: answer.requirements(),
            value: self.label(answer).name().to_owned(),
            alternatives: answer.labels().iter().map(|label| label.name()).collect(),
            violations: Vec::new(),
        });
        let switches = Switch::ALL.into_iter().map(|rule| Entry {
            name: rule.name(),
            requirements: rule.requirements(),
            value: self.keeps(rule).to_string(),
            alternatives: vec!["true"],
            violations: vec!["false"],
        });
        let numbers = Number::ALL.into_iter().map(|number| Entry {
            name: number.name(),
            requirements: number.requirements(),
            value: self.number(number).to_string(),
            alternatives: vec![number.word()],
            violations: vec!["any other number"],
        });
        answers.chain(self.choices.table()).chain(numbers).chain(switches).collect()
    }
}

fn refused<'a>(name: &str, value: &str, allowed: impl Iterator<Item = &'a str>) -> String {
    format!(
        "`{name}` cannot be `{value}`; one of {}",
        allowed.map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ")
    )
}
