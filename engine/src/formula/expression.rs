//! [`Expression`]: a formula put together by code instead of written as text.
//!
//! It prints itself as the text a user would write, and is a [`Formula`] by that: errors, `explain()` and plans know one form.

mod literal;
mod render;

use std::ops;
use std::sync::Arc;

use super::Formula;
use crate::types::{Type, Value};

/// A formula in parts: [`col`], [`lit`], [`call`] and [`when`] begin one, operators and methods go on.
///
/// Wherever formulas are taken an expression is too. A column of a result gets its name by [`Expression::named`].
/// Nulls, promotion and errors are those of the text it stands for, which `Display` shows; what is wrong with it is told
/// where it is used, with a caret in that text.
///
/// ```
/// use headwater_engine::vector::Vector;
/// use headwater_engine::{Session, col, lit, when};
/// let session = Session::new();
/// let trades = session.static_table("trades", [("Price", Vector::from(vec![10.0, 20.0])), ("Size", Vector::from(vec![3_i64, 5]))])?;
/// let total = col("Price") * col("Size");
/// let side = when(col("Size").gt(4)).then(lit("large")).otherwise(lit("small"));
/// assert_eq!(side.to_string(), "Size > 4 ? `large` : `small`");
/// let table = trades.filter(col("Price").ge(15.0))?.update([total.named("Total"), side.named("Side")])?;
/// assert_eq!(table.snapshot()?.rows(0..9)?.rows::<(f64, String)>(["Total", "Side"])?, [(100.0, "large".to_owned())]);
/// # Ok::<(), headwater_engine::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expression(Arc<Part>);

#[derive(Debug)]
enum Part {
    Column(Arc<str>),
    Literal(Value),
    Unary(&'static str, Expression),
    Binary(Operator, Expression, Expression),
    Cast(Type, Expression),
    Call(Arc<str>, Vec<Expression>),
    Choose(Expression, Expression, Expression),
}

/// An operator as it is written, and how tightly it binds.
#[derive(Clone, Copy, Debug)]
struct Operator {
    symbol: &'static str,
    binds: Binds,
}

/// How tightly parts hold together, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    Choose,
    Or,
    And,
    BitOr,
    BitXor,
    BitAnd,
    Equality,
    Order,
    Sum,
    Product,
    Unary,
    Whole,
}

/// The column of that name; any name will do.
pub fn col(name: impl Into<Arc<str>>) -> Expression {
    Part::Column(name.into()).into()
}

/// A constant.
pub fn lit(value: impl Into<Value>) -> Expression {
    Part::Literal(value.into()).into()
}

/// A built-in or a user function, by its name.
///
/// ```
/// use headwater_engine::{call, col};
/// assert_eq!(call("abs", [col("Change")]).to_string(), "abs(Change)");
/// ```
pub fn call(name: impl Into<Arc<str>>, arguments: impl IntoIterator<Item = Expression>) -> Expression {
    Part::Call(name.into(), arguments.into_iter().collect()).into()
}

/// Begins a choice: `when(condition).then(value).otherwise(other)`. A null condition fails the row, as `?:` does.
pub fn when(condition: Expression) -> When {
    When(condition)
}

/// A condition that waits for what it chooses.
#[derive(Clone, Debug)]
#[must_use = "a choice needs .then(..).otherwise(..)"]
pub struct When(Expression);

/// A condition and what it chooses, waiting for the other value.
#[derive(Clone, Debug)]
#[must_use = "a choice needs .otherwise(..)"]
pub struct Then(Expression, Expression);

impl When {
    /// The value where the condition is true.
    pub fn then(self, value: impl Into<Expression>) -> Then {
        Then(self.0, value.into())
    }
}

impl Then {
    /// The value where the condition is false.
    pub fn otherwise(self, value: impl Into<Expression>) -> Expression {
        Part::Choose(self.0, self.1, value.into()).into()
    }
}

impl From<Part> for Expression {
    fn from(part: Part) -> Self {
        Expression(Arc::new(part))
    }
}

impl<V: Into<Value>> From<V> for Expression {
    fn from(value: V) -> Self {
        lit(value)
    }
}

macro_rules! comparisons {
    ($($name:ident $symbol:literal $binds:ident $doc:literal;)*) => {$(
        #[doc = $doc]
        pub fn $name(self, other: impl Into<Expression>) -> Expression {
            self.with(Operator { symbol: $symbol, binds: Binds::$binds }, other.into())
        }
    )*};
}

impl Expression {
    comparisons! {
        eq "==" Equality "Whether the two are equal; null equals null.";
        ne "!=" Equality "Whether the two are not equal.";
        lt "<" Order "Whether this is less; null is less than all else.";
        le "<=" Order "Whether this is less or equal.";
        gt ">" Order "Whether this is greater.";
        ge ">=" Order "Whether this is greater or equal.";
        and "&&" And "Three-valued and.";
        or "||" Or "Three-valued or.";
    }

    /// Whether it is null.
    pub fn is_null(self) -> Expression {
        call("isNull", [self])
    }

    /// Whether it is one of some values.
    pub fn is_in<V: Into<Expression>>(self, values: impl IntoIterator<Item = V>) -> Expression {
        call("in", std::iter::once(self).chain(values.into_iter().map(Into::into)))
    }

    /// The value as another type, as `(i64)x` does it.
    pub fn cast(self, ty: Type) -> Expression {
        Part::Cast(ty, self).into()
    }

    /// The formula of a column of that name: `Name = expression`.
    #[doc(alias = "alias")]
    pub fn named(&self, name: &str) -> Formula {
        self.formula(Some(name))
    }

    fn with(self, operator: Operator, other: Expression) -> Expression {
        Part::Binary(operator, self, other).into()
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $symbol:literal $binds:ident;)*) => {$(
        impl<E: Into<Expression>> ops::$trait<E> for Expression {
            type Output = Expression;
            fn $method(self, other: E) -> Expression {
                self.with(Operator { symbol: $symbol, binds: Binds::$binds }, other.into())
            }
        }
    )*};
}

operators! {
    Add add "+" Sum;
    Sub sub "-" Sum;
    Mul mul "*" Product;
    Div div "/" Product;
    Rem rem "%" Product;
    BitAnd bitand "&" BitAnd;
    BitOr bitor "|" BitOr;
    BitXor bitxor "^" BitXor;
}

impl ops::Neg for Expression {
    type Output = Expression;
    fn neg(self) -> Expression {
        Part::Unary("-", self).into()
    }
}

impl ops::Not for Expression {
    type Output = Expression;
    fn not(self) -> Expression {
        Part::Unary("!", self).into()
    }
}

impl From<Expression> for Formula {
    fn from(expression: Expression) -> Self {
        expression.formula(None)
    }
}

impl From<&Expression> for Formula {
    fn from(expression: &Expression) -> Self {
        expression.formula(None)
    }
}

#[cfg(test)]
mod tests;
