//! Formulas that are mostly right: bytes choose among the forms of the language, and go on with their parts.

use arbitrary::Unstructured;

/// What a part should be; now and then it is something else, so that errors are met too.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Condition,
    Text,
    Timestamp,
    Date,
    Duration,
    List,
}

const KINDS: [Kind; 7] =
    [Kind::Number, Kind::Condition, Kind::Text, Kind::Timestamp, Kind::Date, Kind::Duration, Kind::List];

/// A condition, a match or an assignment.
pub(super) fn formula(bytes: &mut Unstructured<'_>) -> String {
    let mut out = Writer { out: String::new(), bytes };
    match out.below(8) {
        0 | 1 => {
            out.word("New = ");
            out.any(6);
        }
        2 => out.matching(),
        3 => out.any(6),
        _ => out.part(Kind::Condition, 6),
    }
    out.out
}

struct Writer<'b, 'u> {
    out: String,
    bytes: &'b mut Unstructured<'u>,
}

impl Writer<'_, '_> {
    fn below(&mut self, limit: usize) -> usize {
        self.bytes.int_in_range(0..=limit - 1).unwrap_or(0)
    }

    fn word(&mut self, word: &str) {
        self.out.push_str(word);
    }

    fn one_of(&mut self, words: &[&str]) {
        let at = self.below(words.len());
        self.out.push_str(words[at]);
    }

    fn any(&mut self, depth: usize) {
        let kind = KINDS[self.below(KINDS.len())];
        self.part(kind, depth);
    }

    /// `before`, parts of some kinds with commas between them, `)`.
    fn call(&mut self, before: &str, kinds: &[Kind], depth: usize) {
        self.word(before);
        for (index, &kind) in kinds.iter().enumerate() {
            self.word(if index == 0 { "" } else { ", " });
            self.part(kind, depth);
        }
        self.word(")");
    }

    fn pair(&mut self, left: Kind, operators: &[&str], right: Kind, depth: usize) {
        self.part(left, depth);
        self.word(" ");
        self.one_of(operators);
        self.word(" ");
        self.part(right, depth);
    }

    fn part(&mut self, kind: Kind, depth: usize) {
        if depth == 0 || self.bytes.is_empty() {
            return self.leaf(kind);
        }
        let depth = depth - 1;
        match self.below(16) {
            0 => {
                self.word("(");
                self.part(kind, depth);
                self.word(")");
            }
            1 => {
                self.word("(");
                self.part(Kind::Condition, depth);
                self.word(" ? ");
                self.part(kind, depth);
                self.word(" : ");
                self.part(kind, depth);
                self.word(")");
            }
            2 => self.any(depth),
            3 => self.call("replaceIfNull(", &[kind, kind], depth),
            4..=6 => self.leaf(kind),
            _ => self.composed(kind, depth),
        }
    }

    fn leaf(&mut self, kind: Kind) {
        match kind {
            Kind::Number => self.one_of(&[
                "I",
                "J",
                "H",
                "Y",
                "X",
                "F",
                "C",
                "P",
                "0",
                "1",
                "-1",
                "7L",
                "2.5",
                "1.5f",
                "0x1p-3",
                "0x7FFFFFFF",
                "017",
                "9223372036854775807",
                "-9223372036854775808",
                "1e300",
                "NaN",
                "limit",
                "null",
                "NULL_INT",
                "MAX_LONG",
                "PI",
                "'a'",
            ]),
            Kind::Condition => self.one_of(&["B", "true", "false", "null", "isNull(I)", "X > 0"]),
            Kind::Text => self.one_of(&["S", "`a`", "``", "`ß🦀`", "'text'", "'x'", "null", "`[a-z]+`"]),
            Kind::Timestamp => self.one_of(&["T", "'2024-01-15T12:34:56.789Z'", "'2024-03-31T02:30 ET'", "null"]),
            Kind::Date => self.one_of(&["D", "'2024-02-29'", "null"]),
            Kind::Duration => self.one_of(&["U", "'PT1H'", "'-P1W'", "'PT0.5S'", "K - '12:30'", "null"]),
            Kind::List => self.one_of(&["L", "wanted", "null"]),
        }
    }

