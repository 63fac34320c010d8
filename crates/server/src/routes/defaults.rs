//! Parameters that are one of some words and have a default: told as such, where the generator tells them as a word that
//! is an object at the same time.

use utoipa::openapi::schema::{AllOf, Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr};

/// Tells every such parameter as its words with their default.
pub(super) fn straighten(document: &mut OpenApi) {
    let operations = document.paths.paths.values_mut().filter_map(|path| path.get.as_mut());
    let parameters = operations.flat_map(|operation| operation.parameters.iter_mut().flatten());
    for parameter in parameters {
        let RefOr::T(parameter) = parameter else { continue };
        let Some(RefOr::T(Schema::AllOf(both))) = &mut parameter.schema else { continue };
        if let Some(words) = words(both) {
            parameter.schema = Some(RefOr::T(words));
        }
    }
}

/// The words with their default, of a schema that is made of the two.
fn words(both: &AllOf) -> Option<Schema> {
    let [RefOr::T(Schema::Object(words)), RefOr::T(Schema::Object(default))] = both.items.as_slice() else {
        return None;
    };
    let nothing_else = default.schema_type == SchemaType::new(Type::Object) && default.properties.is_empty();
    let mut words = words.clone();
    words.default = Some(default.default.clone()?);
    nothing_else.then_some(Schema::Object(words))
}
