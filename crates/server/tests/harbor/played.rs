//! A registry with the token server that Harbor's core is, played here.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use testkit::{Answer, Asked, Blob, Image, Layer, WebServer};

use crate::ROBOT;

const USER: &str = "robot$scanner";
/// What the token server gives out.
const TOKEN: &str = "token-of-the-played-registry";

/// A registry; it hands out nothing without a token, which its token server gives the robot alone.
pub(crate) struct Played {
    server: WebServer,
    blobs: Arc<Mutex<HashMap<String, Blob>>>,
    /// Whether it hands out layers.
    pub(crate) gives_layers: Arc<AtomicBool>,
    /// Whether it lets everybody in.
    pub(crate) is_open: Arc<AtomicBool>,
}

impl Played {
    pub(crate) fn start() -> Self {
        let blobs: Arc<Mutex<HashMap<String, Blob>>> = Arc::default();
        let (held, own) = (Arc::clone(&blobs), Arc::new(Mutex::new(String::new())));
        let gives_layers = Arc::new(AtomicBool::new(true));
        let is_open = Arc::new(AtomicBool::new(false));
        let (address, gives, open) = (Arc::clone(&own), Arc::clone(&gives_layers), Arc::clone(&is_open));
        let server = WebServer::start(move |asked| {
            if asked.path == "/service/token" {
                return token(asked);
            }
            let let_in = asked.header("authorization") == Some(&format!("Bearer {TOKEN}"));
            if !let_in && !open.load(Ordering::Relaxed) {
                return challenge(&address.lock().unwrap());
            }
            let digest = asked.path.rsplit('/').next().unwrap();
            let blob = held.lock().unwrap().get(digest).cloned();
            let is_layer = blob.as_ref().is_some_and(|blob| blob.media_type.contains("layer"));
            match blob.filter(|_| !is_layer || gives.load(Ordering::Relaxed)) {
                Some(blob) => Answer::new(200, blob.bytes).header("Content-Type", blob.media_type),
                None => Answer::not_found(),
            }
        });
        *own.lock().unwrap() = server.url();
        Self { server, blobs, gives_layers, is_open }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Puts an image in; gives the digest of its manifest.
    pub(crate) fn put(&self, image: &Image) -> String {
        let blobs = image.blobs();
        let mut held = self.blobs.lock().unwrap();
        held.extend(blobs.all().into_iter().map(|blob| (blob.digest.clone(), blob.clone())));
        blobs.manifest.digest
    }

    /// What was asked for whose path holds a text.
    pub(crate) fn asked(&self, part: &str) -> usize {
        self.server.asked().iter().filter(|asked| asked.path.contains(part)).count()
    }

    /// How many layers were pulled.
    pub(crate) fn pulled(&self) -> usize {
        let held = self.blobs.lock().unwrap();
        let is_layer = |digest: &str| held.get(digest).is_some_and(|blob| blob.media_type.contains("layer"));
        let pulled = |asked: &Asked| {
            let let_in = asked.header("authorization").is_some_and(|header| header.starts_with("Bearer"));
            let_in && asked.path.rsplit('/').next().is_some_and(is_layer)
        };
        self.server.asked().iter().filter(|asked| pulled(asked)).count()
    }
}

/// What Harbor sends along to let the scanner in.
pub(crate) fn authorization() -> String {
    use base64::Engine as _;
    let pair = format!("{USER}:{ROBOT}");
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

/// What lets in without asking the token server.
pub(crate) fn ready() -> String {
    format!("Bearer {TOKEN}")
}

fn token(asked: &Asked) -> Answer {
    if asked.header("authorization") != Some(&authorization()) {
        return Answer::new(401, r#"{"errors":[{"code":"UNAUTHORIZED","message":"robot is not known"}]}"#);
    }
    assert!(asked.query.contains("service=harbor-registry"), "{}", asked.query);
    Answer::json(json!({ "token": TOKEN, "expires_in": 1800 }).to_string())
}

fn challenge(address: &str) -> Answer {
    let realm = format!("Bearer realm=\"{address}/service/token\",service=\"harbor-registry\"");
    Answer::new(401, r#"{"errors":[{"code":"UNAUTHORIZED","message":"unauthorized"}]}"#)
        .header("WWW-Authenticate", realm)
}

/// An image with a vulnerable package; images of other numbers are others, with the same layer.
pub(crate) fn image(number: usize) -> Image {
    let package: Value = json!({ "name": "lodash", "version": "4.17.15", "license": "MIT" });
    let layer = Layer::new()
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n")
        .file("app/node_modules/lodash/package.json", package.to_string());
    Image::new("shop:1.0").layer(layer).label("number", &number.to_string())
}
