//! What is done with all constituents at once, against what is done with each of them.

use super::PartitionedTable;
use crate::plan::Definition;
use crate::source::{Batch, KeyedRows, RowChange};
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{ColumnDef, ErrorKind, Result, Session, Table, agg, desc, on};

fn defs() -> [ColumnDef; 3] {
    [ColumnDef::new("K", Type::I64), ColumnDef::new("G", Type::I64), ColumnDef::new("V", Type::I64)]
}

/// Rows of a pattern: few keys, one of them null, fewer groups, values of no order.
fn batch(definition: &Definition, ids: &[u64], salt: u64) -> Batch {
    let mixed = |id: u64| (id + 1).wrapping_mul(salt | 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let key = |&id: &u64| match mixed(id) % 5 {
        4 => Value::Null,
        key => Value::I64(key as i64),
    };
    let keys = Vector::from_values(Type::I64, ids.iter().map(key)).unwrap();
    let groups: Vec<i64> = ids.iter().map(|&id| (mixed(id) / 5 % 3) as i64).collect();
    let values: Vec<i64> = ids.iter().map(|&id| (mixed(id) / 15 % 1000) as i64).collect();
    Batch::new(definition, vec![keys, Vector::from(groups), Vector::from(values)]).unwrap()
}

fn source(session: &Session) -> (Table, KeyedRows) {
    session.keyed_rows("t", defs()).unwrap()
}

/// Changes rows of all kinds in one cycle.
fn change(session: &Session, (table, rows): &(Table, KeyedRows), cycle: u64, salt: u64) {
    let definition = table.definition();
    let there: Vec<u64> = (0..60).filter(|id| id % 3 != 0).collect();
    let mut change = RowChange::new(definition);
    if cycle == 0 {
        change = change.add(there.clone(), batch(definition, &there, 7 + salt)).unwrap();
    } else {
        // One third, which is not there, comes back; one goes; one changes.
        let back: Vec<u64> = (0..60).filter(|id| id % 3 == (cycle - 1) % 3).collect();
        let gone: Vec<u64> = (0..60).filter(|id| id % 3 == cycle % 3).collect();
        let changed: Vec<u64> = (0..60).filter(|id| id % 3 == (cycle + 1) % 3).collect();
        let other = batch(definition, &changed, 11 * cycle + salt);
        let columns = ["K", "G", "V"].into_iter().zip(other.columns().to_vec());
        change = change.remove(gone).add(back.clone(), batch(definition, &back, 13 * cycle + salt)).unwrap();
        change = change.modify(changed, columns).unwrap();
    }
    rows.apply(change).unwrap();
    session.step().unwrap();
    session.validate().unwrap();
}

fn cells(table: &Table) -> Vec<String> {
    let snapshot = table.snapshot().unwrap();
    let rows = snapshot.rows(0..1 << 20).unwrap();
    let row = |at| rows.columns().iter().map(|column| column.value(at).to_string()).collect::<Vec<_>>().join(" ");
    (0..rows.len()).map(row).collect()
}

/// The results for each constituent, made by itself, one after the other.
fn one_by_one(parts: &PartitionedTable, make: impl Fn(&Table) -> Result<Table>) -> Vec<String> {
    let constituents = parts.constituents().unwrap();
    constituents.iter().flat_map(|(_, part)| cells(&make(part).unwrap())).collect()
}

type Make = fn(&Table) -> Result<Table>;

const TRANSFORMS: [(&str, Make); 20] = [
    ("as it is", |part| Ok(part.clone())),
    ("rows", |part| part.filter("V % 3 != 0")?.update("W = V * 2")?.view(["W", "G"])?.rename_columns("X = W")),
    ("order", |part| part.sort((desc("V"), "G"))?.head(3)),
    ("the other way", |part| part.reverse()?.tail(2)?.move_columns(1, "V")),
    ("slice", |part| part.slice(1, 3)),
    ("slice from the end", |part| part.sort("V")?.slice(-4, -1)),
    ("slice from both ends", |part| part.slice(2, -2)),
    ("shares of the ends", |part| part.head_pct(0.5)?.tail_pct(0.3)),
    ("shares", |part| part.slice_pct(0.25, 0.75)),
    ("aggregates", |part| part.agg([agg::sum("S = V"), agg::count("N"), agg::first("K")])),
    ("groups", |part| part.sort("V")?.group_by("G")?.update_view("M = sum(V)")?.ungroup("V")?.drop_columns("K")),
    ("parts of groups", |part| part.head_by(1, "G")?.select_distinct(["G", "K"])),
    ("itself", |part| part.natural_join(&part.agg_by(agg::max("T = V"), "G")?, on("G").add("T"))),
    ("pairs", |part| part.join(&part.head(3)?, on("G").add("W = V"))),
    ("all", |part| part.filter("V % 2 = 0")?.full_outer_join(&part.view(["G", "W = V"])?, "G")),
    ("nearest", |part| part.aj(&part.filter("V % 3 = 0")?, on(["G", "V > V"]).add("W = V"))),
    ("ranges", |part| part.update_view("H = V + 50")?.range_join(part, "V <= V <= H", agg::count("N"))),
    ("others", |part| part.filter_not_in(&part.head(2)?, "V")),
    ("many", |part| {
        let (first, last) = (part.first_by("G")?, part.filter("V % 2 = 0")?.last_by("G")?);
        Table::multi_join([(&first, on("G").add("A = V")), (&last, on("G").add("B = V"))])
    }),
    ("together", |part| part.filter("V > 500")?.merge([part, &part.head(0)?])),
];

#[test]
fn what_is_done_at_once_is_what_is_done_one_by_one() {
    for (name, make) in TRANSFORMS {
        let session = Session::builder().check_deltas(true).block_rows(64).unwrap().build();
        let source = source(&session);
        let parts = source.0.partition_by("K").unwrap();
        let merged = parts.transform(make).unwrap().merge().unwrap();
        for cycle in 0..5 {
            change(&session, &source, cycle, 0);
            // Groups of a table made now stand in the order of its rows, those of one that lived on where they first were.
            let (mut now, mut expected) = (cells(&merged), one_by_one(&parts, make));
            if ["groups", "parts of groups", "many"].contains(&name) {
                now.sort_unstable();
                expected.sort_unstable();
            }
            assert_eq!(now, expected, "{name}, cycle {cycle}");
        }
    }
}

#[test]
fn constituents_are_joined_to_whole_tables() {
    type Join<'w> = dyn Fn(&Table) -> Result<Table> + 'w;
    let session = Session::builder().check_deltas(true).build();
    let (ours, theirs) = (source(&session), source(&session));
    change(&session, &theirs, 0, 5);
    change(&session, &ours, 0, 0);
    let (parts, whole) = (ours.0.partition_by("K").unwrap(), &theirs.0);
    let joins: [Box<Join<'_>>; 4] = [
        Box::new(|part| part.left_outer_join(whole, on("G").add("W = V"))),
        Box::new(|part| part.raj(whole, on("V").add("W = V"))),
        Box::new(|part| part.range_join(whole, ["G", "K <= V <= V"], agg::sum("S = V"))),
        Box::new(|part| part.filter_in(whole, "G")),
    ];
    let merged = joins.each_ref().map(|join| parts.transform(join).unwrap().merge().unwrap());
    for cycle in 1..5 {
        change(&session, &ours, cycle, 0);
        change(&session, &theirs, cycle, 5);
        for (at, (join, merged)) in joins.iter().zip(&merged).enumerate() {
            assert_eq!(cells(merged), one_by_one(&parts, join), "join {at}, cycle {cycle}");
        }
    }
}

#[test]
fn constituents_of_two_tables_meet_by_key() {
    let session = Session::builder().check_deltas(true).build();
    let (ours, theirs) = (source(&session), source(&session));
    let (table, other) = (&ours.0, &theirs.0);
    change(&session, &theirs, 0, 5);
    change(&session, &ours, 0, 0);
    // Of the second, the constituents stand in another order, and one is missing.
    let (left, right) = (table.partition_by("K").unwrap(), other.filter("K != 1").unwrap().sort("V").unwrap());
    let right = right.partition_by("K").unwrap();
    let totals = right.transform(|part| part.agg(agg::sum("Total = V"))).unwrap();
    let joined = left.partitioned_transform(&totals, |left, right| left.natural_join(right, on([""; 0]))).unwrap();
    let by_proxy = left.proxy().natural_join(&totals.proxy(), on([""; 0])).unwrap().merge().unwrap();
    let merged = joined.merge().unwrap();
    let whole = table.natural_join(&other.sum_by("K").unwrap(), on("K").add("Total = V")).unwrap();
    let whole = whole.filter("K != 1").unwrap().partition_by("K").unwrap().merge().unwrap();
    for cycle in 1..5 {
        change(&session, &ours, cycle, 0);
        change(&session, &theirs, cycle, 5);
        let sorted = |table: &Table| {
            let mut rows = cells(table);
            rows.sort_unstable();
            rows
        };
        assert_eq!(sorted(&merged), sorted(&whole), "cycle {cycle}");
        assert_eq!(cells(&merged), cells(&by_proxy), "cycle {cycle}");
    }
}

#[test]
fn keys_tell_which_constituents_there_are_and_in_which_order() {
    let session = Session::builder().check_deltas(true).build();
    let (table, feed) = session.append_table("t", defs()).unwrap();
    let parts = table.partition_by(["K", "G", "K"]).unwrap();
    assert_eq!(parts.key_columns().iter().map(|name| &**name).collect::<Vec<_>>(), ["K", "G"]);
    assert_eq!(parts.definition().columns(), table.definition().columns());
    let send = |rows: &[(i64, i64, i64)]| {
        let column = |at: fn(&(i64, i64, i64)) -> i64| Vector::from(rows.iter().map(at).collect::<Vec<_>>());
        let columns = vec![column(|row| row.0), column(|row| row.1), column(|row| row.2)];
        feed.send(Batch::new(table.definition(), columns).unwrap()).unwrap();
        session.step().unwrap();
        session.validate().unwrap();
    };
    send(&[(2, 0, 1), (1, 0, 2), (2, 0, 3)]);
    let (few, turned) = (parts.filter("K >= 2").unwrap(), parts.sort(desc("K")).unwrap());
    let (keys, order) = (few.keys().unwrap(), turned.keys().unwrap());
    let (merged, last) = (few.merge().unwrap(), turned.proxy().tail(1).unwrap().merge().unwrap());
    let one = parts.get_constituent([1_i64, 0]).unwrap().unwrap();
    assert!(parts.get_constituent([3_i64, 0]).unwrap().is_none());
    send(&[(3, 1, 4), (1, 0, 5), (2, 0, 6)]);
    assert_eq!(
        (cells(&keys), cells(&order)),
        (vec!["2 0".into(), "3 1".into()], vec!["3 1".into(), "2 0".into(), "1 0".into()])
    );
    assert_eq!(cells(&merged), ["2 0 1", "2 0 3", "2 0 6", "3 1 4"]);
    assert_eq!(cells(&last), ["3 1 4", "2 0 6", "1 0 5"]);
    assert_eq!(cells(&one), ["1 0 2", "1 0 5"]);
    insta::assert_snapshot!("explained", last.explain());
}

#[test]
fn constituents_are_chosen_by_what_is_aggregated_of_them() {
    let session = Session::builder().check_deltas(true).build();
    let source = source(&session);
    let table = &source.0;
    let parts = table.partitioned_agg_by([agg::sum("S = V"), agg::count("N")], "K").unwrap();
    let chosen = parts.filter("S > 5000").unwrap().sort(desc("S")).unwrap();
    let (keys, merged) = (chosen.keys().unwrap(), chosen.merge().unwrap());
    let by_hand = table.agg_by([agg::sum("S = V"), agg::count("N")], "K").unwrap().filter("S > 5000").unwrap();
    let by_hand = by_hand.sort(desc("S")).unwrap();
    for cycle in 0..5 {
        change(&session, &source, cycle, 3);
        assert_eq!(cells(&keys), cells(&by_hand), "cycle {cycle}");
        let rows: i64 = by_hand.snapshot().unwrap().column("N").unwrap().native::<i64>().unwrap().iter().sum();
        assert_eq!(merged.snapshot().unwrap().len(), rows as u64, "cycle {cycle}");
    }
}

#[test]
fn what_is_refused_is_said() {
    let session = Session::new();
    let (table, _rows) = source(&session);
    let (passing, _feed) = session.blink_table("p", defs()).unwrap();
    let parts = table.partition_by("K").unwrap();
    let of = |make: fn(&Table) -> Result<Table>| parts.transform(make).unwrap_err();
    let errors = [
        passing.partition_by("K").unwrap_err(),
        table.partition_by([""; 0]).unwrap_err(),
        of(|part| part.agg_by(agg::count("N"), crate::by("G").preserve_empty())),
        table.partitioned_agg_by(agg::sum("S = W"), "K").unwrap_err(),
        table.partitioned_agg_by(agg::sum("V"), "K").unwrap().filter("G > 1").unwrap_err(),
        of(|part| part.update_view("P = V_[i-1]")),
        of(|part| part.slice(3, 1)),
        of(|part| part.filter("W > 1")),
        of(|part| part.rename_columns("__partition__ = V")),
        of(|part| part.partition_by("G")?.merge()),
        parts.transform(|_| Ok(table.clone())).unwrap_err(),
        parts.transform(|part| part.merge([&table])).unwrap_err(),
        parts.transform(|part| table.natural_join(part, on("V").add("X = G"))).unwrap_err(),
        parts.transform(|part| part.full_outer_join(&table, on("V").add("X = G"))).unwrap_err(),
        parts.transform(|part| Table::multi_join([(part, on("V")), (&table, on("V").add("X = G"))])).unwrap_err(),
        parts.get_constituent([1_i64, 2]).unwrap_err(),
        parts.get_constituent(["one"]).unwrap_err(),
        parts.partitioned_transform(&table.partition_by(["K", "G"]).unwrap(), |left, _| Ok(left.clone())).unwrap_err(),
    ];
    assert_eq!(errors[2].kind(), ErrorKind::Unsupported);
    insta::assert_snapshot!("refused", errors.map(|error| error.to_string()).join("\n\n"));
}
