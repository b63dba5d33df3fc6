//! What people read, on standard error: never waited for.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// Lines that may wait for a slow reader; further ones are lost.
const WAITING: usize = 10_000;

/// Tells a line.
pub(crate) type Teller = Arc<dyn Fn(&str) + Send + Sync>;

/// Tells people without waiting for them: a parent that never reads the pipe would else stop the server once it is
/// full. The receiver hears when the last line is written.
pub(crate) fn teller() -> (Teller, Receiver<()>) {
    let (lines, waiting) = mpsc::sync_channel::<String>(WAITING);
    let (done, told) = mpsc::channel();
    thread::spawn(move || {
        waiting.iter().for_each(|line| tell(&line));
        done.send(())
    });
    (Arc::new(move |line: &str| drop(lines.try_send(line.to_owned()))), told)
}

/// Writes a line; `eprintln!` would panic where they have closed the pipe.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
