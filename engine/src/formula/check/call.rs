//! Calls of functions and methods.

use std::ops::Range;
use std::sync::Arc;

use super::super::builtin::{self, Form as BuiltinForm};
use super::super::function::{Call, Function};
use super::super::ir::{Expr, Node, UnaryOp};
use super::super::syntax::{Operator, Tree, TreeKind};
use super::condition::spread;
use super::convert::{as_decimal, quoted_text, reread, widening};
use super::lists::{OF_LISTS, item_of};
use super::{Checker, Typed};
use crate::error::nearest;
use crate::types::{Type, Value};
use crate::{Error, ErrorKind, Result};

/// The most operations that `in(x, a, b, ..)` may come to.
const MOST_COMPARED: usize = 1 << 14;

/// The most values that a function of two is called with in turn, which nests the calls.
const MOST_IN_TURN: usize = 512;

impl Checker<'_> {
    pub(super) fn call(
        &self,
        name: &str,
        name_span: &Range<usize>,
        arguments: &[Tree],
        span: Range<usize>,
    ) -> Result<Typed> {
        let arguments = arguments.iter().map(|argument| self.tree(argument)).collect::<Result<Vec<Typed>>>()?;
        if let Some(function) = self.scope.functions.user(name) {
            return self.apply(name, std::slice::from_ref(function), arguments, name_span, span);
        }
        let form = builtin::find(name, false);
        let has_list = arguments.iter().any(|argument| item_of(argument).is_some());
        if let Some(family) = builtin::find_lists(name, false).filter(|_| has_list || form.is_none()) {
            return self.lists(family, name, arguments, name_span, span);
        }
        match form {
            Some(BuiltinForm::Functions(overloads)) => self.apply(name, overloads, arguments, name_span, span),
            Some(BuiltinForm::Variadic(overloads)) => self.fold_left(name, overloads, arguments, name_span, span),
            Some(BuiltinForm::Special(special)) => self.special(special, name, arguments, name_span, span),
            None => Err(self.unknown_function(name, name_span)),
        }
    }

    pub(super) fn method(
        &self,
        on: &Tree,
        name: &str,
        name_span: &Range<usize>,
        arguments: &[Tree],
        span: Range<usize>,
    ) -> Result<Typed> {
        // `String.valueOf(x)`: what Java calls a static method is a function with a point in its name.
        if let TreeKind::Name(class) = &on.kind
            && builtin::is_builtin(&format!("{class}.{name}"))
        {
            return self.call(&format!("{class}.{name}"), name_span, arguments, span);
        }
        let receiver = self.tree(on)?;
        let ty = receiver.type_name();
        let of_lists = item_of(&receiver).and_then(|_| builtin::find_lists(name, true));
        let overloads = match builtin::find(name, true) {
            Some(BuiltinForm::Functions(overloads)) => overloads,
            _ => &[],
        };
        let is_of_type =
            overloads.iter().any(|one| one.parameters.first().is_some_and(|first| first.ty == receiver.ty()));
        if of_lists.is_none() && !is_of_type {
            return Err(self.unknown_method(name, ty, name_span));
        }
        let rest = arguments.iter().map(|argument| self.tree(argument)).collect::<Result<Vec<Typed>>>()?;
        let all = std::iter::once(receiver).chain(rest).collect();
        match of_lists {
            Some(family) => self.lists(family, name, all, name_span, span),
            None => self.apply(name, overloads, all, name_span, span),
        }
    }

    /// Calls the overload that the arguments need to be widened least for.
    fn apply(
        &self,
        name: &str,
        overloads: &[Arc<Function>],
        arguments: Vec<Typed>,
        name_span: &Range<usize>,
        span: Range<usize>,
    ) -> Result<Typed> {
        let best = overloads
            .iter()
            .filter_map(|function| Some((distance(function, &arguments)?, function)))
            .min_by_key(|&(distance, _)| distance);
        let Some((_, function)) = best else {
            return Err(self.no_overload(name, overloads, &arguments, name_span));
        };
        let arguments = arguments
            .into_iter()
            .zip(&function.parameters)
            .map(|(argument, parameter)| {
                let at = argument.span();
                let expr = self.argument(argument, parameter.ty)?;
                if let Some(value) = expr.constant().filter(|value| !value.is_null()) {
                    (parameter.validate)(value).map_err(|reason| self.error(ErrorKind::Argument, reason, at))?;
                }
                Ok(expr)
            })
            .collect::<Result<Vec<Expr>>>()?;
        self.folded(function.result, Node::Call(Call::new(function.clone()), arguments), span)
    }

    fn argument(&self, argument: Typed, ty: Type) -> Result<Expr> {
        if ty == Type::String
            && let Some(text) = quoted_text(&argument)
        {
            return Ok(text);
        }
        if let Some(decimal) = as_decimal(&argument, ty) {
            return Ok(decimal);
        }
        let at = argument.span();
        let from = argument.type_name();
        self.coerce(argument, ty)?.ok_or_else(|| self.type_error(format!("{from} where {ty} is wanted"), at))
    }

    /// `max(a, b, c)` as `max(max(a, b), c)`.
    fn fold_left(
        &self,
        name: &str,
        overloads: &[Arc<Function>],
        arguments: Vec<Typed>,
        name_span: &Range<usize>,
        span: Range<usize>,
    ) -> Result<Typed> {
        let mut arguments = arguments.into_iter();
        let (Some(first), Some(second)) = (arguments.next(), arguments.next()) else {
            return Err(self.error(ErrorKind::Type, format!("{name} takes two values or more"), name_span.clone()));
        };
        if arguments.len() + 2 > MOST_IN_TURN {
            let message = format!("{name} takes up to {MOST_IN_TURN} values");
            return Err(self.error(ErrorKind::Limit, message, name_span.clone()));
        }
        let start = self.apply(name, overloads, vec![first, second], name_span, span.clone())?;
        arguments
            .try_fold(start, |so_far, next| self.apply(name, overloads, vec![so_far, next], name_span, span.clone()))
    }

    fn special(
        &self,
        special: builtin::Special,
        name: &str,
        mut arguments: Vec<Typed>,
        name_span: &Range<usize>,
        span: Range<usize>,
    ) -> Result<Typed> {
        use builtin::Special;
        let wanted = match special {
            Special::IsNull | Special::Not | Special::ValueOf | Special::Cast(_) => 1..=1,
            Special::In => 2..=usize::MAX,
            Special::And | Special::Or | Special::Format => 1..=usize::MAX,
        };
        if !wanted.contains(&arguments.len()) {
            let least = if *wanted.start() == 1 { "one argument" } else { "a value and what to look for" };
            let message = format!("{name} takes {least}, not {}", arguments.len());
            return Err(self.error(ErrorKind::Type, message, name_span.clone()));
        }
        let conditions = |arguments: Vec<Typed>| {
            arguments
                .into_iter()
                .map(|argument| {
                    let at = argument.span();
                    self.as_bool(argument, || format!("{name} takes conditions of type bool"), at)
                })
                .collect::<Result<Vec<Expr>>>()
        };
        match special {
            Special::And => self.folded(Type::Bool, Node::All(conditions(arguments)?), span),
            Special::Or => self.folded(Type::Bool, Node::Any(conditions(arguments)?), span),
            Special::In => {
                let value = arguments.remove(0);
                let ty = value.ty();
                let items = arguments.into_iter().flat_map(|item| spread(item, ty)).collect();
                self.found_in(value, items, name_span, span)
            }
            Special::IsNull => {
                let argument = arguments.remove(0);
                self.folded(Type::Bool, Node::IsNull(Box::new(argument.expr)), span)
            }
            Special::Not => {
                let condition = conditions(arguments)?.remove(0);
                self.folded(Type::Bool, Node::Unary(UnaryOp::Not, Box::new(condition)), span)
            }
            Special::ValueOf => {
                let part = arguments.remove(0).expr;
                self.folded(Type::String, Node::Concat(vec![part]), span)
            }
            Special::Format => self.format(arguments, span),
            Special::Cast(ty) => self.cast(ty, arguments.remove(0), span),
        }
    }

    /// `String.format(pattern, a, b)`
    fn format(&self, mut arguments: Vec<Typed>, span: Range<usize>) -> Result<Typed> {
        let pattern = arguments.remove(0);
        let at = pattern.span();
        let pattern = match quoted_text(&pattern) {
            Some(text) => text,
            None if pattern.ty() == Type::String => pattern.expr,
            None => return Err(self.wrong_argument("String.format", &pattern, Type::String)),
        };
        let types: Vec<Type> = arguments.iter().map(Typed::ty).collect();
        if let Some(Value::String(text)) = pattern.constant() {
            builtin::Pattern::read(text, &types).map_err(|reason| self.error(ErrorKind::Argument, reason, at))?;
        }
        let call = Call::new(builtin::format(types));
        let all = std::iter::once(pattern).chain(arguments.into_iter().map(|argument| argument.expr)).collect();
        self.folded(Type::String, Node::Call(call, all), span)
    }

    /// `in(x, a, b)`: as `x == a || x == b`, so null is found by null.
    fn found_in(&self, value: Typed, items: Vec<Typed>, at: &Range<usize>, span: Range<usize>) -> Result<Typed> {
        if let [list] = &items[..]
            && let Some(item) = item_of(list).filter(|_| item_of(&value).is_none())
        {
            return self.found_in_list(value, list.clone(), item, span);
        }
        if items.iter().all(|item| item.expr.constant().is_some()) {
            return self.one_of(value, items, span);
        }
        // The value is written once and compared with each: one inside the other, that would grow without bound.
        let size = value.expr.operators().saturating_mul(items.len());
        if size > MOST_COMPARED {
            let message = format!("{size} operations; the limit of a list of things to look for is {MOST_COMPARED}");
            return Err(self
                .error(ErrorKind::Limit, message, at.clone())
                .with_help("compute what is looked for in a column of its own"));
        }
        let mut parts = Vec::new();
        for item in items {
            parts.push(self.comparison(Operator::Equal, at, value.clone(), item, span.clone())?.expr);
        }
        self.folded(Type::Bool, Node::Any(parts), span)
    }

    fn unknown_function(&self, name: &str, at: &Range<usize>) -> Error {
        let error = self.error(ErrorKind::Unknown, format!("there is no function {name}"), at.clone());
        if builtin::find(name, true).is_some() {
            return error.with_help(format!("it is a method of text: text.{name}(..)"));
        }
        if builtin::find_lists(name, true).is_some() {
            return error.with_help(format!("it is a method of lists: list.{name}(..)"));
        }
        let built_in = builtin::names(false).map(|name| -> &str { name });
        match nearest(name, built_in.chain(self.scope.functions.user_names())) {
            Some(near) => error.with_help(format!("did you mean {near}?")),
            None => error.with_help("functions of your own are registered with session.function(name, closure)"),
        }
    }

    fn unknown_method(&self, name: &str, ty: &str, at: &Range<usize>) -> Error {
        let error = self.error(ErrorKind::Unknown, format!("{ty} has no method {name}"), at.clone());
        if builtin::is_builtin(name) {
            return error.with_help(format!("it is a function: {name}(..)"));
        }
        let others = builtin::names(true).filter(|&known| known != name);
        match nearest(name, others).filter(|_| matches!(ty, "string" | "list")) {
            Some(near) => error.with_help(format!("did you mean {near}?")),
            None => error,
        }
    }

    fn no_overload(&self, name: &str, overloads: &[Arc<Function>], arguments: &[Typed], at: &Range<usize>) -> Error {
        let given: Vec<&str> = arguments.iter().map(Typed::type_name).collect();
        let mut as_long = overloads.iter().filter(|function| function.parameters.len() == arguments.len());
        if let (Some(function), None) = (as_long.next(), as_long.next()) {
            // One argument is to blame, and can be shown.
            for (parameter, argument) in function.parameters.iter().zip(arguments) {
                if fit(argument, parameter.ty).is_none() {
                    return self.wrong_argument(name, argument, parameter.ty);
                }
            }
        }
        let message = format!("{name} does not take ({})", given.join(", "));
        let error = self.error(ErrorKind::Type, message, at.clone());
        if arguments.iter().any(|argument| item_of(argument).is_some()) {
            return error.with_help(OF_LISTS);
        }
        let ways: Vec<String> = overloads.iter().map(|function| function.signature()).collect();
        if ways.len() > 4 {
            let numbers = overloads.iter().all(|function| function.parameters.iter().all(|one| one.ty.is_numeric()));
            let count = overloads.first().map_or(0, |function| function.parameters.len());
            if numbers {
                return error.with_help(format!("it takes {count} {}", if count == 1 { "number" } else { "numbers" }));
            }
        }
        error.with_help(format!("it is called as {}", ways.join(" or ")))
    }

    pub(super) fn wrong_argument(&self, name: &str, argument: &Typed, wanted: Type) -> Error {
        let from = argument.ty();
        let given = match from {
            Type::Decimal(_) if !argument.is_null() => from.to_string(),
            _ => argument.type_name().to_owned(),
        };
        let message = format!("{name} takes {wanted} here, not {given}");
        let error = self.type_error(message, argument.span());
        match (from, wanted) {
            (from, wanted) if from.is_numeric() && wanted.is_numeric() => {
                error.with_help(format!("cast it: ({wanted})x"))
            }
            (Type::Decimal(_), Type::Decimal(_)) => {
                error.with_help("a function takes decimals of one scale: register one for this scale, or one of floats")
            }
            (_, Type::String) => error.with_help("make it text: `` + x"),
            (Type::String, wanted) if wanted.is_numeric() => {
                error.with_help("text becomes a number with parseLong(text) or parseDouble(text)")
            }
            (Type::String, Type::Timestamp) => error.with_help("text becomes a timestamp with parseInstant(text)"),
            (from, Type::Timestamp) if from.is_numeric() => {
                error.with_help("a number becomes a timestamp with epochNanosToInstant(n) or a relative")
            }
            (Type::Timestamp, wanted) if wanted.is_numeric() => {
                error.with_help("a timestamp becomes a number with epochNanos(t) or a relative")
            }
            _ => error,
        }
    }
}

/// How far the arguments are from the parameters; `None` if they do not fit.
fn distance(function: &Function, arguments: &[Typed]) -> Option<usize> {
    if function.parameters.len() != arguments.len() {
        return None;
    }
    arguments.iter().zip(&function.parameters).map(|(argument, parameter)| fit(argument, parameter.ty)).sum()
}

fn fit(argument: &Typed, ty: Type) -> Option<usize> {
    if argument.is_null() || argument.ty() == ty {
        return Some(0);
    }
    if reread(argument, ty).is_some()
        || as_decimal(argument, ty).is_some()
        || (ty == Type::String && quoted_text(argument).is_some())
    {
        return Some(1);
    }
    widening(argument.ty(), ty).filter(|_| argument.ty().is_numeric())
}
