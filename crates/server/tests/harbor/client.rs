//! Harbor's side, as its code is written: 5 s for every call, no redirects, one capability a request, the first poll
//! after 2 s and the next when `Refresh-After` says, and any other status is the end.

use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::OPERATOR;

const REQUEST: &str = "application/vnd.scanner.adapter.scan.request+json; version=1.0";
const ERROR: &str = "application/vnd.scanner.adapter.error+json; version=1.0";
const FIRST_POLL: Duration = Duration::from_secs(2);

/// How Harbor shows its credential.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Bearer(&'static str),
    Basic(&'static str),
    Key(&'static str),
    Nothing,
}

/// What Harbor wants of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capability {
    Vulnerability,
    Sbom(&'static str),
}

impl Capability {
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Vulnerability => "application/vnd.security.vulnerability.report; version=1.1",
            Self::Sbom(_) => "application/vnd.security.sbom.report+json; version=1.0",
        }
    }

    fn enabled(self) -> Value {
        match self {
            Self::Vulnerability => {
                json!([{ "type": "vulnerability", "produces_mime_types": [self.media_type()] }])
            }
            Self::Sbom(list) => json!([{
                "type": "sbom", "produces_mime_types": [self.media_type()],
                "parameters": { "sbom_media_types": [list] },
            }]),
        }
    }
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn kind(&self) -> &str {
        self.headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap()).unwrap_or_default()
    }

    /// Fails unless it is a refusal in the interface's own form; gives what was said.
    pub(crate) fn refused(&self, status: u16) -> &str {
        assert_eq!((self.status, self.kind()), (status, ERROR), "{}", self.body);
        self.body["error"]["message"].as_str().unwrap()
    }
}

/// A Harbor with this server as its scanner.
#[derive(Clone)]
pub(crate) struct Harbor {
    client: Client,
    address: String,
    way: Way,
}

impl Harbor {
    pub(crate) fn new(server: &str, way: Way) -> Self {
        let client = Client::builder().timeout(Duration::from_secs(5)).redirect(Policy::none()).no_proxy();
        // Harbor appends the path to the address it was registered with.
        Self { client: client.build().unwrap(), address: format!("{server}/harbor/api/v1"), way }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let request = match self.way {
            Way::Bearer(token) => request.bearer_auth(token),
            Way::Basic(token) => request.basic_auth("harbor", Some(token)),
            Way::Key(token) => request.header("X-ScannerAdapter-API-Key", token),
            Way::Nothing => request,
        };
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.address))
    }

    pub(crate) async fn metadata(&self) -> Answer {
        let kind = "application/vnd.scanner.adapter.metadata+json; version=1.0";
        self.send(self.get("/metadata").header(ACCEPT, kind)).await
    }

    pub(crate) async fn post(&self, body: &Value) -> Answer {
        let request = self.client.post(format!("{}/scan", self.address)).header(CONTENT_TYPE, REQUEST);
        self.send(request.body(body.to_string())).await
    }

    /// Asks for a scan; gives its id and how long the answer took.
    pub(crate) async fn submit(&self, body: &Value) -> (String, Duration) {
        let begun = Instant::now();
        let answer = self.post(body).await;
        let took = begun.elapsed();
        // 429 or anything else is a failed scan to Harbor.
        assert_eq!(answer.status, 202, "{}", answer.body);
        assert_eq!(answer.kind(), "application/vnd.scanner.adapter.scan.response+json; version=1.0");
        (answer.body["id"].as_str().unwrap().to_owned(), took)
    }

    pub(crate) async fn report(&self, id: &str, capability: Capability) -> Answer {
        let query = match capability {
            Capability::Vulnerability => String::new(),
            Capability::Sbom(list) => {
                format!("?sbom_media_type={}", list.replace('/', "%2F").replace('+', "%2B"))
            }
        };
        let request = self.get(&format!("/scan/{id}/report{query}"));
        self.send(request.header(ACCEPT, capability.media_type())).await
    }

    /// Polls as Harbor does until there is an answer; gives it, the number of polls, and the longest one.
    pub(crate) async fn poll(&self, id: &str, capability: Capability) -> (Answer, usize, Duration) {
        let (mut pause, mut polls, mut longest) = (FIRST_POLL, 0, Duration::ZERO);
        let begun = Instant::now();
        loop {
            tokio::time::sleep(pause).await;
            assert!(begun.elapsed() < Duration::from_secs(30 * 60), "Harbor waits half an hour");
            let asked = Instant::now();
            let answer = self.report(id, capability).await;
            (polls, longest) = (polls + 1, longest.max(asked.elapsed()));
            if answer.status != 302 {
                return (answer, polls, longest);
            }
            assert!(answer.headers.get("location").is_none());
            // Harbor reads it into eight bits, and takes 5 s when that fails.
            let seconds = answer.headers["refresh-after"].to_str().unwrap().parse::<i8>().unwrap();
            pause = Duration::from_secs(u64::try_from(seconds).unwrap());
        }
    }

    /// A scan to its end.
    pub(crate) async fn scan(&self, body: &Value, capability: Capability) -> Value {
        let (id, _) = self.submit(body).await;
        let (answer, ..) = self.poll(&id, capability).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.kind(), capability.media_type());
        answer.body
    }
}

/// What Harbor sends for one capability of an image.
pub(crate) fn request(registry: &str, repository: &str, digest: &str, capability: Capability) -> Value {
    json!({
        "registry": { "url": registry, "authorization": crate::played::authorization(), "insecure": false },
        "artifact": {
            "repository": repository, "tag": "1.0", "digest": digest, "size": 4711,
            "mime_type": "application/vnd.oci.image.manifest.v1+json",
        },
        "enabled_capabilities": capability.enabled(),
    })
}

/// A Harbor with the usual credential.
pub(crate) fn usual() -> Way {
    Way::Bearer(OPERATOR)
}
