use std::collections::BTreeMap;
use std::time::Duration;

use api::HarborCapabilityKind::{Sbom, Vulnerability};
use api::{HarborAttributes, HarborCapability, HarborScanner};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use model::{Report, time_of};
use report::harbor::{self, Artifact, PackageList};
use store::adapter::{Scan, Wish};
use store::{Scope, updates};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::Scanner;
use crate::adapter::{Refusal, Standing, standing};
use crate::advisories::{HOUR, Keeping};
use crate::extract::{Path, Query};
use crate::problem::Problem;
use crate::registries::host;
use crate::{App, Error, current};

mod request;

/// The media types of manifests that are taken; Harbor asks for the images of an index one by one.
const MANIFESTS: [&str; 2] =
    ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
const METADATA: &str = "application/vnd.scanner.adapter.metadata+json; version=1.0";
const ACCEPTED: &str = "application/vnd.scanner.adapter.scan.response+json; version=1.0";
/// After how many seconds a report that is not ready is asked for again.
const REFRESH_AFTER: HeaderName = HeaderName::from_static("refresh-after");
/// How long a report waits for others to be written before it is told to be asked for again.
const TURN: Duration = Duration::from_secs(2);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(metadata))
        .routes(routes!(scan))
        .routes(routes!(report))
        .fallback(nothing)
}

async fn nothing() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this address")
}

/// What this server can do as a scanner of Harbor
#[utoipa::path(
    get, path = "/metadata", tag = "harbor", operation_id = "getHarborMetadata",
    responses(
        (status = OK, body = api::HarborMetadata, content_type = "application/vnd.scanner.adapter.metadata+json; version=1.0"),
        (status = "default", body = api::HarborProblem, content_type = "application/vnd.scanner.adapter.error+json; version=1.0")
    ),
    security(("token" = ["operator"]), ("password" = ["operator"]), ("key" = ["operator"]))
)]
async fn metadata(State(app): State<App>, Scanner(_actor): Scanner) -> Result<Response, Refusal> {
    let opening = app.clone();
    let database = tokio::task::spawn_blocking(move || opening.advisories()).await.map_err(Error::from)??;
    let mut properties = vec![
        ("scanner-type", "os-package-vulnerability".to_owned()),
        ("registry-authorization-type", "Basic".to_owned()),
    ];
    if let Some(database) = database {
        properties.push(("vulnerability-database-updated-at", database.summary().updated));
    }
    let keeping = Keeping::read(&app).await?;
    let asked = updates::asked(&app.database).await?.filter(|_| keeping.interval_hours > 0);
    let next = asked.map(|asked| asked.saturating_add(keeping.interval_hours.saturating_mul(HOUR)));
    if let Some(next) = next.and_then(|next| u64::try_from(next / 1000).ok()) {
        properties.push(("vulnerability-database-next-update-at", time_of(next)));
    }
    let name = |(name, value)| (format!("harbor.scanner-adapter/{name}"), value);
    let properties: BTreeMap<String, String> = properties.into_iter().map(name).collect();
    let body = api::HarborMetadata { scanner: scanner()?, capabilities: capabilities(), properties };
    Ok(([(header::CONTENT_TYPE, METADATA)], Json(body)).into_response())
}

/// What is told of this program, in reports as here.
fn scanner() -> Result<HarborScanner, Refusal> {
    let told = serde_json::from_value(harbor::scanner(env!("CARGO_PKG_VERSION")));
    told.map_err(|error| Problem::internal(&error).into())
}

fn capabilities() -> Vec<HarborCapability> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<String>>();
    let capability = |kind, produces, additional_attributes| HarborCapability {
        kind,
        consumes_mime_types: words(&MANIFESTS),
        produces_mime_types: words(&[produces]),
        additional_attributes,
    };
    let sbom_media_types = words(&PackageList::ALL.map(PackageList::media_type));
    vec![
        capability(Vulnerability, harbor::VULNERABILITIES, None),
        capability(Sbom, harbor::PACKAGES, Some(HarborAttributes { sbom_media_types })),
    ]
}

/// Have an image scanned
///
/// It is only written down; a report can be asked for by the id, for a day after the scan has ended.
#[utoipa::path(
    post, path = "/scan", tag = "harbor", operation_id = "createHarborScan",
    request_body(content = api::HarborScanRequest, content_type = "application/vnd.scanner.adapter.scan.request+json; version=1.0"),
    responses(
        (status = ACCEPTED, body = api::HarborScan, content_type = "application/vnd.scanner.adapter.scan.response+json; version=1.0"),
        (status = "default", body = api::HarborProblem, content_type = "application/vnd.scanner.adapter.error+json; version=1.0")
    ),
    security(("token" = ["operator"]), ("password" = ["operator"]), ("key" = ["operator"]))
)]
async fn scan(
    State(app): State<App>,
    Scanner(actor): Scanner,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let body = body.map_err(|rejection| Refusal::new(rejection.status(), rejection.body_text()))?;
    let asked = request::read(&headers, &body)?;
    let name = request::name()?;
    let project = match &actor.scope {
        Scope::All => app.desk.project(&app).await?,
        Scope::Projects(projects) => projects.first().copied().ok_or_else(|| {
            Refusal::new(StatusCode::FORBIDDEN, "there is no project that the token may add images to")
        })?,
    };
    let wish = Wish {
        sealed: request::sealed(&app, &name, asked.authorization.as_deref())?,
        name: name.clone(),
        login: actor.login,
        address: actor.address,
        project,
        scope: actor.scope,
        host: host(&asked.registry),
        registry: asked.registry,
        // Known when it is written.
        registry_id: None,
        insecure: asked.insecure,
        repository: asked.repository,
        tag: asked.tag,
        digest: asked.digest,
        media_type: asked.media_type,
    };
    let kept = app.desk.take(&app, wish).await;
    kept.map_err(|_unkept| Refusal::failed("the server failed; its log says why"))?;
    let answer = Json(api::HarborScan { id: name });
    Ok((StatusCode::ACCEPTED, [(header::CONTENT_TYPE, ACCEPTED)], answer).into_response())
}

