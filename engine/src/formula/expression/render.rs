//! An expression as text: parentheses where they are needed, and variables for constants that have no literal.

use std::fmt;

use super::{Binds, Expression, Part, literal};
use crate::formula::syntax::is_identifier;
use crate::formula::{Formula, formula};
use crate::types::{Type, Value};

/// The text so far, and the constants that stand in it by name.
#[derive(Default)]
struct Text {
    text: String,
    variables: Vec<(String, Value)>,
}

impl Expression {
    /// The formula, of a column with a name if one is given.
    pub(super) fn formula(&self, name: Option<&str>) -> Formula {
        let mut out = Text::default();
        if let Some(name) = name {
            out.name(name);
            out.text.push_str(" = ");
        }
        out.part(self, Binds::Choose);
        out.variables.into_iter().fold(formula(out.text), |formula, (name, value)| formula.bind(name, value))
    }

    fn binds(&self) -> Binds {
        match &*self.0 {
            Part::Choose(..) => Binds::Choose,
            Part::Binary(operator, ..) => operator.binds,
            Part::Unary(..) | Part::Cast(..) => Binds::Unary,
            Part::Literal(value) if literal::is_negative(value) => Binds::Unary,
            Part::Column(_) | Part::Literal(_) | Part::Call(..) => Binds::Whole,
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.formula(None).text())
    }
}

impl Text {
    /// An expression that has to hold together at least as tightly as `wanted`.
    fn part(&mut self, expression: &Expression, wanted: Binds) {
        if expression.binds() >= wanted {
            return self.bare(expression);
        }
        self.text.push('(');
        self.bare(expression);
        self.text.push(')');
    }

    fn bare(&mut self, expression: &Expression) {
        match &*expression.0 {
            Part::Column(name) => self.name(name),
            Part::Literal(value) => self.literal(value),
            Part::Unary(symbol, operand) => {
                self.text.push_str(symbol);
                // Two signs in a row read badly.
                self.part(operand, Binds::Whole);
            }
            Part::Cast(ty, operand) => {
                self.cast(*ty);
                self.part(operand, Binds::Whole);
            }
            Part::Binary(operator, left, right) => {
                self.part(left, operator.binds);
                self.text.push_str(&format!(" {} ", operator.symbol));
                self.part(right, operator.binds.next());
            }
            Part::Call(name, arguments) => {
                self.text.push_str(&format!("{name}("));
                for (at, argument) in arguments.iter().enumerate() {
                    self.text.push_str(if at == 0 { "" } else { ", " });
                    self.part(argument, Binds::Choose);
                }
                self.text.push(')');
            }
            Part::Choose(condition, yes, no) => {
                self.part(condition, Binds::Or);
                self.text.push_str(" ? ");
                self.part(yes, Binds::Or);
                self.text.push_str(" : ");
                self.part(no, Binds::Choose);
            }
        }
    }

    fn cast(&mut self, ty: Type) {
        self.text.push_str(&format!("({ty})"));
    }

    fn name(&mut self, name: &str) {
        if is_identifier(name) {
            self.text.push_str(name);
        } else {
            self.text.push_str(&format!("col({})", literal::text(name)));
        }
    }

    /// A constant as it is written; one that cannot be is a variable, named as no column is.
    fn literal(&mut self, value: &Value) {
        match literal::written(value) {
            Some(written) => self.text.push_str(&written),
            None => {
                let name = format!("$literal{}", self.variables.len());
                self.text.push_str(&name);
                self.variables.push((name, value.clone()));
            }
        }
    }
}

impl Binds {
    /// What stands to the right of an operator has to hold tighter: all of them lean to the left.
    fn next(self) -> Binds {
        match self {
            Binds::Choose => Binds::Or,
            Binds::Or => Binds::And,
            Binds::And => Binds::BitOr,
            Binds::BitOr => Binds::BitXor,
            Binds::BitXor => Binds::BitAnd,
            Binds::BitAnd => Binds::Equality,
            Binds::Equality => Binds::Order,
            Binds::Order => Binds::Sum,
            Binds::Sum => Binds::Product,
            Binds::Product => Binds::Unary,
            Binds::Unary | Binds::Whole => Binds::Whole,
        }
    }
}
