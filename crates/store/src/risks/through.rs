use std::collections::{BTreeMap, HashMap};

use crate::decisions::Decisions;
use crate::settle::{Asset, Content, Known};

/// What is known of a rule among the images of one project and source.
#[derive(Debug, Default)]
pub(super) struct Risk {
    pub(super) severity: u8,
    pub(super) images: i64,
    pub(super) handled: i64,
    pub(super) containers: i64,
    pub(super) fixable: bool,
    pub(super) exploited: bool,
    pub(super) first_seen: i64,
    pub(super) last_scan: Option<i64>,
    hosts: Bits,
}

/// A set of small numbers.
#[derive(Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn insert(&mut self, number: usize) {
        let (word, bit) = (number / 64, number % 64);
        if self.0.len() <= word {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1_u64 << bit;
        }
    }

    fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    fn count(&self) -> i64 {
        self.0.iter().map(|word| i64::from(word.count_ones())).sum()
    }
}

/// Images of one project and source: local, registry, ci, archive; 0 for all projects, an empty source for all.
pub(super) type Group = (i64, String);

/// Risks by the numbers of their rules.
pub(super) type Risks = HashMap<u32, Risk>;

/// One way through all contents.
#[derive(Debug, Default)]
pub(super) struct Through {
    groups: HashMap<Group, Risks>,
    /// Machines, by the order in which they were met.
    hosts: HashMap<i64, usize>,
}

/// What one content says of one rule.
struct Broken {
    rule: u32,
    severity: u8,
    fixable: bool,
    exploited: bool,
    first_seen: i64,
    /// For each asset, whether it counts there.
    counts: Vec<bool>,
}

impl Risk {
    pub(super) fn hosts(&self) -> i64 {
        self.hosts.count()
    }

    /// Takes the worst of what is said; to be called before images are counted.
    fn know(
        &mut self,
        severity: u8,
        fixable: bool,
        exploited: bool,
        first_seen: i64,
        last_scan: Option<i64>,
    ) {
        let is_new = self.images == 0 && self.handled == 0;
        self.first_seen = if is_new { first_seen } else { self.first_seen.min(first_seen) };
        self.severity = self.severity.max(severity);
        self.fixable |= fixable;
        self.exploited |= exploited;
        self.last_scan = self.last_scan.max(last_scan);
    }

    /// Adds what is known of it among other images.
    fn join(&mut self, other: &Self) {
        self.know(other.severity, other.fixable, other.exploited, other.first_seen, other.last_scan);
        self.handled = self.handled.saturating_add(other.handled);
        self.images = self.images.saturating_add(other.images);
        self.containers = self.containers.saturating_add(other.containers);
        self.hosts.join(&other.hosts);
    }

    fn add(&mut self, broken: &Broken, counts: bool, asset: &Asset, hosts: &[usize], scanned: Option<i64>) {
        self.know(broken.severity, broken.fixable, broken.exploited, broken.first_seen, scanned);
        if !counts {
            self.handled = self.handled.saturating_add(1);
            return;
        }
        self.images = self.images.saturating_add(1);
        self.containers = self.containers.saturating_add(asset.containers);
        for host in hosts {
            self.hosts.insert(*host);
        }
    }
}

impl Through {
    /// All groups, and what they come to for all projects, for all sources, and for both.
    pub(super) fn summed(self) -> BTreeMap<Group, Risks> {
        let mut groups: BTreeMap<Group, Risks> = BTreeMap::new();
        for ((project, source), risks) in self.groups {
            for sum in [(project, String::new()), (0, source.clone()), (0, String::new())] {
                let sum = groups.entry(sum).or_default();
                for (rule, risk) in &risks {
                    sum.entry(*rule).or_default().join(risk);
                }
            }
            groups.insert((project, source), risks);
        }
        groups
    }

    /// Adds what one content says.
    pub(super) fn content(&mut self, content: &Content, known: &Known, decisions: &Decisions) {
        let assets: Vec<&Asset> = content.assets.iter().filter(|asset| !asset.is_gone).collect();
        if assets.is_empty() {
            return;
        }
        let broken = broken(content, &assets, known, decisions);
        for (at, asset) in assets.iter().enumerate() {
            let hosts: Vec<usize> = asset
                .hosts
                .iter()
                .map(|host| {
                    let next = self.hosts.len();
                    *self.hosts.entry(*host).or_insert(next)
                })
                .collect();
            let group = self.groups.entry((asset.project_id, asset.kind.clone())).or_default();
            for broken in &broken {
                let counts = broken.counts.get(at).copied().unwrap_or_default();
                group.entry(broken.rule).or_default().add(broken, counts, asset, &hosts, content.scanned);
            }
        }
    }
}

fn broken(content: &Content, assets: &[&Asset], known: &Known, decisions: &Decisions) -> Vec<Broken> {
    let mut places: HashMap<u32, usize> = HashMap::new();
    let mut all: Vec<Broken> = Vec::new();
    content.each(known, decisions, |seen| {
        let next = all.len();
        let place = *places.entry(seen.rule).or_insert(next);
        if place == next {
            all.push(Broken {
                rule: seen.rule,
                severity: seen.severity,
                fixable: false,
                exploited: false,
                first_seen: seen.first_seen,
                counts: vec![false; assets.len()],
            });
        }
        let Some(broken) = all.get_mut(place) else { return };
        broken.severity = broken.severity.max(seen.severity);
        broken.fixable |= seen.fixable;
        broken.exploited |= seen.exploited;
        broken.first_seen = broken.first_seen.min(seen.first_seen);
        for (counts, asset) in broken.counts.iter_mut().zip(assets) {
            *counts = *counts || !seen.is_covered(asset, decisions);
        }
    });
    all
}
