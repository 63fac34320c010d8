//! What the merged image tells the checks that judge it as a whole.

use image::walk::EntryKind;
use model::{Distribution, HistoryStep, ImageConfig, Package};

use crate::baseline::Kept;

/// A file or directory that is there when all layers are applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Its clean path.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: EntryKind,
    /// Permission bits, with set-uid, set-gid and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Size in bytes.
    pub size: u64,
    /// The target of a symbolic link, as written.
    pub link: Vec<u8>,
    /// The place of its layer, the lowest being 0.
    pub layer: usize,
}

/// The image as the checks see it.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// What the image runs.
    pub config: &'a ImageConfig,
    /// Its build history, the oldest step first.
    pub history: &'a [HistoryStep],
    /// The name it was asked for by, `shop:latest`.
    pub name: &'a str,
    /// The distribution in it.
    pub distribution: Option<&'a Distribution>,
    /// Its packages.
    pub packages: &'a [Package],
    /// The configuration files that are there in the end, by path.
    pub kept: &'a [(usize, &'a Kept)],
    /// The entries that a check's `notes` asked for, sorted by path; those that are there in the end.
    pub noted: &'a [Noted],
    /// Whether this is a bare directory: it has no configuration and no history to judge.
    pub is_directory: bool,
    /// Today, `YYYY-MM-DD`: what has ended by then is out of support.
    pub today: &'a str,
}

/// A finding, and the place of the layer that brought what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The finding.
    pub finding: model::Finding,
    /// The layer, the lowest being 0; nothing for what belongs to no layer.
    pub layer: Option<usize>,
}
