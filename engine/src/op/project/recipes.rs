//! [`Recipes`]: how the columns of formulas are read, with what several of them have in common in one place.

use std::sync::Arc;

use super::of_texts::OfTexts;
use crate::Result;
use crate::column::{Column, Compiled, Computed, Ids, Memo};
use crate::formula::{Checked, FormulaBackend, Shared, share};
use crate::graph::Mask;
use crate::op::InputShape;
use crate::plan::{Origin, ProjectedColumn, Projection};
use crate::types::Type;

/// Formulas over *things*, which are numbered: the columns of the input, then the formulas, then their common parts.
pub(super) struct Recipes {
    inputs: Vec<Column>,
    formulas: Vec<Recipe>,
    parts: Vec<Recipe>,
    /// What `explain()` tells of the parts.
    pub(super) remarks: Vec<String>,
}

struct Recipe {
    formula: Compiled,
    things: Vec<usize>,
    /// The formula as it was given, if it reads parts and one may fail.
    plain: Option<(Compiled, Vec<usize>)>,
    /// The formula as it was given, if it is to be kept and makes text of texts of the input that may be coded.
    of_texts: Option<(Compiled, Vec<usize>)>,
    /// The input columns whose change may change it.
    depends: Mask,
}

impl Recipe {
    fn new(checked: Checked, plain: Option<Checked>, depends: Mask, backend: &dyn FormulaBackend) -> Result<Self> {
        let compiled = |checked: Checked| {
            let things = checked.inputs().to_vec();
            Ok::<_, crate::Error>((Compiled::new(checked, backend)?, things))
        };
        let (formula, things) = compiled(checked)?;
        Ok(Recipe { formula, things, plain: plain.map(compiled).transpose()?, of_texts: None, depends })
    }
}

impl Recipes {
    pub(super) fn new(
        formulas: &[ProjectedColumn],
        form: Projection,
        input: &InputShape<'_>,
        backend: &dyn FormulaBackend,
    ) -> Result<Self> {
        let inputs = input.columns.to_vec();
        let width = inputs.len();
        let thing = |origin: Origin| match origin {
            Origin::Input(column) => column,
            Origin::Formula(formula) => width + formula,
        };
        let given = formulas.iter().map(|formula| formula.checked.over(|at| thing(formula.inputs[at])));
        let given: Vec<Checked> = given.collect();
        let first_part = width + given.len();
        let is_coded = |thing: usize| input.columns.get(thing).is_some_and(Column::may_be_coded);
        let Shared { parts, formulas } = match form {
            // What is kept by all its inputs is not evaluated, so neither are parts of it.
            Projection::LazyUpdate => Shared { parts: Vec::new(), formulas: given.clone() },
            _ => share(&given, first_part, is_coded),
        };
        let may_fail = parts.iter().any(|part| part.formula.expr().is_fallible());
        let remarks = remarks(&parts.iter().map(|part| (part.formula.written(), part.uses)).collect::<Vec<_>>());
        let parts = parts.into_iter().map(|part| Recipe::new(part.formula, None, Mask::none(), backend));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let mut recipes = Recipes { inputs, formulas: Vec::with_capacity(formulas.len()), parts, remarks };
        for (given, formula) in given.into_iter().zip(formulas) {
            let mut depends = Mask::none();
            given.inputs().iter().for_each(|&thing| depends.insert_all(&recipes.depends(thing)));
            let reads_parts = formula.inputs().iter().any(|&thing| thing >= first_part);
            let of_texts =
                form.is_stored() && given.ty() == Type::String && given.inputs().iter().all(|&at| is_coded(at));
            let of_texts = of_texts
                .then(|| Ok::<_, crate::Error>((Compiled::new(given.clone(), backend)?, given.inputs().to_vec())));
            let plain = Some(given).filter(|_| reads_parts && may_fail);
            let mut recipe = Recipe::new(formula, plain, depends, backend)?;
            recipe.of_texts = of_texts.transpose()?;
            if form == Projection::LazyUpdate && recipe.formula.reads_columns() {
                recipe.formula = recipe.formula.remembering();
            }
            recipes.formulas.push(recipe);
        }
        Ok(recipes)
    }

