//! [`FunctionRegistry`]: the functions in scope.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Function, IntoUserFunction, IntoVectorFunction};
use crate::clock::Clock;
use crate::formula::builtin;
use crate::formula::syntax::is_identifier;
use crate::{Error, ErrorKind, Result};

/// The functions formulas may call: the built-in ones, and those registered here. Cheap to clone.
///
/// ```
/// use headwater_engine::Timestamp;
/// use headwater_engine::formula::FunctionRegistry;
/// let mut functions = FunctionRegistry::default();
/// functions.register("secs", |t: Timestamp| t.epoch_seconds() / 10 * 10)?;
/// functions.register("ratio", |a: f64, b: Option<f64>| b.map(|b| a / b))?;
/// # Ok::<(), headwater_engine::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct FunctionRegistry {
    users: Arc<BTreeMap<Arc<str>, Arc<Function>>>,
}

impl FunctionRegistry {
    /// Adds a function of the user's own. It must be pure: equal arguments, equal results, whenever it is called.
    ///
    /// Arguments are `bool`, `i8` to `i64`, `f32`, `f64`, [`Str`](crate::Str), `String`,
    /// [`Timestamp`](crate::Timestamp), [`Date`](crate::Date), a `Vec` of one for a list (which then has no nulls), or an
    /// `Option` of one; on a null for an argument that is
    /// no `Option` the function is not called and the result is null. The result is one of the same types, an `Option`
    /// (`None` is null), or a `Result` of either. An error or a panic fails the formula at that row with
    /// [`ErrorKind::UserFunction`].
    ///
    /// # Errors
    /// [`ErrorKind::NameClash`] if there is a function of that name, [`ErrorKind::Argument`] if the name is no identifier.
    pub fn register<A>(&mut self, name: impl Into<Arc<str>>, function: impl IntoUserFunction<A>) -> Result<()> {
        let name = name.into();
        self.add(function.into_function(name, true))
    }

    /// As [`register`](Self::register), for a function that may give another result each time: it works in `update` and
    /// `select`, which call it once per row, not in views and filters.
    ///
    /// # Errors
    /// As for [`register`](Self::register).
    pub fn register_impure<A>(&mut self, name: impl Into<Arc<str>>, function: impl IntoUserFunction<A>) -> Result<()> {
        let name = name.into();
        self.add(Function { pure: false, ..function.into_function(name, true) })
    }

    /// As [`register`](Self::register), for a function that is called once for many rows: it takes a slice for each
    /// argument and gives a `Vec` of that length, or a `Result` of one. Rows with a null for an argument that is no
    /// `Option` are left out of the slices, and their result is null.
    ///
    /// ```
    /// # use headwater_engine::formula::FunctionRegistry;
    /// let mut functions = FunctionRegistry::default();
    /// functions.register_vectorised("scaled", |a: &[f64], b: &[f64]| -> Vec<f64> {
    ///     a.iter().zip(b).map(|(a, b)| a * b).collect()
    /// })?;
    /// # Ok::<(), headwater_engine::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`register`](Self::register).
    pub fn register_vectorised<A>(
        &mut self,
        name: impl Into<Arc<str>>,
        function: impl IntoVectorFunction<A>,
    ) -> Result<()> {
        self.add(function.into_function(name.into()))
    }

    /// `now()` and `today(zone)`, by that clock.
    pub(crate) fn with_clock(clock: Arc<dyn Clock>) -> Self {
        let timed = clock.clone();
        let now = (move || timed.now()).into_function("now".into(), false);
        let today = builtin::today(clock);
        let impure = [now, today].map(|function| Function { pure: false, ..function });
        let users = impure.into_iter().map(|function| (function.name.clone(), Arc::new(function))).collect();
        FunctionRegistry { users: Arc::new(users) }
    }

    /// The reference page of the language and the built-in functions, as Markdown: docs/formulas.md.
    pub fn reference() -> String {
        builtin::page()
    }

    fn add(&mut self, function: Function) -> Result<()> {
        let name = function.name.clone();
        if !is_identifier(&name) {
            let error = Error::new(ErrorKind::Argument, format!("a function cannot be named {name:?}"));
            return Err(error.with_help("letters, digits and _, the first no digit"));
        }
        if builtin::is_builtin(&name) {
            let error = Error::new(ErrorKind::NameClash, format!("there is a built-in function {name}"));
            return Err(error.with_help("register it under another name"));
        }
        if self.users.contains_key(&name) {
            let error = Error::new(ErrorKind::NameClash, format!("there is a function {name} already"));
            return Err(error.with_help("register it under another name"));
        }
        Arc::make_mut(&mut self.users).insert(name, Arc::new(function));
        Ok(())
    }

    /// The user's function of that name.
    pub(crate) fn user(&self, name: &str) -> Option<&Arc<Function>> {
        self.users.get(name)
    }

    /// The names of the user's functions.
    pub(crate) fn user_names(&self) -> impl Iterator<Item = &str> {
        self.users.keys().map(|name| &**name)
    }
}

impl std::fmt::Debug for FunctionRegistry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FunctionRegistry").field("users", &self.users.keys()).finish()
    }
}
