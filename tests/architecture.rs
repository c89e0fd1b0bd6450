//! The rooms of `src/` keep to the table and the invariants of `docs/architecture.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The source files with the room that each belongs to; files of tests are left out.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") && !matches!(name.as_str(), "tests.rs" | "testing.rs") {
                let inside = path.strip_prefix(root().join("src")).unwrap().to_path_buf();
                let room = inside.components().next().unwrap().as_os_str().to_str().unwrap();
                let room = room.trim_end_matches(".rs").to_string();
                sources.push((room, inside, code(&std::fs::read_to_string(&path).unwrap())));
            }
        }
    }
    sources.sort();
    sources
}

/// A source without comments and without its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The rooms that a source names: behind `crate::`, or in the braces behind it.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for part in text.split("crate::").skip(1) {
        let names = match part.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').collect(),
            None => vec![part],
        };
        for name in names {
            let name = name.trim_start();
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            used.insert(name[..end].to_string());
        }
    }
    used
}

/// Room to rooms, as the sources have it.
fn actual() -> BTreeMap<String, BTreeSet<String>> {
    let sources = sources();
    let rooms: BTreeSet<&String> = sources.iter().map(|(room, ..)| room).collect();
    let mut table: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (room, _, text) in &sources {
        let used = rooms_used(text).into_iter().filter(|name| name != room && rooms.contains(name));
        table.entry(room.clone()).or_default().extend(used);
    }
    // What starts the program, gives it memory and lists the modules is no room.
    table.retain(|room, _| !matches!(room.as_str(), "main" | "memory" | "lib"));
    table
}

/// Room to rooms, as the page has it.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_string).collect::<Vec<_>>();
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        (names(cells[0])[0].clone(), names(cells[2]).into_iter().collect())
    };
    rows.map(row).collect()
}

#[test]
fn rooms_use_what_the_page_says() {
    let (actual, documented) = (actual(), documented());
    for (room, used) in &actual {
        assert_eq!(documented.get(room), Some(used), "the row of `{room}` (left) is not what src has (right)");
    }
    assert_eq!(actual.len(), documented.len(), "a room of the page is not in src");
}

#[test]
fn rooms_do_not_use_each_other_in_circles() {
    let mut table = actual();
    // Again and again the rooms that use none of those left are taken away.
    loop {
        let left: BTreeSet<String> = table.keys().cloned().collect();
        if left.is_empty() {
            return;
        }
        table.retain(|_, used| used.iter().any(|name| left.contains(name)));
        assert!(table.len() < left.len(), "these use each other in a circle: {left:?}");
    }
}

/// The files in which one of the words occurs.
fn files_with(words: &[&str], rooms: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (room, path, text) in sources() {
        for word in words.iter().filter(|word| rooms(&room) && text.contains(*word)) {
            found.push(format!("{}: {word}", path.display()));
        }
    }
    found
}

#[test]
fn rooms_below_the_command_line_do_no_io() {
    let words = [
        "std::fs",
        "std::env",
        "std::io::stdin",
        "std::io::stdout",
        "std::io::stderr",
        "println!",
        "eprintln!",
        "print!(",
        "SystemTime",
        "Instant::now",
        "std::thread::sleep",
        "OsRng",
        "thread_rng",
        "getrandom",
        "TimeZone::system",
        "dbg!",
    ];
    let found = files_with(&words, |room| room != "cli" && room != "main");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn nothing_runs_programs_or_opens_connections() {
    let words = ["std::process::Command", "Command::new", "TcpStream", "UdpSocket", "ToSocketAddrs", "UnixStream"];
    let found = files_with(&words, |_| true);
    assert!(found.is_empty(), "{found:#?}");
}
