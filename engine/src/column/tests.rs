use super::{Ids, Stored, View, batches};
use crate::rowset::RowSet;
use crate::types::{List, Type, Value};
use crate::vector::Vector;

fn texts(range: std::ops::Range<u64>) -> Vector<'static> {
    let text = |id: u64| (id % 7 != 3).then(|| format!("text number {id}, longer than what fits inline"));
    Vector::from_values(Type::String, range.map(|id| Value::from(text(id)))).unwrap()
}

fn column(rows: u64) -> Stored {
    let mut column = Stored::new(Type::String, 6);
    column.write(Ids::Range { start: 0, len: rows as usize }, &texts(0..rows), &RowSet::new());
    column.validate().unwrap();
    column
}

/// `count` texts of which `distinct` differ, from number `first` on; null here and there.
fn numbered(first: usize, count: usize, distinct: usize) -> Vector<'static> {
    let text = |at: usize| (at % 11 != 5).then(|| format!("text {}", first + at % distinct));
    Vector::from_values(Type::String, (0..count).map(|at| Value::from(text(at)))).unwrap()
}

fn read(column: &Stored, ids: &[u64], view: View) -> Vec<Value> {
    column.read(Ids::List(ids), view).iter().collect()
}

#[test]
fn reads_ranges_lists_and_ids_never_written() {
    let column = column(200);
    let all: Vec<Value> = texts(0..200).iter().collect();
    assert_eq!(column.read(Ids::Range { start: 0, len: 200 }, View::New).iter().collect::<Vec<_>>(), all);
    assert_eq!(read(&column, &[199, 3, 64], View::New), [all[199].clone(), Value::Null, all[64].clone()]);
    assert_eq!(read(&column, &[5000], View::New), [Value::Null]);
}

#[test]
fn the_old_view_stands_until_commit_however_often_a_row_is_written() {
    let mut column = column(200);
    column.set_logging(true);
    let old = RowSet::range(0..200);
    let before = read(&column, &[10, 70, 71, 150], View::Old);
    for round in 0..3 {
        let new = Vector::from(vec![format!("round {round}"), "other".to_owned()]);
        column.write(Ids::List(&[70, 10 + round]), &new, &old);
    }
    assert_eq!(read(&column, &[10, 70, 71, 150], View::Old), before);
    assert_eq!(read(&column, &[70], View::New), [Value::from("round 2")]);
    column.commit(&RowSet::new(), &old);
    assert_eq!(read(&column, &[70], View::Old), [Value::from("round 2")]);
    column.validate().unwrap();
}

/// Few rows of a block and many, one after the other and the other way round, single and as a new block; with and without a pin.
#[test]
fn old_values_stand_whether_kept_one_by_one_or_by_the_block() {
    let all = RowSet::range(0..200);
    let (few, many): (Vec<u64>, Vec<u64>) = (vec![3, 66, 130], (0..200).filter(|id| id % 3 > 0).collect());
    let before: Vec<Value> = texts(0..200).iter().collect();
    for pinned in [false, true] {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut column = column(200);
            column.set_logging(true);
            let pin = pinned.then(|| column.pin());
            for write in order {
                let new = |count: usize| Vector::from(vec![format!("written by {write}"); count]);
                match write {
                    0 => column.write(Ids::List(&few), &new(few.len()), &all),
                    1 => column.write(Ids::List(&many), &new(many.len()), &all),
                    _ => column.put(Ids::Range { start: 64, len: 64 }, new(64), &all),
                }
                column.validate().unwrap();
                assert_eq!(
                    column.read(Ids::Range { start: 0, len: 200 }, View::Old).iter().collect::<Vec<_>>(),
                    before
                );
                assert_eq!(read(&column, &[130, 3, 64], View::Old), [130, 3, 64].map(|id| before[id].clone()));
            }
            if let Some(pin) = pin {
                assert_eq!(pin.read(Ids::Range { start: 0, len: 200 }, View::New).iter().collect::<Vec<_>>(), before);
            }
            column.commit(&RowSet::new(), &all);
            assert_ne!(read(&column, &[66], View::Old), [before[66].clone()]);
        }
    }
}

#[test]
fn a_pin_never_changes_and_dead_blocks_are_given_back() {
    let mut column = column(200);
    let pin = column.pin();
    let before = read(&pin, &[0, 64, 130], View::New);
    column.write(Ids::Range { start: 64, len: 2 }, &Vector::nulls(Type::String, 2), &RowSet::new());
    let bytes = column.bytes();
    column.commit(&RowSet::range(0..64), &RowSet::range(64..200));
    assert!(column.bytes() < bytes);
    assert_eq!(read(&column, &[0, 64], View::New), [Value::Null, Value::Null]);
    assert_eq!(read(&pin, &[0, 64, 130], View::New), before);
    column.validate().unwrap();
}

