use std::collections::BTreeSet;

use model::FindingKind;

use super::batch::{Asset, Content, Seen};
use super::known::Known;
use crate::decisions::Decisions;
use crate::sql::Value;

/// What lists show of an asset.
#[derive(Clone, Debug, Default, PartialEq, sqlx::FromRow)]
pub(crate) struct Counted {
    scanned: Option<i64>,
    /// The worst severity that counts; -1 when nothing was found, nothing when nothing was looked for.
    risk: Option<i64>,
    critical: i64,
    high: i64,
    medium: i64,
    low: i64,
    negligible: i64,
    unknown: i64,
    vulnerabilities: i64,
    fixable: i64,
    exploited: i64,
    malware: i64,
    secrets: i64,
    baseline: i64,
    compliance: i64,
    base_image: i64,
    ignored: i64,
    gaps: i64,
    components: i64,
    hosts: i64,
    containers: i64,
    running: i64,
    focus: bool,
    focus_reasons: String,
}

/// Some columns that are written together: those that change seldom have indexes, which take long to change.
pub(super) struct Part {
    /// The statement before its rows; the columns of a list of values are called so by both databases.
    pub(super) before: &'static str,
    row: fn(&Counted, i64) -> Vec<Value>,
}

/// All columns.
pub(super) const PARTS: [Part; 2] = [
    Part {
        before: "UPDATE asset SET scanned = v.column2, components = v.column3, hosts = v.column4, \
            containers = v.column5, running = v.column6, status = CASE WHEN asset.status = 'unscanned' \
            AND v.column2 IS NOT NULL THEN 'scanned' ELSE asset.status END FROM (VALUES ",
        row: Counted::place,
    },
    Part {
        before: "UPDATE asset SET risk = v.column2, critical = v.column3, high = v.column4, medium = v.column5, \
            low = v.column6, negligible = v.column7, unknown = v.column8, vulnerabilities = v.column9, \
            fixable = v.column10, exploited = v.column11, malware = v.column12, secrets = v.column13, \
            baseline = v.column14, compliance = v.column15, base_image = v.column16, ignored = v.column17, \
            gaps = v.column18, focus = v.column19, focus_reasons = v.column20 FROM (VALUES ",
        row: Counted::counts,
    },
];
pub(super) const AFTER: &str = ") AS v WHERE asset.id = v.column1";

/// From here on a secret makes an image one to look at first.
const GRAVE: u8 = 4;
const CRITICAL: u8 = 5;
/// The kind of images that engines have.
const LOCAL: &str = "local";

/// On how many machines an image is, and in how many containers.
struct Machines {
    hosts: i64,
    containers: i64,
    running: i64,
}

impl Machines {
    /// Of one that no engine has itself, those of the same content in its project.
    fn of(content: &Content, asset: &Asset) -> Self {
        let same = |other: &&Asset| {
            if asset.kind == LOCAL {
                other.id == asset.id
            } else {
                other.kind == LOCAL && other.project_id == asset.project_id && !other.is_gone
            }
        };
        let assets = || content.assets.iter().filter(same);
        let hosts: BTreeSet<i64> = assets().flat_map(|asset| &asset.hosts).copied().collect();
        Self {
            hosts: i64::try_from(hosts.len()).unwrap_or(i64::MAX),
            containers: assets().map(|asset| asset.containers).sum(),
            running: assets().map(|asset| asset.running).sum(),
        }
    }
}

/// What is counted on the way.
#[derive(Default)]
struct Tally {
    counted: Counted,
    has_grave_secret: bool,
    has_fixable_critical: bool,
}

/// What all assets count, with what they counted before.
pub(super) fn counted<'a>(
    batch: &'a [Content],
    known: &Known,
    decisions: &Decisions,
) -> Vec<(&'a Asset, Counted)> {
    let of_content = |content: &'a Content| {
        let tallies = tally(content, known, decisions);
        content.assets.iter().zip(tallies).map(|(asset, tally)| (asset, tally.end(content, asset)))
    };
    let mut counted: Vec<_> = batch.iter().flat_map(of_content).collect();
    counted.sort_by_key(|(asset, _)| asset.id);
    counted
}

