//! Which backend runs the formulas of a session, and what `explain()` says of it.

use std::process::Command;
use std::sync::Arc;

use headwater::formula::{FormulaBackend, Interpreter};
use headwater::jit::Choice;
use headwater::prelude::*;

const MARK: &str = "== explained";

/// What a session says of three formulas.
fn explained(session: &Session) -> String {
    let numbers = [("A", Vector::from(vec![1.5, 2.5])), ("B", Vector::from(vec![2.0, -1.0]))];
    let made = session.static_table("numbers", numbers).and_then(|numbers| {
        numbers.update("C = A > B ? A * B : A - B")?.filter("C > 1 && pow(A, 2) > B")?.update_view("D = C + 1")
    });
    match made {
        Ok(table) => table.explain().to_string().lines().filter(|line| line.contains("formula:")).fold(
            String::new(),
            |mut lines, line| {
                lines.push_str(line.trim_start_matches(['│', ' ']));
                lines.push('\n');
                lines
            },
        ),
        Err(error) => error.report(),
    }
}

/// Not a test by itself: what the next one has other processes do, since a process reads its environment once.
#[test]
fn says_what_runs_formulas() {
    println!("{MARK}\n{}{MARK}", explained(&Session::new()));
}

#[test]
fn the_environment_chooses() {
    let mut out = String::new();
    for choice in [None, Some("interpreter"), Some("jit"), Some("auto"), Some("fast")] {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "backend::says_what_runs_formulas", "--nocapture"]);
        match choice {
            Some(choice) => child.env(Choice::VARIABLE, choice),
            None => child.env_remove(Choice::VARIABLE),
        };
        let output = child.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let said = said.split(MARK).nth(1).unwrap_or_default().trim();
        out.push_str(&format!("{}\n{said}\n\n", choice.unwrap_or("(not set)")));
    }
    // How long machine code is depends on the processor.
    let out = regex::Regex::new(r"in \d+ bytes").unwrap().replace_all(&out, "in N bytes");
    insta::assert_snapshot!(out);
}

#[test]
fn a_backend_that_is_given_wins() {
    let backend: Arc<dyn FormulaBackend> = Arc::new(Interpreter);
    let said = explained(&Session::builder().backend(backend).build());
    assert!(said.contains("by the interpreter, the backend of this session"), "{said}");
}

#[test]
fn values_do_not_depend_on_it() -> Result<()> {
    let rows = 5_000;
    let results = [Choice::Interpreter, Choice::Jit, Choice::Auto].map(|choice| -> Result<String> {
        let session = Session::builder().backend(choice.backend()).build();
        let numbers: Vec<i64> = (0..rows).map(|row| row * 7_919 % 1_000 - 500).collect();
        let floats: Vec<f64> = (0..rows).map(|row| (row % 37) as f64 / 8.0).collect();
        let table = session.static_table("t", [("N", Vector::from(numbers)), ("X", Vector::from(floats))])?;
        let table = table
            .update(["R = N % 7", "Y = N != 0 ? X * 100 / N : null", "Text = `` + (X > 2 ? N : R)"])?
            .filter("(Y > -3 || isNull(Y)) && N % 2 == 0")?;
        let rows = table.snapshot()?.rows(0..u64::MAX)?;
        Ok(format!("{:?}", rows.rows::<(i64, Option<f64>, String)>(["R", "Y", "Text"])?))
    });
    let [interpreter, jit, auto] = results.map(|result| result.expect("a table"));
    assert_eq!(interpreter, jit);
    assert_eq!(interpreter, auto);
    Ok(())
}
