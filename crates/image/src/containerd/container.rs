use std::collections::{BTreeMap, HashMap};

use model::{Container, ContainerState, Pod};
use serde::Deserialize;

use super::KIND;
use super::instant::rfc3339;
use super::messages::{ContainerRecord, CriAnswer, CriQuestion, CriStatus, Process, Timestamp};
use super::session::Session;
use crate::Error;

/// What the plug-in for Kubernetes and nerdctl note on containers.
const NERDCTL_NAME: &str = "nerdctl/name";
const CRI_KIND: &str = "io.cri-containerd.kind";
const CRI_CONTAINER: &str = "io.cri-containerd.container.metadata";
const CRI_SANDBOX: &str = "io.cri-containerd.sandbox.metadata";

/// The containers of all namespaces.
pub(super) fn containers(session: &Session) -> Result<Vec<Container>, Error> {
    let mut containers = Vec::new();
    for namespace in session.namespaces()? {
        let records = session.containers(&namespace)?;
        if records.is_empty() {
            continue;
        }
        let tasks = session.tasks(&namespace)?;
        let ids: HashMap<String, String> = session
            .images(&namespace)?
            .into_iter()
            .filter_map(|image| Some((image.name, image.target?.digest)))
            .collect();
        let addresses = addresses(&records);
        for record in records {
            let task = tasks.get(&record.id);
            let mut container = container(&namespace, &record, task);
            if record.labels.get(CRI_KIND).is_some_and(|kind| kind == "container") {
                told_by_kubernetes(session, &mut container)?;
            }
            container.image_id = ids.get(&record.image).cloned();
            let sandbox = sandbox_of(&record).unwrap_or_else(|| record.id.clone());
            container.addresses = addresses.get(&sandbox).cloned().unwrap_or_default();
            containers.push(container);
        }
    }
    containers.sort_by(|left, right| (&left.namespace, &left.id).cmp(&(&right.namespace, &right.id)));
    Ok(containers)
}

fn container(namespace: &str, record: &ContainerRecord, task: Option<&Process>) -> Container {
    let labels: BTreeMap<String, String> = record.labels.clone().into_iter().collect();
    let pod = Pod::of_labels(&labels);
    let in_pod = pod.as_ref().map(|pod| pod.container.as_str());
    let name = labels.get(NERDCTL_NAME).map(String::as_str).or(in_pod).filter(|name| !name.is_empty());
    let state = state(task, labels.get(CRI_KIND).map(String::as_str));
    let ended = task.filter(|_| state == ContainerState::Exited);
    Container {
        engine: KIND.to_owned(),
        namespace: Some(namespace.to_owned()),
        id: record.id.clone(),
        name: name.unwrap_or(&record.id).to_owned(),
        image: record.image.clone(),
        state,
        command: command(record),
        created: record.created_at.as_ref().and_then(rfc3339),
        finished: ended.and_then(|task| task.exited_at.as_ref()).and_then(rfc3339),
        exit_code: ended.map(|task| task.exit_status.into()),
        process: task.filter(|_| ended.is_none()).map(|task| task.process).filter(|process| *process != 0),
        pod,
        labels,
        ..Container::default()
    }
}

/// Asks the plug-in for Kubernetes, which knows of a container what no task tells any more.
fn told_by_kubernetes(session: &Session, container: &mut Container) -> Result<(), Error> {
    let question = CriQuestion { container_id: container.id.clone() };
    let status = match session.call::<CriAnswer>("", "/runtime.v1.RuntimeService/ContainerStatus", &question)
    {
        Ok(answer) => answer.status,
        // The plug-in is switched off, or does not know this one.
        Err(net::Error::Refused { .. }) => None,
        Err(error) => return Err(session.fail("ask for the state of a container", error)),
    };
    if let Some(status) = status {
        take(container, &status);
    }
    Ok(())
}

fn take(container: &mut Container, status: &CriStatus) {
    let time = |nanoseconds: i64| {
        let seconds = nanoseconds.div_euclid(1_000_000_000);
        (nanoseconds > 0).then(|| rfc3339(&Timestamp { seconds, nanos: 0 })).flatten()
    };
    container.started = time(status.started_at);
    container.finished = time(status.finished_at);
    match status.state {
        0 => container.state = ContainerState::Created,
        // The task knows whether it is paused.
        1 if container.process.is_some() => {}
        1 => container.state = ContainerState::Running,
        2 => {
            container.state = ContainerState::Exited;
            container.exit_code = Some(status.exit_code.into());
        }
        _ => container.state = ContainerState::Unknown,
    }
}

/// What a container does: its task tells while there is one.
///
/// The plug-in for Kubernetes takes the task away when it ends; others leave containers that were made and not started.
fn state(task: Option<&Process>, in_kubernetes: Option<&str>) -> ContainerState {
    match task.map(|task| task.status) {
        None if in_kubernetes == Some("sandbox") => ContainerState::Exited,
        // It ended, or never ran: the plug-in would know.
        None if in_kubernetes.is_some() => ContainerState::Unknown,
        None | Some(1) => ContainerState::Created,
        Some(2) => ContainerState::Running,
        Some(3) => ContainerState::Exited,
        Some(4 | 5) => ContainerState::Paused,
        Some(_) => ContainerState::Unknown,
    }
}

/// The OCI runtime specification's `config.json`.
#[derive(Deserialize)]
struct Spec {
    process: Option<SpecProcess>,
}

#[derive(Deserialize)]
struct SpecProcess {
    args: Option<Vec<String>>,
}

fn command(record: &ContainerRecord) -> Vec<String> {
    let spec = record.spec.as_ref().and_then(|spec| serde_json::from_slice::<Spec>(&spec.value).ok());
    spec.and_then(|spec| spec.process).and_then(|process| process.args).unwrap_or_default()
}

/// What the plug-in for Kubernetes notes of a container or a pod.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Noted<T> {
    metadata: T,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Sandbox {
    #[serde(rename = "IP")]
    address: String,
    #[serde(rename = "AdditionalIPs")]
    further: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Member {
    #[serde(rename = "SandboxID")]
    sandbox: String,
}

fn noted<T: for<'de> Deserialize<'de>>(record: &ContainerRecord, key: &str) -> Option<T> {
    let value = &record.extensions.get(key)?.value;
    serde_json::from_slice::<Noted<T>>(value).ok().map(|noted| noted.metadata)
}

/// The container that holds the network of the pod.
fn sandbox_of(record: &ContainerRecord) -> Option<String> {
    noted::<Member>(record, CRI_CONTAINER).map(|member| member.sandbox)
}

/// The addresses of pods, by the ids of the containers that hold them.
fn addresses(records: &[ContainerRecord]) -> HashMap<String, Vec<String>> {
    let pods = records.iter().filter_map(|record| {
        let sandbox: Sandbox = noted(record, CRI_SANDBOX)?;
        let all = std::iter::once(sandbox.address).chain(sandbox.further.unwrap_or_default());
        Some((record.id.clone(), all.filter(|address| !address.is_empty()).collect()))
    });
    pods.collect()
}
