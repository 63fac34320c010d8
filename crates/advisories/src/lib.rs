//! Feeds, the advisory database, and matching packages against it.
