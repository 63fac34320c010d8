//! An estate to try things on: a Docker engine with images and a container, a registry that asks for a user and has an
//! authority of its own, one whose certificate is over, and the archive of an image with hostile names.
//!
//! The first line it prints is JSON and tells where everything is; it ends with its input. With `--company` there are the
//! images of a made-up company instead, some of them running.
#![expect(clippy::print_stdout, reason = "a small tool that speaks to its caller")]

use std::io::Read as _;
use std::path::Path;

use testkit::sample::company::{self, Place};
use testkit::{
    Authority, DockerRegistry, DockerRegistryOptions, Dockerd, Image, Layer, multi_platform_index,
};

fn main() -> std::io::Result<()> {
    let scratch = tempfile::tempdir()?;
    let hostile = scratch.path().join("hostile.tar");
    std::fs::write(&hostile, testkit::sample::hostile::image().docker_archive())?;
    let authority = Authority::new(scratch.path(), "estate");
    let engine = Dockerd::start();
    let is_company = std::env::args().any(|word| word == "--company");
    if let Some(engine) = &engine {
        if is_company { deploy(engine, scratch.path())? } else { load(engine, scratch.path())? }
    }
    let registry = guarded(authority.sign("localhost"));
    let expired = guarded(authority.sign_expired("localhost"));
    if let Some(registry) = &registry {
        if is_company { publish(registry) } else { fill(registry) }
    }
    let told = serde_json::json!({
        "engine": engine.as_ref().map(Dockerd::host),
        "registry": registry.as_ref().map(DockerRegistry::url),
        "expired": expired.as_ref().map(DockerRegistry::url),
        "user": DockerRegistry::USER,
        "password": DockerRegistry::PASSWORD,
        "authority": authority.file,
        "hostile": hostile,
    });
    println!("{told}");
    // Until whoever started it closes its input.
    std::io::stdin().read_to_end(&mut Vec::new())?;
    if let Some(engine) = engine.filter(|_| is_company) {
        let running = engine.docker(&["ps", "--quiet"]);
        let words: Vec<&str> = ["kill"].into_iter().chain(running.split_whitespace()).collect();
        engine.docker(&words);
    }
    Ok(())
}

fn guarded(certificate: std::path::PathBuf) -> Option<DockerRegistry> {
    DockerRegistry::start_with(&DockerRegistryOptions {
        is_guarded: true,
        certificate: Some(certificate),
        ..DockerRegistryOptions::default()
    })
}

/// The sample image under several names, one that is its own, and a container.
fn load(engine: &Dockerd, scratch: &Path) -> std::io::Result<()> {
    let archive = scratch.join("sample.tar");
    std::fs::write(&archive, testkit::sample::image().docker_archive())?;
    engine.docker(&["load", "-q", "-i", &archive.display().to_string()]);
    for name in [
        "shop/web:1.0",
        "shop/web:1.1",
        "shop/api:2.0",
        "registry.example.com:5000/payments/checkout:2026.11",
    ] {
        engine.docker(&["tag", "shop:1.0", name]);
    }
    engine.docker(&["create", "--name", "web-1", "--network", "none", "shop:1.0", "/bin/sh"]);
    Ok(())
}

/// The company's images that are in its engine, and their containers.
fn deploy(engine: &Dockerd, scratch: &Path) -> std::io::Result<()> {
    let archive = scratch.join("service.tar");
    // The images hold no program that runs: containers have those of this machine.
    let programs = ["/usr", "/bin", "/lib", "/lib64"].map(|path| format!("--volume={path}:{path}:ro"));
    for service in company::services() {
        if service.place == Place::Registry {
            continue;
        }
        let name = service.image.name().to_owned();
        std::fs::write(&archive, service.image.docker_archive())?;
        engine.docker(&["load", "-q", "-i", &archive.display().to_string()]);
        let short = name.split(['/', ':']).nth(1).unwrap_or_default();
        for number in 1..=service.containers {
            let called = format!("--name={short}-{number}");
            let mut words = vec!["run", "--detach", "--network=none", "--user=0", &called];
            words.extend(programs.iter().map(String::as_str));
            engine.docker(&[words.as_slice(), &[&name, "/bin/sleep", "86400"]].concat());
        }
    }
    Ok(())
}

/// The company's images that are in its registry.
fn publish(registry: &DockerRegistry) {
    for service in company::services().iter().filter(|service| service.place != Place::Engine) {
        if let Some((repository, tag)) = service.image.name().rsplit_once(':') {
            registry.put(repository, tag, &service.image.blobs());
        }
    }
    fill(registry);
}

/// Images of a few repositories, and one that stands for two platforms.
fn fill(registry: &DockerRegistry) {
    registry.put("shop/web", "1.0", &testkit::sample::image().blobs());
    for (repository, tag) in [("shop/api", "2.0"), ("tools/backup", "3.1"), ("tools/backup", "3.2")] {
        let own =
            Layer::new().file("/etc/os-release", b"ID=debian\nVERSION_ID=12\n").file("/app", tag.as_bytes());
        registry.put(repository, tag, &Image::new(repository).layer(own).blobs());
    }
    let platforms = ["amd64", "arm64"].map(|architecture| {
        let own = Layer::new().file("/platform", architecture.as_bytes());
        Image::new("tools/proxy").platform("linux", architecture).layer(own)
    });
    for image in &platforms {
        let blobs = image.blobs();
        registry.put("tools/proxy", &blobs.manifest.digest, &blobs);
    }
    registry.put_manifest("tools/proxy", "1.0", &multi_platform_index(&platforms));
}
