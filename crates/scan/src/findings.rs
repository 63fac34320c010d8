//! From what the merged image tells to findings, each with its layer.

use advisories::Judgement;
use inspect::{Evidence, Placed};
use model::{BaseImage, CheckResult, Detail, Digest, Files, Finding, Gap, HistoryStep, ImageConfig};

use crate::merge::{Merged, Stacked};
use crate::{Check, Options};

/// An image as it is judged: its configuration and history are masked.
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    pub(crate) config: ImageConfig,
    pub(crate) history: Vec<HistoryStep>,
    pub(crate) is_directory: bool,
    pub(crate) base: Option<BaseImage>,
    /// Secrets of the configuration and history.
    pub(crate) secrets: Vec<inspect::secrets::SecretFact>,
}

/// What is wrong with an image.
#[derive(Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    pub(crate) baseline: Vec<CheckResult>,
    pub(crate) files: Option<Files>,
    pub(crate) gaps: Vec<Gap>,
}

impl<'a> Subject<'a> {
    /// Takes an image's configuration and history, and masks the secrets in them.
    pub(crate) fn new(image: &'a image::Image, options: &Options<'_>) -> Self {
        let mut config = image.config.runtime();
        let mut history = image.config.history.clone().unwrap_or_default();
        let secrets = options.inspectors.secrets.as_ref();
        let secrets =
            secrets.map_or_else(Vec::new, |secrets| secrets.configuration(&mut config, &mut history));
        let diff_ids: Vec<Option<Digest>> = image.layers.iter().map(|layer| layer.diff_id.clone()).collect();
        Self {
            name: &image.name,
            base: options.inspectors.bases.recognise(&diff_ids, &history),
            is_directory: matches!(
                image.layers.as_slice(),
                [image::Layer { data: image::Data::Directory(_), .. }]
            ),
            config,
            history,
            secrets,
        }
    }

    /// A list of packages: it has no configuration and no layers.
    pub(crate) fn listed(name: &'a str) -> Self {
        Self {
            name,
            config: ImageConfig::default(),
            history: Vec::new(),
            is_directory: true,
            base: None,
            secrets: Vec::new(),
        }
    }

    /// Whether the layer at a place is the base image's; nothing when no base image is known.
    pub(crate) fn is_base(&self, layer: usize) -> Option<bool> {
        self.base.as_ref().map(|base| layer < base.layers)
    }

    /// The instruction that made each layer, the lowest first.
    pub(crate) fn instructions(&self) -> impl Iterator<Item = &str> {
        self.history.iter().filter(|step| !step.empty_layer).map(|step| step.created_by.as_str())
    }

    /// The layer that a step of the history (from 1) made.
    fn layer_of_step(&self, step: usize) -> Option<usize> {
        let index = step.checked_sub(1)?;
        let made = self.history.get(index).is_some_and(|step| !step.empty_layer);
        made.then(|| self.history.iter().take(index).filter(|step| !step.empty_layer).count())
    }
}

/// Judges a merged image.
pub(crate) fn judge(
    options: &Options<'_>,
    subject: &Subject<'_>,
    layers: &[Stacked<'_>],
    merged: &mut Merged<'_>,
    vulnerabilities: Judgement,
) -> Judged {
    let mut judged = Judged { gaps: vulnerabilities.gaps, ..Judged::default() };
    let mut placed: Vec<Placed> = Vec::new();
    let brought = |finding: Finding| Placed { layer: position(layers, &finding), finding };
    placed.extend(vulnerabilities.findings.into_iter().map(brought));
    placed.extend(secrets(options, subject, merged));
    placed.extend(malware(options, merged));
    let evidence = Evidence {
        config: &subject.config,
        history: &subject.history,
        name: subject.name,
        distribution: merged.distribution.as_ref(),
        packages: &merged.packages,
        kept: &merged.kept,
        noted: &merged.noted,
        is_directory: subject.is_directory,
        today: &options.today,
    };
    // A mere list of packages has nothing to hold settings against.
    if let Some(baseline) = options.baseline().filter(|_| !layers.is_empty()) {
        let verdict = baseline.judge(&evidence);
        placed.extend(verdict.findings);
        judged.baseline = verdict.results;
        judged.gaps.extend(verdict.gaps);
    }
    if let Some(compliance) = options.compliance() {
        placed.extend(compliance.judge(&evidence));
    }
    if options.makes(Check::BaseImage) && !subject.is_directory {
        let finding = options.inspectors.bases.judge(subject.base.as_ref());
        placed.extend(finding.map(|finding| Placed { finding, layer: None }));
    }
    let place =
        |layer: usize| (layers.get(layer).and_then(|layer| layer.diff_id.clone()), subject.is_base(layer));
    judged.files = merged.files.take().map(|counter| counter.finish(&place));
    judged.findings = placed.into_iter().map(|placed| attribute(placed, layers)).collect();
    sort(&mut judged.findings);
    judged
}

/// The worst first; of equally bad vulnerabilities, the riskiest.
pub(crate) fn sort(findings: &mut [Finding]) {
    findings.sort_by_cached_key(|finding| {
        let package = finding.package().map(|(name, _)| name.to_owned());
        let paths = finding.paths().to_vec();
        (
            std::cmp::Reverse(finding.severity),
            finding.kind(),
            std::cmp::Reverse(risk(finding)),
            finding.id.clone(),
            package,
            paths,
            finding.key(),
        )
    });
}

/// The risk of a vulnerability; the bits of numbers that are not negative are in their order.
fn risk(finding: &Finding) -> u64 {
    match &finding.detail {
        Detail::Vulnerability(found) => found.risk.max(0.0).to_bits(),
        _ => 0,
    }
}

/// The layer a finding names already.
fn position(layers: &[Stacked<'_>], finding: &Finding) -> Option<usize> {
    finding.layer.as_ref()?;
    layers.iter().position(|layer| layer.diff_id == finding.layer && layer.created_by == finding.created_by)
}

fn attribute(placed: Placed, layers: &[Stacked<'_>]) -> Finding {
    let Placed { mut finding, layer } = placed;
    if let Some(layer) = layer.and_then(|layer| layers.get(layer)) {
        finding.layer.clone_from(&layer.diff_id);
        finding.created_by.clone_from(&layer.created_by);
        finding.from_base = layer.from_base;
    }
    finding
}

fn secrets<'a>(
    options: &'a Options<'_>,
    subject: &'a Subject<'_>,
    merged: &'a Merged<'_>,
) -> impl Iterator<Item = Placed> + 'a {
    let engine = options.secrets();
    let files = merged.secrets.iter().filter_map(move |seen| {
        Some(Placed { finding: engine?.finding(seen.fact, seen.visible)?, layer: Some(seen.layer) })
    });
    let configuration = subject.secrets.iter().filter_map(move |fact| {
        let step = fact.place.strip_prefix("history ").and_then(|step| step.parse().ok());
        let layer = step.and_then(|step| subject.layer_of_step(step));
        Some(Placed { finding: engine?.finding(fact, true)?, layer })
    });
    files.chain(configuration)
}

fn malware<'a>(options: &'a Options<'_>, merged: &'a Merged<'_>) -> impl Iterator<Item = Placed> + 'a {
    let engine = options.malware();
    merged.malware.iter().filter_map(move |seen| {
        Some(Placed { finding: engine?.finding(seen.fact, seen.visible)?, layer: Some(seen.layer) })
    })
}
