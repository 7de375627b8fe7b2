//! Formulas: what they cost on the interpreter, as machine code, under `auto`, as a loop written by hand and as Arrow's kernels, in
//! one run; and on tables: what is evaluated, how often, and how soon.
//!
//! * `formula/cached/<expression>/<interpreter|jit|auto|loop|arrow>`: 65,536 rows in cache, 2,048 at a time.
//! * `formula/resident/<expression>/..`: 10 M rows that stream from memory, by the blocks of a stored column, which are kept until the
//!   last is made. With `MIMALLOC_PURGE_DELAY=0` the results of all come on fresh pages, with `-1` on those of the iteration before.
//! * `formula/compile/<expression>`: from a checked formula to its first row as machine code, one at a time.
//! * `formula/first_rows/{update_view,lazy_update}`: from the call to the first 2,048 rows of a computed column of a table of 10 M
//!   rows. Freeing it is not counted.
//! * `formula/shared/{one_call,two_calls}`: two kept columns of 1 M rows that have a function of text in common, computed by one call,
//!   which evaluates it once, or by two.
//! * `formula/text/{codes,plain}`: a function of text and of a number, 1 M rows; the text has ten values and is kept as codes, or is
//!   different in each row.
//! * `formula/memo/{update_view,lazy_update}`: 1 M rows of a function of text read, ten distinct ones; the memo is warm.
//! * `filter/order/{cheap_first,dear_first}`: 4 M rows, a comparison that keeps one row in a hundred and a search in text, given in
//!   either order.
//!
//! The loops are what one would write in Rust for exactly that expression over exactly those types, compiled for AVX2, which
//! the processor has to have. In cache they write to one buffer, resident to blocks of their own. Before anything is measured, all
//! have to give the same values.

#![allow(missing_docs)]

#[path = "formula/by_hand.rs"]
mod by_hand;
#[path = "formula/data.rs"]
mod data;
#[path = "formula/expressions.rs"]
mod expressions;
#[path = "formula/kernels.rs"]
mod kernels;
#[path = "formula/tables.rs"]
mod tables;

use criterion::{criterion_group, criterion_main};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

criterion_group!(
    benches,
    expressions::cached,
    expressions::resident,
    expressions::compilation,
    tables::first_rows,
    tables::shared,
    tables::text,
    tables::memo,
    tables::order
);
criterion_main!(benches);
