//! Makes load data: a made-up fleet, its packages, and advisories about them, all from one number.
//!
//! `seed --images 100000 --database URL --directory DIR` fills an empty database. What is found in the images is not
//! made up: the server reads the advisories at its first update, judges the packages and settles the counts.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_wrap,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "a tool for measuring: what goes wrong ends it"
)]

#[path = "seed/advisories.rs"]
mod advisories;
#[path = "seed/fleet.rs"]
mod fleet;
#[path = "seed/packages.rs"]
mod packages;

use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use store::Database;

/// Fills an empty database with a made-up fleet.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many images people see; two fifths as many differ in content
    #[arg(long, default_value_t = 100_000)]
    images: usize,
    /// `sqlite:PATH` or `postgres://…`; SQLite in the directory when absent
    #[arg(long)]
    database: Option<String>,
    /// Where the server keeps its files; the advisories before and after an update are written there too
    #[arg(long)]
    directory: PathBuf,
}

/// Numbers that look like chance and are the same every time.
#[derive(Clone, Debug)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// A number below `end`, the small ones far more often.
    fn favoured(&mut self, end: usize) -> usize {
        let first = self.below(end);
        let second = self.below(first + 1);
        self.below(second + 1)
    }
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    std::fs::create_dir_all(&arguments.directory).unwrap();
    let directory = arguments.directory.canonicalize().unwrap();
    let sqlite = format!("sqlite:{}", directory.join("lazaret.sqlite").display());
    let database = Database::open(&arguments.database.unwrap_or(sqlite)).await.unwrap();
    let start = Instant::now();
    let told = |what: &str| eprintln!("{:>7.1} s  {what}", start.elapsed().as_secs_f64());
    advisories::write(&directory.join("mirror"), 0);
    advisories::write(&directory.join("mirror-after"), 500);
    told("advisories written");
    let pool = packages::write(&database).await;
    told("packages written");
    fleet::write(&database, &pool, arguments.images).await;
    told("images written");
    let token = fleet::token(&database).await;
    std::fs::write(directory.join("token"), &token).unwrap();
    told("done; an administrator's token is in the file `token`");
}
