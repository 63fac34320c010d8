//! One scan, from the layers to the report.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

use advisories::Judgement;
use image::{Image, Layer};
use model::{
    Digest, Distribution, Gap, ImageSummary, LayerSummary, Package, Part, Report, SCHEMA_VERSION, Stats, Tool,
};

use crate::cache::Cache;
use crate::collector::Detectors;
use crate::facts::{Groups, LayerFacts};
use crate::findings::{self, Judged, Subject};
use crate::inspection::Flight;
use crate::merge::{Merged, Stacked, complete, merge};
use crate::progress::Event;
use crate::{Check, Error, Options, purl};

/// Reads layers, keeps what they tell, and judges images.
pub struct Scanner<'a> {
    pub(crate) options: &'a Options<'a>,
    pub(crate) detectors: Detectors,
    pub(crate) cache: Option<Cache>,
    /// What the checks need to know of every layer.
    pub(crate) needed: Groups,
    pub(crate) flight: Flight,
}

/// Packages that somebody else has listed, as an SBOM holds them.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// What they are of: the image's name, or the file's.
    pub name: String,
    /// The digest of the image's manifest, where it is told.
    pub digest: Option<String>,
    /// The distribution.
    pub distribution: Option<Distribution>,
    /// The packages.
    pub packages: Vec<Package>,
    /// What of the list could not be used.
    pub gaps: Vec<Gap>,
}

/// Layers that passed by in a stream, by what identifies them.
#[derive(Default)]
pub struct Passed {
    pub(crate) by_diff_id: HashMap<Digest, Arc<LayerFacts>>,
    pub(crate) by_member: HashMap<String, (Option<Digest>, Arc<LayerFacts>)>,
    pub(crate) bytes: u64,
}

impl<'a> Scanner<'a> {
    /// A scanner.
    #[must_use]
    pub fn new(options: &'a Options<'a>) -> Self {
        let cache = options.cache.clone().map(Cache::new);
        let needed = Groups::needed(options);
        Self { options, detectors: Detectors::new(), cache, needed, flight: Flight::default() }
    }

    /// Whether the facts of all layers of an image are known, so that none has to be read.
    #[must_use]
    pub fn knows(&self, image: &Image) -> bool {
        let known = |layer: &Layer| Some(self.cache.as_ref()?.knows(layer.diff_id.as_ref()?, &self.needed));
        image.layers.iter().all(|layer| known(layer) == Some(true))
    }

    /// Scans an image whose layers can be opened.
    ///
    /// # Errors
    /// When a layer cannot be fetched or is not what its digest names.
    pub fn scan(&self, image: &Image) -> Result<Report, Error> {
        self.scan_passed(image, &Passed::default())
    }

    /// Scans an image of which some layers passed by in a stream.
    ///
    /// # Errors
    /// As [`Scanner::scan`].
    pub fn scan_passed(&self, image: &Image, passed: &Passed) -> Result<Report, Error> {
        let start = Instant::now();
        let gathered = self.gather(image, passed)?;
        self.options.go_on()?;
        let layers = part("layers", start, gathered.bytes.saturating_add(passed.bytes));
        (self.options.progress)(Event::Judging);
        let subject = Subject::new(image, self.options);
        let start_merge = Instant::now();
        let stacked = stack(image, &subject, &gathered.facts);
        let merged = merge(&stacked, self.options);
        let mut stats = Stats {
            layers_cached: gathered.cached,
            layers_read: gathered.read,
            parts: vec![layers, part("merge", start_merge, 0)],
            ..Stats::default()
        };
        self.options.go_on()?;
        let mut report = self.judge(&subject, &stacked, merged, &mut stats)?;
        report.layers = summaries(image, &subject, &gathered.facts);
        report.image = summary(image, subject, report.image.os);
        report.image.size = report.layers.iter().map(|layer| layer.size).sum();
        stats.wall_ms = milliseconds(start);
        report.stats = stats;
        Ok(report)
    }

    /// Judges packages that somebody else has listed, by the checks that need nothing else: vulnerabilities, software,
    /// compliance.
    ///
    /// # Errors
    /// When the advisories cannot be read.
    pub fn scan_listed(&self, listed: Listed) -> Result<Report, Error> {
        let start = Instant::now();
        let Listed { name, digest, mut distribution, mut packages, gaps } = listed;
        if let Some(distribution) = &mut distribution {
            complete(distribution);
        }
        for package in packages.iter_mut().filter(|package| package.purl.is_empty()) {
            package.purl = purl::of(package, distribution.as_ref());
        }
        let subject = Subject::listed(&name);
        let merged = Merged { distribution, packages, gaps, ..Merged::default() };
        let mut stats = Stats::default();
        let mut report = self.judge(&subject, &[], merged, &mut stats)?;
        report.checks.retain(|check| ["vulnerabilities", "software", "compliance"].contains(&check.as_str()));
        let os = report.image.os;
        report.image =
            ImageSummary { name, source: "sbom".to_owned(), digest, os, ..ImageSummary::default() };
        stats.wall_ms = milliseconds(start);
        report.stats = stats;
        Ok(report)
    }

