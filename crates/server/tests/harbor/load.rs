//! All images at once, as Harbor's "scan all" asks for them.

use std::time::{Duration, Instant};

use futures::future::join_all;

use crate::client::{Capability, request, usual};
use crate::{Played, Site, played, sites};

/// How many scans are asked for on each database: all that the claim is about on the first.
const SCANS: [usize; 2] = [1_000, 200];
/// Far above what it takes, also where nothing is optimised and others use the machine; Harbor gives up after 5 s.
const SLOWEST: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_scans_at_once_are_taken_in_time_and_come_to_their_ends() {
    for (site, count) in sites().all.iter().zip(SCANS) {
        all_at_once(site, count).await;
    }
}

async fn all_at_once(site: &Site, count: usize) {
    let (server, registry) = (site.start(2).await, Played::start());
    let harbor = server.harbor(usual());
    // Each image is asked about twice, once for each capability.
    let wanted: Vec<_> = (0..count)
        .map(|number| {
            let (image, kind) = (number / 2, number % 2);
            let capability = [Capability::Vulnerability, Capability::Sbom("application/spdx+json")][kind];
            let digest = registry.put(&played::image(image));
            (request(&registry.url(), &format!("shop/number-{image}"), &digest, capability), capability)
        })
        .collect();
    let begun = Instant::now();
    let asked = join_all(wanted.iter().map(|(body, _)| harbor.submit(body))).await;
    let mut took: Vec<Duration> = asked.iter().map(|(_, took)| *took).collect();
    let submitted = begun.elapsed();
    let polled = asked.iter().zip(&wanted).map(|((id, _), (_, capability))| harbor.poll(id, *capability));
    let polled = join_all(polled).await;
    let mut polls: Vec<Duration> = Vec::new();
    let mut rounds = 0;
    for (answer, count, longest) in polled {
        assert_eq!(answer.status, 200, "{}", answer.body);
        polls.push(longest);
        rounds = rounds.max(count);
    }
    took.sort_unstable();
    polls.sort_unstable();
    let at = |times: &[Duration]| times[times.len() * 99 / 100];
    println!(
        "{count} scans on {}: submitted in {submitted:?}, 99th percentile of a call {:?}, of the longest poll {:?}, \
         all done after {:?}, at most {rounds} polls",
        site.database.split(':').next().unwrap(),
        at(&took),
        at(&polls),
        begun.elapsed()
    );
    assert!(at(&took) < SLOWEST, "{:?}", at(&took));
    assert_eq!(server.count("scan").await, i64::try_from(count / 2).unwrap(), "each image once");
    assert_eq!(server.count("adapter_scan WHERE sealed IS NOT NULL").await, 0);
    assert_eq!(server.count("job WHERE state <> 'done' AND kind IN ('adapter', 'scan')").await, 0);
    server.end().await;
}
