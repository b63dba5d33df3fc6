//! The binary: its ready line, what it leaves and removes, how it refuses to start.
#![expect(clippy::unwrap_used, reason = "what helps a test may panic; the message names the line")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

const TENANT: &str = "tenant: { default_directory: people }\ndatabases: [{ name: people }]\n";

/// A folder for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ropg-binary-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ropg-server"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running server and its ready line.
struct Running {
    child: Child,
    ready: Value,
}

impl Running {
    fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let mut child = command(arguments).env("TMPDIR", &folder.0).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
        Self { child, ready }
    }

    fn text(&self, member: &str) -> &str {
        self.ready[member].as_str().unwrap_or_else(|| panic!("{member} in {}", self.ready))
    }

    /// Ends it as an operator would; the exit code.
    fn terminate(mut self) -> Option<i32> {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already where the test has come to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(base: &str, path: &str) -> Value {
    let authority = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// A start that must fail: the exit code and what people read.
fn failed(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command(arguments).output().unwrap();
    assert!(stdout.is_empty(), "nobody is told that it is ready");
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[test]
fn the_ready_line_names_everything_and_all_of_it_is_there() {
    let folder = Folder::new("ready");
    let running = Running::start(&folder, &[]);
    let url = running.text("url");
    assert_eq!(running.text("https_url"), url.replace("http:", "https:"));
    assert_eq!(running.text("issuer"), format!("{url}/"));
    let acme = &running.ready["tenants"][0];
    assert_eq!((&acme["name"], &acme["url"]), (&json!("acme"), &json!(url)));
    assert_eq!(get(url, "/.well-known/openid-configuration")["issuer"], json!(format!("{url}/")));
    assert_eq!(get(running.text("control_url"), "/tenants")["tenants"][0], *acme);
    let pem = fs::read_to_string(running.text("ca_file")).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
}

#[test]
#[cfg(unix)]
fn the_certificate_is_where_nobody_else_can_exchange_it_and_goes_with_the_server() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("ca");
    let running = Running::start(&folder, &[]);
    let file = PathBuf::from(running.text("ca_file"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let around = file.parent().unwrap().to_owned();
    assert_eq!((mode(&around), mode(&file)), (0o700, 0o600));
    assert_eq!(running.terminate(), Some(0));
    assert!(!file.exists() && !around.exists());
}

#[test]
fn several_tenants_have_a_listener_each() {
    let folder = Folder::new("several");
    let (a, b) = (folder.file("a.yaml", TENANT), folder.file("b.yaml", TENANT));
    let running =
        Running::start(&folder, &["--tenant", &a, "--tenant", &format!("{b}@0"), "--tenant", "acme"]);
    let tenants = running.ready["tenants"].as_array().unwrap();
    let names: Vec<&str> = tenants.iter().map(|tenant| tenant["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a", "b", "acme"]);
    for tenant in tenants {
        let metadata = get(tenant["url"].as_str().unwrap(), "/.well-known/openid-configuration");
        assert_eq!(metadata["issuer"], tenant["issuer"]);
    }
    assert_eq!(running.ready["url"], tenants[0]["url"]);
}

#[test]
fn control_can_be_left_out() {
    let folder = Folder::new("alone");
    let running = Running::start(&folder, &["--no-control"]);
    assert_eq!(running.ready["control_url"], Value::Null);
    #[cfg(unix)]
    assert_eq!(running.terminate(), Some(0));
}

#[test]
fn clashes_and_mistakes_are_told_with_their_exit_code() {
    let folder = Folder::new("clashes");
    let (a, other) = (folder.file("a.yaml", TENANT), folder.file("other/a.yaml", TENANT));
    let broken = folder.file("broken.yaml", "clients: 1\n");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let taken = taken.local_addr().unwrap().port();
    let port = taken.to_string();
    let with = |path: &str| format!("{path}@{taken}");
    for (arguments, code, message) in [
        (
            vec!["--tenant", &a, "--tenant", &other],
            7,
            format!("{a} and {other} are both called `a`: a tenant is called after its file\n"),
        ),
        (
            vec!["--tenant", &with(&a), "--tenant", &with("acme")],
            3,
            format!("{a} and acme both want port {taken}\n"),
        ),
        (vec!["--port", &port], 3, format!("port {taken} is in use; another port, or 0 for a free one\n")),
        (
            vec!["--tenant", &a, "--tenant", &with("acme")],
            3,
            format!("acme: port {taken} is in use; another port, or 0 for a free one\n"),
        ),
        (
            vec!["--control-port", &port],
            3,
            format!("the control listener: port {taken} is in use; another port, or 0 for a free one\n"),
        ),
        (
            vec!["--port", &port, "--tenant", &a, "--tenant", "acme"],
            64,
            format!(
                "--port {taken} is for one tenant, and 2 name no port of their own; write --tenant PATH@PORT\n"
            ),
        ),
    ] {
        assert_eq!(failed(&arguments), (Some(code), message), "{arguments:?}");
    }
    let (code, told) = failed(&["--tenant", &broken, "--tenant", "missing.yaml"]);
    assert_eq!(code, Some(7));
    assert!(told.contains("broken.yaml: 1 problem") && told.contains("missing.yaml: "), "{told}");
    assert_eq!(failed(&["--tenant", "acme@70000"]).0, Some(64));
}
