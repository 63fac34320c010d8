use serde_json::{Value, json};

use super::stock::Tagged;
use crate::image::digest;
use crate::sample::{add_file, debian};
use crate::{Layer, gzip};

/// A number for a word.
type Drawn<'a> = &'a dyn Fn(&str) -> u64;

/// Name, version and origin of packages of Alpine 3.18.
#[rustfmt::skip]
const APK: &[(&str, &str, &str)] = &[
    ("alpine-baselayout", "3.4.3-r1", "alpine-baselayout"),
    ("busybox", "1.36.1-r0", "busybox"),
    ("ca-certificates-bundle", "20230506-r0", "ca-certificates"),
    ("curl", "8.1.2-r0", "curl"),
    ("libcrypto3", "3.1.1-r1", "openssl"),
    ("libcurl", "8.1.2-r0", "curl"),
    ("libexpat", "2.5.0-r1", "expat"),
    ("libssl3", "3.1.1-r1", "openssl"),
    ("libxml2", "2.11.4-r0", "libxml2"),
    ("musl", "1.2.4-r0", "musl"),
    ("musl-utils", "1.2.4-r0", "musl"),
    ("nghttp2-libs", "1.53.0-r0", "nghttp2"),
    ("pcre2", "10.42-r1", "pcre2"),
    ("sqlite-libs", "3.41.2-r2", "sqlite"),
    ("ssl_client", "1.36.1-r0", "busybox"),
    ("xz-libs", "5.4.3-r0", "xz"),
    ("zlib", "1.2.13-r1", "zlib"),
];

/// Names of npm packages, with the first two numbers of their versions.
#[rustfmt::skip]
const NPM: &[(&str, &str)] = &[
    ("axios", "0.21"), ("body-parser", "1.19"), ("cookie", "0.4"), ("debug", "2.6"), ("ejs", "3.1"),
    ("express", "4.17"), ("follow-redirects", "1.14"), ("glob-parent", "5.1"), ("ini", "1.3"),
    ("json5", "2.2"), ("jsonwebtoken", "8.5"), ("lodash", "4.17"), ("minimatch", "3.0"), ("minimist", "1.2"),
    ("moment", "2.29"), ("node-fetch", "2.6"), ("path-to-regexp", "0.1"), ("qs", "6.7"), ("semver", "7.3"),
    ("tar", "6.1"), ("tough-cookie", "4.0"), ("ua-parser-js", "0.7"), ("undici", "5.8"), ("ws", "7.4"),
];

/// Names of Python packages, with the first two numbers of their versions.
#[rustfmt::skip]
const PYPI: &[(&str, &str)] = &[
    ("aiohttp", "3.8"), ("certifi", "2022.9"), ("cryptography", "39.0"), ("django", "3.2"), ("flask", "2.2"),
    ("fastapi", "0.88"), ("gunicorn", "20.1"), ("idna", "3.4"), ("jinja2", "3.1"), ("lxml", "4.9"),
    ("mako", "1.2"), ("numpy", "1.21"), ("paramiko", "2.10"), ("pillow", "9.3"), ("protobuf", "4.21"),
    ("pygments", "2.13"), ("pyyaml", "5.4"), ("requests", "2.28"), ("setuptools", "65.5"),
    ("sqlalchemy", "1.4"), ("starlette", "0.22"), ("tornado", "6.1"), ("urllib3", "1.26"), ("werkzeug", "2.2"),
];

/// What a manifest and a configuration tell of a layer.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) digest: String,
    pub(super) diff_id: String,
    pub(super) created_by: String,
    size: usize,
}

impl Shared {
    pub(super) fn new(layer: &Layer) -> Self {
        let tar = layer.tar();
        let packed = gzip(&tar);
        let created_by = layer.instruction().unwrap_or_default().to_owned();
        Self { digest: digest(&packed), diff_id: digest(&tar), created_by, size: packed.len() }
    }

    pub(super) fn descriptor(&self) -> Value {
        let media_type = "application/vnd.oci.image.layer.v1.tar+gzip";
        json!({ "mediaType": media_type, "digest": self.digest, "size": self.size })
    }
}

