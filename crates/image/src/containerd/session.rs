use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use net::grpc::{Client, Method, Options, Stream};
use prost::Message;

use super::messages::{
    ContainerMessage, ContainerRecord, ContentInfo, ContentList, Empty, Filters, Images, Namespaces, Plugins,
    Process, Record, Tasks, VersionResponse,
};
use crate::Error;

/// How long one question may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// What one list may hold, of whatever it is, and its size: a real machine has hundreds of containers and images.
const LONGEST: usize = 1_000_000;
const LARGEST: usize = 256 << 20;
/// Where people look first.
const FIRST_NAMESPACES: [&str; 3] = ["k8s.io", "default", "moby"];

/// One connection, and the questions that are asked over it.
pub(super) struct Session {
    client: Client,
    socket: PathBuf,
}

/// Where containerd keeps things, as it tells.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The directory of the content store.
    pub(super) content: Option<PathBuf>,
    /// The snapshotters that work, `overlayfs` first.
    pub(super) snapshotters: Vec<String>,
}

impl Layout {
    /// Where all its data is.
    pub(super) fn root(&self) -> Option<&Path> {
        self.content.as_deref()?.parent()
    }
}

impl Session {
    pub(super) fn open(socket: &Path) -> Result<Self, net::Error> {
        let client = Client::connect(socket, Options { patience: PATIENCE, ..Options::default() })?;
        Ok(Self { client, socket: socket.to_owned() })
    }

    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    pub(super) fn version(&self) -> Result<String, net::Error> {
        let answer: VersionResponse =
            self.call("", "/containerd.services.version.v1.Version/Version", &Empty {})?;
        Ok(answer.version)
    }

    /// The namespaces, those first where people look first.
    pub(super) fn namespaces(&self) -> Result<Vec<String>, Error> {
        let answer: Namespaces = self
            .call("", "/containerd.services.namespaces.v1.Namespaces/List", &Filters::default())
            .map_err(|source| self.fail("list the namespaces", source))?;
        let mut names: Vec<String> = answer
            .namespaces
            .into_iter()
            .map(|namespace| namespace.name)
            .filter(|name| !name.is_empty())
            .collect();
        let place = |name: &str| FIRST_NAMESPACES.iter().position(|first| *first == name);
        names.sort_by(|left, right| {
            let order = |name: &String| place(name).unwrap_or(FIRST_NAMESPACES.len());
            order(left).cmp(&order(right)).then_with(|| left.cmp(right))
        });
        Ok(names)
    }

    pub(super) fn layout(&self) -> Result<Layout, Error> {
        let answer: Plugins = self
            .call("", "/containerd.services.introspection.v1.Introspection/Plugins", &Filters::default())
            .map_err(|source| self.fail("ask for the plugins", source))?;
        let works = answer.plugins.into_iter().filter(|plugin| plugin.failure.is_none());
        let mut layout = Layout::default();
        for plugin in works {
            match plugin.kind.as_str() {
                "io.containerd.content.v1" if plugin.id == "content" => {
                    let root = plugin.exports.get("root").map(PathBuf::from);
                    layout.content = root.filter(|root| root.is_absolute());
                }
                "io.containerd.snapshotter.v1" => layout.snapshotters.push(plugin.id),
                _ => {}
            }
        }
        layout.snapshotters.sort_by_key(|id| (id != "overlayfs", id.clone()));
        Ok(layout)
    }

    pub(super) fn images(&self, namespace: &str) -> Result<Vec<Record>, Error> {
        let answer: Images = self
            .call(namespace, "/containerd.services.images.v1.Images/List", &Filters::default())
            .map_err(|source| self.fail(&format!("list the images of namespace `{namespace}`"), source))?;
        Ok(answer.images)
    }

    /// What the content store holds for a namespace.
    pub(super) fn content(&self, namespace: &str) -> Result<Vec<ContentInfo>, Error> {
        let path = "/containerd.services.content.v1.Content/List";
        let lists: Vec<ContentList> = self
            .all(namespace, path, &Filters::default(), |list: &ContentList| list.info.len())
            .map_err(|source| self.fail(&format!("list the content of namespace `{namespace}`"), source))?;
        Ok(lists.into_iter().flat_map(|list| list.info).collect())
    }

    pub(super) fn containers(&self, namespace: &str) -> Result<Vec<ContainerRecord>, Error> {
        let path = "/containerd.services.containers.v1.Containers/ListStream";
        let messages: Vec<ContainerMessage> =
            self.all(namespace, path, &Filters::default(), |_| 1).map_err(|source| {
                self.fail(&format!("list the containers of namespace `{namespace}`"), source)
            })?;
        Ok(messages.into_iter().filter_map(|message| message.container).collect())
    }

    /// What runs, by the ids of containers.
    pub(super) fn tasks(&self, namespace: &str) -> Result<HashMap<String, Process>, Error> {
        let answer: Tasks = self
            .call(namespace, "/containerd.services.tasks.v1.Tasks/List", &Filters::default())
            .map_err(|source| self.fail(&format!("list the tasks of namespace `{namespace}`"), source))?;
        let named = answer.tasks.into_iter().map(|task| {
            let id = if task.container_id.is_empty() { &task.id } else { &task.container_id };
            (id.clone(), task)
        });
        Ok(named.collect())
    }

    pub(super) fn call<A: Message + Default>(
        &self,
        namespace: &str,
        path: &str,
        question: &impl Message,
    ) -> Result<A, net::Error> {
        self.client.call(Method { path, metadata: &metadata(namespace) }, question)
    }

    pub(super) fn stream<A: Message + Default>(
        &self,
        namespace: &str,
        path: &str,
        question: &impl Message,
    ) -> Result<Stream<A>, net::Error> {
        self.client.stream(Method { path, metadata: &metadata(namespace) }, question)
    }

    /// All the answers of a stream, in a time and size that have an end; `count` tells what one holds.
    pub(super) fn all<A: Message + Default>(
        &self,
        namespace: &str,
        path: &str,
        question: &impl Message,
        count: impl Fn(&A) -> usize,
    ) -> Result<Vec<A>, net::Error> {
        let mut stream = self.stream(namespace, path, question)?;
        let end = std::time::Instant::now() + 2 * PATIENCE;
        let (mut answers, mut entries, mut size) = (Vec::new(), 0_usize, 0_usize);
        while let Some(answer) = stream.next(end.saturating_duration_since(std::time::Instant::now()))? {
            entries = entries.saturating_add(count(&answer).max(1));
            size = size.saturating_add(answer.encoded_len());
            answers.push(answer);
            if entries > LONGEST || size > LARGEST {
                let url = format!("{}{path}", self.socket.display());
                return Err(net::Error::Answer { url, why: "the list does not end".to_owned() });
            }
        }
        Ok(answers)
    }

    /// The error of something that is done to this containerd.
    pub(super) fn fail(&self, what: &str, source: net::Error) -> Error {
        Error::Network { operation: format!("{what} of containerd at `{}`", self.socket.display()), source }
    }
}

/// Which namespace a question is about; none for those about all.
fn metadata(namespace: &str) -> Vec<(&'static str, &str)> {
    if namespace.is_empty() { Vec::new() } else { vec![("containerd-namespace", namespace)] }
}
