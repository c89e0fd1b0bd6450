//! Compares the parser of templates with Go's: reads what `tests/syntax/go/verdicts` prints.

use chartlint::source::Content;
use chartlint::template::{Rules, SyntaxErrorKind, parse};
use std::collections::HashMap;
use std::io::BufRead;
use std::time::{Duration, Instant};

#[path = "../tests/syntax/show.rs"]
mod show;
use show::show;

#[derive(serde::Deserialize)]
struct Functions {
    functions: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Verdict {
    name: String,
    source: Option<String>,
    error: String,
    tree: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut lines = std::io::stdin().lock().lines();
    let first: Functions = serde_json::from_str(&lines.next().ok_or("no input")??)?;
    let functions: HashMap<String, u16> = first.functions.into_iter().zip(0..).collect();
    let lookup = |name: &str| functions.get(name).copied();
    let (mut files, mut bytes, mut accepted, mut internal, mut different) = (0, 0, 0, 0, 0);
    let mut time = Duration::ZERO;
    for line in lines {
        let verdict: Verdict = serde_json::from_str(&line?)?;
        let encoded = verdict.source.unwrap_or_default();
        let source: Content = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded)?.into();
        let start = Instant::now();
        let result = parse(&source, &verdict.name, &lookup, Rules::of_go(26));
        time += start.elapsed();
        files += 1;
        bytes += source.len();
        let (error, tree) = match &result {
            Ok(tree) => (String::new(), show(tree, &verdict.name)),
            Err(error) => (error.full_message(&verdict.name), String::new()),
        };
        accepted += usize::from(verdict.error.is_empty());
        internal += usize::from(matches!(&result, Err(error) if error.kind == SyntaxErrorKind::Internal));
        // Go's text may hold bytes that are not UTF-8, which its JSON shows as U+FFFD.
        let is_equal = error == verdict.error || error.replace('\u{fffd}', "") == verdict.error.replace('\u{fffd}', "");
        if !is_equal || tree != verdict.tree {
            different += 1;
            if different <= 20 {
                println!("{}\n  Go:   {}\n  ours: {error}", verdict.name, verdict.error);
                if error.is_empty() && verdict.error.is_empty() {
                    let pairs = tree.split('(').zip(verdict.tree.split('('));
                    let at = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len() + 1).sum::<usize>();
                    let cut = |text: &str| text.chars().skip(at.saturating_sub(60)).take(160).collect::<String>();
                    println!("  Go:   {}\n  ours: {}", cut(&verdict.tree), cut(&tree));
                }
                let path = std::env::temp_dir().join(format!("syntax-{different}.tpl"));
                std::fs::write(&path, &*source)?;
                println!("  text: {}", path.display());
            }
        }
    }
    let rate = bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{files} texts, {accepted} accepted by Go, {different} different, {internal} internal errors; \
         {bytes} bytes in {time:.2?}, {rate:.1} MB/s"
    );
    if different > 0 { Err("not as Go".into()) } else { Ok(()) }
}
