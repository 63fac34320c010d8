//! Signing in.

use std::net::IpAddr;

use api::ProblemCode;
use store::attempts::{self, Attempt};
use store::sessions;

use super::{Actor, digest, password, secret};
use crate::App;
use crate::problem::Problem;

/// Wrong passwords in a row before a name is locked.
const FREE_BY_LOGIN: i64 = 5;
/// Before an address is: more people may share one.
const FREE_BY_ADDRESS: i64 = 20;

/// A session that was just begun.
pub(crate) struct Begun {
    /// The account's id.
    pub(crate) account: i64,
    /// The value of the cookie.
    pub(crate) cookie: String,
    /// What changing requests repeat.
    pub(crate) csrf: String,
}

/// What wrong passwords for a name are counted under.
pub(crate) fn subject_of_login(login: &str) -> String {
    digest(&format!("login:{}", login.to_lowercase()))
}

/// What wrong passwords from an address are counted under.
fn subject_of_address(address: &str) -> String {
    // Who has one IPv6 address has all of its half.
    let network = match address.parse() {
        Ok(IpAddr::V6(whole)) => format!("{:x}", whole.to_bits() >> 64),
        _ => address.to_owned(),
    };
    digest(&format!("address:{network}"))
}

/// Begins a session for who knows the password of an account.
///
/// An account that is not there, one that is disabled and a wrong password are answered alike, and in the same time.
pub(crate) async fn sign_in(app: &App, sign_in: api::SignIn, address: &str) -> Result<Begun, Problem> {
    let login = sign_in.login.trim().to_lowercase();
    let (by_login, by_address) = (subject_of_login(&login), subject_of_address(address));
    let database = &app.database;
    if let Attempt::Locked(until) = attempts::begin(database, &by_address, FREE_BY_ADDRESS).await? {
        return Err(locked(until));
    }
    let attempt = attempts::begin(database, &by_login, FREE_BY_LOGIN).await?;
    if let Attempt::Locked(until) = attempt {
        return Err(locked(until));
    }
    let found = store::accounts::named(database, &login).await?;
    let hash = found.as_ref().map(|(_, hash, _)| hash.clone());
    let right = password::verify(sign_in.password, hash).await?;
    let Some((account, ..)) = found.filter(|(_, _, disabled)| right && !disabled) else {
        let action = if attempt == Attempt::Last { "session.lock" } else { "session.refuse" };
        note(app, &login, address, action).await?;
        let detail = "cannot sign in: there is no such account, or its password is another";
        return Err(Problem::new(ProblemCode::WrongPassword, detail));
    };
    attempts::forget(database, &by_login).await?;
    attempts::give_back(database, &by_address).await?;
    let (cookie, csrf) = (secret::random()?, secret::random()?);
    let mut transaction = database.begin().await?;
    sessions::begin(&mut transaction, account, &digest(&cookie), &csrf).await?;
    let object = format!("account {account}");
    store::audit::note(&mut transaction, &login, address, "session.begin", &object, "{}").await?;
    transaction.commit().await?;
    Ok(Begun { account, cookie, csrf })
}

/// Notes that somebody did not sign in. What they gave for a name may be a password: only that of an account is told.
async fn note(app: &App, login: &str, address: &str, action: &str) -> Result<(), Problem> {
    let account = store::accounts::named(&app.database, login).await?;
    let (actor, object) = match &account {
        Some((id, ..)) => (login, format!("account {id}")),
        None => ("-", "-".to_owned()),
    };
    store::audit::note(&app.database, actor, address, action, &object, "{}").await?;
    Ok(())
}

fn locked(until: i64) -> Problem {
    let seconds = until.saturating_sub(store::now()).saturating_add(999) / 1000;
    Problem::new(ProblemCode::Locked, format!("too many passwords were wrong: try again in {seconds} s"))
}

/// Makes sure that who is signed in knows the password: a wrong one counts as when signing in.
pub(crate) async fn confirm(app: &App, actor: &Actor, password: String) -> Result<(), Problem> {
    let subject = subject_of_login(&actor.login);
    if let Attempt::Locked(until) = attempts::begin(&app.database, &subject, FREE_BY_LOGIN).await? {
        return Err(locked(until));
    }
    let hash = store::accounts::password(&app.database, actor.account).await?;
    if password::verify(password, hash).await? {
        attempts::forget(&app.database, &subject).await?;
        return Ok(());
    }
    let object = format!("account {}", actor.account);
    actor.note(&app.database, "account.refuse_password", &object, &serde_json::json!({})).await?;
    Err(Problem::new(ProblemCode::WrongPassword, "cannot change the password: the one of before is another"))
}
