//! The parser: operator precedence as in Java, from the loosest: `?:`, `||`, `&&`, `|`, `^`, `&`, equality, order,
//! shifts, sums, products, prefixes and casts, postfixes.

use std::ops::Range;
use std::sync::Arc;

use super::lexer::{Lexeme, Token, tokens};
use super::literal::type_named;
use super::{DEEPEST_NESTING, LONGEST_CHAIN, LONGEST_TEXT, Operator, Prefix, Tree, TreeKind};
use crate::types::Value;
use crate::{Error, ErrorKind, Result};

/// `Name = expression`, or `Name` alone: the name, and the expression if there is one.
pub(crate) fn parse_assignment(text: &Arc<str>) -> Result<(String, Range<usize>, Option<Tree>)> {
    let mut parser = Parser::new(text)?;
    let lexeme = parser.next();
    let name = match lexeme.token {
        // `col(`any name`) = ...`: the way to write a name that is no identifier.
        Token::Identifier(name) if name == "col" && parser.peek() == &Token::Symbol("(") => parser.column_name()?,
        Token::Identifier(name) => name,
        _ => {
            return Err(parser
                .error("a formula starts with the name of its column", lexeme.span)
                .with_help("write Name = expression"));
        }
    };
    let span = lexeme.span.start..parser.end_of_last();
    if parser.peek() == &Token::End {
        return Ok((name, span, None));
    }
    if !parser.eat("=") {
        let here = parser.here();
        let help = format!("write {name} = expression, or {name} alone");
        return Err(parser.error("expected = behind the name of the column", here).with_help(help));
    }
    let tree = parser.expression()?;
    parser.finish()?;
    Ok((name, span, Some(tree)))
}

/// An expression and nothing behind it.
pub(crate) fn parse_expression(text: &Arc<str>) -> Result<Tree> {
    let mut parser = Parser::new(text)?;
    let tree = parser.expression()?;
    parser.finish()?;
    Ok(tree)
}

/// A filter: an expression or a match (`X in 1, 2`).
pub(crate) fn parse_condition(text: &Arc<str>) -> Result<Tree> {
    let mut parser = Parser::new(text)?;
    let tree = parser.condition()?;
    parser.finish()?;
    Ok(tree)
}

pub(super) struct Parser<'t> {
    text: &'t Arc<str>,
    lexemes: Vec<Lexeme>,
    at: usize,
    depth: usize,
}

/// How tightly an operator binds.
fn binding(symbol: &str) -> Option<(u8, Operator)> {
    Some(match symbol {
        "|" => (3, Operator::Or),
        "^" => (4, Operator::Xor),
        "&" => (5, Operator::And),
        "=" | "==" => (6, Operator::Equal),
        "!=" => (6, Operator::NotEqual),
        "<" => (7, Operator::Less),
        "<=" => (7, Operator::LessOrEqual),
        ">" => (7, Operator::Greater),
        ">=" => (7, Operator::GreaterOrEqual),
        "<<" => (8, Operator::ShiftLeft),
        ">>" => (8, Operator::ShiftRight),
        ">>>" => (8, Operator::ShiftRightUnsigned),
        "+" => (9, Operator::Add),
        "-" => (9, Operator::Subtract),
        "*" => (10, Operator::Multiply),
        "/" => (10, Operator::Divide),
        "%" => (10, Operator::Remainder),
        _ => return None,
    })
}

impl<'t> Parser<'t> {
    fn new(text: &'t Arc<str>) -> Result<Self> {
        if text.len() > LONGEST_TEXT {
            let message = format!("a formula of {} bytes; the limit is {LONGEST_TEXT}", text.len());
            return Err(Error::new(ErrorKind::Limit, message));
        }
        Ok(Parser { text, lexemes: tokens(text)?, at: 0, depth: 0 })
    }

    pub(super) fn peek(&self) -> &Token {
        &self.lexemes[self.at].token
    }

    fn peek_at(&self, ahead: usize) -> &Token {
        &self.lexemes[(self.at + ahead).min(self.lexemes.len() - 1)].token
    }

    pub(super) fn here(&self) -> Range<usize> {
        self.lexemes[self.at].span.clone()
    }

    pub(super) fn end_of_last(&self) -> usize {
        self.at.checked_sub(1).map_or(0, |last| self.lexemes[last].span.end)
    }

    pub(super) fn next(&mut self) -> Lexeme {
        let lexeme = self.lexemes[self.at].clone();
        self.at = (self.at + 1).min(self.lexemes.len() - 1);
        lexeme
    }

