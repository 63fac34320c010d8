use std::convert::Infallible;
use std::time::Duration;

use api::{ProblemCode, StreamMessage};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt, stream};
use store::Scope;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::access::Viewer;
use crate::problem::Problem;
use crate::stream::{self as told, Known, Listener, Told};

/// How often something is said when there is nothing to say.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long one stream lasts: who listens then asks again, and whether they may is looked at again.
const LONGEST: Duration = Duration::from_secs(300);
/// What happened before that long is not told: lists are to be asked for anew. In milliseconds.
const OLDEST: i64 = 600_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(listen))
}

/// What changes, as server-sent events
///
/// The name of each event is that of a message (`task`, `images`, `engines`, `event`, `reload`), its data the message in
/// JSON, its id what to repeat as `Last-Event-ID` to miss nothing. A stream ends after five minutes; ask again.
#[utoipa::path(
    get, path = "/stream", tag = "tasks", operation_id = "listen",
    params(("last-event-id" = Option<String>, Header, description = "The id of the last event that was heard")),
    responses(
        (status = OK, body = StreamMessage, content_type = "text/event-stream"),
        (status = "default", body = api::Problem)
    ),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn listen(
    State(app): State<App>,
    Viewer(actor): Viewer,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let many = "too many streams of this account are open\nhint: close one, or share it between windows";
    let listener =
        told::listen(&app, actor.account).ok_or_else(|| Problem::new(ProblemCode::TooManyRequests, many))?;
    let now = store::now();
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<i64>().ok());
    let mut first = Vec::new();
    let since = match last {
        Some(last) if (now.saturating_sub(OLDEST)..=now).contains(&last) => last,
        Some(_) => {
            first.push(Told::reload());
            now
        }
        None => now,
    };
    first.extend(Known::new(since).changes(&app).await?);
    let scope = actor.scope;
    let heard = first.into_iter().filter(|told| told.is_for(&scope)).map(|told| event(&told));
    let heard: Vec<Event> = heard.collect();
    let live = stream::unfold((listener, scope, Instant::now() + LONGEST), next);
    let events = stream::iter(heard).chain(live).map(Ok);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// The next event, and who listens.
type Heard = (Event, (Listener, Scope, Instant));

/// What is heard next; nothing when the time of the stream is over.
async fn next((mut listener, scope, until): (Listener, Scope, Instant)) -> Option<Heard> {
    loop {
        let told = tokio::time::timeout_at(until, listener.told.recv()).await.ok()?;
        match told {
            Ok(told) if told.is_for(&scope) => return Some((event(&told), (listener, scope, until))),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => {
                return Some((event(&Told::reload()), (listener, scope, until)));
            }
            Err(RecvError::Closed) => return None,
        }
    }
}

fn event(told: &Told) -> Event {
    let name = match &told.message {
        StreamMessage::Task(_) => "task",
        StreamMessage::Images(_) => "images",
        StreamMessage::Engines(_) => "engines",
        StreamMessage::Event(_) => "event",
        StreamMessage::Reload(_) => "reload",
    };
    let data = serde_json::to_string(&told.message).unwrap_or_default();
    Event::default().event(name).id(told.at.to_string()).data(data)
}
