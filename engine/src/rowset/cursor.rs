//! [`Cursor`]: a walk that jumps.

use super::RowSet;
use super::blocks::Place;
use super::run_list::RunView;

/// A place in a [`RowSet`] that moves forward only. Jumps gallop: their cost grows with the logarithm of the distance.
///
/// It stands at the first id to begin with.
///
/// ```
/// use headwater_engine::RowSet;
/// let rows = RowSet::from_runs([0..10, 20..30]);
/// let mut cursor = rows.cursor();
/// assert_eq!(cursor.seek(15), Some(20));
/// assert_eq!(cursor.position(), 10);
/// assert_eq!(cursor.next(), Some(20));
/// assert_eq!(cursor.next(), Some(21));
/// ```
#[derive(Clone)]
pub struct Cursor<'a> {
    at: At<'a>,
}

#[derive(Clone)]
enum At<'a> {
    /// The run it stands in, and ids of that already passed.
    List {
        view: RunView<'a>,
        run: usize,
        passed: u64,
    },
    Blocks(Place<'a>),
}

impl Cursor<'_> {
    /// Moves to the first id at or above `id`, never back, and gives it; `None` at the end of the set.
    pub fn seek(&mut self, id: u64) -> Option<u64> {
        match &mut self.at {
            At::List { view, run, passed } => {
                let at = view.find_from(*run, id);
                if at != *run {
                    (*run, *passed) = (at, 0);
                }
                if at < view.count() {
                    *passed = id.saturating_sub(view.start(at)).max(*passed);
                }
            }
            At::Blocks(place) => place.seek(id),
        }
        self.peek()
    }

    /// The id it stands at; `None` at the end of the set.
    pub fn peek(&self) -> Option<u64> {
        match &self.at {
            At::List { view, run, passed } => (*run < view.count()).then(|| view.start(*run) + passed),
            At::Blocks(place) => place.id(),
        }
    }

    /// The position of the id it stands at; the length at the end of the set.
    pub fn position(&self) -> u64 {
        match &self.at {
            At::List { view, run, passed } => view.cum[*run] + passed,
            At::Blocks(place) => place.position(),
        }
    }

    /// The id it stands at, moving past it.
    #[expect(
        clippy::should_implement_trait,
        reason = "as an iterator, `position` would be that of Iterator behind a `&mut Cursor`"
    )]
    pub fn next(&mut self) -> Option<u64> {
        let id = self.peek()?;
        self.seek(id + 1);
        Some(id)
    }
}

impl RowSet {
    /// A cursor at the first id.
    pub fn cursor(&self) -> Cursor<'_> {
        let at = match self.form() {
            super::Form::List(view) => At::List { view, run: 0, passed: 0 },
            super::Form::Blocks(blocks) => At::Blocks(Place::new(blocks)),
        };
        Cursor { at }
    }
}
