//! Many rows at once, put in by lanes, and by shares where they have many groups.

use super::cells;
use crate::source::Batch;
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{ColumnDef, Session, Table, agg};

const ROWS: i64 = 6000;

/// Rows of few keys that come again in all lanes, of some that are only in one, of nulls and of the empty text.
fn table(session: &Session) -> Table {
    let mix = |n: i64| (n.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) & 0xffff;
    let cells = |cell: &dyn Fn(i64) -> Value, ty| Vector::from_values(ty, (0..ROWS).map(cell)).unwrap();
    let some = |n: i64, value: Value| if mix(n) % 11 == 0 { Value::Null } else { value };
    let key = |n: i64| if mix(n) % 13 == 0 { String::new() } else { format!("key {}", mix(n) % 9 + n / 4000) };
    let columns = [
        ("K", cells(&|n| some(n, Value::from(key(n))), Type::String)),
        ("L", cells(&|n| some(n + 1, Value::I32((mix(n) % 3) as i32)), Type::I32)),
        ("V", cells(&|n| some(n + 2, Value::I64(mix(n + 3) - 30_000)), Type::I64)),
        ("X", cells(&|n| some(n + 4, Value::F64((mix(n + 5) - 30_000) as f64 / 4.0)), Type::F64)),
        ("Y", cells(&|n| Value::F64(mix(n + 6) as f64 / 7.0), Type::F64)),
        ("Z", cells(&|n| Value::F64(if n % 501 == 7 { f64::NAN } else { n as f64 }), Type::F64)),
        ("T", cells(&|n| some(n + 8, Value::from(format!("text {}", mix(n + 7) % 50))), Type::String)),
        ("M", cells(&|n| some(n + 9, Value::I64((mix(n + 8) % 3000) << 40)), Type::I64)),
        ("D", cells(&|n| some(n + 9, Value::F64((mix(n + 8) % 3000) as f64)), Type::F64)),
        ("G", cells(&|n| some(n + 9, Value::from(format!("many {}", mix(n + 8) % 3000))), Type::String)),
        ("B", cells(&|n| Value::Bool(n % 5 == 0), Type::Bool)),
    ];
    session.static_table("rows", columns).unwrap()
}

fn results(threads: usize, grain: u64) -> Vec<Vec<Vec<Value>>> {
    let session = Session::builder().threads(threads).grain_rows(grain).unwrap().build();
    let rows = table(&session);
    let results = [&[][..], &["K"], &["L"], &["K", "L"], &["M"], &["D"], &["G"], &["K", "M"], &["D", "G"]].map(|by| {
        let aggregates = [
            agg::sum("S = V"),
            agg::avg("A = V"),
            agg::abs_sum("U = V"),
            agg::var("W = V"),
            agg::min("LeastV = V"),
            agg::max("MostT = T"),
            agg::max("MostZ = Z"),
            agg::min("LeastX = X"),
            agg::sum("SX = X"),
            agg::sum("SZ = Z"),
            agg::std("DX = X"),
            agg::weighted_avg("WX = V", "X"),
            agg::weighted_sum("WV = V", "L"),
            agg::median("MX = X"),
            agg::count_distinct("CT = T"),
            agg::first("F = T"),
            agg::last("E = T"),
            agg::count("N"),
            agg::count_where("C", "B && V > 0"),
            agg::sum("SY = Y"),
        ];
        cells(&if by.is_empty() { rows.agg(aggregates) } else { rows.agg_by(aggregates, by.to_vec()) }.unwrap())
    });
    session.validate().unwrap();
    results.to_vec()
}

#[test]
fn pieces_give_what_rows_give_one_after_the_other() {
    let lanes = results(1, 64);
    let mut alone = results(1, 1 << 14);
    assert_eq!(alone.len(), lanes.len());
    for (lanes, alone) in lanes.iter().zip(&mut alone) {
        for (in_lanes, alone) in lanes.iter().zip(alone) {
            // What is no sum of quarters differs in its last digits.
            let close = |a: &Value, b: &Value| match (a, b) {
                (Value::F64(a), Value::F64(b)) => (a - b).abs() <= b.abs() * 1e-14,
                _ => false,
            };
            let differ: Vec<_> = in_lanes.iter().zip(&*alone).filter(|(a, b)| !a.same(b) && !close(a, b)).collect();
            assert!(differ.is_empty(), "{differ:?}");
        }
    }
}

#[test]
fn pieces_do_not_depend_on_the_number_of_threads() {
    let bits = |threads| format!("{:?}", results(threads, 64));
    let alone = bits(1);
    assert_eq!(bits(2), alone);
    assert_eq!(bits(8), alone);
}

#[test]
fn keys_that_came_by_shares_are_found_again() {
    let session = Session::builder().grain_rows(64).unwrap().check_deltas(true).build();
    let types = [("K", Type::I64), ("G", Type::String), ("V", Type::I64)];
    let (table, feed) = session.append_table("t", types.map(|(name, ty)| ColumnDef::new(name, ty))).unwrap();
    let send = |from: i64, to: i64| {
        let key = |n: &i64| if n % 501 == 7 { Value::Null } else { Value::I64((n * 7919 % 4001) << 33) };
        let text = |key: Value| if key.is_null() { key } else { Value::from(format!("{key}")) };
        let keys: Vec<Value> = (from..to).map(|n| key(&n)).collect();
        let columns = vec![
            Vector::from_values(Type::I64, keys.iter().cloned()).unwrap(),
            Vector::from_values(Type::String, keys.into_iter().map(text)).unwrap(),
            Vector::from((from..to).collect::<Vec<i64>>()),
        ];
        feed.send(Batch::new(table.definition(), columns).unwrap()).unwrap();
        session.step().unwrap();
    };
    send(0, 3000);
    let by = |key| table.agg_by([agg::sum("V"), agg::count("N"), agg::max("M = V")], key).unwrap();
    // These get all rows at once, and then more; those get everything again.
    let (numbers, texts) = (by("K"), by("G"));
    send(3000, 6000);
    session.validate().unwrap();
    assert_eq!(cells(&numbers), cells(&by("K")));
    assert_eq!(cells(&texts), cells(&by("G")));
    let told = |table: &Table| cells(table).into_iter().map(|row| row[1..].to_vec()).collect::<Vec<_>>();
    assert_eq!(told(&numbers), told(&texts));
    assert_eq!(cells(&numbers).len(), 3998);
}
