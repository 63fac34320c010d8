//! Whose a secret is, and whether it is still there.

use std::sync::LazyLock;

use image::path;
use image::walk::{Entry, EntryKind};

use inventory::{CLASSIFIED, Found, Licensed, Owned};
use model::PackageType;

use super::*;
use crate::facts::Find;
use crate::{Declared, Inspectors};

static NONE: LazyLock<Inspectors> = LazyLock::new(Inspectors::default);

/// A layer of these entries; a path that ends in `!` tells a secret.
fn layer(entries: &[(&str, EntryKind, &str)]) -> LayerFacts {
    let mut facts = LayerFacts::default();
    for (path, kind, link) in entries {
        let (path, secret) = path.strip_suffix('!').map_or((*path, false), |path| (path, true));
        facts.listing.entries.push(&Entry {
            path: path.as_bytes(),
            kind: *kind,
            mode: 0o644,
            uid: 0,
            gid: 0,
            size: 1,
            link: link.as_bytes(),
        });
        if secret {
            facts.secrets.facts.push(SecretFact {
                path: path.as_bytes().to_vec(),
                place: "file".to_owned(),
                line: Some(1),
                rule: "rule".to_owned(),
                masked: "***".to_owned(),
                fingerprint: "same".to_owned(),
            });
        }
    }
    facts
}

/// What files told: path, extractor and what it found.
fn telling(finds: Vec<(&str, &str, Found)>) -> LayerFacts {
    let entries: Vec<(&str, EntryKind, &str)> =
        finds.iter().map(|(path, _, _)| (*path, EntryKind::File, "")).collect();
    let mut facts = layer(&entries);
    facts.packages.facts.extend(finds.into_iter().map(|(path, extractor, found)| Find {
        path: path.as_bytes().to_vec(),
        extractor: extractor.to_owned(),
        found,
    }));
    facts
}

fn options(declared: Declared) -> Options<'static> {
    Options {
        checks: &[],
        inspectors: &NONE,
        database: None,
        declared,
        cache: None,
        jobs: 1,
        limits: bounded::Limits::default(),
        today: String::new(),
        progress: &|_event| {},
        stop: None,
    }
}

fn stacked(layers: &[LayerFacts]) -> Vec<Stacked<'_>> {
    let stack = |facts| Stacked { facts, diff_id: None, created_by: None, from_base: None };
    layers.iter().map(stack).collect()
}

/// The secrets of layers: path, layer, visible.
fn secrets(layers: &[LayerFacts]) -> Vec<(String, usize, bool)> {
    let options = options(Declared::Auto);
    let merged = merge(&stacked(layers), &options);
    merged.secrets.iter().map(|seen| (path::display(&seen.fact.path), seen.layer, seen.visible)).collect()
}

fn one(path: &str, layer: usize, visible: bool) -> Vec<(String, usize, bool)> {
    vec![(path.to_owned(), layer, visible)]
}

#[test]
fn what_a_later_layer_takes_away_is_in_the_history_only() {
    use EntryKind::{Directory, File, Opaque, SymbolicLink, Whiteout};
    let below = || layer(&[("a", Directory, ""), ("a/key!", File, "")]);
    assert_eq!(secrets(&[below()]), one("a/key", 0, true));
    for above in [
        ("a/key", Whiteout, ""),
        ("a", Whiteout, ""),
        ("a", Opaque, ""),
        ("", Opaque, ""),
        ("a/key", File, ""),
        ("a", File, ""),
        ("a", SymbolicLink, "b"),
    ] {
        assert_eq!(secrets(&[below(), layer(&[above])]), one("a/key", 0, false), "{above:?}");
    }
    for above in [("a", Directory, ""), ("a/other", File, ""), ("ab", Whiteout, "")] {
        assert_eq!(secrets(&[below(), layer(&[above])]), one("a/key", 0, true), "{above:?}");
    }
}

#[test]
fn what_comes_back_belongs_to_the_layer_that_brings_it_back() {
    use EntryKind::{File, Whiteout};
    let with = || layer(&[("key!", File, "")]);
    assert_eq!(secrets(&[with(), layer(&[("key", Whiteout, "")]), with()]), one("key", 2, true));
    // Another content in between is as good as a removal.
    assert_eq!(secrets(&[with(), layer(&[("key", File, "")]), with()]), one("key", 2, true));
    // Written once more, the same: it has been there all the time.
    assert_eq!(secrets(&[with(), with(), layer(&[("x", File, "")])]), one("key", 0, true));
    // Gone in the end: the first layer that has it is the one to mend.
    let gone = layer(&[("key", Whiteout, "")]);
    assert_eq!(secrets(&[with(), gone.clone(), with(), gone]), one("key", 0, false));
}

