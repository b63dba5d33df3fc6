//! TLS: one port for both protocols, certificates that clients accept who trust the process's authority, and nobody else.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder};
use ropg_server::{Server, Tenant};
use serde_json::Value;

const LOGIN: &str = "grant_type=password&client_id=acme-web&client_secret=acme-web-secret&username=ann@acme.test\
    &password=Correct-Horse-9&audience=https://api.acme.test/&scope=openid read:orders";

fn trusting() -> ClientBuilder {
    let authority = Certificate::from_pem(Server::ca_pem().as_bytes()).expect("the CA is a certificate");
    Client::builder().no_proxy().tls_certs_only([authority]).timeout(Duration::from_secs(20))
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(work)
}

async fn issuer(client: &Client, base: &str) -> Result<String, reqwest::Error> {
    let metadata = client.get(format!("{base}/.well-known/openid-configuration")).send().await?;
    let metadata: Value = metadata.error_for_status()?.json().await?;
    Ok(metadata["issuer"].as_str().unwrap_or_default().to_owned())
}

async fn login(client: &Client, base: &str) -> String {
    let request = client.post(format!("{base}/oauth/token")).body(LOGIN);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.send().await.expect("an answer");
    let body: Value = answer.json().await.expect("JSON");
    body["access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

#[test]
fn both_protocols_share_a_port_and_each_names_its_own_issuer() {
    let server = Server::start(Tenant::acme()).expect("starts");
    assert_eq!(server.https_url(), server.url().replace("http:", "https:"));
    run(async {
        let client = trusting().build().expect("a client");
        for base in [server.url(), server.https_url()] {
            assert_eq!(issuer(&client, &base).await.expect("an answer"), format!("{base}/"));
        }
    });
}

#[test]
fn a_token_is_good_under_both_protocols() {
    let server = Server::start(Tenant::acme()).expect("starts");
    run(async {
        let client = trusting().build().expect("a client");
        for (from, to) in [(server.url(), server.https_url()), (server.https_url(), server.url())] {
            let token = login(&client, &from).await;
            for path in ["/userinfo", "/api/Orders/orders"] {
                let answer = client.get(format!("{to}{path}")).bearer_auth(&token).send().await;
                assert_eq!(answer.expect("an answer").status(), 200, "{path} at {to}");
            }
        }
    });
}

#[test]
fn the_certificate_is_for_loopback_and_for_allowed_hosts_and_for_nothing_else() {
    let server = Server::builder(Tenant::acme()).allow_host("auth.test").allow_host("login.test:443");
    let server = server.start().expect("starts");
    let port = server.port();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    run(async {
        let names = ["auth.test", "login.test", "other.test", "sub.auth.test"];
        let mut client = trusting();
        for name in names {
            client = client.resolve(name, address);
        }
        let client = client.build().expect("a client");
        let mut good = vec!["localhost", "127.0.0.1", "auth.test"];
        if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
            good.push("[::1]");
        }
        for name in good {
            let base = format!("https://{name}:{port}");
            assert_eq!(issuer(&client, &base).await.expect(name), format!("{base}/"));
        }
        // The certificate is for it, and the Host header is another.
        let login =
            issuer(&client, &format!("https://login.test:{port}")).await.expect_err("port 443 is allowed");
        assert_eq!(login.status().map(|status| status.as_u16()), Some(400));
        for name in ["other.test", "sub.auth.test"] {
            let refused = issuer(&client, &format!("https://{name}:{port}")).await.expect_err(name);
            assert!(refused.is_connect(), "{refused:?}");
        }
    });
}

#[test]
fn who_does_not_trust_the_authority_is_not_connected_and_the_server_says_so() {
    let (told, lines) = mpsc::channel();
    let server = Server::builder(Tenant::acme())
        .on_request(move |line| drop(told.send(line.to_owned())))
        .start()
        .expect("starts");
    run(async {
        let client = Client::builder().no_proxy().tls_certs_only([]).build().expect("a client");
        assert!(issuer(&client, &server.https_url()).await.expect_err("no trust").is_connect());
    });
    let line = lines.recv_timeout(Duration::from_secs(20)).expect("a line is told");
    assert!(line.starts_with("a TLS handshake failed"), "{line}");
}

#[test]
fn servers_of_a_process_share_the_authority() {
    let servers: Vec<Server> = (0..2).map(|_| Server::start(Tenant::acme()).expect("starts")).collect();
    run(async {
        let client = trusting().build().expect("a client");
        for server in &servers {
            issuer(&client, &server.https_url()).await.expect("trusted");
        }
    });
}

#[test]
fn half_a_handshake_holds_nobody_up_and_garbage_ends_its_own_connection() {
    let server = Server::start(Tenant::acme()).expect("starts");
    let connect = || TcpStream::connect((IpAddr::from([127, 0, 0, 1]), server.port())).expect("connects");
    let mut stalled = connect();
    stalled.write_all(&[0x16]).expect("sent");
    let mut garbage = connect();
    garbage.write_all(&[0x16; 64]).expect("sent");
    garbage.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    let mut rest = Vec::new();
    // An alert, and the end.
    let _ = garbage.read_to_end(&mut rest);
    assert!(rest.len() < 64, "{rest:?}");
    run(async {
        let client = trusting().build().expect("a client");
        issuer(&client, &server.https_url()).await.expect("answers meanwhile");
    });
    drop(stalled);
}