#[test]
fn lists_are_counted_logged_and_keep_none_of_what_came_with_them() {
    let ty = Type::List(&Type::String);
    let text = |n: u64| format!("a text too long to be kept inline, number {n}");
    let list = |n: u64| (n % 5 != 4).then(|| List::from((0..n % 4).map(text).collect::<Vec<_>>()));
    let lists = |range: std::ops::Range<u64>| Vector::from_values(ty, range.map(|n| Value::from(list(n)))).unwrap();
    let mut column = Stored::new(ty, 6);
    column.set_logging(true);
    column.put(Ids::Range { start: 0, len: 64 }, lists(0..64), &RowSet::new());
    column.write(Ids::Range { start: 64, len: 66 }, &lists(64..130), &RowSet::new());
    column.commit(&RowSet::new(), &RowSet::range(0..130));
    column.validate().unwrap();
    let (pin, before) = (column.pin(), read(&column, &[3, 60, 66, 99], View::New));
    assert_eq!(before[3], Value::Null);
    assert_eq!(before[1], Value::from(List::from(Vec::<String>::new())));

    // Two lists of a vector of a thousand values, the rest of which is not kept.
    let all = std::sync::Arc::new(Vector::from((0..1000).map(text).collect::<Vec<_>>()));
    let two = [List::of(all.clone(), 7..9), List::of(all.clone(), 500..501)];
    let two = Vector::from_values(ty, two.map(Value::from)).unwrap();
    column.write(Ids::List(&[66, 3]), &two, &RowSet::range(0..130));
    drop(two);
    assert_eq!(std::sync::Arc::strong_count(&all), 1);
    column.validate().unwrap();
    assert_eq!(read(&column, &[3], View::New), [Value::from(List::from(vec![text(500)]))]);
    assert_eq!(read(&column, &[3, 60, 66, 99], View::Old), before);
    assert_eq!(read(&pin, &[3, 60, 66, 99], View::New), before);

    let bytes = column.bytes();
    column.write(Ids::Range { start: 0, len: 64 }, &Vector::nulls(ty, 64), &RowSet::range(0..130));
    assert!(column.bytes() < bytes);
    column.validate().unwrap();
}

#[test]
fn batches_cover_every_row_once_in_order() {
    let rows: RowSet = (0..10_000).filter(|id| id % 97 > 2 || id % 3 == 0).collect();
    let mut seen = Vec::new();
    batches(&rows, |ids| {
        assert!(ids.len() <= crate::vector::VECTOR_ROWS);
        seen.extend(ids.iter());
        Ok::<_, ()>(())
    })
    .unwrap();
    assert_eq!(seen, rows.to_vec());
}

/// Texts come until their codes need 32 bits, and until they are too many to be kept as codes; all the while rows are
/// written over, read as they were, and pinned.
#[test]
fn text_is_kept_as_codes_of_sixteen_bits_then_thirty_two_then_as_it_is() {
    const ROWS: usize = 1 << 20;
    let mut column = Stored::new(Type::String, 13);
    let ids = Ids::Range { start: 0, len: ROWS };
    let mut expected: Vec<Value> = numbered(0, ROWS, 50).iter().collect();
    column.write(ids, &numbered(0, ROWS, 50), &RowSet::new());
    column.validate().unwrap();
    assert!(column.bytes() < 3 * ROWS, "{} bytes", column.bytes());
    column.set_logging(true);
    let all = RowSet::range(0..ROWS as u64);
    let mut kinds = Vec::new();
    // Each round brings texts that were never there, to a few rows of each block, and to a whole block.
    for (round, distinct) in [1_000, 70_000, 70_000, 200_000, 1_000].into_iter().enumerate() {
        let pin = column.pin();
        let before = expected.clone();
        let rows: Vec<u64> = (0..ROWS as u64).filter(|id| id % 4 == round as u64 % 4 || id >> 13 == 3).collect();
        let texts = numbered(1_000_000 * (round + 1), rows.len(), distinct);
        column.write(Ids::List(&rows), &texts, &all);
        rows.iter().zip(texts.iter()).for_each(|(&id, text)| expected[id as usize] = text);
        column.validate().unwrap();
        let seen = |column: &Stored, view| column.read(ids, view).iter().collect::<Vec<_>>();
        assert!(seen(&column, View::New) == expected && seen(&column, View::Old) == before);
        assert!(seen(&pin, View::New) == before);
        for (view, expected) in [(View::New, &expected), (View::Old, &before)] {
            let some = Ids::List(&[7, 30_000, 3, 1_000_000]);
            if let Some(codes) = column.codes(some, view) {
                let texts: Vec<Value> = codes.texts_of(&[0, 1, 2, 3]).iter().collect();
                assert_eq!(texts, [7, 30_000, 3, 1_000_000].map(|id: usize| expected[id].clone()));
            }
        }
        kinds.push(column.codes(ids, View::New).is_some());
        column.commit(&RowSet::new(), &all);
    }
    assert_eq!(kinds, [true, true, true, false, false]);
}

/// What 0016 settles for: a block is kept for the last of its rows, and no longer.
#[test]
fn a_block_is_kept_until_its_last_row_goes() {
    const ROWS: u64 = 1 << 17;
    let mut column = Stored::new(Type::I64, 13);
    column.write(
        Ids::Range { start: 0, len: ROWS as usize },
        &Vector::from(vec![7_i64; ROWS as usize]),
        &RowSet::new(),
    );
    let full = column.bytes();
    assert_eq!(full as u64, 8 * ROWS);
    let few: RowSet = (0..ROWS).step_by(8192).collect();
    column.commit(&RowSet::range(0..ROWS).minus(&few), &few);
    assert_eq!(column.bytes(), full);
    column.commit(&RowSet::single(0), &few.minus(&RowSet::single(0)));
    assert_eq!(column.bytes(), full - 8 * 8192);
    column.validate().unwrap();
}
