//! Images of a made-up company, for pictures of the console and for trying it on more than one image.

use super::{debian, golang, java, mistakes, node, python};
use crate::Image;

/// Where an image is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the engine of a host.
    Engine,
    /// In a registry.
    Registry,
    /// In both.
    Both,
}

/// An image, where it is, and how many containers were made of it.
#[derive(Debug)]
pub struct Service {
    /// With its full name, such as `payments/checkout:2026.11`.
    pub image: Image,
    /// Where it is found.
    pub place: Place,
    /// Of those that run.
    pub containers: usize,
}

/// What is built upon the base.
#[derive(Clone, Copy)]
enum Part {
    Node,
    Python,
    Java,
    Go,
    /// A layer with secrets, a weak password and the like.
    Mistakes,
}

/// How much of the base's packages an image has.
#[derive(Clone, Copy)]
enum Base {
    /// All.
    Full,
    /// Without what only people need.
    Slim,
    /// What programs load.
    Bare,
}

use Base::{Bare, Full, Slim};
use Part::{Go, Java, Mistakes, Node, Python};
use Place::{Both, Engine, Registry};

/// Name and tag, day it was built, where it is, its containers, its base, and what is built upon that.
type Row = (&'static str, &'static str, Place, usize, Base, &'static [Part]);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("shop/storefront:4.12.0", "2026-10-28", Both, 3, Full, &[Node, Mistakes]),
    ("shop/storefront:4.13.1", "2026-11-14", Both, 0, Slim, &[Node]),
    ("shop/cart:2.7.3", "2026-11-02", Both, 2, Slim, &[Node, Go]),
    ("shop/search:1.19.0", "2026-09-17", Engine, 1, Slim, &[Java]),
    ("shop/images:0.9.4", "2026-11-11", Registry, 0, Bare, &[Go]),
    ("shop/recommendations:3.2.1", "2026-10-05", Both, 1, Full, &[Python]),
    ("payments/checkout:2026.11", "2026-11-18", Both, 4, Slim, &[Java, Go]),
    ("payments/ledger:7.4.2", "2026-08-30", Engine, 1, Full, &[Java, Mistakes]),
    ("payments/fraud-model:12", "2026-11-09", Registry, 0, Slim, &[Python, Node]),
    ("payments/gateway:1.8.0", "2026-11-16", Both, 2, Bare, &[Go]),
    ("identity/login:5.0.2", "2026-11-12", Both, 2, Slim, &[Node]),
    ("identity/directory:2.3.9", "2026-07-21", Engine, 1, Full, &[Java]),
    ("identity/tokens:1.1.0", "2026-11-19", Registry, 0, Bare, &[]),
    ("data/ingest:0.31.0", "2026-10-30", Engine, 2, Full, &[Python, Go]),
    ("data/warehouse-sync:4.4.0", "2026-06-11", Registry, 0, Full, &[Python, Java, Mistakes]),
    ("data/reports:2.0.5", "2026-11-03", Both, 0, Slim, &[Python]),
    ("logistics/tracking:3.3.0", "2026-11-15", Registry, 0, Slim, &[Go]),
    ("logistics/labels:1.4.7", "2026-05-02", Engine, 1, Full, &[Node, Python]),
    ("logistics/routes:8.1.0", "2026-11-06", Registry, 0, Bare, &[Go]),
    ("platform/ingress:2.15.0", "2026-11-17", Both, 2, Bare, &[Go]),
    ("platform/cron:0.6.2", "2026-09-25", Engine, 1, Slim, &[]),
    ("platform/backup:3.1", "2026-10-19", Registry, 0, Slim, &[Go]),
    ("platform/backup:3.2", "2026-11-20", Registry, 0, Bare, &[Go]),
    ("tools/build-agent:119", "2026-11-13", Registry, 0, Full, &[Node, Python, Java, Go]),
    ("tools/dev-shell:2026.10", "2026-10-22", Engine, 1, Full, &[Mistakes]),
];

/// The images, each time the same.
pub fn services() -> Vec<Service> {
    ROWS.iter()
        .map(|&(name, built, place, containers, base, parts)| {
            let (title, version) = name.rsplit_once(':').unwrap();
            let image = Image::new(name)
                .created(&format!("{built}T06:30:00Z"))
                .label("org.opencontainers.image.title", title)
                .label("org.opencontainers.image.version", version)
                .layer(debian::layer_of(&|package| base.has(package)))
                .instruction("CMD [\"bash\"]");
            Service { image: parts.iter().fold(image, |image, part| part.onto(image)), place, containers }
        })
        .collect()
}

impl Base {
    fn has(self, package: &str) -> bool {
        match self {
            Self::Full => true,
            Self::Slim => !["curl", "libcurl4", "libexpat1", "libwebp7", "sudo", "zlib1g"].contains(&package),
            Self::Bare => ["base-files", "ca-certificates", "libtinfo6", "tar"].contains(&package),
        }
    }
}

impl Part {
    fn onto(self, image: Image) -> Image {
        match self {
            Self::Node => image.layer(node::layer()).env("NODE_ENV", "production"),
            Self::Python => image.layer(python::layer()),
            Self::Java => image.layer(java::layer()),
            Self::Go => image.layer(golang::layer()).user("1000"),
            Self::Mistakes => image.layer(mistakes()),
        }
    }
}
