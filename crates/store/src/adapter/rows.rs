//! The rows of images that a registry asked about, in the list of all.

use std::collections::BTreeMap;

use crate::manifests::Image;
use crate::registry_images::{self, Listed, Place, What};
use crate::sql::Sql;
use crate::{Error, Transaction, now};

/// Where a registry has an image that it asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The project it belongs to.
    pub project: i64,
    /// The registry, when it is connected besides.
    pub registry: Option<i64>,
    /// The repository with the registry's host, as people pull it.
    pub repository: String,
    /// The registry's own name of the repository without its last part.
    pub namespace: String,
    /// The tag it was asked about by.
    pub tag: Option<String>,
    /// Of the manifest.
    pub digest: String,
}

/// A repository's name without its last part.
pub(super) fn namespace(repository: &str) -> String {
    repository.rsplit_once('/').map_or_else(String::new, |(namespace, _)| namespace.to_owned())
}

/// A row that is there.
#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    project_id: i64,
    registry_id: Option<i64>,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
    content_id: Option<i64>,
}

impl Row {
    /// Whether it is the one that is meant; one that is asked about without a tag is it by any tag.
    fn is(&self, seen: &Seen, image: Image) -> bool {
        self.project_id == seen.project
            && self.registry_id == seen.registry
            && self.repository == seen.repository
            && self.digest.as_ref() == Some(&seen.digest)
            && self.content_id == Some(image.content)
            && (seen.tag.is_none() || self.tag == seen.tag)
    }
}

/// Writes the row of an image that is not there yet, and gives its id.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn note(transaction: &mut Transaction, seen: Seen, image: Image) -> Result<Option<i64>, Error> {
    Ok(of(transaction, &[(seen, image)]).await?.first().copied())
}

/// The ids of the rows of images, in their order; those that are not there are written.
pub(super) async fn of(transaction: &mut Transaction, wanted: &[(Seen, Image)]) -> Result<Vec<i64>, Error> {
    let known: Vec<Row> = Sql::read(
        "look for images",
        "SELECT id, project_id, registry_id, repository, tag, digest, content_id FROM asset \
         WHERE kind = 'registry' AND gone IS NULL AND NOT multiple",
    )
    .list(" AND content_id IN ", wanted.iter().map(|(_, image)| image.content))
    .list(" AND repository IN ", wanted.iter().map(|(seen, _)| seen.repository.as_str()))
    .push(" ORDER BY id")
    .all(&mut *transaction)
    .await?;
    let found = |seen: &Seen, image| known.iter().find(|row| row.is(seen, image)).map(|row| row.id);
    let mut ids: Vec<Option<i64>> = wanted.iter().map(|(seen, image)| found(seen, *image)).collect();
    let mut places: BTreeMap<(i64, Option<i64>), Vec<usize>> = BTreeMap::new();
    for (at, (seen, _)) in wanted.iter().enumerate().filter(|(at, _)| ids.get(*at) == Some(&None)) {
        places.entry((seen.project, seen.registry)).or_default().push(at);
    }
    for ((project, registry), missing) in places {
        let place = Place { registry, project, at: now() };
        let missing: Vec<(usize, Listed)> =
            missing.into_iter().filter_map(|at| Some((at, listed(wanted.get(at)?)))).collect();
        let (places, listed): (Vec<usize>, Vec<Listed>) = missing.into_iter().unzip();
        let written = registry_images::write(transaction, place, &listed).await?;
        for (at, row) in places.into_iter().zip(written.rows) {
            if let Some(id) = ids.get_mut(at) {
                *id = Some(row);
            }
        }
    }
    Ok(ids.into_iter().flatten().collect())
}

fn listed((seen, image): &(Seen, Image)) -> Listed {
    Listed {
        repository: seen.repository.clone(),
        namespace: seen.namespace.clone(),
        tag: seen.tag.clone(),
        digest: Some(seen.digest.clone()),
        size: image.size,
        what: What::Image(*image),
        ..Listed::default()
    }
}
