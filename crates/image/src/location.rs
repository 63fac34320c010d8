use std::path::{Path, PathBuf};

use bounded::{Format, Limits};

use crate::{Error, Reference};

/// Where the image of a command-line argument is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A name, looked up in the engines of this machine and then in its registry.
    Name(String),
    /// A name or id in Docker.
    Docker(String),
    /// A name or id in containerd, `NAME` or `NAMESPACE/NAME`.
    Containerd(String),
    /// A name or id in the storage of Podman and CRI-O.
    Podman(String),
    /// An image in a registry.
    Registry(Reference),
    /// A file as `docker save` writes it, perhaps compressed.
    DockerArchive(PathBuf),
    /// A layout in one file, perhaps compressed.
    OciArchive(PathBuf),
    /// A layout directory, and a tag in it.
    OciLayout(PathBuf, Option<String>),
    /// A directory that is a root file system.
    RootFileSystem(PathBuf),
    /// An archive on standard input.
    StandardInput,
}

impl Location {
    /// Reads an argument: an explicit `KIND:…`, `-`, a path that is there, or else a name.
    ///
    /// # Errors
    /// When it is empty, names a registry image wrongly, or is a path to something that is no image.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text == "-" {
            return Ok(Self::StandardInput);
        }
        if let Some((kind, rest)) = text.split_once(':').filter(|(_, rest)| !rest.is_empty()) {
            match kind {
                "docker" => return Ok(Self::Docker(rest.to_owned())),
                "containerd" => return Ok(Self::Containerd(rest.to_owned())),
                "podman" | "containers-storage" => return Ok(Self::Podman(rest.to_owned())),
                "registry" => return Reference::parse(rest).map(Self::Registry),
                "docker-archive" => return Ok(Self::DockerArchive(rest.into())),
                "oci-archive" => return Ok(Self::OciArchive(rest.into())),
                "oci-layout" => return Ok(layout(rest)),
                "rootfs" => return Ok(Self::RootFileSystem(rest.into())),
                _ => {}
            }
        }
        let path = Path::new(text);
        if path.exists() {
            return recognise(path);
        }
        if looks_like_a_path(text) {
            let why =
                "no such file or directory; hint: `registry:NAME` names an image whatever it looks like"
                    .to_owned();
            return Err(Error::NotFound { name: text.to_owned(), place: "the file system".to_owned(), why });
        }
        Reference::parse(text).map(|_reference| Self::Name(text.to_owned()))
    }
}

/// Whether somebody who writes this means a file: it must not be looked up in a registry when it is not there.
fn looks_like_a_path(text: &str) -> bool {
    let begins = ["/", "./", "../", "~"].iter().any(|start| text.starts_with(start));
    begins
        || [".tar", ".tar.gz", ".tar.zst", ".tgz"].iter().any(|end| text.to_ascii_lowercase().ends_with(end))
}

/// `DIR` or `DIR:TAG`; a directory whose own name holds a colon is taken whole.
fn layout(text: &str) -> Location {
    match text.rsplit_once(':') {
        Some((directory, tag)) if !Path::new(text).exists() && !tag.contains('/') => {
            Location::OciLayout(directory.into(), Some(tag.to_owned()))
        }
        _ => Location::OciLayout(text.into(), None),
    }
}

/// What a path is, by what is in it.
fn recognise(path: &Path) -> Result<Location, Error> {
    if path.is_dir() {
        let is_layout = path.join("index.json").is_file() && path.join("oci-layout").is_file();
        let directory = path.to_owned();
        return Ok(if is_layout {
            Location::OciLayout(directory, None)
        } else {
            Location::RootFileSystem(directory)
        });
    }
    if compression(path)? != Format::Plain {
        // Both kinds of archive are read the same way when they are compressed: what is in them decides.
        return Ok(Location::DockerArchive(path.to_owned()));
    }
    let store = crate::store::ArchiveFile::open(path.to_owned(), &Limits::default())?;
    if crate::store::Store::document(&store, "index.json")?.is_some() {
        Ok(Location::OciArchive(path.to_owned()))
    } else {
        Ok(Location::DockerArchive(path.to_owned()))
    }
}

/// How a file is compressed.
///
/// # Errors
/// When it cannot be read.
pub fn compression(path: &Path) -> Result<Format, Error> {
    use std::io::Read;
    let fail = |source| Error::File { path: path.to_owned(), source };
    let mut head = Vec::new();
    std::fs::File::open(path).map_err(fail)?.take(8).read_to_end(&mut head).map_err(fail)?;
    Ok(Format::of(&head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_kind_of_argument() {
        let parse = |text: &str| Location::parse(text).unwrap();
        assert_eq!(parse("-"), Location::StandardInput);
        assert_eq!(parse("docker:nginx:1.25"), Location::Docker("nginx:1.25".to_owned()));
        assert_eq!(parse("containerd:k8s.io/a:1"), Location::Containerd("k8s.io/a:1".to_owned()));
        assert_eq!(parse("podman:a:1"), Location::Podman("a:1".to_owned()));
        assert_eq!(parse("oci-layout:a/b:1.0"), Location::OciLayout("a/b".into(), Some("1.0".to_owned())));
        assert_eq!(parse("oci-layout:a/b"), Location::OciLayout("a/b".into(), None));
        assert_eq!(parse("rootfs:/"), Location::RootFileSystem("/".into()));
        assert_eq!(parse("debian:12"), Location::Name("debian:12".to_owned()));
        assert!(matches!(parse("registry:localhost:5000/a:b"), Location::Registry(_)));
        for missing in ["missing.tar", "./missing", "/missing/layout"] {
            assert!(matches!(Location::parse(missing), Err(Error::NotFound { .. })), "{missing}");
        }
    }

    #[test]
    fn recognises_what_lies_on_the_disk() {
        let scratch = tempfile::tempdir().unwrap();
        let image = testkit::Image::new("shop:1").layer(testkit::Layer::new().file("a", "b"));
        let put = |name: &str, bytes: Vec<u8>| {
            let path = scratch.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            Location::parse(path.to_str().unwrap()).unwrap()
        };
        assert!(matches!(put("one.tar", image.docker_archive()), Location::DockerArchive(_)));
        assert!(matches!(put("two.tar", image.oci_archive()), Location::OciArchive(_)));
        assert!(matches!(put("three.tgz", testkit::gzip(image.oci_archive())), Location::DockerArchive(_)));
        let layout = scratch.path().join("layout");
        image.write_oci_layout(&layout);
        assert!(matches!(Location::parse(layout.to_str().unwrap()).unwrap(), Location::OciLayout(_, None)));
        let directory = scratch.path().to_str().unwrap();
        assert!(matches!(Location::parse(directory).unwrap(), Location::RootFileSystem(_)));
    }
}
