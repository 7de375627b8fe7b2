//! A session that runs until the program is interrupted.

use std::time::Duration;

use headwater::RunUntilCtrlC as _;
use headwater::prelude::*;

#[test]
fn a_signal_ends_the_run_after_what_was_sent_is_told() {
    let session = Session::new();
    let (table, feed) = session.append_table("t", [ColumnDef::new("V", Type::I64)]).unwrap();
    let (sender, told) = std::sync::mpsc::channel();
    let _listener = table
        .listen(move |change| {
            sender.send(change.added().len()).map_err(|_| Error::new(ErrorKind::Closed, "nobody listens"))
        })
        .unwrap();
    feed.send(Batch::new(table.definition(), vec![Vector::from(vec![1_i64, 2])]).unwrap()).unwrap();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| session.run_until_ctrl_c());
        // Told of a row, it runs, and hears.
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(2));
        signal_hook::low_level::raise(signal_hook::consts::SIGINT).unwrap();
        running.join().unwrap().unwrap();
    });
}
