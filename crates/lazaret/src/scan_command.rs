//! `lazaret scan`.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use advisories::Database;
use anyhow::{Context, Result};
use bounded::Limits;
use image::Location;
use model::Report;
use report::{Format, Style};
use scan::{Check, Inspectors, Options, Scanner};

use crate::cli::{ScanArguments, WARNING};
use crate::ignore::Ignore;
use crate::progress::Progress;
use crate::source::{Finder, registry_options};
use crate::{Outcome, gate, inspectors, settings};

/// What is the same for all images of one run.
struct Run<'a> {
    arguments: &'a ScanArguments,
    checks: Vec<Check>,
    inspectors: &'a Inspectors,
    database: Option<Database>,
    today: String,
}

pub(crate) fn run(arguments: &ScanArguments) -> Result<Outcome> {
    let format = Format::by_name(&arguments.format)?;
    let ignore = arguments.ignore_file.as_deref().map(Ignore::read).transpose()?.unwrap_or_default();
    let checks = arguments.checks();
    let run = Run {
        arguments,
        inspectors: &inspectors::build(&checks, &arguments.rules)?,
        database: database(arguments, &checks)?,
        today: today(),
        checks,
    };
    let mut reports = Vec::new();
    let mut failed = false;
    for name in &arguments.images {
        match run.scan(name) {
            Ok(found) => reports.extend(found),
            Err(error) => {
                failed = true;
                crate::report(&error.context(format!("cannot scan `{name}`")));
            }
        }
    }
    for report in &mut reports {
        gate::filter(report, arguments, &ignore);
    }
    if !reports.is_empty() {
        write_all(&reports, format, arguments)?;
    }
    let outcome = gate::outcome(&reports, arguments.fail_on, arguments.strict);
    Ok(if failed { Outcome::Failed } else { outcome })
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
    fn scan(&self, name: &str) -> Result<Vec<Report>> {
        let arguments = self.arguments;
        let location = Location::parse(name)?;
        let bar = Progress::new(name, arguments.quiet);
        let cache =
            if arguments.no_cache { None } else { Some(settings::cache(arguments.cache_dir.as_ref())?) };
        let options = Options {
            checks: &self.checks,
            inspectors: self.inspectors,
            database: self.database.as_ref(),
            cache,
            jobs: arguments.jobs.map_or_else(processors, usize::from),
            limits: Limits::default(),
            today: self.today.clone(),
            progress: &|event| bar.hear(&event),
        };
        let scanner = Scanner::new(&options);
        let finder = Finder {
            scanner: &scanner,
            choice: arguments.platform.clone().unwrap_or_default(),
            limits: &options.limits,
            registry: registry_options(&arguments.registry)?,
        };
        let found = finder.find(&location)?;
        let reports: Result<Vec<Report>, scan::Error> =
            found.images.iter().map(|image| scanner.scan_passed(image, &found.passed)).collect();
        bar.clear();
        Ok(reports?)
    }
}

/// Today, in UTC.
fn today() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    model::day_of(since.as_secs())
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn write_all(reports: &[Report], format: &Format, arguments: &ScanArguments) -> Result<()> {
    let language = arguments.lang.unwrap_or_else(settings::language);
    let plain = Style { language, ..Style::default() };
    match &arguments.output {
        Some(path) => write_file(reports, format, plain, path)?,
        None => {
            let stdout = anstream::stdout();
            let terminal = stdout.is_terminal();
            let style = Style { color: true, width: terminal.then(terminal_width).flatten(), language };
            let mut out = BufWriter::new(stdout.lock());
            let written = report::render(reports, format, style, &mut out).and_then(|()| out.flush());
            match written {
                // Whoever reads, as `head` does, may have seen enough.
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
                written => written.context("cannot write the report")?,
            }
        }
    }
    for (format, path) in &arguments.report {
        write_file(reports, Format::by_name(format)?, plain, path)?;
    }
    Ok(())
}

fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|width| *width > 0)
}

fn write_file(reports: &[Report], format: &Format, style: Style, path: &Path) -> Result<()> {
    let context = || format!("cannot write `{}`", path.display());
    let mut out = BufWriter::new(std::fs::File::create(path).with_context(context)?);
    report::render(reports, format, style, &mut out).and_then(|()| out.flush()).with_context(context)
}
