//! No secret in anything that is written: every password, client secret and token of a run is looked for in its events.

use std::collections::BTreeSet;
use std::sync::Mutex;

use ropg_suite::corpus::Corpus;
use ropg_suite::corpus::case::Case;
use ropg_suite::corpus::flavour::Flavour;
use ropg_suite::run;
use ropg_suite::run::event::{Event, Listener};
use ropg_suite::target::{Driver, Embedded, Unmet, World};

/// The embedded server, overheard: which secrets it made.
struct Overheard {
    inner: Embedded,
    secrets: Mutex<BTreeSet<String>>,
}

impl Driver for Overheard {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn url(&self) -> Option<&str> {
        self.inner.url()
    }

    fn strict(&self) -> bool {
        self.inner.strict()
    }

    fn parallel(&self) -> usize {
        1
    }

    fn prepare(&self, case: &Case, flavour: &Flavour) -> Result<World, Unmet> {
        let world = self.inner.prepare(case, flavour)?;
        self.secrets.lock().expect("nobody panicked").extend(world.secrets.iter().cloned());
        Ok(world)
    }
}

#[derive(Default)]
struct Written(String);

impl Listener for Written {
    fn on(&mut self, event: &Event) {
        self.0.push_str(&serde_json::to_string(event).expect("an event is JSON"));
        self.0.push('\n');
    }
}

/// Parts of a JWT, a refresh token or a ticket begin like this in any spelling.
const TOKENS: [&str; 4] = ["eyJ", "v1.", "Fe26.2*", "bm90LWEtdG9r"];

#[test]
fn nothing_that_is_written_holds_a_secret() {
    let corpus = Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    // Also with a server that grants what it should refuse: a failing check shows what came.
    for deviation in [
        None,
        Some("password.any-accepted"),
        Some("scope.unknown-granted"),
        Some("access-token.with-profile"),
    ] {
        let inner = match deviation.and_then(|id| corpus.deviation(id)) {
            Some(deviation) => Embedded::deviating(&deviation.id, &deviation.how).expect("it ships"),
            None => Embedded::new(),
        };
        let driver = Overheard { inner, secrets: Mutex::default() };
        let mut overheard = 0;
        for flavour in &corpus.flavours {
            for case in corpus.cases.iter().filter(|case| corpus.applies(flavour, case)) {
                let mut written = Written::default();
                run::judge(&corpus, flavour, case, &driver, &mut written);
                let secrets = std::mem::take(&mut *driver.secrets.lock().expect("nobody panicked"));
                overheard += secrets.len();
                says_no_secret(&written.0, &secrets, case);
            }
        }
        assert!(overheard > 50, "only {overheard} secrets were overheard");
    }
}

fn says_no_secret(written: &str, secrets: &BTreeSet<String>, case: &Case) {
    // A pattern has a secret with backslashes in it.
    let plain = written.replace('\\', "");
    // Passwords that a case chooses stand in the case; what a target generated must never be seen.
    for secret in secrets.iter().filter(|secret| secret.len() >= 12 && !written_down(case, secret)) {
        let line = plain.lines().find(|line| line.contains(secret.as_str()));
        assert!(line.is_none(), "{secret} in {}", line.unwrap_or_default());
    }
    for line in written.lines() {
        for token in TOKENS {
            let at = line.match_indices(token).find(|(at, _)| longer_than_a_word(&line[*at..]));
            assert!(at.is_none(), "{token}… in {line}");
        }
    }
}

/// Whether a secret is one that the case itself says: `Correct-Horse-9`.
fn written_down(case: &Case, secret: &str) -> bool {
    case.given.users.iter().any(|(_, user)| user.password.as_deref() == Some(secret))
        || case.given.clients.iter().any(|(_, client)| client.secret.as_deref() == Some(secret))
}

/// Twenty characters of a token are not a prefix that an assertion's text mentions.
fn longer_than_a_word(text: &str) -> bool {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.*".contains(*c)).count() > 20
}