#[test]
fn a_hard_link_keeps_it_visible() {
    use EntryKind::{File, HardLink, Whiteout};
    let linked = || layer(&[("key!", File, ""), ("other", HardLink, "key")]);
    let gone = |path| layer(&[(path, Whiteout, "")]);
    assert_eq!(secrets(&[linked(), gone("key")]), one("key", 0, true));
    assert_eq!(secrets(&[linked(), gone("key"), gone("other")]), one("key", 0, false));
}

/// Packages of a kind; an `!` after the version marks one that is only asked for.
fn packages_of(kind: PackageType, packages: &[&str]) -> Found {
    let package = |text: &&str| {
        let (text, declared) = text.strip_suffix('!').map_or((*text, false), |text| (text, true));
        let (name, version) = text.split_once('@').unwrap();
        Package { declared, ..Package::new(kind, name, version) }
    };
    Found { packages: packages.iter().map(package).collect(), ..Found::default() }
}

#[test]
fn what_is_only_asked_for_counts_in_source_trees_and_where_it_is_wanted() {
    let within = |diff_id: Option<&str>, declared: Declared, finds: Vec<(&str, &str, Found)>| {
        let layers = [telling(finds)];
        let mut stacked = stacked(&layers);
        for layer in &mut stacked {
            layer.diff_id = diff_id.map(str::to_owned);
        }
        let merged = merge(&stacked, &options(declared));
        let shown = |package: &Package| {
            format!("{}@{}{}", package.name, package.version, if package.declared { "!" } else { "" })
        };
        merged.packages.iter().map(shown).collect::<Vec<_>>().join(" ")
    };
    let of = |declared, finds| within(Some("sha256:1"), declared, finds);
    let lock = || ("src/lock", "x/lock", packages_of(PackageType::Npm, &["a@1!", "b@2!"]));
    let installed = || ("a/package.json", "javascript/npm", packages_of(PackageType::Npm, &["a@1"]));
    let release = || {
        let distribution = Some(Distribution { id: "debian".to_owned(), ..Distribution::default() });
        ("etc/os-release", "os/release", Found { distribution, ..Found::default() })
    };
    assert_eq!(of(Declared::Auto, vec![lock()]), "a@1! b@2!");
    assert_eq!(of(Declared::Auto, vec![lock(), installed()]), "a@1");
    assert_eq!(within(None, Declared::Auto, vec![lock(), installed()]), "a@1 b@2!");
    assert_eq!(within(None, Declared::Auto, vec![lock(), release()]), "");
    assert_eq!(of(Declared::Auto, vec![lock(), release()]), "");
    // What is installed and asked for is one package.
    assert_eq!(of(Declared::Always, vec![lock(), installed(), release()]), "a@1 b@2!");
    assert_eq!(of(Declared::Never, vec![lock()]), "");
}

#[test]
fn licences_channels_and_the_end_of_life_join_what_they_belong_to() {
    let release = Distribution {
        id: "ubuntu".to_owned(),
        version: Some("18.04".to_owned()),
        ..Distribution::default()
    };
    let licensed = ["bash", "gone"].map(|package| Licensed {
        package: package.to_owned(),
        licenses: vec!["GPL-3.0-or-later".to_owned()],
    });
    let pro = Found {
        channels: vec!["esm-infra".to_owned(), "esm-apps".to_owned(), "esm-infra".to_owned()],
        ..Found::default()
    };
    let layers = [telling(vec![
        ("etc/os-release", "os/release", Found { distribution: Some(release), ..Found::default() }),
        ("status.json", "os/ubuntu-pro", pro),
        ("status", "os/dpkg", packages_of(PackageType::Deb, &["bash@5", "curl@7"])),
        ("copyright", "os/dpkg-copyright", Found { licensed: licensed.to_vec(), ..Found::default() }),
    ])];
    let merged = merge(&stacked(&layers), &options(Declared::Auto));
    let licenses: Vec<&[String]> =
        merged.packages.iter().map(|package| package.licenses.as_slice()).collect();
    assert_eq!(licenses, [&["GPL-3.0-or-later".to_owned()][..], &[]]);
    let distribution = merged.distribution.unwrap();
    assert_eq!(distribution.channels, ["esm-apps", "esm-infra"]);
    let table = distributions::find(&distribution).unwrap().end_of_life(&distribution);
    assert_eq!(distribution.end_of_life.as_deref(), table);
}

