//! The main job: months of 10-second samples in day-partitioned Parquet say what is usual for each service, weekday and
//! time of day; a Kafka topic brings what happens now; samples more than 5 % off are flagged and published.
//!
//! ```text
//! cargo run --release --features full --example service_use
//! cargo run --release --features full --example service_use -- --history URL --bootstrap HOST:PORT --registry URL
//!                                                              --topic ServiceUse [--publish UseAnomalies] [--zone UTC]
//! ```
//!
//! Without flags it needs nothing: it makes up five weeks of history, starts a broker and a schema registry in this
//! process, plays an hour of samples among which it hides some that are 5.1 % off (and others 4.9 %, which are not to be
//! found), and checks that exactly those are found and published. With flags the same program watches real services
//! until it is told to stop (SIGINT, SIGTERM).

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

#[path = "service_use/demo.rs"]
mod demo;
#[path = "service_use/model.rs"]
mod model;
#[path = "service_use/options.rs"]
mod options;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use demo::Demo;
use headwater::prelude::*;
use headwater::{kafka, parquet};
use options::{Options, Place};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let outcome = Options::from_command_line().and_then(|options| match options {
        Options::Demo => Demo::start().and_then(|demo| run(&demo.place(), Some(&demo))),
        Options::Real(place) => run(&place, None),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Watches `place` until the program is told to stop; with a demo, until the demo has seen what it wanted. Says whether
/// all is well.
fn run(place: &Place, demo: Option<&Demo>) -> Result<bool> {
    let session = Session::new();
    session.function("secs", |t: Timestamp| t.epoch_seconds() / 10 * 10)?;

    let since = place.midnight - model::FOUR_WEEKS;
    let history = parquet::read(&place.history).on_progress(show_progress).open(&session)?;
    let recent = history.filter(formula("Date >= first").bind("first", model::day_of(since)))?;

    let feed = kafka::consume(&place.topic)
        .property("bootstrap.servers", &place.bootstrap)
        .registry(&place.registry)
        .key(kafka::simple("ServiceName", Type::String))
        .value(kafka::avro("service_use_record"))
        .offsets(kafka::Offsets::Begin)
        .open(&session)?;
    let found = model::anomalies(&recent, feed.table(), since)?.named("use_anomalies")?;
    eprintln!("\nthe baseline is ready");

    let publishing = kafka::produce(&place.publish)
        .property("bootstrap.servers", &place.bootstrap)
        .key(kafka::simple("ServiceName", Type::String))
        .value(kafka::json())
        .publish(&found.view(["ServiceName", "KafkaTimestamp", "Value", "Last4Avg", "PredictedPct"])?)?;
    let page = |change: &Change| {
        for (service, at, pct) in
            change.added().rows::<(String, Timestamp, f64)>(["ServiceName", "KafkaTimestamp", "PredictedPct"])?
        {
            println!("{at}  {service:12} at {pct:6.1} % of its usual use");
        }
        Ok(())
    };
    let _paging = found.listen_with(false, page, give_up)?;

    if let Some(demo) = demo {
        let stop = Stop::new();
        return std::thread::scope(|scope| {
            let cycles = scope.spawn(|| session.run(&stop, Duration::ZERO));
            let outcome = demo.watch(&session, &feed, &found, &publishing);
            stop.stop();
            cycles.join().unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "the cycles panicked")))?;
            outcome
        });
    }
    let _reporting = session.time_table("seconds", Duration::from_secs(1))?.listen(move |_| {
        eprint!("\rlag: {} records   ", feed.status().lag());
        let _ = std::io::stderr().flush();
        Ok(())
    })?;
    session.run_until_ctrl_c()?;
    eprintln!("\nstopped");
    Ok(true)
}

/// What comes no more cannot be watched.
fn give_up(error: &Error) {
    eprintln!("\n{error:#}");
    std::process::exit(1);
}

fn show_progress(progress: &parquet::Progress) {
    let total = progress.total.map_or_else(|| "?".to_owned(), |total| total.to_string());
    eprint!("\rhistory: {} of {total} {}   ", progress.done, progress.unit);
    let _ = std::io::stderr().flush();
}
