//! What a caller or a function of the user's does wrong: an error each time, and the graph goes on.

use crate::source::Batch;
use crate::vector::Vector;
use crate::{ColumnDef, ErrorKind, Result, Session, Type, on};

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
