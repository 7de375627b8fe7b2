//! [`Family`]: a function of lists, for lists of every type of item that it takes.

use std::sync::Arc;

use crate::formula::function::{Function, Kernel, NullRule, Parameter};
use crate::types::Type;

/// A function of lists. Which items they hold is known when a formula is checked; then it becomes a [`Function`].
pub(crate) struct Family {
    /// How it is called.
    pub(crate) usage: &'static str,
    pub(crate) admits: Admits,
    pub(crate) takes: &'static [Takes],
    /// Whether the last argument may come more than once.
    pub(crate) repeats: bool,
    gives: Gives,
    fallible: bool,
    kernel: fn(Type, Type) -> Box<Kernel>,
}

/// The items of the lists that a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admits {
    /// Any, lists too.
    All,
    /// All that have an order: any but lists.
    Ordered,
    /// Numbers.
    Numbers,
    /// Text.
    Texts,
}

/// An argument of a function of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A list. All lists are of one type.
    List,
    /// A list of numbers, whatever the other lists hold.
    Numbers,
    /// A value of the type that the lists hold, null or not.
    Item,
    /// A value of a type.
    Of(Type),
}

/// What a function of lists gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    /// One value of a type.
    One(Type),
    /// An item.
    Item,
    /// `i64` for whole numbers, `f64` for floating ones.
    Wide,
    /// A list of values of a type.
    List(Type),
    /// A list of items.
    ItemList,
    /// A list of `i64` or `f64`.
    WideList,
}

impl Admits {
    pub(crate) fn admits(self, item: Type) -> bool {
        match self {
            Admits::All => true,
            Admits::Ordered => item.item().is_none(),
            Admits::Numbers => item.is_numeric(),
            Admits::Texts => item == Type::String,
        }
    }

    /// What messages call the lists.
    pub(crate) fn lists(self) -> &'static str {
        match self {
            Admits::All => "a list",
            Admits::Ordered => "a list of values that have an order",
            Admits::Numbers => "a list of numbers",
            Admits::Texts => "a list of text",
        }
    }
}

impl Gives {
    fn of(self, item: Type) -> Type {
        let wide = if item.is_float() { Type::F64 } else { Type::I64 };
        match self {
            Gives::One(ty) => ty,
            Gives::Item => item,
            Gives::Wide => wide,
            Gives::List(ty) => Type::list_of(ty),
            Gives::ItemList => Type::list_of(item),
            Gives::WideList => Type::list_of(wide),
        }
    }

    fn words(self) -> String {
        match self {
            Gives::One(ty) => ty.name().to_owned(),
            Gives::Item => "an item".to_owned(),
            Gives::Wide => "i64 or f64".to_owned(),
            Gives::List(ty) => format!("list<{ty}>"),
            Gives::ItemList => "a list of items".to_owned(),
            Gives::WideList => "a list of i64 or f64".to_owned(),
        }
    }
}

impl Family {
    /// A function that cannot fail; `kernel` does it, by the type of the items and that of the result.
    pub(super) fn new(
        admits: Admits,
        takes: &'static [Takes],
        gives: Gives,
        kernel: fn(Type, Type) -> Box<Kernel>,
    ) -> Self {
        Family { usage: "", admits, takes, repeats: false, gives, fallible: false, kernel }
    }

    /// The same, where it may fail for a row.
    pub(super) fn fallible(self) -> Self {
        Family { fallible: true, ..self }
    }

    /// The same with the last argument any number of times, once at least.
    pub(super) fn repeating(self) -> Self {
        Family { repeats: true, ..self }
    }

    /// The same, called in this way.
    pub(crate) fn called(self, usage: &'static str) -> Self {
        Family { usage, ..self }
    }

    /// Whether several values at the end may stand for a list of them: its only list comes last.
    pub(crate) fn gathers(&self) -> bool {
        matches!(self.takes, [others @ .., Takes::List] if others.iter().all(|takes| matches!(takes, Takes::Of(_))))
    }

    /// What the reference page says of the result.
    pub(crate) fn result_words(&self) -> String {
        self.gives.words()
    }

    /// The function for lists of `item` whose arguments are of these types.
    pub(crate) fn function(&self, name: &str, item: Type, parameters: &[Type]) -> Arc<Function> {
        let result = self.gives.of(item);
        Arc::new(Function {
            name: name.into(),
            parameters: parameters.iter().map(|&ty| Parameter { ty, validate: |_| Ok(()) }).collect(),
            result,
            nulls: if self.takes.contains(&Takes::Item) { NullRule::Handles } else { NullRule::Propagates },
            pure: true,
            fallible: self.fallible,
            user: false,
            kernel: (self.kernel)(item, result),
        })
    }
}
