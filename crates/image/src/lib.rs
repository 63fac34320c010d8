//! Image names, manifests and sources, and the walk over a layer.
