//! Images and containers in a real containerd, which each test starts for itself and without a network.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure is a failed test")]

mod containers;
mod images;
mod pods;
mod server;

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::{Duration, Instant};

use image::Error;
use image::containerd::Engine;

#[test]
fn says_what_to_do_about_a_missing_containerd() {
    let scratch = tempfile::tempdir().unwrap();
    let told = |socket: &Path| {
        let error = Engine::connect(socket).unwrap_err();
        format!("{error}: {}", std::error::Error::source(&error).unwrap())
    };
    let error = told(&scratch.path().join("containerd.sock"));
    assert!(error.contains("cannot reach containerd at") && error.contains("config.toml"), "{error}");
    let dead = scratch.path().join("dead.sock");
    drop(UnixListener::bind(&dead).unwrap());
    let error = told(&dead);
    assert!(error.contains("systemctl start containerd"), "{error}");
}

#[test]
fn refuses_a_server_that_is_none() {
    let scratch = tempfile::tempdir().unwrap();
    let socket = scratch.path().join("web.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"", &[0xff; 4096]] {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (mut stream, _) = listener.accept().unwrap();
                stream.read_exact(&mut [0; 24]).unwrap();
                stream.write_all(answer).unwrap();
            });
            let begun = Instant::now();
            let error = Engine::connect(&socket).unwrap_err();
            assert!(matches!(error, Error::Network { .. }), "{error}");
            assert!(begun.elapsed() < Duration::from_secs(10));
        });
    }
}
