//! TLS with a real registry, Debian's `docker-registry`: whom it is, who asks, and a proxy between them.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use image::Error;
use image::registry::{Options, Registry};
use model::Failure;
use rcgen::{CertificateParams, Issuer, KeyPair};
use testkit::{Daemon, free_port, tool};

/// Who signs certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(scratch: &Path, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let file = scratch.join(format!("{name}.pem"));
        std::fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(params, key), file }
    }

    /// A certificate for a host, as a file that holds its key too.
    fn sign(&self, scratch: &Path, host: &str, change: impl Fn(&mut CertificateParams)) -> PathBuf {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        change(&mut params);
        let pem = params.signed_by(&key, &self.issuer).unwrap().pem();
        let file = scratch.join(format!("{host}-{}.pem", free_port()));
        std::fs::write(&file, pem + &key.serialize_pem()).unwrap();
        file
    }
}

struct Server {
    _daemon: Daemon,
    port: u16,
}

impl Server {
    fn start(scratch: &Path, certificate: &Path, clients: Option<&Path>) -> Option<Self> {
        let program = tool("docker-registry")?;
        let port = free_port();
        let clients = clients.map(|file| format!(", clientcas: [{}]", file.display())).unwrap_or_default();
        let config = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp:\n  addr: localhost:{port}\n  tls: {{certificate: {1}, key: {1}{clients}}}\n",
            scratch.join("data").display(),
            certificate.display()
        );
        let file = scratch.join(format!("{port}.yml"));
        std::fs::write(&file, config).unwrap();
        let mut command = Command::new(program);
        command.arg("serve").arg(file);
        let mut daemon = Daemon::start(command, &scratch.join(format!("{port}.log")));
        daemon.wait_until(Duration::from_secs(20), || TcpStream::connect(("localhost", port)).is_ok());
        Some(Self { _daemon: daemon, port })
    }

    fn ping(&self, net: net::Options) -> Result<(), Error> {
        ping(&format!("https://localhost:{}", self.port), net)
    }
}

fn ping(address: &str, net: net::Options) -> Result<(), Error> {
    let net = net::Options { retries: 0, ..net };
    Registry::connect(address, &Options { net, ..Options::default() })?.ping()
}

fn trusting(authority: &Authority) -> net::Options {
    net::Options { ca_files: vec![authority.file.clone()], ..net::Options::default() }
}

fn told(error: &Error) -> String {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[test]
fn says_what_is_wrong_with_a_certificate() {
    let scratch = tempfile::tempdir().unwrap();
    let scratch = scratch.path();
    let (ours, other) = (Authority::new(scratch, "ours"), Authority::new(scratch, "other"));
    let expired = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    };
    let table = [
        (ours.sign(scratch, "elsewhere.example", |_| {}), "it was made for another host name", "renew it"),
        (ours.sign(scratch, "localhost", expired), "it has expired", "renew it"),
        (
            other.sign(scratch, "localhost", |_| {}),
            "it is signed by an unknown authority",
            "`--ca-file FILE`",
        ),
    ];
    for (certificate, why, advice) in table {
        let Some(server) = Server::start(scratch, &certificate, None) else { return };
        let error = server.ping(trusting(&ours)).unwrap_err();
        assert_eq!(error.failure(), Failure::TlsFailed);
        let told = told(&error);
        assert!(told.contains(why) && told.contains(advice), "{told}");
        let blind = net::Options { accept_invalid_certificates: true, ..net::Options::default() };
        server.ping(blind).unwrap();
    }
}

#[test]
fn shows_a_certificate_of_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    let scratch = scratch.path();
    let (ours, other) = (Authority::new(scratch, "ours"), Authority::new(scratch, "other"));
    let certificate = ours.sign(scratch, "localhost", |_| {});
    let Some(server) = Server::start(scratch, &certificate, Some(&ours.file)) else { return };
    let with = |client_certificate| net::Options { client_certificate, ..trusting(&ours) };
    server.ping(with(Some(ours.sign(scratch, "me.example", |_| {})))).unwrap();
    let none = server.ping(with(None)).unwrap_err();
    assert_eq!(none.failure(), Failure::TlsFailed, "{}", told(&none));
    assert!(told(&none).contains("client certificate"), "{}", told(&none));
    let wrong = server.ping(with(Some(other.sign(scratch, "me.example", |_| {})))).unwrap_err();
    assert_eq!(wrong.failure(), Failure::TlsFailed, "{}", told(&wrong));
    let file = server.ping(with(Some(scratch.join("missing.pem")))).unwrap_err();
    assert_eq!(file.failure(), Failure::TlsFailed, "{}", told(&file));
}

/// A proxy that makes tunnels to one port, for who knows the password.
fn proxy(port: u16, heard: Arc<Mutex<Vec<String>>>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let host = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let heard = Arc::clone(&heard);
            let mut client = stream.unwrap();
            std::thread::spawn(move || {
                let mut reader = BufReader::new(client.try_clone().unwrap());
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
                heard.lock().unwrap().push(head.clone());
                // `me:p@ss`
                if !head.to_ascii_lowercase().contains("proxy-authorization: basic bwu6cebzcw==") {
                    return client.write_all(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n").unwrap();
                }
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                let mut server = TcpStream::connect(("localhost", port)).unwrap();
                let (mut up, mut down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut up, &mut server));
                // One side ends first; the other then has nothing more to say.
                std::io::copy(&mut down, &mut client).unwrap_or_default();
            });
        }
    });
    host
}

#[test]
fn goes_through_a_proxy_that_asks_for_a_password() {
    let scratch = tempfile::tempdir().unwrap();
    let scratch = scratch.path();
    let ours = Authority::new(scratch, "ours");
    // Only the proxy knows the way to this host.
    let certificate = ours.sign(scratch, "registry.invalid", |_| {});
    let Some(server) = Server::start(scratch, &certificate, None) else { return };
    let heard = Arc::new(Mutex::new(Vec::new()));
    let host = proxy(server.port, Arc::clone(&heard));
    let with = |proxy: String| net::Options { proxy: Some(proxy), ..trusting(&ours) };
    ping("registry.invalid", with(format!("http://me:p%40ss@{host}"))).unwrap();
    assert!(heard.lock().unwrap()[0].starts_with("CONNECT registry.invalid:443 HTTP/1.1\r\n"));
    let error = ping("registry.invalid", with(format!("http://me:hunter2@{host}"))).unwrap_err();
    assert_eq!(error.failure(), Failure::AuthenticationFailed, "{}", told(&error));
    assert!(told(&error).contains("proxy") && !told(&error).contains("hunter2"), "{}", told(&error));
    let mut past = with(format!("http://me:p%40ss@{host}"));
    past.no_proxy = vec!["invalid".to_owned()];
    let error = ping("registry.invalid", past).unwrap_err();
    assert_eq!(error.failure(), Failure::HostNotFound, "{}", told(&error));
}
