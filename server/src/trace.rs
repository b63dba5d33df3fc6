//! What a request's turn has found out on its way: the decisions, for the journal; who and what, for the tenant log.
//! Written by the steps of the flow, as they decide. What strangers sent enters cut and cleaned: it is kept.

use std::cell::RefCell;
use std::sync::Arc;

use crate::ledger::Decision;
use crate::tenant::application::Application;
use crate::tenant::connection::Connection;
use crate::tenant::user::User;

/// The trace of one request. Steps share it, so it writes through a shared reference.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    known: RefCell<Known>,
}

/// What is known so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) decisions: Vec<Decision>,
    pub(crate) application: Option<Arc<Application>>,
    pub(crate) connection: Option<Arc<Connection>>,
    /// Under which name somebody tried to log in.
    pub(crate) username: Option<String>,
    pub(crate) user: Option<Arc<User>>,
    /// The API that was asked for, then the one that was decided on; `None` for the opaque token.
    pub(crate) audience: Option<String>,
    /// What was asked for, then what was granted.
    pub(crate) scope: Option<String>,
    /// Whether the request has confirmed an authenticator.
    pub(crate) enrolled: bool,
}

/// Names come from strangers: control characters would forge lines and drive terminals, and a name may be as long as a
/// body.
pub(crate) fn printable(text: &str) -> String {
    text.chars().take(400).map(|c| if c.is_control() { '?' } else { c }).collect()
}

impl Trace {
    /// A decision that leaves nothing else to know.
    pub(crate) fn decided(&self, step: &'static str, told: impl AsRef<str>) {
        self.known.borrow_mut().decisions.push(Decision { step, told: printable(told.as_ref()) });
    }

    pub(crate) fn client(&self, application: &Arc<Application>, by: &str) {
        self.decided("client", format!("{}, by {by}", application.client_id));
        self.known.borrow_mut().application = Some(Arc::clone(application));
    }

    pub(crate) fn connection(&self, connection: &Arc<Connection>, username: &str) {
        self.decided("connection", connection.name.clone());
        let mut known = self.known.borrow_mut();
        known.connection = Some(Arc::clone(connection));
        known.username = Some(printable(username));
    }

    /// Who it is, and by what that was proven: `password`, `refresh token`.
    pub(crate) fn user(&self, user: &Arc<User>, by: &'static str) {
        self.decided(by, user.identifier());
        self.known.borrow_mut().user = Some(Arc::clone(user));
    }

    /// An authenticator was confirmed.
    pub(crate) fn enrolled(&self) {
        self.decided("enrolled", "an authenticator was confirmed");
        self.known.borrow_mut().enrolled = true;
    }

    pub(crate) fn asked(&self, audience: Option<&str>, scope: Option<&str>) {
        let mut known = self.known.borrow_mut();
        known.audience = audience.map(printable);
        known.scope = scope.map(printable);
    }

    pub(crate) fn granted(&self, audience: Option<&str>, scope: &str) {
        self.decided("audience", format!("{} [{scope}]", audience.unwrap_or("none")));
        let mut known = self.known.borrow_mut();
        known.audience = audience.map(str::to_owned);
        known.scope = Some(scope.to_owned());
    }

    /// What the journal gets.
    pub(crate) fn into_decisions(self) -> Vec<Decision> {
        self.known.into_inner().decisions
    }

    /// All that is known.
    pub(crate) fn known(&self) -> Known {
        self.known.borrow().clone()
    }
}
