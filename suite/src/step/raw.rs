//! Sending bytes as they are, over a socket of its own: repeats, order and spelling of headers are kept.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use url::Url;

use super::bindings::Bindings;
use super::reply::{self, Parts, Reply};
use super::request::endpoint;
use super::send::{Fault, MOST_BYTES};
use super::{Answer, Sending};
use crate::clock::clock;
use crate::corpus::case::Raw;

/// Fills in the templates of a raw request and adds the headers that are not given.
///
/// # Errors
/// A name that is not there.
pub(crate) fn build(bindings: &Bindings, raw: &Raw) -> Result<Sending, String> {
    let url = endpoint(bindings, &raw.to)?;
    let parsed = Url::parse(&url).map_err(|error| format!("{url}: {error}"))?;
    let body = raw.body.as_ref().map(|body| bindings.text(body, &[])).transpose()?;
    let mut headers = Vec::new();
    let given = |name: &str| raw.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    let mut add = |name: &str, value: String| {
        if !given(name) {
            headers.push((name.to_owned(), value));
        }
    };
    add("Host", authority(&parsed));
    if let Some(body) = &body {
        add("Content-Length", body.len().to_string());
    }
    add("Connection", "close".to_owned());
    for (name, value) in &raw.headers {
        headers.push((name.clone(), bindings.text(value, &[])?));
    }
    Ok(Sending { method: raw.method.clone(), url, headers, body })
}

/// Sends the bytes and reads the whole answer, within `timeout`.
pub(crate) fn send(name: &str, sending: &Sending, timeout: Duration) -> Result<Answer, Fault> {
    let url = Url::parse(&sending.url).map_err(|error| Fault::Unsendable(error.to_string()))?;
    if url.scheme() != "http" {
        return Err(Fault::Transport("raw bytes are sent over plain HTTP only".to_owned()));
    }
    let deadline = clock() + timeout;
    let parts = exchange(&url, sending, deadline, timeout).map_err(Fault::Transport)?;
    Ok(Answer::new(name, parts.status, parts.headers, &parts.body))
}

fn exchange(url: &Url, sending: &Sending, deadline: Instant, timeout: Duration) -> Result<Parts, String> {
    let late = || format!("no whole answer within {} s", timeout.as_secs_f64());
    let mut stream = connect(url, timeout)?;
    // A server may answer and close before it has read everything; what it said counts.
    let written = stream.write_all(&bytes(url, sending));
    let mut received = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let left = deadline.saturating_duration_since(clock());
        if left.is_zero() {
            return Err(late());
        }
        stream.set_read_timeout(Some(left)).map_err(|error| error.to_string())?;
        let end = match stream.read(&mut buffer) {
            Ok(count) => {
                received.extend_from_slice(&buffer[..count]);
                count == 0
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error)
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                return Err(late());
            }
            Err(error) if received.is_empty() => return Err(written.err().unwrap_or(error).to_string()),
            Err(_) => true,
        };
        match reply::read(&received, end) {
            Reply::Whole(parts) => return Ok(parts),
            Reply::Broken(_) if end && received.is_empty() => {
                return Err("the connection was closed".to_owned());
            }
            Reply::Broken(why) => return Err(why),
            Reply::Partial if received.len() > MOST_BYTES => {
                return Err(format!("an answer of more than {MOST_BYTES} bytes"));
            }
            Reply::Partial => {}
        }
    }
}

fn connect(url: &Url, timeout: Duration) -> Result<TcpStream, String> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or(80);
    let addresses = (host, port).to_socket_addrs().map_err(|error| error.to_string())?;
    let mut last = format!("no address of {host}");
    for address in addresses {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => {
                stream.set_write_timeout(Some(timeout)).map_err(|error| error.to_string())?;
                return Ok(stream);
            }
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

fn bytes(url: &Url, sending: &Sending) -> Vec<u8> {
    let mut target = url.path().to_owned();
    if let Some(query) = url.query() {
        target = format!("{target}?{query}");
    }
    let mut head = format!("{} {target} HTTP/1.1\r\n", sending.method);
    for (name, value) in &sending.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.push_str(sending.body.as_deref().unwrap_or_default());
    head.into_bytes()
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
