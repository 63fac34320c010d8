//! Pods as the kubelet makes them, by `runtime.v1` of Kubernetes' Container Runtime Interface.

use std::collections::HashMap;
use std::process::Command;
use std::time::{Duration, Instant};

use image::Runtime as _;
use image::containerd::Engine;
use model::{Container, ContainerState};
use net::grpc::{Client, Method, Options};
use testkit::Layer;

use crate::server::{Server, program};

#[derive(Clone, PartialEq, prost::Message)]
struct Id {
    #[prost(string, tag = "1")]
    id: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct RunPod {
    #[prost(message, optional, tag = "1")]
    config: Option<Pod>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Pod {
    #[prost(message, optional, tag = "1")]
    metadata: Option<PodName>,
    #[prost(string, tag = "3")]
    log_directory: String,
    #[prost(map = "string, string", tag = "6")]
    labels: HashMap<String, String>,
    #[prost(message, optional, tag = "8")]
    linux: Option<Linux>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PodName {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    uid: String,
    #[prost(string, tag = "3")]
    namespace: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Linux {
    #[prost(message, optional, tag = "2")]
    security: Option<Security>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Security {
    #[prost(message, optional, tag = "1")]
    namespaces: Option<Namespaces>,
}

/// 2 is the host's own.
#[derive(Clone, PartialEq, prost::Message)]
struct Namespaces {
    #[prost(int32, tag = "1")]
    network: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Create {
    #[prost(string, tag = "1")]
    pod: String,
    #[prost(message, optional, tag = "2")]
    container: Option<NewContainer>,
    #[prost(message, optional, tag = "3")]
    config: Option<Pod>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct NewContainer {
    #[prost(message, optional, tag = "1")]
    metadata: Option<Id>,
    #[prost(message, optional, tag = "2")]
    image: Option<Id>,
    #[prost(string, repeated, tag = "3")]
    command: Vec<String>,
    #[prost(map = "string, string", tag = "9")]
    labels: HashMap<String, String>,
    #[prost(string, tag = "11")]
    log_path: String,
}
const POD_LABELS: [(&str, &str); 3] = [("pod.name", "web-1"), ("pod.namespace", "shop"), ("pod.uid", "u-1")];

fn labels(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(name, value)| (format!("io.kubernetes.{name}"), (*value).to_owned())).collect()
}

/// Asks containerd as the kubelet does, for one pod in the host's network.
struct Kubelet {
    client: Client,
    config: Pod,
    /// The image of all containers, by the digest of its configuration.
    image: String,
}

impl Kubelet {
    fn new(server: &Server, image: &str) -> Self {
        let name = PodName { name: "web-1".to_owned(), uid: "u-1".to_owned(), namespace: "shop".to_owned() };
        let security = Security { namespaces: Some(Namespaces { network: 2 }) };
        let config = Pod {
            metadata: Some(name),
            log_directory: server.scratch.path().display().to_string(),
            labels: labels(&POD_LABELS),
            linux: Some(Linux { security: Some(security) }),
        };
        let client = Client::connect(&server.socket(), Options::default()).unwrap();
        Self { client, config, image: image.to_owned() }
    }

    fn ask(&self, method: &str, question: &impl prost::Message) -> String {
        let path = format!("/runtime.v1.RuntimeService/{method}");
        self.client.call::<Id>(Method { path: &path, metadata: &[] }, question).unwrap().id
    }

    fn run_pod(&self) -> String {
        self.ask("RunPodSandbox", &RunPod { config: Some(self.config.clone()) })
    }

    fn start(&self, pod: &str, name: &str, command: &str) {
        let container = NewContainer {
            metadata: Some(Id { id: name.to_owned() }),
            image: Some(Id { id: self.image.clone() }),
            command: vec![command.to_owned()],
            labels: labels(&[&POD_LABELS[..], &[("container.name", name)]].concat()),
            log_path: format!("{name}.log"),
        };
        let config = Some(self.config.clone());
        let create = Create { pod: pod.to_owned(), container: Some(container), config };
        let id = self.ask("CreateContainer", &create);
        self.ask("StartContainer", &Id { id });
    }
}

fn named(containers: &[Container], name: &str) -> Container {
    containers.iter().find(|container| container.name == name).unwrap().clone()
}

/// The containers, once that of this name ended.
fn when_ended(engine: &Engine, name: &str) -> Vec<Container> {
    let begun = Instant::now();
    loop {
        let containers = engine.containers().unwrap();
        if named(&containers, name).state == ContainerState::Exited {
            return containers;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{containers:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn tells_the_pods_of_kubernetes() {
    let settings = "[plugins.\"io.containerd.grpc.v1.cri\"]\nsandbox_image = \"docker.io/library/pause:1\"\n\
                    restrict_oom_score_adj = true";
    let Some(server) = Server::start_by(settings, |program| Some(Command::new(program))) else { return };
    let layer =
        Layer::new().file_mode("bin/sh", program(true), 0o755).file_mode("end", program(false), 0o755);
    let image = testkit::Image::new("docker.io/library/pause:1").layer(layer);
    server.import("k8s.io", &image.oci_archive(), &[]);
    let blobs = image.blobs();
    let kubelet = Kubelet::new(&server, &blobs.config.digest);
    let pod = kubelet.run_pod();
    kubelet.start(&pod, "web", "/bin/sh");
    kubelet.start(&pod, "job", "/end");
    let engine = server.engine();
    let containers = when_ended(&engine, "job");
    assert_eq!(containers.len(), 3);
    let [web, job, sandbox] = ["web", "job", &pod].map(|name| named(&containers, name));
    for container in [&web, &job, &sandbox] {
        let told = container.pod.as_ref().unwrap();
        let [name, namespace, uid] = [&told.name, &told.namespace, &told.uid].map(String::as_str);
        assert_eq!((name, namespace, uid), ("web-1", "shop", "u-1"));
        assert_eq!(container.image_id.as_ref(), Some(&blobs.manifest.digest));
        assert_eq!(container.namespace.as_deref(), Some("k8s.io"));
    }
    assert_eq!((web.state, sandbox.state), (ContainerState::Running, ContainerState::Running));
    assert!(web.started.is_some() && web.finished.is_none() && web.process.is_some());
    assert_eq!((job.exit_code, job.command[0].as_str(), job.process), (Some(7), "/end", None));
    assert!(job.finished.unwrap() >= job.started.unwrap());
    // Kubernetes names the same image by digests too.
    let images = engine.images().unwrap();
    assert_eq!((images.len(), images[0].names.len()), (1, 1));
    assert_eq!(images[0].names[0], "docker.io/library/pause:1");
}
