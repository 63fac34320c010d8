//! An image whose every name is one that a careless page would obey, turn round or run over its edge with.

use std::collections::BTreeMap;

use super::{FILLER, debian, java, planted};
use crate::{Image, Layer};

/// The names by what they try; the tests of the console look for the same.
const NAMES: &str = include_str!("hostile.json");

/// So many characters without a place to break; a file name has at most 255 bytes.
const LONG: usize = 250;

/// The names, a long one among them.
pub fn names() -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, String> = serde_json::from_str(NAMES).unwrap();
    names.insert("long".to_owned(), "w".repeat(LONG));
    names
}

/// The image, `hostile/<…>:1.0`.
pub fn image() -> Image {
    let mut image = Image::new(&format!("hostile/{}:1.0", "n".repeat(200)))
        .author(&name("html"))
        .user(&name("script"))
        .layer(debian::layer_of(&|name| name == "base-files"))
        .layer(files())
        .layer(packages());
    for (kind, name) in names() {
        image = image
            .label(&name, &format!("label {name}"))
            .env(&format!("HOSTILE_{kind}"), &name)
            .instruction(&format!("RUN echo {name} # {kind}"));
    }
    image
}

fn name(kind: &str) -> String {
    names().remove(kind).unwrap()
}

/// A file below each name for every kind of finding that tells of a path.
fn files() -> Layer {
    let mut layer = Layer::new()
        .file("etc/os-release", format!("ID=debian\nVERSION_ID=12\nPRETTY_NAME='{}'\n", name("html")))
        .file("etc/passwd", accounts())
        .created_by(&format!("COPY {} /srv", name("override")));
    for (kind, name) in names() {
        layer = layer
            .file_mode(&format!("srv/{kind}/{name}"), FILLER, 0o4777)
            .file(&format!("srv/{kind}/{name}.php"), planted::web_shell())
            .file(&format!("opt/{name}/.env"), format!("STRIPE_KEY={}\n", planted::stripe_key()))
            .file(&format!("opt/{name}/log4j-core-2.14.1.jar"), java::log4j());
    }
    layer
}

/// Accounts that have the rights of root; a colon or a line feed would end a name.
fn accounts() -> String {
    let of = |name: &String| format!("{name}:x:0:0::/:/bin/sh\n");
    names().values().filter(|name| !name.contains(':')).map(of).collect()
}

/// Packages of Debian by those names, and one of npm that has them as version and licence.
fn packages() -> Layer {
    let mut layer = Layer::new();
    for (kind, name) in names() {
        let status = format!(
            "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-{name}\n\n"
        );
        let manifest =
            serde_json::json!({ "name": format!("hostile-{kind}"), "version": name, "license": name });
        layer = layer
            .file(&format!("var/lib/dpkg/status.d/{kind}"), status)
            .file(&format!("srv/node_modules/hostile-{kind}/package.json"), manifest.to_string());
    }
    layer.created_by(&format!("RUN {}", name("interpolation")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_in_its_configuration() {
        let config = image().blobs().config.bytes;
        let config: serde_json::Value = serde_json::from_slice(&config).unwrap();
        let env = config["config"]["Env"].as_array().unwrap();
        for (kind, name) in names() {
            let wanted = serde_json::Value::String(format!("HOSTILE_{kind}={name}"));
            assert!(env.contains(&wanted), "{kind}");
        }
    }
}
