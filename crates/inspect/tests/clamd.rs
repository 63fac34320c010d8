//! clamd: its protocol against a small server, and Debian's own daemon where it is installed.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use bounded::{Buffer, Limits};
use inspect::Error;
use inspect::malware::{Inspected, Malware, Options};
use model::{Detail, MalwareClass};
use testkit::Daemon;

fn with_clamd(address: &str) -> Result<Malware, Error> {
    Malware::new(&Options { clamd: Some(address.to_owned()), ..Options::default() })
}

fn look(malware: &Malware, bytes: &[u8]) -> Inspected {
    malware.file(b"opt/file.sh", 0o755, &mut Buffer::from_bytes(bytes.to_vec()), &Limits::default())
}

/// A server that finds `bad`, and breaks off at `long`, as clamd does above its limit.
fn server(version: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), version);
        }
    });
    address
}

fn answer(mut stream: TcpStream, version: &str) {
    let mut command = Vec::new();
    while command.last() != Some(&0) {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        command.push(byte[0]);
    }
    let told = if command == b"zVERSION\0" { version.to_owned() } else { verdict(&mut stream) };
    stream.write_all(format!("{told}\0").as_bytes()).unwrap();
}

fn verdict(stream: &mut TcpStream) -> String {
    let mut content = Vec::new();
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut piece = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
        if piece.is_empty() {
            break;
        }
        stream.read_exact(&mut piece).unwrap();
        content.extend(piece);
        if content.starts_with(b"long") {
            return "INSTREAM size limit exceeded. ERROR".to_owned();
        }
    }
    if content == b"bad" { "stream: Unix.Worm.Test-1 FOUND".to_owned() } else { "stream: OK".to_owned() }
}

#[test]
fn answers_become_facts_and_gaps() {
    let malware = with_clamd(&server("ClamAV 1.4.6/1")).unwrap();
    let found = look(&malware, b"bad");
    assert_eq!((found.facts[0].rule.as_str(), found.facts[0].engine.as_str()), ("Unix.Worm.Test-1", "clamd"));
    let Detail::Malware(detail) = malware.finding(&found.facts[0], true).unwrap().detail else {
        unreachable!()
    };
    assert_eq!((detail.class, detail.family.as_str()), (MalwareClass::Worm, "Test"));
    assert_eq!(look(&malware, b"good"), Inspected::default());
    let long = look(&malware, &[b"long".as_slice(), &[b'x'; 1000]].concat());
    assert!(long.facts.is_empty() && long.gaps[0].why.contains("StreamMaxLength"), "{long:?}");
}

#[test]
fn new_signatures_change_the_version() {
    let version = |told| with_clamd(&server(told)).unwrap().version();
    assert_eq!(version("ClamAV 1.4.6/1"), version("ClamAV 1.4.6/1"));
    assert_ne!(version("ClamAV 1.4.6/1"), version("ClamAV 1.4.6/2"));
}

#[test]
fn a_clamd_that_is_not_there_is_an_error() {
    let closed = format!("127.0.0.1:{}", testkit::free_port());
    for address in [closed.as_str(), "/nowhere/clamd.sock", "no-port"] {
        let error = with_clamd(address).unwrap_err();
        assert!(matches!(error, Error::Service { service: "clamd", .. }), "{error}");
    }
}

#[test]
fn a_clamd_that_goes_away_is_a_gap() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let once = std::thread::spawn(move || answer(listener.accept().unwrap().0, "ClamAV"));
    let malware = with_clamd(&address).unwrap();
    once.join().unwrap();
    let found = look(&malware, b"bad");
    assert!(found.facts.is_empty() && found.gaps[0].why.starts_with("clamd did not look"), "{found:?}");
}

#[test]
fn the_daemon_of_debian_is_understood() {
    let Some(clamd) = testkit::tool("clamd") else { return };
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    std::fs::create_dir(at("db")).unwrap();
    // clamd holds files of a few bytes to be clean, whatever its lists say.
    let (bad, md5) = (b"a bad file for the daemon", "e47034e05bfdc97baedef8d555b0abbe");
    std::fs::write(at("db/test.hdb"), format!("{md5}:{}:Unix.Worm.Test-1\n", bad.len())).unwrap();
    let (socket, database) = (at("socket"), at("db"));
    let settings = format!(
        "Foreground yes\nLocalSocket {}\nDatabaseDirectory {}\nStreamMaxLength 1M\nMaxThreads 2\n",
        socket.display(),
        database.display()
    );
    std::fs::write(at("clamd.conf"), settings).unwrap();
    let mut command = Command::new(clamd);
    command.arg("--config-file").arg(at("clamd.conf"));
    let mut daemon = Daemon::start(command, &at("log"));
    daemon.wait_until(Duration::from_secs(60), || std::os::unix::net::UnixStream::connect(&socket).is_ok());

    let malware = with_clamd(&socket.display().to_string()).unwrap();
    let found = look(&malware, bad);
    assert_eq!(found.facts.len(), 1, "{found:?}");
    assert!(found.facts[0].rule.starts_with("Unix.Worm.Test-1"), "{found:?}");
    assert_eq!(look(&malware, b"good"), Inspected::default());
    let long = look(&malware, &vec![b'x'; 3 << 20]);
    assert!(long.facts.is_empty() && long.gaps[0].why.contains("StreamMaxLength"), "{long:?}");
}
