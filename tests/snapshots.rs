//! Wire forms on raw bytes under a fixed clock and seeded dice: member order, header order, full stops. And what people
//! read: diagnostics and reports.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use jiff::Timestamp;
use ropg_server::{Clock, Entropy, Server, Tenant};

fn server(tenant: Tenant) -> Server {
    Server::builder(tenant)
        .clock(Clock::fixed(Timestamp::from_second(1_800_000_000).expect("valid")))
        .entropy(Entropy::seeded(1))
        .allow_host("acme.test")
        .start()
        .expect("a loopback port is free")
}

/// What comes back, byte for byte; signatures shortened, since every byte of a claim changes them.
fn exchange(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("the server listens");
    stream.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers and closes");
    answer.replace("\r\n", "\n")
}

fn post(server: &Server, body: &str) -> String {
    let length = body.len();
    exchange(
        server,
        &format!(
            "POST /oauth/token HTTP/1.1\r\nHost: acme.test\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    )
}

fn get(server: &Server, path: &str, headers: &str) -> String {
    exchange(server, &format!("GET {path} HTTP/1.1\r\nHost: acme.test\r\nConnection: close\r\n{headers}\r\n"))
}

const WEB: &str = "client_id=acme-web&client_secret=acme-web-secret&username=ann%40acme.test";

#[test]
fn a_login_with_everything() {
    let body = format!(
        "grant_type=password&{WEB}&password=Correct-Horse-9&audience=https%3A%2F%2Fapi.acme.test%2F&scope=openid+offline_access"
    );
    insta::assert_snapshot!(post(&server(Tenant::acme()), &body));
}

#[test]
fn a_login_without_anything() {
    let body = format!("grant_type=password&{WEB}&password=Correct-Horse-9");
    insta::assert_snapshot!(post(&server(Tenant::acme()), &body));
}

#[test]
fn a_wrong_password() {
    let body = format!("grant_type=password&{WEB}&password=wrong");
    insta::assert_snapshot!(post(&server(Tenant::acme()), &body));
}

#[test]
fn a_wrong_password_under_the_rfc() {
    let tenant = "ropg: { preset: rfc6749, users: { db: [{ email: a@b.test, password: right }] } }\n\
                  tenant: { default_directory: db }\n\
                  clients: [{ name: web, client_id: web, token_endpoint_auth_method: none, grant_types: [password] }]\n\
                  databases: [{ name: db, enabled_clients: [web] }]\n";
    let tenant = Tenant::from_yaml(tenant).unwrap_or_else(|problems| panic!("{problems}"));
    insta::assert_snapshot!(post(
        &server(tenant),
        "grant_type=password&client_id=web&username=a%40b.test&password=wrong"
    ));
}

#[test]
fn a_client_that_failed_in_the_header() {
    let server = server(Tenant::acme());
    let request = "POST /oauth/token HTTP/1.1\r\nHost: acme.test\r\nConnection: close\r\n\
                   Authorization: Basic YWNtZS1iYXNpYzp3cm9uZw==\r\n\
                   Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 19\r\n\r\ngrant_type=password";
    insta::assert_snapshot!(exchange(&server, request));
}

#[test]
fn userinfo() {
    let server = server(Tenant::acme());
    insta::assert_snapshot!("userinfo_without_a_token", get(&server, "/userinfo", ""));
    insta::assert_snapshot!(
        "userinfo_with_garbage",
        get(&server, "/userinfo", "Authorization: Bearer garbage\r\n")
    );
    let login = post(&server, &format!("grant_type=password&{WEB}&password=Correct-Horse-9"));
    let token =
        login.split("\"access_token\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("valid");
    let header = format!("Authorization: Bearer {token}\r\n");
    insta::assert_snapshot!("userinfo_with_a_token", get(&server, "/userinfo", &header));
}

#[test]
fn the_api_responds() {
    let server = server(Tenant::acme());
    let body = format!(
        "grant_type=password&{WEB}&password=Correct-Horse-9&audience=https%3A%2F%2Fapi.acme.test%2F&scope=read%3Aorders"
    );
    let login = post(&server, &body);
    let token =
        login.split("\"access_token\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("valid");
    let header = format!("Authorization: Bearer {token}\r\n");
    insta::assert_snapshot!("api_with_a_token", get(&server, "/api/Orders/orders", &header));
    insta::assert_snapshot!("api_without_a_token", get(&server, "/api/Orders/orders", ""));
    let garbage = "Authorization: Bearer garbage\r\n";
    insta::assert_snapshot!("api_with_garbage", get(&server, "/api/%4Frders/orders", garbage));
    insta::assert_snapshot!(
        "api_with_too_little",
        exchange(
            &server,
            &format!(
                "POST /api/Orders/orders HTTP/1.1\r\nHost: acme.test\r\nConnection: close\r\nContent-Length: 0\r\n{header}\r\n"
            )
        )
    );
    insta::assert_snapshot!(
        "api_with_two_tokens",
        get(&server, "/api/Orders/orders", &format!("{header}{header}"))
    );
    insta::assert_snapshot!("api_that_is_not_there", get(&server, "/api/Reports/orders", &header));
    insta::assert_snapshot!("the_journal_of_calls", journal(&server));
}

#[test]
fn metadata_and_keys() {
    let server = server(Tenant::acme());
    insta::assert_snapshot!("metadata", get(&server, "/.well-known/openid-configuration", ""));
    insta::assert_snapshot!("keys", get(&server, "/.well-known/jwks.json", ""));
}

#[test]
fn what_is_not_there() {
    let server = server(Tenant::acme());
    insta::assert_snapshot!("unknown_path", get(&server, "/nowhere", ""));
    insta::assert_snapshot!("wrong_method", get(&server, "/oauth/token", ""));
    insta::assert_snapshot!("no_redirect_flow", get(&server, "/authorize?response_type=code", ""));
}

#[test]
fn a_deviation_names_itself() {
    let tenant = Tenant::acme().deviate("wrong-password.granted").expect("the deviation ships");
    let body = format!("grant_type=password&{WEB}&password=wrong");
    insta::assert_snapshot!(post(&server(tenant), &body));
}

#[test]
fn a_tenant_with_all_kinds_of_faults() {
    let tenant = "\
tenant:
  default_directory: staff
clients:
  - name: web
    token_endpoint_auth_method: client_secret_jwt
  - client_id: nameless
databases:
  - name: staff
    enabled_clients: [wbe]
ropg:
  presett: auth0
";
    let problems = Tenant::from_file("my.yaml", tenant).expect_err("it is wrong");
    insta::assert_snapshot!("tenant_that_breaks_the_schema", problems.render(false));
    let tenant = "\
clients:
  - name: web
databases:
  - name: staff
    realms: [Staff]
    enabled_clients: [wbe]
  - name: guests
    realms: [Staff]
ropg:
  behaviour:
    wrong_password: polite
    password.verified: false
    realm.in_pasword_grant: used
  clients:
    wep: { client_id: web }
  users:
    staf: [{ email: a@b.test, password: x }]
    guests:
      - { name: Nobody, password: x }
      - { email: c@d.test }
";
    let problems = Tenant::from_file("my.yaml", tenant).expect_err("it is wrong");
    insta::assert_snapshot!("tenant_that_contradicts_itself", problems.render(false));
}

#[test]
fn a_file_that_is_no_yaml() {
    let problems =
        Tenant::from_file("my.yaml", "clients:\n  - name: a\n    name: b\n").expect_err("it is wrong");
    insta::assert_snapshot!(problems.render(false));
}

#[test]
fn what_the_log_and_the_journal_tell() {
    let server = server(Tenant::acme());
    let form = "client_id=acme-web&client_secret=acme-web-secret&username=ann%40acme.test";
    for body in [
        format!(
            "grant_type=password&{form}&password=Correct-Horse-9&audience=https%3A%2F%2Fapi.acme.test%2F"
        ),
        format!("grant_type=password&{form}&password=wrong"),
        "grant_type=password&client_id=acme-web&client_secret=wrong&username=a&password=b".to_owned(),
    ] {
        post(&server, &body);
    }
    let log = server.log();
    insta::assert_json_snapshot!("the_tenant_log", log);
    insta::assert_snapshot!("the_journal", journal(&server));
}

fn journal(server: &Server) -> String {
    let entries = server.journal();
    let told = entries.iter().map(|entry| {
        let way = entry.decisions.iter().map(|decision| format!("{}: {}", decision.step, decision.told));
        format!("{} {}\n  {}", entry.request_id, entry.line, way.collect::<Vec<_>>().join("\n  "))
    });
    told.collect::<Vec<_>>().join("\n")
}
