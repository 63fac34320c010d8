//! The first way in, and the way back in.

use std::fmt;

use api::Role;
use store::accounts::NewAccount;

use super::{password, secret, sign_in};
use crate::{App, Error};

/// The name of the administrator who is there from the beginning.
const LOGIN: &str = "admin";

/// The account that was made at the first start. Its password is kept nowhere: it is shown once.
pub struct FirstAdministrator {
    /// Its name.
    pub login: String,
    /// Its password.
    pub password: String,
}

impl fmt::Debug for FirstAdministrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstAdministrator").field("login", &self.login).finish_non_exhaustive()
    }
}

/// Makes an administrator where there is no account; nothing when there is one. Of servers that start at once one does.
///
/// # Errors
/// When the database refuses or is gone, or the machine gives no random bytes.
pub async fn first_start(app: &App) -> Result<Option<FirstAdministrator>, Error> {
    if store::accounts::count(&app.database).await? > 0 {
        return Ok(None);
    }
    let password = secret::random_password()?;
    let hash = password::hash_now(password.clone()).await?;
    let mut transaction = app.database.begin().await?;
    store::accounts::take(&mut transaction).await?;
    if store::accounts::count(&mut transaction).await? > 0 {
        return Ok(None);
    }
    let new = NewAccount {
        login: LOGIN,
        password_hash: &hash,
        role: Role::Administrator.word(),
        language: "en",
        projects: None,
        must_change: false,
    };
    let id = store::accounts::create(&mut transaction, &new).await?;
    let object = format!("account {id}");
    store::audit::note(&mut transaction, "-", "-", "account.create", &object, r#"{"login":"admin"}"#).await?;
    transaction.commit().await?;
    Ok(Some(FirstAdministrator { login: LOGIN.to_owned(), password }))
}

/// Gives an account a random password, ends its sessions and lifts its lock; for who has the machine but lost the
/// password. The account can sign in again if it was disabled.
///
/// # Errors
/// When there is no such account, or as [`first_start`].
pub async fn reset_password(app: &App, login: &str) -> Result<String, Error> {
    let found = store::accounts::named(&app.database, login).await?;
    let (id, ..) = found.ok_or_else(|| Error::NoAccount(login.to_owned()))?;
    let password = secret::random_password()?;
    let hash = password::hash_now(password.clone()).await?;
    let mut transaction = app.database.begin().await?;
    store::accounts::set_password(&mut transaction, id, &hash, false).await?;
    let enabled = store::accounts::Change { disabled: Some(false), ..Default::default() };
    store::accounts::change(&mut transaction, id, &enabled).await?;
    store::sessions::end_all(&mut transaction, id, None).await?;
    let object = format!("account {id}");
    store::audit::note(&mut transaction, "-", "-", "account.reset_password", &object, "{}").await?;
    transaction.commit().await?;
    store::attempts::forget(&app.database, &sign_in::subject_of_login(login)).await?;
    Ok(password)
}
