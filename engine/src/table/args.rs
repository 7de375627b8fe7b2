//! What table methods accept: one trait for each kind of argument, so that text, arrays and tuples all do.

use std::collections::HashSet;
use std::sync::Arc;

use super::Table;
use crate::formula::{Expression, Formula};
use crate::plan::{Aggregate, Pair, SortColumn, Term};
use crate::{Error, ErrorKind, Result};

/// One or more formulas: text, [`Formula`], [`Expression`], arrays, vectors and slices of these, tuples that mix them.
pub trait Formulas {
    /// The formulas, in order.
    fn into_formulas(self) -> Vec<Formula>;
}

/// Makes a trait take one item, as any of some types, arrays, vectors, and tuples that mix them.
macro_rules! one_or_more {
    ($trait:ident::$method:ident of $item:ty, by $($ty:ty),*) => {
        $(
            impl $trait for $ty {
                fn $method(self) -> Vec<$item> {
                    vec![self.into()]
                }
            }
        )*

        impl<T: Into<$item>, const N: usize> $trait for [T; N] {
            fn $method(self) -> Vec<$item> {
                self.into_iter().map(Into::into).collect()
            }
        }

        impl<T: Into<$item>> $trait for Vec<T> {
            fn $method(self) -> Vec<$item> {
                self.into_iter().map(Into::into).collect()
            }
        }

        one_or_more!(tuples $trait::$method of $item: A; A B; A B C; A B C D; A B C D E; A B C D E F;);
    };
    (tuples $trait:ident::$method:ident of $item:ty: $($($name:ident)+;)*) => {$(
        impl<$($name: Into<$item>),+> $trait for ($($name,)+) {
            #[allow(non_snake_case, reason = "the names of the type parameters serve as those of the values")]
            fn $method(self) -> Vec<$item> {
                let ($($name,)+) = self;
                vec![$($name.into()),+]
            }
        }
    )*};
}

one_or_more!(Formulas::into_formulas of Formula, by &str, &String, String, Formula, Expression, &Expression);

impl<T: Into<Formula> + Clone> Formulas for &[T] {
    fn into_formulas(self) -> Vec<Formula> {
        self.iter().cloned().map(Into::into).collect()
    }
}

/// One or more column names: text, arrays, vectors, slices.
pub trait Columns {
    /// The names, in order.
    fn into_columns(self) -> Vec<Arc<str>>;
}

impl Columns for &str {
    fn into_columns(self) -> Vec<Arc<str>> {
        vec![self.into()]
    }
}

impl Columns for String {
    fn into_columns(self) -> Vec<Arc<str>> {
        vec![self.into()]
    }
}

