//! One request to a tenant: read whole, answered on a worker thread, written.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use tokio::sync::watch;

use super::Served;
use super::tls::Tls;
use crate::authority::Reply;
use crate::origin::Origin;
use crate::token::request::BODY_LIMIT;

/// What is read and thrown away of a body that is too large, so that its sender hears the refusal.
const DRAINED: usize = 64 * 1024 * 1024;

/// Time for a whole body.
const PATIENCE: Duration = Duration::from_secs(30);

/// By which way a request came.
#[derive(Clone, Copy)]
pub(super) struct Way {
    /// `http` or `https`.
    pub(super) scheme: &'static str,
    pub(super) peer: IpAddr,
}

/// What answers the requests that come to a listener.
pub(super) trait Site: Send + Sync + 'static {
    /// Answers one; whoever waits for something meanwhile waits no longer once `stopped` says so.
    fn answer(
        self: Arc<Self>,
        way: Way,
        request: Request<Incoming>,
        stopped: watch::Receiver<bool>,
    ) -> impl Future<Output = Response<Full<Bytes>>> + Send;

    /// Its end of TLS, if it speaks it.
    fn tls(&self) -> Option<&Tls> {
        None
    }

    /// Tells people.
    fn tell(&self, line: &str);
}

impl Site for Served {
    async fn answer(
        self: Arc<Self>,
        way: Way,
        request: Request<Incoming>,
        _stopped: watch::Receiver<bool>,
    ) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let origin = Origin { scheme: way.scheme, host: host(&parts), port: self.port, peer: way.peer };
        let body = match whole(body, BODY_LIMIT).await {
            Ok(body) => body,
            Err(Broken { status, told }) => {
                self.tell(&format!("{}: {told}", status.as_u16()));
                return fault(status, "invalid_request");
            }
        };
        let request = Request::from_parts(parts, body);
        let worker = Arc::clone(&self);
        let replied = tokio::task::spawn_blocking(move || {
            let reply = worker.authority.handle(&origin, request);
            // Here and not after the wait: a client that goes away ends the wait, and the message was sent all the same.
            worker.bell.counted(worker.authority.sent());
            reply
        });
        match replied.await {
            Ok(Reply { response, story }) => {
                self.tell(&story.line);
                response.map(Full::new)
            }
            Err(_) => {
                self.tell("500: a fault of this server (a panic); please report it");
                fault(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
            }
        }
    }

    fn tls(&self) -> Option<&Tls> {
        Some(&self.tls)
    }

    fn tell(&self, line: &str) {
        if let Some(tell) = &self.on_request {
            tell(line);
        }
    }
}

/// Whom the request is for: an absolute target decides before the `Host` header (RFC 9112 §3.2.2).
fn host(parts: &Parts) -> String {
    match parts.uri.authority() {
        Some(authority) => authority.as_str(),
        None => parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default(),
    }
    .to_owned()
}

/// Why there is no whole body.
pub(super) struct Broken {
    pub(super) status: StatusCode,
    pub(super) told: &'static str,
}

/// The body, or the first byte more than `limit` of it.
pub(super) async fn whole(body: Incoming, limit: usize) -> Result<Bytes, Broken> {
    match tokio::time::timeout(PATIENCE, read(body, limit)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => {
            let told = "the body broke off, or its chunks are malformed";
            Err(Broken { status: StatusCode::BAD_REQUEST, told })
        }
        Err(_) => Err(Broken { status: StatusCode::REQUEST_TIMEOUT, told: "the body did not come" }),
    }
}

async fn read(mut body: Incoming, limit: usize) -> Result<Bytes, hyper::Error> {
    let mut read = BytesMut::new();
    let mut drained = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let room = (limit + 1).saturating_sub(read.len());
        read.extend_from_slice(&data[..data.len().min(room)]);
        drained += data.len();
        if drained > DRAINED {
            break;
        }
    }
    Ok(read.freeze())
}

/// The answer where nobody inside has one; what else the connection carries cannot be trusted.
pub(super) fn fault(status: StatusCode, error: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!(r#"{{"error":"{error}"}}"#))));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
