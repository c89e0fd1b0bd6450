//! Which branches may change a map: told from the text of the templates, not by running them.

use super::{Evaluator, Frame};
use crate::template::ast::{Branch, List, Node, Operand, OperandKind, Pipeline};
use std::sync::Arc;

/// The functions that change a map that they are given.
const MUTATORS: [&str; 6] = ["set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"];

impl Evaluator<'_> {
    /// Whether some arm of the branch may change a map, through named templates too. The text that `tpl` runs is not
    /// looked at; a computed name of a template counts as a change.
    pub(super) fn branch_mutates(&mut self, _frame: &Frame<'_>, branch: &Branch) -> bool {
        self.list_mutates(&branch.body) || branch.otherwise.as_ref().is_some_and(|list| self.list_mutates(list))
    }

    fn list_mutates(&mut self, list: &List) -> bool {
        list.nodes.iter().any(|node| match node {
            Node::Action(pipeline) => self.pipeline_mutates(pipeline),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                branch.may_mutate && (self.pipeline_mutates(&branch.pipeline) || self.branch_arms_mutate(branch))
            }
            Node::Template(call) => self.template_mutates(&call.name),
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => false,
        })
    }

    fn branch_arms_mutate(&mut self, branch: &Branch) -> bool {
        self.list_mutates(&branch.body) || branch.otherwise.as_ref().is_some_and(|list| self.list_mutates(list))
    }

    fn pipeline_mutates(&mut self, pipeline: &Pipeline) -> bool {
        pipeline.commands.iter().any(|command| {
            let first = command.operands.first();
            if let Some(Operand { kind: OperandKind::Function(name, _), .. }) = first {
                if MUTATORS.contains(&&**name) {
                    return true;
                }
                if &**name == "include" {
                    let is_mutator = match command.operands.get(1).map(|o| &o.kind) {
                        Some(OperandKind::String { value, .. }) => match std::str::from_utf8(value) {
                            Ok(name) => self.template_mutates(&Arc::from(name)),
                            Err(_) => false,
                        },
                        _ => true,
                    };
                    if is_mutator {
                        return true;
                    }
                }
            }
            command.operands.iter().any(|operand| self.operand_mutates(operand))
        })
    }

    pub(super) fn operand_mutates(&mut self, operand: &Operand) -> bool {
        match &operand.kind {
            OperandKind::Pipeline(pipeline) => self.pipeline_mutates(pipeline),
            OperandKind::Chain(inner, _) => self.operand_mutates(inner),
            _ => false,
        }
    }

    fn template_mutates(&mut self, name: &Arc<str>) -> bool {
        if let Some(known) = self.mutators.get(name) {
            return *known;
        }
        // Until it is known; a template that calls itself changes nothing by that alone.
        self.mutators.insert(name.clone(), false);
        let Some(template) = self.template(name) else { return false };
        let unit = template.unit.clone();
        let mutates = match &template.body {
            Some(body) => self.list_mutates(body),
            None => self.list_mutates(&unit.tree.root),
        };
        self.mutators.insert(name.clone(), mutates);
        mutates
    }
}
