//! Lists, which templates never change.

use super::Value;
use std::sync::Arc;

/// The Go type of a list's elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Element {
    /// `[]interface {}`
    #[default]
    Any,
    /// `[]string`
    String,
    /// `[]int`
    Int,
    /// `[][]interface {}`
    Lists,
    /// `[]map[string]interface {}`
    Maps,
    /// The type of `.Capabilities.APIVersions`.
    Versions,
    /// Pointers to structs of Chart.yaml (Helm 3).
    Maintainers,
    Dependencies,
}

impl Element {
    /// Elements are seen through an `interface {}`.
    pub fn is_boxed(self) -> bool {
        self == Element::Any
    }
}

#[derive(Debug)]
struct Buffer {
    items: Box<[Value]>,
    element: Element,
    is_nil: bool,
}

/// A list of values of one Go type. Cheap to clone.
#[derive(Clone, Debug)]
pub struct List(Arc<Buffer>);

impl List {
    pub fn new(items: Vec<Value>) -> Self {
        List::of(Element::Any, items)
    }

    pub fn of(element: Element, items: Vec<Value>) -> Self {
        List(Arc::new(Buffer { items: items.into(), element, is_nil: false }))
    }

    /// A nil list, which has no elements and is `null` in JSON.
    pub fn nil(element: Element) -> Self {
        List(Arc::new(Buffer { items: [].into(), element, is_nil: true }))
    }

    pub fn items(&self) -> &[Value] {
        &self.0.items
    }

    pub fn element(&self) -> Element {
        self.0.element
    }

    pub fn is_nil(&self) -> bool {
        self.0.is_nil
    }

    pub fn len(&self) -> usize {
        self.0.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.items.is_empty()
    }
}
