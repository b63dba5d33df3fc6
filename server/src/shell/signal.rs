//! SIGINT and SIGTERM, for the binary.

use super::reactor::reactor;

/// Blocks until the process is asked to end. Not to be called from async code.
pub fn wait() {
    reactor().block_on(async {
        let interrupt = tokio::signal::ctrl_c();
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            match signal(SignalKind::terminate()) {
                Ok(mut terminate) => tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} },
                Err(_) => drop(interrupt.await),
            }
        }
        #[cfg(not(unix))]
        drop(interrupt.await);
    });
}
