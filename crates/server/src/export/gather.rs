//! What an export tells: image by image, with what was decided about it.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use api::ExportSubject;
use model::{Failure, Finding, FindingKind};
use store::assets::{self, Asset, Filter, Rows};
use store::decisions::{self, Decisions};
use store::findings::{self, Row};
use store::{Scope, exports};

use super::Parameters;
use super::columns::{Found, Line};
use super::output::{Item, Output};
use super::sheet::Cell;
use crate::work::{Hold, Undone};
use crate::{App, ingest, selection};

/// How many images are looked up at once.
const BATCH: i64 = 500;

/// The images of an export, those with the lowest ids first.
pub(super) struct Images {
    picked: Option<Vec<i64>>,
    filter: Filter,
    scope: Scope,
    total: i64,
}

impl Images {
    pub(super) async fn new(app: &App, parameters: &Parameters) -> Result<Self, Undone> {
        let (wanted, scope) = (&parameters.wanted, parameters.scope());
        let refused = |_| Undone::Failed(Failure::InvalidContent, "the filter cannot be used".to_owned());
        let mut filter = selection::filter(&wanted.filter.clone().unwrap_or_default()).map_err(refused)?;
        let is_list = wanted.subject == ExportSubject::Images;
        filter.rows = if is_list { Rows::Shown } else { Rows::Images };
        let mut picked = (!wanted.images.is_empty()).then(|| {
            let mut images = wanted.images.clone();
            images.retain(|image| !wanted.exclude.contains(image));
            images.sort_unstable();
            images.dedup();
            images
        });
        if let Some(rows) = picked.as_mut().filter(|_| !is_list) {
            *rows = assets::images_of(&app.database, rows).await?;
        }
        let total = match &picked {
            Some(picked) => i64::try_from(picked.len()).unwrap_or(i64::MAX),
            None => assets::count(&app.database, &scope, &filter).await?.0,
        };
        Ok(Self { picked, filter, scope, total })
    }

    /// Whether exactly one image was picked.
    pub(super) fn is_one(&self) -> bool {
        self.picked.as_ref().is_some_and(|picked| picked.len() == 1)
    }

    /// The ids that follow one.
    async fn after(&self, app: &App, exclude: &[i64], after: i64) -> Result<Vec<i64>, Undone> {
        match &self.picked {
            Some(picked) => {
                let rest = picked.iter().copied().filter(|id| *id > after);
                Ok(rest.take(usize::try_from(BATCH).unwrap_or_default()).collect())
            }
            None => Ok(assets::ids(&app.database, &self.scope, &self.filter, exclude, after, BATCH).await?),
        }
    }
}

/// Hands on all that an export tells.
pub(super) async fn gather(
    app: &App,
    hold: &Hold,
    parameters: &Parameters,
    images: Images,
    output: &Output,
) -> Result<(), Undone> {
    let stop = hold.stop();
    let decisions = Decisions::load(&app.database).await?;
    let gathering = Gathering { app, parameters, decisions, output };
    let (mut after, mut done) = (0, 0_i64);
    loop {
        let ids = images.after(app, &parameters.wanted.exclude, after).await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        for id in ids {
            if stop.load(Ordering::Relaxed) {
                return Err(Undone::Stopped);
            }
            if let Some(image) = assets::find(&app.database, &images.scope, id).await?
                && !gathering.image(&image).await?
            {
                return Ok(());
            }
            done = done.saturating_add(1);
            // The rest is bringing the file to where it is kept.
            hold.progress(done.saturating_mul(95) / images.total.max(done).max(1));
        }
    }
}

struct Gathering<'a> {
    app: &'a App,
    parameters: &'a Parameters,
    decisions: Decisions,
    output: &'a Output,
}

