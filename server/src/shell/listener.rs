//! Listening sockets: both loopback addresses on the same port, since client libraries resolve `localhost` to either.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::reactor::reactor;
use super::serve::Site;
use super::{Served, accept};

/// How often another free port is tried if the other loopback address has it taken.
const TRIES: usize = 16;

/// Bound, not yet accepting.
pub(crate) struct Open {
    sockets: Vec<TcpListener>,
    pub(crate) port: u16,
}

/// Accepting; stops when dropped.
pub(crate) struct Listener {
    stop: watch::Sender<bool>,
    /// Listeners and connections that are still there.
    alive: watch::Receiver<usize>,
}

/// Binds `host`, or both loopback addresses without one; port 0 takes a free one.
pub(crate) fn open(host: Option<IpAddr>, port: u16) -> io::Result<Open> {
    if let Some(host) = host {
        let socket = TcpListener::bind(SocketAddr::new(host, port))?;
        let port = socket.local_addr()?.port();
        return Ok(Open { sockets: vec![socket], port });
    }
    let mut last = None;
    for _ in 0..if port == 0 { TRIES } else { 1 } {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = first.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(second) => return Ok(Open { sockets: vec![first, second], port }),
            Err(taken) if taken.kind() == io::ErrorKind::AddrInUse => last = Some(taken),
            // A machine without IPv6 has one loopback address.
            Err(_) => return Ok(Open { sockets: vec![first], port }),
        }
    }
    Err(last.unwrap_or_else(|| io::Error::from(io::ErrorKind::AddrInUse)))
}

impl Open {
    /// Begins to accept, on the reactor of all servers.
    pub(crate) fn accept(self, served: &Arc<Served>) -> io::Result<Listener> {
        self.accept_on(reactor().handle(), served)
    }

    /// Begins to accept on a reactor.
    pub(super) fn accept_on<S: Site>(self, reactor: &Handle, site: &Arc<S>) -> io::Result<Listener> {
        let (stop, stopped) = watch::channel(false);
        let (counter, alive) = watch::channel(0);
        let counter = Arc::new(counter);
        for socket in self.sockets {
            socket.set_nonblocking(true)?;
            let _inside = reactor.enter();
            let socket = tokio::net::TcpListener::from_std(socket)?;
            let (site, stopped) = (Arc::clone(site), stopped.clone());
            let alive = accept::Alive::counted(&counter);
            reactor.spawn(async move {
                accept::run(socket, site, stopped, &alive).await;
                // Not before: who waits for this relies on the port being free.
                drop(alive);
            });
        }
        Ok(Listener { stop, alive })
    }
}

impl Listener {
    /// Accepts no more and waits until the port is free and the open connections have finished, at most `patience`.
    pub(crate) fn stop(&self, patience: Duration) {
        let _ = self.stop.send(true);
        let ended = self.ended();
        let _ = reactor().block_on(async { tokio::time::timeout(patience, ended).await });
    }

    /// Comes to its end when the listener and all its connections have.
    pub(super) fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut alive = self.alive.clone();
        async move { drop(alive.wait_for(|alive| *alive == 0).await) }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}
