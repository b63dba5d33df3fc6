//! Connections: how many, how long, and which protocol (the first byte is looked at, not taken).

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

/// The first byte of a TLS handshake.
const TLS_HANDSHAKE: u8 = 0x16;

/// Accepts until told to stop.
pub(super) async fn run(
    socket: TcpListener,
    served: Arc<Served>,
    mut stopped: watch::Receiver<bool>,
    open: Arc<watch::Sender<usize>>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let stream = tokio::select! {
            () = told_to_stop(&mut stopped) => return,
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => stream,
                // The peer went away again, or files ran out: neither ends the server.
                Err(_) => continue,
            },
        };
        let (served, stopped, open) = (Arc::clone(&served), stopped.clone(), Arc::clone(&open));
        open.send_modify(|count| *count += 1);
        tokio::spawn(async move {
            connection(stream, served, stopped).await;
            open.send_modify(|count| *count -= 1);
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, served: Arc<Served>, mut stopped: watch::Receiver<bool>) {
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
    let service = service_fn(|request| serve::answer(Arc::clone(&served), request));
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
