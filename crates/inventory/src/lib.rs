//! Package extractors: one file for each format.
