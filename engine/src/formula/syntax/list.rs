//! Lists written out: `new int[]{1, 2, 3}`.

use std::ops::Range;

use super::lexer::Token;
use super::literal::type_named;
use super::parser::Parser;
use super::{Tree, TreeKind};
use crate::{Error, Result};

impl Parser<'_> {
    /// What stands behind `new`, which was read at `start`.
    pub(super) fn new_list(&mut self, start: Range<usize>) -> Result<Tree> {
        let name = self.next();
        let item = match &name.token {
            Token::Identifier(word) => type_named(word).flatten(),
            _ => None,
        };
        let Some(item) = item else {
            return Err(written_out(self.error("of all things only lists are created in a formula", name.span)));
        };
        if self.peek() != &Token::Symbol("[") {
            return Err(written_out(self.error("expected [] behind the type of the values", self.here())));
        }
        self.next();
        if !self.eat("]") {
            return Err(written_out(self.error("a list has as many values as stand between { and }", self.here())));
        }
        if self.peek() != &Token::Symbol("{") {
            return Err(written_out(self.error("expected the values between { and }", self.here())));
        }
        let values = self.enclosed("}")?;
        self.tree(TreeKind::List { item, values }, start.start..self.end_of_last())
    }
}

fn written_out(error: Error) -> Error {
    error.with_help("write new long[]{1, 2, 3}; a value from outside comes in with formula(..).bind(name, value)")
}
