//! Blobs whose transfer breaks, lies, drips or never ends.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use image::registry::{self, Options};
use image::{Data, Error, Image, Reference};
use model::Failure;
use proptest::prelude::*;
use testkit::{Answer, Asked, Blobs, Layer, WebServer};

fn options() -> Options {
    let slowest = Some(net::Speed { bytes: 1000, within: Duration::from_secs(1) });
    let read_timeout = Duration::from_secs(1);
    let net = net::Options { retries: 0, read_timeout, slowest, ..net::Options::default() };
    Options { net, ..Options::default() }
}

fn open(host: &str, options: &Options) -> Image {
    let reference = Reference::parse(&format!("{host}/shop:1")).unwrap();
    registry::open(&reference, &"linux/amd64".parse().unwrap(), options).unwrap().remove(0)
}

/// The bytes of the one layer, or the code of what went wrong with them.
fn read(image: &Image) -> Result<Vec<u8>, (Failure, String)> {
    let Data::Blob(blob) = &image.layers.first().unwrap().data else { unreachable!("it is a blob") };
    let mut bytes = Vec::new();
    let read = blob.open().unwrap().read_to_end(&mut bytes);
    let failed = |error: std::io::Error| {
        let told = error.to_string();
        let source = bounded::Error::from_io(error);
        (Error::Content { what: "layer".to_owned(), source }.failure(), told)
    };
    read.map(|_| bytes).map_err(failed)
}

/// An image with one layer of bytes that do not shrink, three megabytes of them.
fn shop() -> Arc<Blobs> {
    static SHOP: OnceLock<Arc<Blobs>> = OnceLock::new();
    let build = || {
        let mut state = 1_u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()
        });
        let noise: Vec<u8> = noise.take(750_000).flatten().collect();
        Arc::new(testkit::Image::new("shop:1").layer(Layer::new().file("noise", noise)).blobs())
    };
    Arc::clone(SHOP.get_or_init(build))
}

fn layer() -> Vec<u8> {
    shop().layers.first().unwrap().bytes.clone()
}

fn is_layer(path: &str) -> bool {
    path.ends_with(&shop().layers.first().unwrap().digest)
}

fn honest(path: &str) -> Answer {
    let blobs = shop();
    if path.contains("/manifests/") {
        let kind = blobs.manifest.media_type.clone();
        return Answer::new(200, blobs.manifest.bytes.clone()).header("Content-Type", kind);
    }
    let found = blobs.all().into_iter().find(|blob| path.ends_with(&blob.digest)).unwrap().bytes.clone();
    Answer::new(200, found)
}

/// The layer from where it is asked for.
fn part(asked: &Asked, ranges: bool) -> Answer {
    let bytes = layer();
    let start = asked.header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
    match start.map(|start| start.parse::<usize>().unwrap()) {
        Some(start) if ranges => {
            let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
            Answer::new(206, bytes.get(start..).unwrap()).header("Content-Range", range)
        }
        _ => Answer::new(200, bytes),
    }
}

/// A registry whose transfers of the layer are cut after so many bytes each, and then no more.
fn cutting(cuts: Vec<usize>, ranges: bool) -> WebServer {
    WebServer::start(move |asked| {
        if !is_layer(&asked.path) {
            return honest(&asked.path);
        }
        let answer = part(asked, ranges);
        if let Some(cut) = cuts.get(asked.before) { answer.cut(*cut) } else { answer }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, ..ProptestConfig::default() })]

    /// Wherever the connection is cut, what comes out is what was stored.
    #[test]
    fn a_transfer_cut_at_any_byte_goes_on(
        cuts in prop::collection::vec((prop::collection::vec(0_usize..3_000_000, 1..=2), any::<bool>()), 8),
    ) {
        std::thread::scope(|scope| {
            for (cuts, ranges) in cuts {
                scope.spawn(move || {
                    let server = cutting(cuts.clone(), ranges);
                    assert!(read(&open(&server.host, &options())).unwrap() == layer(), "{cuts:?} {ranges}");
                });
            }
        });
    }
}

#[test]
fn a_transfer_cut_at_its_edges_goes_on() {
    let whole = layer().len();
    for cuts in [vec![0], vec![1], vec![whole - 1], vec![0, 0, 0], vec![1 << 20, 1 << 20]] {
        for ranges in [true, false] {
            let server = cutting(cuts.clone(), ranges);
            assert!(read(&open(&server.host, &options())).unwrap() == layer(), "{cuts:?} {ranges}");
        }
    }
}

#[test]
fn a_transfer_that_always_breaks_ends() {
    for ranges in [true, false] {
        let server = cutting(vec![1000; 1000], ranges);
        let (failure, told) = read(&open(&server.host, &options())).unwrap_err();
        assert_eq!(failure, Failure::DownloadFailed, "{told}");
        assert!(server.asked().len() < 10);
    }
}