    fn composed(&mut self, kind: Kind, depth: usize) {
        use Kind::{Condition, Date, Duration, List, Number, Text, Timestamp};
        let choice = self.below(10);
        match (kind, choice) {
            (Number, 0..=3) => {
                self.pair(Number, &["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>"], Number, depth)
            }
            (Number, 4) => {
                self.one_of(&["-", "+", "~", "(byte)", "(short)", "(int)", "(long)", "(float)", "(double)", "(char)"]);
                self.part(Number, depth);
            }
            (Number, 5) => {
                self.one_of(&["abs", "sqrt", "signum", "round", "floor", "exp", "log", "sin", "ulp"]);
                self.call("(", &[Number], depth);
            }
            (Number, 6) => {
                self.one_of(&[
                    "max", "min", "pow", "floorDiv", "floorMod", "addExact", "lowerBin", "upperBin", "compare",
                ]);
                self.call("(", &[Number, Number], depth);
            }
            (Number, 7) => {
                self.part(List, depth);
                self.one_of(&["[0]", "[1]", "[-1]", "[I]", ".size()"]);
            }
            (Number, 8) => {
                self.part(Text, depth);
                self.one_of(&[".length()", ".indexOf(`t`)", ".charAt(0)", ".compareTo(`b`)"]);
            }
            (Number, _) => self.pair(Timestamp, &["-"], Timestamp, depth),
            (Condition, 0..=2) => {
                let kind = KINDS[self.below(KINDS.len())];
                self.pair(kind, &["<", "<=", ">", ">=", "==", "!=", "="], kind, depth);
            }
            (Condition, 3..=5) => self.pair(Condition, &["&&", "||", "&", "|", "^"], Condition, depth),
            (Condition, 6) => {
                self.word("!");
                self.part(Condition, depth);
            }
            (Condition, 7) => self.call("in(", &[Number, Number, List], depth),
            (Condition, 8) => {
                self.one_of(&["isNull", "not", "isNaN", "inRange"]);
                self.any(depth);
            }
            (Condition, _) => {
                self.part(Text, depth);
                self.one_of(&[".startsWith", ".contains", ".matches", ".equals"]);
                self.call("(", &[Text], depth);
            }
            (Text, 0..=3) => {
                self.part(Text, depth);
                self.word(" + ");
                self.any(depth);
            }
            (Text, 4..=6) => {
                self.part(Text, depth);
                self.one_of(&[".toUpperCase()", ".trim()", ".substring(1)", ".repeat(3)", ".strip()"]);
            }
            (Text, 7) => {
                self.part(Text, depth);
                self.call(".replace(", &[Text, Text], depth);
            }
            (Text, _) => {
                self.word("String.valueOf(");
                self.any(depth);
                self.word(")");
            }
            (Timestamp, 0..=5) => self.pair(Timestamp, &["+", "-"], Duration, depth),
            (Timestamp, 6 | 7) => self.call("lowerBin(", &[Timestamp, Duration], depth),
            (Timestamp, _) => self.call("epochNanosToInstant(", &[Number], depth),
            (Date, 0..=2) => self.pair(Date, &["+", "-"], Number, depth),
            (Date, 3..=6) => {
                self.part(Date, depth);
                self.one_of(&[" + 'P1M'", " - 'P1Y2M3D'", " + '-P2W'", " + 'P2147483647Y'", " + 'P9999Y'"]);
            }
            (Date, _) => self.call("toLocalDate(", &[Timestamp, Text], depth),
            (Duration, 0..=4) => self.pair(Duration, &["+", "-"], Duration, depth),
            (Duration, _) => self.pair(Duration, &["*"], Number, depth),
            (List, _) => self.leaf(List),
        }
    }

    fn matching(&mut self) {
        self.one_of(&["I", "J", "X", "S", "T", "B", "C", "D", "P", "U", "S", "S"]);
        self.one_of(&[
            " in ",
            " not in ",
            " icase in ",
            " icase not in ",
            " includes ",
            " not includes all ",
            " icase includes any ",
        ]);
        for index in 0..=self.below(4) {
            self.word(if index == 0 { "" } else { ", " });
            let kind = KINDS[self.below(KINDS.len())];
            self.leaf(kind);
        }
    }
}
