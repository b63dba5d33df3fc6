//! Messages that were "sent": text messages, calls, mail, questions on a phone. Nothing leaves the process; who tests
//! reads them here. A ring: the oldest go, and are counted.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Messages that are kept.
const LIMIT: usize = 1000;

/// A message; prints without what it says.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Counts from 1 since the tenant began, or was reset.
    pub number: u64,
    /// When it was sent, in the tenant's time.
    pub at: Timestamp,
    /// `sms`, `voice`, `email` or `push`.
    pub channel: &'static str,
    /// The number, the address, or the id of the phone's authenticator.
    pub to: String,
    /// What it is for: `mfa` or `passwordless`.
    pub kind: &'static str,
    /// The code that it carries: six digits.
    pub code: Option<String>,
    /// The question that a phone shall answer.
    pub transaction: Option<String>,
    /// What a person reads or hears.
    pub text: String,
}

impl Message {
    /// The message as the control listener tells it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("number".to_owned(), json!(self.number));
        members.insert("at".to_owned(), json!(self.at.to_string()));
        for (name, value) in [
            ("channel", Some(self.channel)),
            ("to", Some(&*self.to)),
            ("kind", Some(self.kind)),
            ("code", self.code.as_deref()),
            ("transaction", self.transaction.as_deref()),
            ("text", Some(&*self.text)),
        ] {
            value.map(|value| members.insert(name.to_owned(), json!(value)));
        }
        Value::Object(members)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} by {} to {})", self.number, self.channel, self.to)
    }
}

/// The outbox of an epoch.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    sent: Mutex<Sent>,
    /// Rings whenever something was sent.
    bell: Condvar,
}

#[derive(Debug, Default)]
struct Sent {
    kept: VecDeque<Message>,
    count: u64,
}

impl Outbox {
    /// Keeps a message; its number is given here.
    pub(crate) fn send(&self, message: Message) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.kept.len() == LIMIT {
            sent.kept.pop_front();
        }
        sent.count += 1;
        let number = sent.count;
        sent.kept.push_back(Message { number, ..message });
        self.bell.notify_all();
    }

    /// How many were sent.
    pub(crate) fn count(&self) -> u64 {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    /// All that are kept, oldest first.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).kept.iter().cloned().collect()
    }

    /// Those that `wanted` picks, oldest first; waits for the first of them, at most so long, if there is none yet.
    pub(crate) fn wait(&self, patience: Duration, wanted: impl Fn(&Message) -> bool) -> Vec<Message> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let none = |sent: &mut Sent| !sent.kept.iter().any(&wanted);
        let (sent, _) =
            self.bell.wait_timeout_while(sent, patience, none).unwrap_or_else(PoisonError::into_inner);
        sent.kept.iter().filter(|message| wanted(message)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    fn message(to: &str) -> Message {
        Message {
            number: 0,
            at: Timestamp::UNIX_EPOCH,
            channel: "sms",
            to: to.to_owned(),
            kind: "mfa",
            code: Some("123456".to_owned()),
            transaction: None,
            text: String::new(),
        }
    }

    #[test]
    fn the_newest_are_kept_and_numbered_on() {
        let outbox = Outbox::default();
        for _ in 0..LIMIT + 2 {
            outbox.send(message("+15550100"));
        }
        let numbers: Vec<u64> = outbox.messages().iter().map(|message| message.number).collect();
        assert_eq!((numbers.len(), numbers[0], numbers[LIMIT - 1]), (LIMIT, 3, LIMIT as u64 + 2));
    }

    #[test]
    fn who_waits_is_woken_by_what_it_waits_for() {
        let outbox = Arc::new(Outbox::default());
        let writer = Arc::clone(&outbox);
        let sending = thread::spawn(move || {
            writer.send(message("+15550100"));
            writer.send(message("+15550101"));
        });
        let found = outbox.wait(Duration::from_secs(30), |message| message.to == "+15550101");
        sending.join().unwrap();
        assert_eq!(found.len(), 1);
        assert!(outbox.wait(Duration::ZERO, |message| message.to == "nobody").is_empty());
    }

    #[test]
    fn a_message_prints_without_its_code() {
        assert!(!format!("{:?}", message("+15550100")).contains("123456"));
    }
}