#[test]
fn a_registry_that_begins_anew_each_time_is_left() {
    let blobs = shop();
    let layer = format!("{{\"digest\":\"{}\",\"size\":100000000}}", blobs.layers.first().unwrap().digest);
    let manifest = format!("{{\"config\":{{\"digest\":\"{}\"}},\"layers\":[{layer}]}}", blobs.config.digest);
    let server = WebServer::start(move |asked| match asked.path.as_str() {
        // It gets on by a megabyte each time, by giving all that came before again.
        path if is_layer(path) => Answer::new(200, vec![7; 20_000_000]).cut((asked.before + 1) * 1_100_000),
        path if path.contains("/manifests/") => Answer::json(manifest.clone()),
        path => honest(path),
    });
    let (failure, told) = read(&open(&server.host, &options())).unwrap_err();
    assert_eq!(failure, Failure::DownloadFailed, "{told}");
    assert!(told.contains("cannot go on in the middle"), "{told}");
    assert!(server.asked().iter().filter(|asked| is_layer(&asked.path)).count() <= 7);
}

#[test]
fn a_transfer_goes_on_through_a_redirect_without_the_credential() {
    let storage = WebServer::start(|asked| {
        let answer = if is_layer(&asked.path) { part(asked, true) } else { honest(&asked.path) };
        if is_layer(&asked.path) && asked.before < 2 { answer.cut(1_000_000) } else { answer }
    });
    let port = storage.host.rsplit(':').next().unwrap().to_owned();
    let server = WebServer::start(move |asked| {
        if asked.header("authorization").is_none() {
            return Answer::new(401, "").header("WWW-Authenticate", "Basic realm=\"x\"");
        }
        if asked.path.contains("/blobs/") {
            let target = format!("http://localhost:{port}{}?signature=1", asked.path);
            return Answer::new(307, "").header("Location", target);
        }
        honest(&asked.path)
    });
    let (username, password) = (Some("tester".to_owned()), Some("word".to_owned()));
    let image = open(&server.host, &Options { username, password, ..options() });
    assert!(read(&image).unwrap() == layer());
    let asked = storage.asked();
    assert!(asked.iter().filter(|asked| asked.header("range").is_some()).count() == 2);
    assert!(asked.iter().all(|asked| asked.header("authorization").is_none()));
}

#[test]
fn a_blob_that_goes_away_between_two_parts_is_gone() {
    let server = WebServer::start(|asked| match asked.before {
        0 if is_layer(&asked.path) => part(asked, true).cut(1000),
        _ if is_layer(&asked.path) => Answer::not_found(),
        _ => honest(&asked.path),
    });
    let (failure, told) = read(&open(&server.host, &options())).unwrap_err();
    assert_eq!(failure, Failure::NotFound, "{told}");
}

#[test]
fn a_part_of_another_place_is_refused() {
    for range in ["bytes 2000-3000000/3000000", "nonsense", "bytes 1001-5/6"] {
        let server = WebServer::start(move |asked| match asked.before {
            0 if is_layer(&asked.path) => part(asked, true).cut(1000),
            _ if is_layer(&asked.path) => Answer::new(206, layer()).header("Content-Range", range),
            _ => honest(&asked.path),
        });
        let (failure, told) = read(&open(&server.host, &options())).unwrap_err();
        assert_eq!(failure, Failure::InvalidContent, "{told}");
        assert!(told.contains("continues it at another place"), "{told}");
    }
}

/// A registry that writes the layer as a function does, on a connection that it then closes.
fn raw(write: impl Fn(&mut TcpStream, usize) -> std::io::Result<()> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let storage = listener.local_addr().unwrap();
    let (write, times) = (Arc::new(write), Arc::new(AtomicUsize::new(0)));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, write, times) = (stream.unwrap(), Arc::clone(&write), Arc::clone(&times));
            std::thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                // Who asked may have had enough.
                write(&mut stream, times.fetch_add(1, Ordering::SeqCst)).unwrap_or_default();
            });
        }
    });
    let server = WebServer::start(move |asked| {
        if is_layer(&asked.path) {
            return Answer::new(307, "").header("Location", format!("http://{storage}{}", asked.path));
        }
        honest(&asked.path)
    });
    let host = server.host.clone();
    drop(server);
    host
}

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

#[test]
fn an_answer_of_no_told_length_that_ends_early_is_a_break() {
    let host = raw(|stream, time| {
        let bytes = layer();
        stream.write_all(HEAD)?;
        stream.write_all(if time == 0 { bytes.get(..1000).unwrap() } else { &bytes })
    });
    assert!(read(&open(&host, &options())).unwrap() == layer());
    let host = raw(|stream, _| {
        stream.write_all(HEAD)?;
        stream.write_all(layer().get(..1000).unwrap())
    });
    let (failure, told) = read(&open(&host, &options())).unwrap_err();
    assert_eq!(failure, Failure::InvalidContent);
    assert!(told.contains("it ends after 1000 of the"), "{told}");
}

#[test]
fn an_answer_that_never_ends_is_cut_off() {
    let start = Instant::now();
    let host = raw(|stream, _| {
        stream.write_all(HEAD)?;
        loop {
            stream.write_all(&[7; 65536])?;
        }
    });
    let (failure, told) = read(&open(&host, &options())).unwrap_err();
    assert_eq!(failure, Failure::InvalidContent);
    assert!(told.contains("it is larger than the"), "{told}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn an_answer_that_drips_is_left() {
    let start = Instant::now();
    let host = raw(|stream, _| {
        stream.write_all(HEAD)?;
        loop {
            stream.write_all(b"x")?;
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let (failure, told) = read(&open(&host, &options())).unwrap_err();
    assert_eq!(failure, Failure::TimedOut);
    assert!(told.contains("is too slow"), "{told}");
    assert!(start.elapsed() < Duration::from_secs(20));
}
