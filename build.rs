//! Compiles the grammar of templates, which is C that tree-sitter generated.

fn main() {
    let source = std::path::Path::new("grammars/gotmpl/src");
    for file in ["parser.c", "scanner.c", "tree_sitter/parser.h"] {
        println!("cargo:rerun-if-changed={}", source.join(file).display());
    }
    cc::Build::new()
        .std("c11")
        .include(source)
        .file(source.join("parser.c"))
        .file(source.join("scanner.c"))
        // Debug builds and tests parse as much as a release does.
        .opt_level(2)
        .warnings(false)
        .compile("tree-sitter-gotmpl");
}
