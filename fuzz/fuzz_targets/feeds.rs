//! Documents of feeds, as strangers write them: the first byte chooses the feed.
#![no_main]

use advisories::{FEEDS, Input, Sink};
use libfuzzer_sys::fuzz_target;

/// Forgets what it is told.
struct Nobody;

impl Sink for Nobody {
    fn advisory(&mut self, advisory: model::Advisory) {
        drop(advisory);
    }

    fn epss(&mut self, cve: String, _epss: model::Epss) {
        drop(cve);
    }

    fn malformed(&mut self, _what: &str, why: String) {
        drop(why);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, mut rest)) = bytes.split_first() else { return };
    let Some(feed) = FEEDS.get(usize::from(*first) % FEEDS.len()) else { return };
    for document in (feed.documents)().iter().take(2) {
        let mut nobody = Nobody;
        drop((feed.parse)(&mut Input::new(&document.name, &mut rest, &mut nobody)));
    }
});
