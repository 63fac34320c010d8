//! `lazaret serve`.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use server::{Certificate, Key, Listening, Places, Settings};

use crate::cli::{LogFormat, ServeArguments};
use crate::engines::{self, EngineKind};
use crate::{Outcome, keys, settings as environment};

/// What is written to the log.
const FILTER: &str = "info";

pub(crate) fn run(arguments: &ServeArguments) -> Result<Outcome> {
    let directory = environment::server(arguments.data_dir.as_ref())?;
    make(&directory)?;
    let settings = settings(arguments, &directory)?;
    if let Some(login) = &arguments.reset_password {
        let password = server::forget_password(settings, login)?;
        anstream::println!("the account {login} has a new password\n  password: {password}");
        return Ok(Outcome::Done);
    }
    let format = match arguments.log_format {
        LogFormat::Text => server::LogFormat::Text,
        LogFormat::Json => server::LogFormat::Json,
    };
    server::start_log(format, FILTER).map_err(anyhow::Error::from_boxed)?;
    server::serve(settings, listening(arguments)?, |started| {
        if let Some(first) = &started.administrator {
            anstream::println!("an administrator was made; the password is not shown again");
            anstream::println!("  login: {}\n  password: {}", first.login, first.password);
        }
        anstream::println!("lazaret answers at {}", started.address);
    })?;
    Ok(Outcome::Done)
}

/// Makes the data directory, for its owner alone.
fn make(directory: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .with_context(|| format!("cannot make the directory `{}`", directory.display()))
}

/// Where and how the server answers.
fn listening(arguments: &ServeArguments) -> Result<Listening> {
    let files = arguments.tls_certificate.clone().zip(arguments.tls_key.clone());
    let proxies = arguments.trusted_proxy.iter().map(|proxy| {
        proxy.parse().with_context(|| format!("cannot read `{proxy}` as the address of a proxy"))
    });
    Ok(Listening {
        address: arguments.listen,
        certificate: files.map(|(certificate, key)| Certificate { certificate, key }),
        proxies: proxies.collect::<Result<_>>()?,
    })
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
    settings.cloud = environment::cloud_environment();
    if let Some(objects) = &arguments.objects {
        settings.objects.clone_from(objects);
        settings.object_options = settings.cloud.clone();
    }
    settings.mirror.clone_from(&arguments.mirror);
    settings.updates = !arguments.no_update;
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
