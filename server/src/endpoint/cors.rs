//! Which web pages may read answers (ERR-13, ERR-15): those of an origin that some client of the tenant lists. Any other
//! page gets what a request without `Origin` gets.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::{HeaderValue, Method, Response};

use super::{Answered, Facts, Request, reply};
use crate::turn::Turn;

/// What scripts may read besides the body (recorded).
const EXPOSED: HeaderValue =
    HeaderValue::from_static("X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset");

/// Answers the question of a browser before it sends what a page asked for; `methods` are those of the endpoint.
pub(super) fn preflight(turn: &Turn<'_>, request: &Request<'_>, methods: &'static str) -> Option<Answered> {
    let headers = &request.parts.headers;
    let asked =
        request.parts.method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let origin = allowed(turn, request).filter(|_| asked)?;
    let mut response = reply::response(204, None, "");
    grant(&mut response, origin);
    let answer = response.headers_mut();
    answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    if let Some(wanted) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    let told = "a page may ask".to_owned();
    Some(Answered {
        response,
        facts: Facts { endpoint: "preflight", granted: true, told, ..Facts::default() },
    })
}

/// Lets a page of an allowed origin read the answer.
pub(super) fn share<T>(turn: &Turn<'_>, request: &Request<'_>, response: &mut Response<T>) {
    if let Some(origin) = allowed(turn, request) {
        grant(response, origin);
    }
}

/// Lets any page read an answer that was asked for without credentials of the browser: recorded at `/userinfo`.
pub(super) fn share_with_all<T>(response: &mut Response<T>) {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("false"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

fn grant<T>(response: &mut Response<T>, origin: &HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

/// The one `Origin` of the request, if a client lists it.
fn allowed<'a>(turn: &Turn<'_>, request: &'a Request<'_>) -> Option<&'a HeaderValue> {
    let mut origins = request.parts.headers.get_all(ORIGIN).iter();
    let origin = origins.next().filter(|_| origins.next().is_none())?;
    let text = origin.to_str().ok()?;
    turn.tenant.applications.values().any(|client| client.allows_origin(text)).then_some(origin)
}
