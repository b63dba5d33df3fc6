//! (method, path) → operation. The whole list is on this screen; `openapi.json` describes the same, as the test below sees to.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Request, Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::call::{Call, Said};
use super::refusal::Refusal;
use super::registry::Tenants;
use super::{clock, gate, outbox, records, tenants};
use crate::shell::Answering;

const ROUTES: &[(&str, &str, Operation)] = &[
    ("GET", "/openapi.json", description),
    ("GET", "/tenants", tenants::list),
    ("POST", "/tenants", tenants::make),
    ("GET", "/tenants/{name}", tenants::show),
    ("PUT", "/tenants/{name}", tenants::configure),
    ("DELETE", "/tenants/{name}", tenants::delete),
    ("GET", "/tenants/{name}/outbox", outbox::read),
    ("POST", "/tenants/{name}/push", outbox::push),
    ("GET", "/tenants/{name}/clock", clock::show),
    ("POST", "/tenants/{name}/clock", clock::move_it),
    ("GET", "/tenants/{name}/log", records::log),
    ("GET", "/tenants/{name}/journal", records::journal),
    ("POST", "/tenants/{name}/reset", records::reset),
];

type Operation = fn(&Call<'_>) -> Result<Said, Refusal>;

/// Answers a request that came to the listener's `port`; `last`: it will not be asked again.
pub(super) fn answer(tenants: &Tenants, port: u16, request: &Request<Bytes>, last: bool) -> Answering {
    match gate::admit(request, port).and_then(|()| route(tenants, request, last)) {
        Ok(Said::Later(news, patience)) => Answering::Later(news, patience),
        Ok(Said::Told(status, value)) => Answering::Now(reply(status, Some(&value))),
        Ok(Said::Done) => Answering::Now(reply(StatusCode::NO_CONTENT, None)),
        Err(refusal) => {
            let mut response = reply(refusal.status, Some(&refusal.to_json()));
            if let Some(allow) = refusal.allow.and_then(|methods| HeaderValue::from_str(&methods).ok()) {
                response.headers_mut().insert(ALLOW, allow);
            }
            Answering::Now(response)
        }
    }
}

fn route(tenants: &Tenants, request: &Request<Bytes>, last: bool) -> Result<Said, Refusal> {
    let path = request.uri().path();
    let matching = ROUTES
        .iter()
        .filter_map(|(method, pattern, operation)| Some((*method, operation, matched(pattern, path)?)));
    let mut methods = Vec::new();
    for (method, operation, name) in matching {
        if request.method().as_str() == method {
            return operation(&Call { tenants, name, request, last });
        }
        methods.push(method);
    }
    if methods.is_empty() {
        return Err(Refusal::not_found(format!("nothing is at {path}; /openapi.json lists what there is")));
    }
    Err(Refusal::method(request.method(), path, &methods))
}

/// The name in the path, empty if the pattern has none; `None` if the path is another.
fn matched(pattern: &str, path: &str) -> Option<String> {
    let mut name = String::new();
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        let part = parts.next()?;
        if wanted == "{name}" && !part.is_empty() {
            name = percent_decode_str(part).decode_utf8_lossy().into_owned();
        } else if wanted != part {
            return None;
        }
    }
    parts.next().is_none().then_some(name)
}

fn reply(status: StatusCode, body: Option<&Value>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(body) = body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *response.body_mut() = Bytes::from(body.to_string());
    }
    response
}

/// The description, which names this listener as its server.
fn description(call: &Call<'_>) -> Result<Said, Refusal> {
    call.nothing_asked()?;
    Ok(Said::ok(openapi()))
}

fn openapi() -> Value {
    serde_json::from_str(include_str!("openapi.json")).unwrap_or_else(|fault| unreachable!("{fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_and_every_description_is_a_route() {
        let described = openapi();
        let paths = described["paths"].as_object().unwrap();
        let mut told: Vec<(String, String)> = paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys().filter(|name| *name != "parameters");
                methods.map(move |method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let mut routed: Vec<(String, String)> =
            ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
        told.sort();
        routed.sort();
        assert_eq!(told, routed);
    }

    #[test]
    fn names_are_decoded_and_paths_compared_whole() {
        assert_eq!(matched("/tenants/{name}/log", "/tenants/a%20b/log"), Some("a b".to_owned()));
        assert_eq!(matched("/tenants", "/tenants"), Some(String::new()));
        for path in ["/tenants/", "/tenants//log", "/tenants/a/log/", "/tenants/a", "/"] {
            assert_eq!(matched("/tenants/{name}/log", path), None, "{path}");
        }
    }
}