/// What report is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Vulnerabilities,
    Packages(PackageList),
}

/// The report of a scan, or when to ask for it again
#[utoipa::path(
    get, path = "/scan/{id}/report", tag = "harbor", operation_id = "getHarborReport",
    params(("id" = String, Path, description = "The scan"), api::HarborReportQuery),
    responses(
        (status = OK, content(
            (Object = "application/vnd.security.vulnerability.report; version=1.1"),
            (Object = "application/vnd.security.sbom.report+json; version=1.0")
        )),
        (status = FOUND, description = "Not ready: ask again after the seconds in `Refresh-After`"),
        (status = "default", body = api::HarborProblem, content_type = "application/vnd.scanner.adapter.error+json; version=1.0")
    ),
    security(("token" = ["operator"]), ("password" = ["operator"]), ("key" = ["operator"]))
)]
async fn report(
    State(app): State<App>,
    Scanner(actor): Scanner,
    id: Result<Path<String>, Problem>,
    query: Result<Query<api::HarborReportQuery>, Problem>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (Path(id), Query(query)) = (id?, query?);
    let wanted = wanted(&headers, query.sbom_media_type.as_deref())?;
    let found = store::adapter::find(&app.database, &actor.scope, &id).await?;
    let found = found.ok_or_else(|| {
        Refusal::new(StatusCode::NOT_FOUND, "there is no scan of this id, or its report was kept long enough")
    })?;
    let image = match standing(&app, &found).await? {
        Standing::Waits(seconds) => return Ok(again(seconds)),
        Standing::Failed(why) => return Err(Refusal::failed(why)),
        Standing::Ready(image) => image,
    };
    let Ok(turn) = tokio::time::timeout(TURN, app.desk.reports.acquire()).await else { return Ok(again(5)) };
    let bytes = written(&app, &actor.scope, found, image, wanted).await?;
    drop(turn);
    let kind = match wanted {
        Wanted::Vulnerabilities => harbor::VULNERABILITIES,
        Wanted::Packages(_) => harbor::PACKAGES,
    };
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

fn again(seconds: i64) -> Response {
    (StatusCode::FOUND, [(REFRESH_AFTER, HeaderValue::from(seconds))]).into_response()
}

/// What the header `Accept` names; what is written without its spaces is the same.
fn wanted(headers: &HeaderMap, list: Option<&str>) -> Result<Wanted, Refusal> {
    let bare = |text: &str| text.split_whitespace().collect::<String>().to_ascii_lowercase();
    let named = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<String> = named.flat_map(|value| value.split(',')).map(bare).collect();
    let is_named = |kind: &str| named.contains(&bare(kind));
    let is_any = named.is_empty() || is_named("*/*");
    if is_named(harbor::VULNERABILITIES) || (is_any && list.is_none()) {
        return Ok(Wanted::Vulnerabilities);
    }
    if !is_named(harbor::PACKAGES) && !is_any {
        let (left, right) = (harbor::VULNERABILITIES, harbor::PACKAGES);
        let message = format!("cannot write the report as `Accept` says; it is `{left}` or `{right}`");
        return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, message));
    }
    let known = PackageList::ALL.map(PackageList::media_type).join("` or `");
    let missing = || Refusal::invalid(format!("`sbom_media_type` is missing: it is `{known}`"));
    let unknown = || Refusal::invalid(format!("`sbom_media_type` is neither `{known}`"));
    PackageList::of_media_type(list.ok_or_else(missing)?).map(Wanted::Packages).ok_or_else(unknown)
}

/// The report of an image as it stands now.
async fn written(
    app: &App,
    scope: &Scope,
    scan: Scan,
    image: i64,
    wanted: Wanted,
) -> Result<Vec<u8>, Refusal> {
    let unknown = || Refusal::failed("the image was never scanned: ask for its scan again");
    let asset = store::assets::find(&app.database, scope, image).await?.ok_or_else(unknown)?;
    let found = match wanted {
        Wanted::Vulnerabilities => current::report(app, &asset).await?,
        Wanted::Packages(_) => current::scanned(app, &asset).await?,
    };
    let mut found = found.ok_or_else(unknown)?;
    found.image.name = asset.name;
    let opening = app.clone();
    let artifact = Artifact {
        repository: scan.repository,
        tag: scan.tag,
        digest: scan.digest,
        media_type: scan.media_type,
    };
    let written = tokio::task::spawn_blocking(move || {
        if wanted == Wanted::Vulnerabilities && opening.advisories()?.is_none() {
            let why = "cannot tell vulnerabilities: the server has no advisories yet; update or import them";
            return Err(Refusal::failed(why));
        }
        write(found, &artifact, wanted)
    });
    written.await.map_err(Error::from)?
}

fn write(found: Report, artifact: &Artifact, wanted: Wanted) -> Result<Vec<u8>, Refusal> {
    let now = time_of(u64::try_from(store::now() / 1000).unwrap_or_default());
    let mut bytes = Vec::new();
    let written = match wanted {
        Wanted::Vulnerabilities => harbor::vulnerabilities(&found, artifact, &now, &mut bytes),
        Wanted::Packages(list) => harbor::packages(found, artifact, list, &now, &mut bytes),
    };
    written.map_err(|error| Problem::internal(&error))?;
    Ok(bytes)
}
