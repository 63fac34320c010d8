//! The list of all feeds beyond OSV; a new one is a module here and an entry in the list.

mod alinux_oval;
mod alpine_secdb;
mod amazon_alas;
mod anolis_oval;
mod arch_tracker;
mod chainguard_secdb;
mod debian_tracker;
mod epss;
mod nvd;
mod openeuler_csaf;
mod oracle_oval;
mod redhat_vex;
mod suse_csaf;
mod ubuntu_oval;
mod wolfi_secdb;

use crate::feed::Feed;

/// All feeds, sorted by name.
pub static FEEDS: &[&Feed] = &[
    &alinux_oval::FEED,
    &alpine_secdb::FEED,
    &amazon_alas::FEED,
    &anolis_oval::FEED,
    &arch_tracker::FEED,
    &chainguard_secdb::FEED,
    &debian_tracker::FEED,
    &epss::FEED,
    &nvd::FEED,
    &openeuler_csaf::FEED,
    &oracle_oval::FEED,
    &redhat_vex::FEED,
    &suse_csaf::FEED,
    &ubuntu_oval::FEED,
    &wolfi_secdb::FEED,
];

#[cfg(test)]
mod tests;
