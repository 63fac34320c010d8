//! What VEX documents of any format come down to.

use std::collections::HashMap;
use std::sync::Arc;

use model::SuppressionStatus;

use crate::image_name::{ImageIdentity, ImageName, is_digest};
use crate::purl::Purl;

/// The longest reason that is kept, in characters: a document may refer to one text from thousands of places.
const LONGEST_REASON: usize = 1000;
/// The most ids of one vulnerability.
pub(crate) const MOST_IDS: usize = 64;

/// The most packages by which a statement is found; one with more is held against every package.
const FEW_PACKAGES: usize = 8;

/// One statement about vulnerabilities of one id.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// The document, by its place in the list.
    pub(crate) document: usize,
    /// The ids of the vulnerability, in small letters.
    pub(crate) ids: Arc<[String]>,
    /// The images and packages it is about; with `packages` only images count.
    pub(crate) products: Things,
    /// The packages within the products, when it is not about whole products.
    pub(crate) packages: Option<Things>,
    /// What it says; nothing when the finding stands.
    pub(crate) status: Option<SuppressionStatus>,
    /// Why.
    pub(crate) reason: String,
    /// When it was made and in which order it was read: the last one holds.
    pub(crate) order: (i64, usize),
}

/// Images and packages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Things {
    any_image: bool,
    packages: HashMap<String, Vec<Arc<Purl>>>,
    images: Vec<Arc<Purl>>,
    names: Vec<Arc<str>>,
}

/// What a document names as a product.
#[derive(Clone, Debug)]
pub(crate) enum Thing {
    Purl(Arc<Purl>),
    Name(Arc<str>),
}

/// Why a statement cannot be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Undecided {
    /// It gives a range of versions.
    Range,
    /// Its product is named in a way that no image or package can be held against.
    Product,
    /// It names no product.
    NoProduct,
}

impl Thing {
    /// What an identifier names.
    pub(crate) fn parse(text: &str) -> Result<Self, Undecided> {
        match Purl::parse(text) {
            Some(purl) if purl.is_range() => Err(Undecided::Range),
            Some(purl) => Ok(Self::Purl(Arc::new(purl))),
            None if is_digest(text) || ImageName::parse(text).is_some() => Ok(Self::Name(text.into())),
            None => Err(Undecided::Product),
        }
    }
}

impl Things {
    /// Every image.
    pub(crate) fn any_image() -> Self {
        Self { any_image: true, ..Self::default() }
    }

    pub(crate) fn add(&mut self, thing: Thing) {
        match thing {
            Thing::Purl(purl) if purl.is_image() => self.images.push(purl),
            Thing::Purl(purl) => self.packages.entry(purl.coordinate()).or_default().push(purl),
            Thing::Name(name) => self.names.push(name),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.any_image && self.packages.is_empty() && self.images.is_empty() && self.names.is_empty()
    }

    fn has_image(&self, image: &ImageIdentity<'_>) -> bool {
        self.any_image
            || self.images.iter().any(|purl| image.is_purl(purl))
            || self.names.iter().any(|name| image.is_named(name))
    }

    fn has_package(&self, package: &Subject<'_>) -> bool {
        let Some((coordinate, purl)) = &package.purl else { return false };
        self.packages.get(coordinate).is_some_and(|list| list.iter().any(|statement| statement.covers(purl)))
    }
}

impl From<Thing> for Things {
    fn from(thing: Thing) -> Self {
        let mut things = Self::default();
        things.add(thing);
        things
    }
}

/// The package of a finding, and the image it is in.
pub(crate) struct Subject<'a> {
    image: &'a ImageIdentity<'a>,
    purl: Option<(String, Purl)>,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(image: &'a ImageIdentity<'a>, purl: &str) -> Self {
        Self { image, purl: Purl::parse(purl).map(|purl| (purl.coordinate(), purl)) }
    }
}

impl Subject<'_> {
    /// What its package is found by.
    pub(crate) fn coordinate(&self) -> Option<&str> {
        self.purl.as_ref().map(|(coordinate, _)| coordinate.as_str())
    }
}

impl Statement {
    /// The packages it is about, when these are all that it is about and they are few.
    pub(crate) fn coordinates(&self) -> Option<impl Iterator<Item = &str>> {
        let things = self.packages.as_ref().unwrap_or(&self.products);
        let others = things.any_image || !things.images.is_empty() || !things.names.is_empty();
        let narrow = (self.packages.is_some() || !others) && things.packages.len() <= FEW_PACKAGES;
        narrow.then(|| things.packages.keys().map(String::as_str))
    }

    /// Whether it is about this package.
    pub(crate) fn covers(&self, subject: &Subject<'_>) -> bool {
        match &self.packages {
            // The package first: it is one look into a table, and rarely there.
            Some(packages) => packages.has_package(subject) && self.products.has_image(subject.image),
            None => self.products.has_package(subject) || self.products.has_image(subject.image),
        }
    }
}

/// A reason of its parts: those that are not empty, cut to a length that can be shown.
pub(crate) fn reason(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    // Cut before joining: the parts may be long.
    let mut left = LONGEST_REASON;
    let mut reason = String::new();
    for part in parts {
        if !reason.is_empty() {
            reason.push_str(": ");
        }
        let taken: String = part.chars().take(left).collect();
        left -= taken.chars().count();
        reason.push_str(&taken);
        if taken.len() < part.len() {
            reason.push('…');
            break;
        }
    }
    reason
}

/// The ids of a vulnerability in small letters, each once; an error when there are none or too many.
pub(crate) fn ids<'a>(ids: impl Iterator<Item = &'a str>) -> Result<Arc<[String]>, String> {
    let mut all: Vec<String> = Vec::new();
    for id in ids.map(str::trim).filter(|id| !id.is_empty()) {
        // An address names the vulnerability by its last part.
        let short =
            if id.contains("://") { id.trim_end_matches('/').rsplit('/').next().unwrap_or(id) } else { id };
        let lower = short.to_lowercase();
        if all.contains(&lower) {
            continue;
        }
        if all.len() == MOST_IDS {
            return Err(format!("a vulnerability has more than {MOST_IDS} ids"));
        }
        all.push(lower);
    }
    if all.is_empty() { Err("a statement names no vulnerability".to_owned()) } else { Ok(all.into()) }
}
