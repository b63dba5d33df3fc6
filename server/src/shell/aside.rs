//! A listener beside the tenants', for those who control them: a thread and a reactor of its own, so that a busy server
//! never delays it. What it says comes from a function; one that has nothing to say yet is asked again when there is news.

use std::sync::Arc;
use std::thread;
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::accept::told_to_stop;
use super::listener::{Listener, Open};
use super::serve::{Site, Way, fault, whole};

/// Requests that are answered at once; further ones wait their turn.
const WORKERS: usize = 4;

/// What a request is answered with.
pub(crate) enum Answering {
    /// This.
    Now(Response<Bytes>),
    /// Nothing yet: to be asked again when there is news, and so long after the first time whatever happens.
    Later(News, Duration),
}

/// Answers a request; it must do so now if the second argument, `last`, says that it will not be asked again.
pub(crate) type Answers = Box<dyn Fn(&Request<Bytes>, bool) -> Answering + Send + Sync>;

/// Tells that something has happened since it was made.
pub(crate) struct News(watch::Receiver<u64>);

/// Makes [`News`].
pub(crate) struct Bell(watch::Sender<u64>);

impl Bell {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Rings if `count` is another one than before.
    pub(crate) fn counted(&self, count: u64) {
        self.0.send_if_modified(|before| std::mem::replace(before, count) != count);
    }

    /// Rings.
    pub(crate) fn ring(&self) {
        self.0.send_modify(|_| ());
    }

    pub(crate) fn news(&self) -> News {
        News(self.0.subscribe())
    }
}

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bell")
    }
}

/// Begins to answer; ends when the listener is stopped or dropped. Bodies are cut one byte after `limit`.
pub(crate) fn answer_aside(open: Open, limit: usize, answers: Answers) -> io::Result<Listener> {
    let reactor = Builder::new_current_thread()
        .max_blocking_threads(WORKERS)
        .thread_name("ropg-control")
        .enable_all()
        .build()?;
    let listener = open.accept_on(reactor.handle(), &Arc::new(Aside { limit, answers }))?;
    let ended = listener.ended();
    thread::Builder::new().name("ropg-control".to_owned()).spawn(move || {
        reactor.block_on(ended);
        reactor.shutdown_background();
    })?;
    Ok(listener)
}

struct Aside {
    limit: usize,
    answers: Answers,
}

impl Site for Aside {
    async fn answer(
        self: Arc<Self>,
        _way: Way,
        request: Request<Incoming>,
        mut stopped: watch::Receiver<bool>,
    ) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let body = match whole(body, self.limit).await {
            Ok(body) => body,
            Err(broken) => return fault(broken.status, "invalid_request"),
        };
        let request = Arc::new(Request::from_parts(parts, body));
        let mut until = None;
        loop {
            let last = until.is_some_and(|until| until <= Instant::now()) || *stopped.borrow();
            let (site, asked) = (Arc::clone(&self), Arc::clone(&request));
            match tokio::task::spawn_blocking(move || (site.answers)(&asked, last)).await {
                Ok(Answering::Now(response)) => return response.map(Full::new),
                Ok(Answering::Later(mut news, patience)) if !last => {
                    let until = *until.get_or_insert_with(|| Instant::now() + patience);
                    tokio::select! {
                        // An error says that whatever would tell is gone, which is news too.
                        _ = news.0.changed() => {}
                        () = sleep_until(until) => {}
                        () = told_to_stop(&mut stopped) => {}
                    }
                }
                Ok(Answering::Later(..)) | Err(_) => {
                    return fault(StatusCode::INTERNAL_SERVER_ERROR, "server_error");
                }
            }
        }
    }

    /// Nobody is told: what programs ask for here would drown what they do to the tenants.
    fn tell(&self, _line: &str) {}
}
