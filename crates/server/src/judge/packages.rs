//! Judging packages, some at a time, and writing what is other than before.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use advisories::Database;
use model::{Distribution, Gap, Package};
use store::judgement::{self, Found, Judged, Subject, Texts};

use super::blocking;
use crate::work::{Hold, Undone};
use crate::{App, Error};

/// How many packages are judged together: a kernel has some thousand vulnerabilities in each.
const TOGETHER: usize = 100;

/// One way through packages.
#[derive(Default)]
pub(super) struct Pass {
    pub(super) database: Option<Arc<Database>>,
    /// Whether what is found newly is news.
    is_news: bool,
    /// Whether it is noted anew by which names packages are found.
    names_too: bool,
    /// Vulnerabilities that were described in it.
    described: HashSet<String>,
    /// For each package that was judged, as gaps name it: its id, and what could not be judged.
    pub(super) undecided: BTreeMap<String, (BTreeSet<i64>, Option<Gap>)>,
    /// Packages that were judged.
    pub(super) packages: u64,
    /// Batches of packages or images of which something is other than before.
    pub(super) changed: u64,
}

/// What came of some packages.
#[derive(Default)]
struct Batch {
    judged: Vec<Judged>,
    texts: BTreeMap<String, Texts>,
    undecided: Vec<(String, i64, Option<Gap>)>,
    names: Vec<(i64, BTreeSet<String>)>,
}

/// A package of the inventory, with the one that brought it.
pub(super) fn read(subject: &Subject) -> Result<(Package, Option<Package>), Error> {
    let facts = store::packages::Facts::read(&subject.facts).map_err(Error::kept("package"))?;
    Ok((facts.package, facts.owner))
}

/// The distribution of a context.
pub(super) async fn distribution(app: &App, context: i64) -> Result<Option<Distribution>, Error> {
    let text = judgement::distribution(&app.database, context).await?;
    serde_json::from_str(text.as_deref().unwrap_or("null")).map_err(Error::kept("context"))
}

impl Pass {
    pub(super) fn new(database: Arc<Database>, is_news: bool) -> Self {
        Self { database: Some(database), is_news, ..Self::default() }
    }

    /// Notes anew, too, by which names packages are found.
    pub(super) fn names_too(&mut self) {
        self.names_too = true;
    }

    /// Judges packages, given by context.
    pub(super) async fn run(
        &mut self,
        app: &App,
        hold: &Hold,
        contexts: BTreeMap<i64, Vec<i64>>,
    ) -> Result<(), Undone> {
        let Some(database) = self.database.clone() else { return Ok(()) };
        let all: usize = contexts.values().map(Vec::len).sum();
        let (mut done, stop) = (0, hold.stop());
        for (context, packages) in contexts {
            let distribution = Arc::new(distribution(app, context).await?);
            for some in packages.chunks(TOGETHER) {
                if stop.load(Ordering::Relaxed) {
                    return Err(Undone::Stopped);
                }
                let subjects = judgement::subjects(&app.database, some).await?;
                let (database, distribution) = (Arc::clone(&database), Arc::clone(&distribution));
                let batch =
                    blocking(move || judge(&database, Option::as_ref(&distribution), &subjects)).await?;
                self.keep(app, batch).await?;
                done += some.len();
                hold.progress(i64::try_from(done * 95 / all.max(1)).unwrap_or_default());
            }
        }
        self.packages += done as u64;
        Ok(())
    }

    async fn keep(&mut self, app: &App, batch: Batch) -> Result<(), Error> {
        let Batch { judged, mut texts, undecided, names } = batch;
        if self.names_too {
            judgement::name(&app.database, &names).await?;
        }
        for (place, package, gap) in undecided {
            let (packages, known) = self.undecided.entry(place).or_default();
            packages.insert(package);
            *known = known.take().or(gap);
        }
        let difference = judgement::compare(&app.database, judged, &texts).await?;
        texts.retain(|id, _| !self.described.contains(id));
        if difference.is_empty() && texts.is_empty() {
            return Ok(());
        }
        let mut transaction = app.database.begin().await?;
        judgement::write(&mut transaction, &difference, texts.values(), self.is_news).await?;
        transaction.commit().await?;
        judgement::soften(&app.database, &difference).await?;
        self.described.extend(texts.into_keys());
        self.changed += u64::from(!difference.is_empty());
        Ok(())
    }
}

/// Judges some packages of one context.
fn judge(
    database: &Database,
    distribution: Option<&Distribution>,
    subjects: &[Subject],
) -> Result<Batch, Error> {
    let packages: Vec<(Package, Option<Package>)> = subjects.iter().map(read).collect::<Result<_, _>>()?;
    let mut batch = Batch::default();
    let mut each = subjects.iter().zip(&packages);
    advisories::judge_each(database, distribution, &packages, |judgement| {
        let Some((subject, (package, owner))) = each.next() else { return };
        let found = judgement.findings.iter().filter_map(Found::of).collect();
        batch.judged.push(Judged { package: subject.id, found });
        for told in judgement.findings.iter().filter_map(Texts::of) {
            match batch.texts.get_mut(&told.id) {
                Some(known) => known.join(told),
                None => drop(batch.texts.insert(told.id.clone(), told)),
            }
        }
        let gap = judgement.gaps.into_iter().next();
        let place = gap.as_ref().map_or(&package.purl, |gap| &gap.place).clone();
        batch.undecided.push((place, subject.id, gap));
        let names = advisories::names(distribution, package, owner.as_ref());
        batch.names.push((subject.id, names));
    })?;
    Ok(batch)
}
