//! What may be asked of a list: one of its values, and how many there are.

use std::ops::Range;

use super::super::builtin;
use super::super::function::Call;
use super::super::ir::Node;
use super::super::syntax::{Tree, TreeKind};
use super::{Checker, Typed};
use crate::Result;
use crate::types::Type;

impl Checker<'_> {
    /// `List[0]`; indexing of anything else is not to be had, but for [`Checker::nearby`].
    pub(super) fn index(&self, on: &Tree, at: &Tree, span: Range<usize>) -> Result<Typed> {
        if let TreeKind::Name(name) = &on.kind
            && let Some(column) = name.strip_suffix('_')
            && self.position(name).is_none()
            && self.position(column).is_some()
        {
            return Err(self.other_rows(column, span));
        }
        let value = self.tree(on)?;
        let Some(item) = value.ty().item() else {
            let error = self.type_error(format!("{} has no elements to index", value.type_name()), at.span.clone());
            return Err(if value.ty() == Type::String {
                error.with_help("text.charAt(n) is one character, text.substring(from, to) a part")
            } else {
                error
            });
        };
        let position = self.tree(at)?;
        let ty = position.type_name();
        let position = self.coerce(position, Type::I64)?.ok_or_else(|| {
            self.type_error(format!("a position in a list is a whole number, not {ty}"), at.span.clone())
        })?;
        let call = Call::new(builtin::element(value.ty(), item));
        self.folded(item, Node::Call(call, vec![value.expr, position]), span)
    }

    /// `len(list)`, `list.size()`
    pub(super) fn len(&self, name: &str, list: Typed, span: Range<usize>) -> Result<Typed> {
        if list.ty().item().is_none() {
            let error = self.type_error(format!("{name} takes a list, not {}", list.type_name()), list.span());
            return Err(if list.ty() == Type::String {
                error.with_help("text.length() counts characters")
            } else {
                error
            });
        }
        let call = Call::new(builtin::len(list.ty()));
        self.folded(Type::I64, Node::Call(call, vec![list.expr]), span)
    }
}
