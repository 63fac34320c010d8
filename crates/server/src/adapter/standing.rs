//! How far a scan is that a registry asked for, as the queue tells it.

use model::Failure;
use store::adapter::Scan;

use crate::App;

/// How many waiting jobs are counted at most.
const COUNTED: i64 = 200;

/// How far a scan is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is to be asked for again after so many seconds.
    Waits(i64),
    /// The report can be had: of this image.
    Ready(i64),
    /// There will be none, and why.
    Failed(String),
}

/// How far a scan is.
pub(crate) async fn standing(app: &App, scan: &Scan) -> Result<Standing, store::Error> {
    let gone = || Standing::Failed("the image is no longer known: ask for its scan again".to_owned());
    Ok(match (scan.job_id, scan.state.as_deref()) {
        (_, Some("waiting")) => {
            Standing::Waits(pause(store::adapter::waiting(&app.database, COUNTED).await?, scan.id))
        }
        (_, Some("running")) => Standing::Waits(pause(0, scan.id)),
        (_, Some("failed")) => Standing::Failed(why(scan)),
        (_, Some("cancelled")) => Standing::Failed("the scan was given up: somebody cancelled it".to_owned()),
        // A job is only forgotten when it has ended long ago.
        _ => scan.asset_id.map_or_else(gone, Standing::Ready),
    })
}

/// After how many seconds it is asked again: soon while little waits, later the more does, and not all at once. Harbor
/// keeps the number in seven bits.
fn pause(waiting: i64, id: i64) -> i64 {
    match waiting {
        0..10 => 2,
        10..50 => 5,
        50..COUNTED => 30_i64.saturating_add(id.rem_euclid(10)),
        _ => 45_i64.saturating_add(id.rem_euclid(30)),
    }
}

fn why(scan: &Scan) -> String {
    let message = scan.message.as_deref().unwrap_or("the scan failed");
    let failure = scan.failure.as_deref().and_then(|word| word.parse::<Failure>().ok());
    match failure {
        Some(failure) => format!("{failure}: {message}; hint: {}", failure.advice().en),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_again_soon_while_little_waits_and_never_later_than_can_be_told() {
        for id in 0..1_000 {
            assert!((2..=5).contains(&pause(0, id)) && (2..=5).contains(&pause(49, id)));
            for waiting in [50, 199, 200, i64::MAX] {
                assert!((30..=127).contains(&pause(waiting, id)), "{waiting}: {}", pause(waiting, id));
            }
        }
    }
}
