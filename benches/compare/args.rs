//! The command line.

use regex::Regex;

pub(crate) struct Args {
    pub(crate) suites: Vec<String>,
    pub(crate) cases: Regex,
    pub(crate) rows: usize,
    pub(crate) base: usize,
    pub(crate) batches: Vec<usize>,
    pub(crate) modes: Vec<String>,
    pub(crate) repeats: usize,
    pub(crate) reuse: bool,
    pub(crate) data: Option<String>,
    pub(crate) out: Option<String>,
}

impl Args {
    pub(crate) fn from_command_line() -> Self {
        let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
        let value = |name: &str| {
            let at = words.iter().position(|word| word == name)?;
            Some(words.get(at + 1).unwrap_or_else(|| panic!("{name} needs a value")).clone())
        };
        let number = |text: &str| text.parse::<f64>().unwrap_or_else(|_| panic!("{text} is no number")) as usize;
        let list = |text: String| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        Args {
            suites: list(value("--suite").unwrap_or("limits,static,inc".into())),
            cases: Regex::new(&value("--cases").unwrap_or_default()).expect("--cases is a regular expression"),
            rows: number(&value("--rows").unwrap_or("1e7".into())),
            base: number(&value("--base").unwrap_or("1e6".into())),
            batches: list(value("--batches").unwrap_or("1e3,1e4,1e5".into())).iter().map(|text| number(text)).collect(),
            modes: list(value("--modes").unwrap_or("append".into())),
            repeats: number(&value("--repeats").unwrap_or("5".into())),
            reuse: words.iter().any(|word| word == "--reuse"),
            data: value("--data"),
            out: value("--out"),
        }
    }

    pub(crate) fn wants_suite(&self, suite: &str) -> bool {
        self.suites.iter().any(|wanted| wanted == suite)
    }

    pub(crate) fn wants(&self, case: &str) -> bool {
        self.cases.is_match(case)
    }
}
