//! Parts that may fail, run only on the rows that ask for them.

use super::code::{Code, Fault};
use super::logic::from_decisions;
use crate::types::Type;
use crate::vector::{Bits, Vector, VectorBuilder};

/// A program run on the chosen rows only; errors carry the rows of the whole.
fn run_on<'v>(code: &Code, inputs: &[Vector<'v>], rows: &[u32]) -> Result<Vector<'static>, Fault> {
    let chosen: Vec<Vector<'static>> = inputs.iter().map(|input| input.take(rows)).collect();
    code.run(&chosen, rows.len()).map_err(|fault| match fault.error.row().and_then(|row| rows.get(row as usize)) {
        Some(&row) => Fault { error: fault.error.at_row(u64::from(row)), span: fault.span },
        None => fault,
    })
}

fn rows_of(bits: &Bits) -> Vec<u32> {
    bits.ones().map(|row| row as u32).collect()
}

/// Three-valued and (`decides` false) or or (`decides` true), each part on the rows still open.
pub(super) fn combine<'v>(
    decides: bool,
    parts: &[Code],
    inputs: &[Vector<'v>],
    rows: usize,
) -> Result<Vector<'v>, Fault> {
    let mut decided = Bits::filled(false, rows);
    let mut unknown = Bits::filled(false, rows);
    for part in parts {
        let open = rows_of(&decided.not());
        let vector = run_on(part, inputs, &open)?;
        let Some(bits) = vector.bools() else { continue };
        for (at, &row) in open.iter().enumerate() {
            if !vector.is_valid(at) {
                unknown.set(row as usize, true);
            } else if bits.get(at) == decides {
                decided.set(row as usize, true);
            }
        }
    }
    Ok(from_decisions(decides, decided, Some(unknown)))
}

/// Each branch on the rows that choose it.
pub(super) fn choose<'v>(
    ty: Type,
    when: &Bits,
    yes: &Code,
    no: &Code,
    inputs: &[Vector<'v>],
    rows: usize,
) -> Result<Vector<'v>, Fault> {
    let (yes_rows, no_rows) = (rows_of(when), rows_of(&when.not()));
    let yes = run_on(yes, inputs, &yes_rows)?;
    let no = run_on(no, inputs, &no_rows)?;
    let mut builder = VectorBuilder::with_capacity(ty, rows);
    builder.extend(&yes);
    builder.extend(&no);
    let joined = builder.finish();
    // Row by row, the next one of the branch it chose.
    let (mut next_yes, mut next_no) = (0, yes_rows.len() as u32);
    let order: Vec<u32> = when
        .iter()
        .map(|chosen| {
            let next = if chosen { &mut next_yes } else { &mut next_no };
            *next += 1;
            *next - 1
        })
        .collect();
    Ok(joined.take(&order))
}
