//! What a case can do.
//!
//! ```text
//! bindings  names in templates → values: objects of the world, captures, fresh words
//! assertion the JWT by which a client with a key proves who it is
//! request   a named request and its one fault → what is sent
//! send      over the one HTTP client
//! burst     the same many times at once, counted
//! raw       over a socket, byte for byte; reply reads what comes back
//! challenge the attributes of `WWW-Authenticate`
//! jwt       decodes a token and verifies it with the target's keys
//! forge     makes a token that nobody issued
//! totp      what an authenticator app shows
//! curl      the command line that repeats a request
//! ```

pub(crate) mod bindings;
pub(crate) mod assertion;
pub(crate) mod request;
pub(crate) mod send;
pub(crate) mod burst;
pub(crate) mod raw;
mod reply;
pub(crate) mod challenge;
pub(crate) mod jwt;
pub(crate) mod forge;
pub(crate) mod totp;
pub(crate) mod curl;

use serde_json::Value;

use crate::corpus::expectation::Outcome;

/// What is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sending {
    pub(crate) method: String,
    pub(crate) url: String,
    /// In order; repeats are kept only by `raw`.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// The endpoint's name: at `token` an answer is a success only with a token.
    pub(crate) endpoint: String,
    pub(crate) status: u16,
    /// In order, names in lower case, without the header that names the server's deviations.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) json: Option<Value>,
}

/// What a step looks at.
#[derive(Clone, Debug)]
pub(crate) enum Seen {
    Answer(Answer),
    Token(Token),
    /// A token or a code that the suite has made itself: nothing to judge.
    Made(String),
    /// Why nothing was seen.
    Nothing(String),
}

/// A token that was decoded, or not.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    /// Why its signature does not verify.
    pub(crate) verified: Result<(), String>,
}

/// Members of a body that are tokens.
pub(crate) const TOKENS: [&str; 3] = ["access_token", "id_token", "refresh_token"];

/// Members of a body that let somebody in, or help to, and the variable that stands for each in a command line.
pub(crate) const SECRETS: [(&str, &str); 9] = [
    ("access_token", "ROPG_TOKEN"),
    ("id_token", "ROPG_TOKEN"),
    ("refresh_token", "ROPG_TOKEN"),
    ("mfa_token", "ROPG_MFA_TOKEN"),
    ("oob_code", "ROPG_OOB_CODE"),
    ("secret", "ROPG_OTP_SECRET"),
    ("barcode_uri", "ROPG_BARCODE_URI"),
    ("recovery_code", "ROPG_RECOVERY_CODE"),
    ("recovery_codes", "ROPG_RECOVERY_CODE"),
];

/// The header in which the reference names its deviations; nothing may depend on it.
const DEVIATION: &str = "x-ropg-deviation";

impl Answer {
    /// An answer from its parts as they were read.
    pub(crate) fn new(endpoint: &str, status: u16, headers: Vec<(String, String)>, body: &[u8]) -> Self {
        let mut headers = headers;
        for (name, _) in &mut headers {
            name.make_ascii_lowercase();
        }
        headers.retain(|(name, _)| name != DEVIATION);
        Self {
            endpoint: endpoint.to_owned(),
            status,
            headers,
            text: String::from_utf8_lossy(body).into_owned(),
            json: serde_json::from_slice(body).ok(),
        }
    }

    /// All values of a header field, joined.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// A member of the JSON body.
    pub(crate) fn member(&self, path: &[String]) -> Option<&Value> {
        member(self.json.as_ref()?, path)
    }

    /// Whether something was given; `None` for an answer that is neither: a 2xx without a token, an error with one.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        let good = (200..300).contains(&self.status);
        if good {
            let token = self.json.as_ref().and_then(|json| json.get("access_token"));
            let given = token.and_then(Value::as_str).is_some_and(|token| !token.is_empty());
            return (given || self.endpoint != "token").then_some(Outcome::Granted);
        }
        (!self.carries_token()).then_some(Outcome::Refused)
    }

    /// Whether there is a token of any kind in the answer.
    fn carries_token(&self) -> bool {
        let in_json =
            self.json.as_ref().is_some_and(|json| TOKENS.iter().any(|name| json.get(name).is_some()));
        let in_address = self
            .header("location")
            .is_some_and(|address| TOKENS.iter().any(|name| address.contains(&format!("{name}="))));
        in_json || in_address || (self.json.is_none() && self.text.contains("\"access_token\""))
    }

    /// The time of the target, in Unix seconds.
    pub(crate) fn date(&self) -> Option<i64> {
        let date = self.header("date")?;
        let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(&date);
        parsed.ok().map(|time| time.as_second())
    }

    /// Whether the infrastructure, not the product, seems to have answered.
    pub(crate) fn overloaded(&self) -> bool {
        self.status == 429 || matches!(self.status, 502..=504)
    }

    /// `403 invalid_grant`
    pub(crate) fn brief(&self) -> String {
        let error = self.json.as_ref().and_then(|json| json.get("error")).and_then(Value::as_str);
        match error {
            Some(error) => format!("{} {error}", self.status),
            None => self.status.to_string(),
        }
    }
}

/// A member by path; items of a list by their number.
pub(crate) fn member<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| match value {
        Value::Object(members) => members.get(name),
        Value::Array(items) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(endpoint: &str, status: u16, body: &str) -> Answer {
        Answer::new(endpoint, status, Vec::new(), body.as_bytes())
    }

    #[test]
    fn an_outcome_is_more_than_a_status() {
        let token = r#"{"access_token":"x"}"#;
        assert_eq!(answer("token", 200, token).outcome(), Some(Outcome::Granted));
        assert_eq!(answer("token", 200, "{}").outcome(), None);
        assert_eq!(answer("userinfo", 200, "{}").outcome(), Some(Outcome::Granted));
        assert_eq!(answer("token", 400, "{}").outcome(), Some(Outcome::Refused));
        assert_eq!(answer("token", 400, token).outcome(), None);
        assert_eq!(answer("token", 400, &token[..token.len() - 1]).outcome(), None);
    }

    #[test]
    fn a_redirect_with_a_token_is_no_refusal() {
        let headers = vec![("Location".to_owned(), "https://x.test/#access_token=y".to_owned())];
        assert_eq!(Answer::new("authorize", 302, headers, b"").outcome(), None);
    }

    #[test]
    fn values_of_a_repeated_header_are_joined_and_the_deviation_is_not_seen() {
        let headers = [("A", "1"), ("a", "2"), ("X-Ropg-Deviation", "x")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let answer = Answer::new("token", 200, headers, b"");
        assert_eq!(answer.header("A").as_deref(), Some("1, 2"));
        assert_eq!(answer.header("x-ropg-deviation"), None);
    }

    #[test]
    fn the_date_of_the_target_is_read() {
        let headers = vec![("Date".to_owned(), "Sun, 06 Nov 1994 08:49:37 GMT".to_owned())];
        assert_eq!(Answer::new("token", 200, headers, b"").date(), Some(784_111_777));
    }
}
