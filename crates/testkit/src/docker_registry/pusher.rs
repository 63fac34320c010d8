use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use crate::Blob;

/// One connection to a registry, over which images are pushed.
pub(super) struct Pusher {
    stream: BufReader<TcpStream>,
    host: String,
}

struct Response {
    status: u16,
    location: String,
    body: String,
}

impl Pusher {
    pub(super) fn connect(host: &str) -> Self {
        let stream = TcpStream::connect(host).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream), host: host.to_owned() }
    }

    pub(super) fn upload(&mut self, repository: &str, blob: &Blob) {
        let place = self.ask(202, "POST", &format!("/v2/{repository}/blobs/uploads/"), "", b"").location;
        // The address is told in full; this connection leads to it.
        let place = place.split_once("/v2/").unwrap().1.to_owned();
        let target = format!("/v2/{place}&digest={}", blob.digest);
        self.ask(201, "PUT", &target, "application/octet-stream", &blob.bytes);
    }

    pub(super) fn mount(&mut self, repository: &str, from: &str, blob: &Blob) {
        let target = format!("/v2/{repository}/blobs/uploads/?mount={}&from={from}", blob.digest);
        self.ask(201, "POST", &target, "", b"");
    }

    pub(super) fn manifest(&mut self, repository: &str, target: &str, manifest: &Blob) {
        let path = format!("/v2/{repository}/manifests/{target}");
        self.ask(201, "PUT", &path, &manifest.media_type, &manifest.bytes);
    }

    pub(super) fn delete(&mut self, path: &str) {
        self.ask(202, "DELETE", &format!("/v2/{path}"), "", b"");
    }

    fn ask(&mut self, expected: u16, method: &str, target: &str, media_type: &str, body: &[u8]) -> Response {
        let kind =
            if media_type.is_empty() { String::new() } else { format!("Content-Type: {media_type}\r\n") };
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\n{kind}Content-Length: {}\r\n\r\n",
            self.host,
            body.len()
        );
        self.stream.get_mut().write_all(&[head.as_bytes(), body].concat()).unwrap();
        let response = self.response();
        assert_eq!(response.status, expected, "{method} {target}: {}", response.body);
        response
    }

    fn response(&mut self) -> Response {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).expect("a status line").parse().unwrap();
        let (mut location, mut length) = (String::new(), 0);
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "location" => value.clone_into(&mut location),
                "content-length" => length = value.parse().unwrap(),
                "transfer-encoding" => panic!("a registry that answers in chunks"),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        Response { status, location, body: String::from_utf8_lossy(&body).into_owned() }
    }
}
