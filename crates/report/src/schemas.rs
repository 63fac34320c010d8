//! The schemas of the standards, which every document written here is held against.

use jsonschema::{Registry, Validator};
use serde_json::Value;

/// The schema of SARIF 2.1.0.
pub(crate) fn sarif() -> Validator {
    let published = include_str!("../schemas/sarif-2.1.0.schema.json");
    // Two patterns have a bracket that nothing opens, which this engine refuses.
    let language =
        published.replace("^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$");
    validator(&language, &[])
}

/// The schema of CycloneDX 1.6, with those it refers to.
pub(crate) fn cyclonedx() -> Validator {
    validator(
        include_str!("../schemas/cyclonedx-1.6.schema.json"),
        &[
            (
                "http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json",
                include_str!("../schemas/cyclonedx-spdx.schema.json"),
            ),
            (
                "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json",
                include_str!("../schemas/cyclonedx-jsf-0.82.schema.json"),
            ),
        ],
    )
}

/// The schema of SPDX 2.3.
pub(crate) fn spdx() -> Validator {
    validator(include_str!("../schemas/spdx-2.3.schema.json"), &[])
}

/// Fails, and says where, when a document does not follow a schema.
pub(crate) fn assert_valid(validator: &Validator, document: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| {
            format!("{}: {}", error.instance_path(), error.to_string().chars().take(300).collect::<String>())
        })
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

fn validator(schema: &str, others: &[(&str, &str)]) -> Validator {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let mut registry = Registry::new();
    for (address, other) in others {
        registry = registry.add(*address, serde_json::from_str::<Value>(other).unwrap()).unwrap();
    }
    let registry = registry.prepare().unwrap();
    jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .build(&schema)
        .unwrap()
}

#[test]
fn the_schemas_refuse_what_is_none() {
    let nothing = serde_json::json!({ "version": 3 });
    for schema in [sarif(), cyclonedx(), spdx()] {
        assert!(!schema.is_valid(&nothing));
    }
}
