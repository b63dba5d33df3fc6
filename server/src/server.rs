//! `Server`: a tenant on a loopback port, from `start` to drop. Usable from sync tests and inside any async runtime.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::authority::Authority;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ledger::{JournalEntry, Message};
use crate::phone::{PushAnswer, PushFault};
use crate::shell::{self, Bell, Listener, News, OnRequest, Served, Tls};
use crate::tenant::Tenant;
use crate::tenant::behaviour::IssuerSlash;

/// A running server; stops when dropped.
pub struct Server {
    served: Arc<Served>,
    listener: Listener,
    host: IpAddr,
    allowed_hosts: Vec<String>,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error("port {0} is in use; another port, or 0 for a free one")]
    PortInUse(u16),
    /// The address is not loopback, and nobody said that this is wanted.
    #[error(
        "{0} is not a loopback address; this server is for tests and must not be reachable from elsewhere"
    )]
    NotLoopback(IpAddr),
    /// Two tenants of one process are told apart by their names.
    #[error("two tenants are called `{0}`")]
    SameName(String),
    /// Anything else.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
}

/// How a server is started.
pub struct ServerBuilder {
    tenant: Tenant,
    host: Option<IpAddr>,
    port: u16,
    public: bool,
    allowed_hosts: Vec<String>,
    clock: Clock,
    entropy: Entropy,
    on_request: Option<OnRequest>,
}

impl Server {
    /// Starts on a free loopback port.
    ///
    /// # Errors
    /// [`StartError`] if there is none.
    pub fn start(tenant: Tenant) -> Result<Self, StartError> {
        Self::builder(tenant).start()
    }

    /// Starts otherwise.
    #[must_use]
    pub fn builder(tenant: Tenant) -> ServerBuilder {
        ServerBuilder {
            tenant,
            host: None,
            port: 0,
            public: false,
            allowed_hosts: Vec::new(),
            clock: Clock::system(),
            entropy: Entropy::system(),
            on_request: None,
        }
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", SocketAddr::new(self.host, self.port()))
    }

    /// The same over TLS, on the same port: `https://127.0.0.1:PORT`. The certificate is for `localhost`, `127.0.0.1`, `::1`
    /// and every allowed host; clients have to trust [`Server::ca_pem`].
    #[must_use]
    pub fn https_url(&self) -> String {
        format!("https://{}", SocketAddr::new(self.host, self.port()))
    }

