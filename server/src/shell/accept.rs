//! Connections: how many, how long, and which protocol (the first byte is looked at, not taken).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::serve::{Site, Way};

/// Connections at once; a further one waits in the kernel's queue.
const CONNECTIONS: usize = 1024;

/// Time for the first byte, for a handshake, and for the headers of a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pause after a failed accept.
const BREATH: Duration = Duration::from_millis(10);

/// The first byte of a TLS handshake.
const TLS_HANDSHAKE: u8 = 0x16;

/// Accepts until told to stop.
pub(super) async fn run<S: Site>(
    socket: TcpListener,
    site: Arc<S>,
    mut stopped: watch::Receiver<bool>,
    alive: &Alive,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let next = async || {
        let place = Arc::clone(&room).acquire_owned().await.ok()?;
        loop {
            match socket.accept().await {
                // A socket for both families shows an IPv4 peer as an IPv6 address.
                Ok((stream, peer)) => return Some((stream, peer.ip().to_canonical(), place)),
                // The peer went away again, or files ran out: neither ends the server, nor shall it spin.
                Err(_) => tokio::time::sleep(BREATH).await,
            }
        }
    };
    loop {
        let accepted = tokio::select! {
            () = told_to_stop(&mut stopped) => return,
            accepted = next() => accepted,
        };
        let Some((stream, peer, place)) = accepted else { return };
        let (site, stopped, alive) = (Arc::clone(&site), stopped.clone(), alive.clone());
        tokio::spawn(async move {
            let _held = (place, alive);
            connection(stream, peer, site, stopped).await;
        });
    }
}

/// Counts listeners and connections while they live; one that panics is counted out too.
pub(super) struct Alive(Arc<watch::Sender<usize>>);

impl Alive {
    pub(super) fn counted(counter: &Arc<watch::Sender<usize>>) -> Self {
        counter.send_modify(|count| *count += 1);
        Self(Arc::clone(counter))
    }
}

impl Clone for Alive {
    fn clone(&self) -> Self {
        Self::counted(&self.0)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

async fn connection<S: Site>(
    stream: TcpStream,
    peer: IpAddr,
    site: Arc<S>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut first = [0];
    let peeked = tokio::select! {
        () = told_to_stop(&mut stopped) => return,
        peeked = tokio::time::timeout(PATIENCE, stream.peek(&mut first)) => peeked,
    };
    let Ok(Ok(1)) = peeked else { return };
    let _ = stream.set_nodelay(true);
    if first[0] != TLS_HANDSHAKE {
        return exchanges(stream, Way { scheme: "http", peer }, site, stopped).await;
    }
    let Some(tls) = site.tls() else {
        site.tell("a TLS handshake came to where plain HTTP is spoken: use http://");
        return;
    };
    let shaken = tokio::select! {
        () = told_to_stop(&mut stopped) => return,
        shaken = tokio::time::timeout(PATIENCE, tls.acceptor().accept(stream)) => shaken,
    };
    match shaken {
        Ok(Ok(stream)) => exchanges(stream, Way { scheme: "https", peer }, site, stopped).await,
        Ok(Err(fault)) => {
            site.tell(&format!("a TLS handshake failed: {fault} (does the client trust the CA file?)"));
        }
        Err(_) => site.tell("a TLS handshake failed: it did not come to its end"),
    }
}

async fn exchanges<S: Site>(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    way: Way,
    site: Arc<S>,
    stopped: watch::Receiver<bool>,
) {
    let service = service_fn(|request| {
        let (site, stopped) = (Arc::clone(&site), stopped.clone());
        async move { Ok::<_, std::convert::Infallible>(site.answer(way, request, stopped).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let mut ended = stopped.clone();
    tokio::select! {
        _ = connection.as_mut() => {}
        () = told_to_stop(&mut ended) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Returns once the listener is told to stop.
pub(super) async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    // Fails only if the listener is gone, which means the same.
    drop(stopped.wait_for(|stop| *stop).await);
}
