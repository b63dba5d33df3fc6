//! The command line that repeats a request; secrets come from the environment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Sending;

/// A secret and the variable that stands for it.
pub(crate) type Variable = (String, &'static str);

/// `curl …` for `sending`, with the secrets of `variables` as shell variables.
pub(crate) fn line(sending: &Sending, variables: &[Variable]) -> String {
    let mut words = vec!["curl -sS -i".to_owned()];
    if !(sending.method == "GET" && sending.body.is_none()) {
        words.push(format!("-X {}", sending.method));
    }
    words.push(quoted(&sending.url, variables));
    let form = is_form(sending);
    for (name, value) in &sending.headers {
        let own = ["host", "content-length", "connection"].iter().any(|own| name.eq_ignore_ascii_case(own));
        let implied = form && name.eq_ignore_ascii_case("content-type");
        match basic(name, value) {
            Some(credentials) => words.push(format!("-u {}", quoted(&credentials, variables))),
            None if own || implied => {}
            None => words.push(format!("-H {}", quoted(&format!("{name}: {value}"), variables))),
        }
    }
    if let Some(body) = &sending.body {
        if form {
            for (name, value) in form_urlencoded::parse(body.as_bytes()) {
                words.push(format!("--data-urlencode {}", quoted(&format!("{name}={value}"), variables)));
            }
        } else {
            words.push(format!("--data-binary {}", quoted(body, variables)));
        }
    }
    words.join(" ")
}

/// Whether the body survives being taken apart and put together again.
fn is_form(sending: &Sending) -> bool {
    let kind = sending.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let form = kind.is_some_and(|(_, value)| value == "application/x-www-form-urlencoded");
    let Some(body) = sending.body.as_ref().filter(|_| form) else { return false };
    let mut again = form_urlencoded::Serializer::new(String::new());
    again.extend_pairs(form_urlencoded::parse(body.as_bytes()));
    again.finish() == *body
}

fn basic(name: &str, value: &str) -> Option<String> {
    let encoded = value.strip_prefix("Basic ").filter(|_| name.eq_ignore_ascii_case("authorization"))?;
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

/// One word of a shell: in single quotes, or in double ones around variables.
fn quoted(text: &str, variables: &[Variable]) -> String {
    let found = |rest: &str| {
        let fits = |secret: &str| (1..=rest.len()).contains(&secret.len());
        let known = variables.iter().filter(|(secret, _)| fits(secret));
        let hits = known.filter_map(|(secret, name)| Some((rest.find(&**secret)?, secret.len(), *name)));
        hits.min_by_key(|(at, length, _)| (*at, std::cmp::Reverse(*length)))
    };
    if found(text).is_none() {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut out = String::from("\"");
    let mut rest = text;
    while let Some((at, length, name)) = found(rest) {
        out.push_str(&escaped(&rest[..at]));
        rest = &rest[at + length..];
        let joined = rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
        out.push_str(&if joined { format!("${{{name}}}") } else { format!("${name}") });
    }
    out.push_str(&escaped(rest));
    out.push('"');
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        if matches!(char, '"' | '\\' | '$' | '`') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_variables() {
        let sending = Sending {
            method: "POST".to_owned(),
            url: "http://x.test/t".to_owned(),
            headers: vec![
                ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
                ("authorization".to_owned(), format!("Basic {}", STANDARD.encode("w:s3"))),
            ],
            body: Some("username=it%27s&password=p%2Bwx".to_owned()),
        };
        let variables = [("p+w".to_owned(), "ROPG_PASSWORD"), ("s3".to_owned(), "ROPG_CLIENT_SECRET")];
        assert_eq!(
            line(&sending, &variables),
            r#"curl -sS -i -X POST 'http://x.test/t' -u "w:$ROPG_CLIENT_SECRET" --data-urlencode 'username=it'\''s' --data-urlencode "password=${ROPG_PASSWORD}x""#
        );
    }

    #[test]
    fn a_body_that_is_no_tidy_form_is_sent_as_it_is() {
        let sending = Sending {
            method: "POST".to_owned(),
            url: "http://x.test/t".to_owned(),
            headers: vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
            body: Some("a=%zz".to_owned()),
        };
        assert!(line(&sending, &[]).ends_with("--data-binary 'a=%zz'"));
    }
}