impl Part {
    /// The rows of the assets of which some of its columns are other than before.
    pub(super) fn changed(&self, counted: &[(&Asset, Counted)]) -> Vec<Vec<Value>> {
        let rows = counted.iter().map(|(asset, counted)| {
            let row = (self.row)(counted, asset.id);
            ((self.row)(&asset.before, asset.id) != row).then_some(row)
        });
        rows.flatten().collect()
    }
}

fn tally(content: &Content, known: &Known, decisions: &Decisions) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = content.assets.iter().map(|_| Tally::default()).collect();
    if content.scanned.is_none() {
        return tallies;
    }
    content.each(known, decisions, |seen| {
        for (asset, tally) in content.assets.iter().zip(&mut tallies) {
            if seen.is_covered(asset, decisions) {
                add(&mut tally.counted.ignored, true);
            } else {
                tally.add(seen);
            }
        }
    });
    tallies
}

fn add(count: &mut i64, is: bool) {
    *count = count.saturating_add(i64::from(is));
}

impl Tally {
    fn add(&mut self, seen: &Seen<'_>) {
        let counted = &mut self.counted;
        counted.risk = counted.risk.max(Some(i64::from(seen.severity)));
        let count = match seen.kind {
            FindingKind::Vulnerabilities => &mut counted.vulnerabilities,
            FindingKind::Malware => &mut counted.malware,
            FindingKind::Secrets => &mut counted.secrets,
            FindingKind::Baseline => &mut counted.baseline,
            FindingKind::Compliance => &mut counted.compliance,
            FindingKind::BaseImage => &mut counted.base_image,
        };
        add(count, true);
        self.has_grave_secret |= seen.kind == FindingKind::Secrets && seen.severity >= GRAVE;
        if seen.kind == FindingKind::Vulnerabilities {
            let severity = match seen.severity {
                CRITICAL => &mut counted.critical,
                GRAVE => &mut counted.high,
                3 => &mut counted.medium,
                2 => &mut counted.low,
                1 => &mut counted.negligible,
                _ => &mut counted.unknown,
            };
            add(severity, true);
            add(&mut counted.fixable, seen.fixable);
            add(&mut counted.exploited, seen.exploited);
            self.has_fixable_critical |= seen.fixable && seen.severity == CRITICAL;
        }
    }

    fn end(self, content: &Content, asset: &Asset) -> Counted {
        let machines = Machines::of(content, asset);
        let reasons = self.reasons(&machines);
        Counted {
            scanned: content.scanned,
            risk: content.scanned.map(|_| self.counted.risk.unwrap_or(-1)),
            gaps: content.gaps,
            components: content.components,
            hosts: machines.hosts,
            containers: machines.containers,
            running: machines.running,
            focus: !reasons.is_empty(),
            focus_reasons: serde_json::to_string(&reasons).unwrap_or_default(),
            ..self.counted
        }
    }

    /// Why it deserves a look first, the most urgent reason first.
    fn reasons(&self, machines: &Machines) -> Vec<&'static str> {
        let counted = &self.counted;
        let reasons = [
            ("malware", counted.malware > 0),
            ("exploited", counted.exploited > 0),
            ("running-critical", counted.critical > 0 && machines.running > 0),
            ("fixable-critical", self.has_fixable_critical),
            ("secrets", self.has_grave_secret),
        ];
        reasons.into_iter().filter(|(_, holds)| *holds).map(|(reason, _)| reason).collect()
    }
}

impl Counted {
    fn place(&self, asset: i64) -> Vec<Value> {
        let counts = [self.components, self.hosts, self.containers, self.running];
        let head: [Value; 2] = [asset.into(), self.scanned.into()];
        head.into_iter().chain(counts.map(Value::from)).collect()
    }

    fn counts(&self, asset: i64) -> Vec<Value> {
        let counts = [
            self.critical,
            self.high,
            self.medium,
            self.low,
            self.negligible,
            self.unknown,
            self.vulnerabilities,
            self.fixable,
            self.exploited,
            self.malware,
            self.secrets,
            self.baseline,
            self.compliance,
            self.base_image,
            self.ignored,
            self.gaps,
        ];
        let head: [Value; 2] = [asset.into(), self.risk.into()];
        let tail: [Value; 2] = [self.focus.into(), (&self.focus_reasons).into()];
        head.into_iter().chain(counts.map(Value::from)).chain(tail).collect()
    }
}
