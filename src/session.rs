//! [`Session`]: the engine's, with the backend of formulas that this crate knows of.

use std::ops::Deref;

use headwater_engine::SessionBuilder;

/// The tables that live together, and the cycles that keep them right. Cheap to clone; all clones are one session.
///
/// This is the engine's [`Session`](headwater_engine::Session), whose methods it has, but for its backend of formulas:
/// unless [`SessionBuilder::backend`] gives one, the environment variable `HEADWATER_BACKEND` chooses it when the
/// session is built. `auto`, the default, has formulas that pay for it compiled while they run on the interpreter;
/// `jit` compiles each when it first runs; `interpreter` compiles none. Results do not depend on it. A session whose
/// variable says anything else refuses every formula with [`ErrorKind::Argument`](crate::ErrorKind::Argument). Without
/// the feature `jit` there is the interpreter only, and the variable is not read.
///
/// ```
/// use headwater::{Session, Type, vector::Vector};
/// let session = Session::builder().threads(1).build();
/// let prices = session.static_table("prices", [("Price", Vector::from(vec![99.0, 101.0]))])?;
/// assert_eq!(prices.filter("Price > 100")?.snapshot()?.len(), 1);
/// # Ok::<(), headwater::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Session(headwater_engine::Session);

impl Session {
    /// A session with default settings.
    pub fn new() -> Self {
        Session::builder().build()
    }

    /// Settings for a session.
    pub fn builder() -> SessionBuilder<Session> {
        let builder = headwater_engine::Session::builder().wrapped();
        #[cfg(feature = "jit")]
        let builder = builder.backend(headwater_jit::Choice::session_backend());
        builder
    }
}

impl Default for Session {
    fn default() -> Self {
        Session::new()
    }
}

impl Deref for Session {
    type Target = headwater_engine::Session;

    fn deref(&self) -> &headwater_engine::Session {
        &self.0
    }
}

impl From<headwater_engine::Session> for Session {
    fn from(session: headwater_engine::Session) -> Self {
        Session(session)
    }
}
