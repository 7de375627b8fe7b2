//! [`RunUntilCtrlC`]: a session as the main thing that a program does.

use std::io;
use std::time::Duration;

use headwater_engine::Session;
use signal_hook::SigId;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use crate::{Error, ErrorKind, Result, Stop};

/// Between two cycles, so that what arrives closely together goes through as one.
const INTERVAL: Duration = Duration::from_millis(5);

/// Running a session until the program is told to end.
pub trait RunUntilCtrlC {
    /// Runs cycles on this thread until the program gets an interrupt (Ctrl-C) or is asked to terminate. The cycle at
    /// hand is finished and its listeners are told. A second signal meanwhile ends the program at once.
    ///
    /// ```no_run
    /// use headwater::prelude::*;
    /// # fn main() -> Result<()> {
    /// let session = Session::new();
    /// let (orders, _feed) = session.append_table("orders", [ColumnDef::new("Price", Type::F64)])?;
    /// let _listening = orders.listen(|change: &Change| {
    ///     println!("{} orders", change.added().len());
    ///     Ok(())
    /// })?;
    /// session.run_until_ctrl_c()
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Session::run`]; [`ErrorKind::Io`] if signals cannot be heard.
    fn run_until_ctrl_c(&self) -> Result<()>;
}

impl RunUntilCtrlC for Session {
    fn run_until_ctrl_c(&self) -> Result<()> {
        let stop = Stop::new();
        let _heard = Heard::listen(&stop).map_err(|error| {
            Error::new(ErrorKind::Io, "signals of the operating system cannot be heard").with_source(error)
        })?;
        self.run(&stop, INTERVAL)
    }
}

/// Signals that raise a flag, until dropped.
struct Heard(Vec<SigId>);

impl Heard {
    fn listen(stop: &Stop) -> io::Result<Self> {
        let mut heard = Heard(Vec::new());
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal finds the flag down, and raises it.
            heard.0.push(flag::register_conditional_shutdown(signal, 128 + signal, stop.flag())?);
            heard.0.push(flag::register(signal, stop.flag())?);
        }
        Ok(heard)
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        for id in self.0.drain(..) {
            low_level::unregister(id);
        }
    }
}
