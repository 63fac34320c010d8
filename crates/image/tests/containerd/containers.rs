use std::path::Path;
use std::time::{Duration, Instant};

use image::Runtime as _;
use model::{Container, ContainerState, EventSubject};
use testkit::Layer;

use crate::server::{Server, program};

#[test]
fn tells_containers_and_what_happens_to_them() {
    let Some(server) = Server::start() else { return };
    let engine = server.engine();
    let mut watch = engine.watch().unwrap();
    let layer = Layer::new().file_mode("wait", program(true), 0o755).file_mode("end", program(false), 0o755);
    server.import("default", &testkit::Image::new("runs:1").layer(layer).oci_archive(), &[]);
    server.ctr("default", &["container", "create", "--label", "a=b", "runs:1", "made", "/wait", "now"]);
    let pod = ["pod.name=web-1", "pod.namespace=shop", "container.name=web"]
        .map(|label| format!("io.kubernetes.{label}"));
    let labels = pod.iter().flat_map(|label| ["--label", label]);
    let run = ["run", "--detach"].into_iter().chain(labels).chain(["runs:1", "runs", "/wait"]);
    server.ctr("default", &run.collect::<Vec<_>>());
    server.ctr("default", &["run", "--detach", "runs:1", "ended", "/end"]);
    let happened = |wanted: &[(EventSubject, &str, &str)], watch: &mut Box<dyn image::Watch>| {
        let mut left = wanted.to_vec();
        while !left.is_empty() {
            let event = watch.next(Duration::from_secs(20)).unwrap().unwrap();
            assert_eq!(event.namespace.as_deref(), Some("default"));
            assert!(event.time.unwrap().ends_with('Z'));
            left.retain(|(subject, action, id)| {
                (*subject, *action, *id) != (event.subject, &event.action, &event.id)
            });
        }
    };
    let container = EventSubject::Container;
    let wanted = [
        (EventSubject::Image, "create", "runs:1"),
        (container, "create", "made"),
        (container, "start", "runs"),
        (container, "exit", "ended"),
    ];
    happened(&wanted, &mut watch);

    let image = engine.images().unwrap()[0].id.clone();
    let containers = engine.containers().unwrap();
    let [ended, made, runs] = containers.as_slice() else { unreachable!("there are three: {containers:?}") };
    let common = |container: &Container| {
        assert_eq!(
            (container.engine.as_str(), container.namespace.as_deref()),
            ("containerd", Some("default"))
        );
        assert_eq!((container.image.as_str(), container.image_id.as_ref()), ("runs:1", Some(&image)));
        assert!(container.created.as_ref().unwrap().starts_with("20"));
    };
    [ended, made, runs].into_iter().for_each(common);
    assert_eq!((made.id.as_str(), made.name.as_str(), made.state), ("made", "made", ContainerState::Created));
    assert_eq!(
        (made.command.as_slice(), made.labels["a"].as_str()),
        (&["/wait".to_owned(), "now".to_owned()][..], "b")
    );
    assert_eq!((made.process, made.exit_code, &made.pod), (None, None, &None));
    assert_eq!((runs.state, runs.name.as_str(), runs.exit_code), (ContainerState::Running, "web", None));
    assert_eq!(
        (runs.pod.as_ref().unwrap().name.as_str(), runs.pod.as_ref().unwrap().namespace.as_str()),
        ("web-1", "shop")
    );
    assert!(Path::new("/proc").join(runs.process.unwrap().to_string()).exists());
    assert_eq!((ended.state, ended.exit_code, ended.process), (ContainerState::Exited, Some(7), None));
    assert!(ended.finished.as_ref().unwrap() >= ended.created.as_ref().unwrap());

    server.ctr("default", &["tasks", "pause", "runs"]);
    happened(&[(container, "paused", "runs")], &mut watch);
    assert_eq!(engine.containers().unwrap()[2].state, ContainerState::Paused);
    server.ctr("default", &["tasks", "resume", "runs"]);
    happened(&[(container, "resumed", "runs")], &mut watch);
    // Nothing more happens: the wait ends.
    let begun = Instant::now();
    while watch.next(Duration::from_millis(200)).unwrap().is_some() {}
    assert!(begun.elapsed() < Duration::from_secs(10));
    drop(server);
    while let Ok(event) = watch.next(Duration::from_secs(5)) {
        assert!(event.is_some(), "a containerd that went away is an error");
    }
}
