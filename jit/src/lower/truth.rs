//! Expressions whose values are booleans, in three-valued logic: where they are true, and where they are false.

use headwater_engine::formula::ir::{BinaryOp, Expr, Node as ExprNode};
use headwater_engine::{Type, Value};

use super::{Lowering, Part, Truth};
use crate::shape::{Bit, Form, Node};

impl Truth {
    /// A boolean that is never null.
    pub(super) fn known(yes: Bit) -> Truth {
        Truth { yes, no: None }
    }
}

impl Lowering {
    pub(super) fn truth(&mut self, expr: &Expr) -> Truth {
        match &expr.node {
            ExprNode::Constant(Value::Bool(value)) => Truth::known(Bit::Known(*value)),
            ExprNode::Input(slot) => {
                let read = self.read(*slot, Part::Values, Form::Bits);
                let value = Bit::Node(self.builder.add(Node::Bits(read)));
                let valid = self.slot_valid(*slot);
                self.where_valid(value, valid)
            }
            ExprNode::Unary(_, operand) => {
                let truth = self.truth(operand);
                Truth { yes: self.no(truth), no: truth.no.map(|_| truth.yes) }
            }
            ExprNode::Binary(op, pair) => self.bitwise(*op, pair),
            ExprNode::Compare(op, pair) => Truth::known(self.compare(*op, pair)),
            ExprNode::All(parts) => self.all(parts),
            ExprNode::Any(parts) => self.any(parts),
            ExprNode::Choose(three) => self.choose_truth(three),
            ExprNode::IsNull(operand) => {
                let valid = self.validity(operand);
                Truth::known(self.builder.not(valid))
            }
            ExprNode::OneOf(operand, set) => Truth::known(self.one_of(operand, set)),
            ExprNode::Call(call, arguments) => self.call_truth(call, arguments),
            // The constant null; nothing else is left that gives booleans.
            _ => Truth { yes: Bit::Known(false), no: Some(Bit::Known(false)) },
        }
    }

    /// Where it is false.
    pub(super) fn no(&mut self, truth: Truth) -> Bit {
        truth.no.unwrap_or_else(|| self.builder.not(truth.yes))
    }

    /// `value` where `valid`, else null.
    pub(super) fn where_valid(&mut self, value: Bit, valid: Bit) -> Truth {
        if valid == Bit::Known(true) {
            return Truth::known(value);
        }
        let opposite = self.builder.not(value);
        Truth { yes: self.builder.and(value, valid), no: Some(self.builder.and(opposite, valid)) }
    }

    /// `&`, `|`, `^`: null if either side is.
    fn bitwise(&mut self, op: BinaryOp, pair: &(Expr, Expr)) -> Truth {
        let (left, right) = (self.truth(&pair.0), self.truth(&pair.1));
        let (left_valid, right_valid) = (self.valid(left), self.valid(right));
        let valid = self.builder.and(left_valid, right_valid);
        let value = match op {
            BinaryOp::And => self.builder.and(left.yes, right.yes),
            BinaryOp::Or => self.builder.or(left.yes, right.yes),
            _ => self.builder.xor(left.yes, right.yes),
        };
        self.where_valid(value, valid)
    }

    /// False if a part is false, else null if one is null. A part may fail on the rows that no part before it made false.
    fn all(&mut self, parts: &[Expr]) -> Truth {
        let before = self.open;
        let mut all = Truth::known(Bit::Known(true));
        for part in parts {
            if part.is_fallible() {
                let no = self.no(all);
                let undecided = self.builder.not(no);
                self.open = self.builder.and(before, undecided);
            }
            let part = self.truth(part);
            let no = match (all.no, part.no) {
                (None, None) => None,
                _ => {
                    let (a, b) = (self.no(all), self.no(part));
                    Some(self.builder.or(a, b))
                }
            };
            all = Truth { yes: self.builder.and(all.yes, part.yes), no };
        }
        self.open = before;
        all
    }

    /// True if a part is true, else null if one is null.
    fn any(&mut self, parts: &[Expr]) -> Truth {
        let before = self.open;
        let mut any = Truth::known(Bit::Known(false));
        for part in parts {
            if part.is_fallible() {
                let undecided = self.builder.not(any.yes);
                self.open = self.builder.and(before, undecided);
            }
            let part = self.truth(part);
            let no = match (any.no, part.no) {
                (None, None) => None,
                _ => {
                    let (a, b) = (self.no(any), self.no(part));
                    Some(self.builder.and(a, b))
                }
            };
            any = Truth { yes: self.builder.or(any.yes, part.yes), no };
        }
        self.open = before;
        any
    }

    /// The condition of a `?:`, which is a fault where it is null, and the rows that were open before it.
    pub(super) fn choosing(&mut self, condition: &Expr) -> (Bit, Bit) {
        let truth = self.truth(condition);
        let valid = self.valid(truth);
        let null = self.builder.not(valid);
        self.fault(null);
        (truth.yes, self.open)
    }

    fn choose_truth(&mut self, three: &(Expr, Expr, Expr)) -> Truth {
        let (when, before) = self.choosing(&three.0);
        let unless = self.builder.not(when);
        self.open = self.builder.and(before, when);
        let yes = self.truth(&three.1);
        self.open = self.builder.and(before, unless);
        let no = self.truth(&three.2);
        self.open = before;
        self.pick_truth(when, yes, no)
    }

    pub(super) fn pick_truth(&mut self, when: Bit, yes: Truth, no: Truth) -> Truth {
        let false_where = match (yes.no, no.no) {
            (None, None) => None,
            _ => {
                let (a, b) = (self.no(yes), self.no(no));
                Some(self.pick_bit(when, a, b))
            }
        };
        Truth { yes: self.pick_bit(when, yes.yes, no.yes), no: false_where }
    }

    /// Whether a type's values are bits.
    pub(super) fn is_bool(expr: &Expr) -> bool {
        expr.ty == Type::Bool
    }
}
