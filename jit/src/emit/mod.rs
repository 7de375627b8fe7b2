//! From a [`Shape`] to Cranelift's IR: one loop, fused, of 128-bit vectors.
//!
//! A turn of the loop computes [`Shape::step`] rows, by *quads* of four: one vector of 32-bit lanes or two of 64-bit
//! lanes. There are no wider vectors in Cranelift; what they would gain is won back in part by the turns being long.
//! Nodes are emitted when a result asks for them, and Cranelift places each next to its first use, so that the
//! registers hold one quad at a time, whatever the length of the turn.
//!
//! Nothing emitted can trap, and no scalar float is ever selected, which on x86-64 would be a branch.

mod bits;
mod convert;
mod lanes;
mod number;
mod scalar;

use std::collections::HashMap;

use cranelift::codegen::ir::{Function, UserFuncName};
use cranelift::codegen::isa::TargetIsa;
use cranelift::prelude::*;

use crate::shape::{Form, Id, Lane, Shape};
use lanes::Quad;

/// Rows of a quad.
const QUAD: usize = 4;

/// The function of a shape.
///
/// Its arguments: the addresses of what it reads, the parameters (64 bits each), the addresses of the results, and the
/// number of steps, at least one. It gives the faults of all steps, one over the other.
pub(crate) fn emit(shape: &Shape, isa: &dyn TargetIsa, context: &mut FunctionBuilderContext) -> Function {
    let pointer = isa.pointer_type();
    let mut signature = Signature::new(isa.default_call_conv());
    signature.params = vec![AbiParam::new(pointer); 4];
    signature.returns = vec![AbiParam::new(types::I32)];
    let mut function = Function::with_name_signature(UserFuncName::default(), signature);
    let mut builder = FunctionBuilder::new(&mut function, context);

    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let &[reads, parameters, results, steps] = builder.block_params(entry) else { unreachable!("four arguments") };
    let addresses = |builder: &mut FunctionBuilder<'_>, table: Value, count: usize| -> Vec<Value> {
        (0..count).map(|at| builder.ins().load(pointer, constant(), table, (at * 8) as i32)).collect()
    };
    let reads = addresses(&mut builder, reads, shape.reads.len());
    let results = addresses(&mut builder, results, shape.results.len());
    let step = shape.step();
    let end = builder.ins().imul_imm_u(steps, step as i64);
    let start = builder.ins().iconst(pointer, 0);
    let no_faults = builder.ins().iconst(types::I32, 0);

    let turn = builder.create_block();
    builder.append_block_param(turn, pointer);
    builder.append_block_param(turn, types::I32);
    builder.ins().jump(turn, &[start.into(), no_faults.into()]);
    builder.switch_to_block(turn);
    let &[row, faults] = builder.block_params(turn) else { unreachable!("two parameters") };
    let octet = builder.ins().ushr_imm_u(row, 3);

    let mut emitter = Emitter {
        builder,
        shape,
        natures: bits::natures(shape),
        step,
        reads,
        parameters,
        row,
        octet,
        quads: HashMap::new(),
        masks: HashMap::new(),
        bits: HashMap::new(),
    };
    for ((form, id), address) in shape.results.iter().zip(results) {
        emitter.store(*form, *id, address);
    }
    let faults = match shape.faults {
        Some(id) => {
            let new = emitter.bits(id);
            emitter.builder.ins().bor(faults, new)
        }
        None => faults,
    };
    let mut builder = emitter.builder;
    let next = builder.ins().iadd_imm_u(row, step as i64);
    let more = builder.ins().icmp(IntCC::UnsignedLessThan, next, end);
    let exit = builder.create_block();
    builder.ins().brif(more, turn, &[next.into(), faults.into()], exit, &[]);
    builder.switch_to_block(exit);
    builder.ins().return_(&[faults]);
    builder.seal_all_blocks();
    builder.finalize(isa.frontend_config());
    function
}