impl Gathering<'_> {
    /// Hands on what an image has; gives whether there is room for more.
    async fn image(&self, image: &Asset) -> Result<bool, Undone> {
        let language = self.parameters.language();
        let line = Line { language, image, finding: None, software: None, file: None };
        let kind = match self.parameters.wanted.subject {
            ExportSubject::Images => return Ok(self.put(vec![self.cells(&line)]).await),
            ExportSubject::Vulnerabilities => FindingKind::Vulnerabilities,
            ExportSubject::Baseline => FindingKind::Baseline,
            ExportSubject::Malware => FindingKind::Malware,
            ExportSubject::Secrets => FindingKind::Secrets,
            ExportSubject::Compliance => FindingKind::Compliance,
            ExportSubject::Software => return self.software(line).await,
            ExportSubject::Files => return self.files(line).await,
            ExportSubject::Sbom => return self.sbom(image).await,
        };
        self.findings(line, kind).await
    }

    async fn findings(&self, line: Line<'_>, kind: FindingKind) -> Result<bool, Undone> {
        let Some(content) = line.image.content_id else { return Ok(true) };
        let mut rows = findings::of_content(&self.app.database, content).await?;
        rows.retain(|row| row.kind == kind.word() && self.is_wanted(row));
        rows.sort_by(|one, other| {
            let key = |row: &Row| (-row.severity, row.rule.clone(), row.package.clone(), row.path.clone());
            key(one).cmp(&key(other))
        });
        let mut details: HashMap<String, Finding> = HashMap::new();
        for (fingerprint, detail) in exports::details(&self.app.database, content, kind.word()).await? {
            let unreadable = |_error| store::Error::Kept { what: "finding of image", id: line.image.id };
            let found = serde_json::from_str(&detail).map_err(unreadable)?;
            details.insert(fingerprint, found);
        }
        let image = decisions::Image {
            asset_id: line.image.id,
            project_id: line.image.project_id,
            kind: &line.image.kind,
            repository: &line.image.repository,
            tag: line.image.tag.as_deref(),
            reference: &line.image.reference,
        };
        let mut told = Vec::new();
        for row in &rows {
            let decision = self.decisions.covering(
                &image,
                &decisions::Finding {
                    kind: &row.kind,
                    rule: &row.rule,
                    aliases: &row.aliases,
                    package: &row.package,
                    path: &row.path,
                    fingerprint: &row.fingerprint,
                    fixable: row.fixable(),
                },
            );
            let is_handled = decision.is_some() || row.suppressed.is_some();
            let is_hidden = decision.is_some_and(|decision| decision.action.hides());
            let handled = self.parameters.wanted.handled;
            if handled.is_some_and(|wanted| wanted != is_handled) || (is_hidden && handled.is_none()) {
                continue;
            }
            let detail = details.get(&row.fingerprint);
            let line = Line { finding: Some(Found { row, detail, decision }), ..line };
            told.push(self.cells(&line));
        }
        Ok(self.put(told).await)
    }

    fn is_wanted(&self, row: &Row) -> bool {
        let wanted = &self.parameters.wanted;
        let severity = selection::severity(row.severity);
        (wanted.severity.is_empty() || wanted.severity.contains(&severity))
            && wanted.fixable.is_none_or(|fixable| fixable == row.fixable())
    }

    async fn software(&self, line: Line<'_>) -> Result<bool, Undone> {
        let Some(content) = line.image.content_id else { return Ok(true) };
        let packages = exports::software(&self.app.database, content).await?;
        let cells = packages.iter().map(|software| self.cells(&Line { software: Some(software), ..line }));
        Ok(self.put(cells.collect()).await)
    }

    async fn files(&self, line: Line<'_>) -> Result<bool, Undone> {
        let Some(files) = self.report(line.image).await?.and_then(|report| report.files) else {
            return Ok(true);
        };
        let lists = [
            ("largest", &files.largest),
            ("set-id", &files.set_id),
            ("world-writable", &files.world_writable),
        ];
        let told = lists.iter().flat_map(|(why, files)| files.iter().map(move |file| (file, *why)));
        let cells = told.map(|file| self.cells(&Line { file: Some(file), ..line }));
        Ok(self.put(cells.collect()).await)
    }

    async fn sbom(&self, image: &Asset) -> Result<bool, Undone> {
        let Some(mut report) = self.report(image).await? else { return Ok(true) };
        // The content may have been scanned under another of its names.
        report.image.name.clone_from(&image.name);
        let safe =
            |letter: char| if letter.is_ascii_alphanumeric() || "-.".contains(letter) { letter } else { '_' };
        let name: String = image.name.chars().take(120).map(safe).collect();
        let name = format!("{}-{}", name.trim_start_matches('.'), image.id);
        Ok(self.output.put(Item::Report(name, Box::new(report))).await)
    }

    async fn report(&self, image: &Asset) -> Result<Option<model::Report>, Undone> {
        let Some(content) = image.content_id else { return Ok(None) };
        match exports::report_key(&self.app.database, content).await? {
            Some(key) => Ok(Some(ingest::report(self.app, &key).await?)),
            None => Ok(None),
        }
    }

    fn cells(&self, line: &Line<'_>) -> Vec<Cell> {
        self.output.columns().iter().map(|column| (column.value)(line)).collect()
    }

    async fn put(&self, rows: Vec<Vec<Cell>>) -> bool {
        rows.is_empty() || self.output.put(Item::Rows(rows)).await
    }
}
