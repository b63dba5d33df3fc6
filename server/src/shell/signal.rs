//! SIGINT and SIGTERM, for the binary.

use super::reactor::reactor;

/// Catches both from now on: whoever is told that the server is ready may end it at once. The returned function blocks
/// until one of them has come; not to be called from async code.
pub fn catch() -> impl FnOnce() {
    #[cfg(unix)]
    let caught = {
        use tokio::signal::unix::{SignalKind, signal};
        let _inside = reactor().enter();
        [SignalKind::interrupt(), SignalKind::terminate()].map(signal)
    };
    move || {
        reactor().block_on(async {
            #[cfg(unix)]
            if let [Ok(mut interrupt), Ok(mut terminate)] = caught {
                tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
                return;
            }
            drop(tokio::signal::ctrl_c().await);
        });
    }
}
