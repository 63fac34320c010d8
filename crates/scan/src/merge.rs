//! Applying the layers in order: what is visible in the end, who brought it, and whose it is.

mod implied;
mod owners;
mod packages;
#[cfg(test)]
mod tests;
mod visible;

use std::collections::BTreeMap;

use image::interest::Pattern;
use image::walk::Entry;
use inspect::Noted;
use inspect::baseline::Kept;
use inspect::files::Counter;
use inspect::malware::MalwareFact;
use inspect::secrets::SecretFact;
use inventory::{DISTRIBUTION, EXTRACTORS};
use model::{Distribution, Gap, Package, PackageType};

use crate::collector::Detectors;
use crate::facts::LayerFacts;
use crate::{Check, Options};
use implied::Implied;
use owners::Owners;
use packages::packages;
use visible::Visible;

/// One layer for the merge.
pub(crate) struct Stacked<'a> {
    pub(crate) facts: &'a LayerFacts,
    pub(crate) diff_id: Option<String>,
    pub(crate) created_by: Option<String>,
    pub(crate) from_base: Option<bool>,
}

/// A fact of a layer, and whether its file is there in the end.
pub(crate) struct Seen<'a, T> {
    pub(crate) fact: &'a T,
    pub(crate) visible: bool,
    /// The lowest layer since which it has been there without a break.
    pub(crate) layer: usize,
}

/// What the whole image tells.
#[derive(Default)]
pub(crate) struct Merged<'a> {
    pub(crate) distribution: Option<Distribution>,
    pub(crate) packages: Vec<Package>,
    pub(crate) secrets: Vec<Seen<'a, SecretFact>>,
    pub(crate) malware: Vec<Seen<'a, MalwareFact>>,
    pub(crate) kept: Vec<(usize, &'a Kept)>,
    pub(crate) noted: Vec<Noted>,
    pub(crate) files: Option<Counter>,
    pub(crate) gaps: Vec<Gap>,
}

/// Merges layers, the lowest first.
pub(crate) fn merge<'a>(layers: &[Stacked<'a>], options: &Options<'_>) -> Merged<'a> {
    let facts: Vec<&'a LayerFacts> = layers.iter().map(|layer| layer.facts).collect();
    let mut merged = Merged::default();
    let visible = look(&facts, options, &mut merged);
    for layer in &facts {
        merged.gaps.extend(layer.gaps().cloned());
    }
    let owners = Owners::of(visible.finds().map(|(_, find)| &find.found));
    for (_, find) in visible.finds().filter(|(_, find)| owners.lets_count(find)) {
        merged.gaps.extend(find.found.gaps.iter().cloned());
    }
    if options.packages() {
        merged.gaps.extend(visible.linked_places(&facts, Detectors::places()));
    }
    merged.distribution = distribution(&visible);
    merged.packages =
        packages(layers, &facts, &visible, &owners, merged.distribution.as_ref(), options.declared);
    merged.secrets = seen(
        &visible,
        &facts,
        |facts| &facts.secrets.facts,
        |a, b| (&a.rule, &a.fingerprint, &a.place) == (&b.rule, &b.fingerprint, &b.place),
    );
    merged.malware = seen(
        &visible,
        &facts,
        |facts| &facts.malware.facts,
        |a, b| (&a.rule, &a.member, &a.sha256) == (&b.rule, &b.member, &b.sha256),
    );
    merged.kept = kept(&visible, &facts);
    merged.gaps.extend(unread_system(&merged).filter(|_| options.packages()));
    merged.gaps.sort();
    merged.gaps.dedup();
    merged
}

/// Goes through the entries; all of them are looked at only when a check asks for it.
fn look<'a>(facts: &[&'a LayerFacts], options: &Options<'_>, merged: &mut Merged<'a>) -> Visible<'a> {
    let (baseline, compliance) = (options.baseline(), options.compliance());
    let mut counter = options.makes(Check::Files).then(Counter::default);
    let (mut noted, mut implied) = (Vec::new(), Implied::default());
    let mut meet = |layer: usize, entry: &Entry<'_>, visible: bool| {
        if let Some(counter) = &mut counter {
            counter.meet(layer, entry, visible);
        }
        let asked = || {
            baseline.is_some_and(|baseline| baseline.notes(entry))
                || compliance.is_some_and(|compliance| compliance.notes(entry))
        };
        if visible && asked() {
            noted.push(note(layer, entry));
        }
    };
    let mut watch = |layer: usize, entry: &Entry<'_>, visible: bool| {
        if visible {
            implied.meet(layer, entry);
        }
        meet(layer, entry, visible);
    };
    let all = options.makes(Check::Files) || baseline.is_some() || compliance.is_some();
    let visible = Visible::of(facts, if all { Some(&mut watch) } else { None });
    for (layer, path) in implied.directories() {
        meet(layer, &implied::directory(&path), true);
    }
    noted.sort_by(|a: &Noted, b: &Noted| a.path.cmp(&b.path));
    merged.noted = noted;
    merged.files = counter;
    visible
}

