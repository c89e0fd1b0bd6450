//! What a client's types say of a field: how it is merged, and what lies below it.

use super::super::types::{Scalar, Shape, Type};
use super::PatchError;

/// Where in the types a map stands.
#[derive(Clone, Copy)]
pub enum Place {
    Struct(Type),
    /// A map whose keys are the user's.
    Map,
    /// Data without a type of its own.
    Open,
}

/// How a field is merged.
#[derive(Clone, Copy)]
pub struct Merge {
    /// What the maps in it are: itself, or the elements of the list.
    pub inside: Place,
    pub is_merged: bool,
    pub is_replaced: bool,
    /// The patch names the fields that stay.
    pub retains_keys: bool,
    /// What tells elements of a merged list apart; none for lists of scalars.
    pub merge_key: Option<&'static str>,
}

impl Place {
    /// The place of a kind's objects.
    pub fn root(of: Type) -> Place {
        Place::Struct(of)
    }

    /// The field; an error where the types know none of this name.
    pub fn field(self, name: &[u8]) -> Result<Merge, PatchError> {
        let name = String::from_utf8_lossy(name);
        let of = match self {
            Place::Struct(of) => of,
            Place::Map => return Err(PatchError::NotStruct),
            Place::Open => return Err(PatchError::NoField { of: "RawExtension".into(), field: name.into() }),
        };
        let field = of.field_folded(&name).ok_or_else(|| PatchError::NoField {
            of: of.name.rsplit('.').next().unwrap_or(of.name).into(),
            field: name.clone().into(),
        })?;
        let below = field.of.map_or(Place::Open, Place::Struct);
        let inside = match field.shape {
            Shape::Map => Place::Map,
            Shape::List => below,
            Shape::One if field.of.is_none() && field.scalar == Scalar::Any => Place::Open,
            Shape::One => below,
        };
        Ok(Merge {
            inside,
            is_merged: field.strategy.split(',').any(|s| s == "merge"),
            is_replaced: field.strategy.split(',').any(|s| s == "replace"),
            retains_keys: field.strategy.split(',').any(|s| s == "retainKeys"),
            merge_key: field.merge_key,
        })
    }
}
