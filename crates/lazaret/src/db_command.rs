//! `lazaret db`.

use std::io::Write;
use std::path::Path;

use advisories::{
    Database, FEEDS, Feed, Manifest, Mirror, OSV_URL, Own, PublicKey, SigningKey, Sources, Trust,
};
use anyhow::{Context, Result};

use crate::cli::{DbArguments, DbCommand, WARNING};
use crate::progress::Progress;
use crate::{Outcome, keys, settings};

pub(crate) fn run(arguments: &DbArguments) -> Result<Outcome> {
    let directory = settings::database(arguments.database.db.as_ref())?;
    match &arguments.command {
        DbCommand::Update { mirror, ca_file, feeds, from, without_osv } => {
            let options = net::Options { ca_files: ca_file.clone(), ..net::Options::default() };
            let mirror = Mirror::named(mirror.as_deref().unwrap_or(OSV_URL), &options)?;
            let mut sources = Sources::of(&mirror);
            sources.osv = !without_osv;
            for (feed, place) in from {
                find(feed)?;
                sources.own.push(Own { feed: feed.clone(), place: Mirror::named(place, &options)? });
            }
            sources.feeds = chosen(feeds, &sources)?;
            update(&directory, &sources, arguments.database.quiet)
        }
        DbCommand::Import { file, public_key, trust_anybody } => {
            let trust = if *trust_anybody { Trust::Anybody } else { Trust::Keys(trusted(public_key)?) };
            summarise(&advisories::import(file, &directory, &trust)?, "imported")
        }
        DbCommand::Export { file } => {
            let key = signing_key()?;
            let outcome = summarise(&advisories::export(&directory, file, &key)?, "exported")?;
            writeln!(anstream::stdout(), "signed with {}", key.public())?;
            Ok(outcome)
        }
        DbCommand::Status => status(&directory),
    }
}

/// The feeds that are asked for by name, and those that are taken from a place of their own.
fn chosen(names: &[String], sources: &Sources<'_>) -> Result<Vec<&'static Feed>> {
    let mut chosen: Vec<&'static Feed> = Vec::new();
    for name in names {
        match name.as_str() {
            "none" => {}
            "all" => chosen.extend(FEEDS.iter().copied()),
            "default" => chosen.extend(sources.feeds.iter().copied()),
            name => chosen.push(find(name)?),
        }
    }
    for own in &sources.own {
        chosen.push(find(&own.feed)?);
    }
    Ok(chosen)
}

fn find(name: &str) -> Result<&'static Feed> {
    FEEDS.iter().copied().find(|feed| feed.name == name).with_context(|| {
        let names: Vec<&str> = FEEDS.iter().map(|feed| feed.name).collect();
        format!("cannot find the feed `{name}`; there are: {}", names.join(", "))
    })
}

/// The keys given, and this user's own where there is one.
fn trusted(keys: &[String]) -> Result<Vec<PublicKey>> {
    let read = |key: &String| {
        PublicKey::from_hex(key).with_context(|| {
            format!("cannot use `{key}` as a public key: it should be 64 hexadecimal digits")
        })
    };
    let mut trusted: Vec<PublicKey> = keys.iter().map(read).collect::<Result<_>>()?;
    if settings::signing_key().is_ok_and(|file| file.exists()) {
        trusted.push(signing_key()?.public());
    }
    Ok(trusted)
}

/// The key this user signs with, which is made when it is first needed.
fn signing_key() -> Result<SigningKey> {
    let file = settings::signing_key()?;
    SigningKey::from_secret(&keys::kept(&file)?)
        .with_context(|| format!("cannot use `{}` as a key to sign with", file.display()))
}

fn update(directory: &Path, sources: &Sources<'_>, quiet: bool) -> Result<Outcome> {
    let bar = Progress::new(&sources.mirror.describe(), quiet);
    let updated = advisories::update(directory, sources, &|progress| match progress {
        advisories::Progress::Fetching(ecosystem) => bar.say(format!("fetching {ecosystem}")),
        advisories::Progress::Reading(ecosystem, Some(records)) => {
            bar.say(format!("reading {ecosystem}: {records} records"))
        }
        advisories::Progress::Reading(ecosystem, None) => bar.say(format!("reading {ecosystem}")),
        advisories::Progress::Unchanged(ecosystem) => bar.say(format!("{ecosystem} is unchanged")),
    });
    bar.clear();
    let updated = updated?;
    if !quiet {
        table(&updated.manifest)?;
    }
    if let Some(error) = &updated.rebuilt {
        let (start, end) = (WARNING.render(), WARNING.render_reset());
        let why = match error {
            advisories::Error::Damaged { path, why } => format!("`{}` was damaged: {why}", path.display()),
            other => other.to_string(),
        };
        anstream::eprintln!("{start}warning:{end} {why}; all that this update names was read anew");
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
    writeln!(out, "size        {} KiB", manifest.bytes().div_ceil(1024))?;
    if let Some(epss) = &manifest.epss {
        writeln!(out, "likelihood  {} vulnerabilities (EPSS)", epss.entries)?;
    }
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
