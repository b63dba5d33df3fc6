//! What a case does, step by step: sends, looks into tokens, keeps values; and what is told of it.

mod second_factor;

use std::collections::BTreeMap;

use jsonwebtoken::jwk::JwkSet;
use serde_json::{Value, json};

use super::budget::Budget;
use super::event::{self, Event, Exchange};
use crate::clock::clock;
use crate::corpus::case::{Action, But, Case, Given, Jwt, JwtKey, Pass, Raw, Step, kind};
use crate::corpus::flavour::Flavour;
use crate::corpus::forge::Forge;
use crate::redact::Redactor;
use crate::step::bindings::Bindings;
use crate::step::curl::{self, Variable};
use crate::step::send::Fault;
use crate::step::{Answer, SECRETS, Seen, Sending, burst, forge, jwt, member, raw, request, send};
use crate::target::{Control, Driver, World};
use crate::verdict::Verdict;

/// The longest body that is told, in bytes.
const TOLD: usize = 64 * 1024;

/// Secrets of objects, and the variable that stands for each in a command line.
const OBJECT_SECRETS: [(&str, &str); 3] =
    [("secret", "ROPG_CLIENT_SECRET"), ("password", "ROPG_PASSWORD"), ("otp_secret", "ROPG_OTP_SECRET")];

/// What came of a step's action.
pub(super) enum Did {
    /// Something to look at.
    Saw(Seen),
    /// It was sent, and no answer came.
    Unanswered(String),
    /// The world is another one; there is nothing to look at.
    Changed,
    /// It was not done; as what it counts, and why.
    Not(Verdict, String),
}

/// A case on its way.
pub(super) struct Course<'a> {
    pub(super) flavour: &'a Flavour,
    pub(super) case: &'a Case,
    pub(super) bindings: Bindings,
    pub(super) strict: bool,
    budget: &'a Budget,
    redactor: Redactor,
    variables: Vec<Variable>,
    keys: Option<Result<JwkSet, String>>,
    now: Option<i64>,
    control: Option<Box<dyn Control>>,
    /// How many entries the tenant log had before the last exchange, where a step reads it.
    logged: usize,
    /// The number of the last message that was sent before the last exchange, where a step reads what comes after.
    sent: u64,
}

impl<'a> Course<'a> {
    pub(super) fn new(
        flavour: &'a Flavour,
        case: &'a Case,
        driver: &dyn Driver,
        budget: &'a Budget,
        mut world: World,
    ) -> Self {
        let mut redactor = Redactor::default();
        world.secrets.iter().for_each(|secret| redactor.secret(secret));
        let control = world.control.take();
        let mut course = Self {
            flavour,
            case,
            bindings: Bindings::of(&world),
            strict: driver.strict(),
            budget,
            redactor,
            variables: Vec::new(),
            keys: None,
            now: None,
            control,
            logged: 0,
            sent: 0,
        };
        course.hide(&world.objects);
        course
    }

    /// Secrets of objects must not be written; a command line names variables instead.
    fn hide(&mut self, objects: &BTreeMap<String, Value>) {
        for object in objects.values() {
            for (name, variable) in OBJECT_SECRETS {
                if let Some(secret) = object.get(name).and_then(Value::as_str) {
                    self.redactor.secret(secret);
                    self.variables.push((secret.to_owned(), variable));
                }
            }
        }
    }

    /// Does what the step says, and tells the exchange.
    pub(super) fn act(&mut self, step: &Step, tell: &mut dyn FnMut(Event)) -> Did {
        self.bindings.next_step(self.now());
        match &step.action {
            Action::Send { request, but } => self.send(step, request, but.as_ref(), tell),
            Action::Raw(raw) => self.raw(step, raw, tell),
            Action::Jwt(jwt) => self.look_into(jwt),
            Action::Clock(pass) => self.pass(pass),
            Action::Configure(given) => self.configure(given),
            Action::Log => self.log(),
            Action::Totp(totp) => self.totp(totp),
            Action::Outbox(to) => self.outbox(to.as_ref()),
            Action::Push(push) => self.push(step, push),
            Action::Until(until) => self.until(step, until, tell),
            Action::Forge(forge) => self.forge(forge),
            Action::Probe { request, but, record } => {
                let did = self.send(step, request, but.as_ref(), tell);
                let value = match &did {
                    Did::Saw(Seen::Answer(answer)) => answer.brief(),
                    Did::Saw(_) | Did::Changed | Did::Unanswered(_) | Did::Not(..) => "no answer".to_owned(),
                };
                tell(self.fingerprint(record, &value));
                did
            }
        }
    }

