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

/// The statement that writes rows of [`Counted::row`]; the columns of a list of values are called so by both databases.
pub(super) const BEFORE: &str = "UPDATE asset SET scanned = v.column2, risk = v.column3, critical = v.column4, \
    high = v.column5, medium = v.column6, low = v.column7, negligible = v.column8, unknown = v.column9, \
    vulnerabilities = v.column10, fixable = v.column11, exploited = v.column12, malware = v.column13, \
    secrets = v.column14, baseline = v.column15, compliance = v.column16, base_image = v.column17, \
    ignored = v.column18, gaps = v.column19, components = v.column20, hosts = v.column21, \
    containers = v.column22, running = v.column23, focus = v.column24, focus_reasons = v.column25, \
    status = CASE WHEN asset.status = 'unscanned' AND v.column2 IS NOT NULL THEN 'scanned' ELSE asset.status END \
    FROM (VALUES ";
pub(super) const AFTER: &str = ") AS v WHERE asset.id = v.column1";

/// From here on a secret makes an image one to look at first.
const GRAVE: u8 = 4;
const CRITICAL: u8 = 5;

/// What is counted on the way.
#[derive(Default)]
struct Tally {
    counted: Counted,
    has_grave_secret: bool,
    has_fixable_critical: bool,
}

/// The rows of all assets that count otherwise than before, with their ids.
pub(super) fn changed(batch: &[Content], known: &Known, decisions: &Decisions) -> Vec<(i64, Vec<Value>)> {
    let of_content = |content: &Content| {
        let tallies = tally(content, known, decisions);
        let counted =
            content.assets.iter().zip(tallies).map(|(asset, tally)| (asset, tally.end(content, asset)));
        let changed = counted.filter(|(asset, counted)| *counted != asset.before);
        changed.map(|(asset, counted)| (asset.id, counted.row(asset.id))).collect::<Vec<_>>()
    };
    batch.iter().flat_map(of_content).collect()
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
        let reasons = self.reasons(asset);
        Counted {
            scanned: content.scanned,
            risk: content.scanned.map(|_| self.counted.risk.unwrap_or(-1)),
            gaps: content.gaps,
            components: content.components,
            hosts: i64::try_from(asset.hosts.len()).unwrap_or(i64::MAX),
            containers: asset.containers,
            running: asset.running,
            focus: !reasons.is_empty(),
            focus_reasons: serde_json::to_string(&reasons).unwrap_or_default(),
            ..self.counted
        }
    }

    /// Why it deserves a look first, the most urgent reason first.
    fn reasons(&self, asset: &Asset) -> Vec<&'static str> {
        let counted = &self.counted;
        let reasons = [
            ("malware", counted.malware > 0),
            ("exploited", counted.exploited > 0),
            ("running-critical", counted.critical > 0 && asset.running > 0),
            ("fixable-critical", self.has_fixable_critical),
            ("secrets", self.has_grave_secret),
        ];
        reasons.into_iter().filter(|(_, holds)| *holds).map(|(reason, _)| reason).collect()
    }
}

impl Counted {
    fn row(self, asset: i64) -> Vec<Value> {
        let mut row: Vec<Value> = vec![asset.into(), self.scanned.into(), self.risk.into()];
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
            self.components,
            self.hosts,
            self.containers,
            self.running,
        ];
        row.extend(counts.map(Value::from));
        row.extend([self.focus.into(), self.focus_reasons.into()]);
        row
    }
}