/// A base layer: Debian 12 or Alpine 3.18 with some of their packages.
pub(super) fn base(number: usize, drawn: Drawn<'_>) -> Layer {
    // Two of three; what every image has is always there.
    let wanted =
        |name: &str| ["base-files", "libc6", "musl"].contains(&name) || !drawn(name).is_multiple_of(3);
    let made = format!("{number}\n");
    if number.is_multiple_of(2) {
        return debian::layer_of(&wanted).file("etc/base-number", made);
    }
    let mut dirs = Vec::new();
    let release = "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.18.0\nPRETTY_NAME=\"Alpine Linux v3.18\"\n";
    let mut layer = Layer::new().created_by("/bin/sh -c #(nop) ADD file:alpine-minirootfs.tar.gz in / ");
    layer = add_file(layer, &mut dirs, "etc/os-release", release);
    layer = add_file(layer, &mut dirs, "etc/alpine-release", "3.18.0\n");
    layer = add_file(layer, &mut dirs, "etc/base-number", made);
    let entry = |(name, version, origin): &(&str, &str, &str)| {
        format!(
            "P:{name}\nV:{version}\nA:x86_64\nS:1000\nI:4096\nT:{name} of the fleet\nL:MIT\no:{origin}\n\
             F:usr/share/{name}\nR:data\n\n"
        )
    };
    let packages = || APK.iter().filter(|(name, ..)| wanted(name));
    let installed: String = packages().map(entry).collect();
    layer = add_file(layer, &mut dirs, "lib/apk/db/installed", installed);
    for (name, ..) in packages() {
        layer = add_file(layer, &mut dirs, &format!("usr/share/{name}/data"), "A file of the fleet.\n");
    }
    layer
}

/// A layer of language packages: of npm or of Python.
pub(super) fn middle(number: usize, drawn: Drawn<'_>) -> Layer {
    let is_npm = number.is_multiple_of(2);
    let mut dirs = Vec::new();
    let word = if is_npm { "npm ci --omit=dev" } else { "pip install -r requirements.txt" };
    let mut layer = Layer::new().created_by(&format!("RUN /bin/sh -c {word} # set {number}"));
    let place = if is_npm { "srv/app" } else { "opt/venv" };
    layer = add_file(layer, &mut dirs, &format!("{place}/set-number"), format!("{number}\n"));
    // Half of them.
    let packages = if is_npm { NPM } else { PYPI };
    for (name, line) in packages.iter().filter(|(name, _)| drawn(name).is_multiple_of(2)) {
        let version = format!("{line}.{}", drawn(name) / 2 % 20);
        layer = if is_npm {
            npm(layer, &mut dirs, name, &version)
        } else {
            pypi(layer, &mut dirs, name, &version)
        };
    }
    layer
}

fn npm(layer: Layer, dirs: &mut Vec<String>, name: &str, version: &str) -> Layer {
    let base = format!("srv/app/node_modules/{name}");
    let manifest = json!({ "name": name, "version": version, "license": "MIT", "main": "index.js" });
    let layer = add_file(layer, dirs, &format!("{base}/package.json"), manifest.to_string());
    add_file(layer, dirs, &format!("{base}/index.js"), "module.exports = {};\n")
}

fn pypi(layer: Layer, dirs: &mut Vec<String>, name: &str, version: &str) -> Layer {
    let packages = "opt/venv/lib/python3.11/site-packages";
    let info = format!("{name}-{version}.dist-info");
    let metadata =
        format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: MIT\n\nOf the fleet.\n");
    let record = format!("{info}/METADATA,,\n{info}/RECORD,,\n{name}/__init__.py,,\n");
    let layer = add_file(layer, dirs, &format!("{packages}/{info}/METADATA"), metadata);
    let layer = add_file(layer, dirs, &format!("{packages}/{info}/RECORD"), record);
    add_file(layer, dirs, &format!("{packages}/{name}/__init__.py"), "# Of the fleet.\n")
}

/// The layer that only one image has.
pub(super) fn own(tagged: &Tagged, platform: &str) -> Layer {
    let Tagged { repository, tag, revision } = tagged;
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let manifest = json!({ "name": name, "version": tag, "private": true });
    let start =
        format!("#!/bin/sh\n# {repository}:{tag}, revision {revision}, {platform}\nexec node server.js\n");
    Layer::new()
        .created_by("COPY . /srv/app # buildkit")
        .file("srv/app/package.json", manifest.to_string())
        .file_mode("srv/app/start", start, 0o755)
}
