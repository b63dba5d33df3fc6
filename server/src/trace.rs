//! What a request's turn has found out on its way: the decisions, for the journal; who and what, for the tenant log.
//! Written by the steps of the flow, as they decide.

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
    /// The API that was decided on; `None` for the opaque token.
    pub(crate) audience: Option<String>,
    /// What was granted.
    pub(crate) scope: Option<String>,
    /// What must not be known here; only a deviation fills it.
    pub(crate) leaked: Option<String>,
}

impl Trace {
    /// A decision that leaves nothing else to know.
    pub(crate) fn decided(&self, step: &'static str, told: impl Into<String>) {
        self.known.borrow_mut().decisions.push(Decision { step, told: told.into() });
    }

    pub(crate) fn client(&self, application: &Arc<Application>, by: &str) {
        self.decided("client", format!("{}, by {by}", application.client_id));
        self.known.borrow_mut().application = Some(Arc::clone(application));
    }

    pub(crate) fn connection(&self, connection: &Arc<Connection>, username: &str) {
        self.decided("connection", connection.name.clone());
        let mut known = self.known.borrow_mut();
        known.connection = Some(Arc::clone(connection));
        known.username = Some(username.to_owned());
    }

    /// Who it is, and by what that was proven: `password`, `refresh token`.
    pub(crate) fn user(&self, user: &Arc<User>, by: &'static str) {
        self.decided(by, user.identifier());
        self.known.borrow_mut().user = Some(Arc::clone(user));
    }

    pub(crate) fn granted(&self, audience: Option<&str>, scope: &str) {
        self.decided("audience", format!("{} [{scope}]", audience.unwrap_or("none")));
        let mut known = self.known.borrow_mut();
        known.audience = audience.map(str::to_owned);
        known.scope = Some(scope.to_owned());
    }

    /// A secret that a server writes down which is careless with its log.
    pub(crate) fn leak(&self, secret: &str) {
        self.known.borrow_mut().leaked = Some(secret.to_owned());
    }

    /// All that is known.
    pub(crate) fn known(&self) -> Known {
        self.known.borrow().clone()
    }
}
