use std::collections::BTreeMap;

use model::{Container, ContainerState, Pod};
use net::encode_component;
use serde::Deserialize;

use super::listing::time;
use super::{Engine, KIND};
use crate::Error;

/// So many containers are asked for one by one; of further ones only the list is told.
const INSPECTED: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    id: String,
    #[serde(default)]
    names: Option<Vec<String>>,
    #[serde(default)]
    image: String,
    #[serde(default, rename = "ImageID")]
    image_id: String,
    #[serde(default)]
    command: String,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    state: String,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
    #[serde(default)]
    network_settings: Option<NetworkSettings>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    #[serde(default)]
    created: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    args: Option<Vec<String>>,
    #[serde(default)]
    state: State,
    #[serde(default)]
    network_settings: Option<NetworkSettings>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct State {
    status: String,
    pid: u32,
    exit_code: i64,
    started_at: String,
    finished_at: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct NetworkSettings {
    networks: Option<BTreeMap<String, Option<Network>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Network {
    #[serde(rename = "IPAddress")]
    ip_address: String,
    #[serde(rename = "GlobalIPv6Address")]
    ipv6_address: String,
}

/// The containers an engine has, in whatever state; one that goes away while they are listed may be left out.
pub(super) fn all(engine: &Engine) -> Result<Vec<Container>, Error> {
    let operation = || "list the containers of Docker".to_owned();
    let listed: Vec<Listed> = engine.json("/containers/json?all=true", "", operation)?;
    let mut found = Vec::new();
    for (place, listed) in listed.into_iter().enumerate() {
        let mut container = container(listed);
        if place < INSPECTED {
            match inspect(engine, &container.id) {
                Ok(told) => complete(&mut container, told),
                Err(Error::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            }
        }
        found.push(container);
    }
    Ok(found)
}

fn inspect(engine: &Engine, id: &str) -> Result<Inspected, Error> {
    let operation = || format!("inspect container `{id}` in Docker");
    engine.json(&format!("/containers/{}/json", encode_component(id)), id, operation)
}

fn container(listed: Listed) -> Container {
    let labels = listed.labels.unwrap_or_default();
    Container {
        engine: KIND.to_owned(),
        namespace: None,
        name: name(&listed.names.unwrap_or_default()).unwrap_or_else(|| listed.id.clone()),
        id: listed.id,
        image: listed.image,
        image_id: (!listed.image_id.is_empty()).then_some(listed.image_id),
        state: ContainerState::of_word(&listed.state),
        command: if listed.command.is_empty() { Vec::new() } else { vec![listed.command] },
        created: time(listed.created),
        addresses: listed.network_settings.map(addresses).unwrap_or_default(),
        pod: Pod::of_labels(&labels),
        labels,
        ..Container::default()
    }
}

/// The container's own name among those that others link to it by, `/other/alias`.
fn name(names: &[String]) -> Option<String> {
    let bare = || names.iter().map(|name| name.trim_start_matches('/'));
    bare().find(|name| !name.contains('/')).or_else(|| bare().next()).map(str::to_owned)
}

fn complete(container: &mut Container, told: Inspected) {
    let state = ContainerState::of_word(&told.state.status);
    if state != ContainerState::Unknown {
        container.state = state;
    }
    let ended = matches!(container.state, ContainerState::Exited | ContainerState::Dead);
    let command: Vec<String> = std::iter::once(told.path).chain(told.args.into_iter().flatten()).collect();
    if command.iter().any(|word| !word.is_empty()) {
        container.command = command;
    }
    container.created = moment(told.created).or_else(|| container.created.take());
    container.started = moment(told.state.started_at);
    container.finished = moment(told.state.finished_at);
    container.exit_code = ended.then_some(told.state.exit_code);
    container.process = (told.state.pid != 0).then_some(told.state.pid);
    if let Some(settings) = told.network_settings {
        container.addresses = addresses(settings);
    }
}

/// A time, unless it is the engine's word for "never".
fn moment(text: String) -> Option<String> {
    (!text.is_empty() && !text.starts_with("0001-")).then_some(text)
}

fn addresses(settings: NetworkSettings) -> Vec<String> {
    let networks = settings.networks.into_iter().flatten().filter_map(|(_, network)| network);
    let both = networks.flat_map(|network| [network.ip_address, network.ipv6_address]);
    both.filter(|address| !address.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_list_and_the_description_tell() {
        let listed = r#"{"Id":"ab","Names":["/web/db","/db"],"Image":"shop:1.0","ImageID":"sha256:1",
            "Command":"/bin/db -v","Created":5,"State":"running",
            "Labels":{"io.kubernetes.pod.name":"db-0","io.kubernetes.pod.namespace":"shop"},
            "NetworkSettings":{"Networks":{"a":{"IPAddress":"10.0.0.2"},"b":null}}}"#;
        let mut container = container(serde_json::from_str(listed).unwrap());
        assert_eq!((container.name.as_str(), container.state), ("db", ContainerState::Running));
        assert_eq!(
            (container.command.as_slice(), container.addresses.len()),
            (&["/bin/db -v".to_owned()][..], 1)
        );
        assert_eq!(container.pod.as_ref().unwrap().name, "db-0");
        let told = r#"{"Created":"2024-01-02T03:04:05.6Z","Path":"/bin/db","Args":["-v"],
            "State":{"Status":"exited","Pid":0,"ExitCode":3,"StartedAt":"2024-01-02T03:04:06Z",
            "FinishedAt":"0001-01-01T00:00:00Z"},"NetworkSettings":{"Networks":null}}"#;
        complete(&mut container, serde_json::from_str(told).unwrap());
        assert_eq!(container.command, ["/bin/db", "-v"]);
        assert_eq!((container.state, container.exit_code), (ContainerState::Exited, Some(3)));
        assert_eq!(container.created.as_deref(), Some("2024-01-02T03:04:05.6Z"));
        assert_eq!(container.started.as_deref(), Some("2024-01-02T03:04:06Z"));
        assert!(
            container.finished.is_none() && container.process.is_none() && container.addresses.is_empty()
        );
    }
}
