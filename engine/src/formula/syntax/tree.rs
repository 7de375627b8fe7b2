//! The syntax tree.

use std::ops::Range;

use crate::types::{Type, Value};

/// One node of the syntax tree and the bytes it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) kind: TreeKind,
    pub(crate) span: Range<usize>,
    /// The height of the tree, kept under [`super::LONGEST_CHAIN`].
    pub(crate) height: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum TreeKind {
    Null,
    Literal(Value),
    /// The text between single quotes: a character, a time literal or text, as the context wants it.
    Quoted(String),
    /// A column, a bound variable or a constant.
    Name(String),
    /// ``col(`any name`)``: a column, whatever its name.
    Column(String),
    Call {
        name: String,
        name_span: Range<usize>,
        arguments: Vec<Tree>,
    },
    Method {
        on: Box<Tree>,
        name: String,
        name_span: Range<usize>,
        arguments: Vec<Tree>,
    },
    Field {
        on: Box<Tree>,
        name: String,
    },
    /// `new int[]{1, 2, 3}`
    List {
        item: Type,
        values: Vec<Tree>,
    },
    Index {
        on: Box<Tree>,
        at: Box<Tree>,
    },
    Prefix(Prefix, Box<Tree>),
    Binary {
        operator: Operator,
        operator_span: Range<usize>,
        left: Box<Tree>,
        right: Box<Tree>,
    },
    /// `a && b && c`
    All(Vec<Tree>),
    /// `a || b || c`
    Any(Vec<Tree>),
    Ternary {
        condition: Box<Tree>,
        yes: Box<Tree>,
        no: Box<Tree>,
    },
    /// `(i64) x`; `None` for `(Object) x`, which changes nothing.
    Cast(Option<Type>, Box<Tree>),
    /// ``X not in 1, 2`` and its relatives.
    Match {
        value: Box<Tree>,
        how: Matching,
        negated: bool,
        ignore_case: bool,
        items: Vec<Tree>,
    },
}

/// How a match filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matching {
    In,
    IncludesAny,
    IncludesAll,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    Plus,
    Minus,
    Not,
    Complement,
}

impl Prefix {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Prefix::Plus => "+",
            Prefix::Minus => "-",
            Prefix::Not => "!",
            Prefix::Complement => "~",
        }
    }
}

/// The operators between two operands, but for `&&` and `||`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    And,
    Or,
    Xor,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Remainder => "%",
            Operator::ShiftLeft => "<<",
            Operator::ShiftRight => ">>",
            Operator::ShiftRightUnsigned => ">>>",
            Operator::And => "&",
            Operator::Or => "|",
            Operator::Xor => "^",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
        }
    }
}

impl Tree {
    pub(crate) fn new(kind: TreeKind, span: Range<usize>) -> Self {
        let height = 1 + match &kind {
            TreeKind::Null | TreeKind::Literal(_) | TreeKind::Quoted(_) | TreeKind::Name(_) | TreeKind::Column(_) => 0,
            TreeKind::Call { arguments: trees, .. } | TreeKind::List { values: trees, .. } => highest(trees),
            TreeKind::Method { on, arguments, .. } => on.height.max(highest(arguments)),
            TreeKind::Field { on, .. } | TreeKind::Prefix(_, on) | TreeKind::Cast(_, on) => on.height,
            TreeKind::Index { on, at } => on.height.max(at.height),
            TreeKind::Binary { left, right, .. } => left.height.max(right.height),
            TreeKind::All(parts) | TreeKind::Any(parts) => highest(parts),
            TreeKind::Ternary { condition, yes, no } => condition.height.max(yes.height).max(no.height),
            TreeKind::Match { value, items, .. } => value.height.max(highest(items)),
        };
        Tree { kind, span, height }
    }
}

fn highest(trees: &[Tree]) -> usize {
    trees.iter().map(|tree| tree.height).max().unwrap_or(0)
}
