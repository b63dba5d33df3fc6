//! One tenant and its ledgers: a request in, a reply out. Synchronous; no socket, no wall clock, no global.

use std::collections::HashSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, DATE, HOST};
use http::{HeaderName, HeaderValue, Request, Response};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::Value;

use crate::clock::Clock;
use crate::deviation;
use crate::endpoint::{self, Answered};
use crate::entropy::Entropy;
use crate::ledger::{JournalEntry, Ledgers, Message};
use crate::origin::Origin;
use crate::phone::{self, PushAnswer, PushFault};
use crate::tenant::Tenant;
use crate::tenant::behaviour::Switch;
use crate::trace::{Trace, printable};
use crate::turn::Turn;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-auth0-requestid");

/// A reply and what is to be told about it; prints without the body, which may hold tokens.
pub struct Reply {
    /// What goes on the wire.
    pub response: Response<Bytes>,
    /// For the operator.
    pub story: Story,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({})", self.story.line)
    }
}

/// What was decided and why, in one line without secrets.
#[derive(Clone, Debug)]
pub struct Story {
    /// `POST /oauth/token password: 403 invalid_grant, wrong password of ann@acme.test in acme-employees`
    pub line: String,
}

/// One tenant that answers requests.
#[derive(Debug)]
pub struct Authority {
    /// As it is configured at present; each request finishes on the one it began with.
    tenant: RwLock<Tenant>,
    clock: Clock,
    entropy: Entropy,
    /// The present epoch; each request finishes on the one it began with.
    epoch: RwLock<Arc<Ledgers>>,
}

impl Authority {
    /// A tenant with empty ledgers.
    #[must_use]
    pub fn new(tenant: Tenant, clock: Clock, entropy: Entropy) -> Self {
        Self { tenant: RwLock::new(tenant), clock, entropy, epoch: RwLock::default() }
    }

    /// The tenant, as it is configured at present.
    #[must_use]
    pub fn tenant(&self) -> Tenant {
        self.tenant.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Configures the tenant anew: what happened before is kept, and is judged by what is configured now.
    /// But whoever is deleted by it takes along the refresh tokens (RFT-35), the second factors, the codes that were sent, and the
    /// logins that wait for one; and whoever now comes with other second factors begins with those.
    pub fn configure(&self, tenant: Tenant) {
        let new = tenant.clone();
        let subjects = |tenant: &Tenant| tenant.users.by_subject.keys().cloned().collect::<HashSet<_>>();
        let after = subjects(&tenant);
        let follows = tenant.behaviour.keeps(Switch::RefreshUserGone);
        let old = {
            let mut present = self.tenant.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *present, tenant)
        };
        let before = subjects(&old);
        let ledgers = self.epoch();
        let gone = |subject: &str| before.contains(subject) && !after.contains(subject);
        let others: HashSet<&str> = old
            .users
            .all
            .iter()
            .filter(|user| {
                let present =
                    new.users.by_subject.get(&user.subject).and_then(|&place| new.users.all.get(place));
                present.is_none_or(|present| !present.comes_with_the_same(user))
            })
            .map(|user| &*user.subject)
            .collect();
        ledgers.tickets.forget_users(gone);
        ledgers.sent_codes.forget_users(gone);
        ledgers.challenges.forget_users(|subject| others.contains(subject));
        ledgers.enrolments.forget_users(|subject| others.contains(subject));
        if follows {
            let deleted: Vec<String> = before.difference(&after).cloned().collect();
            let created: Vec<String> = after.difference(&before).cloned().collect();
            ledgers.refresh_tokens.end_of_users(deleted, &created);
        }
    }

    /// The tenant's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Forgets everything that happened: logins, tokens. Requests under way finish on the old state.
    pub fn reset(&self) {
        *self.epoch.write().unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }

