use super::add_file;
use crate::Layer;

/// Name as the package writes it, the name of its folder, version and licence.
#[rustfmt::skip]
const PACKAGES: &[(&str, &str, &str, &str)] = &[
    ("certifi", "certifi", "2022.9.24", "MPL-2.0"),
    ("cryptography", "cryptography", "3.3.1", "BSD or Apache License, Version 2.0"),
    ("Flask", "Flask", "1.1.2", "BSD-3-Clause"),
    ("Flask-Caching", "Flask_Caching", "1.10.1", "BSD"),
    ("idna", "idna", "2.10", "BSD-like"),
    ("itsdangerous", "itsdangerous", "1.1.0", "BSD"),
    ("Jinja2", "Jinja2", "2.11.2", "BSD-3-Clause"),
    ("MarkupSafe", "MarkupSafe", "1.1.1", "BSD-3-Clause"),
    ("pip", "pip", "23.0.1", "MIT"),
    ("PyYAML", "PyYAML", "5.3.1", "MIT"),
    ("requests", "requests", "2.25.1", "Apache 2.0"),
    ("setuptools", "setuptools", "65.5.0", "MIT"),
    ("six", "six", "1.16.0", "MIT"),
    ("urllib3", "urllib3", "1.26.4", "MIT"),
    ("Werkzeug", "Werkzeug", "1.0.1", "BSD-3-Clause"),
];

pub(super) fn layer() -> Layer {
    let mut dirs = Vec::new();
    let mut layer =
        Layer::new().created_by("RUN /bin/sh -c /opt/venv/bin/pip install -r requirements.txt # buildkit");
    layer = add_file(
        layer,
        &mut dirs,
        "opt/venv/pyvenv.cfg",
        "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n",
    );
    for (name, folder, version, license) in PACKAGES {
        let info = format!("{folder}-{version}.dist-info");
        let base = format!("opt/venv/lib/python3.11/site-packages/{info}");
        let module = folder.to_lowercase();
        let metadata = format!(
            "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {name} of the sample image\n\
             License: {license}\nRequires-Python: >=3.6\n\nName: not-this\n\nWritten for the sample.\n"
        );
        let record =
            format!("{info}/INSTALLER,,\n{info}/METADATA,,\n{info}/RECORD,,\n{module}/__init__.py,,\n");
        layer = add_file(layer, &mut dirs, &format!("{base}/INSTALLER"), "pip\n");
        layer = add_file(layer, &mut dirs, &format!("{base}/METADATA"), metadata);
        layer = add_file(layer, &mut dirs, &format!("{base}/RECORD"), record);
        let module = format!("opt/venv/lib/python3.11/site-packages/{module}/__init__.py");
        layer = add_file(layer, &mut dirs, &module, "# A file of the sample image.\n");
    }
    layer
}
