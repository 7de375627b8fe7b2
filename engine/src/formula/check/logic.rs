//! `&&`, `||`, `?:`.

use std::ops::Range;

use super::super::ir::{Expr, Node};
use super::super::syntax::Tree;
use super::convert::widening;
use super::{Checker, Typed};
use crate::types::{Type, Value};
use crate::{Error, Result};

impl Checker<'_> {
    pub(super) fn junction(
        &self,
        symbol: &str,
        node: impl FnOnce(Vec<Expr>) -> Node,
        parts: &[Tree],
        span: Range<usize>,
    ) -> Result<Typed> {
        let parts = parts
            .iter()
            .map(|part| {
                let typed = self.tree(part)?;
                self.as_bool(typed, || format!("{symbol} combines conditions of type bool"), part.span.clone())
            })
            .collect::<Result<Vec<Expr>>>()?;
        self.folded(Type::Bool, node(parts), span)
    }

    pub(super) fn ternary(&self, condition: &Tree, yes: &Tree, no: &Tree, span: Range<usize>) -> Result<Typed> {
        let typed = self.tree(condition)?;
        let when = self.as_bool(typed, || "?: needs a condition of type bool".to_owned(), condition.span.clone())?;
        let (yes, no) = (self.tree(yes)?, self.tree(no)?);
        if yes.is_null() && no.is_null() {
            return Ok(yes);
        }
        let Some((yes, no)) = self.branches(&yes, &no)? else { return Err(self.no_common(&yes, &no, span)) };
        let ty = yes.ty;
        // A constant condition has chosen already; the other branch may be one that cannot be computed.
        match when.constant() {
            Some(Value::Bool(true)) => Ok(Typed::fixed(yes)),
            Some(Value::Bool(false)) => Ok(Typed::fixed(no)),
            _ => self.folded(ty, Node::Choose(Box::new((when, yes, no))), span),
        }
    }

    /// Both branches as one type: that of the other for null and literals, the wider of two numbers.
    fn branches(&self, yes: &Typed, no: &Typed) -> Result<Option<(Expr, Expr)>> {
        if yes.ty() != no.ty() && small_integers(yes.ty(), no.ty()) {
            return Ok(None);
        }
        for ty in [yes.ty(), no.ty()] {
            let widens = |typed: &Typed| typed.is_null() || typed.ty() == ty || widening(typed.ty(), ty).is_some();
            if !(widens(yes) && widens(no)) && yes.ty().is_numeric() && no.ty().is_numeric() {
                continue;
            }
            let yes = self.coerce(yes.clone(), ty)?;
            if let (Some(yes), Some(no)) = (yes, self.coerce(no.clone(), ty)?) {
                return Ok(Some((yes, no)));
            }
        }
        Ok(None)
    }

    fn no_common(&self, yes: &Typed, no: &Typed, span: Range<usize>) -> Error {
        let shown = |typed: &Typed| if typed.is_null() { "null".to_owned() } else { typed.ty().to_string() };
        let message = format!("?: chooses between {} and {}, which have no type in common", shown(yes), shown(no));
        let error = self.type_error(message, span);
        if small_integers(yes.ty(), no.ty()) {
            error.with_help("cast one of them: (i32)x")
        } else if yes.ty() == Type::String || no.ty() == Type::String {
            error.with_help("make both text: `` + x")
        } else {
            error
        }
    }
}

/// Two different types that both promote to `i32`: which of them is meant is for the user to say.
fn small_integers(a: Type, b: Type) -> bool {
    let small = |ty: Type| matches!(ty, Type::I8 | Type::I16 | Type::Char);
    small(a) && small(b) && a != b
}
