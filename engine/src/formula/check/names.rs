//! Names: columns, bound variables, constants.

use std::ops::Range;

use super::super::builtin;
use super::super::ir::{Expr, Node};
use super::super::standing::standing;
use super::super::syntax::{Tree, TreeKind, is_identifier};
use super::lists::item_of;
use super::{Checker, Form, Typed};
use crate::error::{list, nearest};
use crate::plan::Standing;
use crate::types::{Type, Value};
use crate::{Error, ErrorKind, Result};

impl Checker<'_> {
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.scope.columns.iter().position(|column| &*column.name == name)
    }

    fn input(&self, position: usize, span: Range<usize>) -> Typed {
        Typed::fixed(Expr::new(self.scope.columns[position].ty, Node::Input(position), span))
    }

    /// A column, else a bound variable, else a constant.
    pub(super) fn name(&self, name: &str, span: Range<usize>) -> Result<Typed> {
        if let Some(position) = self.position(name) {
            return Ok(self.input(position, span));
        }
        // A later binding of a name wins.
        let variable = self.formula.variables().iter().rev().find(|(bound, _)| &**bound == name);
        if let Some((_, value)) = variable {
            return Ok(match value.ty() {
                Some(ty) => Typed::fixed(Expr::new(ty, Node::Constant(value.clone()), span)),
                None => Typed { expr: Expr::new(Type::String, Node::Constant(Value::Null), span), form: Form::Null },
            });
        }
        if let Some((ty, value)) = builtin::constant(name) {
            return Ok(Typed::fixed(Expr::new(ty, Node::Constant(value), span)));
        }
        if matches!(name, "i" | "ii" | "k") {
            return self.standing(name, span);
        }
        if let Some(error) = self.position_variable(name, &span) {
            return Err(error);
        }
        Err(self.unknown_name(name, span))
    }

    /// A column, whatever its name.
    pub(super) fn column(&self, name: &str, span: Range<usize>) -> Result<Typed> {
        self.position(name).map(|position| self.input(position, span.clone())).ok_or_else(|| {
            let error = self.error(ErrorKind::Unknown, format!("there is no column {name}"), span);
            let names = self.scope.columns.iter().map(|column| &*column.name);
            match nearest(name, names.clone()) {
                Some(near) => error.with_help(format!("did you mean {}?", written(near))),
                None => error.with_help(format!("the columns are {}", list(names, 12))),
            }
        })
    }

    fn position_variable(&self, name: &str, span: &Range<usize>) -> Option<Error> {
        let column = name.strip_suffix('_')?;
        self.position(column)?;
        Some(self.other_rows(column, span.clone()))
    }

    /// `i`, the position as `i32`; `ii`, the same as `i64`; `k`, the id.
    fn standing(&self, name: &str, span: Range<usize>) -> Result<Typed> {
        let standing = if name == "k" { Standing::Id } else { Standing::Position };
        let Some(position) = self.position(&standing.name()) else {
            let what = if name == "k" { "the id of a row is" } else { "the position of a row is" };
            return Err(self.error(ErrorKind::Unsupported, format!("{what} known in tables only"), span));
        };
        let input = self.input(position, span.clone());
        if name == "i" { self.cast(Type::I32, input, span) } else { Ok(input) }
    }

    pub(super) fn other_rows(&self, column: &str, span: Range<usize>) -> Error {
        let message = format!("the values of {column} on all rows are not available in formulas");
        self.error(ErrorKind::Unsupported, message, span)
            .with_help(format!("{column}_[i-1] is its value on the row before, {column}_[i+1] on the row after"))
    }

    fn unknown_name(&self, name: &str, span: Range<usize>) -> Error {
        let columns = self.scope.columns.iter().map(|column| &*column.name);
        let variables = self.formula.variables().iter().map(|(name, _)| &**name);
        if builtin::is_builtin(name) || self.scope.functions.user(name).is_some() {
            let error = self.error(ErrorKind::Unknown, format!("{name} is a function"), span);
            return error.with_help(format!("call it: {name}(..)"));
        }
        let error = self.error(ErrorKind::Unknown, format!("there is no column or variable {name}"), span);
        match nearest(name, columns.clone().chain(variables)) {
            Some(near) => error.with_help(format!("did you mean {}?", written(near))),
            None if self.scope.columns.is_empty() => error.with_help("no columns are in scope here"),
            None => error.with_help(format!("the columns are {}", list(columns, 12))),
        }
    }

    /// `Math.PI`
    pub(super) fn field(&self, on: &Tree, name: &str, span: Range<usize>) -> Result<Typed> {
        if let TreeKind::Name(class) = &on.kind
            && self.position(class).is_none()
            && !self.formula.variables().iter().any(|(bound, _)| **bound == **class)
        {
            let known = if class == "Math" { builtin::constant(name) } else { None };
            if let Some((ty, value)) = known {
                return Ok(Typed::fixed(Expr::new(ty, Node::Constant(value), span)));
            }
            return Err(self.error(ErrorKind::Unknown, format!("there is no {class}.{name}"), span));
        }
        let value = self.tree(on)?;
        if let Some(item) = item_of(&value).filter(|_| name == "length") {
            return self.length(item, value, span);
        }
        let message = format!("{} has no field {name}", value.type_name());
        Err(self
            .error(ErrorKind::Unknown, message, span)
            .with_help(format!("methods are called with brackets: {name}()")))
    }

    /// `Col_[i-1]`, if that is what a tree says: a column that the table has for it.
    pub(super) fn nearby(&self, tree: &Tree, span: &Range<usize>) -> Result<Option<Typed>> {
        let Some(Standing::Nearby { column, offset }) = standing(tree, self.scope.columns) else { return Ok(None) };
        if let Some(position) = self.position(&Standing::Nearby { column: column.clone(), offset }.name()) {
            return Ok(Some(self.input(position, span.clone())));
        }
        let message = format!("{column} is no column of the table yet, and other rows have no value of it");
        Err(self
            .error(ErrorKind::Unsupported, message, span.clone())
            .with_help(format!("make {column} in a call of its own, and ask for other rows in the next")))
    }

    /// Names a new column may not have, because a formula could not say them.
    pub(super) fn check_new_name(&self, name: &str, span: &Range<usize>) -> Result<()> {
        let error = |message: String| self.error(ErrorKind::Argument, message, span.clone());
        if name.is_empty() {
            return Err(error("a column needs a name".to_owned()));
        }
        if matches!(name, "i" | "ii" | "k" | "true" | "false" | "null" | "in" | "not") {
            return Err(error(format!("a column cannot be named {name}: the word has a meaning in formulas")));
        }
        Ok(())
    }
}

/// A column name as a formula writes it.
fn written(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { format!("col(`{name}`)") }
}
