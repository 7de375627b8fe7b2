//! Built-in functions that are a few instructions: kernels compute them. All others are called by the interpreter, a
//! vector at a time.

use headwater_engine::Type;
use headwater_engine::formula::Call;
use headwater_engine::formula::ir::Expr;

use super::{Lowering, Number, Truth, constant};
use crate::shape::{Binary, Bit, Comparison, Form, Lane, Node, Unary};

/// Whether kernels compute this call.
pub(crate) fn is_known(call: &Call, arguments: &[Expr]) -> bool {
    if call.is_user() || !call.parameters().all(|ty| Form::of(ty).is_some()) || Form::of(call.result()).is_none() {
        return false;
    }
    match call.name() {
        "sqrt" | "floor" | "ceil" | "rint" | "abs" | "isNaN" | "replaceIfNull" | "replaceIfNaN" | "ifelse"
        | "inRange" | "min" | "max" => true,
        "lowerBin" => {
            let wide = matches!(call.result(), Type::I32 | Type::I64 | Type::Timestamp);
            let size = arguments.get(1).and_then(fixed_integer);
            wide && arguments.len() == 2 && size.is_some_and(|size| size > 0)
        }
        _ => false,
    }
}

/// The value of an integer constant.
fn fixed_integer(expr: &Expr) -> Option<i64> {
    let value = expr.constant().filter(|value| !value.is_null() && expr.ty.is_integer())?;
    Some(constant::integer(super::number::lane(expr.ty), constant::bits(expr.ty, value)))
}

impl Lowering {
    pub(super) fn call_number(&mut self, call: &Call, arguments: &[Expr]) -> Number {
        if call.name() == "ifelse" {
            return self.if_else(arguments);
        }
        let numbers: Vec<Number> = arguments.iter().map(|argument| self.number(argument)).collect();
        match (call.name(), &*numbers) {
            ("sqrt", &[x]) => self.unary(Unary::SquareRoot, x),
            ("floor", &[x]) => self.unary(Unary::Floor, x),
            ("ceil", &[x]) => self.unary(Unary::Ceiling, x),
            ("rint", &[x]) => self.unary(Unary::Nearest, x),
            ("abs", &[x]) => self.absolute(call.result(), x),
            ("replaceIfNull", &[x, y]) => self.pick(x.valid, x, y),
            ("replaceIfNaN", &[x, y]) => {
                let nan = self.nan(x.id);
                let nan = self.builder.and(nan, x.valid);
                self.pick(nan, y, x)
            }
            ("min", &[a, b]) => self.extreme(Comparison::LessOrEqual, a, b),
            ("max", &[a, b]) => self.extreme(Comparison::GreaterOrEqual, a, b),
            ("lowerBin", &[x, size]) => self.lower_bin(x, size, arguments.get(1)),
            (_, numbers) => numbers
                .first()
                .copied()
                .unwrap_or_else(|| Number { id: self.builder.constant(Lane::I64, 0), valid: Bit::Known(false) }),
        }
    }

    pub(super) fn call_truth(&mut self, call: &Call, arguments: &[Expr]) -> Truth {
        match (call.name(), arguments) {
            ("isNaN", [x]) => {
                let x = self.number(x);
                let nan = self.nan(x.id);
                Truth::known(self.builder.and(nan, x.valid))
            }
            ("inRange", [x, low, high]) => {
                let (x, low, high) = (self.number(x), self.number(low), self.number(high));
                let above = self.compare_lanes(Comparison::LessOrEqual, low.id, x.id);
                let below = self.compare_lanes(Comparison::LessOrEqual, x.id, high.id);
                let within = [above, below, x.valid, low.valid, high.valid];
                Truth::known(within.into_iter().fold(Bit::Known(true), |all, one| self.builder.and(all, one)))
            }
            ("replaceIfNull", [x, y]) => {
                let (x, y) = (self.truth(x), self.truth(y));
                let valid = self.valid(x);
                self.pick_truth(valid, x, y)
            }
            ("ifelse", [when, a, b]) => {
                let (when, a, b) = (self.truth(when), self.truth(a), self.truth(b));
                let valid = self.valid(when);
                let picked = self.pick_truth(when.yes, a, b);
                let no = self.no(picked);
                if valid == Bit::Known(true) {
                    picked
                } else {
                    Truth { yes: self.builder.and(picked.yes, valid), no: Some(self.builder.and(no, valid)) }
                }
            }
            _ => Truth { yes: Bit::Known(false), no: Some(Bit::Known(false)) },
        }
    }

    fn if_else(&mut self, arguments: &[Expr]) -> Number {
        let [when, a, b] = arguments else {
            return Number { id: self.builder.constant(Lane::I64, 0), valid: Bit::Known(false) };
        };
        let (when, a, b) = (self.truth(when), self.number(a), self.number(b));
        let valid = self.valid(when);
        let picked = self.pick(when.yes, a, b);
        Number { id: picked.id, valid: self.builder.and(picked.valid, valid) }
    }

    fn absolute(&mut self, ty: Type, x: Number) -> Number {
        let absolute = self.unary(Unary::Absolute, x);
        // The least small integer has no opposite.
        match Form::of(ty) {
            Some(form @ (Form::I8 | Form::I16)) => {
                Number { id: self.builder.add(Node::Wrap(form, absolute.id)), valid: x.valid }
            }
            _ => absolute,
        }
    }

    /// The one of two that is wanted: what is null is left out, NaN wins, the first of equals.
    fn extreme(&mut self, wanted: Comparison, a: Number, b: Number) -> Number {
        let better = self.compare_lanes(wanted, a.id, b.id);
        let nan = self.nan(a.id);
        let first = self.builder.or(better, nan);
        let alone = self.builder.not(b.valid);
        let first = self.builder.or(first, alone);
        let first = self.builder.and(first, a.valid);
        let picked = self.pick(first, a, b);
        Number { id: picked.id, valid: self.builder.or(a.valid, b.valid) }
    }

    /// `x` less what it is above a multiple of the size, which is a constant above zero.
    fn lower_bin(&mut self, x: Number, size: Number, written: Option<&Expr>) -> Number {
        let lane = self.builder.lane(x.id);
        let bits = self.converted(size.id, lane);
        let fixed = written.and_then(fixed_integer).map(|size| size as u64);
        let rest = self.remainder(x.id, bits, fixed, Bit::Known(true));
        let zero = self.builder.constant(lane, 0);
        let negative = self.compare_lanes(Comparison::Less, rest, zero);
        let up = Number { id: self.builder.add(Node::Binary(Binary::Add, rest, bits)), valid: x.valid };
        let above = self.pick(negative, up, Number { id: rest, valid: x.valid });
        Number { id: self.builder.add(Node::Binary(Binary::Subtract, x.id, above.id)), valid: x.valid }
    }
}
