use crate::source::{Batch, RowChange};
use crate::types::List;
use crate::vector::Vector;
use crate::{ColumnDef, ErrorKind, Session, Table, Type, Value, agg, on};

const TEXTS: Type = Type::List(&Type::String);

fn texts<const N: usize>(cells: [Option<&[&str]>; N]) -> Vector<'static> {
    let cell = |cell: Option<&[&str]>| Value::from(cell.map(|texts| List::from(texts.to_vec())));
    Vector::from_values(TEXTS, cells.map(cell)).unwrap()
}

/// A key, and lists: some values, none, null, one.
fn tags(session: &Session) -> Table {
    let lists = texts([Some(&["a, b", "c"]), Some(&[]), None, Some(&["∅"])]);
    let floats = [vec![Some(1.5), None], vec![Some(f64::NAN)], Vec::new(), vec![Some(-0.0)]];
    let floats = floats.map(|values| Value::from(List::from(values)));
    let columns = [
        ("K", Vector::from(vec![1_i64, 2, 1, 2])),
        ("Tags", lists),
        ("V", Vector::from_values(Type::List(&Type::F64), floats).unwrap()),
    ];
    session.static_table("tags", columns).unwrap()
}

fn column(table: &Table, name: &str) -> Vec<String> {
    table.snapshot().unwrap().column(name).unwrap().iter().map(|value| value.to_string()).collect()
}

#[test]
fn lists_pass_through_operations_and_are_printed() {
    let session = Session::new();
    let table = tags(&session);
    let sized = table.update_view(["N = Tags.size()", "First = Tags[0]", "Text = `` + V"]).unwrap();
    insta::assert_snapshot!("lists", sized.show(4).unwrap());
    assert_eq!(column(&table.filter("len(Tags) > 0").unwrap(), "Tags"), [r#"["a, b", "c"]"#, r#"["∅"]"#]);
    assert_eq!(column(&table.filter("Tags == null").unwrap(), "K"), ["1"]);
    let edges = table.agg_by([agg::first("Tags"), agg::last("V")], "K").unwrap();
    assert_eq!(
        (column(&edges, "Tags"), column(&edges, "V")),
        (vec![r#"["a, b", "c"]"#.into(), "[]".into()], vec!["[]".into(), "[-0.0]".into()])
    );
    let long = Vector::from_values(Type::List(&Type::I64), [List::from((0..10_000_i64).collect::<Vec<_>>()).into()]);
    let long = session.static_table("long", [("L", long.unwrap())]).unwrap();
    assert!(long.show(1).unwrap().to_string().contains("[0, 1, 2, 3, 4, 5, 6,"));
    session.validate().unwrap();
}

#[test]
fn lists_are_keys_by_their_values() {
    let session = Session::new();
    let table = tags(&session);
    let again = texts([Some(&["∅"]), None, Some(&["a, b", "c"]), Some(&["a, b"])]);
    let more = session.static_table("more", [("T", again), ("N", Vector::from(vec![10_i64, 20, 30, 40]))]).unwrap();
    let joined = table.natural_join(&more, on("Tags = T")).unwrap();
    assert_eq!(column(&joined, "N"), ["30", "null", "20", "10"]);
    let counted = table.view("L = V").unwrap().merge(&[table.view("L = V").unwrap()]).unwrap();
    let counted = counted.agg_by(agg::count("N"), "L").unwrap();
    assert_eq!(column(&counted, "N"), ["2", "2", "2", "2"], "NaN is one key, and so are both zeros");
}

#[test]
fn what_lists_are_not_fit_for_is_refused_at_the_call() {
    let session = Session::new();
    let table = tags(&session);
    let other = table.view("V = K").unwrap();
    let reports = [
        table.agg_by(agg::sum("V"), "K"),
        table.agg_by(agg::min("Tags"), "K"),
        table.max_by("K"),
        table.natural_join(&other, on("V")),
        table.view("V").and_then(|table| table.merge(std::slice::from_ref(&other))),
        table.filter("V == V"),
        table.filter("Tags < null"),
        table.filter("V = 1"),
        table.view("X = V + 1"),
        table.view("X = V[1.5]"),
        table.view("X = K[0]"),
        table.view("X = len(K)"),
        table.view("X = K.size()"),
        table.view("X = V.length()"),
        table.view("X = abs(V)"),
        table.view("X = (string)V"),
        table.view("X = K > 1 ? V : Tags"),
        table.filter("V"),
    ];
    let reports = reports.map(|refused| refused.expect_err("no list is fit for it").report());
    insta::assert_snapshot!("refused_lists", reports.join("\n\n"));
}

#[test]
fn a_list_of_other_values_is_no_cell_of_the_column() {
    let session = Session::new();
    let (table, feed) = session.append_table("t", [ColumnDef::new("L", TEXTS)]).unwrap();
    let mixed =
        Vector::new(TEXTS, crate::vector::Values::List(vec![List::from(vec!["a"]), List::from(vec![1])].into()), None);
    let error = Batch::new(table.definition(), vec![mixed]).unwrap_err();
    assert_eq!(
        (error.kind(), error.row(), error.message()),
        (ErrorKind::Type, Some(1), "a list of i32 in a column of type list<string>")
    );
    feed.send(Batch::new(table.definition(), vec![texts([Some(&["a"])])]).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(column(&table, "L"), [r#"["a"]"#]);
}

#[test]
fn listeners_read_lists_as_rust_vectors() {
    let session = Session::new();
    let (table, rows) = session.keyed_rows("t", [ColumnDef::new("L", Type::List(&Type::I64))]).unwrap();
    let mut changes = table.export().changes().unwrap();
    let list =
        |values: &[i64]| Vector::from_values(Type::List(&Type::I64), [List::from(values.to_vec()).into()]).unwrap();
    let batch = Batch::new(table.definition(), vec![list(&[1, 2])]).unwrap();
    rows.apply(RowChange::new(table.definition()).add(vec![7], batch).unwrap()).unwrap();
    session.step().unwrap();
    let change = changes.try_next().unwrap().unwrap();
    let added: Vec<(Vec<i64>,)> = change.added().rows(["L"]).unwrap();
    assert_eq!(added, [(vec![1, 2],)]);
    assert_eq!(change.added().batch().column(0).data_type(), &Type::List(&Type::I64).to_arrow());
}
