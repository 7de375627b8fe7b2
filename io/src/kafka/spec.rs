//! [`Spec`]: how the key or the value of a message becomes columns, or columns become it.

use headwater_engine::Type;

/// How keys or values are written: the argument of `.key(..)` and `.value(..)`, made by [`simple`], [`avro`],
/// [`json`] or [`ignore`].
#[derive(Clone, Debug)]
pub struct Spec(pub(super) Form);

#[derive(Clone, Debug)]
pub(super) enum Form {
    Ignore,
    Simple {
        column: String,
        ty: Type,
    },
    #[cfg(feature = "avro")]
    Avro(Avro),
    #[cfg(feature = "json")]
    Json(Json),
}

/// Nothing is read or written.
pub fn ignore() -> Spec {
    Spec(Form::Ignore)
}

/// The bytes are one value, in one column: UTF-8 text, or a number as Kafka's own serializers write it (big-endian).
///
/// Types: `String`, `Bool` (one byte), `I8`, `I16`, `I32`, `I64`, `F32`, `F64`. An absent key or value is null.
///
/// ```
/// use headwater_engine::Type;
/// use headwater_io::kafka;
/// let key = kafka::simple("ServiceName", Type::String);
/// ```
pub fn simple(column: impl Into<String>, ty: Type) -> Spec {
    Spec(Form::Simple { column: column.into(), ty })
}

/// Avro records framed with a schema id, the schema in a registry under the subject `subject`.
///
/// Reading: the columns are the fields of the subject's newest schema (or that of [`Avro::version`]), records within
/// it flattened to `outer__inner`, fixed when the consumer is opened; writers may add and leave out fields, and
/// narrower numbers widen. Writing: the subject's newest schema is used, or, if there is none, one made from the
/// table is registered.
///
/// | Avro | column |
/// |---|---|
/// | boolean, int, long, float, double | `Bool`, `I32`, `I64`, `F32`, `F64` |
/// | string, enum, uuid | `String` |
/// | date | `Date` |
/// | timestamp-millis, -micros, -nanos | `Timestamp` |
/// | array of these | `List` |
/// | a union of null and one of these | the same, null for null |
/// | record | its fields |
#[cfg(feature = "avro")]
pub fn avro(subject: impl Into<String>) -> Avro {
    Avro { subject: subject.into(), version: None, fields: Vec::new(), only: false }
}

/// An Avro [`Spec`] under construction; see [`avro`].
#[cfg(feature = "avro")]
#[derive(Clone, Debug)]
pub struct Avro {
    pub(super) subject: String,
    pub(super) version: Option<u32>,
    pub(super) fields: Vec<(String, String)>,
    pub(super) only: bool,
}

#[cfg(feature = "avro")]
impl Avro {
    /// Takes this version of the subject rather than the newest.
    pub fn version(mut self, version: u32) -> Self {
        self.version = Some(version);
        self
    }

    /// The field `field` (`Order.Price` for one within a record) goes with the column `column`.
    pub fn field(mut self, field: impl Into<String>, column: impl Into<String>) -> Self {
        self.fields.push((field.into(), column.into()));
        self
    }

    /// Fields that no [`Avro::field`] names are left out, whatever their type.
    pub fn only_named_fields(mut self) -> Self {
        self.only = true;
        self
    }
}

#[cfg(feature = "avro")]
impl From<Avro> for Spec {
    fn from(avro: Avro) -> Spec {
        Spec(Form::Avro(avro))
    }
}

/// JSON objects, one a message.
///
/// Reading: the columns are those named by [`Json::field`]. A field that is missing or null is null; one of another
/// type is an error, never a guess. Writing: every column of the table becomes a field of its name, or the named ones
/// only if there are any; null fields are left out.
///
/// | column | JSON |
/// |---|---|
/// | `Bool`, `String`, `Char` | boolean, string, string |
/// | integers | a number without fraction, in range |
/// | `F32`, `F64` | a number; written as `"NaN"`, `"Infinity"`, `"-Infinity"` where JSON has none, and read so |
/// | `Timestamp` | a string like `2026-01-31T12:00:00.5Z` |
/// | `Date` | a string like `2026-01-31` |
/// | `Time` | a string like `09:30:00.5` |
/// | `Duration` | a string like `PT1H30M` |
/// | `Decimal` | a string like `12.50`, or a number |
/// | `List` | an array of these; an item that is null is written as null |
#[cfg(feature = "json")]
pub fn json() -> Json {
    Json { fields: Vec::new() }
}

/// A JSON [`Spec`] under construction; see [`json`].
#[cfg(feature = "json")]
#[derive(Clone, Debug)]
pub struct Json {
    /// Field, column, and the type wanted when reading.
    pub(super) fields: Vec<(String, String, Option<Type>)>,
}

#[cfg(feature = "json")]
impl Json {
    /// Reads the field `field` into the column `column` of type `ty`. A field that starts with `/` is a JSON pointer,
    /// such as `/order/price`.
    pub fn field(mut self, field: impl Into<String>, column: impl Into<String>, ty: Type) -> Self {
        self.fields.push((field.into(), column.into(), Some(ty)));
        self
    }

    /// Writes the column `column` as the field `field`.
    pub fn column(mut self, column: impl Into<String>, field: impl Into<String>) -> Self {
        self.fields.push((field.into(), column.into(), None));
        self
    }
}

#[cfg(feature = "json")]
impl From<Json> for Spec {
    fn from(json: Json) -> Spec {
        Spec(Form::Json(json))
    }
}