fn note(layer: usize, entry: &Entry<'_>) -> Noted {
    Noted {
        path: entry.path.to_vec(),
        kind: entry.kind,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        size: entry.size,
        link: entry.link.to_vec(),
        layer,
    }
}

/// What the facts of a kind come to: one for each path that told the same, with the layer that brought it.
///
/// What is there in the end belongs to the lowest layer since which it has been there; what is in the history only,
/// to the lowest layer that has it.
fn seen<'a, T: PathOf>(
    visible: &Visible<'a>,
    facts: &[&'a LayerFacts],
    told: impl Fn(&'a LayerFacts) -> &'a Vec<T>,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Seen<'a, T>> {
    let mut by_path: BTreeMap<&'a [u8], Vec<(usize, &'a T)>> = BTreeMap::new();
    for (layer, facts) in facts.iter().enumerate() {
        for fact in told(facts) {
            by_path.entry(fact.path()).or_default().push((layer, fact));
        }
    }
    let mut all = Vec::new();
    for (path, told) in by_path {
        let mut open: Vec<(usize, Seen<'a, T>)> = Vec::new();
        for (layer, fact) in told {
            let there = visible.is_there(layer, path);
            let Some((last, seen)) = open.iter_mut().find(|(_, seen)| same(seen.fact, fact)) else {
                open.push((layer, Seen { fact, visible: there, layer }));
                continue;
            };
            if there && visible.changed_between(*last, layer, path) {
                seen.layer = layer;
            }
            (seen.fact, seen.visible, *last) = (fact, seen.visible || there, layer);
        }
        all.extend(open.into_iter().map(|(_, seen)| seen));
    }
    all
}

/// A fact about a file.
trait PathOf: 'static {
    fn path(&self) -> &[u8];
}

impl PathOf for SecretFact {
    fn path(&self) -> &[u8] {
        &self.path
    }
}

impl PathOf for MalwareFact {
    fn path(&self) -> &[u8] {
        &self.path
    }
}

/// The configuration files that are there in the end, by path.
fn kept<'a>(visible: &Visible<'a>, facts: &[&'a LayerFacts]) -> Vec<(usize, &'a Kept)> {
    let all = facts
        .iter()
        .enumerate()
        .flat_map(|(layer, facts)| facts.settings.facts.iter().map(move |kept| (layer, kept)));
    let mut kept: Vec<(usize, &'a Kept)> =
        all.filter(|(layer, kept)| visible.is_there(*layer, &kept.path)).collect();
    kept.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
    kept
}

/// Of several files that name it, the one that is to be believed first. What other files say of its channels, and what
/// the table of distributions says of its end, is added.
fn distribution(visible: &Visible<'_>) -> Option<Distribution> {
    let mut told: Vec<(&[u8], &Distribution)> = visible
        .finds()
        .filter_map(|(_, find)| Some((find.path.as_slice(), find.found.distribution.as_ref()?)))
        .collect();
    told.sort_by_key(|(path, _)| precedence(path));
    let mut distribution = (*told.first()?.1).clone();
    let channels = visible.finds().flat_map(|(_, find)| &find.found.channels);
    distribution.channels.extend(channels.cloned());
    distribution.channels.sort();
    distribution.channels.dedup();
    complete(&mut distribution);
    Some(distribution)
}

/// The place of a file among those that name the distribution.
fn precedence(path: &[u8]) -> Option<usize> {
    let telling = EXTRACTORS.iter().find(|extractor| extractor.name == DISTRIBUTION)?;
    telling.files.iter().position(|file| matches!(file, Pattern::Path(known) if known.as_bytes() == path))
}

/// Adds what the table of distributions knows and the image does not say.
pub(crate) fn complete(distribution: &mut Distribution) {
    let known = distributions::find(distribution);
    let end = known.and_then(|known| known.end_of_life(distribution)).map(str::to_owned);
    distribution.end_of_life = distribution.end_of_life.take().or(end);
}

/// A distribution without one package that could be read: its database is of a kind that is not read, or is gone.
fn unread_system(merged: &Merged<'_>) -> Option<Gap> {
    let distribution = merged.distribution.as_ref()?;
    if merged.packages.iter().any(|package| package.kind.is_system()) {
        return None;
    }
    let name = distribution.name.as_ref().unwrap_or(&distribution.id);
    let kinds: Vec<&str> =
        PackageType::all().filter(|kind| kind.is_system()).map(PackageType::word).collect();
    let why = format!(
        "it was recognised, but no package database that Lazaret reads ({}) was found; its system packages were not \
         judged",
        kinds.join(", ")
    );
    Some(Gap::new("distribution", name, why))
}
