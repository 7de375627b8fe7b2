//! [`Decoder`]: Confluent-framed Avro records into columns, whatever schema each record was written with.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use apache_avro::Schema;
use headwater_engine::vector::VectorBuilder;
use headwater_engine::{Error, ErrorKind, Result};

use super::compile::compile;
use super::fault::Fault;
use super::fields::Field;
use super::program::Program;

/// A zero byte and the schema id in big-endian order come before the record.
const FRAME: usize = 5;
/// Damaged frames name ids without number; what is known about them is dropped beyond this many.
const MAX_REFUSALS: usize = 4096;

/// Why a payload gave no row.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// The schema id is not known yet: [`Decoder::learn`] it and come again.
    UnknownSchema(u32),
    /// The payload is at fault.
    Rejected(Rejection),
}

/// Why a payload is rejected.
#[derive(Clone, Debug)]
pub(crate) enum Rejection {
    /// There is no frame: the length, and the first byte.
    Frame(usize, Option<u8>),
    /// The schema of that id cannot be had or read by this reader.
    Schema(u32, Arc<str>),
    /// The record does not follow its schema.
    Record(u32, Fault),
}

impl Rejection {
    /// What rejections are counted by: the text without what differs from record to record.
    pub(crate) fn reason(&self) -> String {
        match self {
            Rejection::Frame(..) => "not framed as Avro with a schema id".to_owned(),
            Rejection::Schema(..) => self.to_string(),
            Rejection::Record(_, fault) => fault.reason(),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::Frame(length, Some(first)) if *length >= FRAME => {
                write!(f, "not framed as Avro with a schema id: the first byte is {first}, not 0")
            }
            Rejection::Frame(length, _) => {
                write!(f, "not framed as Avro with a schema id: {length} bytes are too few")
            }
            Rejection::Schema(id, why) => write!(f, "schema id {id}: {why}"),
            Rejection::Record(id, fault) => write!(f, "{fault}, schema id {id}"),
        }
    }
}

#[derive(Clone, Debug)]
struct Programs {
    probe: Program,
    rest: Program,
}

/// Reads records into columns fixed at the start; the programs for writers' schemas are made as their ids are met.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    fields: Arc<[Field]>,
    probe: Vec<Option<usize>>,
    rest: Vec<Option<usize>>,
    /// Few in any one topic, and mostly the same from record to record.
    known: Vec<(u32, Programs)>,
    last: usize,
    refused: HashMap<u32, Arc<str>>,
}

impl Decoder {
    /// A decoder of `fields` into the builders from `first` on; `probes` says which builders belong to the probe.
    pub(crate) fn new(fields: Arc<[Field]>, first: usize, probes: impl Fn(usize) -> bool) -> Self {
        let slot = |index: usize, probe: bool| (probes(first + index) == probe).then_some(first + index);
        let probe = (0..fields.len()).map(|index| slot(index, true)).collect();
        let rest = (0..fields.len()).map(|index| slot(index, false)).collect();
        Decoder { fields, probe, rest, known: Vec::new(), last: 0, refused: HashMap::new() }
    }

    /// Takes in the schema that writers name by `id`. One that this reader cannot follow is remembered with the
    /// reason, and its records are rejected.
    pub(crate) fn learn(&mut self, id: u32, schema: &str) {
        match self.compile(schema) {
            Ok(programs) => self.known.push((id, programs)),
            Err(error) => self.refuse(id, &error.to_string()),
        }
    }

    /// Remembers that there is no schema of that id to be had.
    pub(crate) fn refuse(&mut self, id: u32, why: &str) {
        if self.refused.len() >= MAX_REFUSALS {
            self.refused.clear();
        }
        self.refused.insert(id, why.into());
    }

    fn compile(&self, schema: &str) -> Result<Programs> {
        let writer = parse(schema)?;
        let probe = compile(&writer, &self.fields, &self.probe, false)?;
        let rest = compile(&writer, &self.fields, &self.rest, true)?;
        Ok(Programs { probe, rest })
    }

    /// Appends the probe columns of one record, reading no further than the last of them. On an error some columns
    /// have grown: the caller truncates them.
    #[inline]
    pub(crate) fn probe(&mut self, payload: &[u8], columns: &mut [VectorBuilder]) -> Result<(), Trouble> {
        self.run(payload, columns, |programs| &programs.probe)
    }

    /// Appends the other columns of one record, checking all of it. On an error some columns have grown: the caller
    /// truncates them.
    #[inline]
    pub(crate) fn rest(&mut self, payload: &[u8], columns: &mut [VectorBuilder]) -> Result<(), Trouble> {
        self.run(payload, columns, |programs| &programs.rest)
    }

    #[inline]
    fn run(
        &mut self,
        payload: &[u8],
        columns: &mut [VectorBuilder],
        choose: impl Fn(&Programs) -> &Program,
    ) -> Result<(), Trouble> {
        let Some(([0, frame @ ..], _)) = payload.split_first_chunk::<FRAME>() else {
            return Err(Trouble::Rejected(Rejection::Frame(payload.len(), payload.first().copied())));
        };
        let id = u32::from_be_bytes(*frame);
        let program = choose(self.programs(id)?);
        program.run(payload, FRAME, columns).map_err(|fault| Trouble::Rejected(Rejection::Record(id, fault)))
    }

    #[inline]
    fn programs(&mut self, id: u32) -> Result<&Programs, Trouble> {
        if self.known.get(self.last).is_none_or(|(known, _)| *known != id) {
            let Some(found) = self.known.iter().position(|(known, _)| *known == id) else {
                return Err(match self.refused.get(&id) {
                    Some(why) => Trouble::Rejected(Rejection::Schema(id, why.clone())),
                    None => Trouble::UnknownSchema(id),
                });
            };
            self.last = found;
        }
        Ok(&self.known[self.last].1)
    }
}

/// A schema from its JSON text.
pub(crate) fn parse(schema: &str) -> Result<Schema> {
    Schema::parse_str(schema)
        .map_err(|error| Error::new(ErrorKind::Format, "the schema is not valid Avro").with_source(error))
}
