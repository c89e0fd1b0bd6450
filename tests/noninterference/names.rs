//! What the lines of a rendered file name.

use super::*;

/// The causes of each line of a file.
pub struct Names {
    pub lines: Vec<BTreeSet<Cause>>,
}

impl Names {
    pub fn of(file: &RenderedFile, rendering: &Rendering) -> Names {
        let mut common = BTreeSet::new();
        let marks = rendering.heap_marks.get(&file.name).copied().unwrap_or(OriginId::NONE);
        add(&mut common, rendering, marks);
        let mut lines = Vec::new();
        let mut start = 0;
        for line in file.text.bytes().split(|b| *b == b'\n') {
            let end = start + line.len();
            let mut causes = common.clone();
            // A piece that ends where the line begins could have written something into it.
            for piece in file.text.pieces() {
                if piece.start as usize <= end && piece.end as usize >= start {
                    add_piece(&mut causes, rendering, piece);
                }
            }
            lines.push(causes);
            start = end + 1;
        }
        Names { lines }
    }
}

fn add_piece(causes: &mut BTreeSet<Cause>, rendering: &Rendering, piece: &Piece) {
    add(causes, rendering, piece.origin);
    for guard in rendering.rt.arena.guards(piece.guard) {
        add(causes, rendering, guard.origin);
    }
}

/// A lookup names what its arguments came from, and the conditions under which it was made.
fn add(causes: &mut BTreeSet<Cause>, rendering: &Rendering, origin: OriginId) {
    for cause in rendering.rt.arena.causes(origin) {
        if !causes.insert(cause.clone()) {
            continue;
        }
        if let Cause::Lookup { call, .. } = cause
            && let Some(lookup) = rendering.rt.lookups.get(*call)
        {
            add(causes, rendering, lookup.arguments);
        }
    }
}
