//! `--since` and `--previous` against repositories that are made by the library, so that no git is needed.

use gix::objs::tree::EntryKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

const FOUND: &str = "\
{{- if .Release.IsInstall }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
{{- end }}
";

/// A repository that is gone when the test is.
struct Project {
    root: PathBuf,
    repository: gix::Repository,
}

impl Project {
    fn new(test: &str) -> Project {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("since-{test}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir_all(&root).unwrap();
        Project { repository: gix::init(&root).unwrap(), root }
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A chart with one finding.
    fn chart(&self, folder: &str) {
        self.write(&format!("{folder}/Chart.yaml"), CHART);
        self.write(&format!("{folder}/templates/config.yaml"), FOUND);
    }

    /// Commits all files but those below `.git`; line ends become those of Unix, as `core.autocrlf` has it.
    fn commit(&self, reference: &str) {
        let mut tree = self.repository.edit_tree(self.repository.empty_tree().id).unwrap();
        for entry in walkdir::WalkDir::new(&self.root).sort_by_file_name() {
            let entry = entry.unwrap();
            let path = entry.path().strip_prefix(&self.root).unwrap();
            if path.starts_with(".git") && !path.starts_with(".gitignore") || !entry.file_type().is_file() {
                continue;
            }
            let text = String::from_utf8(std::fs::read(entry.path()).unwrap()).unwrap().replace("\r\n", "\n");
            let blob = self.repository.write_blob(text).unwrap();
            let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_str().unwrap()).collect();
            tree.upsert(parts.join("/"), EntryKind::Blob, blob).unwrap();
        }
        let tree = tree.write().unwrap();
        let parents: Vec<_> = self.repository.head_id().ok().map(|id| id.detach()).into_iter().collect();
        let who =
            gix::actor::SignatureRef { name: "a".into(), email: "a@example.com".into(), time: "1700000000 +0000" };
        self.repository.commit_as(who, who, "HEAD", "a commit", tree, parents).unwrap();
        let head = self.repository.head_id().unwrap();
        let any = gix::refs::transaction::PreviousValue::Any;
        self.repository.reference(reference, head, any, "kept").unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
        // Nothing of the machine's git is to matter, and there is no PATH to find one in.
        command.env_clear().current_dir(&self.root).args(arguments).output().unwrap()
    }

    /// The charts that findings are told of.
    fn told(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.run(&[&["--format", "concise"], arguments].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.is_empty(), "{error}");
        let text = String::from_utf8(output.stdout).unwrap();
        let chart = |line: &str| line.split("/templates/").next().unwrap().trim_start_matches("./").to_string();
        text.lines().map(chart).collect()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // What is left behind lies in the target folder and harms nobody.
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

#[test]
fn of_a_hundred_charts_those_that_changed_are_analysed() {
    let project = Project::new("hundred");
    for number in 0..100 {
        project.chart(&format!("charts/{number:02}"));
    }
    project.commit("refs/tags/v1");
    assert_eq!(project.told(&["charts", "--since", "v1"]), [""; 0]);
    project.write("charts/07/values.yaml", "a: 1\n");
    project.commit("refs/heads/work");
    project.write("charts/42/templates/config.yaml", format!("{FOUND}# changed\n"));
    std::fs::remove_file(project.root.join("charts/99/templates/config.yaml")).unwrap();
    project.write("charts/99/templates/other.yaml", FOUND);
    assert_eq!(project.told(&["charts", "--since", "v1"]), ["charts/07", "charts/42", "charts/99"]);
    assert_eq!(project.told(&["charts", "--since", "work"]), ["charts/42", "charts/99"]);
    let output = project.run(&["charts", "--since", "v1"]);
    assert!(String::from_utf8(output.stdout).unwrap().contains("3 errors in 3 charts\n"));
    assert_eq!(project.told(&["charts"]).len(), 100);
    assert_eq!(project.told(&["charts/07", "charts/08", "--since", "HEAD~1"]), ["charts/07"]);
}

#[test]
fn what_others_did_since_does_not_count() {
    let project = Project::new("fork");
    project.chart("mine");
    project.chart("theirs");
    project.commit("refs/tags/start");
    let start = project.repository.head_id().unwrap().detach();
    project.write("theirs/values.yaml", "a: 1\n");
    project.commit("refs/heads/theirs");
    // The work tree goes back to where both began.
    std::fs::remove_file(project.root.join("theirs/values.yaml")).unwrap();
    let any = gix::refs::transaction::PreviousValue::Any;
    let branch = project.repository.head_name().unwrap().unwrap();
    project.repository.reference(branch.as_bstr(), start, any, "back").unwrap();
    project.write("mine/values.yaml", "a: 1\n");
    project.commit("refs/heads/mine");
    assert_eq!(project.told(&[".", "--since", "theirs"]), ["mine"]);
}

/// Many charts list `.helmignore` in `.helmignore`.
#[test]
fn rules_that_keep_themselves_out_of_the_chart_count_all_the_same() {
    let project = Project::new("self-ignored");
    for chart in ["same", "rules"] {
        project.chart(chart);
        project.write(&format!("{chart}/.helmignore"), ".helmignore\n*.md\n");
        project.write(&format!("{chart}/README.md"), "a\n");
    }
    project.commit("refs/tags/v1");
    project.write("same/README.md", "b\n");
    project.write("rules/.helmignore", ".helmignore\n");
    assert_eq!(project.told(&[".", "--since", "v1"]), ["rules"]);
}

#[test]
fn ignored_files_do_not_count_and_new_ones_do() {
    let project = Project::new("ignored");
    project.write(".gitignore", "*.tmp\ncharts/\n");
    for chart in ["same", "größe mit raum", "ignored", "new-file"] {
        project.chart(chart);
    }
    project.write("ignored/.helmignore", "*.md\n");
    project.write("ignored/README.md", "a\n");
    project.commit("refs/tags/v1");
    project.write("ignored/build.tmp", "x");
    project.write("ignored/README.md", "b\n");
    project.write("new-file/templates/_new.tpl", "");
    project.write("größe mit raum/values.yaml", "a: 1\n");
    project.chart("new-chart");
    assert_eq!(project.told(&[".", "--since", "v1"]), ["größe mit raum", "new-chart", "new-file"]);
}

#[test]
fn a_chart_changes_with_the_chart_beside_it_and_with_its_config() {
    let project = Project::new("beside");
    for chart in ["app", "other", "configured/chart"] {
        project.chart(chart);
    }
    project.write("configured/.chartlint.yaml", "fail-on: error\n");
    project.write("lib/Chart.yaml", CHART.to_string() + "type: library\n");
    project.write("lib/templates/_a.tpl", "");
    project.write(
        "middle/Chart.yaml",
        CHART.to_string() + "dependencies:\n  - {name: lib, repository: 'file://../lib'}\n",
    );
    project
        .write("app/Chart.yaml", CHART.to_string() + "dependencies:\n  - {name: web, repository: file://../middle}\n");
    project.write("app/charts/web/Chart.yaml", CHART);
    project.commit("refs/tags/v1");
    assert_eq!(project.told(&["app", "other", "configured", "--since", "v1"]), [""; 0]);
    project.write("lib/templates/_a.tpl", "{{/* changed */}}");
    assert_eq!(project.told(&["app", "other", "configured", "--since", "v1"]), ["app"]);
    project.write("configured/.chartlint.yaml", "fail-on: warning\n");
    assert_eq!(project.told(&["app", "other", "configured", "--since", "v1"]), ["app", "configured/chart"]);
}

#[test]
fn line_ends_count_where_git_does_not_convert_them() {
    let project = Project::new("crlf");
    project.write("c/Chart.yaml", CHART.replace('\n', "\r\n"));
    project.write("c/templates/config.yaml", FOUND.replace('\n', "\r\n"));
    project.commit("refs/tags/v1");
    assert_eq!(project.told(&["c", "--since", "v1"]), ["c"]);
    let config = project.root.join(".git/config");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text + "\n[core]\n\tautocrlf = true\n").unwrap();
    assert_eq!(project.told(&["c", "--since", "v1"]), [""; 0]);
}

#[test]
fn the_version_before_is_read_from_gits_objects() {
    let project = Project::new("previous");
    let service =
        |name: &str| format!("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  clusterIP: {name}\n");
    project.write("charts/größe mit raum/Chart.yaml", CHART);
    project.write("charts/größe mit raum/templates/service.yaml", service("10.0.0.1"));
    project.commit("refs/tags/v1.2.0");
    project.write("charts/größe mit raum/templates/service.yaml", service("10.0.0.2"));
    let path = "charts/größe mit raum";
    for previous in ["v1.2.0", "v1.2.0:charts/größe mit raum", "HEAD"] {
        let output = project.run(&[path, "--previous", previous, "--format", "concise"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("[immutable-change-between-versions]"), "{previous}: {text}");
        assert_eq!(output.status.code(), Some(1));
    }
    let output = project.run(&["diff", "v1.2.0", path, "--format", "concise"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    for (previous, says) in [
        ("v9", "no such file or folder, and no git revision either: no revision `v9`"),
        ("v1.2.0:nowhere", "revision `v1.2.0` has no chart at `nowhere`"),
    ] {
        let output = project.run(&[path, "--previous", previous]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(says), "{text}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn what_is_no_revision_is_an_error_of_the_command_line() {
    let project = Project::new("errors");
    project.chart("c");
    project.commit("refs/tags/v1");
    let output = project.run(&["c", "--since", "v2"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("chartlint: --since v2: no revision `v2`: "), "{text}");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}
