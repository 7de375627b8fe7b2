//! Building many groups at once: rows are dealt by their keys into shares, of which each groups its rows by itself. No
//! group is in two shares, and what a share keeps stays close to the thread that works on it.
//!
//! A group takes the place it would have without shares, and its rows come in their order, so that results are the same.

use super::lanes::Lane;
use super::{AggBy, read_keys};
use crate::Result;
use crate::column::{Ids, View, batches};
use crate::graph::Cx;
use crate::group::Dealer;
use crate::rowset::RowSet;
use crate::vector::{Bits, VECTOR_ROWS};

/// A share has about so many times the groups that a piece of parallel work has rows: they stay in the cache, and rows of
/// a share lie close enough for the next ones to be fetched ahead. And shares at most, in powers of two.
const GROUPS_A_ROW: u64 = 4;
const MOST_LOG2: u32 = 8;

/// Ids may lie so far apart, in ids a row.
const IDS_A_ROW: u64 = 8;

/// The rows of a stretch, as distances from its first id, by share.
struct Dealt {
    first: u64,
    rows: Vec<Vec<u32>>,
}

/// What a share is made of.
struct Share {
    lane: Lane,
    /// The first row of each group, by slot.
    firsts: Vec<u64>,
}

/// Where rows stand among those that are the first of their group.
struct Ranks {
    start: u64,
    words: Vec<u64>,
    /// Rows in front of each word.
    before: Vec<u32>,
}

impl Ranks {
    fn new(firsts: &[u64]) -> Self {
        let start = firsts.iter().min().copied().unwrap_or(0);
        let span = firsts.iter().max().map_or(0, |last| last - start + 1);
        let mut is_first = Bits::filled(false, span as usize);
        firsts.iter().for_each(|row| is_first.set((row - start) as usize, true));
        let words = is_first.into_words();
        let mut sum = 0;
        let so_far = |word: &u64| {
            sum += word.count_ones();
            sum - word.count_ones()
        };
        let before = words.iter().map(so_far).collect();
        Ranks { start, words, before }
    }

    fn of(&self, row: u64) -> u32 {
        let (word, bit) = (((row - self.start) / 64) as usize, (row - self.start) % 64);
        self.before[word] + (self.words[word] & ((1 << bit) - 1)).count_ones()
    }
}

impl AggBy {
    /// Whether rows with so many different keys are rather dealt into shares, and how many bits number these. Keys of several
    /// columns are not: each share would have to find the values of every column anew.
    pub(super) fn shares(&self, cx: &Cx<'_>, rows: &RowSet, groups: u64) -> Option<u32> {
        let (first, last) = (rows.first()?, rows.last()?);
        let are_close = last - first < rows.len().saturating_mul(IDS_A_ROW).min(u32::MAX.into());
        let shares = (groups / (GROUPS_A_ROW * cx.pool().grain())).next_power_of_two().trailing_zeros().min(MOST_LOG2);
        (shares > 0 && are_close && self.keys.len() == 1).then_some(shares)
    }

    /// Puts the first rows there are in by shares, of which `bits` number them; `stretches` are those rows, cut.
    pub(super) fn insert_shares(&mut self, cx: &Cx<'_>, stretches: Vec<RowSet>, bits: u32) -> Result<()> {
        let dealer = Dealer::new(bits);
        let dealt = cx.map(stretches, |cx, rows| self.deal(cx, rows, dealer.clone()))?;
        let mut whole = self.take_whole();
        let this = &*self;
        let (mut firsts, mut slots) = (Vec::new(), Vec::new());
        let taken = cx.map_into(
            (0..dealer.hands()).collect(),
            |cx, share| this.share(cx, &dealt, share),
            |Share { lane, firsts: of_share }| {
                whole.groups.add_share(&lane.keys, &lane.rows, &mut slots)?;
                whole.absorb(lane.states, &slots);
                firsts.extend(of_share);
                Ok(())
            },
        );
        let ranks = Ranks::new(&firsts);
        whole.groups.number_shares(firsts.into_iter().map(|row| ranks.of(row)));
        if !self.is_static {
            whole.groups.index();
        }
        self.put_whole(whole);
        taken
    }

    /// Deals the rows of a stretch.
    fn deal(&self, cx: &Cx<'_>, rows: &RowSet, mut dealer: Dealer) -> Result<Dealt> {
        let first = rows.first().unwrap_or(0);
        let about = rows.len() as usize / dealer.hands();
        let mut dealt: Vec<_> = (0..dealer.hands()).map(|_| Vec::with_capacity(about + about / 8)).collect();
        batches(rows, |ids| {
            let keys = read_keys(&self.keys, cx, ids, View::New)?;
            for (id, hand) in ids.iter().zip(dealer.deal(&keys, ids.len())) {
                dealt[hand].push((id - first) as u32);
            }
            Ok::<_, crate::Error>(())
        })?;
        Ok(Dealt { first, rows: dealt })
    }

    /// Groups the rows of a share.
    fn share(&self, cx: &Cx<'_>, dealt: &[Dealt], share: usize) -> Result<Share> {
        let mut made = Share { lane: self.empty_lane(), firsts: Vec::new() };
        let (mut slots, mut ids) = (Vec::new(), Vec::with_capacity(VECTOR_ROWS));
        for stretch in dealt {
            for rows in stretch.rows[share].chunks(VECTOR_ROWS) {
                ids.clear();
                ids.extend(rows.iter().map(|&row| stretch.first + u64::from(row)));
                let list = Ids::List(&ids);
                made.lane.put(&self.aggregates, cx, &read_keys(&self.keys, cx, list, View::New)?, &mut slots, list)?;
                // New groups have the next slots, in the order of their rows.
                for (&id, &slot) in ids.iter().zip(&slots) {
                    if slot as usize == made.firsts.len() {
                        made.firsts.push(id);
                    }
                }
            }
        }
        Ok(made)
    }
}
