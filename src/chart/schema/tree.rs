//! The errors of a validation as a tree of the schemas in which they arose.
//!
//! The validator reports a flat list; both libraries that Helm has used report what failed by subschema. The path by which
//! each error was reached says which subschemas it lies in.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

/// What a branch of the tree is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Branch {
    /// A subschema.
    Schema,
    AllOf,
    /// Through a `$ref`.
    Reference,
    Then,
    Else,
}

/// A branch with what failed in it, in the order of the errors.
#[derive(Debug)]
pub(super) struct Node<'e> {
    pub branch: Branch,
    /// Where in the values.
    pub at: String,
    key: String,
    pub children: Vec<Child<'e>>,
}

#[derive(Debug)]
pub(super) enum Child<'e> {
    Node(Node<'e>),
    Leaf(Leaf<'e>),
}

/// A keyword that failed.
#[derive(Debug)]
pub(super) struct Leaf<'e> {
    pub error: &'e ValidationError<'e>,
    /// The properties that are missing, for `required` and its kin.
    pub names: Vec<String>,
    /// The property on which they depend.
    pub depends_on: Option<String>,
    pub keyword: String,
}

/// The tree of all errors.
pub(super) fn build<'e>(errors: impl IntoIterator<Item = &'e ValidationError<'e>>, schema: &Value) -> Node<'e> {
    branch_of(errors, schema, 0, 0)
}

/// The trees of the branches of an `anyOf` or `oneOf`.
pub(super) fn branches<'e>(
    error: &'e ValidationError<'e>,
    context: &'e [Vec<ValidationError<'static>>],
    schema: &Value,
) -> Vec<Node<'e>> {
    let skipped = error.evaluation_path().iter().len() + 1;
    let depth = error.instance_path().iter().len();
    context.iter().map(|errors| branch_of(errors, schema, skipped, depth)).collect()
}

/// The tree of errors that all lie in one schema: the number of path segments that lead to it, and to its instance.
fn branch_of<'e>(
    errors: impl IntoIterator<Item = &'e ValidationError<'e>>,
    schema: &Value,
    skipped: usize,
    depth: usize,
) -> Node<'e> {
    let mut root: Option<Node> = None;
    for error in errors {
        let path: Vec<String> = error.evaluation_path().iter().map(|s| s.to_string()).collect();
        let instance: Vec<String> = error.instance_path().iter().map(|s| s.to_string()).collect();
        let at = pointer(&instance, depth);
        let root =
            root.get_or_insert_with(|| Node { branch: Branch::Schema, at, key: String::new(), children: Vec::new() });
        let (node, rest) = descend(root, path.get(skipped..).unwrap_or_default(), &instance, depth);
        leaf(node, error, rest, schema);
    }
    root.unwrap_or(Node { branch: Branch::Schema, at: String::new(), key: String::new(), children: Vec::new() })
}

fn pointer(instance: &[String], depth: usize) -> String {
    let escape = |segment: &String| format!("/{}", segment.replace('~', "~0").replace('/', "~1"));
    instance.iter().take(depth).map(escape).collect()
}

/// The innermost subschema on a path, and the keyword with what follows it.
fn descend<'n, 'e, 'p>(
    root: &'n mut Node<'e>,
    path: &'p [String],
    instance: &[String],
    depth: usize,
) -> (&'n mut Node<'e>, &'p [String]) {
    let (mut node, mut rest, mut depth) = (root, path, depth);
    loop {
        let next = rest.get(1).map(String::as_str);
        // How many segments lead to the next schema, whether it is for an inner value, and what is on the way.
        let (taken, inner, branch) = match rest.first().map(String::as_str) {
            Some("properties" | "patternProperties") => (2, true, Branch::Schema),
            Some("items" | "prefixItems") if next.is_some_and(|s| s.parse::<usize>().is_ok()) => {
                (2, true, Branch::Schema)
            }
            Some(
                "items" | "additionalItems" | "additionalProperties" | "unevaluatedProperties" | "unevaluatedItems",
            ) if next.is_some() => (1, true, Branch::Schema),
            Some("allOf") if next.is_some() => {
                node = child(node, "allOf".into(), Branch::AllOf, pointer(instance, depth));
                (2, false, Branch::Schema)
            }
            Some("$ref" | "$dynamicRef" | "$recursiveRef") if next.is_some() => (1, false, Branch::Reference),
            Some("then") if next.is_some() => (1, false, Branch::Then),
            Some("else") if next.is_some() => (1, false, Branch::Else),
            Some("dependentSchemas" | "dependencies") if rest.len() > 2 && rest[2] != "required" => {
                (2, false, Branch::Schema)
            }
            _ => return (node, rest),
        };
        let taken = taken.min(rest.len());
        let mut key = rest[..taken].join("/");
        if inner {
            key.push('/');
            key.push_str(instance.get(depth).map_or("", String::as_str));
            depth += 1;
        }
        rest = &rest[taken..];
        node = child(node, key, branch, pointer(instance, depth));
    }
}

fn child<'n, 'e>(node: &'n mut Node<'e>, key: String, branch: Branch, at: String) -> &'n mut Node<'e> {
    let known = node.children.iter().position(|child| matches!(child, Child::Node(inner) if inner.key == key));
    let index = known.unwrap_or_else(|| {
        node.children.push(Child::Node(Node { branch, at, key, children: Vec::new() }));
        node.children.len() - 1
    });
    match &mut node.children[index] {
        Child::Node(inner) => inner,
        Child::Leaf(_) => unreachable!("the index is that of a node"),
    }
}

fn leaf<'e>(node: &mut Node<'e>, error: &'e ValidationError<'e>, rest: &[String], schema: &Value) {
    let keyword = rest.join("/");
    let Kind::Required { property } = error.kind() else {
        node.children.push(Child::Leaf(Leaf { error, names: Vec::new(), depends_on: None, keyword }));
        return;
    };
    let name = property.as_str().unwrap_or_default().to_string();
    let depends_on = dependency(error, &name, schema);
    for child in &mut node.children {
        if let Child::Leaf(leaf) = child
            && (&leaf.keyword, &leaf.depends_on) == (&keyword, &depends_on)
            && !leaf.names.is_empty()
        {
            return leaf.names.push(name);
        }
    }
    node.children.push(Child::Leaf(Leaf { error, names: vec![name], depends_on, keyword }));
}

/// The property that makes another required, by `dependencies` or `dependentRequired`.
fn dependency(error: &ValidationError, name: &str, schema: &Value) -> Option<String> {
    let path = error.schema_path();
    if !["/dependencies", "/dependentRequired"].iter().any(|keyword| path.as_str().ends_with(keyword)) {
        return None;
    }
    let present = error.instance().as_object()?;
    let asks = |names: &Value| names.as_array().is_some_and(|names| names.iter().any(|n| n == name));
    let found = schema
        .pointer(path.as_str())?
        .as_object()?
        .iter()
        .find(|(key, names)| present.contains_key(*key) && asks(names));
    found.map(|(key, _)| key.clone())
}