    /// Reads a layer that passes by in a stream.
    ///
    /// # Errors
    /// When the stream itself fails.
    pub fn pass(
        &self,
        passed: &mut Passed,
        member: &str,
        source: &mut (dyn Read + Send),
    ) -> Result<(), Error> {
        let (read, diff_id) = self.reader(&self.needed).read_passing(source)?;
        passed.bytes = passed.bytes.saturating_add(read.bytes);
        (self.options.progress)(Event::LayerDone);
        if let Some(diff_id) = &diff_id {
            self.keep(diff_id, &self.needed, &read);
        }
        let facts = Arc::new(read.facts);
        if let Some(diff_id) = &diff_id {
            passed.by_diff_id.insert(diff_id.clone(), Arc::clone(&facts));
        }
        passed.by_member.insert(member.to_owned(), (diff_id, facts));
        Ok(())
    }

    fn vulnerabilities(&self, merged: &mut Merged<'_>) -> Result<Judgement, Error> {
        if !self.options.makes(Check::Vulnerabilities) {
            return Ok(Judgement::default());
        }
        let Some(database) = self.options.database else {
            let why =
                "there is no advisory database, so no vulnerability was looked for; run `lazaret db update`";
            merged.gaps.push(Gap::new("advisories", "", why));
            return Ok(Judgement::default());
        };
        advisories::judge(database, merged.distribution.as_ref(), &merged.packages).map_err(Error::Advisories)
    }

    /// Judges what was merged; the image and the layers are left to the caller, who knows them.
    fn judge(
        &self,
        subject: &Subject<'_>,
        stacked: &[Stacked<'_>],
        mut merged: Merged<'_>,
        stats: &mut Stats,
    ) -> Result<Report, Error> {
        let start = Instant::now();
        let vulnerabilities = self.vulnerabilities(&mut merged)?;
        stats.parts.push(part("match", start, 0));
        let start = Instant::now();
        let Judged { findings, baseline, files, gaps: undecided } =
            findings::judge(self.options, subject, stacked, &mut merged, vulnerabilities);
        stats.parts.push(part("judge", start, 0));
        let mut gaps = merged.gaps;
        gaps.extend(undecided);
        gaps.sort();
        gaps.dedup();
        let database = self.options.database.filter(|_| self.options.makes(Check::Vulnerabilities));
        let os = merged.distribution.as_ref().and_then(|distribution| distribution.name.clone());
        Ok(Report {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool { name: "lazaret".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            image: ImageSummary { os, ..ImageSummary::default() },
            distribution: merged.distribution,
            checks: self.options.checks.iter().map(|check| check.word().to_owned()).collect(),
            database: database.map(advisories::Database::summary),
            layers: Vec::new(),
            packages: if self.options.makes(Check::Software) { merged.packages } else { Vec::new() },
            findings,
            baseline,
            files,
            base_image: subject.base.clone(),
            gaps,
            stats: Stats::default(),
        })
    }
}

fn stack<'f>(image: &Image, subject: &Subject<'_>, facts: &'f [Arc<LayerFacts>]) -> Vec<Stacked<'f>> {
    let mut instructions = subject.instructions();
    let layers = facts.iter().zip(&image.layers).enumerate();
    layers
        .map(|(at, (facts, layer))| Stacked {
            facts,
            diff_id: layer.diff_id.as_ref().map(ToString::to_string),
            created_by: instructions.next().map(str::to_owned),
            from_base: subject.is_base(at),
        })
        .collect()
}

fn summary(image: &Image, subject: Subject<'_>, os: Option<String>) -> ImageSummary {
    let config = &image.config;
    ImageSummary {
        name: image.name.clone(),
        source: image.source.to_owned(),
        digest: image.digest.as_ref().map(ToString::to_string),
        image_id: image.image_id.as_ref().map(ToString::to_string),
        os,
        platform: (!config.os.is_empty()).then(|| config.platform().to_string()),
        size: 0,
        created: config.created.clone(),
        config: subject.config,
        history: subject.history,
    }
}

fn summaries(image: &Image, subject: &Subject<'_>, facts: &[Arc<LayerFacts>]) -> Vec<LayerSummary> {
    let mut instructions = subject.instructions();
    let summary = |(at, layer): (usize, &Layer)| LayerSummary {
        digest: layer.digest.as_ref().map(ToString::to_string),
        diff_id: layer.diff_id.as_ref().map(ToString::to_string),
        size: facts.get(at).map_or(0, |facts| facts.listing.size),
        created_by: instructions.next().map(str::to_owned),
        from_base: subject.is_base(at),
    };
    image.layers.iter().enumerate().map(summary).collect()
}

fn part(name: &str, start: Instant, bytes: u64) -> Part {
    Part { name: name.to_owned(), wall_ms: milliseconds(start), bytes }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
