//! [`in_batches`]: computing values batch by batch, by all threads if there are many.

use crate::Result;
use crate::column::{Ids, batches_of};
use crate::graph::Cx;
use crate::rowset::RowSet;

/// Has `make` compute something for each batch of rows, by all threads if it `is_shared` and the rows are many, and `put`
/// take it in the order of the rows, until that says `false`; whether it never did.
pub(super) fn in_batches<S: Sync, R: Send>(
    cx: &mut Cx<'_>,
    state: &mut S,
    rows: &RowSet,
    (most, is_shared): (usize, bool),
    make: impl Fn(&S, &Cx<'_>, Ids<'_>) -> Result<R> + Sync,
    mut put: impl FnMut(&mut S, &mut Cx<'_>, Ids<'_>, R) -> Result<bool>,
) -> Result<bool> {
    let mut goes_on = true;
    let rounds = if is_shared { cx.rounds(rows) } else { None };
    let Some(rounds) = rounds else {
        batches_of(most, rows, |ids| {
            if goes_on {
                let made = make(state, cx, ids)?;
                goes_on = put(state, cx, ids, made)?;
            }
            Ok::<_, crate::Error>(())
        })?;
        return Ok(goes_on);
    };
    for round in rounds {
        let shared = &*state;
        let made = cx.map(round.clone(), |cx, piece| {
            let mut all = Vec::new();
            batches_of(most, piece, |ids| {
                all.push(make(shared, cx, ids)?);
                Ok::<_, crate::Error>(())
            })?;
            Ok(all)
        })?;
        for (piece, made) in round.iter().zip(made) {
            let mut made = made.into_iter();
            batches_of(most, piece, |ids| {
                if let Some(made) = made.next()
                    && goes_on
                {
                    goes_on = put(state, cx, ids, made)?;
                }
                Ok::<_, crate::Error>(())
            })?;
        }
        if !goes_on {
            break;
        }
    }
    Ok(goes_on)
}
