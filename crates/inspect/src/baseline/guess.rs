//! Trying the dictionary on passwords and their hashes.
//!
//! Work is counted, not timed, so that the same file always gives the same answer: each scheme has a cost in
//! microseconds of a usual processor, and a file has [`BUDGET`] of them.

use std::collections::HashSet;

use model::Gap;
use sha_crypt::{PasswordVerifier, ShaCrypt};
use sha1::{Digest, Sha1};
use yescrypt::Yescrypt;

use super::{
    WeakPassword,
    crypt::{Field, Scheme},
};

/// What a gap is called about passwords that were not all tried.
pub(crate) const GUESS_GAP: &str = "weak-password";

/// The work that is spent on one file.
const BUDGET: u64 = 2_000_000;
/// A hash whose single try costs more is not tried at all.
const MAX_COST: u64 = 250_000;
/// At most so many bytes of a line of a dictionary are a word.
const MAX_WORD: usize = 64;

/// The worst passwords, the most used first.
const BUILT_IN: &str = include_str!("../../../../rules/weak-passwords.txt");

/// What follows a user's name in passwords made from it.
const ENDINGS: [&str; 10] = ["", "123", "@123", "123456", "1234", "12345", "1", "@2024", "@2025", "!@#"];

/// Tries passwords.
#[derive(Debug)]
pub(crate) struct Guesser {
    words: Vec<String>,
    set: HashSet<String>,
}

/// A hash that somebody logs in with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hash<'a> {
    /// The service.
    pub(crate) service: &'a str,
    /// The user.
    pub(crate) user: &'a str,
    /// The hash as written.
    pub(crate) hash: &'a str,
}

/// How a hash is tried, and at what cost.
#[derive(Clone, Copy, Debug)]
struct Trial {
    verify: fn(&[u8], &str) -> Option<bool>,
    cost: u64,
}

impl Guesser {
    /// One with the built-in dictionary and the words of the user's.
    pub(crate) fn new(own: &[String]) -> Self {
        let mut guesser = Self { words: Vec::new(), set: HashSet::new() };
        let own = own.iter().flat_map(|text| text.lines());
        for word in BUILT_IN.lines().filter(|line| !line.starts_with("# ")).chain(own) {
            let word = word.trim_end_matches('\r');
            if !word.is_empty() && word.len() <= MAX_WORD && guesser.set.insert(word.to_owned()) {
                guesser.words.push(word.to_owned());
            }
        }
        guesser
    }

    /// The words in the order they are tried in.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether a password is weak.
    pub(crate) fn plain(&self, service: &str, user: &str, password: &str) -> Option<WeakPassword> {
        let weak = self.set.contains(password) || variants(user).any(|variant| variant == password);
        weak.then(|| told(service, user, password))
    }

