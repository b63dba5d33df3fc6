//! Steps of a second factor: an authenticator app, what was sent to somebody, a telephone, and waiting for its owner.

use serde_json::{Value, json};
use url::Url;

use super::{Course, Did};
use crate::corpus::case::Step;
use crate::corpus::mfa::{Push, Totp, TotpKey, Until};
use crate::corpus::template::Template;
use crate::run::event::Event;
use crate::step::totp::App;
use crate::step::{Answer, Seen};
use crate::target::PushAct;
use crate::verdict::Verdict;

/// What a server says while nobody has answered.
const PENDING: &str = "authorization_pending";

impl Course<'_> {
    /// The code that an app shows now, by the target's time.
    pub(super) fn totp(&mut self, totp: &Totp) -> Did {
        let told = match self.bindings.text(totp.key.template(), &[]) {
            Ok(told) => told,
            Err(why) => return Did::Not(Verdict::Blocked, why),
        };
        let app = match &totp.key {
            TotpKey::Secret(_) => App::of_secret(&told),
            TotpKey::Uri(_) => App::of_uri(&told),
        };
        match app {
            Ok(app) => {
                let code = app.code(self.now(), totp.offset);
                self.hide_code(&code);
                Did::Saw(Seen::Made(code))
            }
            Err(why) => Did::Not(Verdict::Blocked, why),
        }
    }

    /// What was sent to somebody since the last exchange began, as if an endpoint had answered it.
    pub(super) fn outbox(&mut self, to: Option<&Template>) -> Did {
        let to = match to.map(|to| self.bindings.text(to, &[])).transpose() {
            Ok(to) => to,
            Err(why) => return Did::Not(Verdict::Blocked, why),
        };
        let messages = match self.control.as_ref().map(|control| control.outbox()) {
            Some(Ok(messages)) => messages,
            Some(Err(why)) => return Did::Not(Verdict::Error, why),
            None => return Did::Not(Verdict::Blocked, "nobody reads what the target sends".to_owned()),
        };
        let new: Vec<Value> = messages
            .into_iter()
            .filter(|message| number(message) > self.sent)
            .filter(|message| to.as_deref().is_none_or(|to| message["to"] == *to))
            .collect();
        for code in new.iter().filter_map(|message| message["code"].as_str()) {
            self.hide_code(code);
        }
        let body = json!({ "count": new.len(), "newest": new.last(), "messages": new });
        Did::Saw(Seen::Answer(Answer::new("outbox", 200, Vec::new(), body.to_string().as_bytes())))
    }

    /// Does something with a telephone. That the target has asked for nothing of the kind is an answer where somebody
    /// expects one; else the world is not what the case counts on.
    pub(super) fn push(&mut self, step: &Step, push: &Push) -> Did {
        let act = match self.act_of(push) {
            Ok(act) => act,
            Err(why) => return Did::Not(Verdict::Blocked, why),
        };
        let (status, body) = match self.control.as_ref().map(|control| control.push(&act)) {
            Some(Ok(got)) => (200, got),
            Some(Err(_)) if !step.expect.is_empty() => (404, json!({ "error": "nothing_asked" })),
            Some(Err(why)) => return Did::Not(Verdict::Blocked, why),
            None => {
                return Did::Not(Verdict::Blocked, "nobody answers the target's push messages".to_owned());
            }
        };
        self.learn_from(&body);
        Did::Saw(Seen::Answer(Answer::new("push", status, Vec::new(), body.to_string().as_bytes())))
    }

    fn act_of(&self, push: &Push) -> Result<PushAct, String> {
        let text = |template: &Template| self.bindings.text(template, &[]);
        Ok(match push {
            Push::Scan { enrollment, device } => PushAct::Scan {
                enrollment: enrollment_of(text(enrollment)?),
                device: device.as_ref().map(text).transpose()?,
            },
            Push::Accept(transaction) => PushAct::Accept(text(transaction)?),
            Push::Reject(transaction) => PushAct::Reject(text(transaction)?),
        })
    }

    /// Waits and sends, again and again while nobody has answered: the only repetition of something that failed. Never
    /// sooner than the step says, since whoever polls too fast is judged by what that brings.
    pub(super) fn until(&mut self, step: &Step, until: &Until, tell: &mut dyn FnMut(Event)) -> Did {
        let mut last = Did::Not(Verdict::Error, "`limit` is 0".to_owned());
        for _ in 0..until.limit {
            if let Err((verdict, why)) = self.let_pass(until.every) {
                return Did::Not(verdict, why);
            }
            last = self.send(step, &until.request, None, tell);
            let pending = match &last {
                Did::Saw(Seen::Answer(answer)) => {
                    answer.json.as_ref().is_some_and(|body| body["error"] == PENDING)
                }
                Did::Saw(_) | Did::Unanswered(_) | Did::Changed | Did::Not(..) => false,
            };
            if !pending {
                break;
            }
        }
        last
    }

    /// Remembers what was sent so far, where a step reads it: an exchange begins.
    pub(super) fn mark_outbox(&mut self) {
        if let Some(Ok(messages)) = self.control.as_ref().map(|control| control.outbox()) {
            self.sent = messages.last().map_or(0, number);
        }
    }
}

/// The number of a message, counted from 1.
fn number(message: &Value) -> u64 {
    message["number"].as_u64().unwrap_or_default()
}

/// A camera reads an address; what it holds is which enrolment it is.
fn enrollment_of(text: String) -> String {
    let found = Url::parse(&text).ok().and_then(|url| {
        let pair = url.query_pairs().find(|(name, _)| name == "enrollment_tx_id");
        pair.map(|(_, value)| value.into_owned())
    });
    found.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enrolment_is_found_in_its_address() {
        let uri = "otpauth://totp/x?enrollment_tx_id=abc%2B1&base_url=https%3A%2F%2Fx.test";
        assert_eq!(enrollment_of(uri.to_owned()), "abc+1");
        assert_eq!(enrollment_of("abc".to_owned()), "abc");
    }
}