    /// The certificate, in PEM, of the authority that has signed the certificates of all servers of this process. It was
    /// made by this process and ends with it.
    #[must_use]
    pub fn ca_pem() -> &'static str {
        shell::ca_pem()
    }

    /// The issuer of tokens that are asked for at [`Server::url`], with the slash.
    #[must_use]
    pub fn issuer(&self) -> String {
        let issuer = self.tenant().issuer.clone().unwrap_or_else(|| format!("{}/", self.url()));
        match self.tenant().behaviour.choices.issuer_slash {
            IssuerSlash::Present => issuer,
            IssuerSlash::Absent => issuer.trim_end_matches('/').to_owned(),
        }
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.served.port
    }

    /// The tenant, as it is configured at present.
    #[must_use]
    pub fn tenant(&self) -> Tenant {
        self.served.authority.tenant()
    }

    /// Configures the tenant anew while it runs: users, clients, APIs, behaviour. What happened before is kept (tokens,
    /// logins) and is judged by what is configured now. Requests under way finish on the old configuration.
    pub fn configure(&self, mut tenant: Tenant) {
        tenant.allow_hosts(&self.allowed_hosts);
        self.served.authority.configure(tenant);
    }

    /// The tenant's clock: it can be set and moved while the server runs.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.served.authority.clock()
    }

    /// The tenant log, oldest entry first: at most the last 10,000, in the form of the Management API.
    #[must_use]
    pub fn log(&self) -> Vec<serde_json::Value> {
        self.served.authority.log()
    }

    /// The messages that were sent, oldest first: text messages, calls, mail, push notifications; at most the last 1,000.
    #[must_use]
    pub fn outbox(&self) -> Vec<Message> {
        self.served.authority.outbox()
    }

    /// The messages that `wanted` picks, oldest first. If there is none yet, the first of them is waited for, at most
    /// `patience`.
    pub fn wait_for_message(&self, patience: Duration, wanted: impl Fn(&Message) -> bool) -> Vec<Message> {
        self.served.authority.wait_for_message(patience, wanted)
    }

    /// Does what a user's phone would do: scan an enrolment, accept or reject a push notification.
    ///
    /// # Errors
    /// [`PushFault`] if nothing waits for that.
    pub fn push(&self, answer: PushAnswer) -> Result<serde_json::Value, PushFault> {
        self.served.authority.push(answer)
    }

    /// Why each request was answered as it was, oldest first: at most the last 1,000.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.served.authority.journal()
    }

    /// Forgets every login and token; about a microsecond.
    pub fn reset(&self) {
        self.served.authority.reset();
        self.served.bell.counted(0);
    }

    /// Name and addresses, as the ready line and the control listener tell them.
    #[must_use]
    pub fn summary(&self) -> serde_json::Value {
        let tenant = self.tenant();
        serde_json::json!({
            "name": tenant.name(),
            "url": self.url(),
            "https_url": self.https_url(),
            "issuer": self.issuer(),
            "deviations": tenant.deviations(),
        })
    }

    /// Tells when there is something new in the outbox.
    pub(crate) fn news(&self) -> News {
        self.served.bell.news()
    }

    /// Accepts no more, lets open requests finish for up to five seconds, and ends. Dropping ends at once. Not to be called
    /// from async code.
    pub fn stop(&self) {
        self.listener.stop(Duration::from_secs(5));
        // Who waits for a message waits in vain.
        self.served.bell.ring();
    }
}

impl ServerBuilder {
    /// The port; 0 takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The address; both loopback addresses without one.
    #[must_use]
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = Some(host);
        self
    }

    /// Allows an address that is not loopback: for containers, never for production.
    #[must_use]
    pub fn not_for_production(mut self) -> Self {
        self.public = true;
        self
    }

    /// Answers requests for another `Host` too: `auth.test`, or `auth.test:8080`.
    #[must_use]
    pub fn allow_host(mut self, name: &str) -> Self {
        self.allowed_hosts.push(name.to_owned());
        self
    }

    /// The tenant's clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The tenant's randomness.
    #[must_use]
    pub fn entropy(mut self, entropy: Entropy) -> Self {
        self.entropy = entropy;
        self
    }

    /// Told one line for each request: what was decided and why.
    #[must_use]
    pub fn on_request(mut self, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.on_request = Some(Box::new(tell));
        self
    }

    /// Starts.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(mut self) -> Result<Server, StartError> {
        if let Some(host) = self.host.filter(|host| !host.is_loopback() && !self.public) {
            return Err(StartError::NotLoopback(host));
        }
        let open = shell::open(self.host, self.port).map_err(|fault| match fault.kind() {
            io::ErrorKind::AddrInUse => StartError::PortInUse(self.port),
            _ => StartError::Listen(fault),
        })?;
        let host = self.host.filter(|host| !host.is_unspecified()).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        // Who listens at an address answers to it.
        self.allowed_hosts.extend(self.host.map(|_| SocketAddr::new(host, open.port).to_string()));
        self.tenant.allow_hosts(&self.allowed_hosts);
        let authority = Authority::new(self.tenant, self.clock, self.entropy);
        let tls = Tls::new(&self.allowed_hosts);
        let bell = Bell::new();
        let served = Arc::new(Served { authority, port: open.port, tls, bell, on_request: self.on_request });
        let listener = open.accept(&served)?;
        Ok(Server { served, listener, host, allowed_hosts: self.allowed_hosts })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.url())
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerBuilder({:?}, port {})", self.tenant.name(), self.port)
    }
}
