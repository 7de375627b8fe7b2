//! Changes to a row set, each held against a `BTreeSet`, with an older version held that must not move.

#![no_main]

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use headwater_engine::RowSet;
use libfuzzer_sys::fuzz_target;

const LIMIT: u64 = 1 << 63;

/// An id where encodings have their edges: among the first blocks, about a border of blocks, at the end of the space, far apart.
#[derive(Arbitrary, Debug, Clone, Copy)]
enum Id {
    Low(u16),
    Edge(u8, i8),
    High(u16),
    Far(u32),
}

impl Id {
    fn get(self) -> u64 {
        match self {
            Id::Low(id) => u64::from(id) * 3,
            Id::Edge(block, by) => (u64::from(block % 8) + 1) * 65_536 + 128 - (i64::from(by) + 128) as u64,
            Id::High(below) => LIMIT - 1 - u64::from(below),
            Id::Far(id) => u64::from(id) << 30,
        }
    }
}

/// `count` runs of `len` ids, `gap` apart.
#[derive(Arbitrary, Debug, Clone, Copy)]
struct Comb {
    start: Id,
    count: u16,
    len: u8,
    gap: u8,
}

impl Comb {
    fn ids(self) -> impl Iterator<Item = u64> {
        let (start, len) = (self.start.get(), u64::from(self.len % 40) + 1);
        let step = len + u64::from(self.gap);
        (0..u64::from(self.count % 6_000))
            .flat_map(move |i| (0..len).map(move |at| start.saturating_add(i * step + at)))
            .filter(|&id| id < LIMIT)
    }

    fn set(self) -> RowSet {
        self.ids().collect()
    }
}

#[derive(Arbitrary, Debug)]
enum Change {
    Insert(Id),
    Remove(Id),
    InsertRange(Id, u32),
    RemoveRange(Id, u32),
    Union(Comb),
    Minus(Comb),
    Intersect(Comb),
    Xor(Comb),
    Append { gap: u8, len: u8, times: u16 },
    Slice(Id, Id),
    ThroughBytes,
    Hold,
}

fn range(start: Id, len: u32) -> std::ops::Range<u64> {
    let start = start.get();
    start..(start + u64::from(len % 200_000)).min(LIMIT)
}

fn apply(change: &Change, rows: &mut RowSet, model: &mut BTreeSet<u64>) {
    match *change {
        Change::Insert(id) => {
            rows.insert(id.get());
            model.insert(id.get());
        }
        Change::Remove(id) => assert_eq!(rows.remove(id.get()), model.remove(&id.get())),
        Change::InsertRange(start, len) => {
            rows.insert_range(range(start, len));
            model.extend(range(start, len));
        }
        Change::RemoveRange(start, len) => {
            rows.remove_all(&RowSet::range(range(start, len)));
            model.retain(|id| !range(start, len).contains(id));
        }
        Change::Union(comb) => {
            rows.insert_all(&comb.set());
            model.extend(comb.ids());
        }
        Change::Minus(comb) => {
            rows.remove_all(&comb.set());
            for id in comb.ids() {
                model.remove(&id);
            }
        }
        Change::Intersect(comb) => {
            let other: BTreeSet<u64> = comb.ids().collect();
            *rows = rows.intersect(&comb.set());
            model.retain(|id| other.contains(id));
        }
        Change::Xor(comb) => {
            *rows = rows.xor(&comb.set());
            *model = &*model ^ &comb.ids().collect();
        }
        Change::Append { gap, len, times } => {
            for _ in 0..times % 3_000 {
                let start = model.last().map_or(0, |last| last + 1) + u64::from(gap);
                let end = start + u64::from(len % 40);
                if end > LIMIT {
                    return;
                }
                rows.append(start..end);
                model.extend(start..end);
            }
        }
        Change::Slice(from, to) => {
            let (from, to) = (from.get().min(to.get()), from.get().max(to.get()));
            *rows = rows.slice_ids(from..to);
            model.retain(|id| (from..to).contains(id));
        }
        Change::ThroughBytes => *rows = RowSet::from_bytes(&rows.to_bytes()).expect("what to_bytes wrote"),
        Change::Hold => {}
    }
}

fn check(rows: &RowSet, model: &BTreeSet<u64>) {
    rows.validate().expect("a valid set");
    assert_eq!(rows.len(), model.len() as u64);
    assert!(rows.iter().eq(model.iter().copied()));
    assert!(rows.iter().rev().eq(model.iter().rev().copied()));
}

fuzz_target!(|changes: Vec<Change>| {
    let (mut rows, mut model) = (RowSet::new(), BTreeSet::new());
    let mut held = (rows.clone(), model.clone());
    for change in changes.iter().take(12) {
        apply(change, &mut rows, &mut model);
        check(&rows, &model);
        if matches!(change, Change::Hold) {
            held = (rows.clone(), model.clone());
        }
    }
    check(&held.0, &held.1);
    for (position, &id) in model.iter().enumerate().step_by(97) {
        assert_eq!(rows.rank(id), Ok(position as u64));
        assert_eq!(rows.select(position as u64), Some(id));
    }
    let part = rows.intersect(&held.0);
    assert_eq!(rows.select_all(&rows.invert(&part)), part);
    assert!(rows.split(7).iter().flat_map(RowSet::iter).eq(model));
});
