//! Registries that break, lie and wander, played by this test.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use image::registry::{self, Options};
use image::{Data, Error, Image, Reference};
use testkit::{Blobs, Layer};

/// Answers each request by what a function makes of it, and keeps what was asked.
struct Server {
    host: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What was asked, in lower case, and how often the same path was asked before.
struct Asked<'a> {
    text: &'a str,
    path: &'a str,
    before: usize,
}

impl Asked<'_> {
    fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

impl Server {
    fn new(answer: impl Fn(&Asked<'_>) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &heard, &answer);
            }
        });
        Self { host, asked }
    }

    fn open(&self, name: &str, options: Options) -> Result<Vec<Image>, Error> {
        let reference = Reference::parse(&format!("{}/{name}", self.host)).unwrap();
        let net =
            net::Options { read_timeout: Duration::from_secs(1), retries: 0, ..net::Options::default() };
        registry::open(&reference, &"linux/amd64".parse().unwrap(), &Options { net, ..options })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, heard: &Mutex<Vec<String>>, answer: &impl Fn(&Asked<'_>) -> Vec<u8>) {
    let text = head(&mut stream);
    if text.starts_with('\u{16}') {
        // A TLS greeting, which a plain server does not understand. The other side may be gone already.
        return stream.write_all(&reply("400 Bad Request", "", b"")).unwrap_or_default();
    }
    let path = text.split(' ').nth(1).unwrap().to_owned();
    let mut heard = heard.lock().unwrap();
    let before = heard.iter().filter(|past| past.split(' ').nth(1) == Some(&path)).count();
    let bytes = answer(&Asked { text: &text, path: &path, before });
    heard.push(text);
    drop(heard);
    stream.write_all(&bytes).unwrap_or_default();
    if bytes.ends_with(b"STALL") {
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(10));
            drop(stream);
        });
    }
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
        if head == [0x16] {
            break;
        }
    }
    String::from_utf8_lossy(&head).to_ascii_lowercase()
}

fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn json(text: &str) -> Vec<u8> {
    reply("200 OK", "Content-Type: application/json\r\n", text.as_bytes())
}

fn not_found() -> Vec<u8> {
    reply(
        "404 Not Found",
        "",
        b"{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}",
    )
}

fn bearer(realm: &str) -> Vec<u8> {
    let challenge = format!("WWW-Authenticate: Bearer realm=\"{realm}\",service=\"shop registry\"\r\n");
    reply("401 Unauthorized", &challenge, b"")
}

/// What an honest registry answers.
fn honest(blobs: &Blobs, path: &str) -> Vec<u8> {
    if path.contains("/manifests/") {
        let kind = format!("Content-Type: {}\r\n", blobs.manifest.media_type);
        return reply("200 OK", &kind, &blobs.manifest.bytes);
    }
    match blobs.all().into_iter().find(|blob| path.ends_with(&blob.digest)) {
        Some(blob) => reply("200 OK", "", &blob.bytes),
        None => not_found(),
    }
}

/// An image with one layer of bytes that do not shrink.
fn shop() -> Blobs {
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    let noise: Vec<u8> = noise.take(200_000).collect();
    testkit::Image::new("shop:1").layer(Layer::new().file("noise", noise)).blobs()
}

fn layer_of(blobs: &Blobs) -> &testkit::Blob {
    blobs.layers.first().unwrap()
}

