//! The door and the log: TLS, proxies, limits, an orderly end, and no secret written down.
#![expect(clippy::unwrap_used, clippy::disallowed_types, reason = "a failure here is a failed test")]

use std::io::{Read as _, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Certificate as Root;
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use server::{App, Certificate, Door, Key, Listening, LogFormat, Settings};
use tempfile::TempDir;
use testkit::assert_tells_none;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// A server that listens, until it is dropped.
struct Listener {
    address: SocketAddr,
    password: String,
    end: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<Result<(), server::Error>>>,
    runtime: Runtime,
    _directory: TempDir,
}

impl Listener {
    fn start(certificate: Option<Certificate>, proxies: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let database = format!("sqlite:{}", directory.path().join("store").display());
        let settings = Settings::new(database, directory.path(), Key::new([7; 32]));
        let proxies = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        let (end, ending) = oneshot::channel();
        let (address, password, served) = runtime.block_on(async {
            let app = App::open(settings).await.unwrap();
            let first = server::first_start(&app).await.unwrap().unwrap();
            let listening = Listening { address: ([127, 0, 0, 1], 0).into(), certificate, proxies };
            let door = Door::open(listening).await.unwrap();
            let address = door.address();
            let served = tokio::spawn(door.serve(app, async { drop(ending.await) }));
            (address, first.password, served)
        });
        let (end, served) = (Some(end), Some(served));
        Self { address, password, end, served, runtime, _directory: directory }
    }

    /// Ends it; gives how long that took.
    fn end(&mut self) -> Duration {
        let begun = Instant::now();
        self.end.take().unwrap().send(()).unwrap();
        self.runtime.block_on(self.served.take().unwrap()).unwrap().unwrap();
        begun.elapsed()
    }
}

fn sign_in(client: &Client, address: &str, password: &str) -> Response {
    let body = json!({"login": "admin", "password": password});
    client.post(format!("{address}/api/v1/session")).json(&body).send().unwrap()
}

fn certificate(directory: &Path) -> (Certificate, Root) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = Certificate { certificate: directory.join("cert.pem"), key: directory.join("key.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, Root::from_pem(made.cert.pem().as_bytes()).unwrap())
}

#[test]
fn over_tls_the_cookie_is_for_this_host_and_for_tls_only() {
    let directory = tempfile::tempdir().unwrap();
    let (files, root) = certificate(directory.path());
    let mut server = Listener::start(Some(files), &[]);
    let address = format!("https://localhost:{}", server.address.port());
    let client = Client::builder().tls_certs_only([root]).build().unwrap();
    let answer = sign_in(&client, &address, &server.password);
    assert_eq!(answer.status(), 200);
    let headers = answer.headers();
    let cookie = headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-lazaret_session=") && cookie.ends_with("; Secure"), "{cookie}");
    assert_eq!(headers["strict-transport-security"], "max-age=31536000");
    let (pair, _) = cookie.split_once(';').unwrap();
    let me = client.get(format!("{address}/api/v1/me")).header("cookie", pair).send().unwrap();
    assert_eq!(me.status(), 200);
    // Without the prefix it may be another host's.
    let plain = pair.replace("__Host-", "");
    let me = client.get(format!("{address}/api/v1/me")).header("cookie", plain).send().unwrap();
    assert_eq!(me.status(), 401);
    server.end();
}

#[test]
fn refuses_a_certificate_that_is_none() {
    let directory = tempfile::tempdir().unwrap();
    let (files, _) = certificate(directory.path());
    std::fs::write(&files.key, "none").unwrap();
    let listening =
        Listening { address: ([127, 0, 0, 1], 0).into(), certificate: Some(files), proxies: Vec::new() };
    let refused = Runtime::new().unwrap().block_on(Door::open(listening)).unwrap_err();
    assert!(refused.to_string().starts_with("cannot use the certificate `"), "{refused}");
}

#[test]
fn only_a_trusted_proxy_says_for_whom_it_asks() {
    let audited = |proxies: &[&str]| {
        let mut server = Listener::start(None, proxies);
        let address = format!("http://{}", server.address);
        let client = Client::new();
        let body = json!({"login": "admin", "password": server.password});
        let request = client.post(format!("{address}/api/v1/session")).json(&body);
        let request = request.header("x-forwarded-for", "203.0.113.9").header("x-forwarded-proto", "https");
        let answer = request.send().unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        let (pair, _) = cookie.split_once(';').unwrap();
        let audit = client.get(format!("{address}/api/v1/audit?action=session.begin"));
        let audit = audit.header("cookie", pair).header("x-forwarded-proto", "https").send().unwrap();
        let audit: Value = audit.json().unwrap();
        // What somebody else hands on is not asked by this machine.
        let metrics = client.get(format!("{address}/metrics"));
        let handed_on = metrics.try_clone().unwrap().header("x-forwarded-for", "203.0.113.9").send().unwrap();
        assert_eq!((metrics.send().unwrap().status().as_u16(), handed_on.status().as_u16()), (200, 401));
        server.end();
        (audit["items"][0]["address"].as_str().unwrap().to_owned(), cookie.contains("Secure"))
    };
    assert_eq!(audited(&[]), ("127.0.0.1".to_owned(), false));
    assert_eq!(audited(&["127.0.0.0/8"]), ("203.0.113.9".to_owned(), true));
}

#[test]
fn refuses_heads_that_are_too_large_and_ends_though_somebody_is_connected() {
    let mut server = Listener::start(None, &[]);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\nlong: ").unwrap();
    // It may have hung up before all was sent.
    drop(stream.write_all(&vec![b'x'; 256 << 10]));
    let mut answer = [0; 12];
    let refused = match stream.read_exact(&mut answer) {
        Ok(()) => answer == *b"HTTP/1.1 431",
        Err(_) => true,
    };
    assert!(refused, "{}", String::from_utf8_lossy(&answer));
    let idle = TcpStream::connect(server.address).unwrap();
    let took = server.end();
    assert!(took < Duration::from_secs(15), "{took:?}");
    drop(idle);
}

/// A log that is kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_log_tells_of_every_request_and_of_no_secret() {
    let kept = Kept::default();
    let writer = kept.clone();
    let log = server::log(LogFormat::Json, "trace", move || writer.clone()).unwrap();
    tracing::subscriber::set_global_default(log).unwrap();
    let mut server = Listener::start(None, &[]);
    let address = format!("http://{}", server.address);
    let client = Client::new();
    let wrong = "a password that is wrong";
    assert_eq!(sign_in(&client, &address, wrong).status(), 401);
    let answer = sign_in(&client, &address, &server.password);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    let (pair, _) = cookie.split_once(';').unwrap();
    let (_, session) = pair.split_once('=').unwrap();
    let csrf = answer.json::<Value>().unwrap()["csrf_token"].as_str().unwrap().to_owned();
    let body = json!({"name": "build", "role": "viewer"});
    let made = client.post(format!("{address}/api/v1/tokens")).json(&body);
    let made = made.header("cookie", pair).header("x-csrf-token", &csrf).send().unwrap();
    assert_eq!(made.status(), 201);
    let token = made.json::<Value>().unwrap()["value"].as_str().unwrap().to_owned();
    // Somebody puts it where it does not belong.
    let misplaced = client.get(format!("{address}/api/v1/projects?search={token}&after={token}"));
    assert!(misplaced.bearer_auth(&token).send().unwrap().status().is_client_error());
    let unknown = client.get(format!("{address}/{token}")).send().unwrap();
    assert_eq!(unknown.status(), 404);
    server.end();
    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert_tells_none(&log, &[wrong, &server.password, session, &csrf, &token]);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = lines.iter().find(|line| line["route"] == "/api/v1/tokens").unwrap();
    assert_eq!(
        (&line["status"], &line["actor"], &line["method"]),
        (&json!(201), &json!("admin"), &json!("POST"))
    );
    assert_eq!(line["address"], "127.0.0.1");
    assert!(lines.iter().any(|line| line["route"] == "-" && line["status"] == 404));
}
