//! Rollups over rows that come, go and change.

use super::model::{Plain, Said, said, visible};
use super::{Changing, Random, lines};
use crate::order::compare;
use crate::types::{Type, Value};
use crate::{Rollup, agg, desc};

const COLUMNS: [(&str, Type); 5] =
    [("A", Type::String), ("B", Type::F64), ("C", Type::I32), ("V", Type::I64), ("F", Type::F32)];

fn cells(random: &mut Random, _id: u64) -> Vec<Value> {
    let one = |random: &mut Random, values: &[Value]| values[random.below(values.len() as u64) as usize].clone();
    let text = [Value::from("x"), Value::from("a name that is kept elsewhere"), Value::Null, Value::from("")];
    let float = [0.0, -0.0, f64::NAN, 1.5, -1.5].map(Value::from);
    let value = match random.below(5) {
        0 => Value::Null,
        _ => Value::I64(random.below(40) as i64 - 20),
    };
    let narrow = match random.below(5) {
        0 => Value::Null,
        _ => Value::F32(random.below(40) as f32 - 20.0),
    };
    vec![one(random, &text), one(random, &float), Value::I32(random.below(3) as i32), value, narrow]
}

fn made(changing: &Changing, by: &[&str], constituents: bool) -> Rollup {
    let aggregates = [
        agg::sum("S = V"),
        agg::count("N"),
        agg::avg("M = V"),
        agg::min("Low = V"),
        agg::max("High = V"),
        agg::sum("W = F"),
        agg::median("Mid = V"),
        agg::last("L = V"),
    ];
    match constituents {
        true => changing.table.rollup_with_constituents(aggregates, by.to_vec()).unwrap(),
        false => changing.table.rollup(aggregates, by.to_vec()).unwrap(),
    }
}

/// The aggregations of some rows.
fn aggregates(rows: &[&Vec<Value>]) -> Vec<Value> {
    let mut values: Vec<i64> =
        rows.iter().filter_map(|row| if let Value::I64(v) = row[3] { Some(v) } else { None }).collect();
    let floats: Vec<f32> =
        rows.iter().filter_map(|row| if let Value::F32(v) = row[4] { Some(v) } else { None }).collect();
    values.sort_unstable();
    let sum: i64 = values.iter().sum();
    let half = values.len() / 2;
    let median = || match values.len() % 2 {
        0 => (values[half - 1] as f64 + values[half] as f64) / 2.0,
        _ => values[half] as f64,
    };
    let some = |value: Value| if values.is_empty() { Value::Null } else { value };
    vec![
        some(sum.into()),
        (rows.len() as i64).into(),
        some((sum as f64 / values.len() as f64).into()),
        values.first().copied().into(),
        values.last().copied().into(),
        if floats.is_empty() { Value::Null } else { floats.iter().sum::<f32>().into() },
        if values.is_empty() { Value::Null } else { median().into() },
        rows.last().map_or(Value::Null, |row| row[3].clone()),
    ]
}

/// How a test has its rows ordered below a node.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    ByKey,
    /// By sums, the greatest first, then by the first key column; constituents by `V`.
    BySum,
}

struct Plainly<'r> {
    by: usize,
    constituents: bool,
    order: Order,
    all: &'r [Vec<Value>],
}

impl Plainly<'_> {
    fn nodes(&self, key: &[Value], rows: &[&Vec<Value>]) -> Vec<Plain> {
        let level = key.len();
        if level == self.by {
            let mut rows = rows.to_vec();
            if self.order == Order::BySum {
                rows.sort_by(|a, b| compare(&b[3], &a[3]));
            }
            let rows = rows.into_iter().filter(|_| self.constituents);
            return rows
                .map(|row| Plain { key: None, line: self.line(key, None, Some(row)), below: Vec::new() })
                .collect();
        }
        let mut keys: Vec<Value> = Vec::new();
        for row in rows {
            if !keys.iter().any(|key| key.same(&row[level])) {
                keys.push(row[level].clone());
            }
        }
        keys.sort_by(compare);
        let mut nodes: Vec<(Value, Plain)> = keys
            .into_iter()
            .map(|value| {
                let own: Vec<&Vec<Value>> = rows.iter().filter(|row| row[level].same(&value)).copied().collect();
                let key: Vec<Value> = key.iter().cloned().chain([value]).collect();
                (aggregates(&own)[0].clone(), self.node(key, &own))
            })
            .collect();
        if self.order == Order::BySum {
            nodes.sort_by(|a, b| compare(&b.0, &a.0));
        }
        nodes.into_iter().map(|(_, node)| node).collect()
    }

    fn node(&self, key: Vec<Value>, rows: &[&Vec<Value>]) -> Plain {
        let line = self.line(&key, Some(aggregates(rows)), None);
        let below = self.nodes(&key, rows);
        Plain { key: Some(key), line, below }
    }

    fn line(&self, key: &[Value], aggregates: Option<Vec<Value>>, row: Option<&Vec<Value>>) -> String {
        // Of equal keys, here the two zeros, a group shows the one that came first: tests tell no difference.
        let text = |value: &Value| value.to_string().replace("-0.0", "0.0");
        let keys = (0..self.by).map(|at| key.get(at).map_or_else(|| "null".to_owned(), text));
        let aggregates = aggregates.unwrap_or_else(|| vec![Value::Null; 8]);
        let mut line = keys.chain(aggregates.iter().map(text)).collect::<Vec<_>>().join(" ");
        if self.constituents {
            let nulls = vec![Value::Null; COLUMNS.len()];
            let own: Vec<String> = row.unwrap_or(&nulls).iter().map(text).collect();
            line.push_str(&format!(" | {}", own.join(" ")));
        }
        line
    }

    fn root(&self) -> Vec<Plain> {
        let rows: Vec<&Vec<Value>> = self.all.iter().collect();
        if rows.is_empty() { Vec::new() } else { vec![self.node(Vec::new(), &rows)] }
    }
}

