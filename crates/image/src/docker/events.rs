use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, SystemTime};

use model::{EngineEvent, EventSubject};
use net::{Client, encode_component};
use serde::Deserialize;

use super::{Engine, listing, options};
use crate::{Error, Watch};

/// One event; the largest carry all labels of a container.
const EVENT_BYTES: u64 = 1 << 20;
/// Events that nobody has asked for yet.
const WAITING: usize = 1024;
/// How long a quiet engine is listened to before it is asked anew.
const QUIET: Duration = Duration::from_secs(30);
/// So many connections in a row may end before anything came over one of them.
const EMPTY: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// What happens in an engine; a thread listens, and ends soon after this is dropped.
pub(super) struct Events {
    events: Receiver<Result<EngineEvent, Error>>,
    ended: Arc<AtomicBool>,
}

impl Events {
    /// Begins to listen.
    pub(super) fn begin(engine: &Engine) -> Result<Self, Error> {
        let fail = |source| Error::Network { operation: operation(), source };
        let client = Client::new(&options(&engine.socket, QUIET)).map_err(fail)?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let (sender, events) = sync_channel(WAITING);
        let ended = Arc::new(AtomicBool::new(false));
        let listener = Listener {
            engine: Engine { client, ..engine.clone() },
            since: i64::try_from(now.as_nanos()).unwrap_or(i64::MAX),
            heard: 0,
            sender,
            ended: Arc::clone(&ended),
        };
        let first = listener.connect()?;
        std::thread::spawn(move || listener.run(first));
        Ok(Self { events, ended })
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

impl Watch for Events {
    fn next(&mut self, patience: Duration) -> Result<Option<EngineEvent>, Error> {
        match self.events.recv_timeout(patience) {
            Ok(event) => event.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(gone("it was told before that Docker went away")),
        }
    }
}

fn operation() -> String {
    "listen to the events of Docker".to_owned()
}

fn gone(why: &str) -> Error {
    let source = net::Error::Broken { url: "/events".to_owned(), why: why.to_owned() };
    Error::Network { operation: operation(), source }
}

/// How listening over one connection ended.
enum End {
    /// Nothing came for a while.
    Quiet,
    /// The connection broke or was closed.
    Closed { heard: bool },
    /// Nobody wants to hear more.
    Unwanted,
}

struct Listener {
    engine: Engine,
    /// From when on the engine is asked, in nanoseconds since 1970.
    since: i64,
    /// The time of what was heard last, by the engine's clock, which need not be ours.
    heard: i64,
    sender: SyncSender<Result<EngineEvent, Error>>,
    ended: Arc<AtomicBool>,
}

impl Listener {
    fn connect(&self) -> Result<Box<dyn Read + Send>, Error> {
        let filters = encode_component(r#"{"type":["image","container"]}"#);
        let (seconds, nanoseconds) = (self.since / 1_000_000_000, self.since % 1_000_000_000);
        let path = format!("/events?since={seconds}.{nanoseconds:09}&filters={filters}");
        Ok(self.engine.get(&path, "", operation)?.into_reader())
    }

    fn run(mut self, first: Box<dyn Read + Send>) {
        let error = self.listen(first);
        // Who listened may have gone away.
        if let Some(error) = error {
            drop(self.sender.send(Err(error)));
        }
    }

    /// Listens until nobody wants to hear more, or the engine is gone.
    fn listen(&mut self, first: Box<dyn Read + Send>) -> Option<Error> {
        let (mut body, mut empty) = (first, 0);
        loop {
            match self.pass_on(body) {
                Ok(End::Unwanted) => return None,
                Ok(End::Quiet | End::Closed { heard: true }) => empty = 0,
                Ok(End::Closed { heard: false }) => {
                    empty += 1;
                    std::thread::sleep(PAUSE);
                }
                Err(error) => return Some(error),
            }
            if self.ended.load(Ordering::Relaxed) {
                return None;
            }
            if empty >= EMPTY {
                return Some(gone("the connection is closed again and again"));
            }
            body = match self.connect() {
                Ok(body) => body,
                // An engine that has just been asked and is quiet may also be slow to answer.
                Err(Error::Network { source: net::Error::Timeout { .. }, .. }) => Box::new(std::io::empty()),
                Err(error) => return Some(error),
            };
        }
    }

    fn pass_on(&mut self, body: Box<dyn Read + Send>) -> Result<End, Error> {
        let mut body = BufReader::new(body);
        let mut heard = false;
        loop {
            let mut line = Vec::new();
            let read = (&mut body).take(EVENT_BYTES).read_until(b'\n', &mut line);
            match read {
                Ok(_) if line.ends_with(b"\n") => {}
                Ok(_) if line.len() as u64 >= EVENT_BYTES => {
                    return Err(Error::Format {
                        what: "event of Docker".to_owned(),
                        why: "it is too long".to_owned(),
                    });
                }
                // What is cut off is told again after `since`.
                Ok(_) => return Ok(End::Closed { heard }),
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => return Ok(End::Quiet),
                Err(_) => return Ok(End::Closed { heard }),
            }
            heard = true;
            if let Some(event) = self.read(&line)?
                && self.sender.send(Ok(event)).is_err()
            {
                return Ok(End::Unwanted);
            }
        }
    }

    /// The event on a line; nothing when it was told before or is of no interest.
    fn read(&mut self, line: &[u8]) -> Result<Option<EngineEvent>, Error> {
        if line.trim_ascii().is_empty() {
            return Ok(None);
        }
        let message: Message = crate::layout::parse(line, || "event of Docker".to_owned())?;
        if message.time_nano <= self.heard {
            return Ok(None);
        }
        (self.heard, self.since) = (message.time_nano, message.time_nano);
        Ok(event(message))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    #[serde(default, rename = "Type")]
    kind: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    actor: Actor,
    #[serde(default, rename = "timeNano")]
    time_nano: i64,
}

#[derive(Default, Deserialize)]
struct Actor {
    #[serde(default, rename = "ID")]
    id: String,
}

fn event(message: Message) -> Option<EngineEvent> {
    let subject = match message.kind.as_str() {
        "image" => EventSubject::Image,
        "container" => EventSubject::Container,
        _ => return None,
    };
    // Probes of health run every few seconds, in every container.
    if message.action.starts_with("exec_") || message.action.starts_with("health_status") {
        return None;
    }
    let time = listing::time(message.time_nano / 1_000_000_000);
    Some(EngineEvent { subject, action: message.action, id: message.actor.id, namespace: None, time })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::docker::InPlace;

    /// A listener to an engine that is not there, and what it passes on.
    fn listener() -> (Listener, Receiver<Result<EngineEvent, Error>>) {
        let client = Client::new(&options("/nonexistent".as_ref(), QUIET)).unwrap();
        let base = "http://docker/v1.41".to_owned();
        let engine = Engine { client, socket: "/nonexistent".into(), base, in_place: InPlace::default() };
        let (sender, events) = sync_channel(WAITING);
        let ended = Arc::new(AtomicBool::new(false));
        (Listener { engine, since: 0, heard: 0, sender, ended }, events)
    }

    fn message(kind: &str, action: &str, time: i64) -> String {
        format!(
            "{{\"Type\":\"{kind}\",\"Action\":\"{action}\",\"Actor\":{{\"ID\":\"ab\"}},\"timeNano\":{time}}}\n"
        )
    }

    fn actions(events: &Receiver<Result<EngineEvent, Error>>) -> Vec<String> {
        events.try_iter().map(|event| event.unwrap().action).collect()
    }

    #[test]
    fn tells_every_event_once_and_leaves_out_the_noise() {
        let (mut listener, events) = listener();
        let first =
            message("image", "tag", 5_000_000_000) + &message("container", "exec_start: a", 6_000_000_000);
        let body = first.clone() + "\n" + &message("network", "connect", 7_000_000_000) + "{\"Type\":\"ima";
        let end = listener.pass_on(Box::new(Cursor::new(body))).unwrap();
        assert!(matches!(end, End::Closed { heard: true }));
        assert_eq!((actions(&events), listener.since), (vec!["tag".to_owned()], 7_000_000_000));
        let again = first + &message("image", "delete", 8_000_000_000);
        listener.pass_on(Box::new(Cursor::new(again))).unwrap();
        assert_eq!(actions(&events), ["delete"]);
        assert!(matches!(listener.pass_on(Box::new(Cursor::new(""))).unwrap(), End::Closed { heard: false }));
    }

    #[test]
    fn refuses_what_is_no_event_or_never_ends() {
        let (mut listener, events) = listener();
        assert!(listener.pass_on(Box::new(Cursor::new("<html>\n"))).is_err());
        let error = listener.pass_on(Box::new(std::io::repeat(b' '))).err().unwrap();
        assert!(error.to_string().contains("too long"), "{error}");
        drop(events);
        let body = Box::new(Cursor::new(message("image", "tag", 1)));
        assert!(matches!(listener.pass_on(body).unwrap(), End::Unwanted));
    }

    #[test]
    fn an_engine_that_went_away_is_an_error() {
        let (mut listener, _events) = listener();
        let error = listener.listen(Box::new(Cursor::new(message("image", "tag", 1)))).unwrap();
        assert!(matches!(error, Error::Network { .. }), "{error}");
    }
}
