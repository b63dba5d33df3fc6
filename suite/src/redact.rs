//! Keeps secrets out of everything that is written, by taint: every declared secret and every token that was seen is
//! known, and goes in whatever spelling it comes.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::Finder;
use regex::Regex;
use serde_json::Value;

use crate::corpus::template::Filter;
use crate::step::SECRETS;

/// Shorter tokens than this are words of a test, and would blot out half of a report.
const SHORTEST_TOKEN: usize = 8;

/// What must not be written.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// Spellings and what stands for them, the longest first.
    needles: Vec<(Finder<'static>, &'static str)>,
}

impl Redactor {
    /// Knows a secret from now on.
    pub(crate) fn secret(&mut self, text: &str) {
        self.learn(text, "‹redacted›");
    }

    /// Knows a code of a few digits from now on.
    pub(crate) fn code(&mut self, code: &str) {
        self.learn(code, "‹code›");
    }

    /// Knows the tokens of a body from now on, at any depth, and whatever else in it lets somebody in.
    pub(crate) fn tokens_of(&mut self, body: &Value) {
        match body {
            Value::Object(members) => {
                for (name, value) in members {
                    if SECRETS.iter().any(|(known, _)| known == name) {
                        self.secrets_in(value);
                    }
                    self.tokens_of(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.tokens_of(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// A text or a list of texts, and what an address holds that a camera reads.
    fn secrets_in(&mut self, value: &Value) {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for text in items.iter().filter_map(Value::as_str) {
            self.token(text);
            if let Some(query) = text.strip_prefix("otpauth:").and_then(|rest| rest.split_once('?')) {
                for (name, value) in form_urlencoded::parse(query.1.as_bytes()) {
                    if matches!(name.as_ref(), "secret" | "enrollment_tx_id") {
                        self.token(&value);
                    }
                }
            }
        }
    }

    /// Knows a token from now on.
    pub(crate) fn token(&mut self, token: &str) {
        if token.len() >= SHORTEST_TOKEN {
            let word = if token.matches('.').count() == 2 { "‹jwt›" } else { "‹token›" };
            self.learn(token, word);
        }
    }

    /// `text` without anything that is known.
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let short = self.needles.partition_point(|(needle, _)| needle.needle().len() > text.len());
        for (needle, word) in &self.needles[short..] {
            if needle.find(text.as_bytes()).is_some() {
                text = text.replace(&*String::from_utf8_lossy(needle.needle()), word);
            }
        }
        for (pattern, word) in [(jwt(), "‹jwt›"), (sealed(), "‹token›")] {
            if let Some(pattern) = pattern.filter(|pattern| pattern.is_match(&text)) {
                text = pattern.replace_all(&text, word).into_owned();
            }
        }
        text
    }

    /// Keeps the longest first: a secret may be a part of another.
    fn learn(&mut self, text: &str, word: &'static str) {
        for spelling in spellings(text) {
            let length = |(known, _): &(Finder<'_>, _)| known.needle().len();
            let place = self.needles.partition_point(|known| length(known) >= spelling.len());
            let mut as_long =
                self.needles[..place].iter().rev().take_while(|known| length(known) == spelling.len());
            if !spelling.is_empty() && as_long.all(|(known, _)| known.needle() != spelling.as_bytes()) {
                self.needles.insert(place, (Finder::new(&spelling).into_owned(), word));
            }
        }
    }
}

/// The forms in which a text travels: plain, form-encoded, percent-encoded, in JSON, in a pattern, in Base64 at any place.
fn spellings(text: &str) -> Vec<String> {
    let json = Value::from(text).to_string();
    let form: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let mut all = vec![
        text.to_owned(),
        text.to_ascii_uppercase(),
        Filter::UrlEnc.apply(text),
        form.clone(),
        json[1..json.len() - 1].to_owned(),
        regex::escape(text),
    ];
    for spelling in [text, form.as_str()] {
        for before in 0..3 {
            all.push(inner_base64(&STANDARD_NO_PAD, spelling, before));
            all.push(inner_base64(&URL_SAFE_NO_PAD, spelling, before));
        }
    }
    all
}

/// The characters that do not depend on what stands around `text` when `before` bytes (of each three) precede it.
fn inner_base64(engine: &base64::engine::GeneralPurpose, text: &str, before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(text.as_bytes());
    let whole = bytes.len() * 8 / 6;
    let encoded = engine.encode(&bytes);
    let start = (before * 8).div_ceil(6);
    let inner = encoded.get(start..whole).unwrap_or_default();
    // A few characters would be found everywhere.
    if inner.len() < 6 { String::new() } else { inner.to_owned() }
}

/// Anything that looks like a JWT, whether it was seen to be issued or not.
fn jwt() -> Option<&'static Regex> {
    static JWT: OnceLock<Option<Regex>> = OnceLock::new();
    JWT.get_or_init(|| Regex::new(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*").ok()).as_ref()
}

/// What an `mfa_token` or an `oob_code` looks like, whoever made it.
fn sealed() -> Option<&'static Regex> {
    static SEALED: OnceLock<Option<Regex>> = OnceLock::new();
    SEALED.get_or_init(|| Regex::new(r"Fe26\.2(\*|%2A)[A-Za-z0-9*%_-]+").ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_goes_in_every_spelling() {
        let secret = "pä \"ss+wörd/%&=-";
        let mut redactor = Redactor::default();
        redactor.secret(secret);
        let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for text in [
            secret.to_owned(),
            form,
            Filter::UrlEnc.apply(secret),
            json!({ "p": secret }).to_string(),
            regex::escape(secret),
        ] {
            let out = redactor.apply(&format!("a={text}&b"));
            assert!(
                out.contains("‹redacted›") && !out.contains("wörd") && !out.contains("%C3%B6rd"),
                "{out}"
            );
        }
        for id in ["w", "we", "web"] {
            let basic = STANDARD.encode(format!("{id}:{secret}"));
            let out = redactor.apply(&format!("Basic {basic}"));
            assert!(out.contains("‹redacted›"), "{out}");
        }
    }

    #[test]
    fn tokens_go_once_they_were_seen() {
        let mut redactor = Redactor::default();
        redactor
            .tokens_of(&json!({ "a": [{ "refresh_token": "v1.abcdefgh" }], "access_token": "aaaaaaaa.b.c" }));
        assert_eq!(redactor.apply("v1.abcdefgh aaaaaaaa.b.c x"), "‹token› ‹jwt› x");
        assert_eq!(redactor.apply("eyJhbGciOiJ9.eyJ.abc!"), "‹jwt›!");
    }

    #[test]
    fn what_a_second_factor_needs_is_a_secret() {
        let mut redactor = Redactor::default();
        redactor.tokens_of(&json!({
            "mfa_token": "Fe26.2*1*a_b", "oob_code": "Fe26.2*2*c", "recovery_codes": ["ABCDEFGH1234"],
            "recovery_code": "HGFEDCBA4321", "barcode_uri": "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&enrollment_tx_id=tx-123456",
        }));
        redactor.code("012345");
        for (text, out) in [
            ("mfa_token=Fe26.2*1*a_b&otp=012345", "mfa_token=‹token›&otp=‹code›"),
            ("Fe26.2%2A2%2Ac", "‹token›"),
            ("ABCDEFGH1234 HGFEDCBA4321 GEZDGNBVGY3TQOJQ tx-123456", "‹token› ‹token› ‹token› ‹token›"),
            ("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&enrollment_tx_id=tx-123456", "‹token›"),
            ("0123456", "‹code›6"),
        ] {
            assert_eq!(redactor.apply(text), out);
        }
    }

    #[test]
    fn a_pattern_that_holds_a_secret_does_not_show_it() {
        let mut redactor = Redactor::default();
        redactor.secret("Pass-Word.9");
        redactor.tokens_of(&json!({ "access_token": "aaaaaaaa.b-b.c" }));
        let pattern = format!("{}|{}", regex::escape("Pass-Word.9"), regex::escape("aaaaaaaa.b-b.c"));
        assert_eq!(redactor.apply(&pattern), "‹redacted›|‹jwt›");
    }

    #[test]
    fn the_longer_secret_goes_first() {
        let mut redactor = Redactor::default();
        redactor.secret("abc");
        redactor.secret("abcdef");
        assert_eq!(redactor.apply("abcdef"), "‹redacted›");
    }
}
