//! TLS with a real registry, Debian's `docker-registry`: whom it is, who asks, and a proxy between them.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use image::Error;
use image::registry::{Options, Registry};
use model::Failure;
use testkit::{Authority, DockerRegistry, DockerRegistryOptions};

/// A registry that shows a certificate, and may ask for one.
fn start(certificate: PathBuf, client_authority: Option<&Authority>) -> Option<DockerRegistry> {
    DockerRegistry::start_with(&DockerRegistryOptions {
        certificate: Some(certificate),
        client_authority: client_authority.map(|authority| authority.file.clone()),
        ..DockerRegistryOptions::default()
    })
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
    let table = [
        (ours.sign("elsewhere.example"), "it was made for another host name", "renew it"),
        (ours.sign_expired("localhost"), "it has expired", "renew it"),
        (other.sign("localhost"), "it is signed by an unknown authority", "`--ca-file FILE`"),
    ];
    for (certificate, why, advice) in table {
        let Some(server) = start(certificate, None) else { return };
        let error = ping(&server.url(), trusting(&ours)).unwrap_err();
        assert_eq!(error.failure(), Failure::TlsFailed);
        let told = told(&error);
        assert!(told.contains(why) && told.contains(advice), "{told}");
        let blind = net::Options { accept_invalid_certificates: true, ..net::Options::default() };
        ping(&server.url(), blind).unwrap();
    }
}

#[test]
fn shows_a_certificate_of_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    let scratch = scratch.path();
    let (ours, other) = (Authority::new(scratch, "ours"), Authority::new(scratch, "other"));
    let certificate = ours.sign("localhost");
    let Some(server) = start(certificate, Some(&ours)) else { return };
    let with = |client_certificate| net::Options { client_certificate, ..trusting(&ours) };
    ping(&server.url(), with(Some(ours.sign("me.example")))).unwrap();
    let none = ping(&server.url(), with(None)).unwrap_err();
    assert_eq!(none.failure(), Failure::TlsFailed, "{}", told(&none));
    assert!(told(&none).contains("client certificate"), "{}", told(&none));
    let wrong = ping(&server.url(), with(Some(other.sign("me.example")))).unwrap_err();
    assert_eq!(wrong.failure(), Failure::TlsFailed, "{}", told(&wrong));
    let file = ping(&server.url(), with(Some(scratch.join("missing.pem")))).unwrap_err();
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
    let certificate = ours.sign("registry.invalid");
    let Some(server) = start(certificate, None) else { return };
    let heard = Arc::new(Mutex::new(Vec::new()));
    let port = server.host.split_once(':').unwrap().1.parse().unwrap();
    let host = proxy(port, Arc::clone(&heard));
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
