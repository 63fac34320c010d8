//! `lazaret local`.

use std::io::Write;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Result;
use image::Runtime;
use model::{Container, EngineEvent, EngineSummary, EventSubject, Host, LocalImage};
use serde::Serialize;

use crate::cli::{ListFormat, ListOutput, LocalArguments, LocalCommand, LocalScope, WARNING};
use crate::engines::{self, EngineKind};
use crate::{Outcome, settings, told};

/// The namespace in which Docker keeps its containers in containerd.
const OF_DOCKER: &str = "moby";
/// How much of an id is shown to people.
const SHORT_ID: usize = 12;

pub(crate) fn run(arguments: &LocalArguments) -> Result<Outcome> {
    match &arguments.command {
        LocalCommand::Engines { scope } => engines(scope),
        LocalCommand::Images { scope } => images(scope),
        LocalCommand::Containers { scope } => containers(scope),
        LocalCommand::Events { seconds, scope } => events(scope, seconds.map(Duration::from_secs)),
    }
}

/// The engines that were found and answer.
struct Reached {
    engines: Vec<(EngineKind, Box<dyn Runtime>)>,
    failed: bool,
}

impl Reached {
    fn of(scope: &LocalScope) -> Result<Self> {
        let places = match scope.engine.as_slice() {
            [one] => engines::require(*one)?,
            _ => engines::places(scope.kinds())?,
        };
        let mut reached = Self { engines: Vec::new(), failed: false };
        for place in &places {
            match place.connect() {
                Ok(engine) => reached.engines.push((engines::kind(place), engine)),
                Err(error) => reached.fail(engines::kind(place), &error),
            }
        }
        Ok(reached)
    }

    /// Says what an engine refused; the others are still asked.
    fn fail(&mut self, kind: EngineKind, error: &image::Error) {
        self.failed = true;
        let (start, end) = (WARNING.render(), WARNING.render_reset());
        let (code, language) = (error.failure(), settings::language());
        let told = told(error);
        anstream::eprintln!("{start}warning:{end} {kind}: {code}: {told}\n{}", code.advice().of(language));
    }

    /// What every engine answers to one question; containerd does not repeat what Docker told.
    fn ask<T>(
        &mut self,
        question: impl Fn(&dyn Runtime) -> Result<Vec<T>, image::Error>,
        namespace: impl Fn(&T) -> Option<&str>,
    ) -> Vec<T> {
        let docker = self.engines.iter().any(|(kind, _)| *kind == EngineKind::Docker);
        let mut answers = Vec::new();
        for (kind, engine) in std::mem::take(&mut self.engines) {
            match question(&*engine) {
                Ok(answer) => answers.extend(answer.into_iter().filter(|item| {
                    !(docker && kind == EngineKind::Containerd && namespace(item) == Some(OF_DOCKER))
                })),
                Err(error) => self.fail(kind, &error),
            }
        }
        answers
    }

    fn outcome(&self) -> Outcome {
        if self.failed { Outcome::Failed } else { Outcome::Done }
    }
}

/// Prints a list: a document a line, or lines of columns under their names.
fn print<T: Serialize>(
    output: ListOutput,
    items: &[T],
    names: &[&str],
    columns: impl Fn(&T) -> Vec<String>,
) -> Result<()> {
    let mut out = anstream::stdout().lock();
    if output.format == ListFormat::Json {
        for item in items {
            writeln!(out, "{}", serde_json::to_string(item)?)?;
        }
        return Ok(());
    }
    let mut rows = vec![names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    rows.extend(items.iter().map(columns));
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..names.len()).map(width).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// This machine, with the engines on it.
#[derive(Serialize)]
struct Machine {
    host: Host,
    engines: Vec<EngineSummary>,
}

fn engines(scope: &LocalScope) -> Result<Outcome> {
    let mut reached = Reached::of(scope)?;
    let engines = reached.ask(|engine| engine.summary().map(|summary| vec![summary]), |_| None);
    let machine = Machine { host: image::host::read(), engines };
    if scope.output.format == ListFormat::Json {
        anstream::println!("{}", serde_json::to_string(&machine)?);
        return Ok(reached.outcome());
    }
    let host = &machine.host;
    let gibibytes = host.memory >> 30;
    anstream::println!("{}  {}  kernel {}", host.name, host.os, host.kernel);
    anstream::println!("{}, {} processors, {gibibytes} GiB", host.architecture, host.processors);
    anstream::println!("{}\n", host.addresses.join(", "));
    let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "-".to_owned());
    print(scope.output, &machine.engines, &["ENGINE", "VERSION", "STORAGE", "ROOT", "ADDRESS"], |engine| {
        vec![
            engine.kind.clone(),
            word(&engine.version),
            word(&engine.storage_driver),
            word(&engine.root),
            engine.address.clone(),
        ]
    })?;
    Ok(reached.outcome())
}

