//! Connections: how many, how long, and which protocol (the first byte is looked at, not taken).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::{Served, serve};

/// Connections at once; a further one waits in the kernel's queue.
const CONNECTIONS: usize = 1024;

/// Time for the first byte, and for the headers of a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pause after a failed accept.
const BREATH: Duration = Duration::from_millis(10);

/// The first byte of a TLS handshake.
const TLS_HANDSHAKE: u8 = 0x16;

/// Accepts until told to stop.
pub(super) async fn run(
    socket: TcpListener,
    served: Arc<Served>,
    mut stopped: watch::Receiver<bool>,
    alive: Alive,
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
        let (served, stopped, alive) = (Arc::clone(&served), stopped.clone(), alive.clone());
        tokio::spawn(async move {
            let _held = (place, alive);
            connection(stream, peer, served, stopped).await;
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

async fn connection(
    stream: TcpStream,
    peer: IpAddr,
    served: Arc<Served>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut first = [0];
    let peeked = tokio::select! {
        () = told_to_stop(&mut stopped) => return,
        peeked = tokio::time::timeout(PATIENCE, stream.peek(&mut first)) => peeked,
    };
    match peeked {
        Ok(Ok(1)) if first[0] == TLS_HANDSHAKE => {
            served.tell("a TLS handshake came: this server speaks plain HTTP, use http://");
            return;
        }
        Ok(Ok(1)) => {}
        _ => return,
    }
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| serve::answer(Arc::clone(&served), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = told_to_stop(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    // Fails only if the listener is gone, which means the same.
    drop(stopped.wait_for(|stop| *stop).await);
}
