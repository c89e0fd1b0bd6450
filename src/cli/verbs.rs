//! The small verbs, which tell about chartlint itself: `explain`, `rules`, `completions`, `man`.

use super::args::{self, Cli, RulesFormat};
use super::{Exit, output, propose};
use crate::rules::{self, RULES};
use clap::CommandFactory as _;
use serde::Serialize;
use std::fmt::Write as _;

/// `chartlint explain RULE`: its page, as Markdown.
pub fn explain(arguments: &args::Explain) -> Exit {
    // As reports show it: `error[rule]`, or with the folder of the page.
    let name = arguments.rule.trim().trim_end_matches(".md");
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match rules::page(name) {
        Some(page) => output::write(page.as_bytes()),
        None => {
            output::complain(&unknown_rule(name));
            Exit::Usage
        }
    }
}

/// What to say about a name that is no rule's.
pub fn unknown_rule(name: &str) -> String {
    let near = propose::near(name, RULES.iter().map(|rule| rule.name));
    let meant = near.map_or(";".into(), |near| format!(", did you mean '{near}'?"));
    format!("unknown rule '{name}'{meant} `chartlint rules` lists them")
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    severity: String,
    summary: &'static str,
}

/// `chartlint rules`: all rules in the order of precedence.
pub fn rules(arguments: &args::Rules) -> Exit {
    let text = match arguments.format {
        RulesFormat::Human => {
            let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
            let mut text = String::new();
            for rule in RULES {
                // Writing to a string does not fail.
                let _ = writeln!(text, "{:width$}  {:7}  {}", rule.name, rule.severity.to_string(), rule.summary);
            }
            text
        }
        RulesFormat::Json => {
            let entry = |rule: &&rules::Rule| Entry {
                name: rule.name,
                severity: rule.severity.to_string(),
                summary: rule.summary,
            };
            let entries: Vec<Entry> = RULES.iter().map(entry).collect();
            serde_json::to_string_pretty(&entries).unwrap_or_default() + "\n"
        }
    };
    output::write(text.as_bytes())
}

/// `chartlint completions SHELL`: a script for the shell.
pub fn completions(arguments: &args::Completions) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "chartlint", &mut script);
    output::write(&script)
}

/// `chartlint man [VERB]`: the manual page, as troff.
pub fn man(arguments: &args::Man) -> Exit {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let command = match &arguments.verb {
        None => program,
        Some(verb) => match program.find_subcommand(verb) {
            // A command that was built knows that it is chartlint-render.
            Some(command) => command.clone(),
            None => {
                let near = propose::near(verb, program.get_subcommands().map(clap::Command::get_name));
                let meant = near.map(|near| format!(", did you mean '{near}'?")).unwrap_or_default();
                output::complain(&format!("unknown verb '{verb}'{meant}"));
                return Exit::Usage;
            }
        },
    };
    let mut page = Vec::new();
    match clap_mangen::Man::new(command).render(&mut page) {
        Ok(()) => output::write(&page),
        // Writing to memory does not fail.
        Err(_) => Exit::Failed,
    }
}
