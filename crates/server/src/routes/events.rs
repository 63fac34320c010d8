use axum::extract::State;
use model::Text;
use store::events;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::App;
use crate::access::Viewer;
use crate::extract::{Json, Query};
use crate::problem::Problem;
use crate::selection;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// What people should hear of, the newest first
#[utoipa::path(
    get, path = "/events", tag = "events", operation_id = "listEvents",
    params(api::EventFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Event>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Query(filter): Query<api::EventFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Event>>, Problem> {
    let filter = events::Filter {
        kind: filter.kind,
        severity: filter.severity.map(selection::number),
        since: filter.since,
        subject: filter.subject,
    };
    let found = events::list(&app.database, &actor.scope, &filter, &page::wanted(wanted)).await?;
    Ok(Json(page::of(found, event)))
}

/// An event as it is sent.
pub(crate) fn event(event: events::Event) -> api::Event {
    let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
    api::Event {
        id: event.id,
        at: event.at,
        project_id: event.project_id,
        severity: selection::severity(event.severity),
        images: event.images,
        containers: event.containers,
        hosts: event.hosts,
        message: message(&event, &detail),
        kind: event.kind,
        subject: event.subject,
        detail,
    }
}

/// What happened, for people.
fn message(event: &events::Event, detail: &serde_json::Value) -> Text {
    let events::Event { subject, images, containers, hosts, .. } = event;
    let concerns = (
        format!("{images} images, {containers} running containers on {hosts} hosts"),
        format!("{images} 个镜像、{hosts} 台主机上的 {containers} 个运行中容器"),
    );
    match event.kind.as_str() {
        "new-vulnerability" => Text::new(
            format!("{subject} now concerns {}", concerns.0),
            format!("{subject} 现影响 {}", concerns.1),
        ),
        "exploited-vulnerability" => Text::new(
            format!("{subject} is now known to be exploited; it concerns {}", concerns.0),
            format!("{subject} 现已知被利用，影响 {}", concerns.1),
        ),
        "more-vulnerabilities" => {
            let count = &detail["count"];
            Text::new(
                format!("{count} more vulnerabilities are new besides those told one by one"),
                format!("除已逐条列出的漏洞外，另有 {count} 个新漏洞"),
            )
        }
        kind => Text::new(format!("{kind}: {subject}"), format!("{kind}：{subject}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_says_whom_it_concerns() {
        let found = event(events::Event {
            id: 1,
            at: 2,
            project_id: Some(3),
            kind: "new-vulnerability".to_owned(),
            subject: "CVE-2024-1".to_owned(),
            severity: 5,
            images: 312,
            containers: 41,
            hosts: 7,
            detail: r#"{"title":"told"}"#.to_owned(),
        });
        let said = "CVE-2024-1 now concerns 312 images, 41 running containers on 7 hosts";
        assert_eq!(found.message.en, said);
        assert_eq!(
            (found.severity, found.detail["title"].as_str()),
            (model::Severity::Critical, Some("told"))
        );
    }
}
