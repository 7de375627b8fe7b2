//! The door of a session in every order of threads: `RUSTFLAGS="--cfg loom" cargo test --release`.

#![cfg(all(loom, test))]

#[path = "../../../engine/src/session/door.rs"]
mod door;

mod tests {
    use loom::sync::{Arc, Mutex};
    use loom::thread;

    use crate::door::Door;

    /// Two tables that a cycle changes one after the other, and the tables whose last handle went.
    #[derive(Default)]
    struct Tables {
        above: u64,
        below: u64,
        freed: Vec<u64>,
    }

    fn cycle(door: &Door<Tables>) {
        let mut tables = door.enter().expect("not inside");
        door.inside(|| {
            tables.above += 1;
            thread::yield_now();
            assert!(door.enter().is_err(), "whoever runs the cycle does not wait for himself");
            tables.below += 1;
        });
    }

    #[test]
    fn a_pin_shows_a_whole_number_of_cycles() {
        loom::model(|| {
            let door = Arc::new(Door::new(Tables::default()));
            let cycles = thread::spawn({
                let door = door.clone();
                move || (0..2).for_each(|_| cycle(&door))
            });
            let mut last = 0;
            for _ in 0..2 {
                let tables = door.enter().expect("another thread's cycle is waited for");
                assert_eq!(tables.above, tables.below);
                assert!(tables.above >= last, "time does not go back");
                last = tables.above;
            }
            cycles.join().expect("no panic");
            assert_eq!(door.enter().expect("nobody inside").below, 2);
        });
    }

    #[test]
    fn two_that_drive_cycles_take_turns() {
        loom::model(|| {
            let door = Arc::new(Door::new(Tables::default()));
            let other = thread::spawn({
                let door = door.clone();
                move || cycle(&door)
            });
            cycle(&door);
            other.join().expect("no panic");
            let tables = door.enter().expect("nobody inside");
            assert_eq!((tables.above, tables.below), (2, 2));
        });
    }

    /// A handle that goes never waits: it leaves its number, and whoever is inside next frees it, once.
    #[test]
    fn what_is_dropped_during_a_cycle_is_freed_once() {
        loom::model(|| {
            let door = Arc::new(Door::new(Tables::default()));
            let graveyard = Arc::new(Mutex::new(Vec::new()));
            let bury = |door: &Door<Tables>, graveyard: &Mutex<Vec<u64>>| {
                let mut tables = door.enter().expect("not inside");
                let dead = std::mem::take(&mut *graveyard.lock().expect("no panic"));
                tables.freed.extend(dead);
            };
            let driver = thread::spawn({
                let (door, graveyard) = (door.clone(), graveyard.clone());
                move || {
                    bury(&door, &graveyard);
                    cycle(&door);
                }
            });
            let dropper = thread::spawn({
                let graveyard = graveyard.clone();
                move || graveyard.lock().expect("no panic").push(7)
            });
            driver.join().expect("no panic");
            dropper.join().expect("no panic");
            bury(&door, &graveyard);
            assert_eq!(door.enter().expect("nobody inside").freed, [7]);
        });
    }

    #[test]
    fn a_cycle_that_panics_leaves_the_door_open() {
        loom::model(|| {
            let door = Arc::new(Door::new(Tables::default()));
            let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| door.inside(|| panic!("a fault"))));
            assert!(broken.is_err());
            let other = thread::spawn({
                let door = door.clone();
                move || cycle(&door)
            });
            cycle(&door);
            other.join().expect("no panic");
        });
    }
}
