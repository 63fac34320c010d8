//! `META-INF/MANIFEST.MF`.

use std::collections::HashMap;

use crate::fields::{field, lines, string};

/// The main section of a manifest; it ends at the first empty line.
#[derive(Debug, Default)]
pub(super) struct Manifest(HashMap<String, String>);

impl Manifest {
    /// Reads the attributes. A line that begins with a space goes on with the one above it.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut unfolded: Vec<Vec<u8>> = Vec::new();
        let first = lines(bytes).skip_while(|line| line.is_empty());
        for line in first.take_while(|line| !line.is_empty()) {
            match (line.strip_prefix(b" "), unfolded.last_mut()) {
                (Some(more), Some(last)) => last.extend_from_slice(more),
                _ => unfolded.push(line.to_vec()),
            }
        }
        let attributes = unfolded.iter().filter_map(|line| field(line));
        Self(attributes.map(|(name, value)| (string(name).to_ascii_lowercase(), string(value))).collect())
    }

    /// The value of the attribute of this lower-case name, when there is any.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_main_section_only_and_unfolds_it() {
        let manifest = Manifest::parse(
            b"Manifest-Version: 1.0\r\nImplementation-Title: a-very\r\n -long-name\r\n\r\nName: x\r\nSealed: true\r\n",
        );
        assert_eq!(manifest.get("implementation-title"), Some("a-very-long-name"));
        assert_eq!(manifest.get("sealed"), None);
    }
}
