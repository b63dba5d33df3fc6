//! Reads an HTTP/1 answer from bytes: with a length, in chunks, or up to the end (RFC 9112, sections 4 and 6).

/// How far an answer has come.
#[derive(Debug, PartialEq)]
pub(super) enum Reply {
    /// More bytes are needed.
    Partial,
    /// All of it.
    Whole(Parts),
    /// Not HTTP, or shorter than it says.
    Broken(String),
}

/// An answer in parts.
#[derive(Debug, PartialEq)]
pub(super) struct Parts {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Reads what has come so far; `end`: nothing more will come. An interim answer (1xx) is skipped.
pub(super) fn read(bytes: &[u8], end: bool) -> Reply {
    let Some(head_end) = find(bytes, b"\r\n\r\n") else {
        return if end || !looks_like_http(bytes) { broken("not an HTTP answer") } else { Reply::Partial };
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]);
    let Some((status, headers)) = parse_head(&head) else { return broken("not an HTTP answer") };
    let rest = &bytes[head_end + 4..];
    if (100..200).contains(&status) {
        return read(rest, end);
    }
    let body = match framing(status, &headers) {
        Framing::None => Some(Vec::new()),
        Framing::Length(length) => rest.get(..length).map(<[u8]>::to_vec),
        Framing::Chunks => match unchunk(rest) {
            Ok(body) => body,
            Err(()) => return broken("a chunk that is none"),
        },
        Framing::End => end.then(|| rest.to_vec()),
        Framing::Nonsense => return broken("a content length that is none"),
    };
    match body {
        Some(body) => Reply::Whole(Parts { status, headers, body }),
        None if end => broken("the answer broke off"),
        None => Reply::Partial,
    }
}

enum Framing {
    None,
    Length(usize),
    Chunks,
    End,
    Nonsense,
}

fn framing(status: u16, headers: &[(String, String)]) -> Framing {
    let value = |name: &str| {
        headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    };
    if matches!(status, 204 | 304) {
        return Framing::None;
    }
    if value("transfer-encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")) {
        return Framing::Chunks;
    }
    match value("content-length").map(str::parse) {
        Some(Ok(length)) => Framing::Length(length),
        Some(Err(_)) => Framing::Nonsense,
        None => Framing::End,
    }
}

fn parse_head(head: &str) -> Option<(u16, Vec<(String, String)>)> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.splitn(3, ' ');
    first.next().filter(|version| version.starts_with("HTTP/1."))?;
    let status = first.next()?.parse().ok().filter(|status| (100..1000).contains(status))?;
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    });
    Some((status, headers.collect::<Option<_>>()?))
}

/// The body of all chunks; `Ok(None)` if some are still to come.
fn unchunk(mut rest: &[u8]) -> Result<Option<Vec<u8>>, ()> {
    let mut body = Vec::new();
    loop {
        let Some(line_end) = find(rest, b"\r\n") else { return Ok(None) };
        let line = std::str::from_utf8(&rest[..line_end]).map_err(|_| ())?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| ())?;
        rest = &rest[line_end + 2..];
        if size == 0 {
            return Ok(Some(body));
        }
        let end = size.checked_add(2).ok_or(())?;
        let Some(chunk) = rest.get(..size) else { return Ok(None) };
        let Some(next) = rest.get(end..) else { return Ok(None) };
        body.extend_from_slice(chunk);
        rest = next;
    }
}

fn looks_like_http(bytes: &[u8]) -> bool {
    let start = b"HTTP/1.";
    let common = bytes.len().min(start.len());
    bytes[..common] == start[..common]
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn broken(why: &str) -> Reply {
    Reply::Broken(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str, end: bool) -> Option<Vec<u8>> {
        match read(text.as_bytes(), end) {
            Reply::Whole(parts) => Some(parts.body),
            Reply::Partial | Reply::Broken(_) => None,
        }
    }

    #[test]
    fn each_framing_is_read() {
        assert_eq!(body("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", false), Some(b"ab".to_vec()));
        let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n";
        assert_eq!(body(chunks, false), Some(b"abc".to_vec()));
        assert_eq!(body("HTTP/1.1 200\r\nA: b\r\n\r\nabc", true), Some(b"abc".to_vec()));
        assert_eq!(body("HTTP/1.1 204 No\r\nA: b\r\n\r\n", false), Some(Vec::new()));
        let interim = "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(body(interim, false), Some(Vec::new()));
    }

    #[test]
    fn what_is_short_is_partial_and_then_broken() {
        for text in [
            "HTT",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        ] {
            assert_eq!(read(text.as_bytes(), false), Reply::Partial, "{text}");
            assert!(matches!(read(text.as_bytes(), true), Reply::Broken(_)), "{text}");
        }
    }

    #[test]
    fn rubbish_is_broken_at_once() {
        for text in [
            "<html>",
            "HTTP/1.1 abc\r\nA: b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        ] {
            assert!(matches!(read(text.as_bytes(), false), Reply::Broken(_)), "{text}");
        }
    }
}
