//! The match grammar of filters: ``X in 1, 2``, ``X not in``, ``X icase in``, ``X includes any `a`, `b` ``.

use super::lexer::Token;
use super::parser::Parser;
use super::{Matching, Tree, TreeKind};
use crate::Result;

impl Parser<'_> {
    /// An expression, or a value, a match word and the items it is matched with.
    pub(super) fn condition(&mut self) -> Result<Tree> {
        let value = self.expression()?;
        if !matches!(self.peek(), Token::Identifier(word) if matches!(&**word, "in" | "not" | "icase" | "includes")) {
            return Ok(value);
        }
        if !matches!(value.kind, TreeKind::Name(_) | TreeKind::Column(_)) {
            return Err(self
                .error("a match starts with a column", value.span)
                .with_help("write in(expression, 1, 2) for anything else"));
        }
        let words = self.here().start;
        let mut ignore_case = self.eat_word("icase");
        let negated = self.eat_word("not");
        // `icase not in` and `not icase in` are the same.
        ignore_case |= self.eat_word("icase");
        let how = if self.eat_word("in") {
            Matching::In
        } else if self.eat_word("includes") {
            match (self.eat_word("all"), self.eat_word("any")) {
                (true, _) => Matching::IncludesAll,
                _ => Matching::IncludesAny,
            }
        } else {
            let error = self.error("expected in or includes", words..self.end_of_last().max(self.here().end));
            return Err(
                error.with_help("a match reads: X in 1, 2; X not in 1, 2; X icase in `a`; X includes any `a`, `b`")
            );
        };
        let mut items = vec![self.expression()?];
        while self.eat(",") {
            items.push(self.expression()?);
        }
        let span = value.span.start..self.end_of_last();
        self.tree(TreeKind::Match { value: Box::new(value), how, negated, ignore_case, items }, span)
    }
}
