//! What a caller or a function of the user's does wrong: an error each time, and the graph goes on.

use std::sync::Arc;

use crate::formula::{Checked, FormulaBackend, Interpreter, Program};
use crate::source::{Batch, RowChange};
use crate::vector::{Bits, Vector};
use crate::{ColumnDef, Error, ErrorKind, Result, Session, Type, on};

#[test]
fn a_function_that_panics_fails_its_table_alone() -> Result<()> {
    let session = Session::builder().check_deltas(true).build();
    session.function("superstitious", |v: i64| if v == 13 { panic!("thirteen") } else { v })?;
    let (live, feed) = session.append_table("live", [ColumnDef::new("V", Type::I64)])?;
    let (careful, sound) = (live.update("X = superstitious(V)")?, live.filter("V > 12")?);
    let below = careful.filter("X > 1")?;
    for value in [12_i64, 13, 14] {
        feed.send(Batch::new(live.definition(), vec![Vector::from(vec![value])])?)?;
        session.step()?;
    }
    let error = careful.error().expect("it failed");
    assert!(format!("{error:#}").contains("superstitious"), "{error:#}");
    assert!(below.error().is_some() && below.snapshot().is_err());
    assert_eq!(sound.snapshot()?.len(), 2);
    assert!(live.update("X = superstitious(V)").is_err(), "the build runs it too");
    session.validate()
}

#[test]
fn a_table_of_another_session_is_refused() -> Result<()> {
    let table = |session: &Session| session.static_table("numbers", [("V", Vector::from(vec![1_i64, 2]))]);
    let (here, there) = (Session::new(), Session::new());
    let (mine, other) = (table(&here)?, table(&there)?);
    let error = mine.natural_join(&other, on("V")).expect_err("two sessions");
    assert_eq!(error.kind(), ErrorKind::ForeignTable);
    assert_eq!(here.snapshot([&mine, &other]).expect_err("two sessions").kind(), ErrorKind::ForeignTable);
    here.validate()?;
    there.validate()
}

#[test]
fn a_change_by_id_that_cannot_be_is_refused_whole() -> Result<()> {
    let session = Session::builder().check_deltas(true).build();
    let (table, rows) = session.keyed_rows("named", [ColumnDef::new("V", Type::I64)])?;
    let numbers = |count: usize| Batch::new(table.definition(), vec![Vector::from(vec![7_i64; count])]);
    let change = || RowChange::new(table.definition());
    rows.apply(change().add(vec![1, 5], numbers(2)?)?)?;
    session.step()?;
    let told = |result: Result<()>, kind: ErrorKind, what: &str| {
        let error = result.expect_err(what);
        assert!(error.kind() == kind && error.to_string().contains(what), "{error:#}");
    };
    let add = |ids: Vec<u64>, count| change().add(ids, numbers(count)?).and_then(|change| rows.apply(change));
    let modify = |ids: Vec<u64>, values: Vector<'static>| {
        change().modify(ids, [("V", values)]).and_then(|change| rows.apply(change))
    };
    let one = || Vector::from(vec![1_i64]);
    told(add(vec![9, 8], 2), ErrorKind::Argument, "9 comes before 8");
    told(add(vec![8, 8], 2), ErrorKind::Argument, "8 comes before 8");
    told(add(vec![8, 9], 3), ErrorKind::Argument, "2 ids for 3 rows");
    told(add(vec![1 << 63], 1), ErrorKind::Argument, "63 bits");
    told(add(vec![5], 1), ErrorKind::Argument, "row 5 is added, and is there already");
    told(modify(vec![2], one()), ErrorKind::Argument, "row 2 is modified, and is not there");
    told(modify(vec![1, 5], one()), ErrorKind::Argument, "2 ids for 1 rows");
    told(modify(vec![1], Vector::from(vec![1.0])), ErrorKind::Type, "f64");
    told(rows.apply(change().remove([1, 4])), ErrorKind::Argument, "row 4 is removed, and is not there");
    told(rows.apply(change().remove([1, u64::MAX])), ErrorKind::Argument, "is removed, and is not there");
    let (other, _) = session.keyed_rows("other", [ColumnDef::new("W", Type::String)])?;
    told(rows.apply(RowChange::new(other.definition())), ErrorKind::Type, "other columns");
    let texts = Batch::new(other.definition(), vec![Vector::from_values(Type::String, ["a".into()]).expect("text")])?;
    told(change().add(vec![8], texts).map(|_| ()), ErrorKind::Type, "string");
    assert_eq!(session.step()?.nodes, 0, "nothing of all that was applied");
    rows.apply(change().remove([1]))?;
    session.step()?;
    assert_eq!(table.snapshot()?.ids().to_string(), "{5}");
    session.validate()
}

/// A backend whose programs give one row too few.
#[derive(Debug)]
struct Short;

impl FormulaBackend for Short {
    fn name(&self) -> &'static str {
        "short"
    }

    fn compile(&self, checked: &Checked) -> Result<Arc<dyn Program>> {
        Ok(Arc::new(ShortProgram(Interpreter.compile(checked)?)))
    }
}

#[derive(Debug)]
struct ShortProgram(Arc<dyn Program>);

impl Program for ShortProgram {
    fn evaluate<'v>(&self, inputs: &[Vector<'v>], rows: usize) -> Result<Vector<'v>> {
        let values = self.0.evaluate(inputs, rows)?;
        Ok(if rows > 1 { values.take(&(1..rows as u32).collect::<Vec<_>>()) } else { values })
    }

    fn matches(&self, inputs: &[Vector<'_>], rows: usize) -> Result<Bits> {
        Ok(self.0.matches(inputs, rows)?.slice(0..rows - rows / 2))
    }
}

#[test]
fn a_backend_that_gives_too_little_fails_the_table_alone() -> Result<()> {
    let session = Session::builder().backend(Arc::new(Short)).build();
    let (live, feed) = session.append_table("live", [ColumnDef::new("V", Type::I64)])?;
    let (kept, lazy) = (live.update("X = V + 1")?, live.update_view("X = V + 1")?);
    let (found, whole) = (live.filter("V > 1")?, live.view(["V"])?);
    feed.send(Batch::new(live.definition(), vec![Vector::from(vec![1_i64, 2, 3])])?)?;
    session.step()?;
    let says = |error: Option<Error>, what: &str| {
        let error = error.expect(what);
        assert!(error.kind() == ErrorKind::Internal && error.to_string().contains(what), "{error:#}");
    };
    says(kept.error(), "short gave 2 values for 3 rows");
    says(found.error(), "short gave 2 values for 3 rows");
    says(lazy.snapshot()?.column("X").err(), "short gave 2 values for 3 rows");
    assert!(lazy.error().is_none(), "reading it failed, and it goes on");
    assert_eq!((whole.snapshot()?.len(), live.snapshot()?.len()), (3, 3));
    session.validate()
}