    /// Keeps what later steps need; what is not there, or no longer, is missed by the step that needs it.
    pub(super) fn capture(&mut self, step: &Step, seen: Seen) {
        for (name, path) in &step.capture {
            let Some((first, rest)) = path.split_first() else { continue };
            let value = match (&seen, first.as_str()) {
                (Seen::Answer(answer), "answer") => {
                    self.bindings.keep_answer(name, answer.clone());
                    continue;
                }
                (Seen::Answer(answer), "body") => answer.member(rest).cloned(),
                (Seen::Token(token), "claims") => member(&token.claims, rest).cloned(),
                (Seen::Made(made), "token" | "code") => Some(made.as_str().into()),
                _ => None,
            };
            match value {
                Some(value) => self.bindings.keep(name, value),
                None => self.bindings.forget(name),
            }
        }
    }

    /// Nothing came that could be kept: what the step captures must not be what an earlier one did.
    pub(super) fn forget(&mut self, step: &Step) {
        step.capture.iter().for_each(|(name, _)| self.bindings.forget(name));
    }

    /// Whether it is rather the infrastructure of a stranger's server that has answered.
    pub(super) fn overloaded(&self, answer: &Answer, control: bool) -> bool {
        !self.strict && (answer.overloaded() || (control && answer.status >= 500))
    }

    /// `text` as it may be written.
    pub(super) fn redacted(&self, text: &str) -> String {
        self.redactor.apply(text)
    }

    /// The target's time: what its last `Date` said.
    pub(super) fn now(&self) -> i64 {
        self.now.unwrap_or_else(own_time)
    }

    /// An observation that is not judged.
    pub(super) fn fingerprint(&self, name: &str, value: &str) -> Event {
        Event::Fingerprint {
            flavour: self.flavour.name.clone(),
            case: self.case.id.clone(),
            name: name.to_owned(),
            value: self.redacted(value),
        }
    }

    fn send(&mut self, step: &Step, name: &str, but: Option<&But>, tell: &mut dyn FnMut(Event)) -> Did {
        let Some((_, request)) = self.case.requests.iter().find(|(known, _)| known == name) else {
            return Did::Not(Verdict::Error, format!("no request is named `{name}`"));
        };
        let built = match request::build(&self.bindings, request, but) {
            Ok(built) => built,
            Err(why) => return Did::Not(Verdict::Blocked, why),
        };
        let user = built.username.filter(|_| request.to == "token");
        if let Some(Err(why)) = user.as_ref().filter(|_| but.is_some()).map(|user| self.budget.may_fail(user))
        {
            return Did::Not(Verdict::Unrun, why);
        }
        let (endpoint, sending) = (kind(&request.to), &built.sending);
        if let Some(count) = step.at_once {
            return self.burst(step, endpoint, sending, count, tell);
        }
        let did = self.exchange(step, endpoint, sending, false, tell);
        if let (Some(user), Did::Saw(Seen::Answer(answer))) = (user, &did) {
            // A refusal that is not about the password counts against nobody: a grant that is gone, a client that failed.
            let elsewhere = matches!(
                answer.json.as_ref().and_then(|json| json.get("error")).and_then(serde_json::Value::as_str),
                Some("unsupported_grant_type" | "unauthorized_client" | "invalid_client")
            );
            if !elsewhere {
                self.budget.login(&user, (200..300).contains(&answer.status));
            }
        }
        did
    }

    /// Many at once. An exchange without an answer leaves nothing to count.
    fn burst(
        &mut self,
        step: &Step,
        endpoint: &str,
        sending: &Sending,
        count: usize,
        tell: &mut dyn FnMut(Event),
    ) -> Did {
        for _ in 0..count {
            if let Err(why) = self.budget.request() {
                return Did::Not(Verdict::Unrun, why);
            }
        }
        self.mark();
        let start = clock();
        let results = burst::at_once(count, endpoint, sending, self.budget.timeout());
        let millis = clock().saturating_duration_since(start).as_secs_f64() * 1000.0;
        results.iter().flatten().for_each(|answer| self.learn(answer));
        for result in &results {
            tell(Event::Exchange(self.told(step, sending, result, millis)));
        }
        match results.iter().find_map(|result| result.as_ref().err()) {
            Some(Fault::Transport(why)) => Did::Unanswered(why.clone()),
            Some(Fault::Unsendable(why)) => Did::Not(Verdict::Error, why.clone()),
            None => Did::Saw(Seen::Answer(burst::counted(results.iter().flatten()))),
        }
    }

