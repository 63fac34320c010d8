//! What is different between two images, or two scans.

use std::collections::{BTreeMap, BTreeSet};

use model::{FindingKind, ImageConfig, Language, Report, Severity, Text};

/// The most rows of one list.
const MOST: usize = 1_000;

/// One side of a comparison.
#[derive(Default)]
pub(crate) struct Side {
    /// Its findings.
    pub(crate) findings: Vec<Found>,
    /// Its packages: type, name, version.
    pub(crate) packages: Vec<(String, String, String)>,
    /// Its configuration, when it is known.
    pub(crate) config: Option<ImageConfig>,
}

/// A finding of one side.
pub(crate) struct Found {
    /// Its kind.
    pub(crate) kind: FindingKind,
    /// What is shown of it.
    pub(crate) shown: api::ComparedFinding,
}

/// What stays the same when a package is upgraded: rule, package, path.
type Identity<'a> = (&'a str, &'a str, &'a str);

impl Side {
    /// What a report tells.
    pub(crate) fn of(report: Report) -> Self {
        let found = |found: &model::Finding| Found {
            kind: found.kind(),
            shown: api::ComparedFinding {
                rule: found.id.clone(),
                severity: found.severity,
                title: Text::new(found.title(Language::English), found.title(Language::Chinese)),
                package: found.package().map(|(name, _)| name.to_owned()).unwrap_or_default(),
                version: found.package().map(|(_, version)| version.to_owned()).unwrap_or_default(),
                path: found.paths().first().cloned().unwrap_or_default(),
            },
        };
        let findings = report.findings.iter().map(found).collect();
        let package =
            |package: model::Package| (package.kind.word().to_owned(), package.name, package.version);
        let packages = report.packages.into_iter().map(package).collect();
        Self { findings, packages, config: Some(report.image.config) }
    }

    fn of_kind(&self, kind: FindingKind) -> BTreeMap<Identity<'_>, &api::ComparedFinding> {
        let own = self.findings.iter().filter(|found| found.kind == kind).map(|found| &found.shown);
        own.map(|found| ((&*found.rule, &*found.package, &*found.path), found)).collect()
    }

    /// The versions of each package.
    fn versions(&self) -> BTreeMap<(&str, &str), BTreeSet<&str>> {
        let mut versions: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for (kind, name, version) in &self.packages {
            versions.entry((kind, name)).or_default().insert(version);
        }
        versions
    }
}

/// Holds two sides against one another.
pub(crate) fn compare(
    (left, left_side): (&Side, api::ComparedSide),
    (right, right_side): (&Side, api::ComparedSide),
) -> api::Comparison {
    let mut cut = false;
    let findings = FindingKind::ALL.map(|kind| findings(kind, left, right, &mut cut)).into();
    let (before, after) = (left.versions(), right.versions());
    let mut added = only(&after, &before);
    let mut removed = only(&before, &after);
    let mut changed: Vec<api::ChangedPackage> = before
        .iter()
        .filter_map(|(key, left)| Some((key, left, after.get(key)?)))
        .filter(|(_, left, right)| left != right)
        .map(|((kind, name), left, right)| api::ChangedPackage {
            kind: (*kind).to_owned(),
            name: (*name).to_owned(),
            left: left.iter().map(|version| (*version).to_owned()).collect(),
            right: right.iter().map(|version| (*version).to_owned()).collect(),
        })
        .collect();
    limit(&mut added, &mut cut);
    limit(&mut removed, &mut cut);
    limit(&mut changed, &mut cut);
    let configuration = match (&left.config, &right.config) {
        (Some(left), Some(right)) => configuration(left, right),
        _ => Vec::new(),
    };
    api::Comparison {
        left: left_side,
        right: right_side,
        findings,
        packages_added: added,
        packages_removed: removed,
        packages_changed: changed,
        configuration,
        cut,
    }
}

