//! [`Spine`]: which block holds which ids; sparse, two levels, shared copy-on-write.

use std::sync::Arc;

use super::block::Block;
use crate::types::Type;

/// log2 of the blocks under one leaf: a pin of a large column clones one pointer a leaf at most.
const LEAF_LOG2: u32 = 9;

/// Block number to block. Dense tables find their leaf at the first guess, sparse ones by binary search.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spine {
    /// Ascending by key, the block number without its low bits.
    leaves: Vec<(u64, Arc<Leaf>)>,
}

/// The blocks under one key; the last entry is a block.
#[derive(Clone, Debug, Default)]
struct Leaf {
    blocks: Vec<Option<Arc<Block>>>,
}

/// The blocks for writing, from the first to the last.
pub(crate) struct BlocksMut<'s> {
    /// The leaves still to come.
    leaves: &'s mut [(u64, Arc<Leaf>)],
    /// What is still to come of the leaf at hand, from the block of this number on.
    blocks: &'s mut [Option<Arc<Block>>],
    next: u64,
}

impl<'s> BlocksMut<'s> {
    /// A block, which is copied if it is shared; `None` if it is not there, or not after the one before.
    pub(crate) fn get(&mut self, number: u64) -> Option<&'s mut Block> {
        let key = number >> LEAF_LOG2;
        if self.blocks.is_empty() || self.next >> LEAF_LOG2 != key {
            let leaves = std::mem::take(&mut self.leaves);
            let at = leaves.binary_search_by_key(&key, |&(key, _)| key).ok()?;
            let (leaf, rest) = leaves[at..].split_first_mut()?;
            (self.leaves, self.blocks, self.next) = (rest, &mut Arc::make_mut(&mut leaf.1).blocks, key << LEAF_LOG2);
        }
        let skipped = usize::try_from(number.checked_sub(self.next)?).ok()?;
        let blocks = std::mem::take(&mut self.blocks);
        let (block, rest) = blocks.get_mut(skipped..)?.split_first_mut()?;
        (self.blocks, self.next) = (rest, number + 1);
        block.as_mut().map(Arc::make_mut)
    }
}

fn slot(block: u64) -> usize {
    (block & ((1 << LEAF_LOG2) - 1)) as usize
}

impl Spine {
    fn position(&self, key: u64) -> Result<usize, usize> {
        let Some(&(first, _)) = self.leaves.first() else { return Err(0) };
        if key < first {
            return Err(0);
        }
        let guess = (key - first) as usize;
        match self.leaves.get(guess) {
            Some(&(at, _)) if at == key => Ok(guess),
            _ => self.leaves.binary_search_by_key(&key, |&(at, _)| at),
        }
    }

    pub(crate) fn get(&self, block: u64) -> Option<&Block> {
        self.shared(block).map(|block| &**block)
    }

    /// A block in the form that can be kept.
    pub(crate) fn shared(&self, block: u64) -> Option<&Arc<Block>> {
        let leaf = &self.leaves[self.position(block >> LEAF_LOG2).ok()?].1;
        leaf.blocks.get(slot(block))?.as_ref()
    }

    /// The block for writing, made if it is not there; whatever of the way to it is shared is copied.
    pub(crate) fn get_mut(&mut self, block: u64, ty: Type) -> &mut Block {
        Arc::make_mut(self.place(block).get_or_insert_with(|| Arc::new(Block::new(ty))))
    }

    /// The blocks for writing, several at a time.
    pub(crate) fn blocks_mut(&mut self) -> BlocksMut<'_> {
        BlocksMut { leaves: &mut self.leaves, blocks: &mut [], next: 0 }
    }

    /// Puts a block in the place of the one that may be there, which is given back.
    pub(crate) fn set(&mut self, block: u64, values: Block) -> Option<Arc<Block>> {
        self.place(block).replace(Arc::new(values))
    }

    /// Where a block is or would be, with the way to it made and owned.
    fn place(&mut self, block: u64) -> &mut Option<Arc<Block>> {
        let key = block >> LEAF_LOG2;
        let at = self.position(key).unwrap_or_else(|at| {
            self.leaves.insert(at, (key, Arc::default()));
            at
        });
        let blocks = &mut Arc::make_mut(&mut self.leaves[at].1).blocks;
        if blocks.len() <= slot(block) {
            blocks.resize(slot(block) + 1, None);
        }
        &mut blocks[slot(block)]
    }

    /// Takes a block out, and its leaf if that is empty now.
    pub(crate) fn remove(&mut self, block: u64) -> Option<Arc<Block>> {
        let at = self.position(block >> LEAF_LOG2).ok()?;
        self.leaves[at].1.blocks.get(slot(block))?.as_ref()?;
        let blocks = &mut Arc::make_mut(&mut self.leaves[at].1).blocks;
        let removed = blocks[slot(block)].take();
        while matches!(blocks.last(), Some(None)) {
            blocks.pop();
        }
        if blocks.is_empty() {
            self.leaves.remove(at);
        }
        removed
    }

    /// All blocks for writing; those that are shared are copied.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Block> {
        let leaves = self.leaves.iter_mut();
        leaves.flat_map(|(_, leaf)| Arc::make_mut(leaf).blocks.iter_mut().flatten().map(Arc::make_mut))
    }

    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.leaves.iter().flat_map(|(_, leaf)| leaf.blocks.iter().flatten().map(|block| &**block))
    }

    pub(crate) fn validate(&self) -> Result<(), String> {
        if !self.leaves.is_sorted_by(|a, b| a.0 < b.0) {
            return Err("leaves out of order".to_owned());
        }
        match self.leaves.iter().find(|(_, leaf)| !matches!(leaf.blocks.last(), Some(Some(_)))) {
            Some((key, _)) => Err(format!("leaf {key} ends in no block")),
            None => Ok(()),
        }
    }
}