/// The keys of all nodes.
fn keys(nodes: &[Plain], out: &mut Vec<Vec<Value>>) {
    for node in nodes {
        out.extend(node.key.clone());
        keys(&node.below, out);
    }
}

fn play(by: &[&str], constituents: bool, order: Order, seed: u64) {
    let mut changing = Changing::new(&COLUMNS, seed, cells);
    let early = made(&changing, by, constituents);
    let sorted = |rollup: Rollup| match order {
        Order::ByKey => rollup,
        Order::BySum if constituents => rollup.sort((desc("S"), desc("V"))).unwrap(),
        Order::BySum => rollup.sort(desc("S")).unwrap(),
    };
    let early = sorted(early);
    for cycle in 0..12 {
        // Now and then nothing is left.
        changing.step(if cycle == 7 { 0 } else { 60 });
        let late = sorted(made(&changing, by, constituents));
        let all = changing.cells();
        let plainly = Plainly { by: by.len(), constituents, order, all: &all };
        let nodes = plainly.root();
        let mut names = Vec::new();
        keys(&nodes, &mut names);
        names.extend((!by.is_empty()).then(|| vec![Value::from("nowhere")]));
        names.truncate(40);
        for _ in 0..6 {
            let (expanded, mut told, of_all) = said(&mut changing.random, &names);
            if !told.iter().any(|(key, _)| key.is_empty()) && !of_all {
                told.push((Vec::new(), Said::Expand));
            }
            let mut expected = Vec::new();
            visible(&nodes, &told, of_all, 0, &mut expected);
            let start = changing.random.below(expected.len() as u64 + 2);
            let end = start + changing.random.below(30);
            for rollup in [&early, &late] {
                let outline = rollup.snapshot(&expanded, start..end).unwrap();
                assert_eq!(outline.total(), expected.len() as u64, "{told:?}");
                let window = start.min(outline.total()) as usize..end.min(outline.total()) as usize;
                let shown: Vec<String> = lines(&outline).iter().map(|line| line.replace("-0.0", "0.0")).collect();
                assert_eq!(shown, expected[window], "cycle {cycle}, {start}..{end} of {told:?}");
            }
        }
    }
}

#[test]
fn by_keys() {
    play(&["A", "B", "C"], false, Order::ByKey, 1);
    play(&["A"], false, Order::ByKey, 2);
}

#[test]
fn with_constituents() {
    play(&["A", "B"], true, Order::ByKey, 3);
}

#[test]
fn without_keys_there_is_the_root() {
    play(&[], false, Order::ByKey, 4);
    play(&[], true, Order::ByKey, 5);
}

#[test]
fn in_another_order() {
    play(&["A", "B", "C"], false, Order::BySum, 6);
    play(&["A", "B"], true, Order::BySum, 7);
}

#[test]
fn filtered_by_keys() {
    let mut changing = Changing::new(&COLUMNS, 8, cells);
    let rollup = made(&changing, &["A", "C"], false).filter("C > 0").unwrap();
    for _ in 0..4 {
        changing.step(60);
        let kept: Vec<Vec<Value>> = changing.cells();
        let mut kept: Vec<Vec<Value>> = kept.into_iter().filter(|row| row[2] != Value::I32(0)).collect();
        // The rows as a rollup by two other columns has them.
        kept.iter_mut().for_each(|row| row.swap(1, 2));
        let plainly = Plainly { by: 2, constituents: false, order: Order::ByKey, all: &kept };
        let mut expected = Vec::new();
        visible(&plainly.root(), &[], true, 0, &mut expected);
        let outline = rollup.snapshot(&crate::Expanded::all(), 0..1000).unwrap();
        assert_eq!(lines(&outline), expected);
    }
}

#[test]
fn rows_that_pass_are_kept_in_the_levels() {
    let session = crate::Session::new();
    let (table, feed) = session.blink_table("t", [crate::ColumnDef::new("K", Type::I64)]).unwrap();
    let rollup = table.rollup(agg::count("N"), "K").unwrap();
    for keys in [vec![1_i64, 2, 1], vec![2, 3]] {
        feed.send(crate::source::Batch::new(table.definition(), vec![keys.into()]).unwrap()).unwrap();
        session.step().unwrap();
    }
    let outline = rollup.snapshot(&crate::Expanded::new(), 0..10).unwrap();
    assert_eq!(lines(&outline), ["- null 5", "    1 2", "    2 2", "    3 1"]);
    assert_eq!(outline.key(2), Some(&[Value::I64(2)][..]));
}
