//! The control listener: what tests do to tenants while they run, over HTTP and in JSON. A port and a thread of its own,
//! loopback only; `openapi.json` beside this file describes it and is served at `/openapi.json`.
//!
//! ```text
//! router    (method, path) → operation: the whole list
//! gate      who may ask: nobody who was led here by a web page
//! call      one request's parameters and body, strictly read, and what is said to it
//! registry  the servers by name
//! tenants   list, make, configure, delete
//! clock  outbox  records    what is done to one of them
//! refusal   what is wrong, and what would be right
//! ```

mod router;
mod gate;
mod call;
mod body;
mod registry;
mod tenants;
mod clock;
mod outbox;
mod records;
mod refusal;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::server::{Server, ServerBuilder, StartError};
use crate::shell::{self, Listener};
use crate::tenant::Tenant;
use registry::Tenants;

/// A running control listener and the servers that it controls; all of them end when it is dropped, but for those that
/// somebody else holds too.
pub struct Control {
    tenants: Arc<Tenants>,
    listener: Listener,
    port: u16,
}

/// How a control listener is started.
#[derive(Default)]
pub struct ControlBuilder {
    port: u16,
    servers: Vec<Arc<Server>>,
    make: Option<registry::Make>,
}

impl Control {
    /// Starts on a free loopback port, for these servers and those that will be made over it.
    ///
    /// # Errors
    /// [`StartError`] if there is no port, or two tenants have one name.
    pub fn start(servers: impl IntoIterator<Item = Server>) -> Result<Self, StartError> {
        let mut builder = Self::builder();
        for server in servers {
            builder = builder.server(server);
        }
        builder.start()
    }

    /// Starts otherwise.
    #[must_use]
    pub fn builder() -> ControlBuilder {
        ControlBuilder::default()
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)))
    }

    /// The names of the tenants.
    #[must_use]
    pub fn tenants(&self) -> Vec<String> {
        self.tenants.names()
    }

    /// The server of a tenant.
    #[must_use]
    pub fn server(&self, name: &str) -> Option<Arc<Server>> {
        self.tenants.find(name)
    }

    /// Ends control, then every server: open requests may finish for up to five seconds. Not to be called from async code.
    pub fn stop(&self) {
        let patience = Duration::from_secs(5);
        self.listener.stop(patience);
        std::thread::scope(|scope| {
            for server in self.tenants.all() {
                scope.spawn(move || server.stop());
            }
        });
    }
}

impl ControlBuilder {
    /// The port; 0 takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Controls this server too.
    #[must_use]
    pub fn server(mut self, server: impl Into<Arc<Server>>) -> Self {
        self.servers.push(server.into());
        self
    }

    /// How a tenant that is made over the listener becomes a server; [`Server::builder`] if nobody says. It is started on a
    /// free port.
    #[must_use]
    pub fn make(mut self, make: impl Fn(Tenant) -> ServerBuilder + Send + Sync + 'static) -> Self {
        self.make = Some(Box::new(make));
        self
    }

    /// Starts.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(self) -> Result<Control, StartError> {
        let tenants = Arc::new(Tenants::of(self.servers, self.make)?);
        let open = shell::open(None, self.port).map_err(|fault| match fault.kind() {
            io::ErrorKind::AddrInUse => StartError::PortInUse(self.port),
            _ => StartError::Listen(fault),
        })?;
        let port = open.port;
        let asked = Arc::clone(&tenants);
        let answers = Box::new(move |request: &_, last| router::answer(&asked, port, request, last));
        let listener = shell::answer_aside(open, call::BODY_LIMIT, answers)?;
        Ok(Control { tenants, listener, port })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // A request under way still knows them; it shall not keep them alive.
        self.tenants.forget();
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Control({})", self.url())
    }
}

impl fmt::Debug for ControlBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ControlBuilder(port {}, {} servers)", self.port, self.servers.len())
    }
}
