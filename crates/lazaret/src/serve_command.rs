//! `lazaret serve`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use server::{Key, Places, Settings};

use crate::cli::ServeArguments;
use crate::engines::{self, EngineKind};
use crate::{Outcome, keys, settings as environment};

pub(crate) fn run(arguments: &ServeArguments) -> Result<Outcome> {
    let directory = environment::server(arguments.data_dir.as_ref())?;
    std::fs::create_dir_all(&directory)
        .with_context(|| format!("cannot make the directory `{}`", directory.display()))?;
    let settings = settings(arguments, &directory)?;
    server::serve(settings, arguments.listen, |started| {
        anstream::println!("lazaret answers at {}", started.address);
    })?;
    Ok(Outcome::Done)
}

/// How the server is set up.
fn settings(arguments: &ServeArguments, directory: &Path) -> Result<Settings> {
    let database = arguments
        .database
        .clone()
        .unwrap_or_else(|| format!("sqlite:{}", directory.join("lazaret.sqlite").display()));
    let key = Key::new(keys::kept(&directory.join("key"))?);
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = arguments.workers.map_or((processors / 2).max(2), usize::from);
    let mut settings = Settings::new(database, directory, key);
    settings.workers = workers;
    settings.layers = (processors / workers.max(1)).max(1);
    settings.scan_time = Duration::from_secs(arguments.scan_limit.saturating_mul(60));
    settings.upload_bytes = arguments.upload_limit.saturating_mul(1 << 30);
    settings.machine = machine(directory)?;
    if let Some(objects) = &arguments.objects {
        settings.objects.clone_from(objects);
        settings.object_options = environment::cloud_environment();
    }
    if let Some(advisories) = &arguments.advisories {
        settings.advisories.clone_from(advisories);
    }
    if !arguments.no_engines {
        // What is wrong with the environment is said once, here, and not at each look.
        engines::places(&EngineKind::ALL)?;
        settings.places = Places::new(|| engines::places(&EngineKind::ALL).unwrap_or_default());
    }
    Ok(settings)
}

/// What this machine calls itself for ever; where nobody named it, a name is made once.
fn machine(directory: &Path) -> Result<String> {
    if let Some(machine) = image::host::machine() {
        return Ok(machine);
    }
    let key = keys::kept(&directory.join("machine"))?;
    Ok(key.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}
