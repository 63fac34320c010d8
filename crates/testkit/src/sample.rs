//! The sample image: a made-up shop application over a Debian 12 base, with old packages of many kinds.
//!
//! Package names and versions are real, the files are not. Most advisories in `sample/advisories` hit it.

pub mod company;
pub(crate) mod debian;
mod golang;
pub mod hostile;
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
        .layer(mistakes())
        .layer(
            Layer::new()
                .whiteout("srv/shop/node_modules/ejs")
                .whiteout("srv/shop/public/upload.php")
                .whiteout("root/.ssh/id_rsa")
                .created_by(
                    "RUN /bin/sh -c rm -r /srv/shop/node_modules/ejs /srv/shop/public /root/.ssh # buildkit",
                ),
        )
        .instruction("USER 1000")
        .user("1000")
}

/// What goes wrong in real images, so that every check has something to find; the next layer removes a part of it, too late.
fn mistakes() -> Layer {
    Layer::new()
        .file("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nshop:x:0:1000::/srv/shop:/bin/sh\n")
        .file("etc/group", "root:x:0:\nshop:x:1000:\n")
        .file_mode("etc/shadow", planted::shadow(), 0o644)
        .file("srv/shop/.env", format!("PORT=8080\nSTRIPE_KEY={}\n", planted::stripe_key()))
        .file_mode("root/.ssh/id_rsa", planted::private_key(), 0o600)
        .file("srv/shop/public/upload.php", planted::web_shell())
        .file_mode("usr/local/bin/backup", "#!/bin/sh\nexit 0\n", 0o4777)
        .created_by("COPY rootfs/ / # buildkit")
}

/// Adds a path's parent folders that are not in the layer yet, then the file.
pub(crate) fn add_file(
    mut layer: Layer,
    dirs: &mut Vec<String>,
    path: &str,
    content: impl AsRef<[u8]>,
) -> Layer {
    for (end, _) in path.match_indices('/') {
        let dir = path.get(..end).unwrap().to_owned();
        if !dirs.contains(&dir) {
            layer = layer.dir(&dir);
            dirs.push(dir);
        }
    }
    layer.file(path, content)
}
