//! `lazaret scan`.

use std::path::Path;
use std::sync::Arc;

use advisories::Database;
use anyhow::Result;
use bounded::Limits;
use image::Location;
use model::Report;
use scan::{Check, Directory, Inspectors, Listed, Options, Scanner, Shelf};

use crate::cli::{ScanArguments, WARNING};
use crate::output::Outputs;
use crate::progress::Progress;
use crate::source::{Finder, Registries};
use crate::verdict::Verdict;
use crate::{Outcome, inspectors, settings};

/// The largest SBOM that is read.
const SBOM_BYTES: u64 = 256 << 20;

/// What is the same for all images of one run.
struct Run<'a> {
    arguments: &'a ScanArguments,
    checks: Vec<Check>,
    inspectors: &'a Inspectors,
    database: Option<Database>,
    today: &'a str,
    registries: Registries,
}

pub(crate) fn run(arguments: &ScanArguments) -> Result<Outcome> {
    let outputs = Outputs::new(arguments)?;
    let today = settings::today();
    let verdict = Verdict::new(arguments, &today)?;
    let (mut reports, failed) = scan(arguments)?;
    let outcome = verdict.apply(&mut reports);
    if !reports.is_empty() {
        outputs.write(&reports)?;
    }
    Ok(if failed { Outcome::Failed } else { outcome })
}

/// Scans all that is named; also whether something of it failed, which was then said.
pub(crate) fn scan(arguments: &ScanArguments) -> Result<(Vec<Report>, bool)> {
    let today = settings::today();
    let checks = arguments.checks();
    let run = Run {
        arguments,
        inspectors: &inspectors::build(&checks, &arguments.rules)?,
        database: database(arguments, &checks)?,
        today: &today,
        registries: Registries::new(&arguments.registry)?,
        checks,
    };
    let mut reports = Vec::new();
    let mut failed = false;
    let mut take = |name: &str, scanned: Result<(Vec<Report>, Vec<image::Error>)>| {
        let failures: Vec<anyhow::Error> = match scanned {
            Ok((found, failures)) => {
                reports.extend(found);
                failures.into_iter().map(anyhow::Error::from).collect()
            }
            Err(error) => vec![error],
        };
        for error in failures {
            failed = true;
            crate::report(&error.context(format!("cannot scan `{name}`")));
        }
    };
    for name in &arguments.images {
        take(name, run.image(name));
    }
    for file in &arguments.sbom {
        take(&file.display().to_string(), run.sbom(file).map(|reports| (reports, Vec::new())));
    }
    Ok((reports, failed))
}

/// The advisories; none, with a word about it, when nobody has fetched them yet.
fn database(arguments: &ScanArguments, checks: &[Check]) -> Result<Option<Database>> {
    if !checks.contains(&Check::Vulnerabilities) {
        return Ok(None);
    }
    let path = settings::database(arguments.database.db.as_ref())?;
    if path.join("manifest.json").exists() {
        return Ok(Some(Database::open(&path)?));
    }
    if arguments.database.db.is_some() {
        anyhow::bail!(
            "cannot find an advisory database in `{}`; hint: lazaret db update --db `{0}`",
            path.display()
        );
    }
    if !arguments.quiet {
        let (start, end) = (WARNING.render(), WARNING.render_reset());
        anstream::eprintln!(
            "{start}warning:{end} there is no advisory database yet; hint: lazaret db update"
        );
    }
    Ok(None)
}

impl Run<'_> {
    fn options<'o>(&'o self, progress: &'o scan::Progress<'o>) -> Result<Options<'o>> {
        let arguments = self.arguments;
        let cache = match arguments.no_cache {
            true => None,
            false => {
                let directory = Directory::new(&settings::cache(arguments.cache_dir.as_ref())?);
                Some(Arc::new(directory) as Arc<dyn Shelf>)
            }
        };
        Ok(Options {
            checks: &self.checks,
            inspectors: self.inspectors,
            database: self.database.as_ref(),
            declared: arguments.declared,
            cache,
            jobs: arguments.jobs.map_or_else(processors, usize::from),
            limits: Limits::default(),
            today: self.today.to_owned(),
            progress,
            stop: None,
        })
    }

    /// The reports of an image, and why some of its platforms have none.
    fn image(&self, name: &str) -> Result<(Vec<Report>, Vec<image::Error>)> {
        let location = Location::parse(name)?;
        let bar = Progress::new(name, self.arguments.quiet);
        let hear = |event| bar.hear(&event);
        let options = self.options(&hear)?;
        let scanner = Scanner::new(&options);
        let finder = Finder {
            scanner: &scanner,
            choice: self.arguments.platform.clone().unwrap_or_default(),
            registries: &self.registries,
        };
        let found = finder.find(&location)?;
        let reports: Result<Vec<Report>, scan::Error> =
            found.images.iter().map(|image| scanner.scan_passed(image, &found.passed)).collect();
        bar.clear();
        Ok((reports?, found.failures))
    }

    /// Judges the packages that an SBOM lists.
    fn sbom(&self, file: &Path) -> Result<Vec<Report>> {
        let bytes = bounded::read_file(file, SBOM_BYTES)?;
        let sbom = inventory::sbom::read(&bytes)?;
        let listed = Listed {
            name: if sbom.name.is_empty() { file.display().to_string() } else { sbom.name },
            digest: sbom.digest,
            distribution: sbom.distribution,
            packages: sbom.packages,
            gaps: sbom.gaps,
        };
        let quiet = |_event| {};
        Ok(vec![Scanner::new(&self.options(&quiet)?).scan_listed(listed)?])
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
