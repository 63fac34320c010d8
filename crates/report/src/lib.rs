//! Reports for people and for programs, from a finished scan.