    fn raw(&mut self, step: &Step, raw: &Raw, tell: &mut dyn FnMut(Event)) -> Did {
        match raw::build(&self.bindings, raw) {
            Ok(sending) => self.exchange(step, kind(&raw.to), &sending, true, tell),
            Err(why) => Did::Not(Verdict::Blocked, why),
        }
    }

    /// Time passes at once where the target's clock can be moved, else really, as far as its owner allows.
    fn pass(&mut self, pass: &Pass) -> Did {
        let text = match self.bindings.text(&pass.seconds, &[]) {
            Ok(text) => text,
            Err(why) => return Did::Not(Verdict::Blocked, why),
        };
        let Ok(seconds) = text.parse::<i64>() else {
            return Did::Not(Verdict::Error, format!("`{text}` is no number of seconds"));
        };
        match self.let_pass(seconds.saturating_add(pass.more)) {
            Ok(()) => Did::Changed,
            Err((verdict, why)) => Did::Not(verdict, why),
        }
    }

    fn let_pass(&mut self, seconds: i64) -> Result<(), (Verdict, String)> {
        match &self.control {
            Some(control) => control.pass(seconds).map_err(|why| (Verdict::Error, why))?,
            None => self.budget.wait(seconds).map_err(|why| (Verdict::Unrun, why))?,
        }
        self.now = Some(self.now().saturating_add(seconds));
        Ok(())
    }

    fn configure(&mut self, given: &Given) -> Did {
        let Some(control) = &mut self.control else {
            return Did::Not(Verdict::Blocked, "nobody configures the target while it runs".to_owned());
        };
        match control.configure(given) {
            Ok((objects, secrets)) => {
                secrets.iter().for_each(|secret| self.redactor.secret(secret));
                self.hide(&objects);
                self.bindings.update(objects);
                Did::Changed
            }
            Err(why) => Did::Not(Verdict::Error, why),
        }
    }

    /// What the log got since the last exchange began, as if an endpoint had answered it.
    fn log(&self) -> Did {
        let entries = match self.control.as_ref().map(|control| control.log()) {
            Some(Ok(entries)) => entries,
            Some(Err(why)) => return Did::Not(Verdict::Error, why),
            None => return Did::Not(Verdict::Blocked, "nobody reads the target's log".to_owned()),
        };
        let new: Vec<&Value> = entries.iter().skip(self.logged).collect();
        let types: Vec<&Value> = new.iter().map(|entry| &entry["type"]).collect();
        let body = json!({ "types": types, "events": new }).to_string();
        Did::Saw(Seen::Answer(Answer::new("log", 200, Vec::new(), body.as_bytes())))
    }

    fn look_into(&mut self, look: &Jwt) -> Did {
        let token = match self.bindings.text(&look.of, &[]) {
            Ok(token) => token,
            Err(why) => return Did::Not(Verdict::Blocked, why),
        };
        let key = match &look.key {
            JwtKey::Unverified => jwt::Key::Unverified,
            JwtKey::Secret(secret) => match self.bindings.text(secret, &[]) {
                Ok(secret) => jwt::Key::Secret(secret),
                Err(why) => return Did::Not(Verdict::Blocked, why),
            },
            JwtKey::Jwks => {
                if self.keys.is_none() {
                    if let Err(why) = self.budget.request() {
                        return Did::Not(Verdict::Unrun, why);
                    }
                    self.keys = Some(jwt::key_set(&self.bindings, self.budget.timeout()));
                }
                jwt::Key::Set(self.keys.clone().unwrap_or_else(|| Err("no key set".to_owned())))
            }
        };
        Did::Saw(match jwt::decode(&token, &key) {
            Ok(token) => Seen::Token(token),
            Err(why) => Seen::Nothing(why),
        })
    }

