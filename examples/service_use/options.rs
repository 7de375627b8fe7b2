//! The command line.

use headwater::prelude::*;

/// The services to work with.
pub(crate) struct Place {
    /// Where the history lies: a path or URL.
    pub(crate) history: String,
    pub(crate) bootstrap: String,
    pub(crate) registry: String,
    pub(crate) topic: String,
    /// The topic anomalies go to.
    pub(crate) publish: String,
    /// The last midnight of the zone, in seconds since the epoch.
    pub(crate) midnight: i64,
}

pub(crate) enum Options {
    Demo,
    Real(Place),
}

impl Options {
    pub(crate) fn from_command_line() -> Result<Self> {
        let words: Vec<String> = std::env::args().skip(1).collect();
        if words.is_empty() {
            return Ok(Options::Demo);
        }
        let known = ["--history", "--bootstrap", "--registry", "--topic", "--publish", "--zone"];
        if let Some(word) = words.iter().step_by(2).find(|word| !known.contains(&word.as_str())) {
            let message = format!("unknown option {word}");
            return Err(Error::new(ErrorKind::Argument, message).with_help(format!("known are {}", known.join(", "))));
        }
        let given = |name: &str| {
            let at = words.iter().position(|word| word == name)?;
            words.get(at + 1).cloned()
        };
        let needed = |name: &str| {
            given(name).ok_or_else(|| {
                Error::new(ErrorKind::Argument, format!("{name} is missing"))
                    .with_help("give --history, --bootstrap, --registry and --topic, or nothing for the demo")
            })
        };
        Ok(Options::Real(Place {
            history: needed("--history")?,
            bootstrap: needed("--bootstrap")?,
            registry: needed("--registry")?,
            topic: needed("--topic")?,
            publish: given("--publish").unwrap_or_else(|| "UseAnomalies".to_owned()),
            midnight: last_midnight(&given("--zone").unwrap_or_else(|| "UTC".to_owned()))?,
        }))
    }
}

/// The last midnight of a time zone, in seconds since the epoch.
fn last_midnight(zone: &str) -> Result<i64> {
    let wrong = |error: jiff::Error| {
        Error::new(ErrorKind::Argument, format!("no midnight in the zone {zone}")).with_source(error)
    };
    let now = jiff::Timestamp::now().in_tz(zone).map_err(wrong)?;
    Ok(now.start_of_day().map_err(wrong)?.timestamp().as_second())
}
