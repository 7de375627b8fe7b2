//! The side-by-side runner: whole operations and whole pipelines, printed in the result schema that the harness for
//! the other engines speaks (`schema: 1`), so that both go into one report.
//!
//! ```text
//! cargo bench --bench compare -- [--suite static,inc,limits] [--cases REGEX] [--rows 1e7] [--base 1e6]
//!                                [--batches 1e3,1e4,1e5] [--modes append,mixed] [--repeats 5] [--reuse]
//!                                [--data DIR] [--out FILE]
//! ```
//!
//! Static results, and what the hand-written loops beside them write, are kept until the end, so that every repetition
//! pays for fresh pages; with `--reuse` they are dropped, and the pages are those of the repetition before.
//!
//! `--data` is a folder with the Parquet files made by the harness; without it the same shapes are made here from a seed.
//! Progress goes to standard error, the document to `--out` or standard output. Every case checks its own result.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

#[path = "compare/args.rs"]
mod args;
#[path = "compare/clock.rs"]
mod clock;
#[path = "compare/data.rs"]
mod data;
#[path = "compare/grouping.rs"]
mod grouping;
#[path = "compare/incremental.rs"]
mod incremental;
#[path = "compare/join_cases.rs"]
mod join_cases;
#[path = "compare/limits.rs"]
mod limits;
#[path = "compare/live.rs"]
mod live;
#[path = "compare/other.rs"]
mod other;
#[path = "compare/static_cases.rs"]
mod static_cases;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> headwater::Result<()> {
    let args = args::Args::from_command_line();
    let mut results = Vec::new();
    let mut machine = clock::machine();
    if args.wants_suite("limits") || args.wants_suite("static") {
        let limits = limits::Limits::new(args.rows);
        if args.wants_suite("limits") {
            limits::run(&args, &limits, &mut results);
        }
        if args.wants_suite("static") {
            static_cases::run(&args, &limits, &mut results)?;
            join_cases::run(&args, &limits, &mut results)?;
        }
    }
    if args.wants_suite("inc") {
        incremental::run(&args, &mut results)?;
    }
    machine["load1_end"] = clock::load().into();
    let document = serde_json::json!({"schema": 1, "machine": machine, "results": results});
    match &args.out {
        Some(path) => std::fs::write(path, document.to_string()).unwrap(),
        None => println!("{document}"),
    }
    Ok(())
}
