use std::collections::BTreeMap;
use std::path::PathBuf;

use model::{Container, ContainerState, Pod};
use serde::Deserialize;

use super::Store;
use super::documents::{ContainerRecord, optional};
use super::process::{self, Run};
use crate::Error;
use crate::store::DOCUMENT_BYTES;

/// What the engines are called.
const PODMAN: &str = "podman";
const CRI_O: &str = "cri-o";
/// What CRI-O writes into the annotations.
const CRI_O_LABELS: &str = "io.kubernetes.cri-o.Labels";
const CRI_O_ADDRESS: &str = "io.kubernetes.cri-o.IP.";

/// What is written beside a container.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Metadata {
    image_name: String,
    image_id: String,
    name: String,
    /// Only CRI-O's containers all have a pod.
    pod_id: String,
}

impl Metadata {
    fn of(record: &ContainerRecord) -> Result<Self, Error> {
        if record.metadata.is_empty() {
            return Ok(Self::default());
        }
        crate::layout::parse(record.metadata.as_bytes(), || format!("metadata of container `{}`", record.id))
    }

    fn kind(&self) -> &'static str {
        if self.pod_id.is_empty() { PODMAN } else { CRI_O }
    }
}

/// The configuration of the container's run, as the OCI runtime specification says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Specification {
    process: Option<Process>,
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Process {
    args: Option<Vec<String>>,
}

/// The state that CRI-O keeps of a container.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct State {
    status: String,
    pid: u32,
    started: String,
    finished: String,
    exit_code: Option<i64>,
}

/// Which engine keeps its images in a store.
pub(super) fn kind(store: &Store) -> Result<&'static str, Error> {
    let records = store.container_records()?;
    // Podman shares CRI-O's store on the nodes of a cluster: one container of CRI-O tells.
    let is_cri_o = |record: &ContainerRecord| Metadata::of(record).is_ok_and(|told| told.kind() == CRI_O);
    Ok(if records.iter().any(is_cri_o) { CRI_O } else { PODMAN })
}

/// The containers of a store.
pub(super) fn all(store: &Store) -> Result<Vec<Container>, Error> {
    let (records, exits) = (store.container_records()?, store.exits());
    // One container whose files are damaged or closed does not hide the others: what it does is unknown.
    let container = |record| store.container(record, &exits).unwrap_or_else(|_| bare(record));
    Ok(records.iter().map(container).collect())
}

/// What the list alone tells.
fn bare(record: &ContainerRecord) -> Container {
    let name = record.names.iter().flatten().next().unwrap_or(&record.id);
    Container {
        engine: PODMAN.to_owned(),
        id: record.id.clone(),
        name: name.clone(),
        image: record.image.clone(),
        image_id: (!record.image.is_empty()).then(|| format!("sha256:{}", record.image)),
        created: record.created.clone(),
        ..Container::default()
    }
}

impl Specification {
    fn annotations(&self) -> impl Iterator<Item = (&String, &String)> {
        self.annotations.iter().flatten()
    }

    /// The labels: those of the kubelet, which CRI-O keeps in one annotation and among the annotations.
    fn labels(&self) -> BTreeMap<String, String> {
        let kept = self.annotations().find(|(name, _)| *name == CRI_O_LABELS);
        let mut labels: BTreeMap<String, String> =
            kept.and_then(|(_, labels)| serde_json::from_str(labels).ok()).unwrap_or_default();
        let kubelet = |name: &str| {
            name.strip_prefix("io.kubernetes.")
                .is_some_and(|rest| rest.starts_with("pod.") || rest.starts_with("container."))
        };
        for (name, value) in self.annotations().filter(|(name, _)| kubelet(name)) {
            labels.entry(name.clone()).or_insert_with(|| value.clone());
        }
        labels
    }

    fn addresses(&self) -> Vec<String> {
        let told = self.annotations().filter(|(name, _)| name.starts_with(CRI_O_ADDRESS));
        told.map(|(_, address)| address.clone()).filter(|address| !address.is_empty()).collect()
    }
}

impl Store {
    /// The directories in which conmon notes how containers ended: Podman's for root and for users, and CRI-O's.
    fn exits(&self) -> Vec<PathBuf> {
        let beside = self.run_root.parent().map(|parent| parent.join("libpod/tmp/exits"));
        let known = ["/run/libpod/exits", "/run/crio/exits"].map(PathBuf::from);
        known.into_iter().chain(beside).collect()
    }

    /// A document beside a container, among what stays or what is of its present run.
    fn beside<T: serde::de::DeserializeOwned>(
        &self,
        record: &ContainerRecord,
        name: &str,
    ) -> Result<Option<T>, Error> {
        for directory in self.user_data(&record.id).into_iter().flatten() {
            if let Some(document) = optional(&directory.join(name), DOCUMENT_BYTES)? {
                return Ok(Some(document));
            }
        }
        Ok(None)
    }

    fn container(&self, record: &ContainerRecord, exits: &[PathBuf]) -> Result<Container, Error> {
        let metadata = Metadata::of(record)?;
        let told: Option<Specification> = self.beside(record, "config.json")?;
        let run = self.run(record, told.is_some(), exits)?;
        let specification = told.unwrap_or_default();
        let labels = specification.labels();
        let names = record.names.iter().flatten().chain([&metadata.name, &record.id]);
        let name = names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default();
        let image_id = [&record.image, &metadata.image_id].into_iter().find(|id| !id.is_empty());
        Ok(Container {
            engine: metadata.kind().to_owned(),
            namespace: None,
            id: record.id.clone(),
            name,
            image_id: image_id.map(|id| format!("sha256:{id}")),
            image: if metadata.image_name.is_empty() { record.image.clone() } else { metadata.image_name },
            state: run.state,
            addresses: specification.addresses(),
            command: specification.process.and_then(|process| process.args).unwrap_or_default(),
            created: record.created.clone(),
            started: run.started,
            finished: run.finished,
            exit_code: run.exit_code,
            process: run.process,
            pod: Pod::of_labels(&labels),
            labels,
        })
    }

    /// What a container does: as CRI-O keeps it, or as the files of conmon tell.
    fn run(&self, record: &ContainerRecord, is_prepared: bool, exits: &[PathBuf]) -> Result<Run, Error> {
        if let Some(state) = self.beside::<State>(record, "state.json")? {
            return Ok(state.run());
        }
        let Some([_, present]) = self.user_data(&record.id) else { return Ok(Run::default()) };
        if !is_prepared {
            return Ok(Run { state: ContainerState::Created, ..Run::default() });
        }
        Ok(process::run(&record.id, &present, exits))
    }
}

impl State {
    fn run(self) -> Run {
        let state = ContainerState::of_word(&self.status);
        let moment = |text: String| (!text.is_empty() && !text.starts_with("0001-")).then_some(text);
        let ended = state == ContainerState::Exited;
        Run {
            state,
            process: (self.pid != 0 && !ended).then_some(self.pid),
            started: moment(self.started),
            finished: moment(self.finished),
            exit_code: self.exit_code.filter(|_| ended),
        }
    }
}
