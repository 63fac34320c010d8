//! Calls to programs of this machine that speak gRPC over a Unix socket.
//!
//! Source: `doc/PROTOCOL-HTTP2.md` and `doc/statuscodes.md` of `grpc/grpc`. Known gaps: a call sends one message;
//! messages are not compressed; nothing is repeated.

mod framing;

use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use prost::Message;
use tokio::net::UnixStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::Error;
use crate::error::{SHORT, clean};
use framing::Frames;

/// What a server may send ahead of one reader, and of all readers of a connection.
const STREAM_WINDOW: u32 = 2 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;
/// The headers or trailers of one answer.
const HEADER_BYTES: u32 = 64 << 10;

/// How a server is treated.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long a call may take, or connecting.
    pub patience: Duration,
    /// The largest message.
    pub message_bytes: usize,
    /// The most entries a message may have.
    pub message_fields: usize,
}

impl Default for Options {
    /// The largest message is the largest that servers send by default settings of containerd.
    fn default() -> Self {
        Self { patience: Duration::from_secs(30), message_bytes: 16 << 20, message_fields: 200_000 }
    }
}

/// A connection to one server.
///
/// Calls block, and may be made by several threads; none may be one that drives asynchronous tasks. A connection that
/// broke stays so: it is as cheap to make a new one.
#[derive(Clone)]
pub struct Client {
    runtime: Arc<Runtime>,
    sender: SendRequest<Bytes>,
    socket: PathBuf,
    options: Options,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("socket", &self.socket).field("options", &self.options).finish()
    }
}

/// A method of a service, and what is told besides the question.
#[derive(Clone, Copy, Debug)]
pub struct Method<'a> {
    /// `/containerd.services.version.v1.Version/Version`
    pub path: &'a str,
    /// Names in lower case, and values.
    pub metadata: &'a [(&'static str, &'a str)],
}

impl Client {
    /// Connects to the server that listens on this socket; whether it speaks gRPC shows in the first call.
    ///
    /// # Errors
    /// When nothing listens there, or it may not be used.
    pub fn connect(socket: &Path, options: Options) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|error| Error::Setup { why: error.to_string() })?;
        let connecting = async {
            let opened = UnixStream::connect(socket).await;
            let stream = opened.map_err(|error| Error::Connect {
                to: socket.display().to_string(),
                why: error.to_string(),
                kind: Some(error.kind()),
            })?;
            let mut builder = h2::client::Builder::new();
            builder
                .enable_push(false)
                .initial_window_size(STREAM_WINDOW)
                .initial_connection_window_size(CONNECTION_WINDOW)
                .max_header_list_size(HEADER_BYTES);
            let (sender, connection) =
                builder.handshake(stream).await.map_err(|error| broken(socket, &error))?;
            // What breaks the connection is told by every call that it breaks.
            tokio::spawn(async { drop(connection.await) });
            Ok(sender)
        };
        let waited = async { timeout(options.patience, connecting).await };
        let sender = runtime.block_on(waited).map_err(|_elapsed| late(socket, options.patience))??;
        Ok(Self { runtime: Arc::new(runtime), sender, socket: socket.to_owned(), options })
    }

    /// Asks a question that has one answer.
    ///
    /// # Errors
    /// When the server refuses ([`Error::Refused`]), does not answer in time, or answers something else.
    pub fn call<A: Message + Default>(
        &self,
        method: Method<'_>,
        question: &impl Message,
    ) -> Result<A, Error> {
        let mut stream = self.stream::<A>(method, question)?;
        let runtime = Arc::clone(&self.runtime);
        let answering = async {
            let answer = stream.message().await?;
            let answer = answer.ok_or_else(|| stream.not_grpc("it says nothing"))?;
            match stream.message().await? {
                None => Ok(answer),
                Some(_) => Err(stream.not_grpc("it says more than one thing")),
            }
        };
        let waited = async { timeout(self.options.patience, answering).await };
        runtime.block_on(waited).map_err(|_elapsed| late(&self.socket, self.options.patience))?
    }

    /// Asks a question that has many answers; none is waited for yet.
    ///
    /// # Errors
    /// When the question cannot be sent.
    pub fn stream<A: Message + Default>(
        &self,
        method: Method<'_>,
        question: &impl Message,
    ) -> Result<Stream<A>, Error> {
        let request = request(method)?;
        let body = framing::frame(question)?;
        let asking = async {
            let mut sender =
                self.sender.clone().ready().await.map_err(|error| broken(&self.socket, &error))?;
            sender.send_request(request, false).map_err(|error| broken(&self.socket, &error))
        };
        let waited = async { timeout(self.options.patience, asking).await };
        let sent = self.runtime.block_on(waited);
        let (response, mut sending) =
            sent.map_err(|_elapsed| late(&self.socket, self.options.patience))??;
        sending.send_data(body, true).map_err(|error| broken(&self.socket, &error))?;
        Ok(Stream {
            client: self.clone(),
            method: method.path.to_owned(),
            state: State::Asked(response),
            sending,
            frames: Frames::new(self.options.message_bytes),
            answer: PhantomData,
        })
    }
}

/// The answers to one question, one after the other.
pub struct Stream<A> {
    client: Client,
    method: String,
    state: State,
    /// Kept, so that the question is not taken back while it is being sent.
    sending: SendStream<Bytes>,
    frames: Frames,
    answer: PhantomData<fn() -> A>,
}

