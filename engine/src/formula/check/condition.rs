//! Match filters.

use std::ops::Range;
use std::sync::Arc;

use super::super::builtin;
use super::super::function::Call;
use super::super::ir::{Expr, Node, UnaryOp, ValueSet};
use super::super::syntax::{Matching, Tree};
use super::convert::as_decimal;
use super::{Checker, Typed, constant};
use crate::Result;
use crate::types::{Str, Type, Value};

impl Checker<'_> {
    pub(super) fn matching(
        &self,
        value: &Tree,
        how: Matching,
        negated: bool,
        ignore_case: bool,
        items: &[Tree],
        span: Range<usize>,
    ) -> Result<Expr> {
        let value = self.tree(value)?;
        let items: Vec<Typed> =
            items.iter().map(|item| self.items(item, value.ty())).collect::<Result<Vec<_>>>()?.concat();
        if (ignore_case || how != Matching::In) && value.ty() != Type::String {
            let what = if ignore_case { "icase" } else { "includes" };
            return Err(self.type_error(format!("{what} matches text, and this is {}", value.ty()), value.span()));
        }
        if how != Matching::In {
            return self.includes(value.expr, how, negated, ignore_case, items, span);
        }
        let mut found = if ignore_case {
            let lower = self.lower(value.expr, &span);
            let texts = self.texts(items)?;
            let set = ValueSet::new(
                Type::String,
                texts.into_iter().map(|text| text.map_or(Value::Null, |text| folded(&text).into())),
            );
            Expr::new(Type::Bool, Node::OneOf(Box::new(lower), Arc::new(set)), span.clone())
        } else {
            self.one_of(value, items, span.clone())?.expr
        };
        if negated {
            found = Expr::new(Type::Bool, Node::Unary(UnaryOp::Not, Box::new(found)), span);
        }
        Ok(found)
    }

    /// What stands between two commas, to match values of type `ty`: a constant, or a list of them, which a bound variable
    /// may be.
    fn items(&self, tree: &Tree, ty: Type) -> Result<Vec<Typed>> {
        let typed = self.tree(tree)?;
        if typed.expr.constant().is_none() {
            return Err(self
                .type_error("a match lists constants", tree.span.clone())
                .with_help("compare with something computed by ==, or by in(x, a, b)"));
        }
        Ok(spread(typed, ty))
    }

    /// Whether `value` is one of constants; those that no value of its type can equal match nothing.
    pub(super) fn one_of(&self, value: Typed, items: Vec<Typed>, span: Range<usize>) -> Result<Typed> {
        let mut same = Vec::new();
        let mut wider = Vec::new();
        for item in items {
            if item.is_null() || item.expr.constant().is_some_and(Value::is_null) {
                same.push(Value::Null);
            } else if value.ty().is_numeric() && item.ty().is_numeric() {
                // NaN is found by NaN here, which a comparison would not do.
                match super::compare::exactly(item.expr.constant().unwrap_or(&Value::Null), value.ty()) {
                    Some(exact) => same.push(exact),
                    None if item.ty() == value.ty() => same.extend(item.expr.constant().cloned()),
                    None if value.ty().is_integer() => {}
                    None => wider.push(item),
                }
            } else if let (Type::Decimal(_), true) = (value.ty(), item.ty().is_numeric()) {
                // A number the scale has no room for is no value of the column.
                same.extend(as_decimal(&item, value.ty()).and_then(|expr| expr.constant().cloned()));
            } else {
                let (at, ty) = (item.span(), item.type_name());
                let Some(item) = self.coerce(item, value.ty())? else {
                    return Err(self.type_error(format!("{} is matched with {ty}", value.type_name()), at));
                };
                same.extend(item.constant().cloned());
            }
        }
        // What is left are f64 constants that no f32 equals: they match nothing either.
        drop(wider);
        let set = Arc::new(ValueSet::new(value.ty(), same));
        self.folded(Type::Bool, Node::OneOf(Box::new(value.expr), set), span)
    }

    /// Null contains nothing, and does not fail to: it passes neither `includes` nor `not includes`.
    fn includes(
        &self,
        value: Expr,
        how: Matching,
        negated: bool,
        ignore_case: bool,
        items: Vec<Typed>,
        span: Range<usize>,
    ) -> Result<Expr> {
        let value = if ignore_case { self.lower(value, &span) } else { value };
        let texts = self.texts(items)?;
        let parts = texts
            .into_iter()
            .map(|text| {
                let text = text.unwrap_or_default();
                let text = if ignore_case { folded(&text) } else { text };
                let arguments = vec![value.clone(), constant(Value::String(text), span.clone())];
                Expr::new(Type::Bool, Node::Call(Call::new(builtin::contains()), arguments), span.clone())
            })
            .collect();
        let found = match how {
            Matching::IncludesAll => Node::All(parts),
            _ => Node::Any(parts),
        };
        let found = Expr::new(Type::Bool, found, span.clone());
        Ok(if negated { Expr::new(Type::Bool, Node::Unary(UnaryOp::Not, Box::new(found)), span) } else { found })
    }

    fn texts(&self, items: Vec<Typed>) -> Result<Vec<Option<Str>>> {
        items
            .into_iter()
            .map(|item| {
                let (at, ty) = (item.span(), item.type_name());
                match self.coerce(item, Type::String)?.and_then(|expr| expr.constant().cloned()) {
                    Some(Value::String(text)) => Ok(Some(text)),
                    Some(Value::Null) => Ok(None),
                    _ => Err(self.type_error(format!("string is matched with {ty}"), at)),
                }
            })
            .collect()
    }

    fn lower(&self, value: Expr, span: &Range<usize>) -> Expr {
        Expr::new(Type::String, Node::Call(Call::new(builtin::lower_case()), vec![value]), span.clone())
    }
}

/// The values of a constant list, anything else as it is; what lists are compared with is no list of things to compare with.
pub(super) fn spread(typed: Typed, of: Type) -> Vec<Typed> {
    let (Some(Value::List(list)), false) = (typed.expr.constant(), matches!(of, Type::List(_))) else {
        return vec![typed];
    };
    let value = |value| Typed::fixed(Expr::new(list.item_type(), Node::Constant(value), typed.span()));
    list.iter().map(value).collect()
}

fn folded(text: &str) -> Str {
    Str::from(text.to_lowercase())
}
