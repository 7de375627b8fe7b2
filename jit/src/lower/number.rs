//! Expressions whose values are numbers, times included.

use headwater_engine::Type;
use headwater_engine::formula::ir::{Expr, Node as ExprNode, UnaryOp};

use super::{Lowering, Number, Part, constant};
use crate::shape::{Bit, Form, Lane, Node, Unary};

impl Lowering {
    /// The value of an expression that is no boolean.
    pub(super) fn number(&mut self, expr: &Expr) -> Number {
        match &expr.node {
            ExprNode::Constant(value) => {
                let id = self.builder.constant(lane(expr.ty), constant::bits(expr.ty, value));
                Number { id, valid: Bit::Known(!value.is_null()) }
            }
            ExprNode::Input(slot) => {
                let read = self.read(*slot, Part::Values, Form::of(expr.ty).unwrap_or(Form::I64));
                let id = self.builder.add(Node::Column(read));
                Number { id, valid: self.slot_valid(*slot) }
            }
            ExprNode::Unary(op, operand) => {
                let operand = self.number(operand);
                let op = if *op == UnaryOp::Negate { Unary::Negate } else { Unary::Complement };
                self.unary(op, operand)
            }
            ExprNode::Binary(op, pair) => self.binary(*op, pair),
            ExprNode::Choose(three) => self.choose_number(three),
            ExprNode::Cast(operand) => self.cast(expr.ty, operand),
            // The physical value stays as it is.
            ExprNode::Retype(operand) => self.number(operand),
            ExprNode::Call(call, arguments) => self.call_number(call, arguments),
            // What is left gives booleans or text, which are not asked for here.
            _ => Number { id: self.builder.constant(lane(expr.ty), 0), valid: Bit::Known(false) },
        }
    }

    pub(super) fn unary(&mut self, op: Unary, operand: Number) -> Number {
        Number { id: self.builder.add(Node::Unary(op, operand.id)), valid: operand.valid }
    }

    fn choose_number(&mut self, three: &(Expr, Expr, Expr)) -> Number {
        let (when, before) = self.choosing(&three.0);
        let unless = self.builder.not(when);
        self.open = self.builder.and(before, when);
        let yes = self.number(&three.1);
        self.open = self.builder.and(before, unless);
        let no = self.number(&three.2);
        self.open = before;
        self.pick(when, yes, no)
    }

    /// `yes` where the bit is set, else `no`.
    pub(super) fn pick(&mut self, when: Bit, yes: Number, no: Number) -> Number {
        match when {
            Bit::Known(true) => yes,
            Bit::Known(false) => no,
            Bit::Node(id) => {
                let valid = self.pick_bit(when, yes.valid, no.valid);
                Number { id: self.builder.add(Node::Select(id, yes.id, no.id)), valid }
            }
        }
    }

    /// One bit or the other.
    pub(super) fn pick_bit(&mut self, when: Bit, yes: Bit, no: Bit) -> Bit {
        if yes == no {
            return yes;
        }
        let unless = self.builder.not(when);
        let (yes, no) = (self.builder.and(when, yes), self.builder.and(unless, no));
        self.builder.or(yes, no)
    }

    fn cast(&mut self, to: Type, operand: &Expr) -> Number {
        let number = self.number(operand);
        let id = self.converted(number.id, lane(to));
        let id = match Form::of(to) {
            // What is a small integer already keeps its value; widening needs no wrap either.
            Some(form @ (Form::I8 | Form::I16 | Form::U16)) if !holds(operand.ty, form) => {
                self.builder.add(Node::Wrap(form, id))
            }
            _ => id,
        };
        Number { id, valid: number.valid }
    }

    /// The number in that lane. Floats become small integers by way of 32 bits, and 64-bit integers 64-bit floats by
    /// way of nothing: each pair of lanes is one conversion.
    pub(super) fn converted(&mut self, id: u16, to: Lane) -> u16 {
        if self.builder.lane(id) == to { id } else { self.builder.add(Node::Convert(to, id)) }
    }
}

/// The lane of a type's values.
pub(super) fn lane(ty: Type) -> Lane {
    Form::of(ty).map_or(Lane::I64, Form::lane)
}

/// Whether every value of the type is one of the form.
fn holds(ty: Type, form: Form) -> bool {
    match (Form::of(ty), form) {
        (Some(from), form) if from == form => true,
        (Some(Form::I8), Form::I16) => true,
        _ => false,
    }
}