enum State {
    Asked(ResponseFuture),
    Answering(RecvStream),
    Ended,
}

impl<A> std::fmt::Debug for Stream<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("client", &self.client)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl<A> Drop for Stream<A> {
    fn drop(&mut self) {
        if !matches!(self.state, State::Ended) {
            self.sending.send_reset(h2::Reason::CANCEL);
        }
    }
}

impl<A: Message + Default> Stream<A> {
    /// The next answer, or nothing when there are no more.
    ///
    /// # Errors
    /// [`Error::Timeout`] when `patience` is over before, after which it may be asked for again; others when the server
    /// refuses or the connection breaks.
    pub fn next(&mut self, patience: Duration) -> Result<Option<A>, Error> {
        let runtime = Arc::clone(&self.client.runtime);
        let waited = async { timeout(patience, self.message()).await };
        let answer = runtime.block_on(waited);
        answer.map_err(|_elapsed| late(&self.client.socket, patience))?
    }

    /// Nothing is lost when this is given up while it waits: what came is in `self`.
    async fn message(&mut self) -> Result<Option<A>, Error> {
        loop {
            if let Some(bytes) = self.frames.next().map_err(|error| self.misframed(&error))? {
                match framing::count_fields(&bytes) {
                    Some(fields) if fields <= self.client.options.message_fields => {}
                    Some(_) => return Err(self.not_grpc("it has too many entries")),
                    None => return Err(self.not_grpc("it is damaged")),
                }
                let decoded = A::decode(bytes);
                return decoded.map(Some).map_err(|error| self.not_grpc(&error.to_string()));
            }
            match &mut self.state {
                State::Ended => return Ok(None),
                State::Asked(response) => {
                    let response =
                        Pin::new(response).await.map_err(|error| broken(&self.client.socket, &error))?;
                    self.begin(response)?;
                }
                State::Answering(body) => match body.data().await {
                    Some(Ok(bytes)) => {
                        let released = body.flow_control().release_capacity(bytes.len());
                        released.map_err(|error| broken(&self.client.socket, &error))?;
                        self.frames.push(&bytes);
                    }
                    Some(Err(error)) => return Err(broken(&self.client.socket, &error)),
                    None => {
                        let trailers = body.trailers().await;
                        let trailers = trailers.map_err(|error| broken(&self.client.socket, &error))?;
                        self.state = State::Ended;
                        self.end(trailers.as_ref())?;
                    }
                },
            }
        }
    }

    fn begin(&mut self, response: http::Response<RecvStream>) -> Result<(), Error> {
        let (head, body) = response.into_parts();
        if head.headers.contains_key(STATUS) {
            self.state = State::Ended;
            return self.end(Some(&head.headers));
        }
        if head.status != StatusCode::OK {
            self.state = State::Ended;
            return Err(self.not_grpc(&format!("it answers with the HTTP status {}", head.status.as_u16())));
        }
        self.state = State::Answering(body);
        Ok(())
    }

    fn end(&self, trailers: Option<&HeaderMap>) -> Result<(), Error> {
        let value = |name: &str| {
            trailers.and_then(|trailers| trailers.get(name)).and_then(|value| value.to_str().ok())
        };
        let Some(status) = value(STATUS) else { return Err(self.not_grpc("it ends without a status")) };
        if status == "0" {
            return if self.frames.is_empty() {
                Ok(())
            } else {
                Err(self.not_grpc("it ends within a message"))
            };
        }
        let message = value("grpc-message").unwrap_or_default();
        Err(Error::Refused {
            method: self.method.clone(),
            code: framing::code(status),
            message: clean(&framing::percent_decode(message), SHORT),
        })
    }

    fn not_grpc(&self, why: &str) -> Error {
        Error::Answer { url: self.place(), why: clean(why, SHORT) }
    }

    fn misframed(&self, error: &framing::Misframed) -> Error {
        match error {
            framing::Misframed::TooLarge => {
                Error::TooLarge { url: self.place(), limit: self.client.options.message_bytes as u64 }
            }
            framing::Misframed::Compressed => self.not_grpc("its messages are compressed"),
        }
    }

    fn place(&self) -> String {
        format!("{}{}", self.client.socket.display(), self.method)
    }
}

/// The header or trailer with the status of a call.
const STATUS: &str = "grpc-status";

fn request(method: Method<'_>) -> Result<Request<()>, Error> {
    let refuse = |why: String| Error::Setup { why };
    let mut request = Request::post(format!("http://localhost{}", method.path))
        .header("te", "trailers")
        .header("content-type", "application/grpc")
        .body(())
        .map_err(|error| refuse(error.to_string()))?;
    for (name, value) in method.metadata {
        let value = HeaderValue::from_str(value).map_err(|error| refuse(error.to_string()))?;
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(request)
}

fn late(socket: &Path, patience: Duration) -> Error {
    Error::Timeout { host: socket.display().to_string(), seconds: patience.as_secs() }
}

fn broken(socket: &Path, error: &h2::Error) -> Error {
    let (url, why) = (socket.display().to_string(), clean(&error.to_string(), SHORT));
    if error.is_io() { Error::Broken { url, why } } else { Error::Answer { url, why } }
}
