//! What the files of an image come to.

use image::walk::Entry;
use model::Files;

/// How many of the largest files are named.
pub const LARGEST: usize = 50;

/// Counts files while the layers are gone through.
#[derive(Debug, Default)]
pub struct Counter {}

impl Counter {
    /// Takes in an entry of the layer at `layer`; `visible` tells whether it is there when all layers are applied.
    pub fn meet(&mut self, _layer: usize, _entry: &Entry<'_>, _visible: bool) {}

    /// The sums; `layer` gives the diff id of a layer and whether it is the base image's.
    #[must_use]
    pub fn finish(self, _layer: &dyn Fn(usize) -> (Option<String>, Option<bool>)) -> Files {
        Files::default()
    }
}
