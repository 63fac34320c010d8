//! Texts that people write: how long they may be, and what is in none.

use crate::problem::Problem;

/// Refuses a text that is longer than `most` characters, or that no database keeps.
pub(super) fn check(name: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.contains('\0') {
        return Err(Problem::invalid(format!("`{name}` holds a NUL character; leave it out")));
    }
    if text.chars().count() > most {
        return Err(Problem::invalid(format!("`{name}` is longer than {most} characters")));
    }
    Ok(())
}
