//! Metrics, written as Prometheus reads them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::{Method, StatusCode};

use crate::problem::Problem;
use crate::{App, health};

/// The bounds of the times of answers, in seconds.
const BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// What is counted of requests. There are as many series as routes, methods and statuses.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<Series, Times>>);

/// Requests that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    route: String,
    method: &'static str,
    status: u16,
}

/// How long they took.
#[derive(Clone, Debug, Default)]
struct Times {
    count: u64,
    seconds: f64,
    within: [u64; BOUNDS.len()],
}

impl Metrics {
    /// Counts a request by the route that answered it; nothing for one that none did.
    pub(crate) fn count(&self, route: Option<&str>, method: &Method, status: StatusCode, took: Duration) {
        let route = route.unwrap_or("-").to_owned();
        let series = Series { route, method: word(method), status: status.as_u16() };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = all.entry(series).or_default();
        let seconds = took.as_secs_f64();
        times.count += 1;
        times.seconds += seconds;
        for (bound, within) in BOUNDS.iter().zip(&mut times.within) {
            *within += u64::from(seconds <= *bound);
        }
    }

    fn write(&self, text: &mut String) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let name = "lazaret_http_request_duration_seconds";
        head(text, name, "histogram", "How long requests took.");
        for (Series { route, method, status }, times) in &all {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            for (bound, within) in BOUNDS.iter().zip(times.within) {
                line(text, &format!("{name}_bucket{{{labels},le=\"{bound}\"}}"), within);
            }
            line(text, &format!("{name}_bucket{{{labels},le=\"+Inf\"}}"), times.count);
            line(text, &format!("{name}_sum{{{labels}}}"), times.seconds);
            line(text, &format!("{name}_count{{{labels}}}"), times.count);
        }
    }
}

/// The method of a request: others than these are whatever somebody sent.
pub(crate) fn word(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "-",
    }
}

/// All metrics.
pub(crate) async fn text(app: &App) -> Result<String, Problem> {
    let mut text = String::new();
    let version = env!("CARGO_PKG_VERSION");
    head(&mut text, "lazaret_build_info", "gauge", "The version that runs.");
    line(&mut text, &format!("lazaret_build_info{{version=\"{version}\"}}"), 1);
    head(&mut text, "lazaret_images", "gauge", "Images that are listed, by status.");
    for (status, count) in store::totals::images(&app.database).await? {
        line(&mut text, &format!("lazaret_images{{status=\"{status}\"}}"), count);
    }
    head(&mut text, "lazaret_jobs", "gauge", "Jobs that wait or run, by kind.");
    for (kind, state, count) in store::totals::jobs(&app.database).await? {
        line(&mut text, &format!("lazaret_jobs{{kind=\"{kind}\",state=\"{state}\"}}"), count);
    }
    head(&mut text, "lazaret_tasks", "gauge", "Tasks, by status.");
    for (status, count) in store::totals::tasks(&app.database).await? {
        line(&mut text, &format!("lazaret_tasks{{status=\"{status}\"}}"), count);
    }
    if let Some(updated) = health::advisories(app).await {
        let name = "lazaret_advisories_age_seconds";
        head(&mut text, name, "gauge", "Seconds since the advisories were brought up to date.");
        line(&mut text, name, store::now().saturating_sub(updated) / 1000);
    }
    if let Some(bytes) = resident().await {
        head(&mut text, "process_resident_memory_bytes", "gauge", "Memory of the process.");
        line(&mut text, "process_resident_memory_bytes", bytes);
    }
    app.metrics.write(&mut text);
    Ok(text)
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
}

fn line(text: &mut String, series: &str, value: impl std::fmt::Display) {
    text.push_str(&format!("{series} {value}\n"));
}

/// The memory of this process, where the system tells it.
async fn resident() -> Option<u64> {
    let status = tokio::fs::read_to_string("/proc/self/status").await.ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes.saturating_mul(1024))
}
