use model::ContainerState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ImageRisk;
use crate::several::several;

/// A container that an engine has.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Container {
    /// Its id here.
    pub id: i64,
    /// The engine that has it.
    pub engine_id: i64,
    /// docker, containerd, podman.
    pub engine: String,
    /// containerd's namespace; empty for the others.
    pub namespace: String,
    /// The engine's id of it.
    pub reference: String,
    /// Its name.
    pub name: String,
    /// The image's name it was made from.
    pub image: String,
    /// That image, when it is known.
    pub image_id: Option<i64>,
    /// What it does now.
    pub state: ContainerState,
    /// What it runs.
    pub command: Vec<String>,
    /// The pod it belongs to.
    pub pod: Option<String>,
    /// The pod's namespace.
    pub pod_namespace: Option<String>,
    /// Its addresses.
    pub addresses: Vec<String>,
    /// When it was made.
    pub created: Option<i64>,
    /// When it began to run last.
    pub started: Option<i64>,
    /// When it ended last.
    pub finished: Option<i64>,
    /// With what it ended.
    pub exit_code: Option<i64>,
    /// When something about it changed last.
    pub updated: i64,
    /// When it was found to be gone.
    pub gone: Option<i64>,
    /// Its host.
    pub host_id: i64,
    /// The host's name.
    pub host: String,
    /// The worst that counts in its image; absent until that was scanned.
    pub risk: Option<ImageRisk>,
}

/// Which containers are wanted: all that is said must hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContainerFilter {
    /// What they do.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub state: Vec<ContainerState>,
    /// Their host.
    pub host: Option<i64>,
    /// Their engine.
    pub engine: Option<i64>,
    /// Their image.
    pub image: Option<i64>,
    /// Part of the name of their pod.
    #[param(max_length = 256)]
    pub pod: Option<String>,
    /// Part of the names of container, image or host, or the beginning of the container's id.
    #[param(max_length = 256)]
    pub search: Option<String>,
    /// Those that are gone, instead of those that are there.
    pub gone: Option<bool>,
}

/// Which containers of one image are wanted.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImageContainerFilter {
    /// What they do.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub state: Vec<ContainerState>,
    /// Part of the names of container or host, or the beginning of the container's id.
    #[param(max_length = 256)]
    pub search: Option<String>,
}

/// A program that keeps images and runs containers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Engine {
    /// Its id here.
    pub id: i64,
    /// Its host.
    pub host_id: i64,
    /// The host's name.
    pub host: String,
    /// docker, containerd, podman.
    pub kind: String,
    /// How it is reached.
    pub address: String,
    /// Its version.
    pub version: Option<String>,
    /// How it stores layers.
    pub storage_driver: Option<String>,
    /// Where it keeps its data.
    pub root: Option<String>,
    /// Why it could not be asked last time.
    pub failure: Option<crate::ImageFailure>,
    /// When it was last read whole.
    pub synced: Option<i64>,
    /// Images that it has.
    pub images: i64,
    /// Containers that it has.
    pub containers: i64,
    /// Those that run.
    pub running: i64,
}

/// Which engines are wanted.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EngineFilter {
    /// Their host.
    pub host: Option<i64>,
}
