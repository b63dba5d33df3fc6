//! One request: read whole, answered on a worker thread, written.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::HOST;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;

use super::Served;
use crate::authority::{Origin, Reply};
use crate::token::request::BODY_LIMIT;

/// What is read and thrown away of a body that is too large, so that its sender hears the refusal.
const DRAINED: usize = 64 * 1024 * 1024;

/// Answers a request.
pub(super) async fn answer(
    served: Arc<Served>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let body = whole(body).await?;
    let request = Request::from_parts(parts, body);
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let origin = Origin { scheme: "http", host, port: served.port };
    let worker = Arc::clone(&served);
    let replied = tokio::task::spawn_blocking(move || worker.authority.handle(&origin, request)).await;
    let response = match replied {
        Ok(Reply { response, story }) => {
            served.tell(&story.line);
            response
        }
        Err(_) => {
            served.tell("500: a fault of this server (a panic); please report it");
            fault()
        }
    };
    Ok(response.map(Full::new))
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

fn fault() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(br#"{"error":"server_error"}"#));
    *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