    fn forge(&mut self, recipe: &Forge) -> Did {
        match forge::forge(&self.bindings, recipe, self.now()) {
            Ok(token) => {
                self.redactor.token(&token);
                self.variables.push((token.clone(), "ROPG_TOKEN"));
                Did::Saw(Seen::Made(token))
            }
            Err(why) => Did::Not(Verdict::Blocked, why),
        }
    }

    fn exchange(
        &mut self,
        step: &Step,
        endpoint: &str,
        sending: &Sending,
        raw: bool,
        tell: &mut dyn FnMut(Event),
    ) -> Did {
        if let Err(why) = self.budget.request() {
            return Did::Not(Verdict::Unrun, why);
        }
        self.mark();
        let start = clock();
        let timeout = self.budget.timeout();
        let result =
            if raw { raw::send(endpoint, sending, timeout) } else { send::send(endpoint, sending, timeout) };
        let millis = clock().saturating_duration_since(start).as_secs_f64() * 1000.0;
        if let Ok(answer) = &result {
            self.learn(answer);
        }
        tell(Event::Exchange(self.told(step, sending, &result, millis)));
        match result {
            Ok(answer) => Did::Saw(Seen::Answer(answer)),
            Err(Fault::Transport(why)) => Did::Unanswered(why),
            Err(Fault::Unsendable(why)) => Did::Not(Verdict::Error, why),
        }
    }

    /// Remembers what was logged and sent so far, where a step reads what comes after.
    fn mark(&mut self) {
        let reads = |wanted: fn(&Action) -> bool| self.case.steps.iter().any(|step| wanted(&step.action));
        if reads(|action| matches!(action, Action::Log))
            && let Some(Ok(entries)) = self.control.as_ref().map(|control| control.log())
        {
            self.logged = entries.len();
        }
        if reads(|action| matches!(action, Action::Outbox(_))) {
            self.mark_outbox();
        }
    }

    /// Its time, and what must not be written.
    fn learn(&mut self, answer: &Answer) {
        self.now = answer.date().or(self.now);
        if let Some(body) = &answer.json {
            self.learn_from(body);
        }
    }

    /// The tokens of a body, and what else must not be written.
    fn learn_from(&mut self, body: &Value) {
        self.redactor.tokens_of(body);
        for (name, variable) in SECRETS {
            let texts = match body.get(name) {
                Some(Value::Array(items)) => items.as_slice(),
                Some(one) => std::slice::from_ref(one),
                None => &[],
            };
            let texts = texts.iter().filter_map(Value::as_str).filter(|text| text.len() > 7);
            self.variables.extend(texts.map(|text| (text.to_owned(), variable)));
        }
    }

    /// A code of a few digits, which nothing but its place gives away.
    fn hide_code(&mut self, code: &str) {
        self.redactor.code(code);
        self.variables.push((code.to_owned(), "ROPG_CODE"));
    }

    fn told(&self, step: &Step, sending: &Sending, result: &Result<Answer, Fault>, millis: f64) -> Exchange {
        let fields = |all: &[(String, String)]| {
            all.iter().map(|(name, value)| (self.redacted(name), self.redacted(value))).collect()
        };
        // Nobody reads megabytes; what is told of them cannot hold a secret.
        let large = sending
            .body
            .as_ref()
            .filter(|body| body.len() > TOLD)
            .map(|body| Sending { body: Some(format!("({} bytes)", body.len())), ..sending.clone() });
        let sending = large.as_ref().unwrap_or(sending);
        Exchange {
            flavour: self.flavour.name.clone(),
            case: self.case.id.clone(),
            step: step.name.clone(),
            method: self.redacted(&sending.method),
            url: self.redacted(&sending.url),
            request_headers: fields(&sending.headers),
            request_body: sending.body.as_deref().map(|body| self.redacted(body)),
            answer: match result {
                Ok(answer) => Ok(event::Answer {
                    status: answer.status,
                    headers: fields(&answer.headers),
                    body: self.redacted(&answer.text),
                }),
                Err(Fault::Transport(why) | Fault::Unsendable(why)) => Err(self.redacted(why)),
            },
            millis,
            curl: self.redacted(&curl::line(sending, &self.variables)),
        }
    }
}

/// For a target that does not tell its time.
#[expect(
    clippy::disallowed_methods,
    reason = "a target without a Date can only be compared with our own time"
)]
fn own_time() -> i64 {
    jiff::Timestamp::now().as_second()
}
