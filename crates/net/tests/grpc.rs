//! gRPC calls to servers of the test's own, most of which do not behave.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::server::SendResponse;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use net::Error;
use net::grpc::{Client, Method, Options};

type Pairs = &'static [(&'static str, &'static str)];

/// What a server answers to every call.
#[derive(Clone, Default)]
struct Script {
    status: u16,
    headers: Pairs,
    body: Vec<Bytes>,
    /// Without them, the answer has no end.
    trailers: Option<Pairs>,
}

fn says(body: &[&[u8]], trailers: Pairs) -> Script {
    let body = body.iter().map(|part| Bytes::copy_from_slice(part)).collect();
    Script { status: 200, headers: &[], body, trailers: Some(trailers) }
}

const DONE: Pairs = &[("grpc-status", "0")];
/// A message that holds one text.
const HELLO: &[u8] = b"\0\0\0\0\x07\x0a\x05hello";

#[derive(Clone, PartialEq, prost::Message)]
struct Text {
    #[prost(string, tag = "1")]
    text: String,
}

struct Server {
    _scratch: tempfile::TempDir,
    socket: PathBuf,
}

impl Server {
    /// Serves in a thread that ends with the test program.
    fn start(script: Script) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let socket = scratch.path().join("sock");
        let listener = UnixListener::bind(&socket).unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                stream.set_nonblocking(true).unwrap();
                runtime.block_on(serve(stream, &script));
            }
        });
        Self { _scratch: scratch, socket }
    }

    fn client(&self) -> Client {
        let options =
            Options { patience: Duration::from_millis(400), message_bytes: 1000, message_fields: 300 };
        Client::connect(&self.socket, options).unwrap()
    }
}

async fn serve(stream: std::os::unix::net::UnixStream, script: &Script) {
    let stream = tokio::net::UnixStream::from_std(stream).unwrap();
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, respond))) = connection.accept().await {
        tokio::spawn(answer(request, respond, script.clone()));
    }
}

async fn answer(request: Request<h2::RecvStream>, mut respond: SendResponse<Bytes>, script: Script) {
    let header = |name: &str| request.headers().get(name).unwrap().clone();
    assert_eq!(
        (header("te"), header("content-type")),
        ("trailers".parse().unwrap(), "application/grpc".parse().unwrap())
    );
    let mut head = Response::builder().status(script.status);
    for (name, value) in script.headers {
        head = head.header(*name, *value);
    }
    let only = script.headers.iter().any(|(name, _)| *name == "grpc-status");
    let mut sending = respond.send_response(head.body(()).unwrap(), only).unwrap();
    if only {
        return;
    }
    for part in script.body {
        sending.send_data(part, false).unwrap();
    }
    let Some(trailers) = script.trailers else { return std::future::pending().await };
    let pairs =
        trailers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    sending.send_trailers(pairs.collect::<HeaderMap>()).unwrap();
}

fn ask(script: Script) -> Result<Text, Error> {
    let method = Method { path: "/test.Texts/Get", metadata: &[("containerd-namespace", "k8s.io")] };
    Server::start(script).client().call(method, &Text { text: "?".to_owned() })
}

#[test]
fn calls_and_reads_streams() {
    assert_eq!(ask(says(&[HELLO], DONE)).unwrap().text, "hello");
    // However the server cuts its messages.
    assert_eq!(ask(says(&[&HELLO[..3], b"", &HELLO[3..]], DONE)).unwrap().text, "hello");
    let server = Server::start(says(&[HELLO, &[HELLO, HELLO].concat()], DONE));
    let method = Method { path: "/test.Texts/List", metadata: &[] };
    let mut stream = server.client().stream::<Text>(method, &Text::default()).unwrap();
    let mut count = 0;
    while let Some(text) = stream.next(Duration::from_secs(5)).unwrap() {
        assert_eq!(text.text, "hello");
        count += 1;
    }
    assert_eq!(count, 3);
    assert_eq!(stream.next(Duration::from_secs(5)).unwrap(), None);
}

#[test]
fn refusals_have_the_name_of_their_status() {
    let early = Script { headers: &[("grpc-status", "5"), ("grpc-message", "gone")], ..says(&[], DONE) };
    let error = ask(early).unwrap_err();
    assert!(error.is_refusal("NOT_FOUND") && error.to_string().ends_with("NOT_FOUND: gone"), "{error}");
    // `details` are not base64; what a server says is cleaned.
    let late: Pairs =
        &[("grpc-status", "7"), ("grpc-message", "no%1B[31m %E4%BD%A0"), ("grpc-status-details-bin", "!")];
    let error = ask(says(&[HELLO], late)).unwrap_err();
    assert_eq!(error.to_string(), "/test.Texts/Get was refused with PERMISSION_DENIED: no [31m 你");
}

#[test]
fn rejects_answers_that_are_none() {
    let no_status = says(&[HELLO], &[("x", "y")]);
    let nothing = says(&[], DONE);
    let twice = says(&[HELLO, HELLO], DONE);
    let cut = says(&[&HELLO[..9]], DONE);
    let compressed = says(&[b"\x01\0\0\0\0"], DONE);
    let no_message = says(&[b"\0\0\0\0\x02\x0a\x05"], DONE);
    let page = Script { status: 404, ..says(&[b"<html>"], DONE) };
    let head: &[u8] = b"\0\0\0\x03\x20";
    let dense = says(&[head, &[0x12, 0].repeat(400)], DONE);
    for script in [dense, no_status, nothing, twice, cut, compressed, no_message, page] {
        let error = ask(script).unwrap_err();
        assert!(matches!(error, Error::Answer { .. }), "{error}");
    }
    let error = ask(says(&[b"\0\0\0\x04\0"], DONE)).unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 1000, .. }), "{error}");
}

#[test]
fn waits_no_longer_than_told() {
    let begun = Instant::now();
    let endless = Script { trailers: None, ..says(&[HELLO], DONE) };
    let error = ask(endless.clone()).unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");

    // Somebody who listens and does not even accept.
    let scratch = tempfile::tempdir().unwrap();
    let socket = scratch.path().join("silent");
    let listener = UnixListener::bind(&socket).unwrap();
    let options = Options { patience: Duration::from_millis(400), ..Options::default() };
    let method = Method { path: "/test.Texts/Get", metadata: &[] };
    let error = Client::connect(&socket, options)
        .and_then(|client| client.call::<Text>(method, &Text::default()))
        .unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    drop(listener);
    assert!(begun.elapsed() < Duration::from_secs(5));

    // A stream can be asked again after a wait.
    let server = Server::start(endless);
    let mut stream = server.client().stream::<Text>(method, &Text::default()).unwrap();
    assert_eq!(stream.next(Duration::from_secs(5)).unwrap().unwrap().text, "hello");
    for _ in 0..3 {
        assert!(matches!(stream.next(Duration::from_millis(50)), Err(Error::Timeout { .. })));
    }
}
