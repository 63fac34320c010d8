//! Passwords: which are taken, how they are kept, and how they are compared.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use api::ProblemCode;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;

use crate::Error;
use crate::problem::Problem;

/// The fewest characters of a password.
const SHORTEST: usize = 12;
/// The most bytes.
const LONGEST: usize = 1024;
/// The fewest different characters.
const DIFFERENT: usize = 5;
/// How long who signs in waits for others to be done.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hashing takes 19 MiB and a processor each time: so many at once.
static HASHING: Semaphore = Semaphore::const_new(2);

/// The worst passwords, as the scanner knows them, without what is often put around them.
static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("../../../../rules/weak-passwords.txt").lines();
    lines.filter(|line| !line.starts_with('#')).map(core).filter(|word| word.len() > 2).collect()
});

/// The hash of a password that nobody has: comparing with it takes as long as with one that somebody has.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$\
    4Cv0XYv4p1cBpDLvZsIv0kI0E5mC3xvIqO0o0m2VbXg";

/// A word in small letters, without the digits and signs around it.
fn core(word: &str) -> String {
    word.trim_matches(|letter: char| !letter.is_alphabetic()).to_lowercase()
}

/// Refuses a password that others would guess.
pub(crate) fn check(login: &str, password: &str) -> Result<(), Problem> {
    let lower = password.to_lowercase();
    let different: HashSet<char> = lower.chars().collect();
    let without = lower.replace(&login.to_lowercase(), "");
    let why = if password.chars().count() < SHORTEST {
        format!("it has less than {SHORTEST} characters")
    } else if password.len() > LONGEST {
        format!("it has more than {LONGEST} bytes")
    } else if different.len() < DIFFERENT {
        format!("it has less than {DIFFERENT} different characters")
    } else if without.len() < lower.len() && without.chars().count() < SHORTEST / 2 {
        "it is made of the name of the account".to_owned()
    } else if core(password).is_empty() {
        "it has no letters".to_owned()
    } else if COMMON.contains(&core(password)) {
        "it is among the common ones".to_owned()
    } else {
        return Ok(());
    };
    Err(Problem::invalid(format!(
        "cannot take the password: {why}; hint: some words that do not belong together"
    )))
}

/// A turn at hashing.
async fn turn() -> Result<SemaphorePermit<'static>, Problem> {
    let busy = || Problem::new(ProblemCode::TooManyRequests, "too many sign in at once: try again soon");
    let turn = tokio::time::timeout(PATIENCE, HASHING.acquire()).await;
    turn.map_err(|_elapsed| busy())?.map_err(|_closed| busy())
}

/// What is kept of a password: argon2id.
pub(crate) async fn hash(password: String) -> Result<String, Problem> {
    let _turn = turn().await?;
    Ok(hash_now(password).await?)
}

/// As [`hash`], without waiting for others.
pub(crate) async fn hash_now(password: String) -> Result<String, Error> {
    let made = spawn_blocking(move || Argon2::default().hash_password(password.as_bytes()));
    let hash = made.await.map_err(|_panicked| Error::Hash)?.map_err(|_error| Error::Hash)?;
    Ok(hash.to_string())
}

/// Whether a password is the one of a hash; without a hash it takes as long to say no.
pub(crate) async fn verify(password: String, hash: Option<String>) -> Result<bool, Problem> {
    let _turn = turn().await?;
    let known = hash.is_some();
    let verified = spawn_blocking(move || {
        let hash = hash.as_deref().unwrap_or(NOBODY);
        Argon2::default().verify_password(password.as_bytes(), hash)
    });
    match verified.await.map_err(|_panicked| Problem::from(Error::Hash))? {
        Ok(()) => Ok(known),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => {
            tracing::error!(%error, "a password cannot be compared with what is kept of it");
            Err(Error::Hash.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_others_would_guess() {
        for bad in [
            "short",
            "aaaaaaaaaaaaaaaa",
            "administrator1!",
            "Password123!",
            "maria.maria.1",
            "12password34!!",
            "135790246813",
        ] {
            assert!(check("maria", bad).is_err(), "{bad}");
        }
        for good in ["wolke tisch regen", "maria likes old maps", "qX8-2kfP_vv1z"] {
            assert!(check("maria", good).is_ok(), "{good}");
        }
    }

    #[tokio::test]
    async fn tells_the_right_password_from_all_others() {
        let kept = hash("wolke tisch regen".to_owned()).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("wolke tisch regen".to_owned(), Some(kept.clone())).await.unwrap());
        assert!(!verify("wolke tisch Regen".to_owned(), Some(kept)).await.unwrap());
        assert!(!verify("wolke tisch regen".to_owned(), None).await.unwrap());
    }
}
