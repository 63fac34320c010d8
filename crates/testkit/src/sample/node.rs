use serde_json::{Value, json};

use super::{FILLER, add_file};
use crate::Layer;

/// Folder below the application, name, version and licence of each package.
#[rustfmt::skip]
const PACKAGES: &[(&str, &str, &str, &str)] = &[
    ("node_modules/@hapi/hoek", "@hapi/hoek", "9.2.0", "BSD-3-Clause"),
    ("node_modules/body-parser", "body-parser", "1.19.0", "MIT"),
    ("node_modules/cookie", "cookie", "0.4.0", "MIT"),
    ("node_modules/debug", "debug", "2.6.9", "MIT"),
    ("node_modules/ejs", "ejs", "3.1.6", "Apache-2.0"),
    ("node_modules/express", "express", "4.17.1", "MIT"),
    ("node_modules/json5", "json5", "2.2.0", "MIT"),
    ("node_modules/loader-utils", "loader-utils", "1.4.2", "MIT"),
    ("node_modules/loader-utils/node_modules/json5", "json5", "1.0.1", "MIT"),
    ("node_modules/lodash", "lodash", "4.17.15", "MIT"),
    ("node_modules/minimist", "minimist", "1.2.0", "MIT"),
    ("node_modules/mkdirp", "mkdirp", "0.5.1", "MIT"),
    ("node_modules/mkdirp/node_modules/minimist", "minimist", "0.0.8", "MIT"),
    ("node_modules/ms", "ms", "2.0.0", "MIT"),
    ("node_modules/qs", "qs", "6.7.0", "BSD-3-Clause"),
    ("node_modules/request", "request", "2.88.2", "Apache-2.0"),
    ("node_modules/request/node_modules/qs", "qs", "6.5.2", "BSD-3-Clause"),
    ("node_modules/semver", "semver", "5.7.1", "ISC"),
    ("node_modules/ua-parser-js", "ua-parser-js", "0.7.29", "MIT"),
    ("node_modules/ws", "ws", "7.4.5", "MIT"),
];

pub(super) fn layer() -> Layer {
    let mut dirs = Vec::new();
    let mut layer = Layer::new().created_by("RUN /bin/sh -c npm ci --omit=dev # buildkit");
    let manifest = json!({
        "name": "shop",
        "version": "1.0.0",
        "private": true,
        "dependencies": {
            "ejs": "^3.1.6", "express": "~4.17.1", "json5": "2.2.0", "lodash": "4.17.15",
            "minimist": "1.2.0", "request": "^2.88.2", "ua-parser-js": "0.7.29", "ws": "7.4.5"
        }
    });
    layer = add_file(layer, &mut dirs, "srv/shop/package.json", pretty(&manifest));
    layer = add_file(layer, &mut dirs, "srv/shop/server.js", "// A file of the sample image.\n");
    for (folder, name, version, license) in PACKAGES {
        let base = format!("srv/shop/{folder}");
        let manifest = json!({ "name": name, "version": version, "license": license, "main": "index.js" });
        layer = add_file(layer, &mut dirs, &format!("{base}/package.json"), pretty(&manifest));
        layer = add_file(layer, &mut dirs, &format!("{base}/index.js"), "module.exports = {};\n");
        layer = add_file(layer, &mut dirs, &format!("{base}/LICENSE"), FILLER);
    }
    layer
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}
