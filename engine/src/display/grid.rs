//! Laying out a table: names over types over cells, as many columns as fit.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::cell;
use crate::Result;
use crate::plan::ColumnDef;
use crate::vector::Vector;

/// Between two columns.
const GAP: &str = "  ";

/// A column as it is printed.
struct Printed {
    name: String,
    ty: String,
    cells: Vec<String>,
    right: bool,
    width: usize,
}

impl Printed {
    fn of(def: &ColumnDef, values: &Vector<'_>, longest: usize) -> Self {
        let cells: Vec<String> = values.iter().map(|value| cell::text(&value, longest)).collect();
        let widest = cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        let right = cell::is_right_aligned(def.ty);
        let width = header_width(def).max(widest);
        Printed { name: def.name.to_string(), ty: def.ty.to_string(), cells, right, width }
    }

    /// What stands for the columns left out.
    fn elided(rows: usize) -> Self {
        let dots = || "…".to_owned();
        Printed { name: dots(), ty: dots(), cells: vec![dots(); rows], right: false, width: 1 }
    }
}

fn header_width(def: &ColumnDef) -> usize {
    def.name.width().max(def.ty.to_string().width())
}

/// The text of a table of these columns.
///
/// `shown` rows of `total` are printed; `read` gives a column's values for them and is called only for columns that
/// may fit. Columns are taken in turn from the left and from the right end, so that the newest stay in sight.
pub(super) fn layout(
    defs: &[ColumnDef],
    width: usize,
    shown: usize,
    total: u64,
    mut read: impl FnMut(usize) -> Result<Vector<'static>>,
) -> Result<String> {
    let (mut left, mut right): (Vec<Printed>, Vec<Printed>) = (Vec::new(), Vec::new());
    let mut used = 0;
    let (mut next, mut end) = (0, defs.len());
    while next < end {
        let at = if left.len() <= right.len() { next } else { end - 1 };
        // The last column to come needs no room for the mark of those left out.
        let mark = if end - next > 1 { GAP.len() + 1 } else { 0 };
        let room = width.saturating_sub(mark + if used > 0 { used + GAP.len() } else { 0 });
        let is_first = used == 0;
        if header_width(&defs[at]) > room && !is_first {
            break;
        }
        let column = Printed::of(&defs[at], &read(at)?, cell::longest_text(width));
        if column.width > room && !is_first {
            break;
        }
        used += column.width + if is_first { 0 } else { GAP.len() };
        if at == next && left.len() <= right.len() {
            left.push(column);
            next += 1;
        } else {
            right.push(column);
            end -= 1;
        }
    }
    let hidden: Vec<&str> = defs[next..end].iter().map(|def| &*def.name).collect();
    if !hidden.is_empty() {
        left.push(Printed::elided(shown));
    }
    left.extend(right.into_iter().rev());
    Ok(write(&left, width, shown, total, &hidden))
}

fn write(columns: &[Printed], width: usize, shown: usize, total: u64, hidden: &[&str]) -> String {
    let mut out = String::new();
    if !columns.is_empty() {
        line(&mut out, width, columns, |column| &column.name);
        line(&mut out, width, columns, |column| &column.ty);
        let rules: Vec<String> = columns.iter().map(|column| "─".repeat(column.width)).collect();
        let _ = writeln!(out, "{}", cell::cut(&rules.join(GAP), width));
    }
    for row in 0..shown {
        line(&mut out, width, columns, |column| &column.cells[row]);
    }
    let rest = total - shown as u64;
    match (total, rest) {
        (0, _) => out.push_str("no rows\n"),
        (_, 0) if columns.is_empty() => {
            let _ = writeln!(out, "{}", cell::counted(total, "row"));
        }
        (_, 0) => {}
        (_, rest) => {
            let _ = writeln!(out, "… {}", cell::counted(rest, "more row"));
        }
    }
    if !hidden.is_empty() {
        let names = format!("… {}: {}", cell::counted(hidden.len() as u64, "more column"), hidden.join(", "));
        let _ = writeln!(out, "{}", cell::cut(&names, width));
    }
    out
}

/// One line of cells, without spaces at its end.
fn line<'c>(out: &mut String, width: usize, columns: &'c [Printed], text: impl Fn(&'c Printed) -> &'c str) {
    let mut line = String::new();
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            line.push_str(GAP);
        }
        let text = text(column);
        let pad = " ".repeat(column.width.saturating_sub(text.width()));
        line.push_str(if column.right { &pad } else { text });
        line.push_str(if column.right { text } else { &pad });
    }
    out.push_str(&cell::cut(line.trim_end(), width));
    out.push('\n');
}
