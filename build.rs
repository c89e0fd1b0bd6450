//! Compiles the grammar of templates, which is C that tree-sitter generated, lists the pages of the rules, and says how
//! the program is linked.

use std::path::{Path, PathBuf};

fn main() {
    grammar();
    pages();
    link();
}

/// A release build for Linux lies in one place, and the C library is in it. A program that may lie anywhere has 30,000
/// addresses to fill in before it begins, which dirties half a megabyte, and the dynamic linker takes as long as to read the
/// arguments; both are more than a tenth of the time that a render takes. It also runs wherever Linux does. (What is random
/// stays so: stack, heap and the kernel's pages.)
fn link() {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|is| is == value);
    let is_static = std::env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|features| features.contains("crt-static"));
    if !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ENV", "gnu") || !is("PROFILE", "release") {
        return;
    }
    let argument = |argument: &str| println!("cargo:rustc-link-arg-bins={argument}");
    if !is_static {
        argument("-no-pie");
    }
    // Who chose a linker knows better.
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if std::env::var_os("RUSTC_LINKER").is_some() || flags.contains("link") {
        return;
    }
    if !is_static && let Some(folder) = static_libraries() {
        argument("-static");
        argument(&format!("-L{}", folder.display()));
    }
    println!("cargo:rerun-if-changed=packaging/order.txt");
    if is("TARGET", "x86_64-unknown-linux-gnu")
        && let Some(linker) = rust_lld()
    {
        let list = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("packaging/order.txt");
        argument(&format!("-B{}", linker.display()));
        argument("-fuse-ld=lld");
        // A comma in a path would end an argument of `-Wl`.
        for option in ["--no-warn-symbol-ordering", &format!("--symbol-ordering-file={}", list.display())] {
            argument("-Xlinker");
            argument(option);
        }
    }
}

/// A folder in which the linker finds the archives of the C library under the names of the shared libraries, which rustc
/// asks for; none where the archives are not installed.
fn static_libraries() -> Option<PathBuf> {
    let compiler = cc::Build::new().try_get_compiler().ok()?;
    let archive = |name: &str| {
        let output = compiler.to_command().arg(format!("-print-file-name={name}")).output().ok()?;
        let path = String::from_utf8(output.stdout).ok()?.trim().to_string();
        // One that is not there is printed as it was asked for.
        Path::new(&path).is_absolute().then(|| format!("\"{path}\""))
    };
    let (c, m) = (archive("libc.a")?, archive("libm.a")?);
    let unwinder = format!("{} {}", archive("libgcc_eh.a")?, archive("libgcc.a")?);
    let folder = Path::new(&std::env::var("OUT_DIR").expect("cargo sets it")).join("static");
    std::fs::create_dir_all(&folder).ok()?;
    let scripts = [
        ("libc.so", format!("GROUP ( {c} {unwinder} )")),
        ("libm.so", format!("INPUT ( {m} )")),
        ("libgcc_s.so", format!("GROUP ( {unwinder} )")),
    ];
    for (name, script) in scripts {
        std::fs::write(folder.join(name), script).ok()?;
    }
    Some(folder)
}

/// Where the linker is that comes with Rust.
fn rust_lld() -> Option<PathBuf> {
    let rustc = std::env::var_os("RUSTC")?;
    let output = std::process::Command::new(rustc).args(["--print", "sysroot"]).output().ok()?;
    let sysroot = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    let folder = sysroot.join("lib/rustlib").join(std::env::var("HOST").ok()?).join("bin/gcc-ld");
    folder.join("ld.lld").exists().then_some(folder)
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
