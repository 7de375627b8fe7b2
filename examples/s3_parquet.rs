//! History in a bucket: which service grew, read from `s3://` without copying anything to this computer first.
//!
//! ```text
//! cargo run --release --features full --example s3_parquet
//! cargo run --release --features full --example s3_parquet -- --url s3://bucket/path [--since 2026-08-01]
//! ```
//!
//! Without flags it needs nothing: it starts an S3 server in this process and fills a bucket with two weeks of made-up
//! history. With `--url` it reads a real bucket of the same kind; credentials, region and endpoint come from the
//! standard variables (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`).

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

use std::process::ExitCode;

use headwater::parquet::{self, ReadBuilder};
use headwater::prelude::*;
use headwater_kit::history::{History, Spec};
use headwater_kit::s3::S3Server;

/// Midnight (UTC) after 2026-08-16: where the made-up history ends.
const END: i64 = 1_786_924_800;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let given = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1));
    let since = given("--since").map_or("2026-08-09", String::as_str);
    match given("--url") {
        Some(url) => report(parquet::read(url), since),
        None => {
            let server = bucket_of_history()
                .map_err(|error| Error::new(ErrorKind::Io, format!("no bucket of history: {error}")))?;
            report(parquet::read("s3://metrics/service_use").options(server.options()), since)
        }
    }
}

/// Prints, for the days since `since`, the use of each service, the busiest sample and how many samples there are.
fn report(history: ReadBuilder, since: &str) -> Result<()> {
    let session = Session::new();
    let history = history.on_progress(|p| eprintln!("{} of {:?} {}", p.done, p.total, p.unit)).open(&session)?;
    let since = Date::parse(since).ok_or_else(|| {
        Error::new(ErrorKind::Argument, format!("{since} is no day")).with_help("write it like 2026-08-09")
    })?;
    let recent = history.filter(formula("Date >= since").bind("since", since))?;
    let use_by_service = recent
        .agg_by([agg::count("Samples"), agg::avg("Average = Value"), agg::max("Busiest = Value")], ["ServiceName"])?;
    println!("{}", use_by_service.show(20)?);
    Ok(())
}

fn bucket_of_history() -> Result<S3Server, Box<dyn std::error::Error + Send + Sync>> {
    let server = S3Server::start()?;
    let end = Timestamp::from_seconds(END).ok_or("an end out of range")?;
    let history = History::new(Spec { seed: 7, services: 12, days: 14, end });
    let written = history.write_dir(&server.bucket("metrics")?.join("service_use"))?;
    eprintln!("{} samples in {} files of {} MiB", written.rows, written.files, written.bytes >> 20);
    Ok(server)
}