impl<T: Into<Arc<str>>, const N: usize> Columns for [T; N] {
    fn into_columns(self) -> Vec<Arc<str>> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<Arc<str>>> Columns for Vec<T> {
    fn into_columns(self) -> Vec<Arc<str>> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<Arc<str>> + Clone> Columns for &[T] {
    fn into_columns(self) -> Vec<Arc<str>> {
        self.iter().cloned().map(Into::into).collect()
    }
}

/// One or more columns to sort by: names, which ascend, [`asc`] and [`desc`], arrays, vectors, and tuples that mix them.
pub trait SortColumns {
    /// The columns, in order.
    fn into_sort_columns(self) -> Vec<SortColumn>;
}

/// A column to sort by, from its least value on.
pub fn asc(column: impl Into<Arc<str>>) -> SortColumn {
    SortColumn::ascending(column)
}

/// A column to sort by, from its greatest value on.
pub fn desc(column: impl Into<Arc<str>>) -> SortColumn {
    SortColumn::descending(column)
}

impl From<&str> for SortColumn {
    fn from(column: &str) -> Self {
        SortColumn::ascending(column)
    }
}

impl From<String> for SortColumn {
    fn from(column: String) -> Self {
        SortColumn::ascending(column)
    }
}

one_or_more!(SortColumns::into_sort_columns of SortColumn, by &str, String, SortColumn);

/// One or more pairs of names: `"Output = Input"`, a name for both, [`Pair`], arrays, vectors, slices of one kind.
pub trait Pairs {
    /// The pairs, in order.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for text that is no pair.
    fn into_pairs(self) -> Result<Vec<Pair>>;

    /// The same as what a join compares, where text may also name a comparison: `"Left >= Right"`.
    ///
    /// # Errors
    /// As [`Pairs::into_pairs`].
    fn into_terms(self) -> Result<Vec<Term>>;
}

/// Text, a [`Pair`] or a [`Term`].
pub trait IntoPair {
    /// The pair.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for text that is no pair.
    fn into_pair(self) -> Result<Pair>;

    /// The same as what a join compares.
    ///
    /// # Errors
    /// As [`IntoPair::into_pair`].
    fn into_term(self) -> Result<Term>;
}

impl IntoPair for Pair {
    fn into_pair(self) -> Result<Pair> {
        Ok(self)
    }

    fn into_term(self) -> Result<Term> {
        Ok(self.into())
    }
}

impl IntoPair for Term {
    fn into_pair(self) -> Result<Pair> {
        self.equal()
    }

    fn into_term(self) -> Result<Term> {
        Ok(self)
    }
}

impl IntoPair for &str {
    fn into_pair(self) -> Result<Pair> {
        Pair::parse(self)
    }

    fn into_term(self) -> Result<Term> {
        Term::parse(self)
    }
}

impl IntoPair for String {
    fn into_pair(self) -> Result<Pair> {
        Pair::parse(&self)
    }

    fn into_term(self) -> Result<Term> {
        Term::parse(&self)
    }
}

macro_rules! one_pair {
    ($($ty:ty),*) => {$(
        impl Pairs for $ty {
            fn into_pairs(self) -> Result<Vec<Pair>> {
                Ok(vec![self.into_pair()?])
            }

            fn into_terms(self) -> Result<Vec<Term>> {
                Ok(vec![self.into_term()?])
            }
        }
    )*};
}

one_pair!(&str, String, Pair, Term);

impl<T: IntoPair, const N: usize> Pairs for [T; N] {
    fn into_pairs(self) -> Result<Vec<Pair>> {
        self.into_iter().map(IntoPair::into_pair).collect()
    }

    fn into_terms(self) -> Result<Vec<Term>> {
        self.into_iter().map(IntoPair::into_term).collect()
    }
}

impl<T: IntoPair> Pairs for Vec<T> {
    fn into_pairs(self) -> Result<Vec<Pair>> {
        self.into_iter().map(IntoPair::into_pair).collect()
    }

    fn into_terms(self) -> Result<Vec<Term>> {
        self.into_iter().map(IntoPair::into_term).collect()
    }
}

impl<T: IntoPair + Clone> Pairs for &[T] {
    fn into_pairs(self) -> Result<Vec<Pair>> {
        self.iter().cloned().map(IntoPair::into_pair).collect()
    }

    fn into_terms(self) -> Result<Vec<Term>> {
        self.iter().cloned().map(IntoPair::into_term).collect()
    }
}

/// The key columns of a join, and the right columns it adds.
#[derive(Clone, Debug)]
pub struct On {
    terms: Result<Vec<Term>>,
    pub(crate) add: Result<Vec<Pair>>,
}

/// Joins on these key columns: `"Key"`, or `"Left = Right"`; for [`aj`](super::Table::aj) and
/// [`raj`](super::Table::raj) the last may be `"Left >= Right"`. Without [`On::add`], all other right columns are added.
pub fn on(keys: impl Pairs) -> On {
    On { terms: keys.into_terms(), add: Ok(Vec::new()) }
}

impl On {
    /// The right columns to add: `"Column"`, or `"New = Column"`.
    #[allow(clippy::should_implement_trait, reason = "`on(..).add(..)` is how one says it; nothing is summed")]
    pub fn add(mut self, columns: impl Pairs) -> Self {
        self.add = columns.into_pairs();
        self
    }

    /// The key columns, of a join that compares for equality only.
    pub(super) fn keys(&mut self) -> Result<Vec<Pair>> {
        self.terms()?.into_iter().map(Term::equal).collect()
    }

    /// What is compared.
    pub(super) fn terms(&mut self) -> Result<Vec<Term>> {
        std::mem::replace(&mut self.terms, Ok(Vec::new()))
    }
}

impl<T: Pairs> From<T> for On {
    fn from(keys: T) -> Self {
        on(keys)
    }
}

/// One or more aggregations: [`agg`](super::agg) makes them.
pub trait Aggregates {
    /// The aggregations, in order.
    fn into_aggregates(self) -> Vec<Aggregate>;
}

impl Aggregates for Aggregate {
    fn into_aggregates(self) -> Vec<Aggregate> {
        vec![self]
    }
}

impl<const N: usize> Aggregates for [Aggregate; N] {
    fn into_aggregates(self) -> Vec<Aggregate> {
        self.into()
    }
}

impl Aggregates for Vec<Aggregate> {
    fn into_aggregates(self) -> Vec<Aggregate> {
        self
    }
}

/// The key columns of an aggregation, and which groups it shows: a name, names, or [`by`] with more.
#[derive(Clone, Debug)]
pub struct By {
    pub(crate) columns: Vec<Arc<str>>,
    pub(crate) preserve_empty: bool,
    pub(crate) initial: Option<Table>,
}

/// Groups by these columns; by none, all rows are one group.
///
/// ```
/// # use headwater_engine::{Session, agg, by, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// # let session = Session::new();
/// let sales = session.static_table("sales", [("City", Vector::from(vec!["Bern", "Oslo", "Bern"]))])?;
/// let cities = session.static_table("cities", [("City", Vector::from(vec!["Oslo", "Rome"]))])?;
/// let counts = sales.agg_by(agg::count("Sales"), by("City").initial_groups(&cities).preserve_empty())?;
/// assert_eq!(counts.snapshot()?.rows(0..9)?.rows::<(String, i64)>(["City", "Sales"])?, [
///     ("Oslo".to_owned(), 1),
///     ("Rome".to_owned(), 0),
///     ("Bern".to_owned(), 2),
/// ]);
/// # Ok(())
/// # }
/// ```
pub fn by(columns: impl Columns) -> By {
    By { columns: columns.into_columns(), preserve_empty: false, initial: None }
}

impl By {
    /// Shows a group also while it has no rows: one that lost them, and one that [`By::initial_groups`] named. It has null
    /// for most aggregations, 0 for counts of rows, an empty list for `group`. Groups are kept for good then.
    pub fn preserve_empty(mut self) -> Self {
        self.preserve_empty = true;
        self
    }

    /// The keys in the rows of a table come first, in its order, whenever rows of them come. The table has the key columns
    /// and never changes.
    pub fn initial_groups(mut self, table: &Table) -> Self {
        self.initial = Some(table.clone());
        self
    }
}

impl<T: Columns> From<T> for By {
    fn from(columns: T) -> Self {
        by(columns)
    }
}

/// Each name once, where it first stands.
pub(crate) fn without_repeats(mut names: Vec<Arc<str>>) -> Vec<Arc<str>> {
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// At least one name.
pub(super) fn some(columns: Vec<Arc<str>>, what: &str) -> Result<Vec<Arc<str>>> {
    if columns.is_empty() { Err(Error::new(ErrorKind::Argument, format!("no {what} given"))) } else { Ok(columns) }
}
