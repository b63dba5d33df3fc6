//! Sending over the one HTTP client of the process: no proxy, no redirects, no system roots where they are not needed.

use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method, Url, redirect};
use tokio::runtime::Runtime;

use super::{Answer, Sending};

/// An answer longer than this says nothing that a shorter one could not.
pub(crate) const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Why there is no answer.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The network, or a server that does not speak HTTP: nothing can be told.
    Transport(String),
    /// The request cannot be written at all: a fault of the case.
    Unsendable(String),
}

/// Sends, and reads the whole answer; blocks at most about `timeout`. Works inside and outside any runtime.
pub(crate) fn send(endpoint: &str, sending: &Sending, timeout: Duration) -> Result<Answer, Fault> {
    let request = request(sending)?;
    let client = client(request.url().scheme())?;
    let (told, answer) = mpsc::sync_channel(1);
    let endpoint = endpoint.to_owned();
    runtime()?.spawn(async move {
        let exchange = exchange(&client, request, &endpoint);
        let result = tokio::time::timeout(timeout, exchange).await;
        let late = || Err(Fault::Transport(format!("no whole answer within {} s", timeout.as_secs_f64())));
        // Nobody listens any more only if the caller's thread died.
        drop(told.send(result.unwrap_or_else(|_| late())));
    });
    answer.recv().unwrap_or_else(|_| Err(Fault::Transport("the exchange broke down".to_owned())))
}

async fn exchange(client: &Client, request: reqwest::Request, endpoint: &str) -> Result<Answer, Fault> {
    let mut response = client.execute(request).await.map_err(transport)?;
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(transport)? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            return Err(Fault::Transport(format!("an answer of more than {MOST_BYTES} bytes")));
        }
    }
    Ok(Answer::new(endpoint, status, headers, &body))
}

fn request(sending: &Sending) -> Result<reqwest::Request, Fault> {
    let bad = |what: &str| Fault::Unsendable(format!("{what} cannot be sent; `raw` may"));
    let method = Method::from_bytes(sending.method.as_bytes()).map_err(|_| bad("this method"))?;
    let url = Url::parse(&sending.url).map_err(|_| bad("this address"))?;
    let mut request = reqwest::Request::new(method, url);
    for (name, value) in &sending.headers {
        let field =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(&format!("the header name {name}")))?;
        let value =
            HeaderValue::from_bytes(value.as_bytes()).map_err(|_| bad(&format!("this value of {name}")))?;
        request.headers_mut().insert(field, value);
    }
    *request.body_mut() = sending.body.clone().map(Into::into);
    Ok(request)
}

/// The causes, innermost last: reqwest's own text alone names only the address.
fn transport(error: reqwest::Error) -> Fault {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    Fault::Transport(text)
}

fn runtime() -> Result<&'static Runtime, Fault> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("ropg-suite-http")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
    });
    made.as_ref().map_err(|error| Fault::Transport(format!("no runtime: {error}")))
}

/// One client without roots for plain HTTP, and one with the system's for HTTPS, which costs time to load.
fn client(scheme: &str) -> Result<Client, Fault> {
    static PLAIN: OnceLock<Result<Client, String>> = OnceLock::new();
    static SECURE: OnceLock<Result<Client, String>> = OnceLock::new();
    let base = || {
        Client::builder()
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .http1_only()
            .pool_idle_timeout(Duration::from_secs(5))
            .user_agent(concat!("ropg-suite/", env!("CARGO_PKG_VERSION")))
    };
    let made = if scheme == "https" {
        SECURE.get_or_init(|| base().build().map_err(|error| error.to_string()))
    } else {
        PLAIN.get_or_init(|| base().tls_certs_only([]).build().map_err(|error| error.to_string()))
    };
    made.clone().map_err(|error| Fault::Transport(format!("no HTTP client: {error}")))
}
