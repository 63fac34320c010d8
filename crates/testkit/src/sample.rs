//! The sample image: a made-up shop application over a Debian 12 base, with old packages of many kinds.
//!
//! Package names and versions are real, the files are not. Most advisories in `sample/advisories` hit it.

mod debian;
mod golang;
mod java;
mod node;
pub mod planted;
mod python;

use crate::{Image, Layer};

/// What stands in every file whose content does not matter.
const FILLER: &str = "A file of the sample image.\n";
/// The MD5 sum of `FILLER`, for the lists of the Debian packages.
const FILLER_MD5: &str = "da5f6983952386b1bea4cab9bd99fb5b";

/// The sample image, `shop:1.0` for linux/amd64 in gzip layers.
pub fn image() -> Image {
    Image::new("shop:1.0")
        .label("org.opencontainers.image.title", "Shop")
        .label("org.opencontainers.image.version", "1.0")
        .layer(debian::layer())
        .instruction("CMD [\"bash\"]")
        .instruction("ENV NODE_ENV=production")
        .env("NODE_ENV", "production")
        .layer(node::layer())
        .layer(python::layer())
        .layer(java::layer())
        .layer(golang::layer())
        .layer(
            Layer::new()
                .whiteout("srv/shop/node_modules/ejs")
                .created_by("RUN /bin/sh -c rm -r /srv/shop/node_modules/ejs # buildkit"),
        )
        .instruction("USER 1000")
        .user("1000")
}

/// Adds a path's parent folders that are not in the layer yet, then the file.
fn add_file(mut layer: Layer, dirs: &mut Vec<String>, path: &str, content: impl AsRef<[u8]>) -> Layer {
    for (end, _) in path.match_indices('/') {
        let dir = path.get(..end).unwrap().to_owned();
        if !dirs.contains(&dir) {
            layer = layer.dir(&dir);
            dirs.push(dir);
        }
    }
    layer.file(path, content)
}
