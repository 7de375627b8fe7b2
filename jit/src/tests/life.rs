//! Kernels come, are shared, and go: with their memory.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use headwater_engine::formula::{Checked, FormulaBackend as _, FunctionRegistry, Program, Scope, check_expression};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, Type, formula};

use crate::Jit;
use crate::compiler::Compiler;
use crate::lower::Want;
use crate::plan::{Plan, Variant};

fn checked(text: &str) -> Checked {
    let columns = [ColumnDef::new("A", Type::F64), ColumnDef::new("B", Type::F64)];
    let functions = FunctionRegistry::default();
    check_expression(&formula(text), Scope { columns: &columns, functions: &functions }).expect("a formula")
}

fn inputs(rows: usize) -> [Vector<'static>; 2] {
    let numbers = |first: f64| Vector::from((0..rows).map(|row| first + row as f64).collect::<Vec<f64>>());
    [numbers(1.0), numbers(-5.0)]
}

#[test]
fn formulas_that_differ_in_constants_share_a_kernel() {
    let compiler = Compiler::new(true).expect("a host that kernels are made for");
    let variant = Variant { want: Want::Values, nulls: 0 };
    let kernel = |text: &str| {
        let plan = Plan::new(&checked(text)).expect("a plan");
        let region = plan.regions().next().expect("a region").clone();
        compiler.kernel(&region.lowered(variant).shape).expect("a kernel")
    };
    let (one, other) = (kernel("A * 2.5 + B"), kernel("B * 7.25 + A"));
    assert!(Arc::ptr_eq(&one, &other));
    assert!(!Arc::ptr_eq(&one, &kernel("A * B + 2.5")));
    assert_eq!(compiler.known(), 2);
}

/// Resident memory of this process, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

/// Executable mappings of this process.
fn executable_mappings() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.contains('x'))).count()
}

/// Makes and drops that many kernels, no two alike, and runs each.
fn churn(compiler: &Compiler, kernels: u64) {
    use crate::machine::Column;
    use crate::shape::{Binary, Builder, Form, Node};
    let values: Vec<f64> = (0..20).map(f64::from).collect();
    for number in 0..kernels {
        // Another shape for each number: its digits are operators.
        let mut builder = Builder::default();
        let read = builder.read(Form::F64);
        let column = builder.add(Node::Column(read));
        let (mut id, mut left) = (column, number);
        while left > 0 {
            let op = [Binary::Add, Binary::Subtract, Binary::Multiply, Binary::Divide][(left % 4) as usize];
            id = builder.add(Node::Binary(op, id, column));
            left /= 4;
        }
        let (shape, arguments, _) = builder.finish(vec![(Form::F64, id)], None);
        let kernel = compiler.kernel(&shape).expect("a kernel");
        assert!(kernel.run(&[Column::F64(&values)], &arguments, values.len()).is_some());
    }
}

/// `HEADWATER_JIT_KERNELS=100000` makes so many.
#[test]
fn memory_stays_flat_while_kernels_come_and_go() {
    let compiler = Compiler::new(false).expect("a host that kernels are made for");
    let wanted = super::asked("HEADWATER_JIT_KERNELS").unwrap_or(1_500);
    churn(&compiler, 200);
    let (before, mappings) = (resident(), executable_mappings());
    churn(&compiler, wanted);
    let grown = resident().saturating_sub(before);
    assert!(grown < 16 << 20, "{wanted} kernels left {grown} bytes");
    let left = executable_mappings().saturating_sub(mappings);
    assert!(left < 64, "{wanted} kernels left {left} mappings that are executable");
    assert!(compiler.known() <= 128, "{} shapes are remembered", compiler.known());
}

#[test]
fn a_formula_is_compiled_in_the_background_once_it_has_seen_enough() {
    let auto = Jit::auto();
    let text = "A > B ? A * B + 2 : A - B / 3";
    let program = auto.compile(&checked(text)).expect("a program");
    let interpreted = |program: &Arc<dyn Program>| program.explain().expect("a word").starts_with("by the interpreter");
    let inputs = inputs(2048);
    let first = program.evaluate(&inputs, 2048).expect("values");
    assert!(interpreted(&program), "{:?}", program.explain());
    let mut turns = 0;
    while interpreted(&program) {
        program.evaluate(&inputs, 2048).expect("values");
        turns += 1;
        assert!(turns < 100_000, "{:?}", program.explain());
        if turns % 1000 == 0 {
            thread::sleep(Duration::from_millis(10));
        }
    }
    let later = program.evaluate(&inputs, 2048).expect("values");
    assert_eq!(first.native::<f64>(), later.native::<f64>());
}

#[test]
fn threads_share_what_is_made() {
    let jit = Jit::verifying();
    let text = "A * B - A / (B + 0.5)";
    let expect = headwater_engine::formula::Interpreter.compile(&checked(text)).expect("a program");
    let expect = expect.evaluate(&inputs(300), 300).expect("values");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let program = jit.compile(&checked(text)).expect("a program");
                    let values = program.evaluate(&inputs(300), 300).expect("values");
                    assert_eq!(values.native::<f64>(), expect.native::<f64>());
                }
            });
        }
    });
}

#[test]
fn what_runs_a_formula_is_explained() {
    let jit = Jit::at_once();
    let auto = Jit::auto();
    let mut out = String::new();
    for text in ["A", "A + B", "A > B ? A * B : A - B", "`x` + A", "random() + A", "pow(A * B + 1, 2) > B"] {
        for backend in [&jit, &auto] {
            let program = backend.compile(&checked(text)).expect("a program");
            let said = program.explain().expect("a word");
            out.push_str(&format!("{text} ({}): {said}\n", headwater_engine::formula::FormulaBackend::name(backend)));
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn an_unknown_backend_is_refused_with_the_formula() {
    let error = "fast".parse::<crate::Choice>().expect_err("no backend");
    insta::assert_snapshot!(error.report());
}