#[test]
fn two_files_of_a_package_manager_make_one_package() {
    let mut control = packages_of(PackageType::Opkg, &["libopenssl3@3.0.13-1"]);
    control.packages[0].vendor = Some("OpenWrt".to_owned());
    control.packages[0].paths = vec!["info/libopenssl3.control".to_owned()];
    let mut status = packages_of(PackageType::Opkg, &["busybox@1.36", "libopenssl3@3.0.13-1"]);
    status.packages.iter_mut().for_each(|package| package.paths = vec!["status".to_owned()]);
    let layers =
        [telling(vec![("status", "os/opkg", status), ("info/libopenssl3.control", "os/opkg", control)])];
    let merged = merge(&stacked(&layers), &options(Declared::Auto));
    let [busybox, openssl] = merged.packages.as_slice() else { panic!("{:?}", merged.packages) };
    assert_eq!(busybox.vendor, None);
    assert_eq!(openssl.vendor.as_deref(), Some("OpenWrt"));
    assert_eq!(openssl.paths, ["info/libopenssl3.control", "status"]);
}

/// What a program's bytes told: the package, and that something of it could not be read.
fn classified(kind: PackageType, package: &str) -> Found {
    let mut found = packages_of(kind, &[package]);
    for package in &mut found.packages {
        package.found_by = CLASSIFIED.to_owned();
        package.cpes = vec![format!("cpe of {}", package.name)];
    }
    found.gaps.push(Gap::new("file", package, "why"));
    found
}

#[test]
fn a_program_of_a_system_package_is_not_told_twice() {
    let owned = Owned { package: "redis".to_owned(), paths: vec!["bin/redis-server".to_owned()] };
    let layers = [telling(vec![
        ("status", "os/dpkg", Found { owned: vec![owned], ..packages_of(PackageType::Deb, &["redis@5:7"]) }),
        ("usr/bin/redis-server", CLASSIFIED, classified(PackageType::Generic, "redis@7")),
        ("opt/redis-server", CLASSIFIED, classified(PackageType::Generic, "redis@6")),
    ])];
    let merged = merge(&stacked(&layers), &options(Declared::Auto));
    let told: Vec<&str> = merged.packages.iter().map(|package| package.version.as_str()).collect();
    assert_eq!(told, ["5:7", "6"]);
    let unread: Vec<&str> = merged.gaps.iter().map(|gap| gap.place.as_str()).collect();
    assert_eq!(unread, ["redis@6"]);
}

#[test]
fn a_go_program_known_by_its_bytes_is_one_package() {
    let of = |module: &str| {
        let mut program = classified(PackageType::Golang, "k8s.io/kubernetes@v1.28.2");
        let mut modules = packages_of(PackageType::Golang, &[module]);
        for package in program.packages.iter_mut().chain(&mut modules.packages) {
            package.paths = vec!["bin/kubectl".to_owned()];
        }
        let layers =
            [telling(vec![("bin/kubectl", CLASSIFIED, program), ("bin/kubectl", "golang/binary", modules)])];
        let merged = merge(&stacked(&layers), &options(Declared::Auto));
        let shown =
            |package: &Package| format!("{}@{} {}", package.name, package.version, package.cpes.len());
        merged.packages.iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(of("k8s.io/kubernetes@v1.28.1"), ["k8s.io/kubernetes@v1.28.1 1"]);
    assert_eq!(of("k8s.io/kubernetes@(devel)"), ["k8s.io/kubernetes@v1.28.2 1"]);
    assert_eq!(of("k8s.io/other@v2.0.0"), ["k8s.io/kubernetes@v1.28.2 1", "k8s.io/other@v2.0.0 0"]);
}

#[test]
fn os_release_is_believed_before_the_files_that_are_older() {
    let named = |id: &str| {
        let distribution = Some(Distribution { id: id.to_owned(), ..Distribution::default() });
        Found { distribution, ..Found::default() }
    };
    let of = |paths: &[&str]| {
        let finds = paths.iter().map(|path| (*path, "os/release", named(path))).collect();
        let layers = [telling(finds)];
        merge(&stacked(&layers), &options(Declared::Auto)).distribution.unwrap().id
    };
    assert_eq!(of(&["etc/alpine-release", "etc/os-release", "usr/lib/os-release"]), "etc/os-release");
    assert_eq!(of(&["etc/debian_version", "usr/lib/os-release"]), "usr/lib/os-release");
    assert_eq!(of(&["etc/debian_version", "etc/lsb-release"]), "etc/lsb-release");
}
