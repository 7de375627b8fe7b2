//! merge: the rows of several tables one after the other, those of each in their own order.

use std::sync::Arc;

use super::{Built, InputShape, Operator};
use crate::Result;
use crate::column::{Column, Merged, Places};
use crate::graph::{Cx, Delta, Mask, Output, Update};
use crate::order::RowOrder;
use crate::rowset::{RowSet, RowSetBuilder};
use crate::types::{Type, Value};

/// State: which id stands for which row of which input. Values are read where they are; a change costs its runs.
struct Merge {
    places: Arc<Places>,
    /// For each input, by its columns, the column of the result.
    columns: Vec<Vec<usize>>,
}

/// `positions` has, for each input, the place there of each column of the result.
pub(super) fn build(positions: &[Vec<usize>], inputs: &[InputShape<'_>]) -> Built {
    let places = Arc::new(Places::new(inputs.len()));
    let width = positions.first().map_or(0, Vec::len);
    let column = |at: usize| {
        let source = |(input, positions): (&InputShape<'_>, &Vec<usize>)| input.columns[positions[at]].clone();
        let sources = inputs.iter().zip(positions).map(source).collect();
        Column::Merged(Arc::new(Merged { places: places.clone(), sources }))
    };
    let results = |positions: &Vec<usize>| {
        let mut results = vec![0; positions.len()];
        positions.iter().enumerate().for_each(|(result, &position)| results[position] = result);
        results
    };
    let merge = Merge { places: places.clone(), columns: positions.iter().map(results).collect() };
    let mut columns: Vec<Column> = (0..width).map(column).collect();
    if inputs.iter().any(|input| !input.order.is_by_id()) {
        columns.extend(turns(&places, inputs));
    }
    Built { op: Box::new(merge), columns, stored: Vec::new(), order: RowOrder::BY_ID }
}

/// Where rows of inputs with an order of their own stand: which input, and the place there. Two columns after those of
/// the result, for `in_turn` to sort by.
fn turns(places: &Arc<Places>, inputs: &[InputShape<'_>]) -> [Column; 2] {
    let merged = |sources| Column::Merged(Arc::new(Merged { places: places.clone(), sources }));
    let number = |number: usize| Column::Constant { value: Value::I64(number as i64), ty: Type::I64 };
    let numbers = (0..inputs.len()).map(number).collect();
    [merged(numbers), merged(inputs.iter().map(|input| Column::Place(input.order)).collect())]
}

impl Operator for Merge {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let mut mask = Mask::none();
        for (input, view) in cx.inputs.iter().enumerate() {
            self.places.make(input, &view.delta.added)?;
            mask.insert_all(&view.delta.mask.columns().map(|column| self.columns[input][column]).collect());
            mask.set_order(mask.has_order() || view.delta.mask.has_order());
        }
        let deltas: Vec<&Delta> = cx.inputs.iter().map(|view| view.delta).collect();
        let delta = Delta {
            removed: self.all(deltas.iter().map(|delta| &delta.removed)),
            added: self.all(deltas.iter().map(|delta| &delta.added)),
            modified: self.all(deltas.iter().map(|delta| &delta.modified)),
            mask,
        };
        let rows = delta.apply(cx.old_rows());
        Ok(Update::new(delta, rows))
    }

    fn validate(&self, _output: &Output) -> Result<(), String> {
        self.places.validate()
    }
}

impl Merge {
    /// Rows of each input, in turn, as ids of the result.
    fn all<'r>(&self, rows: impl Iterator<Item = &'r RowSet>) -> RowSet {
        let mut all = RowSetBuilder::new();
        rows.enumerate().for_each(|(input, rows)| self.places.push(input, rows, &mut all));
        all.finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Batch, RowChange};
    use crate::vector::Vector;
    use crate::{ColumnDef, ErrorKind, Session, Table, Type};

    fn values(table: &Table) -> Vec<i64> {
        let column = table.snapshot().unwrap().column("V").unwrap();
        column.native::<i64>().unwrap().to_vec()
    }

    #[test]
    fn rows_that_name_their_ids_keep_their_order_wherever_these_lie() {
        let session = Session::builder().check_deltas(true).build();
        let (named, writer) = session.keyed_rows("named", [ColumnDef::new("V", Type::I64)]).unwrap();
        let twice = named.merge([&named]).unwrap();
        let nested = twice.merge([&named, &twice]).unwrap();
        let last = i64::MAX as u64;
        for ids in [vec![5], vec![last], vec![4, 6], vec![last / 3, last - 1], vec![1 << 40, (1 << 40) + 1]] {
            let rows = Vector::from(ids.iter().map(|&id| id as i64).collect::<Vec<_>>());
            let rows = Batch::new(named.definition(), vec![rows]).unwrap();
            writer.apply(RowChange::new(named.definition()).add(ids, rows).unwrap()).unwrap();
            session.step().unwrap();
            session.validate().unwrap();
            assert_eq!(values(&nested), [values(&named), values(&named), values(&named), values(&twice)].concat()[..]);
        }
        writer.apply(RowChange::new(named.definition()).remove([5, last])).unwrap();
        session.step().unwrap();
        assert_eq!(values(&nested).len(), 5 * 6);
    }

    #[test]
    fn columns_meet_by_name_and_what_does_not_fit_is_said() {
        let session = Session::new();
        let table = |columns: [(&str, Vector<'static>); 2]| session.static_table("t", columns).unwrap();
        let one = table([("V", vec![1_i64].into()), ("T", vec!["a"].into())]);
        let turned = table([("T", vec!["b"].into()), ("V", vec![2_i64].into())]);
        assert_eq!(values(&one.merge([&turned, &one]).unwrap()), [1, 2, 1]);
        assert_eq!(values(&one.merge([]).unwrap()), [1]);
        let refusal = |other: &Table| one.merge([other]).unwrap_err();
        let other = refusal(&table([("V", vec![2_i64].into()), ("X", vec!["b"].into())]));
        assert_eq!(
            (other.kind(), other.message()),
            (ErrorKind::Unknown, "table 2 has no column T, which the first one has")
        );
        assert_eq!(refusal(&table([("V", vec![2_i64].into()), ("T", vec![1.5].into())])).kind(), ErrorKind::Type);
        let narrow = session.static_table("n", [("V", Vector::from(vec![1_i64]))]).unwrap();
        assert_eq!(narrow.merge([&one]).unwrap_err().kind(), ErrorKind::Unknown);
        let foreign = Session::new().static_table("f", [("V", Vector::from(vec![1_i64]))]).unwrap();
        assert_eq!(narrow.merge([&foreign]).unwrap_err().kind(), ErrorKind::ForeignTable);
    }
}