    /// Answers a request. `request` has its whole body; one byte more than the limit is enough to be refused.
    pub fn handle(&self, origin: &Origin, request: Request<Bytes>) -> Reply {
        let ledgers = self.epoch();
        let tenant = self.tenant();
        let now = self.clock.now();
        let dice = self.entropy.fork();
        let trace = Trace::default();
        let mut turn = Turn { tenant: &tenant, ledgers: &ledgers, now, dice, origin, charged: None, trace };
        let (parts, body) = request.into_parts();
        let hosts = parts.headers.get_all(HOST).iter().count();
        let own = tenant.admits_host(origin.scheme, &origin.host, origin.port)
            || !tenant.behaviour.keeps(Switch::HostChecked);
        let answered = if hosts == 1 && own {
            routed(&mut turn, &endpoint::Request { parts: &parts, body: &body })
        } else {
            endpoint::foreign_host(&turn, &origin.host)
        };
        let Answered { response, mut facts } = answered;
        facts.method = parts.method.clone();
        let request_id = turn.dice.hex(20);
        let mut response = deviation::tamper(&turn, &facts, &body, stamped(response, now, &request_id));
        let grant = facts.grant.map(|grant| format!(" {}", grant.name())).unwrap_or_default();
        let line = format!(
            "{} {}{grant}: {} {}",
            parts.method,
            parts.uri.path(),
            response.status().as_u16(),
            facts.told
        );
        if parts.method == http::Method::HEAD {
            // A HEAD tells how long the answer to a GET would be (RFC 9110 §9.3.2).
            let length = response.body().len();
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
            *response.body_mut() = Bytes::new();
        }
        let line = printable(&line);
        for entry in deviation::tamper_log(&turn, &body, facts.log) {
            ledgers.log.write(now, entry);
        }
        let decisions = turn.trace.into_decisions();
        ledgers.journal.write(JournalEntry { number: 0, request_id, at: now, line: line.clone(), decisions });
        Reply { response, story: Story { line } }
    }

    /// The tenant log of the present epoch, oldest entry first.
    #[must_use]
    pub fn log(&self) -> Vec<serde_json::Value> {
        self.epoch().log.entries()
    }

    /// The way of each request through the flow, oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.epoch().journal.entries()
    }

    /// What was sent, oldest first: at most the last 1,000.
    #[must_use]
    pub fn outbox(&self) -> Vec<Message> {
        self.epoch().outbox.messages()
    }

    /// How many messages were sent in the present epoch.
    pub(crate) fn sent(&self) -> u64 {
        self.epoch().outbox.count()
    }

    /// The messages that `wanted` picks, oldest first. If there is none yet, the first of them is waited for, at most
    /// `patience` by the real clock; a reset meanwhile lets the waiting go on in vain.
    pub fn wait_for_message(&self, patience: Duration, wanted: impl Fn(&Message) -> bool) -> Vec<Message> {
        self.epoch().outbox.wait(patience, wanted)
    }

    /// Does what a user's phone would do: scan an enrolment, answer a push notification.
    ///
    /// # Errors
    /// [`PushFault`] if nothing waits for that.
    pub fn push(&self, answer: PushAnswer) -> Result<Value, PushFault> {
        phone::act(&self.tenant(), &self.epoch(), answer, self.clock.now().as_second())
    }

    fn epoch(&self) -> Arc<Ledgers> {
        Arc::clone(&self.epoch.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A panic is a bug of ours: the request gets an answer with its id, and the next one finds a living server (TOK-30).
fn routed(turn: &mut Turn<'_>, request: &endpoint::Request<'_>) -> Answered {
    // What a half-made request leaves behind is what a client that goes away leaves behind: the ledgers' verbs are atomic.
    let outcome = catch_unwind(AssertUnwindSafe(|| endpoint::route(turn, request)));
    outcome.unwrap_or_else(|_| endpoint::internal_failure(turn))
}

/// The headers that every answer has: the tenant's time, and an id (ERR-12).
fn stamped(mut response: Response<Bytes>, now: Timestamp, request_id: &str) -> Response<Bytes> {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap_or_default();
    for (name, value) in [(DATE, date.as_str()), (REQUEST_ID, request_id)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
