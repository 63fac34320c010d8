//! The job that reads the engines of this machine anew: the data update.

use std::sync::Arc;

use store::jobs::Held;

use super::{Doing, Hold, Kind};
use crate::App;
use crate::engines::{Asked, everything};

/// Its name, which is also its dedupe key: whoever asks for it while it runs joins in.
pub(crate) const NAME: &str = "engines";
/// It.
pub(super) const KIND: Kind = Kind { name: NAME, run };

fn run(app: App, _held: Held, hold: Arc<Hold>) -> Doing {
    Box::pin(async move {
        let asked = everything(&app).await?;
        let count = |part: fn(&Asked) -> usize| asked.iter().map(part).sum::<usize>();
        let result = serde_json::json!({
            "engines": asked.len(),
            "failed": count(|asked| usize::from(matches!(asked, Asked::Failed(_)))),
            "images": count(|asked| if let Asked::Read { images, .. } = asked { *images } else { 0 }),
            "containers": count(|asked| if let Asked::Read { containers, .. } = asked { *containers } else { 0 }),
        });
        let mut transaction = app.database.begin().await?;
        hold.end(&mut transaction, Some(result.to_string())).await?;
        transaction.commit().await?;
        Ok(())
    })
}