/// The body of the loop, being written.
struct Emitter<'a> {
    builder: FunctionBuilder<'a>,
    shape: &'a Shape,
    natures: Vec<bits::Nature>,
    step: usize,
    /// Where what is read begins.
    reads: Vec<Value>,
    /// Where the parameters stand.
    parameters: Value,
    /// The first row of the turn.
    row: Value,
    /// The byte in which the bits of that row are.
    octet: Value,
    /// What is emitted already: the numbers of a node in a quad.
    quads: HashMap<(Id, usize), Quad>,
    /// The bits of a node in a quad, spread over lanes; whether those are wide.
    masks: HashMap<(Id, usize, bool), Quad>,
    /// The bits of a node, one for each row of the turn, the lowest first; those above are any.
    bits: HashMap<Id, Value>,
}

impl Emitter<'_> {
    fn quads(&self) -> usize {
        self.step / QUAD
    }

    /// The address of the turn's first value of that form.
    fn address(&mut self, base: Value, form: Form) -> Value {
        let offset = match form {
            Form::Bits => self.octet,
            form => match form.bytes(1).trailing_zeros() {
                0 => self.row,
                scale => self.builder.ins().ishl_imm_u(self.row, i64::from(scale)),
            },
        };
        self.builder.ins().iadd(base, offset)
    }

    fn store(&mut self, form: Form, id: Id, address: Value) {
        let to = self.address(address, form);
        if form == Form::Bits {
            let bits = self.bits(id);
            if self.step == 8 {
                self.builder.ins().istore8(plain(), bits, to, 0);
            } else {
                self.builder.ins().istore16(plain(), bits, to, 0);
            }
            return;
        }
        for quad in 0..self.quads() {
            let offset = form.bytes(quad * QUAD) as i32;
            match self.quad(id, quad) {
                Quad::Wide([low, high]) => {
                    self.builder.ins().store(plain(), low, to, offset);
                    self.builder.ins().store(plain(), high, to, offset + 16);
                }
                Quad::Narrow(value) => self.store_narrow(form, value, to, offset),
            }
        }
    }

    /// Four lanes of 32 bits, cut to the width of the form. The values fit, so that packing does not saturate.
    fn store_narrow(&mut self, form: Form, value: Value, to: Value, offset: i32) {
        let ins = |emitter: &mut Self, halves: Value| {
            let pairs = emitter.cast(types::I64X2, halves);
            emitter.builder.ins().extractlane(pairs, 0)
        };
        match form {
            Form::I16 | Form::U16 => {
                let halves = if form == Form::I16 {
                    self.builder.ins().snarrow(value, value)
                } else {
                    self.builder.ins().unarrow(value, value)
                };
                let four = ins(self, halves);
                self.builder.ins().store(plain(), four, to, offset);
            }
            Form::I8 => {
                let halves = self.builder.ins().snarrow(value, value);
                let bytes = self.builder.ins().snarrow(halves, halves);
                let quads = self.cast(types::I32X4, bytes);
                let four = self.builder.ins().extractlane(quads, 0);
                self.builder.ins().store(plain(), four, to, offset);
            }
            _ => {
                self.builder.ins().store(plain(), value, to, offset);
            }
        }
    }

    /// The same 128 bits as another type of vector.
    fn cast(&mut self, ty: Type, value: Value) -> Value {
        if self.builder.func.dfg.value_type(value) == ty {
            return value;
        }
        let flags = MemFlagsData::new().with_endianness(codegen::ir::Endianness::Little);
        self.builder.ins().bitcast(ty, flags, value)
    }
}

/// How vectors of a lane are typed.
fn vector(lane: Lane) -> Type {
    match lane {
        Lane::I32 => types::I32X4,
        Lane::I64 => types::I64X2,
        Lane::F32 => types::F32X4,
        Lane::F64 => types::F64X2,
    }
}

/// Memory that nobody writes while the kernel runs, and that is there: loads are like arithmetic.
fn constant() -> MemFlagsData {
    MemFlagsData::new().with_notrap().with_readonly().with_can_move()
}

/// Memory that is there.
fn plain() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}
