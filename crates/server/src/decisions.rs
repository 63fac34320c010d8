//! What follows from decisions: counts that are true again.

use std::collections::BTreeSet;

use store::{Transaction, decisions, settle};

use crate::{App, Error};

/// So many contents are counted anew at once; of more the job does it.
const FEW: usize = 300;
/// So many decisions whose time is over are looked after in one transaction.
const BATCH: i64 = 100;

/// Counts anew what decisions touched, or has it counted soon; what is shown across images follows soon in any case.
pub(crate) async fn settle(
    transaction: &mut Transaction,
    touched: BTreeSet<i64>,
) -> Result<(), store::Error> {
    if touched.is_empty() {
        return Ok(());
    }
    let contents: Vec<i64> = touched.into_iter().collect();
    if contents.len() <= FEW {
        settle::assets(transaction, &contents).await?;
    } else {
        settle::mark(transaction, &contents).await?;
    }
    settle::request(transaction).await?;
    Ok(())
}

/// Notes decisions whose time is over, and has counted anew what they covered.
pub(crate) async fn expire(app: &App) -> Result<(), Error> {
    loop {
        let mut transaction = app.database.begin().await?;
        let over = decisions::expire(&mut transaction, BATCH).await?;
        let mut touched = BTreeSet::new();
        for decision in &over {
            touched.extend(decisions::touched(&mut transaction, decision).await?);
        }
        settle(&mut transaction, touched).await?;
        transaction.commit().await?;
        if i64::try_from(over.len()).unwrap_or(i64::MAX) < BATCH {
            return Ok(());
        }
    }
}
