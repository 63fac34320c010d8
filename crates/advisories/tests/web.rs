//! A mirror on the web, played by this test.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

use advisories::{Mirror, Sources, Updated};

type Files = HashMap<&'static str, Vec<u8>>;

/// Serves files with their length as fingerprint, and keeps what was asked and how it was answered.
fn serve(files: Files) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap();
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, body) = match files.get(path.as_str()) {
                None => ("404 Not Found", &Vec::new()),
                Some(body) if head.contains(&format!("\"{}\"", body.len())) => {
                    ("304 Not Modified", &Vec::new())
                }
                Some(body) => ("200 OK", body),
            };
            heard.lock().unwrap().push(format!("{path} {}", status.split(' ').next().unwrap()));
            let (length, tag) = (body.len(), files.get(path.as_str()).map_or(0, Vec::len));
            write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\nETag: \"{tag}\"\r\nContent-Length: {length}\r\n\r\n")
                .unwrap();
            stream.write_all(body).unwrap();
        }
    });
    (url, asked)
}

#[test]
fn a_web_mirror_is_read_archive_by_archive_and_only_where_it_changed() {
    let record = |ecosystem: &str| {
        format!(
            r#"{{"id":"A-1","modified":"2024-01-01T00:00:00Z","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"a"}},"versions":["1"]}}]}}"#
        )
    };
    let (rocky, pypi) = (record("Rocky Linux:9"), record("PyPI"));
    let files = HashMap::from([
        ("/ecosystems.txt", b"PyPI\nRocky Linux\nRocky Linux:9\nGone\n../etc\n".to_vec()),
        (
            "/feeds/epss/epss_scores-current.csv.gz",
            b"cve,epss,percentile\nCVE-2021-44228,0.94358,0.99957\n".to_vec(),
        ),
        ("/PyPI/all.zip", testkit::zip(&[("A-1.json", pypi.as_bytes())])),
        (
            "/Rocky%20Linux/all.zip",
            testkit::zip(&[("A-1.json", rocky.as_bytes()), ("README.md", b"no record")]),
        ),
    ]);
    let (url, asked) = serve(files);
    let options = net::Options { bypass_proxy: true, retries: 0, ..net::Options::default() };
    let mirror = Mirror::named(&format!("{url}/"), &options).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let update = || -> Updated {
        let mut sources = Sources::of(&mirror);
        sources.feeds.retain(|feed| feed.name == "epss");
        advisories::update(scratch.path(), &sources, &|_progress| {}).unwrap()
    };
    let first = update();
    let segments: Vec<&str> =
        first.manifest.segments.iter().map(|segment| segment.ecosystem.as_str()).collect();
    assert_eq!(segments, ["PyPI", "Rocky Linux:9"]);
    assert_eq!(first.failures.len(), 1);
    assert_eq!(first.failures[0].0, "Gone");
    assert_eq!(first.manifest.kev, None);
    assert_eq!(first.manifest.epss.as_ref().unwrap().entries, 1);
    asked.lock().unwrap().clear();
    let second = update();
    assert_eq!(second.manifest.segments, first.manifest.segments);
    assert_eq!(
        *asked.lock().unwrap(),
        [
            "/ecosystems.txt 200",
            "/Gone/all.zip 404",
            "/PyPI/all.zip 304",
            "/Rocky%20Linux/all.zip 304",
            "/feeds/epss/epss_scores-current.csv.gz 304",
            "/known_exploited_vulnerabilities.json 404"
        ]
    );
}
