//! Compiles the grammar of templates, which is C that tree-sitter generated, lists the pages of the rules, and says how
//! the program is linked.

use std::path::Path;

fn main() {
    grammar();
    pages();
    place();
}

/// A program that may lie anywhere has 30,000 addresses to fill in before it begins, which dirties half a megabyte and takes
/// longer than to read the arguments. On Linux it lies in one place. (What is random stays so: stack, heap and libraries.)
fn place() {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|is| is == value);
    let is_static = std::env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|features| features.contains("crt-static"));
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && is("PROFILE", "release") && !is_static
    {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}

/// A table of the pages in `docs/rules/`, for `src/rules/pages.rs`.
fn pages() {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("docs/rules");
    println!("cargo:rerun-if-changed=docs/rules");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut pages: Vec<_> = entries.map(|entry| entry.expect("an entry of docs/rules").path()).collect();
    pages.retain(|path| path.extension().is_some_and(|e| e == "md") && !path.ends_with("README.md"));
    pages.sort();
    let row = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // A build folder may be shared by clones: the place of this one is filled in when it is compiled.
        let file = format!("/docs/rules/{name}.md");
        format!("    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {file:?}))),\n")
    };
    let table = format!("[\n{}]\n", pages.iter().map(row).collect::<String>());
    let out = Path::new(&std::env::var("OUT_DIR").expect("cargo sets it")).join("pages.rs");
    std::fs::write(&out, table).unwrap_or_else(|e| panic!("{}: {e}", out.display()));
}

fn grammar() {
    let source = Path::new("grammars/gotmpl/src");
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
