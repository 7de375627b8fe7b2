//! [`Term`]: one thing that a join compares.

use super::{Nearest, Pair, Within};
use crate::{Error, ErrorKind, Result};

/// One thing that a join compares, in words: columns of the left table stand on the left, or at the ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Term {
    /// `"Left = Right"`, or one name for both: two columns that are to be equal.
    Equal(Pair),
    /// `"Left >= Right"`: the nearest value on that side is looked for.
    Nearest(Pair, Nearest),
    /// `"Low <= Right <= High"`: all values between two are.
    Within(Within),
}

impl Term {
    /// Reads a term. Spaces round names do not count.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if a side is empty.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(within) = Within::parse(text)? {
            return Ok(Term::Within(within));
        }
        const COMPARISONS: [Nearest; 4] = [Nearest::AtOrBefore, Nearest::AtOrAfter, Nearest::Before, Nearest::After];
        let found = COMPARISONS.into_iter().find_map(|nearest| Some((nearest, text.split_once(nearest.symbol())?)));
        let Some((nearest, (left, right))) = found else { return Ok(Pair::parse(text)?.into()) };
        let (left, right) = (left.trim(), right.trim());
        if left.is_empty() || right.is_empty() {
            let message = format!("\"{text}\" does not name a column on both sides");
            return Err(Error::new(ErrorKind::Argument, message).with_help(format!("write \"Left {nearest} Right\"")));
        }
        Ok(Term::Nearest(Pair { output: left.into(), input: right.into() }, nearest))
    }

    /// The columns of a term that asks for equality, the only one most joins know.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if it asks for more.
    pub fn equal(self) -> Result<Pair> {
        let (column, text) = match self {
            Term::Equal(pair) => return Ok(pair),
            Term::Nearest(Pair { output, input }, nearest) => (output.clone(), format!("{output} {nearest} {input}")),
            Term::Within(within) => (within.low.clone(), within.to_string()),
        };
        Err(Error::new(ErrorKind::Argument, format!("{text}: keys are compared for equality here"))
            .with_column(&*column)
            .with_help(
                "the last entry may be \"Left >= Right\" in aj and raj, and \"Low <= Right <= High\" in range_join",
            ))
    }
}

impl From<Pair> for Term {
    fn from(pair: Pair) -> Self {
        Term::Equal(pair)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Bound;

    #[test]
    fn comparisons_are_read_before_equality() {
        let read = |text: &str| match Term::parse(text).expect("a term") {
            Term::Equal(pair) => (pair.output.to_string(), None, pair.input.to_string()),
            Term::Nearest(pair, nearest) => (pair.output.to_string(), Some(nearest), pair.input.to_string()),
            Term::Within(within) => panic!("{within}"),
        };
        assert_eq!(read("T >= Time"), ("T".into(), Some(Nearest::AtOrBefore), "Time".into()));
        assert_eq!(read("T<=Time"), ("T".into(), Some(Nearest::AtOrAfter), "Time".into()));
        assert_eq!(read("T > T"), ("T".into(), Some(Nearest::Before), "T".into()));
        assert_eq!(read(" T "), ("T".into(), None, "T".into()));
        assert_eq!(read("A == B"), ("A".into(), None, "B".into()));
        assert!(Term::parse("T >=").is_err() && Term::parse("A <= B").expect("a term").equal().is_err());
    }

    #[test]
    fn ranges_have_two_ends() {
        let read = |text: &str| match Term::parse(text).expect("a term") {
            Term::Within(within) => (within.to_string(), within.low_end, within.high_end),
            other => panic!("{other:?}"),
        };
        assert_eq!(read("A<T <=B"), ("A < T <= B".into(), Bound::Without, Bound::With));
        assert_eq!(read("<- A <= T < B"), ("<- A <= T < B".into(), Bound::Reaching, Bound::Without));
        assert_eq!(read("A <= T <= B ->"), ("A <= T <= B ->".into(), Bound::With, Bound::Reaching));
        for wrong in ["A < T <", "<- A < T < B", "A <= T < B ->", "A < T < B < C"] {
            assert!(Term::parse(wrong).is_err(), "{wrong}");
        }
    }
}