fn images(scope: &LocalScope) -> Result<Outcome> {
    let mut reached = Reached::of(scope)?;
    let images: Vec<LocalImage> = reached.ask(|engine| engine.images(), |image| image.namespace.as_deref());
    let language = scope.output.lang.unwrap_or_else(settings::language);
    print(scope.output, &images, &["ENGINE", "IMAGE", "ID", "CREATED", "SIZE", "SCANNABLE"], |image| {
        let name = image.names.first().or(image.digests.first()).cloned();
        let failure = image.failure.map(|code| format!("{code}: {}", code.advice().of(language)));
        vec![
            place(&image.engine, image.namespace.as_deref()),
            name.unwrap_or_else(|| "<none>".to_owned()),
            short(&image.id),
            image.created.clone().unwrap_or_else(|| "-".to_owned()),
            format!("{:.1} MB", f64_of(image.size) / 1e6),
            failure.unwrap_or_else(|| "yes".to_owned()),
        ]
    })?;
    Ok(reached.outcome())
}

fn containers(scope: &LocalScope) -> Result<Outcome> {
    let mut reached = Reached::of(scope)?;
    let containers: Vec<Container> =
        reached.ask(|engine| engine.containers(), |container| container.namespace.as_deref());
    print(
        scope.output,
        &containers,
        &["ENGINE", "NAME", "ID", "STATE", "IMAGE", "POD", "COMMAND"],
        |container| {
            let pod = container.pod.as_ref().map(|pod| format!("{}/{}", pod.namespace, pod.name));
            let command: String = container.command.join(" ").chars().take(60).collect();
            vec![
                place(&container.engine, container.namespace.as_deref()),
                container.name.clone(),
                short(&container.id),
                container.state.word().to_owned(),
                container.image.clone(),
                pod.unwrap_or_else(|| "-".to_owned()),
                command.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
            ]
        },
    )?;
    Ok(reached.outcome())
}

/// `containerd/k8s.io`
fn place(engine: &str, namespace: Option<&str>) -> String {
    namespace.map_or_else(|| engine.to_owned(), |namespace| format!("{engine}/{namespace}"))
}

fn short(id: &str) -> String {
    id.trim_start_matches("sha256:").chars().take(SHORT_ID).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a size for people, to a tenth of a megabyte")]
fn f64_of(size: u64) -> f64 {
    size as f64
}

fn events(scope: &LocalScope, limit: Option<Duration>) -> Result<Outcome> {
    /// How long one engine is waited for before the time is looked at.
    const TURN: Duration = Duration::from_millis(500);
    let end = limit.map(|limit| Instant::now() + limit);
    let mut reached = Reached::of(scope)?;
    let (sender, events) = mpsc::channel::<Result<EngineEvent, (EngineKind, image::Error)>>();
    for (kind, engine) in std::mem::take(&mut reached.engines) {
        let mut watch = match engine.watch() {
            Ok(watch) => watch,
            Err(error) => {
                reached.fail(kind, &error);
                continue;
            }
        };
        let sender = sender.clone();
        std::thread::spawn(move || {
            while end.is_none_or(|end| Instant::now() < end) {
                let told = match watch.next(TURN) {
                    Ok(None) => continue,
                    Ok(Some(event)) => Ok(event),
                    Err(error) => Err((kind, error)),
                };
                let ends = told.is_err();
                if sender.send(told).is_err() || ends {
                    break;
                }
            }
        });
    }
    drop(sender);
    // Whoever watches ends by itself when the time is over, and with the last of them the events end.
    for event in events {
        match event {
            Ok(event) => print_event(scope.output, &event)?,
            Err((kind, error)) => reached.fail(kind, &error),
        }
    }
    Ok(reached.outcome())
}

fn print_event(output: ListOutput, event: &EngineEvent) -> Result<()> {
    let mut out = anstream::stdout().lock();
    if output.format == ListFormat::Json {
        writeln!(out, "{}", serde_json::to_string(event)?)?;
    } else {
        let subject = match event.subject {
            EventSubject::Image => "image",
            EventSubject::Container => "container",
        };
        let time = event.time.as_deref().unwrap_or("-");
        let id: String = event.id.chars().filter(|c| !c.is_control()).collect();
        writeln!(out, "{time}  {subject:<9}  {:<10}  {id}", event.action)?;
    }
    Ok(out.flush()?)
}
