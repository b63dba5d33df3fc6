//! Tests over the server and the suite; see the files beside this one. Here is what they share: an authority that is asked
//! directly, without a port.

use std::borrow::Borrow;
use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::Request;
use http::request::Builder;
use ropg_server::{Authority, Origin};
use serde_json::Value;
use url::form_urlencoded::Serializer;

/// The media type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// `http://localhost:8080`, asked from `peer`.
#[must_use]
pub fn origin(peer: IpAddr) -> Origin {
    Origin { scheme: "http", host: "localhost:8080".to_owned(), port: 8080, peer }
}

/// Status and JSON (`null` for any other body) of what `authority` answers a request from this machine.
///
/// # Panics
/// If the request is none.
pub fn ask(authority: &Authority, request: Builder, body: impl Into<Bytes>) -> (u16, Value) {
    let request = request.header("host", "localhost:8080").body(body.into()).expect("a request");
    let response = authority.handle(&origin(Ipv4Addr::LOCALHOST.into()), request).response;
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or(Value::Null))
}

/// The same of a form.
pub fn post<K: AsRef<str>, V: AsRef<str>>(
    authority: &Authority,
    path: &str,
    pairs: impl IntoIterator<Item: Borrow<(K, V)>>,
) -> (u16, Value) {
    let form = Serializer::new(String::new()).extend_pairs(pairs).finish();
    ask(authority, Request::post(path).header("content-type", FORM), form)
}
