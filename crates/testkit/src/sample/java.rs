use super::add_file;
use crate::{Layer, zip};

/// Group, artifact and version of the libraries in the application.
#[rustfmt::skip]
const LIBRARIES: &[(&str, &str, &str)] = &[
    ("com.fasterxml.jackson.core", "jackson-annotations", "2.12.3"),
    ("com.fasterxml.jackson.core", "jackson-core", "2.12.3"),
    ("com.fasterxml.jackson.core", "jackson-databind", "2.12.3"),
    ("org.apache.commons", "commons-text", "1.9"),
    ("org.apache.logging.log4j", "log4j-api", "2.14.1"),
    ("org.apache.logging.log4j", "log4j-core", "2.14.1"),
    ("org.springframework", "spring-beans", "5.3.16"),
    ("org.springframework", "spring-core", "5.3.16"),
    ("org.yaml", "snakeyaml", "1.29"),
];

/// Built without Maven in truth, so this one has a manifest only.
const WITHOUT_POM: &str = "spring-core";

pub(super) fn layer() -> Layer {
    let mut dirs = Vec::new();
    let layer = Layer::new().created_by("COPY target/app.jar /opt/app/app.jar # buildkit");
    add_file(layer, &mut dirs, "opt/app/app.jar", application())
}

/// A Spring Boot jar: the libraries are jars in the jar.
fn application() -> Vec<u8> {
    let manifest = manifest("shop", "1.0.0")
        + "Main-Class: org.springframework.boot.loader.JarLauncher\r\n\
           Start-Class: com.example.shop.Application\r\n\
           Spring-Boot-Classes: BOOT-INF/classes/\r\nSpring-Boot-Lib: BOOT-INF/lib/\r\n\r\n";
    let mut entries = vec![
        ("META-INF/".to_owned(), Vec::new()),
        ("META-INF/MANIFEST.MF".to_owned(), manifest.into_bytes()),
        pom_properties("com.example", "shop", "1.0.0"),
        ("BOOT-INF/classes/application.properties".to_owned(), b"server.port=8080\n".to_vec()),
        ("BOOT-INF/lib/".to_owned(), Vec::new()),
    ];
    for (group, artifact, version) in LIBRARIES {
        entries.push((format!("BOOT-INF/lib/{artifact}-{version}.jar"), library(group, artifact, version)));
    }
    jar(&entries)
}

fn library(group: &str, artifact: &str, version: &str) -> Vec<u8> {
    let mut entries =
        vec![("META-INF/MANIFEST.MF".to_owned(), (manifest(artifact, version) + "\r\n").into_bytes())];
    if artifact != WITHOUT_POM {
        entries.push(pom_properties(group, artifact, version));
    }
    let package = format!("{}/{}", group.replace('.', "/"), artifact.replace('-', "_"));
    // A class file that ends after its head.
    entries.push((format!("{package}/Sample.class"), vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52]));
    jar(&entries)
}

/// A library with the best known vulnerability, by itself.
pub(super) fn log4j() -> Vec<u8> {
    library("org.apache.logging.log4j", "log4j-core", "2.14.1")
}

fn manifest(title: &str, version: &str) -> String {
    format!(
        "Manifest-Version: 1.0\r\nCreated-By: Apache Maven 3.8.4\r\nImplementation-Title: {title}\r\n\
         Implementation-Version: {version}\r\n"
    )
}

fn pom_properties(group: &str, artifact: &str, version: &str) -> (String, Vec<u8>) {
    let path = format!("META-INF/maven/{group}/{artifact}/pom.properties");
    (path, format!("artifactId={artifact}\ngroupId={group}\nversion={version}\n").into_bytes())
}

fn jar(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    zip(&entries)
}