    pub(super) fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        if found {
            self.at += 1;
        }
        found
    }

    /// Eats the identifier `word`, if it comes next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Identifier(found) if found == word);
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn error(&self, message: impl Into<String>, span: Range<usize>) -> Error {
        Error::new(ErrorKind::Syntax, message).with_place(self.text.clone(), span)
    }

    fn expect(&mut self, symbol: &str, opened: &Range<usize>) -> Result<()> {
        if self.eat(symbol) {
            return Ok(());
        }
        let error = match self.peek() {
            Token::End => {
                self.error(format!("the bracket that opens here is not closed with {symbol}"), opened.clone())
            }
            _ => self.error(format!("expected {symbol}"), self.here()),
        };
        Err(error)
    }

    fn finish(&self) -> Result<()> {
        match self.peek() {
            Token::End => Ok(()),
            Token::Symbol(")") => Err(self.error("a ) that closes nothing", self.here())),
            Token::Symbol(",") => Err(self
                .error("a formula is one expression: a comma separates only arguments", self.here())
                .with_help("pass several formulas as several strings; conditions combine with &&")),
            Token::Symbol(";") => Err(self.error("a formula is one expression, without ;", self.here())),
            _ => Err(self.error("expected an operator or the end", self.here())),
        }
    }

    pub(super) fn tree(&self, kind: TreeKind, span: Range<usize>) -> Result<Tree> {
        let tree = Tree::new(kind, span);
        if tree.height <= LONGEST_CHAIN {
            return Ok(tree);
        }
        Err(Error::new(ErrorKind::Limit, format!("more than {LONGEST_CHAIN} operations in a row"))
            .with_help("compute parts of it in columns of their own")
            .with_place(self.text.clone(), tree.span))
    }

    fn too_deep(&self, span: Range<usize>) -> Error {
        Error::new(ErrorKind::Limit, format!("an expression nested deeper than {DEEPEST_NESTING} levels"))
            .with_help("compute parts of it in columns of their own")
            .with_place(self.text.clone(), span)
    }

    /// Runs `parse` one level deeper.
    fn deeper(&mut self, parse: impl FnOnce(&mut Self) -> Result<Tree>) -> Result<Tree> {
        if self.depth == DEEPEST_NESTING {
            return Err(self.too_deep(self.here()));
        }
        self.depth += 1;
        let tree = parse(self);
        self.depth -= 1;
        tree
    }

    pub(super) fn expression(&mut self) -> Result<Tree> {
        self.deeper(|parser| {
            let condition = parser.any()?;
            if !parser.eat("?") {
                return Ok(condition);
            }
            let question = parser.end_of_last();
            let yes = parser.expression()?;
            if !parser.eat(":") {
                let error = parser.error("expected : and the value for when the condition is false", parser.here());
                return Err(error.with_place(parser.text.clone(), question - 1..question));
            }
            let no = parser.expression()?;
            let span = condition.span.start..no.span.end;
            parser
                .tree(TreeKind::Ternary { condition: Box::new(condition), yes: Box::new(yes), no: Box::new(no) }, span)
        })
    }

    fn any(&mut self) -> Result<Tree> {
        self.chain("||", TreeKind::Any, |parser| parser.chain("&&", TreeKind::All, |parser| parser.binary(3)))
    }

    /// Operands between a symbol that associates: one node for all of them, so that long chains stay flat.
    fn chain(
        &mut self,
        symbol: &str,
        node: impl FnOnce(Vec<Tree>) -> TreeKind,
        mut operand: impl FnMut(&mut Self) -> Result<Tree>,
    ) -> Result<Tree> {
        let first = operand(self)?;
        if self.peek() != &Token::Symbol(if symbol == "||" { "||" } else { "&&" }) {
            return Ok(first);
        }
        let start = first.span.start;
        let mut parts = vec![first];
        while self.eat(symbol) {
            parts.push(operand(self)?);
        }
        self.tree(node(parts), start..self.end_of_last())
    }

    fn binary(&mut self, loosest: u8) -> Result<Tree> {
        let mut left = self.prefix()?;
        while let &Token::Symbol(symbol) = self.peek() {
            let Some((strength, operator)) = binding(symbol).filter(|&(strength, _)| strength >= loosest) else {
                break;
            };
            let operator_span = self.next().span;
            let right = self.deeper(|parser| parser.binary(strength + 1))?;
            let span = left.span.start..right.span.end;
            let (left_box, right) = (Box::new(left), Box::new(right));
            left = self.tree(TreeKind::Binary { operator, operator_span, left: left_box, right }, span)?;
        }
        Ok(left)
    }

    fn prefix(&mut self) -> Result<Tree> {
        let start = self.here().start;
        let prefix = match self.peek() {
            Token::Symbol("-") => Prefix::Minus,
            Token::Symbol("+") => Prefix::Plus,
            Token::Symbol("!") => Prefix::Not,
            Token::Symbol("~") => Prefix::Complement,
            _ => return self.postfix(),
        };
        self.next();
        if prefix == Prefix::Minus
            && let Some(value) = self.negative_number()
        {
            let literal = self.tree(TreeKind::Literal(value), start..self.end_of_last())?;
            return self.postfixes(literal);
        }
        let operand = self.deeper(Self::prefix)?;
        let span = start..operand.span.end;
        self.tree(TreeKind::Prefix(prefix, Box::new(operand)), span)
    }

    /// A number behind a minus is one literal, so that the smallest integer of a type can be written.
    fn negative_number(&mut self) -> Option<Value> {
        let value = match self.peek() {
            Token::Number(Value::I64(2_147_483_648)) if !self.text[self.here()].ends_with(['l', 'L']) => {
                Value::I32(i32::MIN)
            }
            Token::SmallestLong => Value::I64(i64::MIN),
            Token::Number(Value::I32(value)) => Value::I32(-value),
            Token::Number(Value::I64(value)) => Value::I64(-value),
            Token::Number(Value::F32(value)) => Value::F32(-value),
            Token::Number(Value::F64(value)) => Value::F64(-value),
            _ => return None,
        };
        self.next();
        Some(value)
    }

    fn postfix(&mut self) -> Result<Tree> {
        let primary = self.primary()?;
        self.postfixes(primary)
    }

    fn postfixes(&mut self, mut tree: Tree) -> Result<Tree> {
        loop {
            let start = tree.span.start;
            let kind = if self.eat(".") {
                let name = self.next();
                let Token::Identifier(text) = name.token else {
                    return Err(self.error("expected the name of a method behind the point", name.span));
                };
                if self.peek() == &Token::Symbol("(") {
                    let arguments = self.enclosed(")")?;
                    TreeKind::Method { on: Box::new(tree), name: text, name_span: name.span, arguments }
                } else {
                    TreeKind::Field { on: Box::new(tree), name: text }
                }
            } else if self.peek() == &Token::Symbol("[") {
                let opened = self.next().span;
                let at = self.expression()?;
                self.expect("]", &opened)?;
                TreeKind::Index { on: Box::new(tree), at: Box::new(at) }
            } else {
                return Ok(tree);
            };
            tree = self.tree(kind, start..self.end_of_last())?;
        }
    }

    /// Expressions between brackets, the first of which comes next; `close` is the second.
    pub(super) fn enclosed(&mut self, close: &str) -> Result<Vec<Tree>> {
        let opened = self.next().span;
        let mut trees = Vec::new();
        if self.eat(close) {
            return Ok(trees);
        }
        loop {
            trees.push(self.expression()?);
            if !self.eat(",") {
                self.expect(close, &opened)?;
                return Ok(trees);
            }
        }
    }

    fn primary(&mut self) -> Result<Tree> {
        let Lexeme { token, span } = self.next();
        let kind = match token {
            Token::Number(value) => TreeKind::Literal(value),
            Token::SmallestLong => {
                return Err(self.error("the number 9223372036854775808 does not fit into 64 bits", span));
            }
            Token::Text(text) => TreeKind::Literal(Value::from(text)),
            Token::Quoted(text) => TreeKind::Quoted(text),
            Token::Identifier(name) => return self.named(name, span),
            Token::Symbol("(") => return self.bracketed(span),
            Token::End if span.start == 0 => return Err(self.error("the formula is empty", span)),
            Token::End => return Err(self.error("the formula ends where a value is expected", span)),
            Token::Symbol(symbol) => {
                return Err(self.error(format!("expected a value, found {symbol}"), span));
            }
        };
        self.tree(kind, span)
    }

    fn named(&mut self, name: String, span: Range<usize>) -> Result<Tree> {
        let kind = match name.as_str() {
            "true" => TreeKind::Literal(Value::Bool(true)),
            "false" => TreeKind::Literal(Value::Bool(false)),
            "null" => TreeKind::Null,
            "new" => return self.new_list(span),
            "col" if self.peek() == &Token::Symbol("(") && matches!(self.peek_at(1), Token::Text(_)) => {
                let column = self.column_name()?;
                return self.tree(TreeKind::Column(column), span.start..self.end_of_last());
            }
            _ if self.peek() == &Token::Symbol("(") => {
                let arguments = self.enclosed(")")?;
                TreeKind::Call { name, name_span: span.clone(), arguments }
            }
            _ => TreeKind::Name(name),
        };
        self.tree(kind, span.start..self.end_of_last())
    }

    /// The name inside ``(`any name`)``, behind `col`.
    fn column_name(&mut self) -> Result<String> {
        let opened = self.next().span;
        let name = self.next();
        let Token::Text(text) = name.token else {
            return Err(self.error("col takes the name of a column between backticks", name.span));
        };
        self.expect(")", &opened)?;
        Ok(text)
    }

    /// What stands behind an opening bracket: a cast, or an expression.
    fn bracketed(&mut self, opened: Range<usize>) -> Result<Tree> {
        if let Token::Identifier(name) = self.peek()
            && let Some(ty) = type_named(name)
            && self.peek_at(1) == &Token::Symbol(")")
            && self.starts_operand(2)
        {
            self.at += 2;
            let operand = self.deeper(Self::prefix)?;
            let span = opened.start..operand.span.end;
            return self.tree(TreeKind::Cast(ty, Box::new(operand)), span);
        }
        let mut inner = self.expression()?;
        self.expect(")", &opened)?;
        inner.span = opened.start..self.end_of_last();
        Ok(inner)
    }

    /// Whether the token `ahead` can start an operand, so that `(name)` before it is a cast.
    fn starts_operand(&self, ahead: usize) -> bool {
        match self.peek_at(ahead) {
            Token::End => false,
            Token::Symbol(symbol) => matches!(*symbol, "(" | "-" | "+" | "!" | "~"),
            _ => true,
        }
    }
}
