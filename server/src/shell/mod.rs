//! The only sockets, threads and async of the server. Everything inside is synchronous: the shell reads a request whole,
//! hands it to the authority on a worker thread, and writes what comes back.

mod accept;
mod listener;
mod reactor;
mod serve;
pub mod signal;

pub(crate) use listener::{Listener, open};

use crate::authority::Authority;

/// Told one line for each request.
pub(crate) type OnRequest = Box<dyn Fn(&str) + Send + Sync>;

/// What every connection of a server shares.
pub(crate) struct Served {
    pub(crate) authority: Authority,
    pub(crate) port: u16,
    pub(crate) on_request: Option<OnRequest>,
}

impl Served {
    fn tell(&self, line: &str) {
        if let Some(tell) = &self.on_request {
            tell(line);
        }
    }
}