fn limit<T>(rows: &mut Vec<T>, cut: &mut bool) {
    *cut |= rows.len() > MOST;
    rows.truncate(MOST);
}

fn findings(kind: FindingKind, left: &Side, right: &Side, cut: &mut bool) -> api::FindingComparison {
    let (before, after) = (left.of_kind(kind), right.of_kind(kind));
    let missing = |here: &BTreeMap<Identity<'_>, &api::ComparedFinding>, there: &BTreeMap<_, _>| {
        let mut rows: Vec<api::ComparedFinding> = here
            .iter()
            .filter(|(key, _)| !there.contains_key(*key))
            .map(|(_, found)| (*found).clone())
            .collect();
        rows.sort_by(|one, other| other.severity.cmp(&one.severity).then_with(|| one.cmp(other)));
        rows
    };
    let (mut new, mut gone) = (missing(&after, &before), missing(&before, &after));
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let same = after.len().saturating_sub(new.len());
    let comparison = (count(new.len()), count(gone.len()), count(same));
    limit(&mut new, cut);
    limit(&mut gone, cut);
    let (new_count, gone_count, same) = comparison;
    api::FindingComparison {
        kind,
        new: new_count,
        gone: gone_count,
        same,
        new_findings: new,
        gone_findings: gone,
    }
}

type Versions<'a> = BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>;

/// The packages of one side that the other does not have in any version.
fn only(here: &Versions<'_>, there: &Versions<'_>) -> Vec<api::ComparedPackage> {
    let own = here.iter().filter(|(key, _)| !there.contains_key(*key));
    let rows = own.flat_map(|((kind, name), versions)| {
        versions.iter().map(|version| api::ComparedPackage {
            kind: (*kind).to_owned(),
            name: (*name).to_owned(),
            version: (*version).to_owned(),
        })
    });
    rows.collect()
}

/// A setting and its lines.
type Setting = (&'static str, Vec<String>);

fn configuration(left: &ImageConfig, right: &ImageConfig) -> Vec<api::ConfigurationChange> {
    let one = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    let whole = |words: &[String]| if words.is_empty() { Vec::new() } else { vec![words.join(" ")] };
    let labels = |config: &ImageConfig| -> Vec<String> {
        config.labels.iter().map(|(name, value)| format!("{name}={value}")).collect()
    };
    let settings = |config: &ImageConfig| {
        [
            ("user", one(&config.user)),
            ("entrypoint", whole(&config.entrypoint)),
            ("command", whole(&config.command)),
            ("working_directory", one(&config.working_directory)),
            ("exposed_ports", config.exposed_ports.clone()),
            ("volumes", config.volumes.clone()),
            ("environment", config.environment.clone()),
            ("labels", labels(config)),
            ("healthcheck", whole(config.healthcheck.as_deref().unwrap_or_default())),
            ("on_build", config.on_build.clone()),
            ("stop_signal", one(config.stop_signal.as_deref().unwrap_or_default())),
            ("shell", whole(&config.shell)),
        ]
    };
    let change = |((setting, left), (_, right)): (Setting, Setting)| {
        let without = |here: &[String], there: &[String]| -> Vec<String> {
            here.iter().filter(|line| !there.contains(line)).cloned().collect()
        };
        let (gone, new) = (without(&left, &right), without(&right, &left));
        let changed = !(gone.is_empty() && new.is_empty());
        changed.then(|| api::ConfigurationChange { setting: setting.to_owned(), left: gone, right: new })
    };
    settings(left).into_iter().zip(settings(right)).filter_map(change).collect()
}

/// A finding of the store as a side shows it.
pub(crate) fn found(row: &store::findings::Row, kind: FindingKind, severity: Severity) -> Found {
    Found {
        kind,
        shown: api::ComparedFinding {
            rule: row.rule.clone(),
            severity,
            title: Text::new(row.title_en.clone(), row.title_zh.clone()),
            package: row.package.clone(),
            version: row.version.clone(),
            path: row.path.clone(),
        },
    }
}