    /// The weak ones among hashes, and what was not tried.
    pub(crate) fn hashes(&self, place: &str, hashes: &[Hash<'_>]) -> (Vec<WeakPassword>, Vec<Gap>) {
        let mut gaps = Vec::new();
        let mut open = Vec::new();
        for hash in hashes {
            match trial(hash.hash) {
                Ok(trial) => open.push((*hash, trial, variants(hash.user).collect::<Vec<String>>())),
                Err(why) => gaps.push(Gap::new(
                    GUESS_GAP,
                    place,
                    format!("the password of `{}` cannot be tried: {why}", hash.user),
                )),
            }
        }
        let mut weak = Vec::new();
        let mut spent = 0;
        let variants = ENDINGS.len() * 2 + 2;
        for round in 0..variants + self.words.len() {
            let mut still = Vec::with_capacity(open.len());
            for (hash, trial, own) in open {
                let word = match own.get(round) {
                    Some(word) => word.as_str(),
                    None => self.words.get(round - variants).map_or("", String::as_str),
                };
                spent += trial.cost;
                if spent > BUDGET {
                    let why = format!(
                        "its hashes are costly: of {} words {} were tried",
                        variants + self.words.len(),
                        round
                    );
                    gaps.push(Gap::new(GUESS_GAP, place, why));
                    return (weak, gaps);
                }
                match (trial.verify)(word.as_bytes(), hash.hash) {
                    Some(true) => weak.push(told(hash.service, hash.user, word)),
                    Some(false) => still.push((hash, trial, own)),
                    None => {
                        let why =
                            format!("the password of `{}` cannot be tried: its hash is damaged", hash.user);
                        gaps.push(Gap::new(GUESS_GAP, place, why));
                    }
                }
            }
            open = still;
            if open.is_empty() {
                break;
            }
        }
        (weak, gaps)
    }
}

/// What people make of the name of an account; the empty password is among it.
fn variants(user: &str) -> impl Iterator<Item = String> {
    let user: String = user.chars().take(MAX_WORD).collect();
    let mut letters = user.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let of = |name: String| ENDINGS.iter().map(move |ending| format!("{name}{ending}"));
    let reversed: String = user.chars().rev().collect();
    [String::new(), reversed].into_iter().chain(of(user)).chain(of(capital))
}

fn told(service: &str, user: &str, password: &str) -> WeakPassword {
    WeakPassword { service: service.to_owned(), user: user.to_owned(), masked: masked(password) }
}

/// A password with its middle left out.
fn masked(password: &str) -> String {
    let mut letters = password.chars();
    match (letters.next(), letters.next_back(), letters.count()) {
        (Some(first), Some(last), middle) if middle > 1 => {
            format!("{first}{}{last}", "*".repeat(middle.min(10)))
        }
        (None, ..) => "(empty)".to_owned(),
        _ => "***".to_owned(),
    }
}

/// How a hash is tried, or why it cannot be.
fn trial(hash: &str) -> Result<Trial, String> {
    let trial = match Scheme::of(hash) {
        Scheme::Md5 | Scheme::AprMd5 => Trial { verify: super::md5_crypt::verify, cost: 300 },
        Scheme::Sha256 | Scheme::Sha512 => {
            let rounds = match hash.split('$').nth(2).and_then(|field| field.strip_prefix("rounds=")) {
                Some(rounds) => rounds.parse().ok().filter(|rounds| *rounds >= 1000),
                None => Some(5000),
            };
            Trial {
                verify: verify_sha,
                cost: rounds.map_or(u64::MAX, |rounds: u64| rounds.saturating_div(2)),
            }
        }
        Scheme::Bcrypt => {
            let power: Option<u32> = hash.split('$').nth(2).and_then(|field| field.parse().ok());
            let cost = power.and_then(|power| 50_u64.checked_shl(power.min(40)));
            Trial { verify: verify_bcrypt, cost: cost.unwrap_or(u64::MAX) }
        }
        Scheme::Yescrypt => Trial { verify: verify_yescrypt, cost: yescrypt_cost(hash).unwrap_or(u64::MAX) },
        Scheme::Sha1 => Trial { verify: verify_sha1, cost: 1 },
        Scheme::Unknown => return Err("the scheme of its hash is not known".to_owned()),
        other => return Err(format!("hashes of the scheme {} are not computed", other.word())),
    };
    if trial.cost > MAX_COST {
        return Err("its hash is too costly to compute".to_owned());
    }
    Ok(trial)
}

/// The cost of a try by the parameters of a hash; nothing for parameters that no distribution uses.
///
/// They are three letters: the flavour, the power of two of N, and r. A further letter would bring optional parameters,
/// some of which the implementation cannot bear.
fn yescrypt_cost(hash: &str) -> Option<u64> {
    let letter = |byte: u8| match byte {
        b'.' | b'/' => Some(u32::from(byte - b'.')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 2),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 12),
        b'a'..=b'i' => Some(u32::from(byte - b'a') + 38),
        _ => None,
    };
    let [b'j', power, block] = *hash.split('$').nth(2)?.as_bytes() else { return None };
    let (power, block) = (letter(power)? + 1, u64::from(letter(block)?) + 1);
    let blocks = 1_u64.checked_shl(power)?.checked_mul(block)?;
    // A block has 128 bytes: beyond 32 MiB nothing is tried.
    (power >= 4 && blocks <= 32 << 13).then(|| blocks.saturating_mul(24_000) / 131_072 + 1)
}

fn verify_sha(password: &[u8], hash: &str) -> Option<bool> {
    answer(ShaCrypt::default().verify_password(password, hash))
}

fn verify_yescrypt(password: &[u8], hash: &str) -> Option<bool> {
    answer(Yescrypt::default().verify_password(password, hash))
}

fn answer(result: Result<(), sha_crypt::password_hash::Error>) -> Option<bool> {
    match result {
        Ok(()) => Some(true),
        Err(sha_crypt::password_hash::Error::PasswordInvalid) => Some(false),
        Err(_) => None,
    }
}

fn verify_bcrypt(password: &[u8], hash: &str) -> Option<bool> {
    bcrypt::verify(password, hash).ok()
}

/// Apache's `{SHA}`: the sum in base64, without a salt.
fn verify_sha1(password: &[u8], hash: &str) -> Option<bool> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let sum = STANDARD.decode(hash.strip_prefix("{SHA}")?).ok()?;
    Some(Sha1::digest(password).as_slice() == sum.as_slice())
}

/// The hash of a field that somebody can log in with.
pub(crate) fn usable(field: &str) -> Option<&str> {
    match Field::of(field) {
        Field::Hash(hash) => Some(hash),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
