use std::time::{Duration, Instant};

use model::{EngineEvent, EventSubject};
use net::grpc::Stream;
use prost::Message as _;

use super::instant::rfc3339;
use super::messages::{Envelope, Filters, Subject, TaskExit};
use super::session::Session;
use crate::{Error, Watch};

/// A server says nothing before the first event, so that nobody can tell when it began to listen.
const BEGINNING: Duration = Duration::from_millis(200);

/// What happens in all namespaces.
pub(super) struct Events {
    stream: Stream<Envelope>,
    first: Option<Envelope>,
    place: String,
}

impl Events {
    pub(super) fn subscribe(session: &Session) -> Result<Self, Error> {
        let path = "/containerd.services.events.v1.Events/Subscribe";
        let place = session.socket().display().to_string();
        let stream = session.stream("", path, &Filters::default()).map_err(|source| fail(&place, source))?;
        let mut events = Self { stream, first: None, place };
        events.first = events.receive(BEGINNING)?;
        Ok(events)
    }

    /// The next envelope; nothing when `patience` is over before.
    fn receive(&mut self, patience: Duration) -> Result<Option<Envelope>, Error> {
        match self.stream.next(patience) {
            Ok(Some(envelope)) => Ok(Some(envelope)),
            Ok(None) => {
                let why = "it ended the subscription".to_owned();
                Err(fail(&self.place, net::Error::Broken { url: self.place.clone(), why }))
            }
            Err(net::Error::Timeout { .. }) => Ok(None),
            Err(error) => Err(fail(&self.place, error)),
        }
    }
}

impl Watch for Events {
    fn next(&mut self, patience: Duration) -> Result<Option<EngineEvent>, Error> {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let envelope = match self.first.take() {
                Some(envelope) => envelope,
                None => match self.receive(left)? {
                    Some(envelope) => envelope,
                    None => return Ok(None),
                },
            };
            if let Some(event) = event(&envelope) {
                return Ok(Some(event));
            }
            if Instant::now() >= end {
                return Ok(None);
            }
        }
    }
}

fn fail(place: &str, source: net::Error) -> Error {
    Error::Network { operation: format!("watch containerd at `{place}`"), source }
}

/// What an envelope tells of an image or a container; nothing when it is about something else.
fn event(envelope: &Envelope) -> Option<EngineEvent> {
    let (kind, action) = envelope.topic.strip_prefix('/')?.split_once('/')?;
    let subject = match kind {
        "images" => EventSubject::Image,
        "containers" | "tasks" => EventSubject::Container,
        _ => return None,
    };
    let bytes = envelope.event.as_ref()?.value.as_slice();
    let id = match (kind, action) {
        ("tasks", "exec-added" | "exec-started") => return None,
        ("tasks", "exit") => {
            let exit = TaskExit::decode(bytes).ok()?;
            // Further processes in a container come and go.
            (exit.id.is_empty() || exit.id == exit.container_id).then_some(exit.container_id)?
        }
        _ => Subject::decode(bytes).ok()?.id,
    };
    let namespace = Some(envelope.namespace.clone()).filter(|namespace| !namespace.is_empty());
    let time = envelope.time.as_ref().and_then(rfc3339);
    Some(EngineEvent { subject, action: action.to_owned(), id, namespace, time })
}