    /// The formula of that number.
    pub(super) fn formula(&self, number: usize) -> &Compiled {
        &self.formulas[number].formula
    }

    /// The input columns whose change may change a formula.
    pub(super) fn depends_of(&self, origin: Origin) -> Mask {
        match origin {
            Origin::Input(column) => [column].into_iter().collect(),
            Origin::Formula(number) => self.formulas[number].depends.clone(),
        }
    }

    fn depends(&self, thing: usize) -> Mask {
        match thing.checked_sub(self.inputs.len()) {
            None => self.depends_of(Origin::Input(thing)),
            Some(number) => self.depends_of(Origin::Formula(number)),
        }
    }

    /// What formulas gave, of those that remember it.
    pub(super) fn memos(&self) -> Vec<Arc<Memo>> {
        self.formulas.iter().filter_map(|recipe| recipe.formula.memo().cloned()).collect()
    }

    /// What makes the text of a formula by the codes of the texts it reads, if it does nothing else.
    pub(super) fn of_texts(&self, number: usize) -> Option<OfTexts> {
        let (formula, things) = self.formulas[number].of_texts.as_ref()?;
        OfTexts::new(formula, things.iter().map(|&thing| self.inputs[thing].clone()).collect())
    }

    /// The columns of formulas. `kept` says which of them, or of those below, are read where they are stored.
    pub(super) fn columns(
        &self,
        numbers: impl IntoIterator<Item = usize>,
        kept: impl Fn(usize) -> Option<Column>,
    ) -> Vec<Column> {
        let mut cook = Cook { recipes: self, kept, made: vec![None; self.formulas.len() + self.parts.len()] };
        numbers.into_iter().map(|number| cook.column(self.inputs.len() + number)).collect()
    }
}

/// Makes columns, each once.
struct Cook<'r, K> {
    recipes: &'r Recipes,
    kept: K,
    /// By number of the thing, but for those of the input.
    made: Vec<Option<Column>>,
}

impl<K: Fn(usize) -> Option<Column>> Cook<'_, K> {
    fn column(&mut self, thing: usize) -> Column {
        let recipes = self.recipes;
        let Some(number) = thing.checked_sub(recipes.inputs.len()) else { return recipes.inputs[thing].clone() };
        if let Some(made) = &self.made[number] {
            return made.clone();
        }
        let made = match number.checked_sub(recipes.formulas.len()) {
            None => (self.kept)(number).unwrap_or_else(|| self.cooked(&recipes.formulas[number])),
            Some(part) => self.cooked(&recipes.parts[part]),
        };
        self.made[number] = Some(made.clone());
        made
    }

    fn cooked(&mut self, recipe: &Recipe) -> Column {
        if let Some(constant) = constant(&recipe.formula) {
            return constant;
        }
        let inputs: Vec<Column> = recipe.things.iter().map(|&thing| self.column(thing)).collect();
        Column::Computed(Arc::new(match &recipe.plain {
            None => Computed::new(recipe.formula.clone(), &inputs),
            Some((plain, things)) => {
                let plain_inputs: Vec<Column> = things.iter().map(|&thing| self.column(thing).plain()).collect();
                let plain = Arc::new(Computed::new(plain.clone(), &plain_inputs));
                Computed::sharing(recipe.formula.clone(), &inputs, plain)
            }
        }))
    }
}

/// A pure formula that reads no column has one value; one that fails is left to whoever reads it.
fn constant(formula: &Compiled) -> Option<Column> {
    if formula.reads_columns() || !formula.is_pure() {
        return None;
    }
    let value = formula.evaluate(&[], Ids::Range { start: 0, len: 1 }).ok()?.value(0);
    Some(Column::Constant { value, ty: formula.ty() })
}

fn remarks(parts: &[(&str, u32)]) -> Vec<String> {
    let written = |of_many: bool| {
        let parts = parts.iter().filter(|(_, uses)| (*uses > 1) == of_many);
        parts.map(|(text, _)| text.trim()).collect::<Vec<_>>().join(", ")
    };
    let told = [("once for several formulas", written(true)), ("once for each text kept as a code", written(false))];
    told.into_iter().filter(|(_, parts)| !parts.is_empty()).map(|(how, parts)| format!("{how}: {parts}")).collect()
}
