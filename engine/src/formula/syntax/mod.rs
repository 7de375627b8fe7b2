//! From text to a syntax tree: lexer, operator-precedence parser, literals. Knows nothing of columns, types or functions.

mod condition;
mod lexer;
mod list;
mod literal;
mod number;
mod parser;
mod tree;

pub(crate) use literal::{Quoted, is_identifier};
pub(crate) use parser::{parse_assignment, parse_condition, parse_expression};
pub(crate) use tree::{Matching, Operator, Prefix, Tree, TreeKind};

/// Formulas longer than this (bytes) are refused.
pub(crate) const LONGEST_TEXT: usize = 64 * 1024;

/// Expressions nested deeper than this are refused, so that no walk over a formula can exhaust the stack.
pub(crate) const DEEPEST_NESTING: usize = 128;

/// Sums and the like of more operands than this are refused: they lean to the left, as deep as they are long.
pub(crate) const LONGEST_CHAIN: usize = 512;
