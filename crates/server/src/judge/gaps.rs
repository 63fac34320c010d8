//! What could not be judged is told of images: here it is told anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::{Gap, Package};
use store::judgement;

use super::blocking;
use super::packages::{Pass, distribution, read};
use crate::work::{Hold, Undone};
use crate::{App, Error};

/// The kind of gaps that tell of a package whose version, or an advisory's about it, cannot be read.
const VERSION: &str = "version";
/// The kind of gaps that tell of what there are no advisories for.
const COVERAGE: &str = "advisories";
/// How many packages are looked at together.
const TOGETHER: usize = 1_000;

/// Tells anew which of the packages that were judged could not be.
pub(super) async fn versions(app: &App, pass: &mut Pass) -> Result<(), Error> {
    let undecided = &pass.undecided;
    let mut contents = BTreeSet::new();
    judgement::gapped(&app.database, VERSION, |content, gaps| {
        let is_told_otherwise = |gap: &Gap| {
            let now = undecided.get(&gap.place).map(|(_, gap)| gap.as_ref());
            gap.what == VERSION && now.is_some_and(|now| now != Some(gap))
        };
        if gaps.iter().any(is_told_otherwise) {
            contents.insert(content);
        }
        Ok::<(), Error>(())
    })
    .await?;
    let by_package: BTreeMap<i64, &Gap> = undecided
        .values()
        .filter_map(|(packages, gap)| Some((packages, gap.as_ref()?)))
        .flat_map(|(packages, gap)| packages.iter().map(move |package| (*package, gap)))
        .collect();
    let packages: Vec<i64> = by_package.keys().copied().collect();
    let mut of_content: BTreeMap<i64, Vec<&Gap>> = BTreeMap::new();
    for (content, package) in judgement::holders(&app.database, &packages).await? {
        of_content.entry(content).or_default().extend(by_package.get(&package));
    }
    contents.extend(of_content.keys());
    let new = |content: i64, old: &[Gap]| {
        let kept = old.iter().filter(|gap| gap.what != VERSION || !undecided.contains_key(&gap.place));
        kept.chain(of_content.get(&content).into_iter().flatten().copied()).cloned().collect()
    };
    pass.changed += judgement::rewrite(&app.database, &contents, new).await?;
    Ok(())
}

/// Packages the database has no advisories for, by id, with the context they are of.
type Uncovered = BTreeMap<i64, (i64, Package)>;

/// Tells anew what the database has no advisories for, of all images or of one.
pub(super) async fn coverage(
    app: &App,
    hold: &Hold,
    pass: &mut Pass,
    only: Option<i64>,
) -> Result<(), Undone> {
    let judged = judgement::judged_contents(&app.database, only).await?;
    let uncovered = uncovered(app, hold, pass, only).await?;
    let mut of_content: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let ids: Vec<i64> = uncovered.keys().copied().collect();
    for (content, package) in judgement::holders(&app.database, &ids).await? {
        if judged.contains(&content) {
            of_content.entry(content).or_default().push(package);
        }
    }
    let gaps = missing(app, pass, uncovered, of_content).await?;
    let mut contents: BTreeSet<i64> = gaps.keys().copied().collect();
    judgement::gapped(&app.database, COVERAGE, |content, _| {
        contents.extend(Some(content).filter(|content| judged.contains(content)));
        Ok::<(), Error>(())
    })
    .await?;
    let new = |content: i64, old: &[Gap]| {
        let kept = old.iter().filter(|gap| gap.what != COVERAGE);
        kept.chain(gaps.get(&content).into_iter().flatten()).cloned().collect()
    };
    pass.changed += judgement::rewrite(&app.database, &contents, new).await?;
    Ok(())
}

/// The packages that the database has no advisories for.
async fn uncovered(app: &App, hold: &Hold, pass: &Pass, only: Option<i64>) -> Result<Uncovered, Undone> {
    let mut uncovered = Uncovered::new();
    let Some(database) = pass.database.clone() else { return Ok(uncovered) };
    let of_one = match only {
        Some(content) => Some(judgement::of_content(&app.database, content).await?),
        None => None,
    };
    for (context, packages) in judgement::by_context(&app.database, of_one.as_ref()).await? {
        let distribution = Arc::new(distribution(app, context).await?);
        for some in packages.chunks(TOGETHER) {
            if hold.stop().load(Ordering::Relaxed) {
                return Err(Undone::Stopped);
            }
            let subjects = judgement::subjects(&app.database, some).await?;
            let (database, distribution) = (Arc::clone(&database), Arc::clone(&distribution));
            let found = blocking(move || {
                let mut found = Vec::new();
                for subject in subjects {
                    let (package, _) = read(&subject)?;
                    let one = std::slice::from_ref(&package);
                    if !advisories::missing(&database, Option::as_ref(&distribution), one).is_empty() {
                        found.push((subject.id, (context, package)));
                    }
                }
                Ok(found)
            })
            .await?;
            uncovered.extend(found);
        }
    }
    Ok(uncovered)
}

/// What is to be said of images that have such packages.
async fn missing(
    app: &App,
    pass: &Pass,
    uncovered: Uncovered,
    of_content: BTreeMap<i64, Vec<i64>>,
) -> Result<BTreeMap<i64, Vec<Gap>>, Error> {
    let Some(database) = pass.database.clone() else { return Ok(BTreeMap::new()) };
    let mut distributions = BTreeMap::new();
    for (context, _) in uncovered.values() {
        if !distributions.contains_key(context) {
            distributions.insert(*context, distribution(app, *context).await?);
        }
    }
    blocking(move || {
        let of_image = |(content, packages): (i64, Vec<i64>)| {
            let with_context = packages.iter().filter_map(|package| uncovered.get(package));
            let mut packages: Vec<Package> =
                with_context.clone().map(|(_, package)| package.clone()).collect();
            packages.sort();
            let context = with_context.map(|(context, _)| context).next();
            let distribution =
                context.and_then(|context| distributions.get(context)).and_then(Option::as_ref);
            (content, advisories::missing(&database, distribution, &packages))
        };
        Ok(of_content.into_iter().map(of_image).collect())
    })
    .await
}
