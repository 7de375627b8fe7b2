//! Lazily read tables before anybody asked for a row.

use std::sync::{Arc, Mutex};

use super::{Rows, Table};
use crate::Result;
use crate::column::{Column, Regions};
use crate::formula::Checked;
use crate::graph::{Filled, Node, NodeHandle, Output};
use crate::op::Still;
use crate::plan::{Operation, Plan};
use crate::session::{Session, lock};
use crate::source::Region;
use crate::vector::Vector;

/// Regions, and the node made of them when a row is asked for.
pub(super) struct Unopened {
    regions: Vec<Arc<dyn Region>>,
    node: Mutex<Option<Arc<NodeHandle>>>,
}

impl Unopened {
    pub(super) fn new(regions: Vec<Arc<dyn Region>>) -> Self {
        Unopened { regions, node: Mutex::new(None) }
    }

    /// The node; the first call asks every region for its row count, outside the gate.
    pub(super) fn node(&self, session: &Session, plan: &Arc<Plan>) -> Result<Arc<NodeHandle>> {
        let mut opened = lock(&self.node);
        if let Some(node) = &*opened {
            return Ok(node.clone());
        }
        let regions = Arc::new(Regions::open(self.regions.clone())?);
        let columns = plan.definition.columns().iter().enumerate();
        let columns: Arc<[Column]> =
            columns.map(|(column, def)| Column::Region { regions: regions.clone(), column, ty: def.ty }).collect();
        let rows = regions.rows().clone();
        let name = match &plan.operation {
            Operation::Source { name, .. } => name.clone(),
            other => other.name().into(),
        };
        let mut graph = session.gate()?;
        let handle = graph.reserve();
        let output = Output { old_rows: rows.clone(), rows, ..Output::default() };
        let node = Node::new(plan.clone(), name, Vec::new(), Filled::by_id(Box::new(Still), columns, output));
        graph.insert(handle.id(), node, false);
        *opened = Some(handle.clone());
        Ok(handle)
    }

    pub(super) fn opened(&self) -> Option<Arc<NodeHandle>> {
        lock(&self.node).clone()
    }

    /// The regions of which some row may fulfil every condition that reads only columns whose one value in a region
    /// is known. Nothing is read for that.
    fn surviving(&self, conditions: &[Checked], session: &Session) -> Result<Vec<Arc<dyn Region>>> {
        let parts: Vec<Checked> = conditions.iter().flat_map(Checked::split_conjunction).collect();
        let programs = parts.iter().map(|part| session.inner.backend.compile(part)).collect::<Result<Vec<_>>>()?;
        let mut surviving = Vec::with_capacity(self.regions.len());
        'regions: for region in &self.regions {
            for (part, program) in parts.iter().zip(&programs) {
                let values: Option<Vec<_>> = part.inputs().iter().map(|&column| region.constant(column)).collect();
                let Some(values) = values else { continue };
                let types = part.input_types();
                let inputs: Option<Vec<Vector<'_>>> =
                    values.into_iter().zip(types).map(|(value, ty)| Vector::constant(*ty, value, 1)).collect();
                let Some(inputs) = inputs else { continue };
                if !program.matches(&inputs, 1)?.get(0) {
                    continue 'regions;
                }
            }
            surviving.push(region.clone());
        }
        Ok(surviving)
    }
}

impl Table {
    /// This table with fewer regions, if it is lazily read and was not opened yet.
    pub(crate) fn pruned(&self, conditions: &[Checked]) -> Result<Option<Table>> {
        let Rows::Regions(unopened) = &self.inner.rows else { return Ok(None) };
        let surviving = unopened.surviving(conditions, self.session())?;
        if surviving.len() == unopened.regions.len() {
            return Ok(None);
        }
        Ok(Some(Table::of_regions(self.session().clone(), self.plan().clone(), surviving)))
    }
}
