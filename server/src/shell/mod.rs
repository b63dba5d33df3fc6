//! The only sockets, threads and async of the server. Everything inside is synchronous: the shell reads a request whole,
//! hands it to the authority on a worker thread, and writes what comes back.

mod listener;
mod accept;
mod tls;
mod serve;
mod aside;
mod reactor;
pub mod signal;

pub(crate) use aside::{Answering, Bell, News, answer_aside};
pub(crate) use listener::{Listener, open};
pub(crate) use tls::{Tls, ca_pem};

use crate::authority::Authority;

/// Told one line for each request.
pub(crate) type OnRequest = Box<dyn Fn(&str) + Send + Sync>;

/// What every connection of a server shares.
pub(crate) struct Served {
    pub(crate) authority: Authority,
    pub(crate) port: u16,
    pub(crate) tls: Tls,
    /// Rings when a message was sent.
    pub(crate) bell: Bell,
    pub(crate) on_request: Option<OnRequest>,
}
