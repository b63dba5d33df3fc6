//! One reactor and one bounded worker pool for all servers of the process: a server more costs no thread.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

/// The process's reactor, started when the first server is.
pub(super) fn reactor() -> &'static Runtime {
    static REACTOR: OnceLock<Runtime> = OnceLock::new();
    REACTOR.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Builder::new_multi_thread()
            .worker_threads(cores.min(2))
            // Hashing and signing happen here; more threads than twice the cores only wait for each other.
            .max_blocking_threads((cores * 2).max(4))
            .thread_name("ropg-server")
            .enable_all()
            .build()
            .expect("the operating system gives threads")
    })
}
