//! `lazaret versions`.

use std::cmp::Ordering;
use std::io::{BufRead, Write};

use anyhow::{Context, Result, bail};
use versions::Scheme;

use crate::Outcome;
use crate::cli::{VersionsArguments, VersionsCommand};

pub(crate) fn run(arguments: &VersionsArguments) -> Result<Outcome> {
    let VersionsCommand::Compare { ecosystem, versions } = &arguments.command;
    let Some(scheme) = Scheme::of_ecosystem(ecosystem) else {
        let known: Vec<&str> = Scheme::ecosystems().into_iter().map(|(name, _)| name).collect();
        bail!("cannot order versions of `{ecosystem}`; known are {}", known.join(", "));
    };
    let mut out = std::io::stdout().lock();
    if let [left, right] = versions.as_slice() {
        writeln!(out, "{}", compare(scheme, left, right))?;
        return Ok(Outcome::Done);
    }
    let mut out = std::io::BufWriter::new(out);
    for (line, number) in std::io::stdin().lock().lines().zip(1..) {
        let line = line.with_context(|| format!("cannot read line {number} of standard input"))?;
        let (left, right) = line
            .split_once('\t')
            .with_context(|| format!("line {number} of standard input holds no tab: `{line}`"))?;
        writeln!(out, "{}", compare(scheme, left, right))?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn compare(scheme: Scheme, left: &str, right: &str) -> &'static str {
    match versions::compare(scheme, left, right) {
        Ok(Ordering::Less) => "<",
        Ok(Ordering::Equal) => "=",
        Ok(Ordering::Greater) => ">",
        Err(_unparsable) => "?",
    }
}
