//! Which branches may change a map: told from the text of the templates, not by running them.

use super::{Evaluator, Frame};
use crate::template::ast::{Branch, List, Node, Operand, OperandKind, Pipeline, Tree};

/// The functions that change a map that they are given.
const MUTATORS: [&str; 6] = ["set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"];

impl Evaluator<'_> {
    /// Whether some arm of the branch may change a map, through named templates too. The text that `tpl` runs is not
    /// looked at; a computed name of a template counts as a change.
    pub(super) fn branch_mutates(&mut self, frame: &Frame<'_>, branch: &Branch) -> bool {
        self.arms_mutate(&frame.unit.tree, branch)
    }

    fn list_mutates(&mut self, tree: &Tree, list: List) -> bool {
        tree.nodes(list).iter().any(|node| match node {
            Node::Action(pipeline) => self.pipeline_mutates(tree, pipeline),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                let branch = tree.branch(*branch);
                branch.may_mutate && (self.pipeline_mutates(tree, &branch.pipeline) || self.arms_mutate(tree, branch))
            }
            Node::Template(call) => self.template_mutates(&tree.call(*call).name),
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => false,
        })
    }

    fn arms_mutate(&mut self, tree: &Tree, branch: &Branch) -> bool {
        self.list_mutates(tree, branch.body) || branch.otherwise.is_some_and(|list| self.list_mutates(tree, list))
    }

    fn pipeline_mutates(&mut self, tree: &Tree, pipeline: &Pipeline) -> bool {
        tree.commands(pipeline).iter().any(|command| {
            let operands = tree.operands(command);
            if let Some(name) = tree.called(command) {
                if MUTATORS.contains(&name) {
                    return true;
                }
                if name == "include" {
                    let is_mutator = match operands.get(1).map(|o| o.kind) {
                        Some(OperandKind::String(id)) => match std::str::from_utf8(tree.string(id)) {
                            Ok(name) => self.template_mutates(name),
                            Err(_) => false,
                        },
                        _ => true,
                    };
                    if is_mutator {
                        return true;
                    }
                }
            }
            operands.iter().any(|operand| self.operand_mutates(tree, operand))
        })
    }

    pub(super) fn operand_mutates(&mut self, tree: &Tree, operand: &Operand) -> bool {
        match operand.kind {
            OperandKind::Pipeline(pipeline) => self.pipeline_mutates(tree, tree.pipeline(pipeline)),
            OperandKind::Chain(inner, _) => self.operand_mutates(tree, tree.operand(inner)),
            _ => false,
        }
    }

    fn template_mutates(&mut self, name: &str) -> bool {
        if let Some(known) = self.mutators.get(name) {
            return *known;
        }
        // Until it is known; a template that calls itself changes nothing by that alone.
        self.mutators.insert(name.into(), false);
        let Some(template) = self.template(name) else { return false };
        let unit = template.unit.clone();
        let mutates = self.list_mutates(&unit.tree, template.body.unwrap_or(unit.tree.root));
        self.mutators.insert(name.into(), mutates);
        mutates
    }
}
