//! `lazaret db`.

use std::io::Write;
use std::path::Path;

use advisories::{Database, Manifest, Mirror, OSV_URL};
use anyhow::Result;

use crate::cli::{DbArguments, DbCommand, WARNING};
use crate::progress::Progress;
use crate::{Outcome, settings};

pub(crate) fn run(arguments: &DbArguments) -> Result<Outcome> {
    let directory = settings::database(arguments.database.db.as_ref())?;
    match &arguments.command {
        DbCommand::Update { mirror, ca_file } => {
            let options = net::Options { ca_files: ca_file.clone(), ..net::Options::default() };
            let mirror = Mirror::named(mirror.as_deref().unwrap_or(OSV_URL), &options)?;
            update(&directory, &mirror, arguments.database.quiet)
        }
        DbCommand::Import { file } => summarise(&advisories::import(file, &directory)?, "imported"),
        DbCommand::Export { file } => summarise(&advisories::export(&directory, file)?, "exported"),
        DbCommand::Status => status(&directory),
    }
}

fn update(directory: &Path, mirror: &Mirror, quiet: bool) -> Result<Outcome> {
    let bar = Progress::new(&mirror.describe(), quiet);
    let updated = advisories::update(directory, mirror, &|progress| match progress {
        advisories::Progress::Fetching(ecosystem) => bar.say(format!("fetching {ecosystem}")),
        advisories::Progress::Reading(ecosystem, records) => {
            bar.say(format!("reading {ecosystem}: {records} records"))
        }
        advisories::Progress::Unchanged(ecosystem) => bar.say(format!("{ecosystem} is unchanged")),
    });
    bar.clear();
    let updated = updated?;
    if !quiet {
        table(&updated.manifest)?;
    }
    let failed = !updated.failures.is_empty();
    for (what, error) in updated.failures {
        crate::report(
            &anyhow::Error::new(error).context(format!("cannot update {what}; what was known of it is kept")),
        );
    }
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

fn status(directory: &Path) -> Result<Outcome> {
    let database = Database::open(directory)?;
    let manifest = database.manifest();
    let mut out = anstream::stdout().lock();
    writeln!(out, "database    {}", directory.display())?;
    writeln!(out, "updated     {}", manifest.updated)?;
    if let Some(kev) = &manifest.kev {
        writeln!(out, "exploited   {} vulnerabilities (CISA KEV)", kev.entries)?;
    }
    drop(out);
    table(manifest)?;
    Ok(Outcome::Done)
}

fn summarise(manifest: &Manifest, done: &str) -> Result<Outcome> {
    let advisories: u64 = manifest.archives.values().map(|archive| archive.stored).sum();
    let segments = manifest.segments.len();
    let updated = &manifest.updated;
    writeln!(anstream::stdout(), "{done} {advisories} advisories in {segments} segments, updated {updated}")?;
    Ok(Outcome::Done)
}

/// What came of each archive; nothing is left out silently.
fn table(manifest: &Manifest) -> Result<()> {
    let mut out = anstream::stdout().lock();
    let headings = ["RECORDS", "STORED", "WITHDRAWN", "NO VERSIONS", "ELSEWHERE", "MALFORMED"];
    write!(out, "{:<24}", "ARCHIVE")?;
    headings.iter().try_for_each(|heading| write!(out, "{heading:>12}"))?;
    writeln!(out)?;
    for (name, archive) in &manifest.archives {
        let counts = [
            archive.records,
            archive.stored,
            archive.withdrawn,
            archive.without_versions,
            archive.elsewhere,
            archive.malformed,
        ];
        write!(out, "{name:<24}")?;
        counts.iter().try_for_each(|count| write!(out, "{count:>12}"))?;
        writeln!(out)?;
    }
    for (name, archive) in manifest.archives.iter().filter(|(_, archive)| !archive.errors.is_empty()) {
        let (start, end) = (WARNING.render(), WARNING.render_reset());
        writeln!(out, "{start}malformed{end} in {name}:")?;
        archive.errors.iter().try_for_each(|error| writeln!(out, "  {error}"))?;
    }
    Ok(())
}
