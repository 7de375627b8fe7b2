//! What must hold between the operations, whatever the sets.

use proptest::prelude::*;

use super::super::{RowSet, RowSetBuilder};
use super::assert_same;
use super::shapes::{ids, range, to_set};
use crate::vector::Bits;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn algebra(a in ids(), b in ids()) {
        let (x, y) = (to_set(&a), to_set(&b));
        assert_same(&x.union(&y), &(&a | &b));
        assert_same(&x.intersect(&y), &(&a & &b));
        assert_same(&x.minus(&y), &(&a - &b));
        assert_same(&x.xor(&y), &(&a ^ &b));
        prop_assert_eq!(x.minus(&y).union(&x.intersect(&y)), x.clone());
        prop_assert_eq!(x.xor(&y).xor(&y), x.clone());
        prop_assert_eq!(x.intersects(&y), !a.is_disjoint(&b));
        prop_assert_eq!(x.contains_all(&y), a.is_superset(&b));
        prop_assert!(x.union(&y).contains_all(&y));
        prop_assert!(x.contains_all(&x.intersect(&y)));
        prop_assert_eq!(x == y, a == b);
    }

    #[test]
    fn making(a in ids(), seed in any::<u64>(), chunk in 1..5000_u64) {
        let expect = to_set(&a);
        // Any order, with repetitions.
        let mut shuffled: Vec<u64> = a.iter().copied().chain(a.iter().copied().step_by(3)).collect();
        shuffled.sort_by_key(|id| (id ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        assert_same(&RowSet::from_unsorted(shuffled), &a);
        // Bits for half of the stretches, ids for the others; stretches on and off the words.
        for width in [64, chunk] {
            let mut builder = RowSetBuilder::new();
            let mut done = 0;
            while let Some(&next) = a.range(done..).next() {
                let start = next - next % width;
                let end = start + width * 3;
                if (start / width) % 2 == seed % 2 {
                    builder.push_bits(start.max(done), &Bits::from_fn((end - start.max(done)) as usize, |i| {
                        a.contains(&(start.max(done) + i as u64))
                    }));
                } else {
                    a.range(start.max(done)..end).for_each(|&id| builder.push(id));
                }
                done = end;
            }
            let built = builder.finish();
            built.validate().unwrap();
            prop_assert_eq!(&built, &expect);
        }
    }

    #[test]
    fn positions(a in ids(), b in ids(), seed in any::<u64>()) {
        let rows = to_set(&a);
        let part = rows.intersect(&to_set(&b));
        let positions = rows.invert(&part);
        positions.validate().unwrap();
        let ranks: Vec<u64> = part.iter().map(|id| rows.rank(id).unwrap()).collect();
        prop_assert_eq!(positions.to_vec(), ranks);
        prop_assert_eq!(rows.select_all(&positions), part);
        for (position, &id) in a.iter().enumerate().skip(seed as usize % 7).step_by(97) {
            prop_assert_eq!(rows.rank(id), Ok(position as u64));
            prop_assert_eq!(rows.select(position as u64), Some(id));
        }
        prop_assert_eq!(rows.select(rows.len()), None);
    }

    #[test]
    fn absent_ids_have_an_insert_point(a in ids(), b in ids()) {
        let rows = to_set(&a);
        for &id in b.iter().step_by(31) {
            let before = a.range(..id).count() as u64;
            prop_assert_eq!(rows.rank(id), if a.contains(&id) { Ok(before) } else { Err(before) });
            prop_assert_eq!(rows.contains(id), a.contains(&id));
        }
    }

    #[test]
    fn cuts(a in ids(), cut in range(), parts in 0..9usize) {
        let rows = to_set(&a);
        let inside = a.range(cut.clone()).copied().collect();
        assert_same(&rows.slice_ids(cut.clone()), &inside);
        prop_assert_eq!(rows.intersects_range(cut.clone()), !inside.is_empty());
        prop_assert!(rows.runs_in(cut.clone()).flatten().eq(inside.iter().copied()));
        let positions = (cut.start % 5_000)..(cut.end % 7_000).max(cut.start % 5_000);
        let by_position =
            a.iter().copied().skip(positions.start as usize).take((positions.end - positions.start) as usize).collect();
        assert_same(&rows.slice_positions(positions), &by_position);
        let pieces = rows.split(parts);
        prop_assert_eq!(pieces.len() as u64, rows.len().min(parts.max(1) as u64));
        prop_assert!(pieces.iter().flat_map(RowSet::iter).eq(a.iter().copied()));
        let sizes = || pieces.iter().map(RowSet::len);
        prop_assert!(sizes().max().unwrap_or(0) <= sizes().min().unwrap_or(0) + 1);
    }

    #[test]
    fn walks(a in ids(), targets in ids()) {
        let rows = to_set(&a);
        prop_assert!(rows.iter().rev().eq(a.iter().rev().copied()));
        prop_assert!(rows.runs().rev().flat_map(Iterator::rev).eq(a.iter().rev().copied()));
        let runs: Vec<_> = rows.runs().collect();
        prop_assert!(runs.windows(2).all(|pair| pair[0].end < pair[1].start));
        let mut cursor = rows.cursor();
        for &target in targets.iter().step_by(3) {
            let found = cursor.seek(target);
            prop_assert_eq!(found, a.range(target..).next().copied());
            prop_assert_eq!(cursor.position(), found.map_or(rows.len(), |id| a.range(..id).count() as u64));
        }
        let mut cursor = rows.cursor();
        prop_assert!(std::iter::from_fn(|| cursor.next()).eq(a.iter().copied()));
        let mut ends = rows.iter();
        let (mut front, mut back) = (Vec::new(), Vec::new());
        while let Some(id) = ends.next() {
            front.push(id);
            back.extend(ends.next_back());
        }
        prop_assert!(front.into_iter().chain(back.into_iter().rev()).eq(a.iter().copied()));
    }

    #[test]
    fn bytes_round_trip(a in ids()) {
        let rows = to_set(&a);
        let back = RowSet::from_bytes(&rows.to_bytes()).unwrap();
        prop_assert_eq!(&back, &rows);
        back.validate().unwrap();
    }

    #[test]
    fn bad_bytes_are_errors(a in ids(), at in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let mut bytes = to_set(&a).to_bytes();
        prop_assert!(RowSet::from_bytes(&bytes[..at.index(bytes.len())]).is_err());
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(rows) = RowSet::from_bytes(&bytes) {
            rows.validate().unwrap();
        }
    }
}
