//! The one tokio runtime of this crate: two threads that wait for networks and disks.
//!
//! Futures are never polled on a caller's thread. A caller hands a future over and waits on a channel, so the same
//! call works with no runtime, inside `#[tokio::main]` of either flavour, and from a rayon worker. The runtime lives
//! in a static and is never dropped: dropping one inside another runtime's context would panic.

use std::future::Future;
use std::sync::OnceLock;
use std::sync::mpsc;

use headwater_engine::{Error, ErrorKind, Result};
use tokio::runtime::{Builder, Handle, Runtime};

/// They only wait and copy bytes; decoding is done by whoever asks for the rows.
const THREADS: usize = 2;

fn handle() -> Result<&'static Handle> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let started = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread().worker_threads(THREADS).thread_name("headwater-io").enable_all().build()
    });
    match started {
        Ok(runtime) => Ok(runtime.handle()),
        Err(error) => Err(Error::new(ErrorKind::Io, format!("the input/output threads do not start: {error}"))),
    }
}

/// Runs a future on the runtime; its result is dropped.
///
/// # Errors
/// [`ErrorKind::Io`] if the operating system gives no threads.
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    handle()?.spawn(future);
    Ok(())
}

/// Runs a future on the runtime and blocks the calling thread until it is done.
///
/// # Errors
/// [`ErrorKind::Io`] if the operating system gives no threads, [`ErrorKind::Internal`] if the future panics.
pub(crate) fn wait<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Result<T> {
    let (send, receive) = mpsc::sync_channel(1);
    spawn(async move {
        // The receiver is gone only if the waiting thread is.
        let _ = send.send(future.await);
    })?;
    receive.recv().map_err(|_| Error::new(ErrorKind::Internal, "reading panicked on an input/output thread"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer() -> u32 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        42
    }

    #[test]
    fn waits_with_and_without_a_runtime_around() {
        assert_eq!(wait(answer()).unwrap(), 42);
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let runtime = builder.build().unwrap();
            assert_eq!(runtime.block_on(async { wait(answer()).unwrap() }), 42);
        }
    }

    #[test]
    fn a_panic_in_a_future_is_an_error() {
        let error = wait(async { panic!("deliberate") }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
    }
}
