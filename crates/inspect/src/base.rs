//! Base images: which are approved, and which an image is built from.

mod history;
mod list;
#[cfg(test)]
mod tests;

use std::path::Path;

use model::{BaseEvidence, BaseImage, Detail, Digest, Finding, HistoryStep, Severity, Text, UnapprovedBase};
use serde::{Deserialize, Serialize};

use crate::Error;

/// How many approved names a finding tells.
const NAMES_TOLD: usize = 5;

/// An approved base image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approved {
    /// Its name, `debian:12`.
    #[serde(deserialize_with = "list::name")]
    pub name: String,
    /// The digest of its manifest, where it has one.
    #[serde(default)]
    pub digest: Option<String>,
    /// What it runs on, `linux/amd64`; of several of one name and platform the last one added is the newest.
    #[serde(default)]
    pub platform: Option<String>,
    /// The diff ids of its layers, the lowest first.
    #[serde(deserialize_with = "list::chain")]
    pub layers: Vec<Digest>,
}

/// The approved base images.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bases {
    /// Sorted by name; of one name, the one that was added last is last.
    approved: Vec<Approved>,
}

impl Bases {
    /// The list in a file; an empty one when there is no such file.
    ///
    /// # Errors
    /// When the file cannot be read or is no such list.
    pub fn open(file: &Path) -> Result<Self, Error> {
        let mut bases = Self::default();
        for base in list::read(file)? {
            bases.add(base);
        }
        Ok(bases)
    }

    /// The list in a text; errors call it `name`.
    ///
    /// # Errors
    /// When it is no such list.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let mut bases = Self::default();
        for base in list::parse(name, text.as_bytes())? {
            bases.add(base);
        }
        Ok(bases)
    }

    /// The approved base images, sorted by name.
    #[must_use]
    pub fn list(&self) -> &[Approved] {
        &self.approved
    }

    /// Approves a base image; one of the same name and layers is replaced.
    pub fn add(&mut self, base: Approved) {
        self.approved.retain(|other| other.name != base.name || other.layers != base.layers);
        let place = self.approved.partition_point(|other| other.name <= base.name);
        self.approved.insert(place, base);
    }

    /// Takes the base images of a name (or name and digest, `debian:12@sha256:…`) off the list, and says how many they
    /// were.
    pub fn remove(&mut self, name: &str) -> usize {
        let before = self.approved.len();
        let is_named = |base: &Approved| {
            let digest = name.strip_prefix(&base.name).and_then(|rest| rest.strip_prefix('@'));
            base.name == name || (digest.is_some() && digest == base.digest.as_deref())
        };
        self.approved.retain(|base| !is_named(base));
        before - self.approved.len()
    }

    /// Writes the list: the whole file or nothing.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, file: &Path) -> Result<(), Error> {
        list::write(file, &self.approved)
    }

    /// The base image of an image: the approved one with the most layers that this image begins with, else the likely
    /// boundary that the history shows.
    ///
    /// Of approved ones with the same layers the first by name counts. A guess never takes in the whole image.
    #[must_use]
    pub fn recognise(&self, layers: &[Option<Digest>], history: &[HistoryStep]) -> Option<BaseImage> {
        let begins = |base: &Approved| {
            base.layers.len() <= layers.len()
                && base.layers.iter().zip(layers).all(|(own, layer)| layer.as_ref() == Some(own))
        };
        // The last one of equals is taken, so that the list is gone through from its end.
        let approved = self.approved.iter().rev().filter(|base| begins(base));
        if let Some(base) = approved.max_by_key(|base| base.layers.len()) {
            return Some(BaseImage {
                name: Some(base.name.clone()),
                digest: base.digest.clone(),
                evidence: BaseEvidence::Approved,
                layers: base.layers.len(),
            });
        }
        let layers = history::boundary(layers.len(), history)?;
        Some(BaseImage { name: None, digest: None, evidence: BaseEvidence::History, layers })
    }

    /// What is wrong with the base: nothing while no base image is approved; a base that was replaced on the list by a
    /// newer one of the same name and platform is out of date.
    #[must_use]
    pub fn judge(&self, found: Option<&BaseImage>) -> Option<Finding> {
        if self.approved.is_empty() {
            return None;
        }
        match found.filter(|base| base.evidence == BaseEvidence::Approved) {
            Some(base) => self.is_outdated(base).then(|| outdated(base.name.as_deref().unwrap_or_default())),
            None => Some(self.unapproved()),
        }
    }

    fn is_outdated(&self, found: &BaseImage) -> bool {
        let is_found = |base: &Approved| {
            Some(&base.name) == found.name.as_ref()
                && base.digest == found.digest
                && base.layers.len() == found.layers
        };
        let Some(place) = self.approved.iter().position(is_found) else { return false };
        let mut from_there = self.approved.iter().skip(place);
        let Some(own) = from_there.next() else { return false };
        own.platform.is_some()
            && from_there.any(|newer| newer.name == own.name && newer.platform == own.platform)
    }

    fn unapproved(&self) -> Finding {
        let mut names: Vec<&str> = self.approved.iter().map(|base| base.name.as_str()).collect();
        names.dedup();
        let told = names.iter().take(NAMES_TOLD).copied().collect::<Vec<_>>();
        let more = names.len().saturating_sub(told.len());
        let (mut english, mut chinese) = (told.join(", "), told.join("、"));
        if more > 0 {
            english.push_str(&format!(" and {more} more"));
            chinese.push_str(&format!(" 等 {} 个", names.len()));
        }
        let detail = UnapprovedBase {
            title: Text::new("Not built from an approved base image", "未基于已批准的基础镜像构建"),
            description: Text::new(
                format!("The lowest layers are those of none of the approved base images: {english}."),
                format!("镜像的底层与所有已批准的基础镜像均不一致：{chinese}。"),
            ),
            advice: Text::new(
                "Build the image from an approved base image, or approve its base with `lazaret base add IMAGE` when it was examined.",
                "请改用已批准的基础镜像重新构建；如果该基础镜像已经过审核，可用 `lazaret base add IMAGE` 将其加入批准列表。",
            ),
        };
        Finding::new("base-image/unapproved", Severity::Medium, Detail::BaseImage(Box::new(detail)))
    }
}

fn outdated(name: &str) -> Finding {
    let detail = UnapprovedBase {
        title: Text::new("Built from an older state of the base image", "基于旧版本的基础镜像构建"),
        description: Text::new(
            format!("A newer state of `{name}` has been approved since this image was built."),
            format!("`{name}` 已有更新的版本获得批准，本镜像仍基于旧版本构建。"),
        ),
        advice: Text::new(
            format!("Pull `{name}` and build the image again."),
            format!("请拉取最新的 `{name}` 后重新构建镜像。"),
        ),
    };
    Finding::new("base-image/outdated", Severity::Low, Detail::BaseImage(Box::new(detail)))
}
