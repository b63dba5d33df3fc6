//! One request: read whole, answered on a worker thread, written.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;

use super::Served;
use crate::authority::Reply;
use crate::origin::Origin;
use crate::token::request::BODY_LIMIT;

/// What is read and thrown away of a body that is too large, so that its sender hears the refusal.
const DRAINED: usize = 64 * 1024 * 1024;

/// Time for a whole body.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers a request.
pub(super) async fn answer(
    served: Arc<Served>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let origin = Origin { scheme: "http", host: host(&parts), port: served.port, peer };
    let body = match tokio::time::timeout(PATIENCE, whole(body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            served.tell("400: the body broke off, or its chunks are malformed");
            return Ok(fault(StatusCode::BAD_REQUEST, "invalid_request"));
        }
        Err(_) => {
            served.tell("408: the body did not come");
            return Ok(fault(StatusCode::REQUEST_TIMEOUT, "invalid_request"));
        }
    };
    let request = Request::from_parts(parts, body);
    let worker = Arc::clone(&served);
    let replied = tokio::task::spawn_blocking(move || worker.authority.handle(&origin, request)).await;
    Ok(match replied {
        Ok(Reply { response, story }) => {
            served.tell(&story.line);
            response.map(Full::new)
        }
        Err(_) => {
            served.tell("500: a fault of this server (a panic); please report it");
            fault(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
        }
    })
}

/// Whom the request is for: an absolute target decides before the `Host` header (RFC 9112 §3.2.2).
fn host(parts: &Parts) -> String {
    match parts.uri.authority() {
        Some(authority) => authority.as_str(),
        None => parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default(),
    }
    .to_owned()
}

/// The body, or the first byte more than the limit of it.
async fn whole(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let mut read = BytesMut::new();
    let mut drained = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let room = (BODY_LIMIT + 1).saturating_sub(read.len());
        read.extend_from_slice(&data[..data.len().min(room)]);
        drained += data.len();
        if drained > DRAINED {
            break;
        }
    }
    Ok(read.freeze())
}

/// The answer where the authority has none; what else the connection carries cannot be trusted.
fn fault(status: StatusCode, error: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!(r#"{{"error":"{error}"}}"#))));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
