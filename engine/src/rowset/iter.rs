//! Walking a set by runs or by ids.

use std::iter::FusedIterator;
use std::ops::Range;

use super::blocks::{ByChunk, ByRun, Chunk, Walk};
use super::run_list::RunView;
use super::{Form, RowSet};

/// The maximal runs of a set in ascending order; see [`RowSet::runs`].
#[derive(Clone)]
pub struct Runs<'a> {
    pieces: Pieces<'a>,
    /// Ids outside are cut off.
    clip: Range<u64>,
}

/// Runs not yet cut.
#[derive(Clone)]
enum Pieces<'a> {
    List(RunView<'a>, Range<usize>),
    /// Runs that touch at the borders of blocks are joined. To tell that a run is at its end takes a look at the next piece, which is
    /// then kept for the next call, from whichever end that is.
    Blocks {
        walk: Walk<'a, ByRun>,
        front: Option<Range<u64>>,
        back: Option<Range<u64>>,
    },
}

impl Runs<'_> {
    fn cut(&self, run: Range<u64>) -> Range<u64> {
        run.start.max(self.clip.start)..run.end.min(self.clip.end)
    }
}

impl Iterator for Runs<'_> {
    type Item = Range<u64>;

    fn next(&mut self) -> Option<Range<u64>> {
        let run = match &mut self.pieces {
            Pieces::List(view, at) => view.run(at.next()?),
            Pieces::Blocks { walk, front, back } => {
                let mut run = front.take().or_else(|| walk.next()).or_else(|| back.take())?;
                while let Some(piece) = walk.next().or_else(|| back.take()) {
                    if piece.start != run.end {
                        *front = Some(piece);
                        break;
                    }
                    run.end = piece.end;
                }
                run
            }
        };
        Some(self.cut(run))
    }
}

impl DoubleEndedIterator for Runs<'_> {
    fn next_back(&mut self) -> Option<Range<u64>> {
        let run = match &mut self.pieces {
            Pieces::List(view, at) => view.run(at.next_back()?),
            Pieces::Blocks { walk, front, back } => {
                let mut run = back.take().or_else(|| walk.next_back()).or_else(|| front.take())?;
                while let Some(piece) = walk.next_back().or_else(|| front.take()) {
                    if piece.end != run.start {
                        *back = Some(piece);
                        break;
                    }
                    run.start = piece.start;
                }
                run
            }
        };
        Some(self.cut(run))
    }
}

impl FusedIterator for Runs<'_> {}

/// The ids of a set in ascending order; see [`RowSet::iter`].
#[derive(Clone)]
pub struct Ids<'a> {
    chunks: Chunks<'a>,
    /// The run at the front, looked at first: most ids come out of one.
    run: Range<u64>,
    front: Chunk<'a>,
    back: Chunk<'a>,
}

#[derive(Clone)]
enum Chunks<'a> {
    List(RunView<'a>, Range<usize>),
    Blocks(Walk<'a, ByChunk>),
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        match self {
            Chunks::List(view, at) => at.next().map(|i| Chunk::Range(view.run(i))),
            Chunks::Blocks(walk) => walk.next(),
        }
    }
}

impl DoubleEndedIterator for Chunks<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match self {
            Chunks::List(view, at) => at.next_back().map(|i| Chunk::Range(view.run(i))),
            Chunks::Blocks(walk) => walk.next_back(),
        }
    }
}

impl Iterator for Ids<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        loop {
            if let Some(id) = self.run.next().or_else(|| self.front.next()) {
                return Some(id);
            }
            match self.chunks.next() {
                Some(Chunk::Range(run)) => self.run = run,
                Some(chunk) => self.front = chunk,
                None => return self.back.next(),
            }
        }
    }

    fn fold<B, F: FnMut(B, u64) -> B>(self, init: B, mut f: F) -> B {
        let init = self.run.fold(init, &mut f);
        let init = self.front.fold(init, &mut f);
        let init = self.chunks.fold(init, |acc, chunk| chunk.fold(acc, &mut f));
        self.back.fold(init, f)
    }
}

impl DoubleEndedIterator for Ids<'_> {
    fn next_back(&mut self) -> Option<u64> {
        loop {
            if let Some(id) = self.back.next_back() {
                return Some(id);
            }
            match self.chunks.next_back() {
                Some(chunk) => self.back = chunk,
                None => return self.front.next_back().or_else(|| self.run.next_back()),
            }
        }
    }
}

impl FusedIterator for Ids<'_> {}

impl RowSet {
    /// The maximal runs of adjacent ids, ascending, as half-open ranges.
    pub fn runs(&self) -> Runs<'_> {
        let pieces = match self.form() {
            Form::List(view) => Pieces::List(view, 0..view.count()),
            Form::Blocks(blocks) => Pieces::Blocks { walk: Walk::new(blocks), front: None, back: None },
        };
        Runs { pieces, clip: 0..u64::MAX }
    }

    /// The runs of the ids that lie in a range, cut at its borders.
    ///
    /// ```
    /// use headwater_engine::RowSet;
    /// let rows = RowSet::from_runs([0..10, 20..30]);
    /// assert_eq!(rows.runs_in(5..22).collect::<Vec<_>>(), [5..10, 20..22]);
    /// ```
    pub fn runs_in(&self, ids: Range<u64>) -> Runs<'_> {
        let pieces = match self.form() {
            Form::List(view) => {
                let from = view.find(ids.start);
                let to = if ids.is_empty() { from } else { view.start_from(from, ids.end) };
                Pieces::List(view, from..to)
            }
            Form::Blocks(blocks) => Pieces::Blocks { walk: Walk::within(blocks, ids.clone()), front: None, back: None },
        };
        Runs { pieces, clip: ids }
    }

    /// The ids, ascending.
    pub fn iter(&self) -> Ids<'_> {
        let chunks = match self.form() {
            Form::List(view) => Chunks::List(view, 0..view.count()),
            Form::Blocks(blocks) => Chunks::Blocks(Walk::new(blocks)),
        };
        Ids { chunks, run: 0..0, front: Chunk::default(), back: Chunk::default() }
    }

    /// The ids, ascending, as a vector. O(ids).
    pub fn to_vec(&self) -> Vec<u64> {
        let mut ids = Vec::with_capacity(self.len() as usize);
        self.iter().for_each(|id| ids.push(id));
        ids
    }
}

impl<'a> IntoIterator for &'a RowSet {
    type Item = u64;
    type IntoIter = Ids<'a>;

    fn into_iter(self) -> Ids<'a> {
        self.iter()
    }
}
