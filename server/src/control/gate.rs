//! Who may ask. The listener has no password, so whoever could be led here by a web page is refused: a name that was made
//! to point at this machine (`Host`), a page of somebody else's (`Origin`).

use bytes::Bytes;
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Request};

use super::refusal::Refusal;

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Lets a request through that was sent to the listener by its own address, by no page of another.
pub(super) fn admit(request: &Request<Bytes>, port: u16) -> Result<(), Refusal> {
    let host = match request.uri().authority() {
        Some(target) => Some(target.as_str()),
        None => single(request.headers(), &HOST),
    };
    if !host.is_some_and(|host| own(host, port)) {
        let said = host.unwrap_or("none, or several");
        return Err(Refusal::foreign_host(format!(
            "the Host header is `{said}`; this listener is asked as 127.0.0.1:{port} or localhost:{port}"
        )));
    }
    if request.headers().contains_key(ORIGIN) {
        let origin = single(request.headers(), &ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
        if !origin.is_some_and(|origin| own(origin, port)) {
            return Err(Refusal::foreign_origin(
                "pages of other origins may not control this server".to_owned(),
            ));
        }
    }
    Ok(())
}

fn own(host: &str, port: u16) -> bool {
    let named = |name: &&str| {
        let rest = host.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name));
        let rest = rest.and_then(|_| host.get(name.len()..));
        rest.is_some_and(|rest| rest == format!(":{port}") || (rest.is_empty() && port == 80))
    };
    LOOPBACK.iter().any(named)
}

/// The value of a header that occurs once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_with_the_own_port_is_its_own() {
        for host in ["localhost:8080", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert!(own(host, 8080), "{host}");
        }
        for host in
            ["localhost", "localhost:80", "localhost:80800", "localhost.evil.test:8080", "127.0.0.2:8080", ""]
        {
            assert!(!own(host, 8080), "{host}");
        }
        assert!(own("localhost", 80));
    }
}
