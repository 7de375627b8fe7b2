//! Every operator against the oracle, over random change scripts.
//!
//! The default suite plays a fixed range of seeds: some scripts for each operator and some of any plan, with blocks of
//! 64 and of 8192 values, on 1, 2 and 8 threads in turn, and all seeds that ever failed. A longer run takes other seeds:
//!
//! ```text
//! HEADWATER_ORACLE_SEEDS=5000 cargo test --release --features full --test main oracle -- --nocapture
//! HEADWATER_ORACLE_FROM=123456 ...   the first of them; 1,000,000 unless given
//! ```
//!
//! A failure prints the seed, the difference, and the smallest script found that still shows it. Add the origin to
//! `FAILED_ONCE`, whatever the fault was.

use std::sync::atomic::{AtomicUsize, Ordering};

use headwater_kit::oracle::{Difference, run};
use headwater_kit::script::{Case, Operator, Origin, shrink};

/// Scripts for each operator, and of any plan, in the default suite, for each size of blocks.
const SEEDS_BY_OPERATOR: u64 = 25;
const SEEDS_OF_ANY_PLAN: u64 = 100;

/// How often a script that fails is played to make it smaller.
const SHRINK_TRIES: usize = 400;

/// Origins that failed once. They are played for ever.
const FAILED_ONCE: &[Origin] = &[
    // A table that failed was still checked against what its operator remembered.
    Origin { seed: 177, operator: None, small_blocks: true },
    // Columns behind a text that was packed in part decided before the rest of the text did.
    Origin { seed: 26018, operator: Some(Operator::Sort), small_blocks: false },
    Origin { seed: 26008, operator: Some(Operator::Sort), small_blocks: false },
    // Rows of a sorted table that only grows made room for others, and their group did not take note of it.
    Origin { seed: 3_005_975, operator: None, small_blocks: true },
    Origin { seed: 3_006_497, operator: None, small_blocks: true },
    // Values of a null list were those of the list that stood under it.
    Origin { seed: 1_002_538, operator: None, small_blocks: false },
];

fn play(origin: Origin) -> Option<String> {
    let case = Case::generate(origin);
    let difference = run(&case).err()?;
    Some(report(&case, &difference))
}

fn report(case: &Case, difference: &Difference) -> String {
    let small = shrink(case, SHRINK_TRIES, |case| run(case).is_err());
    let shown = run(&small).err().map(|difference| difference.to_string()).unwrap_or_default();
    format!("{}\n  {difference}\nin its smallest form: {shown}\n{small}", case.origin)
}

/// Plays all, on as many threads as there are cores; panics with the first failures.
fn play_all(origins: &[Origin], progress: bool) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut failures = Vec::new();
                    while let Some(&origin) = origins.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if progress && origin.seed.is_multiple_of(100) {
                            println!("{origin}");
                        }
                        failures.extend(play(origin));
                        if failures.len() >= 3 {
                            break;
                        }
                    }
                    failures
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|_| vec!["a panic".to_owned()])).collect()
    });
    assert!(failures.is_empty(), "{} of {} scripts differ:\n{}", failures.len(), origins.len(), failures.join("\n\n"));
}

fn play_operator(operator: Operator) {
    play_all(&Origin::of_operator(operator, SEEDS_BY_OPERATOR), false);
}

macro_rules! operators {
    ($($name:ident: $operator:ident;)*) => {$(
        #[test]
        fn $name() {
            play_operator(Operator::$operator);
        }
    )*};
}

operators! {
    filter: Filter;
    view: View;
    update_view: UpdateView;
    update: Update;
    select: Select;
    drop_columns: DropColumns;
    rename_columns: RenameColumns;
    agg_by: AggBy;
    short_forms: ShortForm;
    natural_join: NaturalJoin;
    blink_to_append: BlinkToAppend;
    slices: Slice;
    sort: Sort;
    reverse: Reverse;
    merge: Merge;
    lazy_update: LazyUpdate;
    select_distinct: SelectDistinct;
    head_by_and_tail_by: PartBy;
    ungroup: Ungroup;
    partition_by: PartitionBy;
    filter_in: FilterIn;
    join: Join;
    as_of: AsOf;
    multi_join: MultiJoin;
    range_join: RangeJoin;
}

#[test]
fn what_failed_once() {
    play_all(FAILED_ONCE, false);
}

#[test]
fn any_plan() {
    play_all(&Origin::both_sizes(None, 0..SEEDS_OF_ANY_PLAN), false);
}

#[test]
fn as_many_seeds_as_asked_for() {
    let number = |name: &str| -> Option<u64> { std::env::var_os(name)?.to_str()?.parse::<u64>().ok() };
    let Some(count) = number("HEADWATER_ORACLE_SEEDS") else { return };
    let first = number("HEADWATER_ORACLE_FROM").unwrap_or(1_000_000);
    println!("oracle: {count} scripts of any plan, seeds from {first}");
    play_all(&Origin::both_sizes(None, first / 2..first / 2 + count.div_ceil(2)), true);
}
