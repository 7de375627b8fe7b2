//! A formula of text that is kept as codes, once for each distinct text.

use super::{Codes, Compiled, Ids};
use crate::Result;
use crate::vector::Vector;

/// The value for each row of a formula that reads nothing but the text of `codes`. It is evaluated for the texts of these
/// rows only, so it may fail, and an error names the first row with that text.
pub(super) fn each_text(formula: &Compiled, codes: &Codes<'_>, ids: Ids<'_>) -> Result<Vector<'static>> {
    const NOT_SEEN: u32 = u32::MAX;
    let null = codes.texts.len();
    let mut places = vec![NOT_SEEN; null + 1];
    let mut first_rows: Vec<u32> = Vec::new();
    let place = |row: usize| {
        let text = if codes.is_valid(row) { codes.codes[row] as usize } else { null };
        let place = &mut places[text];
        if *place == NOT_SEEN {
            *place = first_rows.len() as u32;
            first_rows.push(row as u32);
        }
        *place
    };
    let rows: Vec<u32> = (0..codes.codes.len()).map(place).collect();
    let first_ids: Vec<u64> = first_rows.iter().map(|&row| ids.get(row as usize)).collect();
    let values = formula.evaluate(&[codes.texts_of(&first_rows)], Ids::List(&first_ids))?;
    Ok(values.take(&rows))
}
