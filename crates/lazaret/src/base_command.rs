//! `lazaret base`.

use anyhow::{Context, Result, bail};
use bounded::Limits;
use image::Location;
use image::platform::Choice;
use inspect::base::{Approved, Bases};
use scan::{Inspectors, Options, Scanner};

use crate::cli::{BaseArguments, BaseCommand, RegistryArguments};
use crate::source::{Finder, Registries};
use crate::{Outcome, settings};

pub(crate) fn run(arguments: &BaseArguments) -> Result<Outcome> {
    match &arguments.command {
        BaseCommand::Add { image, name, platform, bases, registry } => {
            let file = settings::bases(bases.bases.as_ref())?;
            let mut list = Bases::open(&file)?;
            let found = find(image, platform.clone().unwrap_or_default(), registry)
                .with_context(|| format!("cannot learn `{image}`"))?;
            for mut base in found {
                if let Some(name) = name {
                    base.name.clone_from(name);
                }
                anstream::println!("approved {} ({} layers)", base.name, base.layers.len());
                list.add(base);
            }
            list.save(&file)?;
        }
        BaseCommand::Remove { name, bases } => {
            let file = settings::bases(bases.bases.as_ref())?;
            let mut list = Bases::open(&file)?;
            let count = list.remove(name);
            if count == 0 {
                bail!("cannot find `{name}` on the list; hint: lazaret base list");
            }
            list.save(&file)?;
            anstream::println!("removed {count}");
        }
        BaseCommand::List { bases } => {
            for base in Bases::open(&settings::bases(bases.bases.as_ref())?)?.list() {
                let digest = base.digest.as_deref().unwrap_or("-");
                anstream::println!("{}  {} layers  {digest}", base.name, base.layers.len());
            }
        }
    }
    Ok(Outcome::Done)
}

/// The chains of layers of an image, one for each platform asked for.
fn find(name: &str, choice: Choice, registry: &RegistryArguments) -> Result<Vec<Approved>> {
    let inspectors = Inspectors::default();
    let options = Options {
        checks: &[],
        inspectors: &inspectors,
        database: None,
        declared: scan::Declared::Never,
        cache: None,
        jobs: 1,
        limits: Limits::default(),
        today: String::new(),
        progress: &|_event| {},
        stop: None,
    };
    let scanner = Scanner::new(&options);
    let registries = Registries::new(registry)?;
    let finder = Finder { scanner: &scanner, choice, registries: &registries };
    let found = finder.find(&Location::parse(name)?)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure.into());
    }
    let mut bases = Vec::new();
    for image in found.images {
        let layers: Option<Vec<_>> = image.layers.iter().map(|layer| layer.diff_id.clone()).collect();
        let layers = layers.filter(|layers| !layers.is_empty());
        let layers = layers.context("it has no layers by which it could be known again")?;
        let digest = image.digest.as_ref().map(ToString::to_string);
        let platform = Some(image.config.platform().to_string());
        bases.push(Approved { name: image.name.clone(), digest, platform, layers });
    }
    Ok(bases)
}