fn read(image: &Image) -> std::io::Result<Vec<u8>> {
    let Data::Blob(blob) = &image.layers.first().unwrap().data else { unreachable!("it is a blob") };
    let mut bytes = Vec::new();
    blob.open().unwrap().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |cause| (*cause).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn as_user() -> Options {
    let (username, password) = (Some("tester".to_owned()), Some("correct-horse".to_owned()));
    Options { username, password, ..Options::default() }
}

#[test]
fn gets_a_token_and_another_when_it_expires() {
    let tokens = Server::new(|asked| {
        let key = if asked.before == 0 { "token" } else { "access_token" };
        json(&format!("{{\"{key}\":\"number-{}\",\"expires_in\":1}}", asked.before))
    });
    let realm = format!("http://{}/token", tokens.host);
    let blobs = shop();
    let answers = blobs.clone();
    let registry = Server::new(move |asked| {
        let layer = asked.path.ends_with(&layer_of(&answers).digest);
        let wanted = if layer { "authorization: bearer number-1" } else { "authorization: bearer number-0" };
        if asked.has(wanted) { honest(&answers, asked.path) } else { bearer(&realm) }
    });
    let image = registry.open("shop:1", as_user()).unwrap().remove(0);
    assert_eq!(read(&image).unwrap(), blobs.layers[0].bytes);
    let asked = tokens.asked();
    assert_eq!(asked.len(), 2);
    for asked in asked {
        assert!(
            asked.starts_with("get /token?scope=repository%3ashop%3apull&service=shop%20registry "),
            "{asked}"
        );
        // `tester:correct-horse`
        assert!(asked.contains("authorization: basic dgvzdgvyomnvcnjly3qtag9yc2u="), "{asked}");
    }
    assert!(registry.asked().iter().all(|asked| !asked.contains("basic")));
}

#[test]
fn a_stranger_gets_a_token_without_a_credential() {
    let tokens = Server::new(|_| json("{\"token\":\"t\"}"));
    let realm = format!("http://{}/token?account=x", tokens.host);
    let blobs = shop();
    let registry =
        Server::new(
            move |asked| {
                if asked.has("bearer t") { honest(&blobs, asked.path) } else { bearer(&realm) }
            },
        );
    assert_eq!(registry.open("shop:1", Options::default()).unwrap().len(), 1);
    let asked = tokens.asked().remove(0);
    assert!(asked.starts_with("get /token?account=x&scope=") && !asked.contains("authorization"), "{asked}");
}

#[test]
fn a_login_token_is_handed_to_the_token_server_alone() {
    let tokens = Server::new(|_| json("{\"access_token\":\"t\"}"));
    let realm = format!("http://{}/token", tokens.host);
    let blobs = shop();
    let registry =
        Server::new(
            move |asked| {
                if asked.has("bearer t") { honest(&blobs, asked.path) } else { bearer(&realm) }
            },
        );
    let config = tempfile::NamedTempFile::new().unwrap();
    // `me:`
    let text =
        format!("{{\"auths\":{{\"{}\":{{\"auth\":\"bWU6\",\"identitytoken\":\"secret\"}}}}}}", registry.host);
    std::fs::write(config.path(), text).unwrap();
    let options = Options { docker_configs: vec![config.path().to_owned()], ..Options::default() };
    assert_eq!(registry.open("shop:1", options).unwrap().len(), 1);
    assert!(tokens.asked()[0].starts_with("post /token "));
    assert!(registry.asked().iter().all(|asked| !asked.contains("secret")));
}

#[test]
fn a_password_the_token_server_refuses_is_said_to_be_wrong() {
    let tokens =
        Server::new(|_| reply("401 Unauthorized", "", b"{\"details\":\"incorrect username or password\"}"));
    let realm = format!("http://{}/token", tokens.host);
    let registry = Server::new(move |_| bearer(&realm));
    let error = told(&registry.open("shop:1", as_user()).unwrap_err());
    assert!(
        error.contains("401: incorrect username or password\nhint: check the user name `tester`"),
        "{error}"
    );
}

#[test]
fn tells_no_password_over_plain_http() {
    let registry = Server::new(|_| bearer("http://tokens.example/token"));
    let error = told(&registry.open("shop:1", as_user()).unwrap_err());
    assert!(error.contains("credentials are not sent over plain http to another machine"), "{error}");
    let registry = Server::new(|_| bearer("file:///etc/passwd"));
    assert!(matches!(registry.open("shop:1", Options::default()), Err(Error::Format { .. })));
}

#[test]
fn a_redirect_to_storage_carries_no_credential() {
    let blobs = shop();
    let stored = blobs.clone();
    let storage = Server::new(move |asked| honest(&stored, asked.path.split('?').next().unwrap()));
    // The same machine under another name is another host.
    let port = storage.host.rsplit(':').next().unwrap().to_owned();
    let answers = blobs.clone();
    let registry = Server::new(move |asked| {
        if !asked.has("authorization: basic") {
            return reply("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n", b"");
        }
        if asked.path.contains("/blobs/") {
            let place = format!("Location: http://localhost:{port}{}?signature=1\r\n", asked.path);
            return reply("307 Temporary Redirect", &place, b"");
        }
        honest(&answers, asked.path)
    });
    let image = registry.open("shop:1", as_user()).unwrap().remove(0);
    assert_eq!(read(&image).unwrap(), blobs.layers[0].bytes);
    let asked = storage.asked();
    assert!(asked.len() == 2 && asked.iter().all(|asked| !asked.contains("authorization")));
}

/// A registry whose first transfer of the layer breaks in the middle.
fn breaking(blobs: Blobs, ranges: bool) -> Server {
    Server::new(move |asked| {
        let layer = layer_of(&blobs);
        if !asked.path.ends_with(&layer.digest) {
            return honest(&blobs, asked.path);
        }
        let mut whole = reply("200 OK", "", &layer.bytes);
        if asked.before == 0 {
            whole.truncate(whole.len() / 2);
        }
        let start = asked.text.split("range: bytes=").nth(1).and_then(|range| range.split('-').next());
        match start.map(|start| start.parse().unwrap()) {
            Some(start) if ranges => {
                let rest: &[u8] = layer.bytes.get(start..).unwrap();
                let range = format!("Content-Range: bytes {start}-{}/*\r\n", layer.bytes.len() - 1);
                reply("206 Partial Content", &range, rest)
            }
            _ => whole,
        }
    })
}

#[test]
fn a_broken_transfer_is_taken_up_where_it_broke() {
    for ranges in [true, false] {
        let blobs = shop();
        let server = breaking(blobs.clone(), ranges);
        let image = server.open("shop:1", Options::default()).unwrap().remove(0);
        assert_eq!(read(&image).unwrap(), blobs.layers[0].bytes);
        assert!(server.asked().last().unwrap().contains("range: bytes="));
    }
}

#[test]
fn a_transfer_that_breaks_again_and_again_ends() {
    let blobs = shop();
    let server = Server::new(move |asked| {
        let mut answer = honest(&blobs, asked.path);
        if asked.path.ends_with(&layer_of(&blobs).digest) {
            answer.truncate(1000);
        }
        answer
    });
    let image = server.open("shop:1", Options::default()).unwrap().remove(0);
    let error = told(&read(&image).unwrap_err());
    assert!(error.contains("broke"), "{error}");
    assert!(server.asked().len() < 10);
}

#[test]
fn a_silent_registry_is_left() {
    let start = Instant::now();
    let server = Server::new(|_| b"HTTP/1.1 200 OK\r\nX-STALL".to_vec());
    let error = told(&server.open("shop:1", Options::default()).unwrap_err());
    assert!(error.contains("did not answer in time"), "{error}");
    let blobs = shop();
    let server = Server::new(move |asked| {
        if asked.path.ends_with(&layer_of(&blobs).digest) {
            return b"HTTP/1.1 200 OK\r\nContent-Length: 150000\r\n\r\nSTALL".to_vec();
        }
        honest(&blobs, asked.path)
    });
    let image = server.open("shop:1", Options::default()).unwrap().remove(0);
    let error = told(&read(&image).unwrap_err());
    assert!(error.contains("did not answer in time"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// Opens an image whose manifest is this.
fn with_manifest(manifest: &str) -> (Server, Result<Vec<Image>, Error>) {
    let blobs = shop();
    let text = manifest.replace("LAYER", &layer_of(&blobs).digest).replace("CONFIG", &blobs.config.digest);
    let server = Server::new(move |asked| {
        if asked.path.contains("/manifests/") { json(&text) } else { honest(&blobs, asked.path) }
    });
    let opened = server.open("shop:1", Options::default());
    (server, opened)
}

#[test]
fn sizes_that_lie_are_found_out() {
    for (size, why) in [(10, "larger than the 10 bytes"), (99_999_999, "of the 99999999 bytes")] {
        let layer = format!("{{\"digest\":\"LAYER\",\"size\":{size}}}");
        let manifest = format!("{{\"config\":{{\"digest\":\"CONFIG\"}},\"layers\":[{layer}]}}");
        let (_server, opened) = with_manifest(&manifest);
        let error = told(&read(&opened.unwrap()[0]).unwrap_err());
        assert!(error.contains(why), "{error}");
    }
    let (_server, opened) = with_manifest(&" ".repeat(5 << 20));
    let error = told(&opened.unwrap_err());
    assert!(error.contains("larger than 4194304 bytes"), "{error}");
}

#[test]
fn documents_that_are_no_images_are_refused() {
    let index = "application/vnd.oci.image.index.v1+json";
    let chart = "application/vnd.cncf.helm.config.v1+json";
    let table = [
        ("{\"schemaVersion\":1,\"fsLayers\":[]}".to_owned(), "schema 1"),
        ("{\"manifests\":[],\"layers\":[]}".to_owned(), "an index and a manifest at once"),
        (format!("{{\"mediaType\":\"{index}\",\"layers\":[]}}"), "does not fit"),
        (format!("{{\"config\":{{\"digest\":\"CONFIG\",\"mediaType\":\"{chart}\"}}}}"), "no container image"),
        ("<html>".to_owned(), "cannot understand manifest"),
        ("{\"config\":{\"digest\":\"sha256:../../x\"}}".to_owned(), "not a sha256 digest"),
    ];
    for (manifest, why) in table {
        let (_server, opened) = with_manifest(&manifest);
        let error = told(&opened.unwrap_err());
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_layer_the_registry_may_not_distribute_is_absent() {
    let kind = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    let digest = format!("sha256:{}", "c".repeat(64));
    let layer =
        format!("{{\"mediaType\":\"{kind}\",\"urls\":[\"https://x.example/\"],\"digest\":\"{digest}\"}}");
    let (_server, opened) =
        with_manifest(&format!("{{\"config\":{{\"digest\":\"CONFIG\"}},\"layers\":[{layer}]}}"));
    let image = opened.unwrap().remove(0);
    assert!(matches!(&image.layers[0].data, Data::Absent(why) if why.contains("is not distributed")));
}

#[test]
fn a_document_of_another_digest_is_corrupted() {
    let blobs = shop();
    let answers = blobs.clone();
    let server = Server::new(move |asked| honest(&answers, asked.path));
    let name = format!("shop@sha256:{}", testkit::sha256_hex("other"));
    let error = server.open(&name, Options::default()).unwrap_err();
    assert!(matches!(error, Error::Digest { .. }), "{error}");
    let server = Server::new(move |asked| {
        if asked.path.ends_with(&blobs.config.digest) { json("{}") } else { honest(&blobs, asked.path) }
    });
    let error = server.open("shop:1", Options::default()).unwrap_err();
    assert!(matches!(error, Error::Digest { .. }), "{error}");
}

#[test]
fn indexes_within_indexes_end() {
    // Each names the next by its true digest, so only the depth is wrong.
    let mut documents = vec!["{\"schemaVersion\":2,\"manifests\":[]}".to_owned()];
    for _ in 0..20 {
        let digest = testkit::sha256_hex(documents.last().unwrap());
        documents.push(format!("{{\"manifests\":[{{\"digest\":\"sha256:{digest}\"}}]}}"));
    }
    let server = Server::new(move |asked| {
        let named = documents.iter().find(|text| asked.path.ends_with(&testkit::sha256_hex(text)));
        json(named.or(documents.last()).unwrap())
    });
    let error = told(&server.open("shop:1", Options::default()).unwrap_err());
    assert!(error.contains("nested too deep"), "{error}");
    assert!(server.asked().len() < 10);
}

#[test]
fn a_missing_image_is_said_in_the_words_of_the_registry() {
    let server = Server::new(|_| not_found());
    let error = server.open("shop:1", Options::default()).unwrap_err();
    let host = &server.host;
    let expected = format!("cannot find image `shop:1` in registry `{host}`: manifest unknown");
    assert_eq!(error.to_string(), expected);
}
